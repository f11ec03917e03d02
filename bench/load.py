"""The load: keep-alive HTTP/1.1 over a Unix socket, as many connections as the plan names, one request at a time each.

    python bench/load.py < plan.json > measured.json

A process of its own, on the sockets themselves: it costs a tenth of what the server costs, so that what is measured
is the server. A connection of a plan sends its `requests` in turn, or saves an answer again and again, each time
another option with the `base` that the reply before gave.
"""

import asyncio
import re
import sys
import time
from functools import partial
from itertools import count
from typing import Any, Final, cast

import msgspec
import uvloop

_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_BASE: Final = re.compile(rb'"updated_at":"([^"]+)"')


class Save(msgspec.Struct):
    """An answer that changes all the time."""

    path: str
    options: list[str]


class Connection(msgspec.Struct):
    """What one connection sends; either `paths` of GET requests or `save`."""

    token: str
    paths: list[str] = []
    save: Save | None = None


class Plan(msgspec.Struct):
    """One run."""

    socket: str
    seconds: float
    connections: list[Connection]


class Measured(msgspec.Struct):
    """What one run came to. Latencies in milliseconds, sorted; all replies were 200."""

    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    def quantile(self, part: float) -> float:
        """Return the latency in milliseconds that `part` of the requests did not pass."""
        return self.latencies[min(int(part * len(self.latencies)), len(self.latencies) - 1)]


def request(plan: Connection, number: int, base: bytes) -> bytes:
    """Return the bytes of the request with this number; `base` is the last reply's."""
    head = f"HTTP/1.1\r\nhost: lms\r\nauthorization: Bearer {plan.token}\r\n".encode()
    if plan.save is None:
        return f"GET {plan.paths[number % len(plan.paths)]} ".encode() + head + b"\r\n"
    chosen = plan.save.options[number % len(plan.save.options)].encode()
    body = b'{"answer":{"chosen":["' + chosen + b'"]}' + (b',"base":"' + base + b'"' if base else b"") + b"}"
    length = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    return f"PUT {plan.save.path} ".encode() + head + length + body


def base_of(reply: bytes) -> bytes:
    """Return the `base` that a saved answer's reply gives, empty where there is none."""
    found = _BASE.search(reply)
    return b"" if found is None else found[1]


class _Client(asyncio.Protocol):
    """One connection: the next request leaves when a reply is whole."""

    def __init__(self, plan: Connection, until: float, ended: "asyncio.Future[list[float]]") -> None:
        self._plan, self._until, self._ended = plan, until, ended
        self._numbers, self._base, self._reply = count(), b"", b""
        self._latencies: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class, which is none by inheritance
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(request(self._plan, next(self._numbers), self._base))

    def data_received(self, data: bytes) -> None:
        self._reply += data
        reply = self._reply
        end = reply.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(reply, 0, end)
        if length is None or not reply.startswith(b"HTTP/1.1 200"):
            self._fail(reply[:500].decode(errors="replace"))
            return
        if len(reply) < end + 4 + int(length[1]):
            return
        now = time.perf_counter()
        self._latencies.append(1000 * (now - self._sent))
        if self._plan.save is not None:
            self._base = base_of(reply[end:])
        self._reply = b""
        if now < self._until:
            self._send()
        else:
            self._ended.set_result(self._latencies)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"The server closed the connection ({exc}).")

    def _fail(self, what: str) -> None:
        if not self._ended.done():
            self._ended.set_exception(ConnectionError(what))


async def run(plan: Plan) -> Measured:
    """Send what the plan says. Raises ConnectionError at the first reply that is not 200."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    ended: list[asyncio.Future[list[float]]] = []

    def broken(_: asyncio.AbstractEventLoop, what: dict[str, Any]) -> None:
        """Fail at once: a fault in a protocol's method would otherwise leave us waiting."""
        for one in ended:
            if not one.done():
                one.set_exception(what.get("exception") or RuntimeError(what["message"]))

    loop.set_exception_handler(broken)
    for one in plan.connections:
        done: asyncio.Future[list[float]] = loop.create_future()
        ended.append(done)
        client = partial(_Client, one, began + plan.seconds, done)
        await loop.create_unix_connection(client, plan.socket)
    latencies = sorted(value for part in await asyncio.gather(*ended) for value in part)
    return Measured(time.perf_counter() - began, latencies)


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(asked))))
