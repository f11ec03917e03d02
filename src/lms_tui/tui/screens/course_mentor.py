"""The mentors of a course, lesson by lesson: who talked with them, and how the newest checks came out."""

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs
from lms_tui.tui.screens.course_statistics import SECTION_COMMANDS, CourseSection, Looking
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire.mentor_results import COURSE, CourseMentor, LessonMentor


class CourseMentorScreen(CourseSection):
    """The lessons with a mentor; Enter shows the learners of one."""

    SECTION = 4
    SCREEN_COMMANDS = SECTION_COMMANDS

    def __init__(self, looking: Looking) -> None:
        """Make the section; it loads by itself."""
        super().__init__(looking)
        self._lessons: dict[int, LessonMentor] = {}

    def content(self) -> ComposeResult:
        """Yield the list."""
        yield VirtualList(row_height=2, message="No lesson of this course has a mentor.")

    def on_screen_resume(self) -> None:
        """Ask anew when one comes back: learners talk on."""
        if self._lessons:
            self.load()

    @work(exclusive=True, group="course-mentor")
    async def load(self) -> None:
        """Ask for the lessons."""
        found = await self.fetch(COURSE, self.looking.request(), "" if self._lessons else "Counting…")
        if found is not None:
            self.show_place(found.title)
            shown = self.query_one(VirtualList)
            rows, self._lessons = _rows(found)
            shown.set_rows(rows, cursor=max(0, shown.cursor))

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Show who talked with the mentor of a lesson."""
        if (lesson := self._lessons.get(event.index)) is not None:
            from lms_tui.tui.screens.mentor_learners import MentorLearnersScreen  # noqa: PLC0415 - when opened

            self.app.push_screen(MentorLearnersScreen(self.looking, lesson))


def _rows(found: CourseMentor) -> tuple[list[Row], dict[int, LessonMentor]]:
    """Return the rows, and which row is of which lesson."""
    rows: list[Row] = []
    lessons: dict[int, LessonMentor] = {}
    chapter = None
    for line in found.lessons:
        if line.chapter != chapter:
            chapter = line.chapter
            rows.append(Row(chapter, heading=True))
        lessons[len(rows)] = line
        rows.append(_row(line))
    return rows, lessons


def _row(line: LessonMentor) -> Row:
    talked = f"{count(line.learners, 'learner')} talked" if line.learners else "nobody has talked with it yet"
    checked = f"{line.checked:,} checked, {line.passed:,} passed" if line.checked else ""
    marks = dotted(
        f"understanding {line.average_understanding:.1f}" if line.average_understanding is not None else "",
        f"engagement {line.average_engagement:.0f}" if line.average_engagement is not None else "",
    )
    return Row(
        line.title,
        right=marks,
        detail=dotted(talked, count(line.messages, "message") if line.messages else "", checked),
        detail_right="" if line.objectives.strip() else "no objectives, no check",
        mark=glyphs.HERE if line.learners else glyphs.OPEN,
        tone="accent" if line.learners else "muted",
        indent=1,
    )
