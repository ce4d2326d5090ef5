"""What the benchmarks start: servers and databases, each in a folder of its own, each ended on leaving."""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/world"))
from world import Postgres, end_cleanly  # noqa: E402, F401

HOUR = 3_600_000
# What the server called `large` holds before it starts.
LIVE_GRANTS, LIVE_TOKENS = 1_000_000, 10_000_000
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))


def build_symbolon():
    environment = os.environ | {"CARGO_TARGET_DIR": str(TARGET)}
    subprocess.run(["cargo", "build", "--locked", "--release", "-p", "symbolon"], cwd=HERE.parent, check=True,
                   env=environment)
    return str(TARGET / "release/symbolon")


def build_flowbench():
    folder = TARGET / "flowbench"
    subprocess.run(["cargo", "build", "--locked", "--release"], cwd=HERE / "flowbench", check=True,
                   env=os.environ | {"CARGO_TARGET_DIR": str(folder)})
    return str(folder / "release/flowbench")


def await_answer(url, process):
    for _ in range(2000):
        if process.poll() is not None:
            sys.exit(f"{url}: the server ended with {process.returncode} before it answered")
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.005)
    sys.exit(f"{url} does not answer after ten seconds")


@contextlib.contextmanager
def running(command, url, **options):
    """A process that answers at `url`, ended on leaving."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)
    try:
        await_answer(url, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def database():
    server = Postgres(durable=True)
    try:
        yield server
    finally:
        server.stop()


def now():
    return int(time.time() * 1000)


def new_id(at):
    """As the server makes them: in the order of time."""
    return at.to_bytes(6, "big") + os.urandom(10)


def fill_with_tokens(path, count, created_at, expires_at, hanging_from=None):
    """Adds access tokens to a SQLite file, all of one app: its own, or each hanging from a family and its grant."""
    database = sqlite3.connect(path)
    app = database.execute("SELECT id FROM apps").fetchone()[0]
    rows = ((new_id(created_at + at // 100), os.urandom(32), app, *(hanging_from(at) if hanging_from else (None, None)),
             created_at, expires_at + at // 100) for at in range(count))
    with database:
        database.executemany("INSERT INTO access_tokens (id, hash, app_id, grant_id, family_id, scopes, created_at,"
                             " expires_at) VALUES (?, ?, ?, ?, ?, 'profile', ?, ?)", rows)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def fill_with_grants(path, count):
    """A grant and its family for each of `count` new people; answers what tokens can hang from."""
    database = sqlite3.connect(path)
    app = database.execute("SELECT id FROM apps").fetchone()[0]
    tenant = database.execute("SELECT id FROM tenants").fetchone()[0]
    began = now() - HOUR
    people, grants, families = ([new_id(began + at // 100) for at in range(count)] for _ in range(3))
    each = [
        ("users (id, external_id, email, name, standing, staff, valid_from, created_at)"
         " VALUES (?, ?, ?, 'Filler', 'active', 0, 0, ?)",
         ((person, f"f{at}", f"f{at}@example.com", began) for at, person in enumerate(people))),
        ("grants (id, app_id, level, tenant_id, user_id, owner_id, scopes, status, created_at, updated_at)"
         " VALUES (?, ?, 'user', ?, ?, ?, 'profile', 'active', ?, ?)",
         ((grant, app, tenant, person, person, began, began) for grant, person in zip(grants, people))),
        ("families (id, app_id, grant_id, scopes, refresh_hash, refresh_expires_at, rotations, created_at, expires_at)"
         " VALUES (?, ?, ?, 'profile', ?, ?, 0, ?, ?)",
         ((family, app, grant, os.urandom(32), began + 720 * HOUR, began, began + 720 * HOUR)
          for family, grant in zip(families, grants))),
    ]
    with database:
        for text, rows in each:
            database.executemany(f"INSERT INTO {text}", rows)
    database.close()
    return lambda at: (grants[at % count], families[at % count])


def fill(path):
    fill_with_tokens(path, LIVE_TOKENS, now() - HOUR, now() + 24 * HOUR, fill_with_grants(path, LIVE_GRANTS))


@contextlib.contextmanager
def symbolon(program, folder, url, preload=None, filled=False):
    subprocess.run([HERE / "world", folder, url], check=True)
    config = ["--config", f"{folder}/symbolon.toml"]
    subprocess.run([program, "apply", *config, f"{folder}/state.toml"], check=True, stdout=subprocess.DEVNULL)
    if filled:
        fill(url.removeprefix("sqlite:"))
    environment = os.environ | ({"LD_PRELOAD": preload} if preload else {})
    with running([program, "serve", *config], "http://127.0.0.1:3200/readyz", env=environment) as process:
        yield [f"server={process.pid}"]


def shim(name, folder):
    """The library to preload that is made of `name`.c."""
    library = f"{folder}/{name}.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", library, HERE / f"{name}.c", "-ldl"], check=True)
    return library


@contextlib.contextmanager
def oidc(folder, address=None):
    peer = pathlib.Path(folder) / "peer"
    shutil.copytree(HERE / "peers/node-oidc-provider", peer)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=peer, check=True)
    environment = os.environ | {"NODE_ENV": "production", "PORT": "3100"} | ({"DB": address} if address else {})
    url = "http://127.0.0.1:3100/.well-known/openid-configuration"
    with running(["node", "server.mjs"], url, cwd=peer, env=environment, stderr=subprocess.DEVNULL) as process:
        yield [f"server={process.pid}"]


@contextlib.contextmanager
def started(name, program, flowbench, folder):
    """Starts a server and answers the description to measure it with, and its process groups."""
    if name == "floor":
        command = [flowbench, "hello", "--addr", "127.0.0.1:3999"]
        with running(command, "http://127.0.0.1:3999/") as process:
            yield "floor", [f"server={process.pid}"]
    elif name in ("sqlite", "slow-flush", "large"):
        preload = shim(name, folder) if name == "slow-flush" else None
        with symbolon(program, folder, f"sqlite:{folder}/symbolon.db", preload, name == "large") as groups:
            yield "symbolon", groups
    elif name == "postgres":
        with database() as db, symbolon(program, folder, db.url) as groups:
            yield "symbolon", [*groups, f"database={db.process.pid}"]
    elif name == "oidc-memory":
        with oidc(folder) as groups:
            yield "node-oidc-provider", groups
    else:
        with database() as db, oidc(folder, db.url) as groups:
            yield "node-oidc-provider", [*groups, f"database={db.process.pid}"]
