#!/usr/bin/env python3
"""Makes the fixture beside it: what a version of Symbolon leaves in its database, as portable INSERT statements.

    SYMBOLON_BIN=…/symbolon python3 crates/store/tests/old/make.py 0007

Run it with the executable of the version whose database is to be kept; the argument is the number of its last migration.
It lives through a small world on SQLite (state.toml) and writes two files: NUMBER.sql, the rows, and NUMBER.toml, the plain
values that belong to them, for the tests that use the old credentials. The loader (`symbolon_store::testing`) gives
PostgreSQL its own spelling of the same text.
"""

import base64
import hashlib
import json
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3] / "tests/world"))
import world  # noqa: E402
from authorize import Forms, Person  # noqa: E402

# The master key of the server's in-process tests.
MASTER_KEY = bytes(range(32)).hex()
# Parents before children.
TABLES = ["migrations", "scopes", "roles", "tenants", "users", "memberships", "icons", "apps", "client_secrets", "resources",
          "host_keys", "foreign_credentials", "grants", "authorization_codes", "families", "access_tokens",
          "browser_sessions", "spent_interactions", "attempts", "audit"]
VERIFIER = "verifier-of-the-fixture-0123456789-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
# Of each app: prefix, and the paths of authorization, exchange and refresh.
PATHS = {
    "rfc": ("", "/oauth/authorize", "/oauth/token", "/oauth/token"),
    "strict": ("/strict", "/oauth/authorize", "/oauth/token", "/oauth/token"),
    "fillout": ("/fillout", "/authorize/oauth", "/public/oauth/accessToken", None),
    "fullscript": ("/fullscript", "/oauth/authorize", "/api/oauth/token", "/api/oauth/token"),
    "calcom": ("/calcom", "/auth/oauth2/authorize", "/v2/auth/oauth2/token", "/v2/auth/oauth2/token"),
    "make": ("/make", "/authorize", "/token", "/refresh"),
}


class App:
    def __init__(self, base, client_id, dialect="rfc", secret=True):
        self.base, self.client_id = base, client_id
        self.prefix, self.authorize, self.token, self.again = PATHS[dialect]
        self.own = {"client_id": client_id} | ({"client_secret": f"{client_id}-secret"} if secret else {})

    def code(self, person, scope, **more):
        asked = {"response_type": "code", "client_id": self.client_id, "redirect_uri": world.REDIRECT_URI, "state": "s",
                 "scope": scope, "code_challenge": CHALLENGE, "code_challenge_method": "S256"} | more
        landed = person.authorize(f"{self.base}{self.prefix}{self.authorize}?{urllib.parse.urlencode(asked)}")
        return urllib.parse.parse_qs(urllib.parse.urlsplit(landed).query)["code"][0]

    def post(self, path, status=200, **fields):
        body = urllib.parse.urlencode(self.own | fields).encode()
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self.base + self.prefix + path, data=body), timeout=20)
        except urllib.error.HTTPError as refused:
            answer = refused
        text = answer.read().decode()
        assert answer.status == status, f"{self.client_id}: {path} answered {answer.status}: {text}"
        found = json.loads(text) if text else {}
        return found.get("oauth", found)

    def exchange(self, code, status=200, verifier=VERIFIER):
        return self.post(self.token, status, grant_type="authorization_code", code=code,
                         redirect_uri=world.REDIRECT_URI, code_verifier=verifier)

    def connect(self, person, scope, **more):
        return self.exchange(self.code(person, scope, **more))

    def refresh(self, token, status=200):
        return self.post(self.again, status, grant_type="refresh_token", refresh_token=token,
                         redirect_uri=world.REDIRECT_URI)


def press(person, page, words):
    """Sends the form of a page whose address holds these words."""
    answer = person.send(page)
    form = next(form for form in Forms(answer.read().decode()).forms if words in form["action"] or not form["action"])
    answer = person.send(urllib.parse.urljoin(page, form["action"]), form["fields"] + form["buttons"][:1])
    assert answer.status in (200, 303), answer.status


def person(name, tenant=None):
    return Person(f"{name}@example.com", world.PASSWORD, tenant=tenant)


