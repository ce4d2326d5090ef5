#!/usr/bin/env python3
"""Throws requests that two readers may cut differently at nginx and haproxy, while another client asks honestly through them.

Both share their connections to the server among their clients, so a request that hides in another there would answer the
honest client in the place of its own, or be answered without the proxy having passed it on. Both are looked for: every
honest answer carries the mark of its question, and at the end the server must have been asked for the hidden path exactly
as often as the proxies say that they asked.

First the same eyes look at a server that believes no request has a body. There they must see both.
"""

import argparse
import asyncio
import collections
import contextlib
import itertools
import pathlib
import re
import sys
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "world")]
import attacks  # noqa: E402
import frames  # noqa: E402
from fronts import Haproxy, Nginx  # noqa: E402
from world import REDIRECT_URI, Outcome, World, end_cleanly, free_port  # noqa: E402

AT_ONCE = 48  # attacks at a time through one proxy
HONEST = 8  # clients at a time through one proxy
PATIENCE = 1.0  # so long an attacker waits for an answer
QUIET = 0.05  # and so long for another one
QUESTION = "/oauth/authorize?" + urllib.parse.urlencode({
    "client_id": "crash", "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "forms:read", "prompt": "none",
    "code_challenge": "a" * 43, "code_challenge_method": "S256"}) + "&state="


