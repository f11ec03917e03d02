"""The events of a stream by what comes together: each costs little, but waking up for each of them a lot."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

Event = TypeVar("Event")


class Bursts(Generic[Event]):
    """A stream, read as bursts; `aclose` it in any case, before the stream."""

    def __init__(self, stream: AsyncGenerator[Event, None]) -> None:
        self._stream = stream
        self._step: asyncio.Task[Event | None] | None = None
        """The event that is waited for."""

    async def next(self) -> list[Event]:
        """Return what has come, waiting only where nothing has; [] at the end.

        Raises what the stream raises, once all that came before it was returned. Who is cancelled here loses nothing.
        """
        found: list[Event] = []
        while True:
            if self._step is None:
                self._step = asyncio.create_task(self._ahead(), name="an event of a stream")
            if found:
                await asyncio.sleep(0)  # what is here already comes within one turn of the event loop
                if not self._step.done() or self._step.exception() is not None:
                    return found
            else:
                await asyncio.wait((self._step,))
            step, self._step = self._step, None
            event = step.result()
            if event is None:
                return found
            found.append(event)

    async def aclose(self) -> None:
        """Wait for no more; what was waited for is cancelled."""
        if self._step is not None:
            self._step.cancel()
            await asyncio.gather(self._step, return_exceptions=True)

    async def _ahead(self) -> Event | None:
        return await anext(self._stream, None)
