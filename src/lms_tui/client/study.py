"""Telling the service how long somebody studied, so that nothing is counted twice (`study_file` has the rule).

Study time has a way of its own, not the outbox: a write there goes out unchanged until it is taken or refused, and
shows in the status line. This one is settled by what stands at the service, merges with what comes later, and says
nothing on the screen.
"""

import asyncio
import logging
import sqlite3
from typing import Final
from uuid import UUID

from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError, Refused
from lms_tui.client.study_file import StudyFile
from lms_tui.wire.errors import Code
from lms_tui.wire.statistics import STUDY

_NOBODYS: Final = frozenset({Code.NOT_FOUND, Code.ENROL_FIRST})
"""The course is gone, or the learner has left it: there is nothing any more to which study time could be added."""

_log = logging.getLogger(__name__)


class StudyTold:
    """The study time of one person, kept in a file and told to their service."""

    def __init__(self, file: StudyFile, api: Api) -> None:
        self._file, self._api = file, api
        self._turn = asyncio.Lock()

    async def add(self, course: UUID, minutes: int) -> None:
        """Keep `minutes` of studying `course` on disk, and tell them. Never raises for a disk or a network away."""
        try:
            if minutes > 0:
                await asyncio.to_thread(self._file.add, course, minutes)
            await self._tell(course)
        except (sqlite3.Error, OSError) as error:
            _log.warning("study time is not kept: %s", error)

    async def keep(self, course: UUID, seconds: int) -> None:
        """Keep `seconds` of studying `course` on disk alone, at the end of a run: the next run tells them."""
        try:
            await asyncio.to_thread(self._file.add, course, 0, seconds)
        except (sqlite3.Error, OSError) as error:
            _log.warning("study time is not kept: %s", error)

    async def tell_all(self) -> None:
        """Tell what was left by an earlier run."""
        try:
            for course in await asyncio.to_thread(self._file.courses):
                await self._tell(course)
        except (sqlite3.Error, OSError) as error:
            _log.warning("study time is not told: %s", error)

    async def forget(self) -> None:
        """Let all that is kept here of this person go: a kiosk keeps nothing. Never raises for a disk."""
        try:
            await asyncio.to_thread(self._file.forget_all)
        except (sqlite3.Error, OSError) as error:
            _log.warning("study time could not be taken away: %s", error)

    async def _tell(self, course: UUID) -> None:
        """Send until all is told, somebody else sends, or no answer comes."""
        async with self._turn:
            while (telling := await asyncio.to_thread(self._file.next, course)) is not None:
                try:
                    stands = await self._api.call(STUDY, telling.request)
                except ClientError as error:
                    if isinstance(error, Refused) and error.code in _NOBODYS:
                        await asyncio.to_thread(self._file.forget, course)
                    else:
                        await asyncio.to_thread(self._file.unanswered, telling)
                    return
                await asyncio.to_thread(self._file.settle, telling, stands)
