"""One learner of a course: the way through its lessons, every attempt, and a fresh start of a lesson."""

from uuid import UUID, uuid4

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.moments import day
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course_learners import state_of
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import fresh_start
from lms_tui.wire.course_statistics import LEARNER, AttemptLine, Learner, LearnerLesson, LearnerRequest
from lms_tui.wire.text import clean_line

_FRESH = Command(
    "learner.fresh_start", "F", "fresh start", "fresh_start", "Let this learner begin this lesson anew; it asks first."
)
_MENTOR = Command(
    "learner.mentor", "m", "mentor", "mentor", "Show the learner's checks, and what was said with the mentors."
)


class CourseLearnerScreen(FramedScreen[None]):
    """The lessons in their order, with what the learner did in each; under a quiz every attempt."""

    DEFAULT_CSS = """
    CourseLearnerScreen Panel { margin: 1 1 0 0; max-height: 6; }
    CourseLearnerScreen VirtualList { height: 1fr; margin-top: 1; }
    """
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (_FRESH, _MENTOR, BACK)

    def __init__(self, course_id: UUID, course: str, user_id: UUID, name: str) -> None:
        """Make the screen of a learner in a course; it loads by itself."""
        super().__init__("Statistics", course, name)
        self._course_id, self._user_id = course_id, user_id
        self._called = name
        self._learner: Learner | None = None
        self._lessons: dict[int, LearnerLesson] = {}
        self._about, self._list = Panel(), VirtualList(message="This course has no lessons yet.")

    def body(self) -> ComposeResult:
        """Yield who it is, and the lessons."""
        yield self._about
        yield self._list

    def allows(self, command: Command) -> bool:
        """Offer a fresh start of a lesson in which something was done."""
        if command is _FRESH:
            lesson = self._lessons.get(self._list.cursor)
            return lesson is not None and (lesson.started or bool(lesson.attempts))
        return super().allows(command)

    def on_mount(self) -> None:
        """Follow the cursor: what can be done depends on the lesson under it."""
        self.watch(self._list, "cursor", self.refresh_commands, init=False)

    @work(exclusive=True, group="course-learner")
    async def load(self) -> None:
        """Ask for the learner."""
        request = LearnerRequest(course_id=self._course_id, user_id=self._user_id)
        learner = await self.fetch(LEARNER, request, "" if self._learner else "Counting…")
        if learner is not None:
            self._learner = learner
            self.set_path("Statistics", learner.course_title, learner.line.name)
            self._about.show(*_about(learner))
            rows, self._lessons = _rows(learner)
            self._list.set_rows(rows, cursor=max(0, self._list.cursor))
            self.refresh_commands()

    def action_mentor(self) -> None:
        """Show what was said with the mentors of the course."""
        from lms_tui.tui.screens.learner_mentor import LearnerMentorScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(LearnerMentorScreen(self._course_id, self._user_id, self._called))

    @work(group="fresh-start")
    async def action_fresh_start(self) -> None:
        """Ask, with what it takes away and what it leaves, then give it."""
        lesson = self._lessons.get(self._list.cursor)
        if lesson is None:
            return
        try:
            look = fresh_start.FreshStartLook(lesson_id=lesson.id, learner=str(self._user_id))
            facts = await self.desk.call(fresh_start.LOOK, look)
            question = f"Let {facts.learner_name} begin “{facts.lesson_title}” anew?"
            if not await self.app.push_screen_wait(ConfirmScreen(question, "Begin anew", "Leave it", *_effects(facts))):
                return
            request = fresh_start.FreshStartRequest(id=uuid4(), lesson_id=lesson.id, learner_id=self._user_id)
            await self.desk.call(fresh_start.GIVE, request)
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        await self.load_again()
        self.tell("The lesson can be begun anew. It is recorded who gave this.", "success")


def _effects(facts: fresh_start.FreshStartFacts) -> list[str]:
    """Return in sentences what a fresh start takes away, and what stays."""
    attempts = count(facts.attempts, "attempt")
    takes = [f"{attempts} will not count any more; the answers stay."] if facts.attempts else []
    takes += ["The open attempt is closed."] if facts.open_attempt else []
    takes += ["The lesson is not completed any more."] if facts.completed_at is not None else []
    stays = facts.chapter_completed_at is not None or facts.course_completed_at is not None
    return [*takes, *(["What is completed of chapter and course stays."] if stays else [])]


def _about(learner: Learner) -> tuple[Paragraph, ...]:
    line = learner.line
    _, tone, state = state_of(line)
    enrolled = f"enrolled {report.short_day(line.enrolled_at)}" if line.enrolled_at is not None else ""
    active = f"active {report.short_day(line.last_active_at)}" if line.last_active_at is not None else ""
    completed = f"completed {report.short_day(line.completed_at)}" if line.completed_at is not None else state
    return (
        (clean_line(line.name if line.name == line.email else f"{line.name} <{line.email}>"), "strong"),
        (dotted(completed, enrolled, active), tone),
        (
            dotted(
                f"best scores {report.score(line.average_best)}" if line.quizzes else "no quiz submitted",
                f"{report.duration(line.study_minutes)} studied",
                f"groups: {', '.join(map(clean_line, learner.groups))}" if learner.groups else "",
            ),
            "muted",
        ),
    )


def _rows(learner: Learner) -> tuple[list[Row], dict[int, LearnerLesson]]:
    """Return the rows, and which row is of which lesson; the rows of its attempts are the lesson's too."""
    rows: list[Row] = []
    lessons: dict[int, LearnerLesson] = {}
    chapter = None
    for lesson in learner.lessons:
        if lesson.chapter != chapter:
            chapter = lesson.chapter
            rows += [Row("", heading=True)] * bool(rows)
            rows.append(Row(chapter, heading=True))
        lessons[len(rows)] = lesson
        rows.append(_lesson_row(lesson))
        for at, attempt in enumerate(lesson.attempts):
            lessons[len(rows)] = lesson
            rows.append(_attempt_row(attempt, len(lesson.attempts) - at))
    return rows, lessons


def _lesson_row(lesson: LearnerLesson) -> Row:
    mark, tone, state = glyphs.OPEN, "muted", ""
    if lesson.completed_at is not None:
        mark, tone, state = glyphs.DONE, "success", f"done {day(lesson.completed_at)}"
    elif lesson.started:
        mark, tone, state = glyphs.HERE, "accent", "started"
    best = f"best {lesson.best_score} %" if lesson.best_score is not None else ""
    return Row(lesson.title, right=dotted(best, state), mark=mark, tone=tone, indent=1)


def _attempt_row(attempt: AttemptLine, number: int) -> Row:
    at = (attempt.completed_at or attempt.started_at).astimezone()
    name = dotted(f"attempt {number}", f"{at.day} {at:%B %Y %H:%M}")
    if attempt.completed_at is None:
        return Row(name, right="open", mark=glyphs.HERE, tone="accent", indent=3)
    if attempt.score is None:
        return Row(name, right="set aside by a fresh start", mark=glyphs.LOCKED, indent=3, dimmed=True)
    passed = "passed" if attempt.is_passed else "not passed"
    mark, tone = (glyphs.DONE, "success") if attempt.is_passed else (glyphs.WRONG, "warning")
    return Row(name, right=f"{passed}  {attempt.score:>3} %", mark=mark, tone=tone, indent=3)
