"""What this machine keeps of a learner's threads with mentors, as the screens read and write it.

What cannot be kept here is with the service all the same: nothing of this raises.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING
from uuid import UUID

from lms_tui.client.errors import NotKept
from lms_tui.wire.mentor_threads import ThreadPage

if TYPE_CHECKING:
    from lms_tui.tui.desk import Desk


async def kept_threads(desk: "Desk", lesson: UUID) -> list[ThreadPage]:
    """Return what is kept of the threads about a lesson, the newest first."""
    if (file := desk.mentor_file) is not None:
        with contextlib.suppress(NotKept):
            return await asyncio.to_thread(file.threads, lesson)
    return []


async def kept_thread(desk: "Desk", thread: UUID) -> ThreadPage | None:
    """Return what is kept of one thread."""
    if (file := desk.mentor_file) is not None:
        with contextlib.suppress(NotKept):
            return await asyncio.to_thread(file.thread, thread)
    return None


async def keep(desk: "Desk", page: ThreadPage, before: UUID | None = None) -> None:
    """Keep what was read: the newest of a thread, or with `before` what was said before that message."""
    if (file := desk.mentor_file) is not None:
        with contextlib.suppress(NotKept):
            await asyncio.to_thread(file.keep, page, before)
