"""The files of one lesson: which there are is asked once, each is fetched once and kept on this machine."""

from pathlib import Path
from uuid import UUID

from lms_tui.client.errors import NotFound
from lms_tui.client.file_cache import FileCache, Progress
from lms_tui.tui.desk import Desk
from lms_tui.wire import files


class LessonFiles:
    """The files of the lesson `lesson_id`, had through a screen's desk; `cache` keeps them."""

    def __init__(self, desk: Desk, cache: FileCache, lesson_id: UUID) -> None:
        self._desk, self._cache = desk, cache
        self._ask = files.LessonFilesRequest(lesson_id=lesson_id)
        self._known: files.LessonFiles | None = None

    async def known(self) -> files.LessonFiles:
        """Return which files there are. Raises ClientError."""
        if self._known is None:
            self._known = await self._desk.call(files.LESSON, self._ask)
        return self._known

    async def fetch(
        self, version: str, *, progress: Progress = lambda _done, _size: None, most: int | None = None
    ) -> Path | None:
        """Return where the file of that content lies on this machine; None where the lesson has none of it any more.

        A link that is over is asked for anew. Raises ClientError; see `FileCache.fetch`.
        """
        for again in (True, False):
            known = await self.known()
            file = next((one for one in (known.file, *known.named) if one and one.version == version), None)
            if file is None:
                return None
            try:
                return await self._cache.fetch(self._desk, file, progress=progress, most=most)
            except NotFound:
                self._known = None
                if not again:
                    raise
        return None
