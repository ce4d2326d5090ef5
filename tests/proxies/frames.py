"""As much of HTTP/2 as it takes to write a bad request and to see how often it is answered (RFC 9113, RFC 7541)."""

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, GOAWAY, CONTINUATION = 0x0, 0x1, 0x3, 0x4, 0x7, 0x9
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
STREAM = 1
# The statuses that the static table knows; any other is three digits behind the name.
STATUSES = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _text(value):
    data = value.encode("latin-1")
    length, size = len(data), b""
    if length < 127:
        return bytes([length]) + data
    length -= 127
    while length >= 128:
        size, length = size + bytes([length % 128 + 128]), length // 128
    return bytes([127]) + size + bytes([length]) + data


def block(fields):
    """Every field as a literal with its name, never compressed, never remembered."""
    return b"".join(b"\x00" + _text(name) + _text(value) for name, value in fields)


def request(fields, body, trailers=None):
    """A connection with one request on it. The block is cut once, as a block may be."""
    written, data = block(fields), body.encode("latin-1")
    last = END_STREAM if not data and not trailers else 0
    cut = len(written) // 2
    frames = [PREFACE, frame(SETTINGS, 0, 0), frame(HEADERS, last, STREAM, written[:cut]),
              frame(CONTINUATION, END_HEADERS, STREAM, written[cut:])]
    if data:
        frames.append(frame(DATA, 0 if trailers else END_STREAM, STREAM, data))
    if trailers:
        frames.append(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, block(trailers)))
    return b"".join(frames)


def status(payload):
    """The first field of an answer."""
    if payload[:1] == b"\x20" or payload[:1] == b"\x3f":  # the size of the table is announced first
        payload = payload[1:] if payload[0] == 0x20 else payload[1:].lstrip(bytes(range(128, 256)))[1:]
    if payload[0] in STATUSES:
        return STATUSES[payload[0]]
    return int(payload[2:5]) if payload[1] == 3 else 0


class Answers:
    """Reads what comes back on a connection."""

    def __init__(self):
        self.rest, self.statuses, self.strays, self.ended, self.said = b"", [], 0, False, b""

    def read(self, data):
        self.rest += data
        while len(self.rest) >= 9:
            length = int.from_bytes(self.rest[:3], "big")
            if len(self.rest) < 9 + length:
                return
            self._take(self.rest[3], self.rest[4], int.from_bytes(self.rest[5:9], "big"), self.rest[9:9 + length])
            self.rest = self.rest[9 + length:]

    def _take(self, kind, flags, stream, payload):
        if kind == HEADERS and stream == STREAM:
            self.statuses.append(status(payload))
        elif kind in (HEADERS, DATA) and stream != STREAM:
            self.strays += 1
        elif kind == DATA:
            self.said += payload
        if kind == GOAWAY or stream == STREAM and (kind == RESET or kind in (HEADERS, DATA) and flags & END_STREAM):
            self.ended = True
