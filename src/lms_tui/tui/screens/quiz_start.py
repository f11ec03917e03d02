"""The page before a quiz: what it asks for, how often it may be taken, when the next attempt opens, and those made."""

from uuid import UUID, uuid4

from textual import work
from textual.app import ComposeResult
from textual.timer import Timer

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.moments import Opening
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.opening import open_history, open_lesson
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.passage import Passage
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import quizzes
from lms_tui.wire.quizzes import Standing

_STARTABLE = frozenset({Standing.READY, Standing.OPEN})


class QuizStartScreen(FramedScreen[None]):
    """Starts a quiz or goes on with it; after that the quiz stands in the place of this screen."""

    DEFAULT_CSS = """
    QuizStartScreen Passage { margin: 1 1 0 1; max-height: 50%; }
    QuizStartScreen Panel { margin: 1 1 1 1; }
    """
    SCREEN_COMMANDS = (
        Command("quiz.start", "s", "start", "start", "Begin an attempt, or go on with the open one."),
        Command("quiz.history", "h", "history", "history", "Show your attempts: dates, scores, what changed."),
        Command("quiz.mentor", "m", "mentor", "mentor", "Ask the mentor of this lesson."),
        Command("lesson.next", "n", "next", "next", "Go to the next lesson."),
        Command("lesson.previous", "p", "previous", "previous", "Go to the lesson before."),
        BACK,
    )

    def __init__(self, lesson_id: UUID, *, told: str = "") -> None:
        """Make the page of a lesson's quiz; `told` says how one has come here."""
        super().__init__("Quiz")
        self._told = told
        self._lesson_id = lesson_id
        self._attempt_id = uuid4()
        self._quiz: quizzes.Quiz | None = None
        self._opening: Opening | None = None
        self._counting: Timer | None = None
        self._starting = False

    def body(self) -> ComposeResult:
        """Yield what there is to know, and under it the way in and the attempts made."""
        yield Passage()
        yield Panel()
        yield VirtualList(row_height=1)

    def allows(self, command: Command) -> bool:
        """Offer what can be done now."""
        quiz = self._quiz
        match command.id:
            case "quiz.start":
                return quiz is not None and quiz.standing in _STARTABLE and not self._starting
            case "quiz.history":
                return quiz is not None and bool(quiz.attempts)
            case "quiz.mentor":
                return quiz is not None and quiz.has_mentor
            case "lesson.next":
                return quiz is not None and quiz.next is not None
            case "lesson.previous":
                return quiz is not None and quiz.previous is not None
            case _:
                return super().allows(command)

    @property
    def source_here(self) -> tuple[UUID, int] | None:
        """The quiz."""
        return self._lesson_id, 0

    def on_screen_resume(self) -> None:
        """Load again when the learner comes back: an attempt may have been made."""
        if self._quiz is not None:
            self.load()

    @work(exclusive=True, group="quiz-start")
    async def load(self) -> None:
        """Ask how the learner stands to this quiz."""
        request = quizzes.QuizRequest(lesson_id=self._lesson_id)
        quiz = await self.fetch(quizzes.QUIZ, request, "" if self._quiz else f"Opening the quiz{glyphs.ELLIPSIS}")
        if quiz is not None:
            self._show(quiz)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Start, or open the result of an attempt."""
        quiz = self._quiz
        if quiz is None:
            return
        first = 3 if quiz.standing in _STARTABLE else 1  # behind the way in, a blank line and the heading
        if event.index < first:
            self.action_start()
            return
        attempt = quiz.attempts[event.index - first]
        if attempt.completed_at is None:
            self.action_start()
        else:
            from lms_tui.tui.screens.result import ResultScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(ResultScreen(attempt.id))

    @work(exclusive=True, group="start")
    async def action_start(self) -> None:
        """Begin or go on; two presses start one attempt, as its id is chosen once."""
        quiz = self._quiz
        if quiz is None or quiz.standing not in _STARTABLE:
            return
        self._starting = True
        try:
            attempt = await self.desk.call(
                quizzes.START, quizzes.StartRequest(attempt_id=self._attempt_id, lesson_id=self._lesson_id)
            )
        except ClientError as error:
            self.tell(error.sentence, "warning")
            self.load()
            return
        finally:
            self._starting = False
        from lms_tui.tui.screens.quiz import QuizScreen  # noqa: PLC0415 - imported when opened

        self.app.switch_screen(QuizScreen(attempt))

    def action_mentor(self) -> None:
        """Open the mentor."""
        from lms_tui.tui.screens.mentor import MentorScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(MentorScreen(self._lesson_id))

    def action_history(self) -> None:
        """Show all attempts."""
        open_history(self.lms, self._lesson_id)

    def action_next(self) -> None:
        """Open the next lesson in the place of this page."""
        if self._quiz is not None and (lesson := self._quiz.next) is not None:
            open_lesson(self.lms, lesson.id, lesson.type, instead=True)

    def action_previous(self) -> None:
        """Open the lesson before in the place of this page."""
        if self._quiz is not None and (lesson := self._quiz.previous) is not None:
            open_lesson(self.lms, lesson.id, lesson.type, instead=True)

    def _show(self, quiz: quizzes.Quiz) -> None:
        self._quiz = quiz
        self.set_path(quiz.course_title, f"{quiz.chapter_number} {quiz.chapter_title}", quiz.title)
        self.query_one(Passage).show(quiz.title, quiz.text, quiz.format.value)
        self._opening = None
        if quiz.standing is Standing.COOLDOWN and quiz.opens_at is not None:
            self._opening = Opening.of(quiz.opens_at, quiz.now)
        self._count()
        rows = _rows(quiz)
        self.query_one(VirtualList).set_rows(rows, cursor=0)
        self.query_one(VirtualList).display = bool(rows)
        self.refresh_commands()

    def _count(self) -> None:
        """Show how things stand, and look again when the time shown will be another: in a minute or a second."""
        quiz, opening = self._quiz, self._opening
        if quiz is None:
            return
        if self._counting is not None:
            self._counting.stop()
            self._counting = None
        if opening is not None:
            left = opening.left.total_seconds()
            if left <= 0:
                self.load()
                return
            self._counting = self.set_timer(1.0 if left <= 61 else left % 60 or 60, self._count)
        told = [(self._told, "warning")] if self._told else []
        self.query_one(Panel).show(*told, *_about(quiz, opening))


def _about(quiz: quizzes.Quiz, opening: Opening | None) -> tuple[Paragraph, ...]:
    needs = f"needs {quiz.threshold} % to pass" if quiz.threshold else "any submission passes"
    facts = dotted(count(quiz.questions, "question"), count(quiz.points, "point"), needs)
    standing, tone = _standing(quiz, opening)
    return (
        (facts, "muted"),
        (_attempts(quiz), "muted"),
        *([(f"{glyphs.DONE} passed, best score {quiz.best_score} %", "success")] if quiz.is_passed else []),
        *(
            [(f"not passed yet, best score {quiz.best_score} %", "secondary")]
            if quiz.best_score is not None and not quiz.is_passed
            else []
        ),
        ("", "text"),
        (standing, tone),
    )


def _attempts(quiz: quizzes.Quiz) -> str:
    """Return how often it may be taken, and how long one waits between."""
    if quiz.attempts_limit is None or quiz.attempts_limit <= 0:
        used = f"{count(quiz.attempts_used, 'attempt')} so far, no limit"
    else:
        left = quiz.attempts_left if quiz.attempts_left is not None else quiz.attempts_limit - quiz.attempts_used
        used = f"{quiz.attempts_used} of {count(quiz.attempts_limit, 'attempt')} used, {left} left"
    wait = f"{count(quiz.cooldown_in_hours, 'hour')} between attempts" if quiz.cooldown_in_hours else ""
    return dotted(used, wait)


def _standing(quiz: quizzes.Quiz, opening: Opening | None) -> tuple[str, str]:
    """Return whether it can start now, or why not, and the colour for that."""
    match quiz.standing:
        case Standing.READY:
            return f"Ready. Attempt {quiz.attempts_used + 1} begins when you start.", "accent"
        case Standing.OPEN:
            answered = f"{quiz.open_answered} of {count(quiz.questions, 'question')} answered"
            return f"Your attempt is open: {answered}. It goes on where you stopped.", "accent"
        case Standing.USED_UP:
            return "All attempts are used. Your best result stands.", "warning"
        case Standing.COOLDOWN:
            when = opening.words() if opening is not None else "later"
            return f"The next attempt opens {when}.", "warning"
        case _:
            return "This quiz has no questions yet, so it cannot be started.", "warning"


def _rows(quiz: quizzes.Quiz) -> list[Row]:
    rows = []
    if quiz.standing is Standing.OPEN:
        rows.append(Row("Go on with your attempt", mark=glyphs.SORT, tone="accent"))
    elif quiz.standing is Standing.READY:
        rows.append(Row(f"Start attempt {quiz.attempts_used + 1}", mark=glyphs.SORT, tone="accent"))
    if quiz.attempts:
        rows += [Row("", heading=True)] * bool(rows)
        rows.append(Row("Your attempts", heading=True))
    return [*rows, *(_attempt_row(quiz, at) for at in range(len(quiz.attempts)))]


def _attempt_row(quiz: quizzes.Quiz, at: int) -> Row:
    attempt = quiz.attempts[at]
    number = len(quiz.attempts) - at
    day = attempt.completed_at or attempt.started_at
    local = day.astimezone()
    name = dotted(f"Attempt {number}", f"{local.day} {local:%B %Y %H:%M}")
    if attempt.completed_at is None or attempt.score is None:
        return Row(name, right="open", mark=glyphs.HERE, tone="accent")
    passed = attempt.is_passed
    return Row(
        name,
        right=f"{'passed' if passed else 'not passed'}  {attempt.score:>3} %",
        mark=glyphs.DONE if passed else glyphs.WRONG,
        tone="success" if passed else "warning",
    )
