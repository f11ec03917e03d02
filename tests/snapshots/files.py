"""The files of the course on the shelf, and an editor that changes one: for pictures of what an import says of it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from lms_tui.client.course_sources import Source
from lms_tui.client.errors import CourseRefused
from lms_tui.tui import editor
from lms_tui.wire.courses import ImportNote, ImportReport, LessonPlace, Level
from lms_tui.wire.errors import STATUS, Code, Problem
from tests.tui.quiz_service import COURSE

FILE = "joins/outer.md"
FAULTS = (
    ImportNote(level=Level.REFUSED, file=FILE, line=3, reason="unknown key 'treshold'; did you mean 'threshold'?"),
    ImportNote(level=Level.REFUSED, file=FILE, line=4, reason="attempts is 'three'; write a whole number"),
)


class _OneFile(Source):
    def place_of(self, lesson: UUID) -> LessonPlace:
        """Return the one file, whatever the lesson."""
        return LessonPlace(lesson_id=lesson, file=FILE)


class Files:
    """What `CourseSources` is of a course whose lessons came from one file; an import is taken, or has these faults."""

    def __init__(self, folder: Path, *faults: ImportNote) -> None:
        """Write the file."""
        (folder / FILE).parent.mkdir()
        (folder / FILE).write_text("As it was.\n")
        self._source, self._faults = _OneFile(path=str(folder), is_file=False, places=[]), list(faults)

    def find(self, _course: UUID) -> Source:
        """Return where the file lies."""
        return self._source

    async def import_again(self, _api: object, _source: Source) -> ImportReport:
        """Take the file, or raise CourseRefused."""
        if self._faults:
            code, detail = Code.COURSE_REFUSED, "Nothing was imported."
            raise CourseRefused(Problem(status=STATUS[code], code=code, title=code, detail=detail, notes=self._faults))
        return ImportReport(
            course_id=COURSE, title="C", dry_run=False, created=False, chapters=1, lessons=1, questions=0, files=0,
            notes=[], changed=1,
        )  # fmt: skip


@contextmanager
def editing() -> Iterator[None]:
    """Let an editor change whatever file it is given."""

    async def edit(_app: Any, _words: list[str], file: Path, _line: int | None) -> None:
        await asyncio.to_thread(file.write_text, "Other than before.\n")

    with patch.object(editor, "words", lambda _environment: ["ed"]), patch.object(editor, "edit", edit):
        yield
