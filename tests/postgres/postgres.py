#!/usr/bin/env python3
"""How PostgreSQL is reached: through TLS in every mode of libpq, and with the few connections of a small plan.

Who spoke how is read from the database's own log, which names each connection as it is let in.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from authorize import Person  # noqa: E402
from world import PASSWORD, REDIRECT_URI, Authority, Outcome, Postgres, World, end_cleanly, executable  # noqa: E402

GUARD = 120  # seconds in which any machine gets there, however busy
# As another machine would be named; it leads to this one.
REMOTE = "0.0.0.0"
REQUEST = "/oauth/authorize?" + urllib.parse.urlencode({
    "client_id": "crash", "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "forms:read", "state": "s",
    "code_challenge": "A" * 43, "code_challenge_method": "S256"})


class Operator:
    """Commands of a configuration in a folder of its own, against the database that each names."""

    def __init__(self, postgres):
        self.postgres = postgres
        self.folder = tempfile.mkdtemp(prefix="symbolon-operator-")
        self.run("init", url="postgres://me@localhost/none")

    def url(self, host="localhost", user="symbolon", **options):
        query = "&".join(f"{key}={value}" for key, value in options.items())
        return f"postgres://{user}:a-password@{host}:{self.postgres.port}/symbolon" + (f"?{query}" if query else "")

    def run(self, *words, url):
        """The exit code, all that was said, and how each of its connections was let in."""
        log = pathlib.Path(self.postgres.folder, "log")
        before = log.stat().st_size
        told = os.environ | {"SYMBOLON_STORAGE__URL": url, "SYMBOLON_SECRETS_FILE": f"{self.folder}/secrets.toml"}
        told.pop("SSL_CERT_FILE", None)
        done = subprocess.run([executable(), *words], cwd=self.folder, env=told, capture_output=True, text=True, timeout=GUARD)
        with open(log) as lines:
            lines.seek(before)
            let_in = [line for line in lines if "connection authorized" in line and "application_name=symbolon" in line]
        return done.returncode, done.stdout + done.stderr, ["SSL enabled" in line for line in let_in]

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def through_tls(outcome):
    """A server that offers TLS, with a certificate for localhost by an authority that the system does not know."""
    authority, other = Authority(), Authority()
    postgres = Postgres(tls=authority)
    operator = Operator(postgres)
    root, wrong = {"sslrootcert": authority.certificate}, {"sslrootcert": other.certificate}
    spoken = [
        ("localhost", {}, True),
        ("localhost", {"sslmode": "disable"}, False),
        ("localhost", {"sslmode": "allow"}, False),
        ("localhost", {"sslmode": "prefer"}, True),
        ("localhost", {"sslmode": "require"}, True),
        ("localhost", {"sslmode": "require", "channel_binding": "prefer"}, True),
        ("localhost", {"sslmode": "require"} | root, True),
        ("localhost", {"sslmode": "verify-ca"} | root, True),
        ("127.0.0.1", {"sslmode": "verify-ca"} | root, True),
        ("localhost", {"sslmode": "verify-full"} | root, True),
        # A preference that comes to nothing is none.
        ("localhost", {"sslmode": "prefer"} | wrong, False),
    ]
    refused = [
        ("localhost", {"sslmode": "require"} | wrong, "sslrootcert"),
        ("localhost", {"sslmode": "verify-ca"} | wrong, "sslrootcert"),
        ("localhost", {"sslmode": "verify-full"} | wrong, "sslrootcert"),
        ("localhost", {"sslmode": "verify-full"}, "sslrootcert"),
        ("localhost", {"sslrootcert": "system"}, "sslrootcert"),
        ("127.0.0.1", {"sslmode": "verify-full"} | root, "sslmode=verify-ca"),
        ("localhost", {"sslmode": "verify-full", "sslrootcert": "/nowhere.pem"}, "/nowhere.pem, which `sslrootcert` names"),
        ("localhost", {"sslmode": "on"}, "verify-full"),
        ("localhost", {"unknownthing": "1"}, "the option `unknownthing`, which is not known; known are"),
    ]
    try:
        for host, options, encrypted in spoken:
            code, said, let_in = operator.run("migrate", url=operator.url(host, **options))
            outcome.claim(f"{host} with {options}: exit code {code}, connections with TLS {let_in}: {said}",
                          code == 0 and let_in == [encrypted])
        for host, options, named in refused:
            code, said, let_in = operator.run("migrate", url=operator.url(host, **options))
            outcome.claim(f"{host} with {options} was not refused by name ({code}, {let_in}): {said}",
                          code != 0 and named in said and not let_in and "a-password" not in said)
        for options, sign, finding in [({"sslmode": "disable"}, "mind", "in the clear"),
                                       ({"sslmode": "require"}, "mind", "certificate is not checked"),
                                       ({"sslmode": "verify-ca"} | root, "ok", "certificate is checked")]:
            _, said, _ = operator.run("doctor", url=operator.url(REMOTE, **options))
            outcome.claim(f"the doctor does not say {finding!r} of {options}: {said}",
                          any(line.startswith(sign) and finding in line for line in said.splitlines())
                          and "a-password" not in said)
        _, said, _ = operator.run("doctor", url=operator.url(sslmode="disable"))
        outcome.claim(f"the doctor warns of loopback: {said}", "in the clear" not in said)
    finally:
        for started in (operator, postgres, authority, other):
            started.stop()


def in_the_clear(outcome):
    """A server without TLS."""
    postgres = Postgres()
    operator = Operator(postgres)
    try:
        for mode in ("disable", "allow", "prefer"):
            code, said, let_in = operator.run("migrate", url=operator.url(sslmode=mode))
            outcome.claim(f"{mode}: {code} {let_in} {said}", code == 0 and let_in == [False])
        for mode in ("require", "verify-ca", "verify-full"):
            code, said, let_in = operator.run("migrate", url=operator.url(sslmode=mode))
            outcome.claim(f"{mode} spoke in the clear: {code} {let_in} {said}", code != 0 and not let_in)
    finally:
        operator.stop()
        postgres.stop()


class Small(Postgres):
    """A plan with five connections."""

    def __init__(self):
        super().__init__()
        self.ask("CREATE ROLE small LOGIN CONNECTION LIMIT 5")
        self.ask("ALTER DATABASE symbolon OWNER TO small")
        self.ask("ALTER SCHEMA public OWNER TO small")
        self.url = f"postgres://small@127.0.0.1:{self.port}/symbolon"


def connected(world):
    """Signs somebody in and lets them consent: reads and writes of many kinds."""
    person = Person("jane@example.com", PASSWORD)
    return person.authorize(world.base + REQUEST)


def with_few(outcome):
    """A server and a command beside it, on the smallest plan; and a server that was told to open two."""
    for told, number in (({}, 4), ({"SYMBOLON_STORAGE__CONNECTIONS": "2"}, 2)):
        postgres = Small()
        world = World("postgres", postgres=postgres, settings=told)
        try:
            world.start()
            ended = connected(world)
            outcome.claim(f"with {number} connections somebody who connects ends at {ended}", "code=" in ended)
            count = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'small'"
            guard = time.monotonic() + GUARD
            while (open_now := int(postgres.ask(count))) != number and time.monotonic() < guard:
                time.sleep(0.1)
            outcome.claim(f"a server opened {open_now} connections, not {number}", open_now == number)
            done = subprocess.run([executable(), "app", "list", "--config", world.config], capture_output=True, text=True)
            outcome.claim(f"a command beside it: {done.stderr}", done.returncode == 0)
            world.stop()
            log = pathlib.Path(postgres.folder, "log").read_text()
            outcome.claim(f"connections were refused:\n{log}", "too many connections" not in log)
        finally:
            world.close()


def main():
    end_cleanly()
    outcome = Outcome()
    for part in (through_tls, in_the_clear, with_few):
        part(outcome)
    print(f"postgres: {outcome.passed} passed, {outcome.failed} failed")
    sys.exit(1 if outcome.failed else 0)


if __name__ == "__main__":
    main()
