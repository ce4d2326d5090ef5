#!/usr/bin/env python3
"""Fails the database over to its replica under load: first the primary is killed, then the next one only freezes.

The server knows one address, and what stands behind that is moved, as a virtual IP would be: new connections go to the
replica, old ones stay where they were made. Those to a killed primary break; those to a frozen one hang, which is harder.
Meanwhile every answer is right or 503 with Retry-After, after the promotion all of them are right again, and nothing that
was acknowledged is lost: the primary acknowledges what its replica has. How soon is printed here and judged by `bench/times
failover`.
"""

import contextlib
import http.client
import itertools
import pathlib
import random
import signal
import socket
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash"), str(HERE.parent / "world")]
from authorize import Person  # noqa: E402
from crash import REQUEST, App, Checker, Journal, Surprise  # noqa: E402
from outage import GUARD, Outcome, signal_all  # noqa: E402
from world import PASSWORD, Postgres, World, end_cleanly  # noqa: E402

WORKERS = 4
PAUSE = 0.02  # between two requests of a worker
QUIET = 3.0  # so long after the last 503 the service counts as back


class Address:
    """An address that stays while what is behind it is moved."""

    def __init__(self, behind):
        self.behind = behind
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgres://symbolon@127.0.0.1:{self.listener.getsockname()[1]}/symbolon"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near):
        with near, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.behind.port)) as far:
            back = threading.Thread(target=pump, args=(far, near), daemon=True)
            back.start()
            pump(near, far)
            back.join()

    def stop(self):
        self.listener.close()


