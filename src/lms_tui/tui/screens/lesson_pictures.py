"""What a lesson's screen does with the pictures of its text: it shows them in the text, and opens one by its number."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from lms_tui.client.errors import ClientError, NotFound
from lms_tui.tui.lesson_files import LessonFiles
from lms_tui.tui.palette import Palette
from lms_tui.tui.screens.lesson_files import LessonFilesScreen, Telling, program_of
from lms_tui.tui.widgets.lesson_text import LessonText
from lms_tui.wire import files

if TYPE_CHECKING:
    from lms_tui.tui.graphics import Drawing


class LessonPicturesScreen(LessonFilesScreen):
    """A screen with a lesson's text, its files and its pictures."""

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar."""
        super().__init__(*path)
        self._drawing: Drawing | None = None

    def on_unmount(self) -> None:
        """Free the pictures."""
        if self._drawing is not None:
            self._drawing.close()

    def on_lesson_text_pictures_found(self, event: LessonText.PicturesFound) -> None:
        """Bring the pictures of the text, the nearest to the reader first, where this terminal shows any."""
        from lms_tui.tui import pictures  # noqa: PLC0415 - with the first picture

        if self._files is not None and pictures.are_shown(self.lms.look):
            self._show_pictures(self._files, event.sources, event.making)

    @work(exclusive=True, group="lesson-pictures")
    async def _show_pictures(self, own: LessonFiles, sources: list[str], making: int) -> None:
        from lms_tui.tui.pictures import MOST_BYTES, NoPictureError  # noqa: PLC0415

        try:
            named = {file.source: file for file in (await own.known()).named}
        except ClientError:
            return
        drawing = self._drawing = self._drawing or self.lms.drawing()
        self._text.before_picture = drawing.show
        behind, (columns, rows) = Palette.of(self).base.bgcolor, self._text.picture_room
        drawing.begin()
        for source in sources:
            if (file := named.get(source)) is None:
                continue
            try:
                path = await own.fetch(file.version, most=MOST_BYTES)
                if path is not None:
                    picture = await drawing.picture(path, columns, rows, behind)
                    self._text.show_picture(making, source, picture.lines, picture.number)
            except (ClientError, NoPictureError) as error:
                self.log(f"picture {source}: {error}")  # its alternative text stands there
        drawing.end()

    async def open_picture(self, source: str, words: str) -> None:
        """Open a picture that the text names: in the learner's program, else in this terminal; one of the web is shown
        as an address. Stops one that is on its way."""
        if not self.stopped():
            self._saving = self._open_named(source, words)

    @work(exclusive=True, group="lesson-save")
    async def _open_named(self, source: str, words: str) -> None:
        if source.lower().startswith("http"):
            self._show_elsewhere(source, words)
            return
        try:
            own = self._files
            known = None if own is None else await own.known()
            file = next((one for one in known.named if one.source == source), None) if known is not None else None
            path = None if own is None or file is None else await own.fetch(file.version, progress=Telling(self, file))
        except NotFound:
            path = None
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        if path is None or file is None:
            self.tell("This picture is missing. Its author can put it there again.", "warning")
        else:
            await self._show_file(path, file, words)

    def _show_elsewhere(self, address: str, words: str) -> None:
        from lms_tui.tui import opener  # noqa: PLC0415 - most lessons are only their text
        from lms_tui.tui.screens.address import AddressScreen  # noqa: PLC0415 - screens are imported when opened

        try:
            address = opener.checked(address)
            self.app.push_screen(AddressScreen((words,), address, "This picture is on the web.", then_done=False))
        except opener.OpenError as error:
            self.tell(str(error), "warning")

    async def _show_file(self, path: Path, file: files.FileLink, words: str) -> None:
        """Open a picture that lies here: by a program, else on a screen of its own."""
        from lms_tui.tui import opener  # noqa: PLC0415 - most lessons are only their text

        if (program := program_of(file.kind, self.lms)) is not None:
            try:
                await opener.start(program, opener.checked(str(path), self.lms.files_folder))
            except opener.OpenError as error:
                self.tell(f"{error} s saves it.", "warning")
            else:
                self.tell(f"Opened in {Path(program[0]).name}.", "success")
        else:
            from lms_tui.tui.screens.picture import PictureScreen  # noqa: PLC0415 - screens are imported when opened

            self.app.push_screen(PictureScreen((words,), path))
