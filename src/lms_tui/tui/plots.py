"""Plots as plain lines of cells, drawn by plotext and stripped of its colours: the screens put their own on.

plotext is loaded with the first plot (0.2 s: in a thread) and has one figure for the whole process, so one plot is
drawn at a time. Its marks are blocks and lines, for each of which `glyphs` has a look-alike in ASCII.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lms_tui.tui import glyphs

_TURN: Final = threading.Lock()
_WIDEST: Final = 100


@lru_cache(maxsize=32)
def bars(values: tuple[float, ...], labels: tuple[str, ...], width: int, height: int, top: float = 0.0) -> list[str]:
    """Return upright bars of `values`, none negative, over `labels`, in `height` lines of at most `width` cells.

    `top` is the value at the upper end, 0 the largest of them. Labels stand under every bar, or under every second or
    third where they would touch.
    """
    import plotext  # type: ignore[import-untyped]  # noqa: PLC0415 - only where something is plotted

    top = top or _top(values)
    width = min(width, _WIDEST)
    step = _step(labels, width - 6)
    places = [at for at in range(len(labels)) if (len(labels) - 1 - at) % step == 0]
    with _TURN:
        figure = plotext.figure
        figure.clear()
        figure.plot_size(width, height)
        figure.axes(active=False, side=1)
        if any(values):
            figure.draw(figure.bar(list(range(len(values))), list(values), marker=glyphs.BAR_FULL, width=0.55))
        figure.ruler(0, 0).lim(-0.6, len(values) - 0.4)
        figure.ruler(0, 0).ticks(places, [labels[at] for at in places])
        figure.ruler(1, 0).lim(0, top)
        figure.ruler(1, 0).ticks(*_scale(top))
        drawn = plotext.uncolorize(str(figure.build()))
        figure.clear()
    return [line.rstrip()[:width] for line in drawn.split("\n") if line.strip()]


def _step(labels: Sequence[str], width: int) -> int:
    """Return under every how many bars a label fits."""
    longest = max(map(len, labels), default=0) + 2
    return max(1, -(-longest * len(labels) // max(1, width)))


def _top(values: Sequence[float]) -> float:
    """Return the value at the upper end: the largest, of whole numbers made even, so that its half is whole too."""
    most = max(values, default=0.0) or 1.0
    return most + most % 2 if most > 1 and all(value == int(value) for value in values) else most


def _scale(top: float) -> tuple[list[float], list[str]]:
    """Return three ticks from 0 to `top`, and what stands at them."""
    half = top / 2
    marks = [0.0, half, top] if top >= 2 else [0.0, top]
    return marks, [f"{mark:.0f}" if mark >= 10 or mark == int(mark) else f"{mark:.1f}" for mark in marks]
