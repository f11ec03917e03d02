"""A course's statistics, section by section: overview, lessons, questions, learners, mentor; keys 1 to 5, tab goes on.

Each section is a screen of its own in the place of the one before, asks one question of the service, and keeps what is
looked at: the course and, if one is chosen, the group.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.plots import bars
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.widgets.category_line import CategoryLine
from lms_tui.tui.widgets.page import Line, Page
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count
from lms_tui.wire.course_statistics import COURSE, CourseRequest, CourseStatistics, GroupLine, LessonStatistics

SECTIONS: Final = ("Overview", "Lessons", "Questions", "Learners", "Mentor")
_ALL: Final = "all learners"


@dataclass(frozen=True, slots=True)
class Looking:
    """What is looked at: a course, and one of its groups or all learners."""

    course_id: UUID
    title: str = ""
    group: GroupLine | None = None
    groups: Sequence[GroupLine] = field(default=())

    def request(self) -> CourseRequest:
        """Return the request for a section."""
        return CourseRequest(course_id=self.course_id, group_id=self.group.id if self.group is not None else None)


_GROUP = Command("statistics.group", "f", "group", "group", "Show only the learners of one group, or all again.")
_NEXT = Command("statistics.next", "tab", "next section", "section(1)", "Go to the next section.")
_PREVIOUS = Command("statistics.previous", "shift+tab", "", "section(-1)", "Go to the section before.", shown=False)
_EACH = tuple(
    Command(f"statistics.{name.lower()}", f"{at + 1}", name, f"goto({at})", f"Show the {name.lower()}.", shown=False)
    for at, name in enumerate(SECTIONS)
)
SECTION_COMMANDS: Final = (_GROUP, _NEXT, _PREVIOUS, *_EACH, BACK)


class CourseSection(FramedScreen[None]):
    """What all sections have: the line of sections, the group, and the ways between them."""

    DEFAULT_CSS = """
    CourseSection CategoryLine { margin-top: 1; }
    CourseSection Page { height: 1fr; margin-top: 1; }
    CourseSection VirtualList { height: 1fr; margin-top: 1; }
    """
    SECTION: ClassVar[int]

    def __init__(self, looking: Looking) -> None:
        """Make the section for what is looked at; it loads by itself."""
        super().__init__("Statistics", looking.title)
        self.looking = looking
        self._sections = CategoryLine()

    def body(self) -> ComposeResult:
        """Yield the line of sections, and below it the section."""
        yield self._sections
        yield from self.content()

    def content(self) -> ComposeResult:
        """Yield what is below the line of sections."""
        raise NotImplementedError

    def show_place(self, title: str) -> None:
        """Show where this is, now that the course's title is known."""
        self.looking = replace(self.looking, title=title)
        self.set_path("Statistics", title, SECTIONS[self.SECTION])
        self._show_sections()

    def on_mount(self) -> None:
        """Show the sections, and load."""
        self._show_sections()

    def _show_sections(self) -> None:
        group = self.looking.group
        labels = [f"{at} {name}" for at, name in enumerate(SECTIONS, 1)]
        self._sections.show(labels, self.SECTION, f"group {group.name}" if group is not None else _ALL)

    def action_section(self, way: int) -> None:
        """Go to a neighbouring section, from the last to the first."""
        self.action_goto((self.SECTION + way) % len(SECTIONS))

    def action_goto(self, section: int) -> None:
        """Go to a section, in the place of this one."""
        if section != self.SECTION:
            self.app.switch_screen(section_screen(section, self.looking))

    @work(exclusive=True, group="statistics-group")
    async def action_group(self) -> None:
        """Let one choose a group, or all learners."""
        groups = self.looking.groups or await self._ask_groups()
        if not groups:
            self.tell("No learner of this course is in a group.")
            return
        rows = [Row("All learners"), *(Row(g.name, right=count(g.learners, "learner")) for g in groups)]
        here = next((at for at, g in enumerate(groups, 1) if g == self.looking.group), 0)
        chosen = await self.app.push_screen_wait(ChooseScreen("Whose statistics?", rows, cursor=here))
        if chosen is not None:
            self.looking = replace(self.looking, groups=groups, group=groups[chosen - 1] if chosen else None)
            self._show_sections()
            self.load()

    async def _ask_groups(self) -> Sequence[GroupLine]:
        try:
            return (await self.desk.call(COURSE, CourseRequest(course_id=self.looking.course_id))).groups
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return ()


def section_screen(section: int, looking: Looking) -> CourseSection:
    """Return the screen of a section."""
    if section == 2:
        from lms_tui.tui.screens.question_statistics import QuestionsStatisticsScreen  # noqa: PLC0415

        return QuestionsStatisticsScreen(looking)
    if section == 3:
        from lms_tui.tui.screens.course_learners import CourseLearnersScreen  # noqa: PLC0415

        return CourseLearnersScreen(looking)
    if section == 4:
        from lms_tui.tui.screens.course_mentor import CourseMentorScreen  # noqa: PLC0415

        return CourseMentorScreen(looking)
    return LessonsStatisticsScreen(looking) if section == 1 else CourseStatisticsScreen(looking)


