"""One's own statistics: the streak, the time studied, what was done week by week, strong and weak categories."""

import asyncio
from collections.abc import Sequence

from textual import work
from textual.app import ComposeResult

from lms_tui.client.zone import local_zone
from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.plots import bars
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.page import Line, Page
from lms_tui.tui.words import count
from lms_tui.wire.statistics import MINE, Mine, MineRequest, Week

_TAUGHT = Command("statistics.courses", "o", "courses I teach", "courses", "Show how the courses that you teach fare.")


class StatisticsScreen(FramedScreen[None]):
    """A page of words and plots; every plot says in words what it shows."""

    DEFAULT_CSS = "StatisticsScreen Page { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (_TAUGHT, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("lms-tui", "Statistics")
        self._page = Page()

    def body(self) -> ComposeResult:
        """Yield the page."""
        yield self._page

    def allows(self, command: Command) -> bool:
        """Offer the courses that one teaches to those who make them."""
        if command is _TAUGHT:
            return self.lms.is_staff
        return super().allows(command)

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return how one scrolls."""
        return (("up,down", "scroll"), ("pageup,pagedown", "a screenful"), ("home,end", "top and end"))

    @work(exclusive=True, group="statistics")
    async def load(self) -> None:
        """Ask for the statistics of the last twelve weeks, in the time zone of this machine."""
        mine = await self.fetch(MINE, MineRequest(zone=local_zone()), "Counting…")
        if mine is not None:
            await asyncio.to_thread(bars, (1.0,), ("",), 20, 5)  # which loads what draws
            self._page.show(lambda width: _lines(mine, width))
            self.refresh_commands()

    def action_courses(self) -> None:
        """Open the overview of the courses that one teaches."""
        from lms_tui.tui.screens.courses_statistics import CoursesStatisticsScreen  # noqa: PLC0415

        self.app.push_screen(CoursesStatisticsScreen())


def _lines(mine: Mine, width: int) -> Sequence[Line]:
    room = report.block_width(width)
    labels = [report.day_label(week.begins) for week in mine.weeks]
    blocks = [
        report.plot("Lessons completed, by week", [week.lessons for week in mine.weeks], labels, _lessons(mine), room),
        report.plot("Time studied, by week (hours)", _hours(mine.weeks), labels, _studied(mine), room),
        report.plot(
            "Scores of attempts, by week (per cent)",
            [week.average_score or 0.0 for week in mine.weeks],
            labels,
            _scores(mine),
            room,
            top=100.0,
        ),
        _categories(mine, room),
    ]
    return [*_head(mine, width), *report.side_by_side(blocks, width), *_courses(mine, width)]


def _head(mine: Mine, width: int) -> list[Line]:
    streak = mine.streak
    row = f"{count(streak.days, 'day')} in a row" if streak.days else "No streak now"
    today = "today is in it" if streak.active_today else "today is still to come" if streak.days else "begin one today"
    return [
        *report.facts([(row, "strong"), (f"longest {count(streak.longest, 'day')}", "text"), (today, "muted")], width),
        *report.facts(
            [
                (f"{report.duration(mine.study_minutes)} studied", "text"),
                (f"{count(mine.lessons_completed, 'lesson')} completed", "text"),
                (f"{mine.courses_completed} of {count(mine.courses_enrolled, 'course')} completed", "text"),
                (f"scores {report.score(mine.average_score)} on average", "text"),
            ],
            width,
        ),
    ]


def _hours(weeks: Sequence[Week]) -> list[float]:
    return [round(week.study_minutes / 60, 1) for week in weeks]


def _lessons(mine: Mine) -> str:
    total = sum(week.lessons for week in mine.weeks)
    if not total:
        return f"No lesson completed in the last {count(len(mine.weeks), 'week')}."
    best = max(mine.weeks, key=lambda week: week.lessons)
    return (
        f"{count(total, 'lesson')} in {count(len(mine.weeks), 'week')}, most in the week from"
        f" {report.day_label(best.begins)} ({best.lessons}); this week {mine.weeks[-1].lessons}."
    )


def _studied(mine: Mine) -> str:
    total = sum(week.study_minutes for week in mine.weeks)
    if not total:
        return "No time studied yet: it counts in lessons and quizzes of your courses."
    return (
        f"{report.duration(total)} in {count(len(mine.weeks), 'week')};"
        f" this week {report.duration(mine.weeks[-1].study_minutes)}."
    )


def _scores(mine: Mine) -> str:
    taken = [week for week in mine.weeks if week.average_score is not None]
    if not taken:
        return "No attempt submitted in these weeks."
    first, last = taken[0], taken[-1]
    attempts = count(sum(week.attempts for week in taken), "attempt")
    return (
        f"{attempts}; {report.score(first.average_score)} on average in the week from"
        f" {report.day_label(first.begins)}, {report.score(last.average_score)} in that from"
        f" {report.day_label(last.begins)}."
    )


def _categories(mine: Mine, width: int) -> list[Line]:
    lines: list[Line] = [[("Categories, by your best scores", "primary")]]
    for at, line in enumerate(mine.categories):
        where = ""
        if len(mine.categories) > 1:
            where = {0: f" {glyphs.DOT} strongest", len(mine.categories) - 1: f" {glyphs.DOT} weakest"}.get(at, "")
        says = f"{report.score(line.average_best)} {glyphs.DOT} {_quizzes(line.quizzes)}{where}"
        lines.append(report.bar_line(line.category, line.average_best / 100, says, width, room=30))
    if not mine.categories:
        lines += report.sentence("Your best scores stand here once you have submitted a quiz.", width)
    return lines


def _quizzes(number: int) -> str:
    return "1 quiz" if number == 1 else f"{number} quizzes"


def _courses(mine: Mine, width: int) -> list[Line]:
    lines = [*report.heading("My courses")]
    for course in mine.courses:
        parts = [
            "completed" if course.completed_at is not None else f"{course.completed_lessons}/{course.lessons} lessons",
            f"best {report.score(course.average_best)}" if course.average_best is not None else "",
            report.duration(course.study_minutes) if course.study_minutes else "",
        ]
        done = course.completed_lessons / course.lessons if course.lessons else 0.0
        says = f" {glyphs.DOT} ".join(filter(None, parts))
        lines.append(report.bar_line(course.title, done, says, min(width, 99), room=36))
    if not mine.courses:
        lines += report.sentence("You have not taken a course yet.", width)
    return lines
