"""A course: what it is about, its outline with the state of each lesson, and the ways into it and out of it."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID, uuid4

from msgspec.structs import replace
from textual import work
from textual.app import ComposeResult
from textual.containers import Container

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.moments import day
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.opening import go_on, open_history, open_lesson, prepare_lessons
from lms_tui.tui.widgets.bars import bar, percent
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted, price
from lms_tui.wire import catalog, learning
from lms_tui.wire.operation import Ask, Operation
from lms_tui.wire.text import clean_line


class CourseScreen(FramedScreen[None]):
    """The outline of one course, grouped by chapters."""

    DEFAULT_CSS = """
    CourseScreen > Container { height: 1fr; padding-top: 1; }
    CourseScreen Panel { max-height: 7; margin-bottom: 1; }
    CourseScreen.-wide Panel { dock: right; width: 46; max-height: 100%; height: 100%; padding: 0 1 0 3; }
    """
    SCREEN_COMMANDS = (
        Command("course.continue", "c", "continue", "resume", "Go on in this course where you stopped."),
        Command(
            "course.enrol",
            "e",
            "enrol",
            "enrol",
            "Take this course: your progress is recorded from then on.",
            personal=True,
        ),
        Command("course.history", "h", "history", "history", "Show your attempts at this quiz.", shown=False),
        Command("course.leave", "L", "leave", "leave", "Leave this course. Your progress is kept.", shown=False),
        BACK,
    )

    def __init__(self, course_id: UUID, title: str = "") -> None:
        """Make the screen of a course; `title` is shown until the course has come."""
        super().__init__("Course", title)
        self._course_id = course_id
        self._enrolment = uuid4()
        self._course: catalog.Course | None = None
        self._lessons: dict[int, catalog.LessonLine] = {}
        self._wanted: UUID | None = None
        """The chapter or lesson that the cursor is to be put on when the outline is shown next."""
        self._marked: UUID | None = None
        """A chapter whose heading the cursor can stand on."""
        self._about, self._outline = Panel(), VirtualList(message="This course has no lessons yet.")

    def body(self) -> ComposeResult:
        """Yield the description, above the outline or from 110 columns beside it."""
        with Container():
            yield self._about
            yield self._outline

    def allows(self, command: Command) -> bool:
        """Offer to enrol, to leave and to go on where that can be done."""
        course = self._course
        if command.id in {"course.enrol", "course.leave", "course.continue"} and course is None:
            return False
        if course is not None:
            match command.id:
                case "course.enrol":
                    return not course.enrolled
                case "course.leave":
                    return course.enrolled
                case "course.history":
                    lesson = self._lessons.get(self._outline.cursor)
                    return course.enrolled and lesson is not None and lesson.type == "quiz"
                case "course.continue":
                    return course.enrolled and course.resume_lesson is not None
        return super().allows(command)

    def on_screen_resume(self) -> None:
        """Load again when the learner comes back from a lesson."""
        if self._course is not None:
            self.load()

    def delivered(self) -> None:
        """Load again: progress has been recorded."""
        if self._course is not None and self.is_current:
            self.load()

    @work(exclusive=True, group="course")
    async def load(self) -> None:
        """Ask for the course."""
        request = catalog.CourseRequest(course_id=self._course_id)
        course = await self.fetch(catalog.COURSE, request, "" if self._course else "Opening the course…")
        if course is not None:
            self._show(course)

    def _show(self, course: catalog.Course) -> None:
        first = self._course is None
        if first:
            self.run_worker(prepare_lessons, thread=True, group="prepare")
        self._course = course
        self.set_path("Catalog" if not course.enrolled else "My courses", course.title)
        rows, self._lessons = _outline(course, self._marked)
        wanted, self._wanted = self._wanted or (course.resume_lesson if first else None), None
        self._outline.set_rows(rows, cursor=self._row_of(wanted, rows))
        self._about.show(*_about(course, guest=self.lms.is_guest))
        self.refresh_commands()

    def _row_of(self, wanted: UUID | None, rows: Sequence[Row]) -> int:
        """Return the row of a lesson, or of the marked chapter; where the cursor is for what is not there."""
        found = (at for at, lesson in self._lessons.items() if lesson.id == wanted)
        marked = (at for at, row in enumerate(rows) if row.reachable and wanted == self._marked)
        return next(chain(found, marked), max(0, self._outline.cursor))

    def point_at(self, chapter: UUID | None, lesson: UUID | None) -> None:
        """Put the cursor on a lesson, or where that is None on a chapter, which is marked until the next is pointed at.

        What is not in the outline leaves the cursor where it is.
        """
        self._marked = chapter if lesson is None else None
        self._wanted = lesson or chapter
        if self._course is not None:
            self._show(self._course)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open the lesson, or say why it does not open."""
        lesson, course = self._lessons.get(event.index), self._course
        if lesson is None or course is None:
            return
        if not course.enrolled and (lesson.type == "quiz" or not course.may_read):
            first = "Sign in (f7) and enrol" if self.lms.is_guest else "Enrol first (e)"
            self.tell(f"{first}: then this lesson opens.", "warning")
        else:
            open_lesson(self.lms, lesson.id, lesson.type)

    def action_history(self) -> None:
        """Show the attempts at the quiz under the cursor."""
        if (lesson := self._lessons.get(self._outline.cursor)) is not None:
            open_history(self.lms, lesson.id)

    def action_resume(self) -> None:
        """Go on at the exact place."""
        if self._course is not None:
            go_on(self.lms, self._course)

    @work(group="enrolment")
    async def action_enrol(self) -> None:
        """Enrol, then show the course as one's own."""
        request = learning.EnrolRequest(course_id=self._course_id, id=self._enrolment)
        if await self._try(learning.ENROL, request):
            self.tell("You are enrolled. c begins.", "success")

    @work(group="enrolment")
    async def action_leave(self) -> None:
        """Ask, then leave."""
        course = self._course
        if course is None:
            return
        details = ["Your progress is kept, and comes back if you enrol again."]
        if course.price_in_cents > 0:
            details.append("This course has a price: only staff can let you in again.")
        if await self.app.push_screen_wait(ConfirmScreen(f"Leave “{course.title}”?", "Leave it", "Stay", *details)):
            self._enrolment = uuid4()
            if await self._try(learning.LEAVE, learning.LeaveRequest(course_id=self._course_id)):
                self.tell("You have left the course.")

    async def _try(self, operation: Operation[Ask, learning.Enrolment], request: Ask) -> bool:
        """Send a change of the enrolment and load anew; say why when it is refused."""
        try:
            await self.desk.call(operation, request)
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return False
        await self.load_again()  # what is told next has to be true of what the screen knows
        return True


