"""One picture of a lesson, as large as this terminal shows it."""

from pathlib import Path

from rich.segment import Segment
from textual import work
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui.commands import BACK
from lms_tui.tui.graphics import Drawing
from lms_tui.tui.palette import Palette
from lms_tui.tui.pictures import NoPictureError, Picture, are_shown
from lms_tui.tui.screens.base import FramedScreen


class PictureScreen(FramedScreen[None]):
    """Shows the picture in a file, made anew when the size changes."""

    SCREEN_COMMANDS = (BACK,)

    def __init__(self, path: tuple[str, ...], file: Path) -> None:
        """Show the picture in `file`."""
        super().__init__(*path)
        self._file, self._drawing = file, self.lms.drawing()
        self._shown = _Middle(self._drawing)

    def body(self) -> ComposeResult:
        """Yield the place of the picture."""
        yield self._shown

    def on_mount(self) -> None:
        """Make the picture in the theme's colours, each time that one is chosen."""
        self.watch(self.app, "theme", self._make_anew, init=False)

    def on_unmount(self) -> None:
        """Free the picture."""
        self._drawing.close()

    def on_resize(self) -> None:
        """Make it in its new size."""
        self._make_anew()

    def _make_anew(self, *_theme: str) -> None:
        self.call_after_refresh(self._make)

    @work(exclusive=True, group="picture")
    async def _make(self) -> None:
        if not are_shown(self.lms.look):
            self.show_calm("This terminal shows no pictures.", "In the lesson s saves it as a file.")
            return
        columns, rows = self._shown.size
        if not columns or not rows:
            return
        try:
            behind = Palette.of(self).base.bgcolor
            self._drawing.begin()
            self._shown.show(await self._drawing.picture(self._file, columns, rows, behind))
            self._drawing.end()
        except NoPictureError as error:
            self.show_calm(f"This is no picture that a terminal shows: {error}.")


class _Middle(Widget):
    """A picture in the middle of its place."""

    DEFAULT_CSS = "_Middle { height: 1fr; width: 1fr; }"

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing
        self._picture = Picture((), 0)

    def show(self, picture: Picture) -> None:
        self._picture = picture
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, (width, height), lines = Palette.of(self), self.size, self._picture.lines
        if self._picture.number:
            self._drawing.show(self._picture.number)
        at = y - max(0, height - len(lines)) // 2
        line = lines[at] if 0 <= at < len(lines) else ()
        left = Segment(" " * (max(0, width - self._picture.width) // 2), palette.base)
        return Strip([left, *line]).apply_style(palette.base).crop_extend(0, width, palette.base)
