"""Plots as plain lines of cells. plotext sets the axes, stripped of its colours: the screens put their own on. The bars
are set between them here, for plotext's are of uneven breadth, touch each other, and begin below their 0.

plotext is loaded with the first plot (0.2 s: in a thread) and has one figure for the whole process, so one plot is
drawn at a time. Its marks are blocks and lines, for each of which `glyphs` has a look-alike in ASCII.
"""

import math
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lms_tui.tui import glyphs

_TURN: Final = threading.Lock()
_WIDEST: Final = 100
_BROADEST: Final = 8
"""Cells of a bar with the gap behind it, at most: of three weeks no walls are built."""
_LEAST: Final = 0.01
"""A plot of less than that shows nothing, on an axis that ends at 1."""
_ROUND: Final = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""What an axis ends at, times a power of ten: each has a half that can be said in a figure more."""


@lru_cache(maxsize=32)
def bars(values: tuple[float, ...], labels: tuple[str, ...], width: int, height: int, top: float = 0.0) -> list[str]:
    """Return upright bars of `values`, none negative, over `labels`, in `height` lines of at most `width` cells.

    `top` is the value at the upper end, 0 for one not far above the largest of them. A bar stands on the axis and is as
    high as its value to half a line, at least that where there is anything at all; all are of one breadth, with the
    same gaps. Labels stand under every bar, or under every second or third where they would touch.
    """
    top, number, lines = top or _top(values), len(values), height - 2
    marks, names = _scale(top)
    margin = max(map(len, names)) + 1
    room = min(width, _WIDEST) - margin
    cells = min(_BROADEST, room // number)
    across = cells * number if cells else room
    gap = 0 if cells < 2 else 1 if cells < 6 else 2
    starts = [at * across // number for at in range(number)]
    step = _step(labels, across)
    under = {
        start + (cells - gap) // 2: label
        for at, (start, label) in enumerate(zip(starts, labels, strict=True))
        if (number - 1 - at) % step == 0
    }
    beside = {round(mark / top * lines) - 1: name for mark, name in zip(marks[1:], names[1:], strict=True)}
    frame = _frame(margin + across, height, under, beside)
    halves = [max(1, min(2 * lines, round(value / top * 2 * lines))) if value else 0 for value in values]
    for at, line in enumerate(frame[:lines]):
        cellular = list(line[margin:].ljust(across))
        for start, end, high in zip(starts, [*starts[1:], across], halves, strict=True):
            above = high - 2 * (lines - 1 - at)
            mark = glyphs.BAR_FULL if above > 1 else glyphs.BAR_HALF if above == 1 else " "
            cellular[start : end - gap] = mark * (end - gap - start)
        frame[at] = line[:margin] + "".join(cellular)
    frame[lines] = names[0].rjust(margin - 1) + frame[lines][margin - 1 :]
    return [line.rstrip()[:width] for line in frame]


def _frame(width: int, height: int, under: dict[int, str], beside: dict[int, str]) -> list[str]:
    """Return the axes with what stands `under` columns of cells and `beside` lines, counted from below."""
    import plotext  # type: ignore[import-untyped]  # noqa: PLC0415 - only where something is plotted

    across, lines = width - 1 - max(map(len, beside.values())), height - 2
    with _TURN:
        figure = plotext.figure
        figure.clear()
        figure.plot_size(width, height)
        figure.axes(active=False, side=1)
        figure.ruler(0, 0).lim(0, across - 1)
        figure.ruler(0, 0).ticks(list(under), list(under.values()))
        figure.ruler(1, 0).lim(0, lines - 1)
        figure.ruler(1, 0).ticks(list(beside), list(beside.values()))
        drawn = plotext.uncolorize(str(figure.build()))
        figure.clear()
    return [line for line in drawn.split("\n") if line.strip()]


def _step(labels: Sequence[str], width: int) -> int:
    """Return under every how many bars a label fits."""
    longest = max(map(len, labels), default=0) + 2
    return max(1, -(-longest * len(labels) // max(1, width)))


def _top(values: Sequence[float]) -> float:
    """Return the value at the upper end: the largest, of whole numbers made even, so that its half is whole too."""
    most = max(values, default=0.0)
    if most < _LEAST:
        return 1.0
    if most > 1 and all(value == int(value) for value in values):
        return most + most % 2
    power = 10.0 ** math.floor(math.log10(most))
    return next(up * power for up in _ROUND if up * power >= most * (1 - 1e-9))


def _scale(top: float) -> tuple[list[float], list[str]]:
    """Return three ticks from 0 to `top`, and what stands at them."""
    half = top / 2
    marks = [0.0, half, top] if top >= 2 else [0.0, top]
    return marks, [f"{mark:.0f}" if mark >= 10 or mark == int(mark) else f"{mark:.1f}" for mark in marks]
