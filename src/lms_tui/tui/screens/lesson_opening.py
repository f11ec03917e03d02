"""How a lesson that is somewhere else, its own file and the pictures of its text are opened from its screen."""

from textual import work

from lms_tui.tui.commands import Command
from lms_tui.tui.lesson_head import Elsewhere
from lms_tui.tui.opened import waits_for_opening
from lms_tui.tui.reading import Reading
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.lesson_pictures import LessonPicturesScreen
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.wire import learning
from lms_tui.wire.text import clean_line

DONE = Command("lesson.done", "d", "done", "done", "Mark this lesson as done.")
OPEN = Command("lesson.open", "o", "open", "open", "Open the lesson's film, page or file, or a picture of its text.")
ADDRESS = Command("lesson.address", "q", "QR code", "address", "Show the lesson's address, and a QR code to scan.")
COPY = Command("lesson.copy", "y", "copy address", "copy", "Copy the lesson's address to the clipboard.")


class LessonOpeningScreen(LessonPicturesScreen):
    """A screen of one lesson, from which it is opened."""

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar."""
        super().__init__(*path)
        self._lesson: learning.Lesson | None = None
        self._there: Elsewhere | None = None
        self._reading: Reading | None = None

    def allows(self, command: Command) -> bool:
        """Offer what there is to open."""
        match command.id:
            case "lesson.copy":
                return self._there is not None
            case "lesson.open":
                return self.has_address or self._opens_file or bool(self._text.pictures)
            case "lesson.address":
                return self.has_address
        return super().allows(command)

    @property
    def has_address(self) -> bool:
        """Whether the lesson is at an address that may be opened."""
        return self._there is not None and not self._there.refused

    @property
    def _opens_file(self) -> bool:
        return self._there is None and self.can_open_file

    @property
    def to_open_first(self) -> str | None:
        """How the lesson is opened, in words, if it may be done only then; None where it was, or nothing opens it."""
        lesson = self._lesson
        if lesson is None or not waits_for_opening(lesson) or self._reading is None or self._reading.opened:
            return None
        return self.ways_to_file if self._there is None else "o opens it, q shows its address, y copies it"

    def show_state(self) -> None:
        """Show how the lesson stands now."""
        raise NotImplementedError

    def on_lesson_text_ready(self) -> None:
        """Offer to open what pictures the text has."""
        self.refresh_commands()

    @work(exclusive=True, group="lesson-chooser")
    async def action_open(self) -> None:
        """Open the lesson's own film, page or file, or a picture of its text; where there are several, ask which."""
        pictures, own = self._text.pictures, self.has_address or self._opens_file
        chosen = 0
        if (own and pictures) or len(pictures) > 1:
            rows = [Row(words, mark=str(number)) for number, (_, words) in enumerate(pictures, 1)]
            rows = [*([Row("the lesson itself")] if own else []), *rows]
            found = await self.app.push_screen_wait(ChooseScreen("Open what?", rows))
            if found is None:
                return
            chosen = found
        if own and not chosen:
            self._open_own()
        elif pictures:
            source, words = pictures[chosen - own]
            await self.open_picture(source, words)

    def _open_own(self) -> None:
        if self._there is None:
            self.open_file()
        else:
            self._open_address(self._there)

    @work(exclusive=True, group="lesson-open")
    async def _open_address(self, there: Elsewhere) -> None:
        """Open the address that stands on the screen outside of the terminal, or show how it can be opened."""
        from lms_tui.tui import opener  # noqa: PLC0415 - most lessons are only their text

        if not there.program:
            self._show_address(there.address, there.why)
            return
        self.tell(f"Opening it in {there.name}…")
        try:
            await opener.start(list(there.program), there.address)
        except opener.OpenError as error:
            self.tell(f"{error} q shows the address.", "warning")
            return
        self._note_opened()
        self.tell(f"Opened in {there.name}." + (" d marks it done." if self.allows(DONE) else ""), "success")

    def action_address(self) -> None:
        """Show the address with its QR code."""
        if self._there is not None and self.has_address:
            self._show_address(self._there.address, "")

    def _show_address(self, address: str, why: str) -> None:
        from lms_tui.tui.screens.address import AddressScreen  # noqa: PLC0415 - screens are imported when opened

        if (lesson := self._lesson) is not None:
            self._note_opened()
            path = lesson.course_title, lesson.title
            self.app.push_screen(AddressScreen(path, address, why, then_done=self.allows(DONE)))

    def _note_opened(self) -> None:
        """Remember that the learner has had the address or the file."""
        if self._reading is not None:
            self._reading.note_opened()
            self.show_state()

    def own_file_had(self) -> None:
        """Let the lesson be done from now on."""
        self._note_opened()

    def action_copy(self) -> None:
        """Copy the address of a video or of something elsewhere."""
        if self._there is not None:
            self.copy(self._there.address)
            self._note_opened()

    def copy(self, address: str) -> None:
        """Copy an address to the clipboard, on one line."""
        address = clean_line(address)  # a line feed in what is pasted into a shell runs it
        self.app.copy_to_clipboard(address)
        self.tell(f"Copied, if your terminal allows it: {address}")
