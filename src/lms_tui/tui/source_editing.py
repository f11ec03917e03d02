"""Editing the files of a course from its preview: the lesson's source in the author's editor, imported again on save.

Shown where the course was imported from a folder or file of this machine (`client.course_sources`), never on a
kiosk. From a lesson's page or a quiz's first page it is the file of its text and settings, from a question that of the
questions. A file that is as before changes nothing. What the import refuses stands in the preview's bar, by file and
line, until it is mended; then nothing has changed, and coming back from the editor tries again, changed or not.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lms_tui.client.errors import ClientError, CourseRefused
from lms_tui.tui import editor
from lms_tui.tui.editor import EditorError
from lms_tui.tui.words import count
from lms_tui.wire.courses import ImportNote, ImportReport, Level, note_line

if TYPE_CHECKING:
    from lms_tui.client.course_sources import CourseSources, Source
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.screens.base import FramedScreen

_FAULTS_SHOWN: Final = 3


class SourceEditing:
    """The files of one course, and what the last import refused of them."""

    def __init__(self, app: "LmsApp", course_id: UUID, imported: Callable[[], None]) -> None:
        """Know of no files yet; `imported` is called when the course may be another than before."""
        self._app, self._course_id, self._imported = app, course_id, imported
        self._sources: CourseSources | None = None
        self._source: Source | None = None
        self._behind: set[Path] = set()
        """Files that were changed and are not imported yet."""
        self._faults: Sequence[ImportNote] = ()
        self._busy = False

    async def find(self) -> None:
        """Look where the course's files lie, once the service is reached, and offer to edit them."""
        try:
            backend = await self._app.backend()
        except ClientError:
            return  # the screen says so itself
        if self._app.kiosk or backend.sources is None:
            return
        self._sources = backend.sources()
        self._source = await asyncio.to_thread(self._sources.find, self._course_id)
        self._refresh()

    def can(self, screen: "FramedScreen[Any]") -> bool:
        """Tell whether what stands on `screen` came from a file that is known."""
        here = screen.source_here
        return not self._busy and here is not None and self._source is not None and self._place(*here) is not None

    def said(self, screen: "FramedScreen[Any]") -> list[tuple[str, str]]:
        """Return what the bar says on `screen`: what was refused, where files can be edited."""
        if not self._faults or screen.source_here is None:
            return []
        shown = [(note_line(fault), "error") for fault in self._faults[:_FAULTS_SHOWN]]
        more = len(self._faults) - len(shown)
        return [*shown, (f"… and {count(more, 'more fault')}", "error")] if more else shown

    async def edit(self, screen: "FramedScreen[Any]") -> None:
        """Open the file of what stands on `screen`, and import the course again when it was changed.

        Where nothing of it can be edited, say why.
        """
        here = screen.source_here
        if self._busy:
            return
        if not self.can(screen) or here is None:
            screen.tell(await asyncio.to_thread(_why_not, self._source, here is not None), "warning")
            return
        self._busy = True
        try:
            file, line = self._located(*here)
            if await self._was_edited(file, line):
                await self._import(screen)
        except EditorError as error:
            screen.tell(str(error), "warning")
        finally:
            self._busy = False
            self._refresh()

    async def _was_edited(self, file: Path, line: int | None) -> bool:
        """Let the author edit; tell whether there is something to import. Raises EditorError."""
        words = editor.words(os.environ)
        before = await asyncio.to_thread(_content, file)
        try:
            await editor.edit(self._app, words, file, line)
        except EditorError as error:
            if await asyncio.to_thread(_content, file) != before:
                self._behind.add(file)
                raise EditorError(f"{error} The file was changed and is not imported: e opens it again.") from error
            raise
        if await asyncio.to_thread(_content, file) != before:
            self._behind.add(file)
        return bool(self._behind)

    async def _import(self, screen: "FramedScreen[Any]") -> None:
        source, sources = self._source, self._sources
        assert source is not None  # noqa: S101 - `can` has looked
        assert sources is not None  # noqa: S101 - as above
        screen.tell("Importing again…")
        try:
            api = (await self._app.backend()).api
            report = await sources.import_again(api, source)
        except CourseRefused as error:
            self._faults = [note for note in error.problem.notes if note.level is Level.REFUSED]
            screen.tell(f"Nothing was imported: {count(len(self._faults), 'fault')}. e opens the file again.", "error")
            return
        except ClientError as error:
            screen.tell(f"Not imported: {error.sentence} e, and leaving the editor, tries again.", "warning")
            return
        self._faults = ()
        self._behind.clear()
        self._source = await asyncio.to_thread(sources.find, self._course_id)
        self._imported()
        await self._show(report)

    async def _show(self, report: ImportReport) -> None:
        """Have the screen that is there now show the course as it is now, at the same place."""
        screen = self._screen
        if screen is None:
            return
        await screen.load_again()
        if report.course_id != self._course_id:
            screen.tell(f"Imported as another course, {report.title}: course.toml has another id now.", "warning")
        else:
            changed = f"{count(report.changed, 'lesson')} changed" if report.changed else "its lessons are as before"
            screen.tell(f"Imported again: {changed}.", "success")

    @property
    def _screen(self) -> "FramedScreen[Any] | None":
        """The screen on top, while it stands in this preview."""
        from lms_tui.tui.preview import Preview  # noqa: PLC0415 - it imports this module
        from lms_tui.tui.screens.base import FramedScreen  # noqa: PLC0415 - as above

        screen = self._app.screen
        if isinstance(screen, FramedScreen) and isinstance(screen.desk, Preview) and screen.desk.editing is self:
            return screen
        return None

    def _refresh(self) -> None:
        if (screen := self._screen) is not None:
            screen.refresh_commands()

    def _place(self, lesson: UUID, question: int) -> tuple[str, int | None] | None:
        """Return the file of a lesson, or of its question by number, and the line there where it is known."""
        place = self._source.place_of(lesson) if self._source is not None else None
        if place is None:
            return None
        name = place.questions_file if question and place.questions_file else place.file
        of_question = question and name == place.questions_file and question <= len(place.question_lines)
        return name, place.question_lines[question - 1] if of_question else None

    def _located(self, lesson: UUID, question: int) -> tuple[Path, int | None]:
        """Return the file to open, and the line: of a fault in it, else of the question. Raises EditorError."""
        found, source = self._place(lesson, question), self._source
        assert found is not None  # noqa: S101 - `can` has looked
        assert source is not None  # noqa: S101 - as above
        name, line = found
        file = source.file_of(name)
        if not source.root.is_dir():
            raise EditorError(f"The folder {source.root} is not there any more: import the course from where it is.")
        if file is None or not file.is_file():
            raise EditorError(f"The file {source.root / name} is not there any more: import the course again.")
        return file, next((fault.line for fault in self._faults if fault.file == name), line)


def _why_not(source: "Source | None", is_lesson: bool) -> str:
    """Return why nothing is edited: of a lesson without a file, or of the outline. Looks at the disk."""
    if source is None:
        return "This course was not imported from this machine: lms-tui course import PATH, and e opens its files."
    if is_lesson:
        return f"This came from none of the files in {source.root}: it was made elsewhere, or has gone from them."
    what = "The parts, titles and order of this book stand in its SUMMARY.md"
    if source.is_file:
        what = f"This course is one file, {Path(source.path).name}"
    elif (source.root / "course.toml").is_file():
        what = "The chapters and their order stand in the course's course.toml"
    return f"{what}; e opens the file of a lesson or question, where that is shown."


def _content(file: Path) -> bytes:
    """Return what tells a file's content from another. Raises EditorError where it cannot be read."""
    try:
        return sha256(file.read_bytes()).digest()
    except OSError as error:
        raise EditorError(f"The file {file} cannot be read: {error.strerror}.") from error