def _about(course: catalog.Course, *, guest: bool) -> tuple[Paragraph, ...]:
    """Return what stands beside the outline: title, facts, progress, description."""
    lessons = [lesson for chapter in course.chapters for lesson in chapter.lessons]
    done = sum(lesson.completed for lesson in lessons)
    size = dotted(count(len(course.chapters), "chapter"), count(len(lessons), "lesson"))
    facts = dotted(course.author, course.category, size, price(course.price_in_cents, course.currency))
    return (
        (clean_line(course.title), "strong"),  # a line feed in a name would push the rest out of sight
        (facts, "muted"),
        ("Sign in (f7) to take this course." if guest else _standing(course, done, len(lessons)), "secondary"),
        *([("", "text"), (course.description, "text")] if course.description else []),
    )


def _standing(course: catalog.Course, done: int, lessons: int) -> str:
    """Return in words where the learner stands to the course."""
    fraction = done / lessons if lessons else 0.0
    if course.completed_at is not None:
        lessons_there = (lesson for chapter in course.chapters for lesson in chapter.lessons)
        new = sum(lesson.added_since_completion and not lesson.completed for lesson in lessons_there)
        return dotted(
            f"{glyphs.DONE} completed on {day(course.completed_at)}",
            f"{count(new, 'new lesson')} since then" if new else "",
        )
    if course.enrolled and not lessons:
        return "You are enrolled."
    if course.enrolled:
        return f"{bar(fraction)} {percent(fraction).strip()} {glyphs.DOT} {done} of {count(lessons, 'lesson')} done"
    if course.price_in_cents > 0:
        return "Not enrolled. This course has a price: staff can let you in."
    return "Not enrolled: e takes this course."


def _outline(course: catalog.Course, marked: UUID | None) -> tuple[list[Row], dict[int, catalog.LessonLine]]:
    """Return the rows of the outline with the chapter `marked` as one to stand on, and which row is which lesson."""
    rows: list[Row] = []
    lessons: dict[int, catalog.LessonLine] = {}
    for number, chapter in enumerate(course.chapters, 1):
        done = sum(lesson.completed for lesson in chapter.lessons)
        if rows:
            rows.append(Row("", heading=True))  # a blank line between chapters
        heading = Row(f"{number} {chapter.title}", right=f"{done}/{len(chapter.lessons)}", heading=True)
        here = chapter.id == marked
        rows.append(replace(heading, reachable=True, mark="!", tone="warning") if here else heading)
        for lesson in chapter.lessons:
            lessons[len(rows)] = lesson
            rows.append(_row(lesson, course))
    return rows, lessons


def _row(lesson: catalog.LessonLine, course: catalog.Course) -> Row:
    mark, tone, state = glyphs.OPEN, "muted", ""
    if lesson.completed:
        mark, tone, state = glyphs.DONE, "success", "done"
    elif lesson.started:
        mark, tone, state = glyphs.HERE, "accent", "started"
    score = f"best {lesson.best_score} %" if lesson.best_score is not None else ""
    kind = "" if lesson.type == "text" else lesson.type
    new = "new" if lesson.added_since_completion and not lesson.completed else ""
    closed = not course.enrolled and (lesson.type == "quiz" or not course.may_read)
    return Row(
        lesson.title,
        right=dotted(kind, "mentor" if lesson.has_mentor else "", score, new, state),
        mark=mark,
        tone=tone,
        dimmed=closed,
        indent=1,
    )
