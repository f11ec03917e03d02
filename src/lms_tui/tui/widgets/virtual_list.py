"""One list for everything that is chosen from: catalog, outline, threads, outbox. Any number of rows.

Only the rows on the screen are made, by the line API; a move of the cursor repaints two rows, and of these only
the cells that differ. Rows that have not arrived show a calm placeholder, and the list asks for them.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.bars import bar, percent, shorten
from lms_tui.tui.widgets.line_view import LineView
from lms_tui.wire.text import clean_line

_BAR_WIDTH = 10
_CACHED_LINES = 1024


class Row(msgspec.Struct, frozen=True):
    """What one row says; every text is foreign and gets cleaned when drawn.

    `mark` is a glyph before the title and `tone` its colour, a name of the palette. `progress`, 0 to 1, draws a
    bar and per cent at the right of the title, in the place of `right`. `detail` and `detail_right` are the second
    line and show only in a list of two-line rows, `more` the third in one of three lines. A `heading` names the group
    under it, and the cursor passes over it unless it is `reachable`; `dimmed` is a row that is there but not open yet.
    """

    title: str
    detail: str = ""
    right: str = ""
    detail_right: str = ""
    more: str = ""
    mark: str = ""
    tone: str = "muted"
    progress: float | None = None
    heading: bool = False
    reachable: bool = False
    dimmed: bool = False
    indent: int = 0

    @property
    def is_passed_over(self) -> bool:
        """Whether the cursor cannot stand on it."""
        return self.heading and not self.reachable


RowSource = Callable[[int], Row | None]
"""Gives the row of an index, quickly and from memory; None when it has not arrived."""


class VirtualList(LineView, can_focus=True):
    """Rows to move through and choose from; give them with `set_rows` or, for many, `set_source`.

    Moving off an edge scrolls half a page, so that most moves repaint two rows and not all of them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,b", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("home,g", "first", "First", show=False, id="list.first"),
        Binding("end,G", "last", "Last", show=False, id="list.last"),
        Binding("enter", "select", "Open", show=False, id="list.select"),
    ]

    class Highlighted(Message):
        """The cursor moved to the row `index`."""

        def __init__(self, of: "VirtualList", index: int) -> None:
            super().__init__()
            self.list, self.index = of, index

        @property
        def control(self) -> "VirtualList":
            """The list that sent this."""
            return self.list

    class Selected(Highlighted):
        """The row `index` was chosen by Enter or a click."""

    class RowsNeeded(Message):
        """The rows `first` to `last`, both included, are on the screen or near it and have not arrived."""

        def __init__(self, of: "VirtualList", first: int, last: int) -> None:
            super().__init__()
            self.list, self.first, self.last = of, first, last

        @property
        def control(self) -> "VirtualList":
            """The list that sent this."""
            return self.list

    cursor: var[int] = var(-1)
    """The index of the row under the cursor, -1 when there is none to stand on. Move it by `move_to`; a screen that
    shows the position watches it, which paints both in one frame where the message would take two."""

    def __init__(
        self,
        *,
        row_height: int = 1,
        message: str = "",
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Make an empty list of rows that are `row_height` lines high, 1 to 3; `message` shows while it is empty."""
        if row_height not in {1, 2, 3}:
            raise ValueError(f"row_height is {row_height}; a row has 1 to 3 lines")
        super().__init__(name=name, id=id, classes=classes)
        self._row_height = row_height
        self._message = message
        self._count = 0
        self._row_at: RowSource = _no_rows
        self._asked: tuple[int, int] | None = None
        self._lines: dict[tuple[object, ...], Strip] = {}

    @property
    def count(self) -> int:
        """How many rows there are, arrived or not."""
        return self._count

    def move_to(self, index: int) -> None:
        """Put the cursor on the row `index`, or on the next after it that can be chosen."""
        self._go(index, 1)

    def set_rows(self, rows: Sequence[Row], *, cursor: int = 0) -> None:
        """Show exactly these rows."""
        self.set_source(len(rows), rows.__getitem__, cursor=cursor)

    def set_source(self, count: int, row_at: RowSource, *, cursor: int = 0) -> None:
        """Show `count` rows that `row_at` gives, with the cursor on `cursor` or the next row that can be chosen."""
        self._count, self._row_at, self._asked = count, row_at, None
        self.cursor = self._choosable(max(0, min(cursor, count - 1)), 1)
        self._measure()
        self._show_cursor()
        self.rows_arrived()
        if self.cursor >= 0:
            self.post_message(self.Highlighted(self, self.cursor))

    def rows_arrived(self) -> None:
        """Draw again: rows asked for have arrived, changed, or failed to arrive (they are asked for again)."""
        self._asked = None
        self._lines.clear()
        self.refresh()
        self._ask()

    def set_message(self, message: str) -> None:
        """Show `message`, line feeds kept, while there are no rows: loading, nothing found, an error."""
        self._message = message
        if self._count == 0:
            self.refresh()

    def row(self, index: int) -> Row | None:
        """Return the row at `index`, None when it has not arrived or there is none."""
        return self._row_at(index) if 0 <= index < self._count else None

    def on_resize(self) -> None:
        """Keep the cursor on the screen and ask for rows that came into view."""
        self._lines.clear()
        self._measure()
        self._show_cursor()
        self._ask()

    def watch_has_focus(self, focused: bool) -> None:
        """Draw the cursor bright or quiet."""
        super().watch_has_focus(focused)
        self._refresh_bar(self.cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for rows that came into view."""
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def action_move(self, step: int) -> None:
        """Move the cursor by `step` rows that can be chosen."""
        if self._count:
            self._go(self.cursor + step, 1 if step > 0 else -1)

    def action_page(self, way: int) -> None:
        """Move by a screenful, keeping one row of the old one in sight."""
        if self._count:
            self._go(self.cursor + way * max(1, self._visible - 1), way, page=True)

    def action_first(self) -> None:
        """Move to the first row."""
        self._go(0, 1)
        self.scroll_to(y=0, animate=False, force=True)

    def action_last(self) -> None:
        """Move to the last row."""
        self._go(self._count - 1, -1)

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if self.row(self.cursor) is not None:
            self.post_message(self.Selected(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row under the pointer and choose it."""
        index = (event.y + self.scroll_offset.y) // self._row_height
        row = self.row(index)
        if row is not None and not row.is_passed_over:
            self._go(index, 1)
            self.post_message(self.Selected(self, index))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move three rows, the cursor with them."""
        event.prevent_default().stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move three rows, the cursor with them."""
        event.prevent_default().stop()
        self.action_move(-3)

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        palette, width = Palette.of(self), self.size.width
        if self._count == 0:
            lines = self._message.split("\n")
            text = clean_line(lines[y - 1]) if 1 <= y <= len(lines) else ""
            return Strip([Segment("  " + text, palette.base + palette.muted)]).crop_extend(0, width, palette.base)
        index, part = divmod(y + self.scroll_offset.y, self._row_height)
        if index >= self._count:
            return Strip.blank(width, palette.base)
        here = index == self.cursor
        key = (index, part, here, here and self.has_focus, width, palette.base)
        if (strip := self._lines.get(key)) is None:
            if len(self._lines) >= _CACHED_LINES:
                self._lines.clear()
            bar_style = palette.base + (palette.cursor if self.has_focus else palette.muted)
            segments = _line(self._row_at(index), part, here, width - 1, palette, self._row_height)
            strip = Strip(
                [Segment(glyphs.CURSOR_BAR if here else " ", bar_style if here else segments[0].style), *segments]
            )
            self._lines[key] = strip = strip.simplify().crop_extend(0, width, palette.base)
        return strip

    @property
    def _visible(self) -> int:
        """How many whole rows the screen holds, at least one."""
        return max(1, self.size.height // self._row_height)

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, self._count * self._row_height)

    def _choosable(self, index: int, way: int) -> int:
        """Return `index`, or the nearest after it (`way` 1) or before it (-1) that is not passed over, or else -1."""
        for step in (way, -way):
            at = index
            while 0 <= at < self._count:
                row = self._row_at(at)
                if row is None or not row.is_passed_over:
                    return at
                at += step
        return -1

    def _go(self, index: int, way: int, *, page: bool = False) -> None:
        old, new = self.cursor, self._choosable(max(0, min(index, self._count - 1)), way)
        if new == old:
            self._show_cursor()
            return
        self.cursor = new
        self._refresh_row(old)
        self._refresh_row(new)
        self._show_cursor(page=way if page else 0)
        self.post_message(self.Highlighted(self, new))

    def _show_cursor(self, *, page: int = 0) -> None:
        """Scroll when the cursor is off the screen: by half a screen, or a whole one when paging."""
        if self.cursor < 0 or not self.size.height:
            return
        top, visible = self.scroll_offset.y // self._row_height, self._visible
        if page:
            top += page * max(1, visible - 1)
        if not top <= self.cursor < top + visible:
            ahead = visible // 2 if visible > 2 else 0
            top = self.cursor - ahead if self.cursor < top else self.cursor - visible + 1 + ahead
        top = max(0, min(top, self._count - visible))
        if top and all((above := self.row(at)) is not None and above.heading for at in range(top)) and top < visible:
            top = 0 if self.cursor < visible else top
        self.scroll_to(y=top * self._row_height, animate=False, force=True)

    def _refresh_row(self, index: int) -> None:
        """Repaint the cells of a row that differ with and without the cursor: its bar and its title."""
        row = self.row(index)
        title = 0 if row is None else min(self.size.width, 1 + len(_lead(row)) * 2 + cell_len(clean_line(row.title)))
        self._refresh_bar(index)
        if title:
            self.refresh(Region(0, index * self._row_height - self.scroll_offset.y, title, 1))

    def _refresh_bar(self, index: int) -> None:
        if index >= 0:
            self.refresh(Region(0, index * self._row_height - self.scroll_offset.y, 1, self._row_height))

    def _ask(self) -> None:
        """Post `RowsNeeded` for the missing rows within a screenful of the screen, once for each range."""
        if not self._count or not self.size.height:
            return
        top, visible = self.scroll_offset.y // self._row_height, self._visible
        near = range(max(0, top - visible), min(self._count, top + 2 * visible + 1))
        missing = [index for index in near if self._row_at(index) is None]
        if missing and self._asked != (missing[0], missing[-1]):
            self._asked = missing[0], missing[-1]
            self.post_message(self.RowsNeeded(self, *self._asked))


def _no_rows(_index: int) -> Row | None:
    return None


def _lead(row: Row) -> str:
    return " " * (2 * row.indent) + (f"{row.mark} " if row.mark else "")


def _line(row: Row | None, part: int, here: bool, width: int, palette: Palette, height: int) -> list[Segment]:
    """Return the segments of one line of a row, without the cell of the cursor bar."""
    muted = palette.base + palette.muted
    if row is None:
        return [Segment(("  " if part else "") + glyphs.ELLIPSIS, muted)]
    if row.heading and height > 1:  # close to the group under it, with the free lines above
        if part < height - 1:
            return [Segment("", muted)]
        part = 0
    if part > 1:
        return _both("  " * (row.indent + 1) + clean_line(row.more), muted, "", muted, width)
    if part:
        detail = "  " * (row.indent + 1) + clean_line(row.detail)
        return _both(detail, muted, clean_line(row.detail_right), muted, width)
    style = palette.base + (palette.muted if row.dimmed else palette.text)
    if here:
        style = palette.base + palette.cursor
    elif row.heading:
        style = palette.base + palette.primary + Style(bold=True)
    right, right_style = clean_line(row.right), muted
    if row.progress is not None:
        right, right_style = (
            f"{bar(row.progress, _BAR_WIDTH)} {percent(row.progress)}",
            palette.base + palette.secondary,
        )
    lead = _lead(row)
    title = _both(clean_line(row.title), style, right, right_style, width - cell_len(lead))
    return [Segment(lead, palette.base + palette.tone(row.tone)), *title] if lead else title


def _both(left: str, left_style: Style, right: str, right_style: Style, width: int) -> list[Segment]:
    """Return `left` and, flush right with a cell of margin, `right`; `left` is shortened, too narrow drops `right`."""
    taken = cell_len(right) + 3 if right else 1
    if right and width - taken < min(cell_len(left), 12):
        right, taken = "", 1
    left = shorten(left, max(0, width - taken))
    if not right:
        return [Segment(left, left_style)]
    gap = " " * (width - cell_len(left) - cell_len(right) - 1)
    return [Segment(left + gap, left_style), Segment(right + " ", right_style)]
