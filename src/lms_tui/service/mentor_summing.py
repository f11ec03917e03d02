"""What of long threads this worker sums up now (`mentor_summary`): a learner's next question waits for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final
from uuid import UUID

_WAIT_SECONDS: Final = 30.0
"""The most that a question waits for the summary of what was said before it."""


class Summing:
    """What this worker sums up now, by learner."""

    def __init__(self) -> None:
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    def begin(self, user: UUID, work: Coroutine[Any, Any, None]) -> None:
        """Sum up in the background."""
        task = self._tasks[user] = asyncio.create_task(work, name="sum up a thread")
        task.add_done_callback(lambda done: self._tasks.pop(user, None) if self._tasks.get(user) is done else None)

    async def over(self, user: UUID) -> None:
        """Wait until nothing of `user` is summed up any more, or for as long as one may wait."""
        if (task := self._tasks.get(user)) is not None:
            await asyncio.wait((task,), timeout=_WAIT_SECONDS)

    async def close(self) -> None:
        """End all of it; what is not written yet is written another time."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
