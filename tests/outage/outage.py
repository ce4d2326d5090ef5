#!/usr/bin/env python3
"""Stops the database in its tracks (SIGSTOP: it hangs, and refuses nobody) and asks everything of the server meanwhile.

Every endpoint that needs the database says 503 with Retry-After and is no verdict; what needs none answers as ever; and
once the database goes on, everything works again and nothing was lost. How soon is printed here, judged by `bench/times
outage`, and proven of the engine in process, where the clock stands still (store/tests/conformance/outages.rs).
"""

import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import signal
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from authorize import Person  # noqa: E402
from world import PASSWORD, REDIRECT_URI, Outcome, World, end_cleanly  # noqa: E402

ROUNDS = 3
GUARD = 120  # seconds in which any machine gets there, however busy
VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-43"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REQUEST = "/oauth/authorize?" + urllib.parse.urlencode({
    "client_id": "crash", "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "forms:read", "state": "s",
    "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
BASIC = {"Authorization": "Basic " + base64.b64encode(b"crash:crash-secret").decode()}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class App:
    def __init__(self, port, cookies):
        self.port, self.cookies = port, {"Cookie": cookies}

    def send(self, method, path, headers=None, **form):
        """The status, the headers, the text and the seconds that it took."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=GUARD)
        body = urllib.parse.urlencode(form) if form else None
        connection.request(method, path, body, (headers or {}) | (FORM if form else {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text, time.monotonic() - began

    def token(self, **form):
        return self.send("POST", "/oauth/token", BASIC, **form)

    def code(self):
        status, headers, text, _ = self.send("GET", REQUEST, self.cookies)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(headers.get("Location", "")).query)
        if "code" not in query:
            sys.exit(f"remembered consent gave {status}, not a code: {text[:300]}")
        return query["code"][0]

    def exchange(self, code):
        return self.token(grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=REDIRECT_URI)

    def refresh(self, token):
        return self.token(grant_type="refresh_token", refresh_token=token)


def processes(parent):
    """A process and all that it started, as far as they are still there."""
    try:
        children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [parent] + [process for child in children for process in processes(int(child))]


def signal_all(postgres, number):
    for process in processes(postgres.process.pid):
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


def wave(app, tokens, code, outcome):
    """Everything at once. Answers how long the slowest took."""
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    needing = {
        "exchange": lambda: app.exchange(code),
        "refresh": lambda: app.refresh(tokens["refresh_token"]),
        "a wrong secret": lambda: app.send("POST", "/oauth/token", grant_type="refresh_token", client_id="crash",
                                           client_secret="wrong", refresh_token="x"),
        "revoke": lambda: app.send("POST", "/oauth/revoke", BASIC, token=tokens["refresh_token"]),
        "introspect": lambda: app.send("POST", "/oauth/introspect", BASIC, token=tokens["access_token"]),
        "me": lambda: app.send("GET", "/v1/me", bearer),
        "authorize": lambda: app.send("GET", REQUEST, app.cookies),
        "account": lambda: app.send("GET", "/account", app.cookies),
        "ready": lambda: app.send("GET", "/readyz"),
    }
    free = {path: lambda path=path: app.send("GET", path)
            for path in ("/healthz", "/.well-known/oauth-authorization-server", "/login")}
    with concurrent.futures.ThreadPoolExecutor(len(needing) + len(free)) as pool:
        asked = {name: pool.submit(ask) for name, ask in (needing | free).items()}
        answers = {name: answer.result() for name, answer in asked.items()}
    for name in needing:
        status, headers, text, _ = answers[name]
        outcome.claim(f"{name} answered {status} (retry after {headers.get('Retry-After')}): {text[:200]}",
                      status == 503 and headers.get("Retry-After"))
    for name in free:
        status, _, text, _ = answers[name]
        outcome.claim(f"{name} answered {status}: {text[:200]}", status == 200)
    return max(answer[3] for answer in answers.values())


def hang(world, app, outcome):
    status, _, text, _ = app.exchange(app.code())
    outcome.claim(f"before: {status} {text}", status == 200)
    tokens, code = json.loads(text), app.code()
    time.sleep(1.1)  # what is kept in memory is then older than it may be believed
    signal_all(world.postgres, signal.SIGSTOP)
    try:
        slowest = [wave(app, tokens, code, outcome) for _ in range(3)]
    finally:
        signal_all(world.postgres, signal.SIGCONT)
    began = time.monotonic()
    while (works := app.send("GET", "/readyz")[0] == 200 and app.refresh("x")[0] == 400) is False:
        if time.monotonic() - began > GUARD:
            break
        time.sleep(0.02)
    back = time.monotonic() - began
    outcome.claim(f"not back after {back:.2f} s", works)
    return slowest, back, tokens, code


def nothing_was_lost(app, tokens, code, outcome):
    """What was asked during the outage was answered 503: it may have happened, but nobody may be worse off than one
    revocation, which was asked for too."""
    status, _, text, _ = app.exchange(code)
    happened = status == 400 and json.loads(text)["error"] == "invalid_grant"
    outcome.claim(f"the code gives {status} {text}", status == 200 or happened)
    status, _, text, _ = app.send("POST", "/oauth/introspect", BASIC, token=tokens["access_token"])
    outcome.claim(f"introspection gives {status} {text}", status == 200)
    status, _, _, _ = app.send("POST", "/oauth/revoke", BASIC, token=tokens["refresh_token"])
    outcome.claim(f"revocation gives {status}", status == 200)
    status, _, text, _ = app.exchange(app.code())
    outcome.claim(f"a new code gives {status} {text}", status == 200)


def prove(outcome):
    """Answers how long the slowest answers of an outage took, and the longest way back."""
    world, times = World("postgres"), []
    try:
        world.start()
        person = Person("jane@example.com", PASSWORD)
        person.authorize(world.base + REQUEST)
        app = App(world.servers[0].port, person.cookies())
        for number in range(ROUNDS):
            slowest, back, tokens, code = hang(world, app, outcome)
            nothing_was_lost(app, tokens, code, outcome)
            waves = ", ".join(f"{seconds:.2f}" for seconds in slowest)
            print(f"round {number + 1}: the slowest of each wave took {waves} s; back after {back:.2f} s")
            times.append((max(slowest), back))
        world.stop()
    finally:
        signal_all(world.postgres, signal.SIGCONT)
        world.close()
    return max(slowest for slowest, _ in times), max(back for _, back in times)


def main():
    end_cleanly()
    outcome = Outcome()
    prove(outcome)
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    sys.exit(outcome.failed > 0)


if __name__ == "__main__":
    main()
