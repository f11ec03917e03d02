"""Holds connections open that only wait, as `half_open.py` plans it; a process of its own.

The plan comes by standard input; a line goes out when all are there, and in the end what was held.
"""

import asyncio
import random
import sys
import time

import msgspec


class Plan(msgspec.Struct):
    """`held` connections for so many seconds, each with `sent` and nothing more, from so many addresses."""

    port: int
    held: int
    seconds: float
    sent: str
    addresses: int


class Held(msgspec.Struct):
    """How many there were in the mean, and how many had to be opened for it."""

    mean: float
    opened: int


class Holders:
    """All of them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._now = self._opened = 0
        self._seen: list[int] = []

    async def hold(self, number: int) -> None:
        """Hold one connection, and another as soon as it is closed."""
        own = ("127.0.0.1", 0) if self._plan.addresses == 1 else (f"127.0.1.{number % self._plan.addresses + 1}", 0)
        await asyncio.sleep(_some())
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._plan.port, local_addr=own)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            self._now += 1
            self._opened += 1
            try:
                writer.write(self._plan.sent.encode())
                while await reader.read(4096):
                    pass
            except OSError:
                pass
            finally:
                self._now -= 1
                writer.close()
            await asyncio.sleep(_some())

    async def run(self) -> Held:
        """Hold them for the time."""
        tasks = [asyncio.create_task(self.hold(number)) for number in range(self._plan.held)]
        await asyncio.sleep(2.0)
        print("held", flush=True)
        until = time.monotonic() + self._plan.seconds
        while time.monotonic() < until:
            self._seen.append(self._now)
            await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return Held(sum(self._seen) / len(self._seen), self._opened)


def _some() -> float:
    """Return for how long to wait before another: as fast as one can would be an attack of another kind."""
    return random.uniform(0.0, 2.0)  # noqa: S311 - nothing secret


if __name__ == "__main__":
    found = asyncio.run(Holders(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)).run())
    print(msgspec.json.encode(found).decode())