class Blind:
    """A server that believes no request has a body. Like the real one it gives the state back, and counts."""

    def __init__(self):
        self.hidden, self.connections = 0, set()

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        """Its connections end with the proxy."""
        self.server.close()
        await asyncio.gather(*self.connections)

    async def _serve(self, reader, writer):
        self.connections.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError), contextlib.closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.hidden += head.startswith(f"GET {attacks.PATH} ")
                state = re.match(r"GET \S*&state=(\S+) ", head)
                location = f"Location: {REDIRECT_URI}?state={state[1]}\r\n" if state else ""
                writer.write(f"HTTP/1.1 {303 if state else 404} x\r\n{location}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()

    def asked(self):
        return self.hidden


class Symbolon:
    """The real one: what it was asked for is among its metrics."""

    def __init__(self):
        self.metrics = free_port()
        self.world = World("sqlite", settings={"SYMBOLON_TRUSTED_PROXIES": "127.0.0.1",
                                               "SYMBOLON_METRICS__LISTEN": f"127.0.0.1:{self.metrics}"})
        self.port = self.world.servers[0].port

    def asked(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=60) as answer:
            found = re.findall(r'symbolon_requests_total\{route="healthz",status="\d+"\} (\d+)', answer.read().decode())
        return sum(map(int, found))


class Seen:
    """What one proxy did to attacks and to honest clients: whose answers were not theirs, or were none."""

    def __init__(self):
        self.attacks, self.statuses, self.strays = 0, collections.Counter(), 0
        self.honest, self.wrong, self.lost = 0, {}, 0


async def http1_attack(port, host, attack, seen):
    request, cut = attack
    data = request.replace("HOST", host).encode("utf-8")
    said = await exchange(port, [data[:cut], data[cut:]])
    seen.statuses.update(int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", said))


async def http2_attack(port, host, attack, seen):
    fields, body, trailers = attack
    fields = [(name, value.replace("HOST", host)) for name, value in fields]
    answers = frames.Answers()
    await exchange(port, [frames.request(fields, body, trailers)], answers)
    seen.statuses.update(answers.statuses)
    seen.strays += answers.strays + (sum(status >= 200 for status in answers.statuses) > 1)


async def exchange(port, pieces, answers=None):
    """Sends, and reads until the connection ends or nothing comes any more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    with contextlib.suppress(OSError, asyncio.TimeoutError), contextlib.closing(writer):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        while data := await asyncio.wait_for(reader.read(65536), QUIET if said and not answers else PATIENCE):
            said += data
            if answers:
                answers.read(data)
                if answers.ended:
                    break
    return said


async def attack_all(front, host, kinds, seen):
    """Several at a time, of both kinds in turn."""
    queue = iter(kinds)

    async def one_after_the_other():
        for attempt, port, attack in queue:
            await attempt(port, host, attack, seen)
            seen.attacks += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


def mixed(front, http1, http2):
    first = ((http1_attack, front.http1, attack) for attack in itertools.islice(attacks.http1(), http1))
    second = ((http2_attack, front.http2, attack) for attack in itertools.islice(attacks.http2(), http2))
    share = max(http1 // max(http2, 1), 1)
    while group := [*itertools.islice(first, share), *itertools.islice(second, 1)]:
        yield from group


async def ask_honestly(front, host, name, over, seen):
    """Asks and asks, on a new connection now and then."""
    reader = writer = None
    for number in itertools.count():
        if over.is_set():
            break
        mark = f"{name}-{number}"
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", front.http1)
            answer = await question(reader, writer, host, mark)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            answer = ""
        own = answer.startswith("HTTP/1.1 303 ") and re.search(rf"(?im)^location: \S*[?&]state={mark}(&|\s)", answer)
        lost = not answer or re.match("HTTP/1.1 50[234] ", answer)
        seen.honest, seen.lost = seen.honest + bool(own), seen.lost + bool(lost)
        if not own and not lost:
            seen.wrong[mark] = answer
        if not own or number % 50 == 49:
            writer, _ = None, writer and writer.close()
    if writer:
        writer.close()


async def question(reader, writer, host, mark):
    """What comes back for a question with a mark."""
    writer.write(f"GET {QUESTION}{mark} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    length = re.search(rb"(?im)^content-length: (\d+)", head)
    return (head + (await reader.readexactly(int(length[1])) if length else b"")).decode("latin-1")


async def siege(front, host, http1, http2):
    """All attacks through one proxy, while honest clients use it."""
    seen, over = Seen(), asyncio.Event()
    honest = [asyncio.ensure_future(ask_honestly(front, host, f"{front.name}-{number}", over, seen)) for number in range(HONEST)]
    await attack_all(front, host, mixed(front, http1, http2), seen)
    over.set()
    await asyncio.gather(*honest)
    return seen


async def settled(server, fronts):
    """How often the server was asked for the hidden path, and how often the proxies asked, once both stand still."""
    before, until = None, time.monotonic() + 120
    while time.monotonic() < until:
        now = await asyncio.to_thread(server.asked), sum(front.passed_on(attacks.PATH) for front in fronts)
        if now == before:
            break
        before = now
        await asyncio.sleep(2.5)  # longer than the proxies wait for the rest of a request
    return now


async def blind(kind, outcome):
    """The eyes see: behind this proxy, a server that reads no bodies gives honest clients the answers of others, and is
    asked for what nobody passed on."""
    server = Blind()
    await server.start()
    front = kind(server.port)
    try:
        seen = await siege(front, "a", 2000, 0)
        asked, passed = await settled(server, [front])
    finally:
        front.stop()
        await server.stop()
    outcome.claim(f"no desync was seen behind {front.name}, where there must be some", seen.wrong and asked > passed)
    print(f"{front.name} before a server that reads no bodies: {len(seen.wrong)} honest answers were wrong, {asked - passed} "
          "requests had been hidden")


async def proof(outcome, http1, http2):
    await asyncio.gather(*(blind(kind, outcome) for kind in (Nginx, Haproxy)))
    server, fronts = Symbolon(), []
    try:
        server.world.start()
        for kind in (Nginx, Haproxy):
            fronts.append(kind(server.port))
        host = f"127.0.0.1:{server.port}"
        began = time.monotonic()
        sieges = await asyncio.gather(*(siege(front, host, http1, http2) for front in fronts))
        for front, seen in zip(fronts, sieges):
            judge(front, seen, http1 + http2, outcome)
        print(f"{time.monotonic() - began:.0f} s for all of them")
        asked, passed = await settled(server, fronts)
        outcome.claim(f"{attacks.PATH} was asked for {asked} times and passed on {passed} times", asked == passed)
        server.world.stop()
    finally:
        for front in fronts:
            front.stop()
        server.world.close()


def judge(front, seen, tries, outcome):
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(seen.statuses.items()))
    print(f"{front.name}: {seen.attacks} attacks ({answers}) among {seen.honest} honest requests, {front.passed_on()} in all "
          f"passed on; {seen.lost} honest answers lost")
    outcome.claim(f"only {seen.attacks} attacks through {front.name}", seen.attacks == tries)
    outcome.claim(f"only {seen.honest} honest requests through {front.name}", seen.honest > tries / 20)
    broken = [status for status in seen.statuses if status in (500, 503, 504)]
    outcome.claim(f"attacks through {front.name} were answered {broken}", not broken)
    outcome.claim(f"{seen.strays} second answers to one request of HTTP/2 through {front.name}", seen.strays == 0)
    outcome.claim(f"{seen.lost} honest answers through {front.name} were lost", seen.lost == 0)
    outcome.passed += seen.honest
    for mark, answer in seen.wrong.items():
        outcome.claim("\n  ".join([f"{mark} got {answer!r} after", *front.before(mark)]), False)


def main():
    end_cleanly()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--http1", type=int, default=12000, help="attacks through each proxy")
    parser.add_argument("--http2", type=int, default=4000, help="and of those in HTTP/2")
    given, outcome = parser.parse_args(), Outcome()
    asyncio.run(proof(outcome, given.http1, given.http2))
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    sys.exit(outcome.failed > 0)


if __name__ == "__main__":
    main()
