#!/usr/bin/env python3
"""Slowloris and its kin: holds a thousand slow connections against the server while an honest client goes on asking.

Some drip a head, some a body, some say nothing, some rest between two requests, some ask and never read. Whoever is ended
comes back at once, so about a thousand are there all the time, from twenty addresses. Meanwhile every honest request is
answered, each slow connection ends and none before its time is over, and memory stays within bounds. That those who never
read are ended does not show at their own end, so the connections of the server are counted. How long honest requests take
meanwhile is measured by `bench/times slow`; when exactly a connection ends is proven in process, where time is told.
"""

import argparse
import asyncio
import base64
import collections
import contextlib
import http.client
import itertools
import json
import multiprocessing
import pathlib
import re
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash"), str(HERE.parent / "world")]
from authorize import Person  # noqa: E402
from crash import BASIC, REQUEST, VERIFIER  # noqa: E402
from world import PASSWORD, REDIRECT_URI, World, end_cleanly  # noqa: E402

ADDRESSES = [f"127.0.0.{number}" for number in range(2, 22)]
DRIP = 1.0  # seconds between two bytes
PAUSE = 0.01  # between two honest requests
GROWTH_AT_MOST = 64  # MiB
HELD_AT_LEAST = 0.9
GUARD = 120  # seconds in which any machine gets there, however busy
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


class Kind:
    """How many connections are slow in this way, how, and from which age on they may be ended."""

    def __init__(self, many, opening, drip, earliest):
        self.many, self.opening, self.drip, self.earliest = many, opening, drip, earliest


DEAF = "deaf"
KINDS = {
    "silent": Kind(200, "", b"", 10),
    "head": Kind(250, "GET /login HTTP/1.1\r\nHost: HOST\r\nX-Slow: ", b"a", 10),
    "body": Kind(250, f"POST /oauth/token HTTP/1.1\r\nHost: HOST\r\n{FORM}Content-Length: 60000\r\n\r\n", b"a", 15),
    "resting": Kind(250, "GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n", b"", 60),
    # More than the operating system keeps for whoever does not read.
    DEAF: Kind(50, "GET SHEET HTTP/1.1\r\nHost: HOST\r\n\r\n" * 400, b"", 0),
}
CONNECTIONS = sum(kind.many for kind in KINDS.values())


class Slow:
    """A thousand of them, in a process of their own so that they take nothing from the honest client."""

    def __init__(self, port, sheet):
        self.port, self.sheet = port, sheet
        self.held, self.samples, self.ages = 0, [], collections.defaultdict(list)
        self.over = asyncio.Event()

    async def run(self, over):
        names = [name for name, kind in KINDS.items() for _ in range(kind.many)]
        slots = [asyncio.ensure_future(self.again_and_again(name, source))
                 for name, source in zip(names, itertools.cycle(ADDRESSES))]
        sampler = asyncio.ensure_future(self.sample())
        await asyncio.to_thread(over.wait)
        self.over.set()
        await asyncio.gather(sampler, *slots)

    async def sample(self):
        while not self.over.is_set():
            await asyncio.sleep(1)
            self.samples.append(self.held)

    async def again_and_again(self, name, source):
        while not self.over.is_set():
            try:
                age = await self.hold(name, source)
            except OSError as refused:
                self.ages[f"{name}: {refused}"].append(0)
                await asyncio.sleep(DRIP)
                continue
            if age is not None:
                self.ages[name].append(age)

    async def hold(self, name, source):
        """How old the connection was when the server ended it; nothing if that did not happen."""
        kind, loop = KINDS[name], asyncio.get_running_loop()
        began = loop.time()  # before the server's own clock begins
        with socket.socket() as own:
            own.setblocking(False)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            own.bind((source, 0))
            await loop.sock_connect(own, ("127.0.0.1", self.port))
            reader, writer = await asyncio.open_connection(sock=own.dup())
        writer.write(kind.opening.replace("HOST", f"127.0.0.1:{self.port}").replace("SHEET", self.sheet).encode())
        if name == DEAF:
            writer.transport.pause_reading()
        ended, over = asyncio.ensure_future(end_of(reader)), asyncio.ensure_future(self.over.wait())
        self.held += 1
        try:
            while not ended.done() and not over.done():
                await asyncio.wait({ended, over}, timeout=DRIP if kind.drip else None,
                                   return_when=asyncio.FIRST_COMPLETED)
                if kind.drip and not ended.done():
                    writer.write(kind.drip)
            return loop.time() - began if ended.done() else None
        finally:
            self.held -= 1
            over.cancel()
            ended.cancel()
            writer.transport.abort()


async def end_of(reader):
    with contextlib.suppress(OSError):
        while await reader.read(65536):
            pass


def hold_slow_ones(port, sheet, over, report):
    async def run():
        slow = Slow(port, sheet)
        await slow.run(over)
        report.send((slow.samples, dict(slow.ages)))

    asyncio.run(run())


