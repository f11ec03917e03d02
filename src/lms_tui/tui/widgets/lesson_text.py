"""The text of a lesson, to read: kept at its place at every width, jumped through by headings, with its pictures.

The lines are made in a thread, the first screenful first, once for each width and theme.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rich.segment import Segment
from textual import work
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import Line, render
from lms_tui.tui.text.parse import TextFormat, beginning, parse
from lms_tui.tui.text.place import TOP, Place, line_of, place_of
from lms_tui.tui.widgets.read_lines import ReadLines

_BATCH = 400


class LessonText(ReadLines):
    """Shows one document; give it with `set_document`."""

    @dataclass
    class _Made(Message):
        """Lines `start` and on of the making `making` are there; `whole` when they are the last."""

        making: int
        start: int
        lines: list[Line]
        whole: bool
        pictures: dict[str, str]

    @dataclass
    class Ready(Message):
        """All lines are made: `headings` and the number of lines are final for this width."""

        text: "LessonText"

        @property
        def control(self) -> "LessonText":
            """The widget that sent this."""
            return self.text

    @dataclass
    class ReachedEnd(Ready):
        """The last line of the document has been on the screen; sent once for each document."""

    @dataclass
    class Moved(Ready):
        """`place` may be another than before."""

    @dataclass
    class PicturesFound(Ready):
        """All lines are made and pictures belong above some: `sources` of them, the nearest to the reader first."""

        sources: list[str]
        making: int
        """Names these lines to `show_picture`: others may have taken their place when a picture is there."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._source: tuple[str, TextFormat] | None = None
        self._headings: list[tuple[int, str, int]] = []
        self._made_for: tuple[int, Palette] | None = None
        self._making = 0
        self._whole = False
        self._pictures: dict[str, str] = {}
        self._end_seen = False
        self.before_picture: Callable[[int], None] = _nothing
        """Called before a line of a picture of the terminal is drawn."""
        self._wanted: Place | None = None
        self._anchor: tuple[Place, int] | None = None
        """The place that was gone to last, and its line: as long as nobody moves on, it is the place at each width."""

    def set_document(self, text: str, text_format: TextFormat = "markdown", *, place: Place = TOP) -> None:
        """Show `text` from its top, or from the place that `place` was at an earlier reading."""
        self._source, self._shift, self._end_seen = (text, text_format), 0, False
        self._made_for, self._whole = None, False
        self._wanted, self._anchor, self._finding = place, None, None
        self._make()

    @property
    def headings(self) -> list[tuple[int, str, int]]:
        """The headings made so far, as (level from 1, title, line)."""
        return list(self._headings)

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Where the pictures are that can be opened, and their words, as their numbers in the text count them."""
        return list(self._pictures.items())

    @property
    def complete(self) -> bool:
        """Whether all lines of the document are made, for the present width and theme."""
        return self._whole

    @property
    def line_count(self) -> int:
        """How many lines are made."""
        return len(self._lines)

    @property
    def place(self) -> Place:
        """Where the top of the screen is: a position that holds at any width."""
        if self._wanted is not None:
            return self._wanted
        if self._anchor is not None and self._anchor[1] == self.line:
            return self._anchor[0]
        return place_of(self._lines, self.line)

    @property
    def fraction(self) -> float:
        """How much of the document is above the bottom of the screen, 0 to 1; 0 before all lines are made."""
        return min(1.0, (self.line + self.size.height) / max(1, len(self._lines))) if self._whole else 0.0

    @property
    def picture_room(self) -> tuple[int, int]:
        """The most columns and rows that a picture may take: no wider than the text, half as high as the screen."""
        return self._room, max(4, self.size.height // 2)

    def show_picture(self, making: int, source: str, lines: Sequence[tuple[Segment, ...]], number: int = 0) -> None:
        """Show the lines of a picture above each place of the document where it belongs.

        `number` is that by which `before_picture` is told when a line of it comes into sight. What the reader has at
        the top of the screen stays there: only what is below a picture moves, or what is out of sight above.
        """
        if making != self._making:
            return
        top = self.line
        for at in reversed([at for at, line in enumerate(self._lines) if line.image == source]):
            if at and self._lines[at - 1].picture and self._lines[at - 1].block == self._lines[at].block:
                continue  # it is there already
            block = self._lines[at].block
            self._lines = [*self._lines]
            self._lines[at:at] = [Line(segments, block, picture=True, number=number) for segments in lines]
            self._headings = [(level, title, line + len(lines) * (line > at)) for level, title, line in self._headings]
            top += len(lines) * (at < top)
        self._redraw()
        if self._finding is not None:
            self.find(self._finding.words)
        self.virtual_size = Size(self.size.width, len(self._lines))
        if top != self.line:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.call_after_refresh(self._check_end)

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen; the terminal knows the picture that it shows a part of."""
        at = y + self.scroll_offset.y
        if at < len(self._lines) and (number := self._lines[at].number):
            self.before_picture(number)
        return super().render_line(y)

    def goto_line(self, line: int) -> None:
        """Bring `line` to the top of the screen; no other is waited for any more."""
        self._wanted = None
        super().goto_line(line)

    def goto_place(self, place: Place) -> None:
        """Bring `place` to the top, as soon as its lines are made."""
        self._wanted = place
        self._settle()

    def goto_heading(self, index: int) -> None:
        """Bring the heading `index` of `headings` to the top."""
        if 0 <= index < len(self._headings):
            self.goto_line(self._headings[index][2])

    def on_mount(self) -> None:
        """Make the lines anew, in the new colours, when the theme changes."""
        self.watch(self.app, "theme", self._make, init=False)

    def on_resize(self) -> None:
        """Wrap anew when the width changed, keeping the block at the top where it is."""
        self._make()
        self._check_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice that one moves, and that the end came into view."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved(self))
        self._check_end()

    def _make(self, *_theme: str) -> None:
        """Start making the lines for this width and theme, if they are not."""
        if self._source is None or not self.is_mounted or not self.size.width:
            return
        wanted = (self._room, Palette.of(self))
        if wanted == self._made_for:
            return
        if self._made_for is not None:
            self._wanted = self.place
        self._made_for = wanted
        self._making += 1
        self._whole = False
        self._make_lines(self._making, *self._source, *wanted, max(24, self.size.height) + 1)

    @work(thread=True, exclusive=True, group="lesson-text")
    def _make_lines(
        self, making: int, text: str, text_format: TextFormat, width: int, palette: Palette, first: int
    ) -> None:
        worker = get_current_worker()
        if (part := beginning(text, text_format)) is not None:
            shown = list(islice(render(parse(part, text_format), width, palette, {}), first))
            if len(shown) == first and not worker.is_cancelled:
                self.post_message(self._Made(making, 0, shown, whole=False, pictures={}))
        pictures: dict[str, str] = {}
        lines = render(parse(text, text_format), width, palette, pictures)
        for start, batch, whole in _batches(lines, first):
            if worker.is_cancelled:
                return
            self.post_message(self._Made(making, start, batch, whole, pictures if whole else {}))

    def on_lesson_text__made(self, message: _Made) -> None:
        """Take lines over from the thread."""
        message.stop()
        if message.making != self._making:
            return
        if message.start == 0:
            self._lines, self._headings = [], []
            self._redraw()  # what was drawn since the making began shows the lines of before
        self._headings += [
            (*line.heading, at) for at, line in enumerate(message.lines, message.start) if line.heading is not None
        ]
        self._lines = [*self._lines, *message.lines]  # another list: one in which is being looked stays as it is
        self._whole, self._pictures = message.whole, message.pictures
        self.virtual_size = Size(self.size.width, len(self._lines))
        self._settle()
        self.refresh()
        if message.whole:
            if self._finding is not None:
                self.find(self._finding.words)
            self.post_message(self.Ready(self))
            self._find_pictures()
        self.call_after_refresh(self._check_end)

    def _settle(self) -> None:
        """Go to the wanted block as soon as its lines are there."""
        if self._wanted is None:
            return
        if self._whole or (self._lines and self._lines[-1].block > self._wanted.block):
            there = line_of(self._lines, self._wanted)
            if self._whole or there + self.size.height <= len(self._lines):  # it can be scrolled to the top already
                self._anchor = self._wanted, there
                self.scroll_to(y=there, animate=False, force=True)
                self._wanted = None

    def _find_pictures(self) -> None:
        here = self.line
        places: dict[str, int] = {}
        for at, line in enumerate(self._lines):
            if line.image:
                away = at - here if at >= here else 2 * (here - at)
                places[line.image] = min(away, places.get(line.image, away))
        if places:
            self.post_message(self.PicturesFound(self, sorted(places, key=places.__getitem__), self._making))

    def _check_end(self) -> None:
        ready = self._whole and self._wanted is None and self.size.height > 0
        if ready and not self._end_seen and self.line + self.size.height >= len(self._lines):
            self._end_seen = True
            self.post_message(self.ReachedEnd(self))


def _nothing(_number: int) -> None:
    """Do nothing: there are no pictures of the terminal."""


def _batches(lines: Iterator[Line], first: int) -> Iterator[tuple[int, list[Line], bool]]:
    """Yield (number of the first line, lines, whether they are the last): a screenful, then larger pieces."""
    start, batch = 0, list(islice(lines, first))
    while True:
        following = list(islice(lines, _BATCH)) if batch else []
        yield start, batch, not following
        if not following:
            return
        start, batch = start + len(batch), following
