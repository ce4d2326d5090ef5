#!/usr/bin/env python3
"""Runs the proxies of docs/proxy.md as they stand on the page, each before a server that is configured as stands beside it.

Only ports and the folder of the certificates are put in. Through each a person signs in and comes back with 4 KB of state; two
clients behind it count as two, whatever they write into headers themselves; and a program is answered in JSON.
"""

import base64
import http.client
import http.cookiejar
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "world")]
from authorize import Person, StayHere  # noqa: E402
from fronts import end, program  # noqa: E402
from world import PASSWORD, REDIRECT_URI, ROOT, Outcome, World, end_cleanly, free_port  # noqa: E402

PAGE = ROOT / "docs" / "proxy.md"
NAME = "connect.example.com"
CERTIFICATES = "/etc/ssl/connect.example.com"
TRIES = 3  # wrong host keys of one address
STATE = "s" * 4096
CHALLENGE = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()

# What a configuration needs besides the block: where it may write.
AROUND = {
    "nginx": ("daemon off; pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\nhttp {{ access_log off;\n"
              + "".join(f"{kind}_temp_path {{folder}}/{kind};\n" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
              + "{block}\n}}\n"),
    # Its own certificates instead of a public authority's.
    "caddyfile": ("{{\nadmin off\ndefault_bind 127.0.0.1\nlocal_certs\nskip_install_trust\nhttps_port {public}\nhttp_port {plain}\n"
                  "storage file_system {folder}/storage\n}}\n{block}\n"),
    "haproxy": "{block}\n",
}
START = {
    "nginx": lambda file, folder: [program("nginx"), "-e", f"{folder}/errors", "-c", file],
    "caddyfile": lambda file, folder: [program("caddy"), "run", "--adapter", "caddyfile", "--config", file],
    "haproxy": lambda file, folder: [program("haproxy"), "-db", "-f", file],
}


class Section:
    """A heading of the page with its blocks."""

    def __init__(self, text):
        self.title = text.partition("\n")[0]
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        self.settings = tomllib.loads(blocks.pop("toml", ""))
        self.kind, self.block = next(iter(blocks.items()), (None, ""))

    def variables(self, folder):
        """Its configuration, as the server's environment says it. Where it listens is the test's to say."""
        flat = {f"{section}__{key}": value for section, table in self.settings.items() if isinstance(table, dict)
                for key, value in table.items()}
        flat |= {key: value for key, value in self.settings.items() if not isinstance(value, dict) and key != "listen"}
        text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in flat.items()}
        return {f"SYMBOLON_{key.upper()}": value.replace(CERTIFICATES, folder) for key, value in text.items()}


def sections():
    found = [Section(text) for text in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]]
    return [section for section in found if section.kind]


def certificates(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem", "-subj", f"/CN={NAME}",
                    "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True)
    both = pathlib.Path(folder, "fullchain.pem").read_text() + pathlib.Path(folder, "privkey.pem").read_text()
    pathlib.Path(folder, "haproxy.pem").write_text(both)


class Proxy:
    """A block of the page, running."""

    def __init__(self, section, folder, server):
        self.public, plain = free_port(), free_port()
        block = re.sub(r"127\.0\.0\.1:(8080|8443)\b", f"127.0.0.1:{server}", section.block)
        # At one address alone: on the others, ports of the moment belong to whoever calls from there.
        block = re.sub(r"(listen |bind ):?(443|8090)\b", rf"\g<1>127.0.0.1:{self.public}", block).replace(CERTIFICATES, folder)
        text = AROUND[section.kind].format(folder=folder, block=block, public=self.public, plain=plain)
        file = pathlib.Path(folder, section.kind)
        file.write_text(text)
        self.errors = pathlib.Path(folder, "said")
        with open(self.errors, "w") as errors:
            self.process = subprocess.Popen(START[section.kind](str(file), folder), stdout=errors, stderr=errors, cwd=folder,
                                            env=os.environ | {"HOME": folder})
        self.is_tls = "8090" not in section.block

    def await_answer(self):
        """Until it passes requests on: a health check may have to pass before."""
        until = time.monotonic() + 60
        while True:
            try:
                if ask(self, "/healthz").status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"it passes nothing on:\n{self.errors.read_text()}")
            time.sleep(0.05)

    def stop(self):
        end(self.process)


def connected(proxy, source="127.0.0.1"):
    """A connection to the proxy, from an address of this machine, which calls it by its name."""
    connection = http.client.HTTPConnection(NAME, timeout=60)
    connection.sock = socket.create_connection(("127.0.0.1", proxy.public), 60, (source, 0))
    if proxy.is_tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection.sock = context.wrap_socket(connection.sock, server_hostname=NAME)
    return connection


