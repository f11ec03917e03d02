"""The text of a lesson, to read: scrolled by lines, jumped through by headings, its wide parts moved sideways.

The lines are made in a thread, the first screenful first, once for each width and theme.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from rich.segment import Segment
from textual import work
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.find import find
from lms_tui.tui.text.lines import Line, render
from lms_tui.tui.text.parse import TextFormat, beginning, parse
from lms_tui.tui.text.place import TOP, Place, line_of, place_of
from lms_tui.tui.widgets.finding import Finding
from lms_tui.tui.widgets.lesson_line import drawn
from lms_tui.tui.widgets.line_view import LineView

MEASURE = 88
"""The widest that prose gets, in cells; on a wider screen it stands in the middle."""

_BATCH = 400
_SIDEWAYS = 8


class LessonText(LineView, can_focus=True):
    """Shows one document; give it with `set_document`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "line(1)", "Down", show=False, id="text.down"),
        Binding("up,k", "line(-1)", "Up", show=False, id="text.up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="text.page_down"),
        Binding("pageup,b", "page(-1)", "Page up", show=False, id="text.page_up"),
        Binding("home,g", "top", "Top", show=False, id="text.top"),
        Binding("end,G", "bottom", "End", show=False, id="text.bottom"),
        Binding("right,l,greater_than_sign", "sideways(1)", "Right", show=False, id="text.right"),
        Binding("left,h,less_than_sign", "sideways(-1)", "Left", show=False, id="text.left"),
    ]

    @dataclass
    class _Made(Message):
        """Lines `start` and on of the making `making` are there; `whole` when they are the last."""

        making: int
        start: int
        lines: list[Line]
        whole: bool

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
    class _Matched(Message):
        """What was found in `lines`."""

        lines: Sequence[Line]
        finding: Finding

    @dataclass
    class Found(Ready):
        """`found` is another than before."""

    @dataclass
    class PicturesFound(Ready):
        """All lines are made and pictures belong above some: `sources` of them, the nearest to the reader first."""

        sources: list[str]

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._source: tuple[str, TextFormat] | None = None
        self._lines: list[Line] = []
        self._headings: list[tuple[int, str, int]] = []
        self._made_for: tuple[int, Palette] | None = None
        self._making = 0
        self._whole = False
        self._end_seen = False
        self._shift = 0
        self._wanted: Place | None = None
        self._anchor: tuple[Place, int] | None = None
        """The place that was gone to last, and its line: as long as nobody moves on, it is the place at each width."""
        self._finding: Finding | None = None
        self._strips: dict[int, Strip] = {}
        self._strips_for: object = None
        self._pictures = 0

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
    def line(self) -> int:
        """The line at the top of the screen, from 0."""
        return self.scroll_offset.y

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
    def found(self) -> str:
        """Where one is among the matches of what is looked for, as "3/17"; empty where nothing is."""
        return self._finding.count if self._finding is not None else ""

    @property
    def fraction(self) -> float:
        """How much of the document is above the bottom of the screen, 0 to 1; 0 before all lines are made."""
        return min(1.0, (self.line + self.size.height) / max(1, len(self._lines))) if self._whole else 0.0

    @property
    def picture_room(self) -> tuple[int, int]:
        """The most columns and rows that a picture may take: no wider than the text, half as high as the screen."""
        return self._room, max(4, self.size.height // 2)

    def show_picture(self, source: str, lines: Sequence[tuple[Segment, ...]]) -> None:
        """Show the lines of a picture above each place of the document where it belongs.

        What the reader has at the top of the screen stays there: only what is below a picture moves, or what is out of
        sight above.
        """
        top = self.line
        for at in reversed([at for at, line in enumerate(self._lines) if line.image == source]):
            if at and self._lines[at - 1].picture and self._lines[at - 1].block == self._lines[at].block:
                continue  # it is there already
            block = self._lines[at].block
            self._lines = [*self._lines]
            self._lines[at:at] = [Line(segments, block, picture=True) for segments in lines]
            self._headings = [(level, title, line + len(lines) * (line > at)) for level, title, line in self._headings]
            top += len(lines) * (at < top)
        self._pictures += 1
        if self._finding is not None:
            self.find(self._finding.words)
        self.virtual_size = Size(self.size.width, len(self._lines))
        if top != self.line:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh()
        self.call_after_refresh(self._check_end)

    def find(self, words: str) -> None:
        """Mark where `words` stand, and go to the first of those from here on; a `Found` tells when that is done."""
        if not words.strip():
            self.end_finding()
            self.post_message(self.Found(self))
        else:
            self._find(words, self._lines, self._room, self.line)

    def step_match(self, way: int) -> None:
        """Go to the next match, or with -1 to the one before."""
        if self._finding is not None:
            self._finding.step(way)
            self._show_match()
            self.post_message(self.Found(self))

    def end_finding(self) -> None:
        """Mark nothing any more."""
        self.workers.cancel_group(self, "lesson-find")
        self._finding = None
        self._redraw()

    @work(thread=True, exclusive=True, group="lesson-find")
    def _find(self, words: str, lines: Sequence[Line], room: int, top: int) -> None:
        worker = get_current_worker()
        finding = Finding(words, find(lines, words, room), top)
        if not worker.is_cancelled:
            self.post_message(self._Matched(lines, finding))

    def on_lesson_text__matched(self, message: _Matched) -> None:
        """Show what was found, if the lines are still those in which it was."""
        message.stop()
        if message.lines is not self._lines:
            self.find(message.finding.words)
            return
        self._finding = message.finding
        self._show_match()
        self.post_message(self.Found(self))

    def _show_match(self) -> None:
        """Bring the present match on the screen, also when it is in what is wider."""
        match = self._finding.here if self._finding is not None else None
        if match is not None:
            line, start, end = match[0]
            if not self.line <= line < self.line + self.size.height:
                self.goto_line(max(0, line - self.size.height // 3))
            hidden = self._lines[line].wide - self._room
            if hidden > 0 and not self._shift < start <= end < self._shift + self._room:
                self._shift = max(0, min(start - self._room // 3, hidden))
        self._redraw()

    def _redraw(self) -> None:
        """Draw each line anew."""
        self._strips_for = None
        self.refresh()

    def goto_line(self, line: int) -> None:
        """Bring `line` to the top of the screen, or as near as the end of the document allows."""
        self._wanted = None
        self.scroll_to(y=line, animate=False, force=True)

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

    def action_line(self, way: int) -> None:
        """Scroll by a line."""
        self.goto_line(self.line + way)

    def action_page(self, way: int) -> None:
        """Scroll by a screenful, keeping two lines of the old one in sight."""
        self.goto_line(self.line + way * max(1, self.size.height - 2))

    def action_top(self) -> None:
        """Go to the beginning."""
        self.goto_line(0)

    def action_bottom(self) -> None:
        """Go to the end."""
        self.goto_line(len(self._lines))

    def action_sideways(self, way: int) -> None:
        """Move what is wider than the screen, as far as the widest of it on the screen goes."""
        shown = self._lines[self.line : self.line + self.size.height]
        widest = max((line.wide for line in shown), default=0)
        shift = max(0, min(self._shift + way * _SIDEWAYS, widest - self._room))
        if shift != self._shift:
            self._shift = shift
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen; the same strip for the same line, whose rendering Textual keeps with it."""
        palette, width = Palette.of(self), self.size.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, palette.base)
        if self._strips_for != (drawn_for := (self._making, palette, width, self._shift, self._pictures)):
            self._strips, self._strips_for = {}, drawn_for
        if (strip := self._strips.get(at)) is None:
            found = self._finding.spans(at) if self._finding is not None else ()
            strip = drawn(self._lines[at], self._room, self._margin, self._shift, found, palette)
            self._strips[at] = strip = strip.crop_extend(0, width, palette.base).simplify()
        return strip

    @property
    def _room(self) -> int:
        """The cells a line may take."""
        return max(1, self.size.width - 2 * self._margin)

    @property
    def _margin(self) -> int:
        """The blank cells at each side."""
        return max(2 if self.size.width >= 40 else 1, (self.size.width - MEASURE) // 2)

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
            shown = list(islice(render(parse(part, text_format), width, palette), first))
            if len(shown) == first and not worker.is_cancelled:
                self.post_message(self._Made(making, 0, shown, whole=False))
        lines = render(parse(text, text_format), width, palette)
        for start, batch, whole in _batches(lines, first):
            if worker.is_cancelled:
                return
            self.post_message(self._Made(making, start, batch, whole))

    def on_lesson_text__made(self, message: _Made) -> None:
        """Take lines over from the thread."""
        message.stop()
        if message.making != self._making:
            return
        if message.start == 0:
            self._lines, self._headings = [], []
            self._strips = {}  # what was drawn since the making began shows the lines of before
        self._headings += [
            (*line.heading, at) for at, line in enumerate(message.lines, message.start) if line.heading is not None
        ]
        self._lines = [*self._lines, *message.lines]  # another list: one in which is being looked stays as it is
        self._whole = message.whole
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
            self.post_message(self.PicturesFound(self, sorted(places, key=places.__getitem__)))

    def _check_end(self) -> None:
        ready = self._whole and self._wanted is None and self.size.height > 0
        if ready and not self._end_seen and self.line + self.size.height >= len(self._lines):
            self._end_seen = True
            self.post_message(self.ReachedEnd(self))


def _batches(lines: Iterator[Line], first: int) -> Iterator[tuple[int, list[Line], bool]]:
    """Yield (number of the first line, lines, whether they are the last): a screenful, then larger pieces."""
    start, batch = 0, list(islice(lines, first))
    while True:
        following = list(islice(lines, _BATCH)) if batch else []
        yield start, batch, not following
        if not following:
            return
        start, batch = start + len(batch), following
