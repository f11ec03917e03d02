"""The two bars of one line, at the top and the bottom of every screen, and the bar of progress as text."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.wire.text import clean_line


def bar(fraction: float, width: int = 10) -> str:
    """Return a bar of progress `width` cells wide; `fraction` is from 0 to 1, anything outside is cut to that.

    Full only when all is done, and never empty once something is: rounding must not lie about either end.
    """
    full = round(max(0.0, min(1.0, fraction)) * width)
    if width > 1:
        full = min(full, width - 1) if fraction < 1 else full
        full = max(full, 1) if fraction > 0 else full
    return glyphs.BAR_FULL * full + glyphs.BAR_EMPTY * (width - full)


def percent(fraction: float) -> str:
    """Return `fraction` as four cells of whole per cent and its sign, never 100 before all is done."""
    whole = int(max(0.0, min(1.0, fraction)) * 100 + 1e-9)
    return f"{whole:3} %"


def shorten(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, its end replaced by an ellipsis when it is longer."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip(" ") + glyphs.ELLIPSIS if width > 0 else ""


class TopBar(Widget):
    """Where the user is, and at the right how things stand; all text given is foreign and gets cleaned.

    When it gets narrow the middle of the path goes first ("Course › … › Lesson"), then the end of the last
    step is cut; the status is never cut before the path is.
    """

    DEFAULT_CSS = "TopBar { height: 1; width: 1fr; dock: top; }"

    def __init__(
        self,
        path: Sequence[str] = (),
        status: str = "",
        *,
        tone: str = "muted",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._path = _cleaned(path)
        self._status = clean_line(status)
        self._tone = tone

    def set_path(self, *path: str) -> None:
        """Show `path`, from the widest place to the nearest."""
        if (cleaned := _cleaned(path)) != self._path:
            self._path = cleaned
            self.refresh()

    def set_status(self, status: str, tone: str = "muted") -> None:
        """Show `status` at the right in the colour `tone` of the palette; nothing is repainted if it stands there."""
        if (cleaned := (clean_line(status), tone)) != (self._status, self._tone):
            self._status, self._tone = cleaned
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Return the bar."""
        palette, width = Palette.of(self), self.size.width
        status = shorten(self._status, max(0, width - 12))
        room = width - 2 - (cell_len(status) + 2 if status else 0)
        before, last = self._parts(room)
        gap = width - 1 - cell_len(before) - cell_len(last) - (cell_len(status) + 1 if status else 0)
        return Strip(
            [
                Segment(" " + before, palette.bar + palette.muted),
                Segment(last + " " * gap, palette.bar + palette.strong),
                Segment(status + " " if status else "", palette.bar + palette.tone(self._tone)),
            ]
        ).crop_extend(0, width, palette.bar)

    def _parts(self, room: int) -> tuple[str, str]:
        """Return the path but its last step, and the last step, in `room` cells together."""
        steps, arrow = list(self._path), f" {glyphs.PATH} "
        if not steps or room <= 0:
            return "", ""
        last = steps.pop()
        for before in (steps, [steps[0], glyphs.ELLIPSIS] if len(steps) > 1 else steps, [glyphs.ELLIPSIS]):
            text = arrow.join([*before, ""]) if steps else ""
            if cell_len(text) + cell_len(last) <= room:
                return text, last
        text = f"{glyphs.ELLIPSIS}{arrow}" if steps and room >= 16 else ""
        return text, shorten(last, room - cell_len(text))


class KeyBar(Widget):
    """The keys of this place with what they do, and at the right a position ("3/128").

    `keys` are pairs of key names as Textual has them, parted by commas, and a label, the most important first.
    What does not fit is left out from the end, whole; the last pair, which is help, stays as long as anything does.
    """

    DEFAULT_CSS = "KeyBar { height: 1; width: 1fr; dock: bottom; }"

    def __init__(
        self,
        keys: Sequence[tuple[str, str]] = (),
        position: str = "",
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._keys, self._position = tuple(keys), position
        self._drawn: tuple[object, Strip] = None, Strip([])
        """The keys as they are drawn, which stay while the position changes, and what they were drawn of."""

    def set_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these pairs of keys and label."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def set_position(self, position: str) -> None:
        """Show `position`, at most 14 cells, at the right; the keys are painted again only where it moves them."""
        if position != self._position:
            before, self._position = self._room, position
            if self._room == before:
                self.refresh(Region(self.size.width - before, 0, before, 1))
            else:
                self.refresh()

    @property
    def _room(self) -> int:
        """Cells for the position, in three steps: the keys move only when it becomes one of many figures."""
        size = cell_len(self._position) + 2
        return next((room for room in (9, 15) if size <= room), 15) if size > 2 else 0

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Return the bar."""
        palette, width, room = Palette.of(self), self.size.width, self._room
        wanted = self._keys, max(0, width - room), palette
        if self._drawn[0] != wanted:
            self._drawn = wanted, _drawn(*wanted)
        position = f"{shorten(self._position, room - 1)} ".rjust(room) if room else ""
        right = Segment(position, palette.bar + palette.muted)
        return Strip([*self._drawn[1], right]).crop_extend(0, width, palette.bar)


def _cleaned(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(step for step in map(clean_line, path) if step)


def _drawn(keys: Sequence[tuple[str, str]], room: int, palette: Palette) -> Strip:
    key_style, label_style = palette.bar + palette.accent, palette.bar + palette.muted
    segments = [Segment(" ", label_style)]
    for names, label in _fitting(keys, room - 1):
        segments += [Segment(names, key_style), Segment(f" {label}  ", label_style)]
    return Strip(segments).crop_extend(0, room, label_style)


def _fitting(keys: Sequence[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    shown = [(glyphs.key_label(key), label) for key, label in keys]
    widths = [cell_len(key) + cell_len(label) + 3 for key, label in shown]
    if sum(widths) <= room or not shown:
        return shown
    kept, used = [], widths[-1]
    for pair, width in zip(shown[:-1], widths[:-1], strict=True):
        if used + width > room:
            break
        kept.append(pair)
        used += width
    return [*kept, shown[-1]] if used <= room else []
