"""What a lesson's screen does with files: it tells of them, opens and saves them."""

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work
from textual.worker import Worker

from lms_tui.client.errors import ClientError
from lms_tui.client.file_cache import FileCache
from lms_tui.tui.commands import Command
from lms_tui.tui.lesson_files import LessonFiles
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.widgets.lesson_text import LessonText
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.tui.words import dotted, size
from lms_tui.wire import files, learning

SAVE = Command("lesson.save", "s", "save file", "save", "Save a file of this lesson in your folder for downloads.")
if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp

_PICTURES: Final = frozenset({"png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "avif", "ico"})
_FILMS: Final = frozenset({"mp4", "webm", "ogg", "m4v", "mov", "mkv", "mp3", "m4a", "wav", "flac", "oga", "opus"})
_PAGES: Final = frozenset({"pdf", "png", "jpg", "jpeg", "gif", "webp", "txt", "md", "csv"})
"""What is opened by other programs: nothing of it runs. Anything else (HTML, archives, programs) is saved only."""
_TOLD_EVERY: Final = 0.3
"""Seconds between two words on how far a file is."""


class LessonFilesScreen(FramedScreen[None]):
    """A screen with a lesson's text, and with the files of the lesson."""

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar."""
        super().__init__(*path)
        self._text, self._about_files = LessonText(), Panel()
        self._about_files.display = False
        self._files: LessonFiles | None = None
        self._saving: Worker[None] | None = None
        self._file_missing = False
        self._opens_with: list[str] | None = None
        """The program that opens the lesson's own file here."""

    @property
    def can_open_file(self) -> bool:
        """Whether the lesson's own file can be opened by a program of this machine."""
        return self._opens_with is not None

    @property
    def ways_to_file(self) -> str | None:
        """How the lesson's own file is had here, in words; None where it is missing, or nothing here gives it."""
        opens = f"o opens it in {Path(self._opens_with[0]).name}" if self._opens_with else ""
        saves = "s saves it" if self.allows(SAVE) else ""
        return None if self._file_missing else ", ".join(way for way in (opens, saves) if way) or None

    def own_file_had(self) -> None:
        """Take note that the learner has opened or saved the lesson's own file."""

    def allows(self, command: Command) -> bool:
        """Offer to save where there may be something to save; on a kiosk nothing stays for the next who sits there."""
        savable = self._files is not None and not self.lms.kiosk
        return (command is not SAVE or savable) and super().allows(command)

    def find_files(self, lesson: learning.Lesson) -> None:
        """Find out which files the lesson has, and tell of them; nothing is asked where it names none."""
        self._about_files.display = lesson.file_kind is not None
        if lesson.file_kind is not None:
            self._about_files.show((f"File: {lesson.file_kind.upper()}", "muted"))
        if lesson.file_kind is None and f"courses/{lesson.course_id}/" not in lesson.text:
            return
        self._opens_with = program_of(lesson.file_kind, self.lms)
        cache = FileCache(self.lms.files_folder)
        self._files = LessonFiles(self.desk, cache, lesson.id)
        self.refresh_commands()
        self._tell_of_files(self._files)

    @work(exclusive=True, group="lesson-files")
    async def _tell_of_files(self, own: LessonFiles) -> None:
        try:
            known = await own.known()
        except ClientError:
            return  # s asks again, and says what is wrong
        self._file_missing = known.file_missing
        others = [file for file in known.named if file.kind not in _PICTURES]
        if known.file is not None:
            ways = self.ways_to_file
            told = f"File: {_words(known.file)}." + (f" {ways}." if ways else "")
        elif known.file_missing:
            told = "The file of this lesson is missing. Its author can put it there again."
        elif others:
            told = f"{'A file' if len(others) == 1 else f'{len(others)} files'} to save: s."
        else:
            return
        self._about_files.show((told, "warning" if known.file_missing else "muted"))
        self._about_files.display = True

    async def action_save(self) -> None:
        """Save a file, or stop the one that is on its way."""
        if not self.stopped() and self._files is not None:
            self._saving = self._save(self._files)

    def open_file(self) -> None:
        """Fetch the lesson's own file and open it in the learner's program, or stop the one that is on its way."""
        if not self.stopped() and self._files is not None and self._opens_with is not None:
            self._saving = self._open(self._files, self._opens_with)

    def stopped(self) -> bool:
        """Stop the file that is on its way; False where none is."""
        if self._saving is None or not self._saving.is_running:
            return False
        self._saving.cancel()
        self.tell("Stopped: nothing was saved.")
        return True

    @work(exclusive=True, group="lesson-save")
    async def _open(self, own: LessonFiles, words: list[str]) -> None:
        from lms_tui.tui import opener  # noqa: PLC0415 - most lessons are only their text

        name = Path(words[0]).name
        try:
            file = (await own.known()).file
            path = None if file is None else await own.fetch(file.version, progress=Telling(self, file))
            if path is None:
                self.tell("The file of this lesson is missing.", "warning")
                return
            self.tell(f"Opening it in {name}…")
            await opener.start(words, opener.checked(str(path), self.lms.files_folder))
        except ClientError as error:
            self.tell(error.sentence, "warning")
        except opener.OpenError as error:
            self.tell(f"{error} s saves it.", "warning")
        else:
            self.tell(f"Opened in {name}.", "success")
            self.own_file_had()

    @work(exclusive=True, group="lesson-save")
    async def _save(self, own: LessonFiles) -> None:
        from lms_tui.client.saving import downloads, save  # noqa: PLC0415 - only when something is saved

        try:
            known = await own.known()
            file = await self._chosen([*([known.file] if known.file else []), *known.named])
            if file is None:
                return
            path = await own.fetch(file.version, progress=Telling(self, file))
            if path is None:
                self.tell("This file is not in the lesson any more.", "warning")
                return
            saved = await asyncio.to_thread(save, path, downloads(), file.name)
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        self.tell(f"Saved: {_short(saved)}", "success")
        if file is known.file:
            self.own_file_had()

    async def _chosen(self, found: list[files.FileLink]) -> files.FileLink | None:
        if not found:
            self.tell("This lesson has no files that could be saved.")
        if len(found) < 2:
            return found[0] if found else None
        rows = [Row(file.name, right=_words(file)) for file in found]
        chosen = await self.app.push_screen_wait(ChooseScreen("Save which file?", rows, does="saves it"))
        return None if chosen is None else found[chosen]


class Telling:
    """Tells now and then how far a file is."""

    def __init__(self, screen: LessonFilesScreen, file: files.FileLink) -> None:
        self._screen, self._file = screen, file
        self._told = time.monotonic()

    def __call__(self, done: int, whole: int | None) -> None:
        if time.monotonic() - self._told < _TOLD_EVERY:
            return
        self._told = time.monotonic()
        far = size(done) if not whole else f"{100 * done // whole} % of {size(whole)}"
        self._screen.tell(f"Fetching {self._file.name}: {far}. s stops it.", "muted")


def program_of(kind: str | None, app: "LmsApp") -> list[str] | None:
    """Return the words of the program that opens a file of `kind` here, None where none does or none should."""
    if kind is None or kind not in _FILMS | _PAGES:
        return None
    from lms_tui.tui import opener  # noqa: PLC0415 - most lessons are only their text

    return opener.program("video" if kind in _FILMS else "link", app.open_with, os.environ, kiosk=app.kiosk)


def _words(file: files.FileLink) -> str:
    return dotted(file.kind.upper(), "" if file.size is None else size(file.size))


def _short(path: Path) -> str:
    """Return a path with `~` for the learner's home."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
