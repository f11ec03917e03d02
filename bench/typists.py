"""People who type searches into the catalog, as the screen sends them: a search leaves when a key is followed by a
pause, the next key hangs up on it, and what is found is counted when nobody types on.

    python bench/typists.py < plan.json > typed.json

A process of its own, HTTP/1.1 over a Unix socket. A connection on which the caller hung up is closed, as the client's
are.
"""

import asyncio
import random
import sys
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlencode

import msgspec
import uvloop

DEBOUNCE: Final = 0.08
"""Seconds, as `tui/screens/catalog.py` has it."""
COUNTED: Final = 0.25
"""Seconds that a page stands until the numbers are asked for; there too."""
_SHORTEST: Final = 0.06
"""Seconds between two keys at least."""


class Plan(msgspec.Struct):
    """One run: each typist has a token and types the searches in turn, beginning at another one."""

    socket: str
    seconds: float
    tokens: list[str]
    searches: list[str]
    pace: float
    """Mean of the seconds between two keys."""
    look: float
    """Mean of the seconds for which what a search found is looked at."""


class Typed(msgspec.Struct):
    """What came of it; times in milliseconds from a request to the end of its reply, sorted."""

    keys: int = 0
    given_up: int = 0
    """Searches on which the next key hung up."""
    answered: list[float] = []
    """All searches that were answered."""
    last: list[float] = []
    """Those of them after whose last key the typist waited: nothing is left out for being slow."""
    counted: list[float] = []


class _Line:
    """One typist's connection."""

    def __init__(self, socket: str, token: str) -> None:
        self._socket, self._token = socket, token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, **query: str) -> float:
        """Return how many milliseconds a reply took. Raises ConnectionError for one that is not 200."""
        began = time.perf_counter()
        if self._streams is not None and self._streams[0].at_eof():
            self.close()  # the server closes a connection on which nothing comes
        try:
            if self._streams is None:
                self._streams = await asyncio.open_unix_connection(self._socket)
            reader, writer = self._streams
            head = f"GET {path}?{urlencode(query)} HTTP/1.1\r\nhost: lms\r\nauthorization: Bearer {self._token}\r\n\r\n"
            writer.write(head.encode())
            reply = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(line for line in reply.lower().split("\r\n") if line.startswith("content-length"))
            body = await reader.readexactly(int(length.partition(":")[2]))
        except BaseException:
            self.close()
            raise
        if not reply.startswith("HTTP/1.1 200"):
            raise ConnectionError(f"{path}: {body[:500].decode(errors='replace')}")
        return 1000 * (time.perf_counter() - began)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _typist(plan: Plan, number: int, typed: Typed, until: float) -> None:
    dice = random.Random(number)  # noqa: S311 - the same every time
    line = _Line(plan.socket, plan.tokens[number])
    at = number * len(plan.searches) // len(plan.tokens)
    await asyncio.sleep(dice.uniform(0, plan.pace + plan.look))
    while time.perf_counter() < until:
        search = plan.searches[at % len(plan.searches)]
        at += 1
        for length in range(1, len(search) + 1):
            typed.keys += 1
            last = length == len(search)
            asking = asyncio.create_task(_ask(line, search[:length], typed, last=last))
            if last:
                await asking
                await asyncio.sleep(dice.expovariate(1 / plan.look) if plan.look else 0)
            else:
                await asyncio.wait({asking}, timeout=max(_SHORTEST, dice.gauss(plan.pace, plan.pace / 3)))
                await _hang_up(asking)
                if time.perf_counter() > until:
                    break
    line.close()


async def _ask(line: _Line, search: str, typed: Typed, *, last: bool) -> None:
    await asyncio.sleep(DEBOUNCE)
    try:
        took = await line.get("/v1/catalog", search=search)
    except asyncio.CancelledError:
        typed.given_up += 1
        raise
    typed.answered.append(took)
    if last:
        typed.last.append(took)
    await asyncio.sleep(COUNTED)
    typed.counted.append(await line.get("/v1/catalog/counts", search=search))


async def _hang_up(asking: "asyncio.Task[None]") -> None:
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking


async def run(plan: Plan) -> Typed:
    """Have them all type. Raises ConnectionError at a reply that is not 200."""
    typed = Typed()
    until = time.perf_counter() + plan.seconds
    async with asyncio.TaskGroup() as group:
        for number in range(len(plan.tokens)):
            group.create_task(_typist(plan, number, typed, until))
    for times in (typed.answered, typed.last, typed.counted):
        times.sort()
    return typed


def quantile(times: list[float], part: float) -> float:
    """Return what `part` of the sorted `times` did not pass; 0 where there are none."""
    return times[min(int(part * len(times)), len(times) - 1)] if times else 0.0


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(asked))))
