#!/usr/bin/env python3
"""Kills the server twenty times under load and holds it to every answer that it gave.

Workers act as apps and write to a journal: first what they are about to do, then what was acknowledged. After each kill
the server starts again (how soon is judged by `bench/times crash`), and a checker that knows only the journal asks the
public endpoints:

- an acknowledged access token is active, and an acknowledged refresh token works;
- an acknowledged revocation holds;
- a code that was exchanged stays used; one that was not works exactly once;
- a refresh or an exchange whose answer was lost costs nobody their session.
"""

import base64
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import random
import sqlite3
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from authorize import Person  # noqa: E402
from world import PASSWORD, REDIRECT_URI, World, end_cleanly  # noqa: E402

KILLS = int(os.environ.get("SYMBOLON_KILLS", "20"))
WORKERS = 6
GUARD = 120  # seconds in which any machine gets there, however busy
SAMPLE = 150  # families of earlier rounds that are looked at again after each kill
SEED = int(os.environ.get("SYMBOLON_SEED", time.time_ns() % 1_000_000))
VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-43"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BASIC = {"Authorization": "Basic " + base64.b64encode(b"crash:crash-secret").decode()}
REQUEST = "/oauth/authorize?" + urllib.parse.urlencode({
    "client_id": "crash", "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "forms:read", "state": "s",
    "code_challenge": CHALLENGE, "code_challenge_method": "S256"})


class Journal:
    """An append-only file: one JSON object a line, written before the next step is taken."""

    def __init__(self, path):
        self.path, self.file, self.lines, self.grown = path, open(path, "ab", buffering=0), 0, threading.Condition()

    def write(self, family, event, **facts):
        line = json.dumps({"family": family, "event": event, **facts}) + "\n"
        with self.grown:
            self.file.write(line.encode())
            self.lines += 1
            self.grown.notify_all()

    def wait_for(self, more):
        """Until so many lines have come, or ten seconds have brought fewer."""
        with self.grown:
            until = self.lines + more
            self.grown.wait_for(lambda: self.lines >= until, timeout=10)

    def families(self):
        """What the journal says about each family: its code, its tokens, and how sure that is."""
        families = {}
        for line in self.path.read_text().splitlines():
            entry = json.loads(line)
            family = families.setdefault(entry["family"], {"name": entry["family"], "access": [], "state": "new"})
            EVENTS[entry["event"]](family, entry)
        return families.values()


def tokens_came(family, entry):
    family["access"].append(entry["access_token"])
    family.update(state="live", refresh=entry["refresh_token"])


EVENTS = {
    "code": lambda family, entry: family.update(state="code", code=entry["code"]),
    "exchange sent": lambda family, _: family.update(state="exchanging"),
    "refresh sent": lambda family, _: family.update(state="refreshing"),
    "tokens": tokens_came,
    "revocation sent": lambda family, _: family.update(state="revoking"),
    "revoked": lambda family, _: family.update(state="dead"),
}


class App:
    """The app's side of the wire, journalling as it goes. A lost connection is an `OSError` or `HTTPException`."""

    def __init__(self, port, cookies, journal):
        self.port, self.cookies, self.journal = port, cookies, journal
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GUARD)

    def send(self, method, path, headers, form=None):
        body = urllib.parse.urlencode(form) if form else None
        if form:
            headers = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 500:
            self.failed(answer, f"{method} {path.split('?')[0]} answered {answer.status}: {text[:200]!r}")
        return answer, text

    def failed(self, _, sentence):
        raise Surprise(sentence)

    def code(self, family):
        answer, text = self.send("GET", REQUEST, {"Cookie": self.cookies})
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers.get("Location", "")).query)
        if "code" not in query:
            raise Surprise(f"a signed-in person with remembered consent got {answer.status}, not a code: {text[:200]!r}")
        self.journal.write(family, "code", code=query["code"][0])
        return query["code"][0]

    def token(self, **form):
        answer, text = self.send("POST", "/oauth/token", BASIC, form)
        return answer.status, json.loads(text)

    def exchange(self, family, code):
        self.journal.write(family, "exchange sent")
        return self.keep(family, self.token(grant_type="authorization_code", code=code, code_verifier=VERIFIER,
                                            redirect_uri=REDIRECT_URI))

    def refresh(self, family, refresh_token):
        self.journal.write(family, "refresh sent")
        return self.keep(family, self.token(grant_type="refresh_token", refresh_token=refresh_token))

    def keep(self, family, answer):
        status, body = answer
        if status == 200:
            self.journal.write(family, "tokens", access_token=body["access_token"], refresh_token=body["refresh_token"])
        return status, body

    def revoke(self, family, token):
        self.journal.write(family, "revocation sent")
        answer, text = self.send("POST", "/oauth/revoke", BASIC, {"token": token})
        if answer.status != 200:
            raise Surprise(f"a revocation answered {answer.status}: {text[:200]!r}")
        self.journal.write(family, "revoked")

    def active(self, token):
        answer, text = self.send("POST", "/oauth/introspect", BASIC, {"token": token})
        if answer.status != 200:
            raise Surprise(f"introspection answered {answer.status}: {text[:200]!r}")
        return json.loads(text)["active"]


class Surprise(Exception):
    """The server answered, and wrongly."""


