"""The events of a stream by what comes together: each costs little, but waking up for each of them a lot."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, Generic, TypeVar

Event = TypeVar("Event")
Give = Callable[[float], Awaitable[float]]
"""Lets others go first, for so many seconds at most; returns how many that were."""

GIVE_SECONDS: Final = 0.05
"""How long others may go first in each burst: a tenth of the time between two of them where a hundred come."""


async def nobody(most: float) -> float:  # noqa: ARG001 - as `Give` has it
    """A `Give` where nobody else is."""
    return 0.0


class Bursts(Generic[Event]):
    """A stream, read as bursts; `aclose` it in any case, before the stream.

    `give` is called before each event is taken on.
    """

    def __init__(self, stream: AsyncGenerator[Event, None], give: Give = nobody) -> None:
        self._stream = stream
        self._give = give
        self._step: asyncio.Task[Event | None] | None = None
        """The event that is waited for."""
        self._found: list[Event] = []
        """What has come of the present burst."""

    async def next(self) -> list[Event]:
        """Return what has come, waiting only where nothing has; [] at the end.

        Raises what the stream raises, once all that came before it was returned. Who is cancelled here loses nothing.
        """
        left = GIVE_SECONDS
        while True:
            if self._step is None:
                self._step = asyncio.create_task(self._ahead(), name="an event of a stream")
            if self._found:
                await asyncio.sleep(0)  # what is here already comes within one turn of the event loop
                if not self._step.done() or self._step.exception() is not None:
                    return self._taken()
            else:
                await asyncio.wait((self._step,))
            if left > 0:
                left -= await self._give(left)
            step, self._step = self._step, None
            event = step.result()
            if event is None:
                return self._taken()
            self._found.append(event)

    async def aclose(self) -> None:
        """Wait for no more; what was waited for is cancelled."""
        if self._step is not None:
            self._step.cancel()
            await asyncio.gather(self._step, return_exceptions=True)

    def _taken(self) -> list[Event]:
        taken, self._found = self._found, []
        return taken

    async def _ahead(self) -> Event | None:
        return await anext(self._stream, None)
