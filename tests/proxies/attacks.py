"""Requests about whose end two readers may disagree, for HTTP/1 as it is written and for HTTP/2 before a proxy writes it
down as HTTP/1.

The first four tables are those that `crates/server/tests/it/smuggling.rs` asks with, and described there. `HIDDEN` is a whole request, `SIZE` its length in
hexadecimal digits, `#` the length of the body.
"""

import itertools
import json
import pathlib

# Nobody else asks for this path, and it is answered whatever the host is.
PATH = "/healthz"
HIDDEN = f"GET {PATH} HTTP/1.1\r\nHost: a\r\n\r\n"
# Without an end: what comes next on the connection becomes a part of it.
OPEN = f"GET {PATH} HTTP/1.1\r\nHost: a\r\nX-Rest: "
PLACES = ["/oauth/token", "/nowhere"]

TABLES = json.loads((pathlib.Path(__file__).resolve().parent.parent / "world/framing.json").read_text())
HEADS, BODIES, CHUNKS, ONCE = (TABLES[name] for name in ("heads", "bodies", "chunks", "once"))

# What a proxy treats in a way of its own: headers of one hop, a promise to wait, another protocol.
HOPS = [
    "Connection: Content-Length\r\nContent-Length: #\r\n",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n",
    "Connection: close, Content-Length\r\nContent-Length: #\r\n",
    "Connection: Host\r\nContent-Length: #\r\n",
    "Expect: 100-continue\r\nContent-Length: #\r\n",
    "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n",
    "Expect: something\r\nContent-Length: #\r\n",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: #\r\n",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\nContent-Length: #\r\n",
    "TE: trailers, chunked\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n",
    "Trailer: Content-Length\r\nTransfer-Encoding: chunked\r\n",
    "Content_Length: 0\r\nContent-Length: #\r\n",
    "Transfer_Encoding: chunked\r\nContent-Length: #\r\n",
]

METHODS = ["POST", "POST", "POST", "GET", "HEAD", "OPTIONS", "PUT"]


def http1():
    """Every head with every body, over and over, each time in another place, by another method and cut elsewhere: the
    request, and where it is cut."""
    framed = [*itertools.product([*HEADS, *HOPS], BODIES), *(("Transfer-Encoding: chunked\r\n", body) for body in CHUNKS), *ONCE]
    for number, (headers, body) in enumerate(itertools.cycle(framed)):
        turn = number // len(framed)
        hidden = OPEN if turn % 3 == 2 else HIDDEN
        body = body.replace("SIZE", f"{len(hidden):x}").replace("HIDDEN", hidden)
        last = "Connection: close\r\n" if turn % 2 else ""
        version = "1.0" if number % 11 == 0 else "1.1"
        method, path = METHODS[number % len(METHODS)], PLACES[turn % len(PLACES)]
        fields = headers.replace("#", str(len(body.encode())))
        request = f"{method} {path} HTTP/{version}\r\nHost: HOST\r\n{last}{fields}\r\n{body}"
        yield request, number * 31 % len(request) if number % 3 else 0


