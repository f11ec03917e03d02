"""Requests that are over soon go before what goes on for long: a save of an answer comes back as quickly while the
mentor answers a hundred as it does while nobody asks anything (bench/README.md).

All of them are of one process and its one event loop, where each step of an answer that comes would stand before the
next step of a request.
"""

import asyncio
from types import TracebackType


class Precedence:
    """The requests under way; each is counted by `with`."""

    def __init__(self) -> None:
        self.under_way = 0
        """How many there are now."""
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self.under_way += 1
        self._none.clear()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.under_way -= 1
        if not self.under_way:
            self._none.set()

    async def give(self, most: float) -> float:
        """Return once no request is under way, or after `most` seconds: how long that was; at once where there is none.

        A service that is never without one still answers, as much later.
        """
        if not self.under_way:
            return 0.0
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(most):
                await self._none.wait()
        except TimeoutError:
            return most
        return loop.time() - began