class Honest:
    """One client that asks at a steady pace for tokens and for the metadata, each on a connection that stays."""

    def __init__(self, world):
        self.port, self.trouble = world.servers[0].port, []
        person = Person("jane@example.com", PASSWORD)
        address = person.authorize(world.base + REQUEST)
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["code"][0]
        self.connections = {name: http.client.HTTPConnection("127.0.0.1", self.port, timeout=GUARD) for name in ("token", "discovery")}
        self.refresh = self.token(grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=REDIRECT_URI)

    def ask(self, name, method, path, form=None, headers=None):
        connection = self.connections[name]
        connection.request(method, path, form and urllib.parse.urlencode(form), headers or {})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} gave {answer.status}: {text[:300]!r}")
        return json.loads(text)

    def token(self, **form):
        headers = BASIC | {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("token", "POST", "/oauth/token", form, headers)["refresh_token"]

    def asked_for_a_token(self):
        self.refresh = self.token(grant_type="refresh_token", refresh_token=self.refresh)

    def asked_for_metadata(self):
        self.ask("discovery", "GET", "/.well-known/oauth-authorization-server")

    def measure(self, seconds):
        """The seconds that each request took, by kind."""
        taken = {"token": [], "discovery": []}
        deeds = {"token": self.asked_for_a_token, "discovery": self.asked_for_metadata}
        threads = [threading.Thread(target=self._pace, args=(deeds[name], taken[name], seconds)) for name in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken

    def _pace(self, deed, taken, seconds):
        until = time.perf_counter() + seconds
        try:
            while time.perf_counter() < until:
                began = time.perf_counter()
                deed()
                taken.append(time.perf_counter() - began)
                time.sleep(PAUSE)
        except (RuntimeError, OSError, http.client.HTTPException) as trouble:
            self.trouble.append(str(trouble))


def memory(server):
    """MiB that the server holds now."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def largest(world):
    """The address of the largest file that every page names."""
    with urllib.request.urlopen(f"{world.base}/login", timeout=GUARD) as page:
        return re.search(r"/assets/app\.\w+\.css", page.read().decode())[0]


def unheard(server):
    """The connections that the server holds now whose other end has not taken all that it was given."""
    lines = (line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:])
    return {remote for _, local, remote, state, queues, *_ in lines
            if local.endswith(f":{server.port:04X}") and state == "01" and not queues.startswith("00000000:")}


def for_ever(server):
    """Those that are unheard now and do not go. What is only just on its way is not there twice."""
    until, left = time.monotonic() + GUARD, unheard(server)
    while left and time.monotonic() < until:
        time.sleep(0.5)
        left &= unheard(server)
    return left


class Outcome:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def claim(self, sentence, holds):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print("so:" if holds else "not so:", sentence)


def siege(world, honest, seconds):
    """What honest requests took meanwhile, what the server held at most, how many slow ones there were, how old they grew,
    and how many that never read are there for ever."""
    here, there = multiprocessing.Pipe()
    over, most = multiprocessing.Event(), [0.0]
    slow = multiprocessing.Process(target=hold_slow_ones, args=(world.servers[0].port, largest(world), over, there),
                                   daemon=True)
    slow.start()
    try:
        watched = threading.Event()

        def watch():
            while not watched.wait(1):
                most[0] = max(most[0], memory(world.servers[0]))

        watcher = threading.Thread(target=watch)
        watcher.start()
        taken = honest.measure(seconds)
        watched.set()
        left = for_ever(world.servers[0])
        watcher.join()
        over.set()
        samples, ages = here.recv()
    finally:
        over.set()
        slow.join(20)
        slow.kill()
    return taken, most[0], samples, ages, left


def judge_slow(samples, ages, seconds, outcome):
    steady = samples[len(samples) // 10 + 1:]
    held = sum(steady) / len(steady)
    outcome.claim(f"{held:.0f} slow connections were held on average", held > CONNECTIONS * HELD_AT_LEAST)
    for name, kind in KINDS.items():
        own = ages.pop(name, [])
        span = f"{min(own):.1f} to {max(own):.1f} s old" if own else "none"
        if name == DEAF:  # what becomes of it is not seen at this end
            continue
        outcome.claim(f"{name}: {len(own)} were ended, {span}, none before {kind.earliest} allowed",
                      all(kind.earliest - 0.1 <= age for age in own) and (own or seconds < 1.5 * kind.earliest))
    outcome.claim(f"others: {dict(ages)}", not ages)


def main():
    end_cleanly()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=40, help="how long the slow ones are there")
    seconds, outcome = parser.parse_args().seconds, Outcome()
    world = World("sqlite")
    try:
        world.start()
        honest = Honest(world)
        honest.measure(2)  # caches and prepared statements
        before = memory(world.servers[0])
        taken, most, samples, ages, left = siege(world, honest, seconds)
        after = memory(world.servers[0])
        asked = {name: len(times) for name, times in taken.items()}
        outcome.claim(f"honest requests answered: {asked}, in trouble: {honest.trouble}",
                      not honest.trouble and all(asked.values()))
        judge_slow(samples, ages, seconds, outcome)
        outcome.claim(f"{DEAF}: {len(left)} are held for ever", not left)
        outcome.claim(f"memory: {before:.0f} MiB before, {most:.0f} at most, {after:.0f} after", most - before < GROWTH_AT_MOST)
        world.stop()
    finally:
        world.close()
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    sys.exit(outcome.failed > 0)


if __name__ == "__main__":
    main()
