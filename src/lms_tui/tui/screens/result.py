"""The result of an attempt: the score against the threshold, each question right or wrong, and what comes next."""

from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, question_title
from lms_tui.tui.answer_words import right_words as words_of_right
from lms_tui.tui.commands import Command
from lms_tui.tui.moments import Opening
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.opening import open_history, open_lesson
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.score import ScoreLine
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import quizzes
from lms_tui.wire.quizzes import QuestionResult
from lms_tui.wire.text import clean_line


class ResultScreen(FramedScreen[None]):
    """Shows a result that has just come, or asks for the one of an attempt."""

    DEFAULT_CSS = "ResultScreen Panel { margin: 0 0 1 2; }"
    SCREEN_COMMANDS = (
        Command("result.next", "n", "next lesson", "next", "Go to the next lesson."),
        Command("result.again", "r", "try again", "again", "Take this quiz again, if that is allowed."),
        Command("result.history", "h", "history", "history", "Show your attempts: dates, scores, what changed."),
        Command("back", "escape", "back", "back", "Go back to where you came from."),
    )

    def __init__(self, result: quizzes.Result | UUID, *, told: str = "") -> None:
        """Show `result`, or the result of the submitted attempt of that id; `told` says how one has come here."""
        super().__init__("Result")
        self._told = told
        self._source = result
        self._result: quizzes.Result | None = None

    def body(self) -> ComposeResult:
        """Yield the score, what comes next, and the questions."""
        yield ScoreLine()
        yield Panel()
        yield VirtualList(row_height=2)

    def allows(self, command: Command) -> bool:
        """Offer the next lesson when there is one, and to try again when an attempt is left."""
        result = self._result
        match command.id:
            case "result.next":
                return result is not None and result.next is not None
            case "result.history":
                return result is not None
            case "result.again":
                return result is not None and result.attempts_left != 0
            case _:
                return super().allows(command)

    @work(exclusive=True, group="result")
    async def load(self) -> None:
        """Show the result, asking for it when it is not here yet."""
        result = self._source
        if isinstance(result, UUID):
            request = quizzes.AttemptRequest(attempt_id=result)
            found = await self.fetch(quizzes.RESULT, request, f"Opening the result{glyphs.ELLIPSIS}")
            if found is None:
                return
            result = found
        self._result = result
        self.show_body()
        self._show(result)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Show one question in full."""
        if self._result is not None:
            from lms_tui.tui.screens.judged import JudgedScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(JudgedScreen(self._result, event.index))

    def action_next(self) -> None:
        """Open the next lesson in the place of this page."""
        if self._result is not None and (lesson := self._result.next) is not None:
            open_lesson(self.lms, lesson.id, lesson.type, instead=True)

    def action_again(self) -> None:
        """Open the quiz's start page, which knows when the next attempt opens."""
        if self._result is not None:
            open_lesson(self.lms, self._result.lesson_id, "quiz", instead=True)

    def action_history(self) -> None:
        """Show all attempts."""
        if self._result is not None:
            open_history(self.lms, self._result.lesson_id)

    def _show(self, result: quizzes.Result) -> None:
        self.set_path(result.course_title, result.title, "Result")
        verdict, tone = (f"{glyphs.DONE} passed", "success") if result.is_passed else (_missed(result), "warning")
        of = f" of {result.attempts_limit}" if result.attempts_limit else ""
        right = sum(each.is_correct for each in result.questions)
        facts = dotted(
            f"{result.earned} of {count(result.possible, 'point')}",
            f"{right} of {count(len(result.questions), 'question')} right",
            f"attempt {result.number}{of}",
        )
        self.query_one(ScoreLine).show(result.score, result.threshold, verdict, tone, facts)
        told = [(self._told, "warning")] if self._told else []
        self.query_one(Panel).show(*told, *((line, "text") for line in _next_steps(result)))
        self.query_one(VirtualList).set_rows([_row(at, each) for at, each in enumerate(result.questions)])
        self.refresh_commands()


def _missed(result: quizzes.Result) -> str:
    """Return what is said of an attempt that did not pass: whether an earlier one did, or a later one can."""
    if result.progress.completed:
        return "not passed this time"
    return "not passed" if result.attempts_left == 0 else "not passed yet"


def _next_steps(result: quizzes.Result) -> list[str]:
    """Return in sentences what the learner can do now."""
    steps = []
    if result.progress.course_completed:
        steps.append("You have completed this course.")
    elif result.progress.chapter_completed:
        steps.append(f"Chapter “{clean_line(result.chapter_title)}” is complete.")
    if result.is_passed and result.next is not None:
        steps.append(f"n goes on to “{clean_line(result.next.title)}”.")
    if not result.is_passed:
        steps += ["You had passed before: your best result stands."] if result.progress.completed else []
        steps.append(_again(result))
    if not result.reveals:
        steps.append("Right answers show once you pass, or when no attempt is left.")
    return steps


def _again(result: quizzes.Result) -> str:
    """Return whether and when the learner may try again."""
    if result.attempts_left == 0:
        return "No attempt is left."
    left = "" if result.attempts_left is None else f" {count(result.attempts_left, 'attempt')} left."
    if result.opens_at is not None and result.opens_at > result.now:
        return f"You can try again from {Opening.of(result.opens_at, result.now).words()}.{left}"
    return f"r tries again.{left}"


def right_words(each: QuestionResult) -> str:
    """Return the right answer in words, "" when it is not shown or the question has none."""
    return words_of_right(each.question, each.correct, each.accepted)


def _row(at: int, each: QuestionResult) -> Row:
    right = "" if each.is_correct else right_words(each)
    mine = answer_words(each.question, each.answer)
    return Row(
        f"{at + 1:>2}  {question_title(each.question)}",
        detail=dotted(f"      you: {mine}", f"right: {right}" if right else ""),
        right=f"{'right' if each.is_correct else 'wrong'}  {each.points_earned}/{each.points}",
        mark=glyphs.DONE if each.is_correct else glyphs.WRONG,
        tone="success" if each.is_correct else "error",
    )