# Fields of an HTTP/2 request, instead of or after the honest ones (a pseudo field replaces its namesake).
FIELDS = [
    [("content-length", "0")],
    [("content-length", "5")],
    [("content-length", "#")],
    [("content-length", "00#")],
    [("content-length", "+#")],
    [("content-length", "-1")],
    [("content-length", "#, #")],
    [("content-length", "0, #")],
    [("content-length", "")],
    [("content-length", "nonsense")],
    [("content-length", "18446744073709551621")],
    [("content-length", "#"), ("content-length", "#")],
    [("content-length", "0"), ("content-length", "#")],
    [("content-length", "#"), ("content-length", "0")],
    [("Content-Length", "0")],
    [("content-length ", "0")],
    [("transfer-encoding", "chunked")],
    [("transfer-encoding", "chunked"), ("content-length", "#")],
    [("content-length", "#"), ("transfer-encoding", "chunked")],
    [("content-length", "0"), ("transfer-encoding", "chunked")],
    [("transfer-encoding", "Chunked")],
    [("transfer-encoding", "identity")],
    [("transfer-encoding", "\x0bchunked")],
    [("transfer-encoding", " chunked")],
    [("transfer-encoding", "chunked"), ("transfer-encoding", "identity")],
    [("Transfer-Encoding", "chunked")],
    [("transfer-encoding ", "chunked")],
    [(" transfer-encoding", "chunked")],
    [("transfer-encoding:", "chunked")],
    [("transfer_encoding", "chunked")],
    [("transfer-encoding: chunked\r\nx", "a")],
    [("x: a\r\ntransfer-encoding", "chunked")],
    [("x\r\ntransfer-encoding", "chunked")],
    [("x\ntransfer-encoding", "chunked")],
    [("", "chunked")],
    [("x", "a\r\ntransfer-encoding: chunked")],
    [("x", "a\ntransfer-encoding: chunked")],
    [("x", "a\rtransfer-encoding: chunked")],
    [("x", "a\r\ncontent-length: 0")],
    [("x", "a\r\n\r\n" + HIDDEN)],
    [("x", "a\n\n" + HIDDEN)],
    [("x", "a\0\r\n\r\n" + HIDDEN)],
    [("x", "\r\n\r\n" + HIDDEN + "X: ")],
    [("cookie", "a=b\r\ntransfer-encoding: chunked")],
    [("connection", "transfer-encoding")],
    [("connection", "content-length"), ("content-length", "#")],
    [("connection", "upgrade"), ("upgrade", "h2c")],
    [("te", "chunked")],
    [("te", "trailers"), ("transfer-encoding", "chunked")],
    [("keep-alive", "timeout=100")],
    [("expect", "100-continue")],
    [("expect", "100-continue"), ("content-length", "#")],
    [(":method", "GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST")],
    [(":method", "POST /nowhere HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: ")],
    [(":method", "GET")],
    [(":method", "HEAD"), ("content-length", "#")],
    [(":method", "CONNECT")],
    [(":method", "")],
    [(":path", "/nowhere HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: ")],
    [(":path", f"/nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET {PATH}")],
    [(":path", "/nowhere HTTP/1.1\nTransfer-Encoding: chunked\nX: ")],
    [(":path", f"/nowhere HTTP/1.0\n\nGET {PATH}")],
    [(":path", f"http://a{PATH}")],
    [(":path", "nowhere")],
    [(":path", "*")],
    [(":path", "")],
    [(":authority", "a\r\nTransfer-Encoding: chunked\r\nX: ")],
    [(":authority", "a\r\n\r\n" + HIDDEN)],
    [(":authority", "")],
    [("host", "a\r\nTransfer-Encoding: chunked")],
    [("host", "other")],
    [(":scheme", f"http://a{PATH}?")],
    [(":scheme", "http\r\nTransfer-Encoding: chunked\r\nX")],
    [(":scheme", "")],
    [(":path", "/nowhere"), (":path", PATH)],
    [("x", "a"), (":path", PATH)],
    [(":unknown", "a")],
    [(":status", "200")],
]

# After the body.
TRAILERS = [
    [("content-length", "0")],
    [("transfer-encoding", "chunked")],
    [("x", "a\r\n\r\n" + HIDDEN)],
    [("x\r\n\r\nget", "a")],
    [(":path", PATH)],
    [("x", "a")],
]


def http2():
    """Every set of fields with every body, with trailers now and then: the fields, the body, the trailers."""
    pairs = list(itertools.product(FIELDS, ["", *BODIES]))
    trailers = itertools.cycle([None, None, *TRAILERS])
    for number, (fields, body) in enumerate(itertools.cycle(pairs)):
        turn = number // len(pairs)
        hidden = OPEN if turn % 3 == 2 else HIDDEN
        body = body.replace("SIZE", f"{len(hidden):x}").replace("HIDDEN", hidden)
        request = _among_honest(fields, PLACES[turn % len(PLACES)])
        yield [(name, value.replace("#", str(len(body)))) for name, value in request], body, next(trailers)


def _among_honest(fields, path):
    """The first pseudo field of a name stands for the honest one, whatever else there is comes last."""
    request, more = [], list(fields)
    for honest in [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "HOST")]:
        own = next((field for field in more if field[0] == honest[0]), None)
        if own:
            more.remove(own)
        request.append(own or honest)
    return request + more