def pump(source, sink):
    """Carries bytes one way until either side ends, and ends both."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for side in (source, sink):
        with contextlib.suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


class Outage(Exception):
    """503 with Retry-After."""


class Patient(App):
    """An app that takes an outage for what it is."""

    def failed(self, answer, sentence):
        raise (Outage if answer.status == 503 and answer.headers.get("Retry-After") else Surprise)(sentence)


class Load:
    """Apps at work, and what they saw."""

    def __init__(self, world, cookies, journal, names):
        self.over, self.changed, self.wrong = threading.Event(), threading.Condition(), []
        self.right, self.outages, self.last_outage, self.slowest = 0, 0, 0.0, 0.0
        self.names = names
        self.workers = []
        for seed in range(WORKERS):
            app = Patient(world.servers[0].port, cookies, journal)
            self.workers.append(threading.Thread(target=self._work, args=(app, random.Random(seed))))
        for worker in self.workers:
            worker.start()

    def _work(self, app, rng):
        live = []
        while not self.over.wait(PAUSE):
            began, outage = time.monotonic(), False
            try:
                step(app, live, self.names, rng)
            except Outage:
                outage = True
            except Surprise as surprise:
                self.wrong.append(str(surprise))
            except (OSError, http.client.HTTPException) as lost:
                self.wrong.append(f"a connection was lost: {lost!r}")
                app.connection.close()
            self._saw(outage, time.monotonic() - began)

    def _saw(self, outage, took):
        with self.changed:
            self.right, self.outages = self.right + (not outage), self.outages + outage
            self.slowest = max(self.slowest, took)
            if outage:
                self.last_outage = time.monotonic()
            self.changed.notify_all()

    def wait_for(self, reached, within):
        with self.changed:
            return self.changed.wait_for(reached, within)

    def more(self, right=0, outages=0, within=GUARD):
        """Until so many more answers of a kind have come."""
        right, outages = self.right + right, self.outages + outages
        return self.wait_for(lambda: self.right >= right and self.outages >= outages, within)

    def end(self):
        self.over.set()
        for worker in self.workers:
            worker.join()


def step(app, live, names, rng):
    """One thing that an app does. `live` holds its families, each with the tokens that it got last."""
    draw = rng.random()
    if not live or draw < 0.2:
        name = next(names)
        status, body = app.exchange(name, app.code(name))
        if status != 200:
            raise Surprise(f"a fresh code gave {status} {body}")
        live.append((name, body))
        return
    place = rng.randrange(len(live))
    name, tokens = live[place]
    if draw < 0.6:
        # An outage leaves open whether it happened. Who asks again with the same token gets what was made for it.
        status, body = app.refresh(name, tokens["refresh_token"])
        if status != 200:
            raise Surprise(f"a refresh token gave {status} {body}")
        live[place] = (name, body)
    elif not app.active(tokens["access_token"]):
        raise Surprise("an acknowledged access token is not active")


def end(server):
    """Whatever became of it."""
    if server.process.poll() is None:
        signal_all(server, signal.SIGKILL)
        server.process.wait()
    server.stop()


def replica_of(primary):
    """A replica; from now on the primary acknowledges nothing that it does not have."""
    replica = Postgres(replica_of=primary)
    primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.ask("SELECT pg_reload_conf()")
    until = time.monotonic() + GUARD
    while primary.ask("SELECT sync_state FROM pg_stat_replication") != "sync":
        if time.monotonic() > until:
            end(replica)
            raise RuntimeError("the replica does not follow")
        time.sleep(0.05)
    return replica


def fail_over(fate, address, replica, load, outcome):
    """The seconds from the promotion to the last 503."""
    outcome.claim("the load did not begin", load.more(right=100))
    signal_all(address.behind, fate)
    outcome.claim("nobody noticed the outage", load.more(outages=20))
    replica.promote()
    promoted = time.monotonic()
    address.behind = replica
    quiet = load.wait_for(lambda: time.monotonic() - max(load.last_outage, promoted) > QUIET, GUARD)
    outcome.claim("the answers are not right again after the promotion", quiet)
    outcome.claim("nothing was answered after the promotion", load.more(right=100))
    load.end()
    return max(load.last_outage - promoted, 0.0)


def nothing_was_lost(world, cookies, journal, before, outcome):
    """Holds the server to what it acknowledged in this round."""
    checker = Checker(App(world.servers[0].port, cookies, journal))
    families = [family for family in journal.families() if family["name"] not in before]
    for family in families:
        checker.check(family)
    outcome.passed += checker.passed
    for sentence in checker.wrong:
        outcome.claim(sentence, False)
    return {family["name"] for family in families}


def rounds(world, address, servers, outcome):
    """The longest way back of both fates."""
    person = Person("jane@example.com", PASSWORD)
    person.authorize(world.base + REQUEST)
    cookies, journal = person.cookies(), Journal(world.folder / "journal")
    names, before, longest = map("family {}".format, itertools.count(1)), set(), 0.0
    for what, fate in (("killed", signal.SIGKILL), ("frozen", signal.SIGSTOP)):
        replica = replica_of(address.behind)
        servers.callback(end, replica)
        load = Load(world, cookies, journal, names)
        try:
            back = fail_over(fate, address, replica, load, outcome)
        finally:
            load.end()
        for sentence in load.wrong:
            outcome.claim(f"{what}: {sentence}", False)
        families = nothing_was_lost(world, cookies, journal, before, outcome)
        before |= families
        longest = max(longest, back)
        print(f"{what}: {load.right} right answers and {load.outages} times 503, the slowest took {load.slowest:.2f} s; "
              f"back {back:.2f} s after the promotion; {len(families)} families held")
    return longest


def prove(outcome):
    """Answers the seconds from a promotion to the last 503, of the slower one."""
    with contextlib.ExitStack() as servers:
        primary = Postgres()
        servers.callback(end, primary)
        address = Address(primary)
        world = World("postgres", postgres=address)
        servers.callback(world.close)
        world.start()
        back = rounds(world, address, servers, outcome)
        world.stop()
    return back


def main():
    end_cleanly()
    outcome = Outcome()
    prove(outcome)
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    sys.exit(outcome.failed > 0)


if __name__ == "__main__":
    main()
