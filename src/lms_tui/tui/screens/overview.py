"""The system at a glance, for administrators: numbers, the last 14 days as plots, tables, the last acts."""

import asyncio
from collections.abc import Sequence
from typing import Final

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.overview_words import act_line, facts, rows_of
from lms_tui.tui.plots import bars
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.page import Line, Page, fitted
from lms_tui.tui.words import count, size
from lms_tui.wire.overview import OVERVIEW, Overview, OverviewRequest

_AGAIN = Command("overview.again", "r", "look again", "again", "Count everything again.")
_LABEL: Final = 11
"""Cells of what a line is about."""
_LONGEST_NAME: Final = 36
_NUMBERS: Final = 32
"""Cells of a table's size and rows."""


class OverviewScreen(FramedScreen[None]):
    """A page to scroll through; it stays as it was counted until one looks again."""

    DEFAULT_CSS = "OverviewScreen Page { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (_AGAIN, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Administration", "Overview")
        self._found: Overview | None = None

    def body(self) -> ComposeResult:
        """Yield the page."""
        yield Page()

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return how one scrolls."""
        return (("up,down", "scroll"), ("pageup,pagedown", "a screenful"), ("home,end", "top and end"))

    @work(exclusive=True, group="overview")
    async def load(self) -> None:
        """Ask for it."""
        found = await self.fetch(OVERVIEW, OverviewRequest(), "" if self._found else "Counting…")
        if found is not None:
            self._found = found
            await asyncio.to_thread(bars, (1.0,), ("",), 20, 5)  # which loads what draws
            self.query_one(Page).show(lambda width: lines_of(found, width))

    async def action_again(self) -> None:
        """Count again."""
        await self.load_again()
        if not self._failed:
            self.tell("This is how it is now.")


def lines_of(found: Overview, width: int) -> list[Line]:
    """Return the page for a width in cells."""
    lines: list[Line] = []
    for about, said in facts(found):
        more = report.facts(said, width - _LABEL)
        lines += [[((about if not at else "").ljust(_LABEL), "muted"), *line] for at, line in enumerate(more)]
    return lines + report.side_by_side(_blocks(found, report.block_width(width)), width)


def _blocks(found: Overview, width: int) -> list[Sequence[Line]]:
    labels = [report.day_label(one.day) for one in found.days]
    lessons, attempts = sum(one.lessons for one in found.days), sum(one.attempts for one in found.days)
    came, today = sum(one.enrolments for one in found.days), found.days[-1]
    return [
        report.plot(
            "Learners, by day",
            [one.learners for one in found.days],
            labels,
            f"Who completed a lesson or handed in a quiz, by days of UTC: {today.learners:,} today."
            f" In {len(labels)} days {count(came, 'enrolment')}.",
            width,
        ),
        report.plot(
            "Lessons completed, by day",
            [one.lessons for one in found.days],
            labels,
            f"{count(lessons, 'lesson')} and {count(attempts, 'attempt')} at quizzes in {len(labels)} days:"
            f" {today.lessons:,} and {today.attempts:,} today.",
            width,
        ),
        _tables(found, width),
        _acts(found, width),
    ]


def _tables(found: Overview, width: int) -> list[Line]:
    lines: list[Line] = [[("Largest tables", "primary")]]
    room = min(_LONGEST_NAME, width - _NUMBERS)
    lines += [
        [(fitted(one.name, room), "text"), (f" {size(one.bytes):>7} {glyphs.DOT} {rows_of(one)}", "muted")]
        for one in found.database.tables
    ]
    return lines


def _acts(found: Overview, width: int) -> list[Line]:
    lines: list[Line] = [[("The last acts of administrators and authors", "primary")]]
    for act in found.acts:
        lines += report.sentence(act_line(act), width, "text")
    return lines if found.acts else [*lines, *report.sentence("None is recorded yet.", width)]
