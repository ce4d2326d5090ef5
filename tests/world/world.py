"""Starts the executable in a world of its own: a temporary folder, free ports, what the files beside this one declare.

Everything that is started here is stopped by its process id. Nothing knows the server's inside: it is driven by its
command line, its environment and the line `ready: URL` alone.
"""

import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STATE = [HERE / "state.toml", HERE / "vendors.toml"]
DIALECTS = HERE / "dialects.toml"
# One person draws more codes here than any does, and guesses are timed: raised, never removed.
LIMITS = {"SYMBOLON_LIMITS__CODES": "60000 per 1m", "SYMBOLON_LIMITS__CREDENTIALS": "900000 per 15m"}
REDIRECT_URI = "http://127.0.0.1:8081/callback"
PASSWORD = "correct horse battery staple"


def executable():
    """The executable under test: SYMBOLON_BIN, or what `cargo build` left."""
    given = os.environ.get("SYMBOLON_BIN")
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    path = pathlib.Path(given or pathlib.Path(target) / "debug" / "symbolon")
    if not path.exists():
        sys.exit(f"{path} does not exist: run `cargo build` first, or set SYMBOLON_BIN")
    return str(path)


def end_cleanly():
    """Turns SIGTERM into an exit that runs every `finally`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Outcome:
    """Counts what was claimed, and says what did not hold."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def claim(self, sentence, holds):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        if not holds:
            print("not so:", sentence)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A PostgreSQL server of our own, or a replica of another that follows it.

    Without durability unless asked: the tests that need it use SQLite, kill only us or have a replica. `tls` is an
    `Authority`, whose certificate for localhost it then offers.
    """

    def __init__(self, durable=False, replica_of=None, tls=None):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        self.programs = programs[-1] if programs else os.path.dirname(os.path.realpath(shutil.which("initdb") or ""))
        if not self.programs:
            sys.exit("PostgreSQL is not installed: run scripts/install")
        # PostgreSQL refuses to run as root.
        self.identity = {}
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres" if _exists("postgres") else "nobody")
            self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.folder = tempfile.mkdtemp(prefix="symbolon-postgres-")
        if self.identity:
            os.chown(self.folder, self.identity["user"], self.identity["group"])
        self.port = free_port()
        self.url = f"postgres://symbolon@127.0.0.1:{self.port}/symbolon"
        if replica_of:
            self._run("pg_basebackup", "-D", f"{self.folder}/data", *replica_of.reached, "-R", "-c", "fast", "--no-sync")
        else:
            self._run("initdb", "-D", f"{self.folder}/data", "-U", "symbolon", "-A", "trust", "-E", "UTF8", "--locale=C",
                      "--no-sync")
        if tls:
            tls.certify(self.folder, self.identity)
        self._start(durable, tls is not None)
        try:
            self._await()
            if not replica_of:
                self._run("createdb", *self.reached, "symbolon")
        except BaseException:
            self.stop()
            raise

    def _start(self, durable, tls):
        settings = [f"fsync={'on' if durable else 'off'}", "max_connections=400", "unix_socket_directories=",
                    "listen_addresses=127.0.0.1", "shared_buffers=64MB", "log_connections=on",
                    "deadlock_timeout=100ms", f"port={self.port}"]
        if tls:
            settings += ["ssl=on", f"ssl_cert_file={self.folder}/server.crt", f"ssl_key_file={self.folder}/server.key"]
        options = [part for setting in settings for part in ("-c", setting)]
        with open(f"{self.folder}/log", "w") as log:
            self.process = subprocess.Popen([f"{self.programs}/postgres", "-D", f"{self.folder}/data", *options], stdout=log,
                                            stderr=log, cwd=self.folder, **self.identity)

    @property
    def reached(self):
        """How PostgreSQL's own programs are told where it is."""
        return "-h", "127.0.0.1", "-p", str(self.port), "-U", "symbolon"

    def ask(self, sql):
        """What `psql` prints for a query."""
        return self._run("psql", *self.reached, "-Atqc", sql, "symbolon").strip()

    def promote(self):
        """Makes a replica a server of its own, and returns once it takes writes."""
        self._run("pg_ctl", "promote", "-w", "-D", f"{self.folder}/data")

    def _run(self, name, *arguments):
        done = subprocess.run([f"{self.programs}/{name}", *arguments], capture_output=True, text=True, cwd=self.folder,
                              **self.identity)
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _await(self):
        asked = [f"{self.programs}/pg_isready", "-q", *self.reached]
        for _ in range(60 * 20):
            if self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{pathlib.Path(self.folder, 'log').read_text()}")
            if subprocess.run(asked).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL does not accept connections after a minute")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class Authority:
    """A certificate authority that nobody knows; `certificate` is the file to name it by."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="symbolon-authority-")
        os.chmod(self.folder, 0o755)
        self.certificate = f"{self.folder}/ca.pem"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out",
                      "ca.pem", "-days", "2", "-subj", "/CN=an authority of its own", "-addext", "basicConstraints=critical,CA:TRUE")

    def certify(self, folder, identity):
        """Puts server.crt and server.key for localhost there."""
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out",
                      "server.csr", "-subj", "/CN=localhost")
        pathlib.Path(self.folder, "names").write_text("subjectAltName=DNS:localhost")
        self._openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                      "-extfile", "names", "-out", "server.crt")
        for name in ("server.crt", "server.key"):
            shutil.copy(f"{self.folder}/{name}", f"{folder}/{name}")
            os.chmod(f"{folder}/{name}", 0o600)
            if identity:
                os.chown(f"{folder}/{name}", identity["user"], identity["group"])

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Pooler:
    """PgBouncer before a PostgreSQL, as it is installed: `mode` is its pool_mode. It has `url` and `stop`, like what it stands for.

    Few servers for many clients in transaction mode, so that hardly two transactions of one client meet the same.
    """

    def __init__(self, postgres, mode):
        program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
        if not program:
            sys.exit("PgBouncer is not installed: run scripts/install")
        self.postgres, self.mode = postgres, mode
        self.folder = tempfile.mkdtemp(prefix="symbolon-pgbouncer-")
        self.port = free_port()
        self.url = f"postgres://symbolon@127.0.0.1:{self.port}/symbolon"
        pathlib.Path(self.folder, "users").write_text('"symbolon" ""\n')
        settings = {"listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "trust",
                    "auth_file": f"{self.folder}/users", "pool_mode": mode, "max_client_conn": 2000,
                    "default_pool_size": 300 if mode == "session" else 8, "logfile": f"{self.folder}/log"}
        lines = [f"{key} = {value}" for key, value in settings.items()]
        database = f"symbolon = host=127.0.0.1 port={postgres.port} dbname=symbolon user=symbolon"
        pathlib.Path(self.folder, "settings").write_text("\n".join(["[databases]", database, "[pgbouncer]", *lines, ""]))
        if postgres.identity:
            for path in (self.folder, f"{self.folder}/users", f"{self.folder}/settings"):
                os.chown(path, postgres.identity["user"], postgres.identity["group"])
        self.process = subprocess.Popen([program, "-q", f"{self.folder}/settings"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, cwd=self.folder, **postgres.identity)
        for _ in range(60 * 20):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        said = pathlib.Path(self.folder, "log")
        text = said.read_text() if said.exists() else ""
        self.stop()
        raise RuntimeError(f"PgBouncer did not start:\n{text}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.postgres.stop()


def _exists(user):
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


class Server:
    """One process of the server. `start`, `stop` and `kill` may be repeated; the port stays."""

    def __init__(self, world, port, number):
        self.world, self.port = world, port
        self.base = f"http://127.0.0.1:{port}"
        self.log = world.folder / f"server-{number}.log"
        self.process = None

    def start(self, within=60):
        """Starts and returns the seconds until it said that it is ready. The limit only keeps a test from hanging."""
        began = time.monotonic()
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([executable(), "serve", "--config", self.world.config], text=True,
                                            stdout=subprocess.PIPE, stderr=log, env=self.world.environment(self.port))
        guard = threading.Timer(within, self.process.kill)
        guard.start()
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith("ready: "):
                guard.cancel()
                threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()
                return time.monotonic() - began
        guard.cancel()
        code = self.process.wait()
        fate = f"was not ready within {within} s" if code == -signal.SIGKILL else f"ended with exit code {code}"
        raise RuntimeError(f"the server {fate}:\n{''.join(lines)}{self.tail()}")

    @staticmethod
    def _drain(stream):
        for _ in stream:
            pass

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()
                raise RuntimeError("the server did not stop within a minute of SIGTERM") from None
            if self.process.returncode != 0:
                raise RuntimeError(f"the server stopped with exit code {self.process.returncode}:\n{self.tail()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def tail(self, lines=60):
        text = self.log.read_text() if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


class World:
    """A declared state, a database and one or more processes on it. All of them have the first one's address as issuer.

    `postgres` is anything with a `url` and a `stop`, if it is not to be an ordinary one; `settings` are further variables
    of the processes' environment.
    """

    def __init__(self, engine, processes=1, postgres=None, settings=None):
        self.postgres = postgres or (Postgres() if engine == "postgres" else None)
        self.settings = settings or {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="symbolon-world-"))
        self.storage = self.postgres.url if self.postgres else f"sqlite:{self.folder}/symbolon.db"
        self.config = str(self.folder / "symbolon.toml")
        ports = [free_port() for _ in range(processes)]
        self.servers = [Server(self, port, number) for number, port in enumerate(ports)]
        self.base = self.servers[0].base
        try:
            self._command("init", "--dir", str(self.folder), "--issuer", self.base, "--listen", f"127.0.0.1:{ports[0]}",
                          "--storage", self.storage)
            config = pathlib.Path(self.config)
            # The world's secrets are short, so that tests read well.
            taken = config.read_text().replace("allow_weak_secrets = false", "allow_weak_secrets = true")
            config.write_text(taken + DIALECTS.read_text())
            self._command("apply", "--config", self.config, *map(str, STATE))
        except BaseException:
            self.close()
            raise

    def environment(self, port):
        """What differs between the processes of one configuration, and what a test adds to it."""
        return os.environ | LIMITS | self.settings | {"SYMBOLON_LISTEN": f"127.0.0.1:{port}"}

    def _command(self, *arguments):
        done = subprocess.run([executable(), *arguments], capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"symbolon {' '.join(arguments)} failed ({done.returncode}):\n{done.stdout}{done.stderr}")

    def start(self):
        return [server.start() for server in self.servers]

    def stop(self):
        for server in self.servers:
            server.stop()

    def close(self):
        """Ends whatever still runs and removes every trace."""
        for server in self.servers:
            if server.process and server.process.poll() is None:
                server.kill()
        if self.postgres:
            self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