def work(app, names, killed, surprises, rng):
    """Mixed load until the server is gone: connect, refresh a few times, sometimes revoke."""
    live = []
    try:
        while True:
            draw = rng.random()
            if not live or draw < 0.4:
                family = next(names)
                code = app.code(family)
                if rng.random() < 0.9:  # some codes are left for later
                    status, body = app.exchange(family, code)
                    if status != 200:
                        raise Surprise(f"a fresh code gave {status} {body}")
                    live.append((family, body["refresh_token"]))
            elif draw < 0.8:
                place = rng.randrange(len(live))
                family, token = live[place]
                status, body = app.refresh(family, token)
                if status != 200:
                    raise Surprise(f"a fresh refresh token gave {status} {body}")
                live[place] = (family, body["refresh_token"])
            else:
                app.revoke(*live.pop(rng.randrange(len(live))))
    except Surprise as surprise:
        surprises.append(str(surprise))
    except (OSError, http.client.HTTPException) as lost:
        if not killed.is_set():
            surprises.append(f"a connection was lost while the server ran: {lost!r}")


class Checker:
    """Holds the server to the journal. What it does is journalled too, and so checked after the next kill."""

    def __init__(self, app):
        self.app, self.passed, self.wrong = app, 0, []

    def claim(self, sentence, holds):
        if holds:
            self.passed += 1
        else:
            self.wrong.append(sentence)

    def check(self, family):
        app, name, state = self.app, family["name"], family["state"]
        if state == "code":
            status, body = app.exchange(name, family["code"])
            self.claim(f"{name}: an acknowledged code gives {status} {body}", status == 200)
        elif state == "exchanging":
            status, _ = app.exchange(name, family["code"])
            self.claim(f"{name}: a code whose exchange was cut off gives {status}", status in (200, 400))
            family["access"] = []
        elif state in ("live", "refreshing"):
            for token in family["access"]:
                self.claim(f"{name} ({state}): an acknowledged access token is not active", app.active(token))
            status, body = app.refresh(name, family["refresh"])
            self.claim(f"{name} ({state}): an acknowledged refresh token gives {status} {body}", status == 200)
        elif state == "dead":
            for token in family["access"]:
                self.claim(f"{name}: a revoked family has an active access token", not app.active(token))
            status, _ = app.token(grant_type="refresh_token", refresh_token=family["refresh"])
            self.claim(f"{name}: a revoked refresh token gives {status}", status == 400)

    def replay(self, family):
        """Uses a used code again, rightly: it must be refused, and that ends the family."""
        self.app.journal.write(family["name"], "revocation sent")
        status, body = self.app.token(grant_type="authorization_code", code=family["code"], code_verifier=VERIFIER,
                                      redirect_uri=REDIRECT_URI)
        self.claim(f"{family['name']}: a used code gives {status} {body}", (status, body.get("error")) == (400, "invalid_grant"))
        self.app.journal.write(family["name"], "revoked")


def round_of_checks(app, journal, before, rng):
    """All families of the last round and some older ones; then a second use of some codes."""
    families = list(journal.families())
    recent = [family for family in families if family["name"] not in before]
    older = [family for family in families if family["name"] in before]
    chosen = recent + rng.sample(older, min(SAMPLE, len(older)))
    checker = Checker(app)
    for family in chosen:
        checker.check(family)
    used = [family for family in journal.families() if family["state"] in ("live", "dead")]
    for family in rng.sample(used, min(40, len(used))):
        checker.replay(family)
    return checker, {family["name"] for family in families}


def load_and_kill(world, cookies, journal, names, rng):
    """Load from all workers, a kill in the middle of it, and what the workers were surprised by."""
    server, killed, surprises = world.servers[0], threading.Event(), []
    workers = []
    for _ in range(WORKERS):
        app = App(server.port, cookies, journal)
        workers.append(threading.Thread(target=work, args=(app, names, killed, surprises, random.Random(rng.random()))))
    for worker in workers:
        worker.start()
    journal.wait_for(rng.randrange(200, 2000))
    killed.set()
    server.kill()
    for worker in workers:
        worker.join(GUARD)
    return surprises


def prove():
    """What was wrong, how much was right, and the seconds of the slowest start."""
    print(f"seed {SEED} (SYMBOLON_SEED repeats it)")
    rng, passed, wrong, slowest, began = random.Random(SEED), 0, [], 0.0, time.monotonic()
    world = World("sqlite")
    server = world.servers[0]
    try:
        server.start()
        person = Person("jane@example.com", PASSWORD)
        person.authorize(world.base + REQUEST)
        journal, names, before = Journal(world.folder / "journal"), map("family {}".format, itertools.count(1)), set()
        for _ in range(KILLS):
            wrong += load_and_kill(world, person.cookies(), journal, names, rng)
            slowest = max(slowest, server.start())
            checker, before = round_of_checks(App(server.port, person.cookies(), journal), journal, before, rng)
            passed += checker.passed
            wrong += checker.wrong
        server.stop()
        verdict = integrity(world.folder / "symbolon.db")
        wrong += [] if verdict == "ok" else [f"the database is damaged: {verdict}"]
        print(f"{KILLS} kills, {journal.lines} lines of journal, {len(before)} families, slowest start {slowest:.2f} s, "
              f"{time.monotonic() - began:.0f} s in all")
    except Surprise as surprise:
        wrong.append(str(surprise))
    finally:
        world.close()
    return wrong, passed, slowest


def main():
    end_cleanly()
    wrong, passed, _ = prove()
    for sentence in wrong[:40]:
        print("not so:", sentence)
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


def integrity(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA integrity_check").fetchone()[0]


if __name__ == "__main__":
    main()
