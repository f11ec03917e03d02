"""What the pages of statistics are made of: headings, sentences, bars with their numbers, plots with their words."""

from collections.abc import Sequence
from datetime import date, datetime

from rich.cells import cell_len

from lms_tui.tui import glyphs
from lms_tui.tui.plots import bars
from lms_tui.tui.widgets.bars import bar
from lms_tui.tui.widgets.page import Line, Piece, fitted
from lms_tui.tui.words import count
from lms_tui.tui.wrapping import wrapped

PLOT_LINES = 6
_GAP = 4
WIDE = 106
"""Cells from which two plots stand beside each other."""


def heading(text: str) -> list[Line]:
    """Return a heading with a blank line before it."""
    return [[], [(text, "primary")]]


def sentence(text: str, width: int, tone: str = "muted") -> list[Line]:
    """Return a sentence in as many lines as it needs."""
    return [[(line, tone)] for line in wrapped(text, width)]


def facts(pairs: Sequence[Piece], width: int) -> list[Line]:
    """Return facts parted by dots, in as many lines as they need; none is broken in two."""
    lines: list[list[Piece]] = [[]]
    used = 0
    for text, tone in pairs:
        size = cell_len(text)
        if lines[-1] and used + 3 + size > width:
            lines.append([])
            used = 0
        if lines[-1]:
            lines[-1].append((f" {glyphs.DOT} ", "muted"))
            used += 3
        lines[-1].append((text, tone))
        used += size
    return list(lines)


def bar_line(
    name: str,
    fraction: float,
    says: str,
    width: int,
    tone: str = "secondary",
    room: int = 26,
    of_all: bool = True,
) -> Line:
    """Return a name, a bar of `fraction`, 0 to 1, and in words what it says, for which `room` cells are kept.

    The empty part of the bar is drawn only where `fraction` is `of_all` there is, not of the largest bar.
    """
    long = 24 if width >= 96 else 12 if width >= 70 else 8
    name_width = min(44, max(12, width - long - room - 3))
    drawn = bar(fraction, long) if of_all else bar(fraction, long).replace(glyphs.BAR_EMPTY, " ")
    return [(fitted(name, name_width), "text"), (f" {drawn} ", tone), (says, "muted")]


def plot(
    title: str, values: Sequence[float], labels: Sequence[str], words: str, width: int, top: float = 0.0
) -> list[Line]:
    """Return a plot under its title, with words below that say the same."""
    size = min(width, 76)
    drawn = bars(tuple(values), tuple(labels), size, PLOT_LINES, top) if any(values) else []
    lines: list[Line] = [[(title, "primary")]]
    lines += [[(line, "secondary")] for line in drawn]
    return [*lines, *sentence(words, size)]


def side_by_side(blocks: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """Return blocks under each other, or two and two beside each other where the page is wide enough."""
    if width < WIDE:
        return [line for block in blocks for line in ([], *block)]
    half, lines = (width - _GAP) // 2, list[Line]()
    for left, right in zip(blocks[::2], [*blocks[1::2], *[()] * (len(blocks) % 2)], strict=True):
        lines.append([])
        for at in range(max(len(left), len(right))):
            first = left[at] if at < len(left) else []
            used = sum(cell_len(text) for text, _ in first)
            second = right[at] if at < len(right) else []
            lines.append([*first, (" " * max(0, half + _GAP - used), "text"), *second])
    return lines


def block_width(width: int) -> int:
    """Return how wide each of the blocks of `side_by_side` may be."""
    return width if width < WIDE else (width - _GAP) // 2


def duration(minutes: float) -> str:
    """Return a time of studying in words: "35 min", "14 h 20 min", "120 h"."""
    whole = round(minutes)
    hours, rest = divmod(whole, 60)
    if hours == 0:
        return f"{whole} min"
    return f"{hours:,} h" if hours >= 100 or not rest else f"{hours} h {rest} min"


def long_time(hours: float) -> str:
    """Return a time from beginning to end in words: "5 hours", "31 days"."""
    return count(round(hours / 24), "day") if hours >= 48 else count(round(hours), "hour")


def day_label(day: date) -> str:
    """Return a day for an axis: "2 Nov"."""
    return f"{day.day} {day:%b}"


def short_day(at: datetime) -> str:
    """Return the day of a moment where the user is, short: "2 Nov 2026"."""
    local = at.astimezone()
    return f"{local.day} {local:%b %Y}"


def score(value: float | None) -> str:
    """Return a score in words: "74 %", and a dash where there is none."""
    return "–" if value is None else f"{value:.0f} %"


def of_all(part: int, whole: int) -> str:
    """Return a part in per cent of a whole: "28 %"."""
    return f"{100 * part / whole:.0f} %" if whole else "–"