def ask(proxy, path, source="127.0.0.1", headers=None, body=None):
    connection = connected(proxy, source)
    try:
        method = "GET" if body is None else "POST"
        connection.request(method, path, body=body, headers={"Content-Type": "application/json"} | (headers or {}))
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        return answer
    finally:
        connection.close()


class Through(urllib.request.HTTPSHandler):
    """Opens addresses through the proxy."""

    def __init__(self, proxy):
        super().__init__()
        self.proxy = proxy

    def https_open(self, request):
        return self.do_open(lambda host, **_: connected(self.proxy), request)


def person_comes_back(section, proxy, outcome, state=STATE):
    """A person without JavaScript signs in and allows."""
    person = Person("jane@example.com", PASSWORD)
    person.jar = http.cookiejar.CookieJar()
    person.opener = urllib.request.build_opener(Through(proxy), urllib.request.HTTPCookieProcessor(person.jar), StayHere)
    asked = {"client_id": "openid-client", "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "forms:read",
             "state": state, "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    try:
        back = person.authorize(f"https://{NAME}/oauth/authorize?" + urllib.parse.urlencode(asked))
    except RuntimeError as wrong:
        return outcome.claim(f"{section.title}: nobody came back: {wrong}", False)
    answer = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)
    outcome.claim(f"{section.title}: {back}", answer.get("state") == [state] and "code" in answer)
    outcome.claim(f"{section.title}: iss is {answer.get('iss')}", answer.get("iss") == [f"https://{NAME}"])


def wrong_keys(proxy, source, headers):
    """How a wrong host key is answered, one after the other."""
    tried = json.dumps({"token": "x"})
    return [ask(proxy, "/v1/check", source, {"Authorization": "Bearer wrong"} | write(number), tried).status
            for number, write in enumerate([headers] * (TRIES + 1))]


def clients_are_told_apart(section, proxy, outcome):
    """Each address has its own tries, and nothing that a client writes gives it more."""
    spent = [403] * TRIES + [429]
    for source, headers in [
        ("127.0.0.2", lambda number: {}),
        ("127.0.0.3", lambda number: {"X-Forwarded-For": f"192.0.2.{number}"}),
        ("127.0.0.4", lambda number: {"Forwarded": f"for=192.0.2.{number}"}),
        ("127.0.0.5", lambda number: {"X-Forwarded-For": f"\xff{number}", "Forwarded": "for=\""}),
    ]:
        said = wrong_keys(proxy, source, headers)
        outcome.claim(f"{section.title}: {source} was answered {said}", said == spent)
    right = ask(proxy, "/v1/check", "127.0.0.6", {"Authorization": "Bearer host-key-of-the-acme-api"}, json.dumps({"token": "x"}))
    outcome.claim(f"{section.title}: the API was answered {right.status} {right.text}",
                  right.status == 401 and right.getheader("Content-Type") == "application/json")


def as_installed(section):
    """The same block without what makes room in the proxy: what is not the app's own answer must fit all the same."""
    section.title += ", with the room that it has as installed"
    section.block = re.sub(r"^ *proxy_buffer_size .*\n", "", section.block, flags=re.MULTILINE)
    return section


def proof(section, outcome, state=STATE):
    failed = outcome.failed
    with tempfile.TemporaryDirectory(prefix="symbolon-documented-") as folder:
        os.chmod(folder, 0o755)
        certificates(folder)
        limits = {"SYMBOLON_LIMITS__CREDENTIALS": f"{TRIES} per 1d"}
        world = World("sqlite", settings=section.variables(folder) | limits)
        proxy = None
        try:
            world.start()
            proxy = Proxy(section, folder, world.servers[0].port)
            proxy.await_answer()
            if "internal_hosts" in section.settings:
                refused = ask(proxy, "/login")
                outcome.claim(f"{section.title}: a page was answered {refused.status}", refused.status == 421)
                refused = ask(proxy, "/oauth/token", body="{}")
                outcome.claim(f"{section.title}: an app was answered {refused.status} {refused.text}",
                              refused.status == 421 and json.loads(refused.text)["error"] == "invalid_request")
            else:
                person_comes_back(section, proxy, outcome, state)
            clients_are_told_apart(section, proxy, outcome)
            world.stop()
        finally:
            if proxy:
                proxy.stop()
            if outcome.failed > failed:
                print(world.servers[0].tail(20))
            world.close()


def main():
    end_cleanly()
    outcome, found = Outcome(), sections()
    for section in found:
        before = outcome.passed
        proof(section, outcome)
        print(f"{section.title}: {outcome.passed - before} held")
    for section in sections():
        if "proxy_buffer_size" in section.block:
            proof(as_installed(section), outcome, STATE[:3000])
    outcome.claim(f"only {len(found)} blocks were found on the page", len(found) >= 5)
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    sys.exit(outcome.failed > 0)


if __name__ == "__main__":
    main()
