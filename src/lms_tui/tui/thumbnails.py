"""The pictures of courses, for the panel beside the catalog: fetched when wanted, the last few kept as shown."""

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID

from rich.color import Color

from lms_tui.client.file_cache import FileCache
from lms_tui.tui.desk import Desk
from lms_tui.tui.pictures import MOST_BYTES, NoPictureError, Picture, half_blocks
from lms_tui.wire import files

_KEPT: Final = 64

Wanted = tuple[UUID, int, int, Color | None]


class Thumbnails:
    """Pictures by course, room and ground; None where a course has none that can be shown."""

    def __init__(self, desk: Desk, cache: FileCache) -> None:
        self._desk, self._cache = desk, cache
        self._shown: OrderedDict[Wanted, Picture | None] = OrderedDict()

    async def picture(self, course_id: UUID, columns: int, rows: int, behind: Color | None) -> Picture | None:
        """Return a course's picture. Raises ClientError where the service or the disk does not give it."""
        wanted = course_id, columns, rows, behind
        if wanted not in self._shown:
            self._shown[wanted] = await self._made(*wanted)
            while len(self._shown) > _KEPT:
                self._shown.popitem(last=False)
        self._shown.move_to_end(wanted)
        return self._shown[wanted]

    async def _made(self, course_id: UUID, columns: int, rows: int, behind: Color | None) -> Picture | None:
        file = (await self._desk.call(files.THUMBNAIL, files.ThumbnailRequest(course_id=course_id))).file
        if file is None or (file.size is not None and file.size > MOST_BYTES):
            return None
        path = await self._cache.fetch(self._desk, file, most=MOST_BYTES)
        try:
            return await asyncio.to_thread(half_blocks, path, columns, rows, behind)
        except NoPictureError:
            return None