def live(base, command):
    """The story. Answers the plain values that the tests need."""
    kept = {}
    daybook, pocket, paused = App(base, "daybook"), App(base, "pocket", secret=False), App(base, "paused")
    strict, ward = App(base, "strict", "strict"), App(base, "ward", "fullscript")
    calendar, scenario, filler = App(base, "calendar", "calcom"), App(base, "scenario", "make"), App(base, "filler", "fillout")
    jane, sam = person("jane"), person("sam", "north")

    def keep(name, tokens):
        kept[f"{name}_access"] = tokens["access_token"]
        if "refresh_token" in tokens:
            kept[f"{name}_refresh"] = tokens["refresh_token"]

    # Families that nothing happened to, one per dialect, and one of an app that is stopped at the end.
    keep("daybook", daybook.connect(jane, "forms:read forms:write", resource="https://api.example.com"))
    keep("pocket", pocket.connect(jane, "forms:read"))
    keep("ward", ward.connect(jane, "forms:read bookings:read"))
    keep("calendar", calendar.connect(jane, "BOOKING_READ"))
    keep("scenario", scenario.connect(sam, "connect"))
    keep("filler", filler.connect(jane, "forms:read"))
    keep("paused", paused.connect(jane, "forms:read"))
    keep("itself", daybook.post(daybook.token, grant_type="client_credentials", scope="forms:read"))
    # One that was refreshed twice; its last answer was lost.
    turned = daybook.refresh(daybook.connect(sam, "forms:read")["refresh_token"])
    kept["lost_refresh"] = turned["refresh_token"]
    keep("found", daybook.refresh(turned["refresh_token"]))
    # Sam for other tenants: one that they ended at the account page, one that the app ended.
    gone = daybook.connect(person("sam", "south"), "forms:read")
    keep("disconnected", gone)
    keep("signed_off", daybook.connect(person("sam", "sam"), "forms:read"))
    daybook.post("/oauth/revoke", token=kept["signed_off_refresh"])
    sam_page = sam.send(f"{base}/account").read().decode()
    for action in [link.split('"')[0] for link in sam_page.split('href="')[1:]]:
        if action.endswith("/disconnect") and "Clinic South" in sam.send(f"{base}{action}").read().decode():
            press(sam, f"{base}{action}", "/disconnect")
    # A refresh token that was used twice.
    first = strict.connect(jane, "forms:read")["refresh_token"]
    keep("reused", strict.refresh(first))
    strict.refresh(first, 400)
    # Only its access token was ended.
    once = pocket.connect(sam, "forms:read")
    pocket.post("/oauth/revoke", token=once["access_token"])
    keep("halved", once)
    # Codes: burnt by a wrong verifier, and used twice.
    pocket.exchange(pocket.code(jane, "forms:read"), 400, "x" * 43)
    code = filler.code(sam, "forms:read")
    filler.exchange(code)
    filler.exchange(code, 400)
    # What an operator does: a second secret beside the first, a secret of ours, people who are stopped, and one who forgot.
    made = json.loads(command("app", "rotate-secret", "calendar", "--json"))
    kept["calendar_secret"] = made["client_secret"]
    created = json.loads(command("app", "create", "Workshop", "--client-id", "workshop", "--redirect-uri",
                                 world.REDIRECT_URI, "--scope", "forms:read", "--owner", "u-kim", "--json"))
    kept["workshop_secret"] = created["client_secret"]
    command("app", "suspend", "paused", "--yes")
    command("user", "disable", "u-kim", "--yes")
    forgetful = Person("robin@example.com", "not this one")
    forgetful.send(f"{base}/login").read()
    form = forgetful.choose(forgetful.send(f"{base}/login").read().decode())
    forgetful.send(f"{base}/login", forgetful.fill(form)).read()
    # A visit that ended, and one that lasts.
    robin = person("sam", "north")
    daybook.code(robin, "forms:read")
    press(robin, f"{base}/logout", "/logout")
    for cookie in jane.jar:
        kept[f"jane_{cookie.name}"] = cookie.value
    # Last, for it lives a minute.
    kept["code"], kept["verifier"] = daybook.code(jane, "forms:read forms:write"), VERIFIER
    return kept


def picture():
    """A PNG of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    side = 64
    lines = (b"\0" + b"\x2f\x6f\xeb" * side) * side
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def literal(value, declared):
    if value is None:
        return "NULL"
    if declared == "BOOLEAN":
        return "TRUE" if value else "FALSE"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def rows(database):
    connection = sqlite3.connect(database)
    names = [name for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    assert set(names) == set(TABLES), set(names) ^ set(TABLES)
    for table in TABLES:
        columns = [(name, declared) for _, name, declared, *_ in connection.execute(f"PRAGMA table_info({table})")]
        stored = connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
        assert stored, f"nothing in {table}"
        yield f"\nINSERT INTO {table} ({', '.join(name for name, _ in columns)}) VALUES\n" + ",\n".join(
            "(" + ", ".join(literal(value, declared) for value, (_, declared) in zip(row, columns)) + ")"
            for row in stored) + ";\n"


def main():
    number = sys.argv[1]
    world.end_cleanly()
    declared = pathlib.Path(tempfile.mkdtemp(prefix="symbolon-old-"))
    (declared / "icon.png").write_bytes(picture())
    world.STATE = [shutil.copy(HERE / "state.toml", declared)]
    ours = world.World("sqlite", settings={"SYMBOLON_MASTER_KEY": MASTER_KEY})
    try:
        ours.start()

        def command(*arguments):
            done = subprocess.run([world.executable(), *arguments, "--config", ours.config], capture_output=True, text=True,
                                  env=ours.environment(0))
            assert done.returncode == 0, done.stderr
            return done.stdout

        kept = live(ours.base, command)
        kept_at = int(time.time() * 1000)
        ours.stop()
        text = "".join(rows(ours.folder / "symbolon.db"))
    finally:
        ours.close()
        shutil.rmtree(declared)
    (HERE / f"{number}.sql").write_text(f"-- What the version with migration {number} left in its database, by make.py.\n{text}")
    plain = "".join(f'{name} = "{value}"\n' for name, value in kept.items())
    (HERE / f"{number}.toml").write_text("# Test values: the plain credentials of the rows beside this file, which open "
                                        f"nothing else.\nkept_at = {kept_at}\n{plain}")


if __name__ == "__main__":
    main()
