#!/usr/bin/env python3
"""What a running server takes up without a restart, and that SIGHUP ends none.

A renewed certificate is spoken from then on, while who is connected stays so; one that does not fit its key is not, and the one
before stays. The configuration is taken up whole or not at all, by SIGHUP and by `symbolon reload`, which says what is wrong
with file and line before it asks. Everything is waited for by what the server says, in its log or on the wire.
"""

import contextlib
import http.client
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from world import Outcome, World, end_cleanly, executable, free_port  # noqa: E402

PATIENCE = 60  # only keeps the test from hanging


def until(happens, what):
    end = time.monotonic() + PATIENCE
    while not (seen := happens()):
        if time.monotonic() > end:
            raise RuntimeError(f"in vain: {what}")
        time.sleep(0.02)
    return seen


def certificate(folder, name):
    """A certificate and its key, written beside and then put in place, the certificate first."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.cert", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"], check=True,
                   capture_output=True)


def put(folder, name, *ends):
    for end in ends:
        pathlib.Path(folder, f"new.{end}").write_bytes(pathlib.Path(folder, f"{name}.{end}").read_bytes())
        os.replace(f"{folder}/new.{end}", f"{folder}/live.{end}")


def connect(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), PATIENCE))


def spoken(port):
    """The name in the certificate that is spoken to whoever comes now."""
    with contextlib.closing(connect(port)) as stream:
        der = stream.getpeercert(True)
    shown = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-subject", "-nameopt", "multiline"], input=der,
                           capture_output=True, check=True)
    return shown.stdout.decode().split("=")[-1].strip()


def healthy(stream):
    """Asks on a connection that is there already."""
    stream.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    return b" 200 " in stream.recv(4096)


def metric(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
        lines = [line for line in answer.read().decode().splitlines() if line.startswith(name)]
    return float(lines[0].split()[-1]) if lines else None


def certificates(outcome):
    metrics = free_port()
    world = World("sqlite", settings={"SYMBOLON_METRICS__LISTEN": f"127.0.0.1:{metrics}"})
    folder, server = world.folder, world.servers[0]
    try:
        for name in ("first", "second", "third"):
            certificate(folder, name)
        put(folder, "first", "cert", "key")
        world.settings |= {"SYMBOLON_TLS__CERT": f"{folder}/live.cert", "SYMBOLON_TLS__KEY": f"{folder}/live.key",
                           "SYMBOLON_ISSUER": f"https://localhost:{server.port}"}
        world.start()
        said = lambda text: text in server.log.read_text()  # noqa: E731
        outcome.claim("the certificate is spoken", spoken(server.port) == "first")
        with contextlib.closing(connect(server.port)) as before:
            outcome.claim("a connection answers", healthy(before))
            put(folder, "second", "cert", "key")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: spoken(server.port) == "second", "a renewed certificate, by SIGHUP")
            outcome.claim("who was connected stays so", healthy(before))
        put(folder, "third", "cert")
        until(lambda: said("a renewed certificate cannot be used"), "a word about a certificate without its key")
        outcome.claim("half of a pair changes nothing", spoken(server.port) == "second")
        put(folder, "third", "key")
        until(lambda: spoken(server.port) == "third", "a renewed certificate, by itself")
        doctor = lambda trusted: subprocess.run(  # noqa: E731
            [executable(), "doctor", "--config", world.config], capture_output=True, text=True, cwd=folder,
            env=os.environ | world.settings | {"SYMBOLON_EGRESS__CA": f"{folder}/{trusted}.cert"}).stdout
        outcome.claim("the doctor reaches the server by its public address",
                      "answers at the issuer's address" in doctor("third"))
        outcome.claim("and says when its certificate is not trusted",
                      f"the certificate at the issuer's address https://localhost:{server.port}" in doctor("first"))
        put(folder, "first", "key")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: said("everything stays as it was"), "a word about a reload with a wrong pair")
        outcome.claim("a wrong pair is not taken up by a reload either", spoken(server.port) == "third")
        ends = metric(metrics, "symbolon_certificate_end_seconds")
        outcome.claim(f"the certificate ends at {ends}", ends and 86400 < ends - time.time() < 3 * 86400)
        world.stop()
    finally:
        if outcome.failed:
            print(server.tail(20))
        world.close()


def command(world, *arguments):
    return subprocess.run([executable(), *arguments, "--config", world.config], capture_output=True, text=True, cwd=world.folder)


def status(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def configuration(outcome):
    metrics = free_port()
    world = World("sqlite", settings={"SYMBOLON_METRICS__LISTEN": f"127.0.0.1:{metrics}"})
    server, file = world.servers[0], pathlib.Path(world.config)
    at = "/taken-up/oauth/authorize"
    try:
        none = command(world, "reload")
        outcome.claim(f"without a server: {none.stderr}", none.returncode == 1 and "no server is running" in none.stderr)
        world.start()
        good = file.read_text()
        outcome.claim("nothing stands there yet", status(server, at) == 404)
        more = good + '\n[[dialect]]\npreset = "rfc"\nname = "taken-up"\nprefix = "/taken-up"\n'

        # What is wrong is said by the command, and nothing is asked of the server.
        wrong = more.replace('code_ttl = "60s"', 'code_ttl = "2d"')
        file.write_text(wrong)
        line = wrong.splitlines().index('code_ttl = "2d"') + 1
        refused = command(world, "reload")
        outcome.claim(f"a mistake has its place: {refused.stderr}",
                      refused.returncode == 1 and "`tokens.code_ttl`" in refused.stderr
                      and f"symbolon.toml line {line}" in refused.stderr)
        outcome.claim("the server was not asked", metric(metrics, "symbolon_reloads_total") is None)
        # The server itself is not fooled either.
        server.process.send_signal(signal.SIGHUP)
        until(lambda: metric(metrics, 'symbolon_reloads_total{result="refused"}') == 1, "a refused reload")
        log = server.log.read_text()
        outcome.claim("the log says where and why", f"symbolon.toml line {line}" in log and "everything stays as it was" in log)
        outcome.claim("nothing of it was taken up", status(server, at) == 404)

        file.write_text(more)
        asked = command(world, "reload")
        outcome.claim(f"the command asks: {asked.stdout}{asked.stderr}",
                      asked.returncode == 0 and str(server.process.pid) in asked.stdout)
        until(lambda: status(server, at) == 400, "a dialect that was mounted")
        file.write_text(good)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: status(server, at) == 404, "a dialect that was taken away")

        file.write_text(good.replace("\n[brand]\n", '\n[brand]\nname = "Other"\n').replace('shutdown_grace = "20s"', 'shutdown_grace = "21s"'))
        server.process.send_signal(signal.SIGHUP)
        until(lambda: 'need_a_restart="shutdown_grace, brand"' in server.log.read_text(), "what only a start can set")
        world.stop()
        gone = command(world, "reload")
        outcome.claim(f"after its end: {gone.stderr}", gone.returncode == 1 and "no server is running" in gone.stderr)
    finally:
        if outcome.failed:
            print(server.tail(20))
        world.close()


def hangups_before_it_is_ready(outcome):
    """Its storage takes the connection and says nothing, so it is on its way until it is told to stop."""
    world = World("sqlite")
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            environment = world.environment(free_port()) | {
                "SYMBOLON_STORAGE__URL": f"postgres://symbolon@127.0.0.1:{port}/symbolon",
                "SYMBOLON_SECRETS_FILE": str(world.folder / "secrets.toml")}
            process = subprocess.Popen([executable(), "serve", "--config", world.config], env=environment, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            silent.settimeout(PATIENCE)
            held, _ = silent.accept()
            for _ in range(3):
                process.send_signal(signal.SIGHUP)
            process.terminate()
            said, log = process.communicate(timeout=PATIENCE)
            held.close()
        outcome.claim(f"it ended with {process.returncode}: {said}{log}", process.returncode == 0 and "before anything" in log)
    finally:
        world.close()


def the_demo(outcome):
    """A closed terminal does not end it."""
    world = World("sqlite")
    process = subprocess.Popen([executable(), "demo", "--listen", "127.0.0.1:0", "--dir", str(world.folder / "demo")],
                               text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=world.folder)
    try:
        ready = any(line.startswith("ready: ") for line in process.stdout)
        process.send_signal(signal.SIGHUP)
        process.terminate()
        _, log = process.communicate(timeout=PATIENCE)
        outcome.claim(f"the demo ended with {process.returncode}: {log}", ready and process.returncode == 0)
    finally:
        if process.poll() is None:
            process.kill()
        world.close()


def main():
    end_cleanly()
    outcome = Outcome()
    for part in (certificates, configuration, hangups_before_it_is_ready, the_demo):
        part(outcome)
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    sys.exit(outcome.failed > 0)


if __name__ == "__main__":
    main()