class CourseStatisticsScreen(CourseSection):
    """The overview: how many, how far, where they stop, and what happened week by week."""

    SECTION = 0
    SCREEN_COMMANDS = SECTION_COMMANDS

    def content(self) -> ComposeResult:
        """Yield the page."""
        yield Page()

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return how one scrolls."""
        return (("up,down", "scroll"), ("pageup,pagedown", "a screenful"), ("home,end", "top and end"))

    @work(exclusive=True, group="course-statistics")
    async def load(self) -> None:
        """Ask for the course's statistics."""
        found = await self.fetch(COURSE, self.looking.request(), "Counting…")
        if found is not None:
            self.looking = replace(self.looking, groups=self.looking.groups or found.groups)
            self.show_place(found.title)
            await asyncio.to_thread(bars, (1.0,), ("",), 20, 5)  # which loads what draws
            self.query_one(Page).show(lambda width: _overview(found, width))


class LessonsStatisticsScreen(CourseSection):
    """Each lesson: who began it, who is done, who stopped there, how long it takes and with what score."""

    SECTION = 1
    SCREEN_COMMANDS = SECTION_COMMANDS

    def content(self) -> ComposeResult:
        """Yield the list."""
        yield VirtualList(row_height=2, message="This course has no lessons yet.")

    @work(exclusive=True, group="course-statistics")
    async def load(self) -> None:
        """Ask for the course's statistics."""
        found = await self.fetch(COURSE, self.looking.request(), "Counting…")
        if found is not None:
            self.looking = replace(self.looking, groups=self.looking.groups or found.groups)
            self.show_place(found.title)
            rows = self.query_one(VirtualList)
            rows.set_rows(_lesson_rows(found), cursor=max(0, rows.cursor))


def _overview(found: CourseStatistics, width: int) -> list[Line]:
    room = report.block_width(width)
    labels = [report.day_label(week.begins) for week in found.weeks]
    lessons = sum(week.lessons for week in found.weeks)
    weeks = count(len(found.weeks), "week")
    joined = sum(week.enrolled for week in found.weeks)
    done = sum(week.completed for week in found.weeks)
    blocks: list[Sequence[Line]] = [
        _stops(found, room),
        report.plot(
            "Lessons completed by all, by week",
            [week.lessons for week in found.weeks],
            labels,
            f"{count(lessons, 'lesson')} in {weeks}; this week {found.weeks[-1].lessons}.",
            room,
        ),
        report.plot(
            "Learners who came, by week",
            [week.enrolled for week in found.weeks],
            labels,
            f"{count(joined, 'learner')} came in {weeks}, {done} completed the course.",
            room,
        ),
    ]
    return [*_head(found, width), *report.side_by_side(blocks, width)]


def _head(found: CourseStatistics, width: int) -> list[Line]:
    shares = [
        ("completed", found.completed, "success"),
        ("active in the last 14 days", found.active, "accent"),
        ("stopped: nothing for 14 days", found.stopped, "warning"),
        ("never began", found.not_started, "muted"),
    ]
    known = [
        (f"{report.long_time(found.average_hours)} to completion on average", "text")
        if found.average_hours is not None
        else ("nobody has completed it yet", "text"),
        (f"best scores {report.score(found.average_best)} on average", "text"),
        (f"{report.duration(found.study_minutes)} studied by all", "text"),
    ]
    enrolled = f"{count(found.enrolled, 'learner')} enrolled"
    lines: list[Line] = [[(enrolled, "strong"), (f"  a course by {found.author}", "muted")]]
    lines += report.facts(known, width)
    lines.append([])
    for name, number, tone in shares:
        fraction = number / found.enrolled if found.enrolled else 0.0
        says = f"{number:,} {glyphs.DOT} {report.of_all(number, found.enrolled)}"
        lines.append(report.bar_line(name, fraction, says, min(width, 99), tone))
    return lines


def _stops(found: CourseStatistics, width: int) -> list[Line]:
    """Return the lessons at which most learners stopped."""
    lines: list[Line] = [[("Where learners stop", "primary")]]
    stops = sorted((line for line in found.lessons if line.stopped), key=lambda line: -line.stopped)[:7]
    most = max((line.stopped for line in stops), default=1)
    for line in stops:
        says = f"{line.stopped:,} {glyphs.DOT} {report.of_all(line.stopped, found.enrolled)} of all"
        lines.append(
            report.bar_line(line.title, line.stopped / most, says, min(width, 99), "warning", room=18, of_all=False)
        )
    if not stops:
        lines += report.sentence("Nobody has stopped in the middle.", width)
    else:
        lines += report.sentence("The last lesson that they began, of those who did nothing for 14 days.", width)
    return lines


def _lesson_rows(found: CourseStatistics) -> list[Row]:
    rows: list[Row] = []
    chapter = None
    for line in found.lessons:
        if line.chapter != chapter:
            chapter = line.chapter
            rows.append(Row(chapter, heading=True))
        rows.append(_lesson_row(line, found.enrolled))
    return rows


def _lesson_row(line: LessonStatistics, enrolled: int) -> Row:
    half = "" if line.median_minutes is None else f"typically {_minutes(line.median_minutes)}"
    stopped = f"{line.stopped:,} stopped" if line.stopped else ""
    parts = [f"{line.started:,} began", f"{line.completed:,} done", stopped, half]
    quiz = f"best {report.score(line.average_best)}, {line.passed:,} passed" if line.attempts else ""
    return Row(
        line.title,
        detail=f" {glyphs.DOT} ".join(filter(None, parts)),
        detail_right=quiz or ("" if line.type == "text" else line.type),
        progress=line.completed / enrolled if enrolled else 0.0,
        indent=1,
    )


def _minutes(minutes: float) -> str:
    """Return how long a lesson takes; what lies days apart is told in days."""
    return report.long_time(minutes / 60) if minutes >= 48 * 60 else report.duration(max(1.0, minutes))
