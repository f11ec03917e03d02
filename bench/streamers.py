"""Learners who have the mentor answer them, all at once, and others who answer a quiz meanwhile.

    python bench/streamers.py < plan.json > measured.json

A process of its own, on the sockets themselves, so that what is measured is the service.
"""

import asyncio
import random
import sys
import time
from typing import Final

import msgspec
import uvloop

import load

A_SECOND: Final = 4.0
"""Answers that each of those saves, on average: quicker than anybody thinks."""


class Stream(msgspec.Struct):
    """An answer to be had."""

    token: str
    question: str
    """The id of a stored question."""


class Plan(msgspec.Struct):
    """One run."""

    port: int
    seconds: float
    """How long answers are saved at least; streams go on to their end."""
    streams: list[Stream]
    saves: list[load.Connection]
    within: float = 0.0
    """Seconds in which all ask, each at a moment of its own."""


class Streamed(msgspec.Struct):
    """What one answer came to; times in seconds from when it was asked for."""

    first: float
    last: float
    size: int
    """Bytes of the reply's body."""
    whole: bool


class Measured(msgspec.Struct):
    """What one run came to; `saves` in milliseconds, sorted."""

    streams: list[Streamed]
    saves: list[float]


async def stream(plan: Plan, one: Stream) -> Streamed:
    """Have one answer."""
    await asyncio.sleep(random.uniform(0.0, plan.within))  # noqa: S311 - nothing secret
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    body = b'{"number":1}'
    head = (
        f"POST /v1/mentor/messages/{one.question}/answers HTTP/1.1\r\n"
        f"host: lms\r\nauthorization: Bearer {one.token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    began = time.perf_counter()
    writer.write(head.encode() + body)
    reply = await reader.readuntil(b"\r\n\r\n")
    if not reply.startswith(b"HTTP/1.1 200"):
        raise ConnectionError((reply + await reader.read(500)).decode(errors="replace"))
    first, size, tail = 0.0, 0, b""
    while not tail.endswith(b"0\r\n\r\n"):
        piece = await reader.read(65_536)
        if not piece:
            raise ConnectionError("The stream broke off.")
        first = first or time.perf_counter() - began
        size += len(piece)
        tail = (tail + piece)[-65_536:]
    writer.close()
    return Streamed(first, time.perf_counter() - began, size, b'"message":' in tail and b'"problem":' not in tail)


async def save(plan: Plan, one: load.Connection, until: asyncio.Event) -> list[float]:
    """Save answers, each some time after the one before; return the milliseconds of each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    found: list[float] = []
    base, number = b"", 0
    while not until.is_set():
        await asyncio.sleep(random.expovariate(A_SECOND))
        began = time.perf_counter()
        writer.write(load.request(one, number, base))
        reply = await reader.readuntil(b"\r\n\r\n")
        told = await reader.readexactly(int(reply.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        if not reply.startswith(b"HTTP/1.1 200"):
            raise ConnectionError((reply + told).decode(errors="replace"))
        found.append(1000 * (time.perf_counter() - began))
        base, number = load.base_of(told), number + 1
    writer.close()
    return found


async def run(plan: Plan) -> Measured:
    """Do what the plan says. Raises ConnectionError at the first reply that is not 200."""
    over = asyncio.Event()
    saving = [asyncio.ensure_future(save(plan, one, over)) for one in plan.saves]
    least = asyncio.ensure_future(asyncio.sleep(plan.seconds))
    streams = await asyncio.gather(*(stream(plan, one) for one in plan.streams))
    if not plan.streams:
        await least
    least.cancel()
    over.set()
    return Measured(list(streams), sorted(value for part in await asyncio.gather(*saving) for value in part))


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(asked))))
