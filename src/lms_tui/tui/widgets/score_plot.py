"""Scores over attempts as columns of characters: small, and to be read without colours too."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette

_STEP = 20  # per cent of one line
_LINES = 100 // _STEP
_AXIS = 9
_COLUMN = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One attempt: its number, its score in per cent, and whether it passed."""

    number: int
    score: int
    is_passed: bool


class ScorePlot(Widget):
    """Eight lines: five of columns with the threshold drawn between them, the axis, the scores, the numbers.

    Where there are more attempts than room, the last ones are shown.
    """

    DEFAULT_CSS = "ScorePlot { height: 9; width: 1fr; padding-top: 1; }"

    def __init__(self) -> None:
        """Make it empty."""
        super().__init__()
        self._points: tuple[Point, ...] = ()
        self._threshold = 0

    def show(self, points: Sequence[Point], threshold: int | None) -> None:
        """Show `points`, the oldest first, and the `threshold` in per cent."""
        self._points, self._threshold = tuple(points), max(0, min(100, threshold or 0))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line, without the blank one above."""
        palette, width = Palette.of(self), self.size.width
        label = f" needs {self._threshold} %" if self._threshold else ""
        room = max(1, (width - _AXIS - len(label)) // _COLUMN)
        shown = self._points[-room:]
        if y < _LINES:
            segments = _columns(shown, _LINES - 1 - y, self._threshold, label, palette)
        elif y == _LINES:
            line = glyphs.CORNER + glyphs.BASE * (len(shown) * _COLUMN + 1)
            segments = [Segment("   0 %  ", palette.muted), Segment(line, palette.muted)]
        elif y == _LINES + 1:
            segments = [Segment(" " * _AXIS), *(_score(point, palette) for point in shown)]
        else:
            numbers = "".join(f"{point.number:>3}".ljust(_COLUMN) for point in shown)
            segments = [Segment("attempt".ljust(_AXIS) + numbers, palette.muted)]
        return Strip(segments).apply_style(palette.base).crop_extend(0, width, palette.base).simplify()


def _score(point: Point, palette: Palette) -> Segment:
    """Return the score under its column, with the mark that says passed or not."""
    mark = glyphs.DONE if point.is_passed else glyphs.WRONG
    return Segment(f"{point.score:>3}{mark} ", palette.tone("success" if point.is_passed else "warning"))


def _columns(shown: Sequence[Point], line: int, threshold: int, label: str, palette: Palette) -> list[Segment]:
    """Return the columns between `line` and the next, counted from the bottom."""
    low = line * _STEP
    axis = f"{low + _STEP:>4} %  " if line in {_LINES - 1, _LINES // 2} else " " * (_AXIS - 1)
    needed = low < threshold <= low + _STEP
    gap = Segment(glyphs.LINE if needed else " ", palette.muted)
    segments = [Segment(f"{axis}{glyphs.TICK}", palette.muted)]
    for point in shown:
        half = point.score > low + _STEP // 2 or (low == 0 and point.score > 0)  # little is not nothing
        full = glyphs.BAR_FULL if point.score >= low + _STEP else glyphs.BAR_HALF if half else ""
        column = Segment(full * 2, palette.tone("success" if point.is_passed else "warning"))
        empty = Segment(gap.text * 2, gap.style)
        segments += [gap, column if full else empty, gap, gap]
    if needed:
        segments.append(Segment(glyphs.LINE + label, palette.muted))
    return segments
