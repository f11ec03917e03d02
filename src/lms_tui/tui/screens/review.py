"""The review before submitting: what is answered, what is flagged, what is still on its way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, Refused, Unreachable
from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, question_title
from lms_tui.tui.commands import Command
from lms_tui.tui.paper import Paper, Saving
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Request

_WORDS = {
    Saving.TYPED: "saving",
    Saving.WAITING: "waiting to be sent",
    Saving.CONFLICT: "answered elsewhere too",
    Saving.REFUSED: "not saved",
}

_KEPT = (
    "Your submission is kept on this machine. It goes by itself when the service is back, also after you have left, "
    "and the result comes then. Until it goes you can still change answers."
)


@dataclass(frozen=True, slots=True)
class Jump:
    """The learner wants to see the question `position`, from 0."""

    position: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The attempt takes nothing any more: another terminal submitted it, or an instructor gave a fresh start."""

    problem: Problem


ENDED = frozenset({Code.ATTEMPT_CLOSED, Code.STALE})
"""What the service says of such an attempt."""


class ReviewScreen(FramedScreen[Jump | Ended | quizzes.Result | quizzes.Attempt | None]):
    """Lists the questions of `paper`, with what other terminals have answered meanwhile. Its result is where to jump,
    the result of the submission, the attempt anew when the quiz has changed meanwhile, that it has ended, or None
    when left."""

    DEFAULT_CSS = "ReviewScreen Panel { margin: 1 0; }"
    SCREEN_COMMANDS = (
        Command("review.submit", "s", "submit", "submit", "Submit your answers and have them graded."),
        Command("review.flagged", "f", "next flagged", "next_flagged", "Go to the next question that is flagged."),
        Command("back", "escape,left", "back to the questions", "back", "Go back to the question you came from."),
    )

    def __init__(self, paper: Paper, hand_on: Callable[[], Awaitable[None]]) -> None:
        """Show `paper`, which the quiz screen below keeps up to date; `hand_on` returns when all of it is kept."""
        super().__init__(paper.attempt.course_title, paper.attempt.title, "Review")
        self._paper, self._hand_on = paper, hand_on
        self._submitting = False
        self._is_kept = False
        """Whether the submission lies in the outbox and goes by itself."""
        self._refused = ""
        """Why the service did not take a submission that had waited."""
        self._result: quizzes.Result | None = None
        self._unfollow: Callable[[], None] | None = None

    def body(self) -> ComposeResult:
        """Yield the sums and the list."""
        yield Panel()
        yield VirtualList(row_height=2)

    def allows(self, command: Command) -> bool:
        """Offer to go to flagged questions when there are any, and nothing twice."""
        if command.id == "review.flagged":
            return bool(self._paper.flags)
        if command.id == "review.submit":
            return not self._submitting and not self._is_kept and not self._failed
        return super().allows(command)

    @work(exclusive=True, group="review-load")
    async def load(self) -> None:
        """Show the list, with the cursor on the first question without an answer."""
        outbox = await self.desk.outbox()
        if self._unfollow is None:
            self._unfollow = outbox.follow(self._delivered)
        self._is_kept = any(self._is_mine(request) for request in await outbox.pending(quizzes.SUBMIT))
        refused = [why.detail for request, why in await outbox.refused(quizzes.SUBMIT) if self._is_mine(request)]
        self._refused = refused[-1] if refused else ""
        self.show_body()
        first = self._paper.first_unanswered
        self._show(self._paper.position if first is None else first)
        await self._look_around()

    async def _look_around(self) -> None:
        """Take up what another terminal did to this attempt; who cannot be asked now is asked by the submission."""
        try:
            attempt = await self.desk.call(quizzes.ATTEMPT, quizzes.AttemptRequest(attempt_id=self._paper.attempt.id))
        except Refused as error:
            if error.problem.code in ENDED and self._result is None:
                self.dismiss(Ended(error.problem))
            return
        except ClientError:
            return  # the status line says so
        if {one.id for one in attempt.questions} != {one.id for one in self._paper.questions}:
            self.dismiss(attempt)
        elif taken := self._paper.take_over(attempt):
            self._show(self.query_one(VirtualList).cursor)
            self.tell(f"{count(taken, 'answer')} of another terminal taken up.")

    def on_screen_resume(self) -> None:
        """Go on to a result that came while something was shown over the review."""
        if self._result is not None:
            self.dismiss(self._result)

    def on_unmount(self) -> None:
        """Listen no more."""
        if self._unfollow is not None:
            self._unfollow()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Go to the question."""
        self.dismiss(Jump(event.index))

    def action_next_flagged(self) -> None:
        """Move to the next question that is flagged."""
        questions, questions_list = self._paper.questions, self.query_one(VirtualList)
        order = [*range(questions_list.cursor + 1, len(questions)), *range(questions_list.cursor + 1)]
        found = next((at for at in order if questions[at].id in self._paper.flags), None)
        if found is not None:
            questions_list.move_to(found)

    async def action_back(self) -> None:
        """Go back to the question that was open."""
        self.dismiss(None)

    @work(exclusive=True, group="submit")
    async def action_submit(self) -> None:
        """Submit, after a question when something has no answer; only when the service has every answer."""
        paper = self._paper
        if missing := paper.unanswered:
            numbers = ", ".join(str(at + 1) for at in missing)
            question = f"{count(len(missing), 'question')} {'has' if len(missing) == 1 else 'have'} no answer yet."
            detail = f"Counted as wrong if you submit now: {numbers}."
            sure = await self.app.push_screen_wait(
                ConfirmScreen(question, "Submit all the same", "Back to the review", detail)
            )
            if not sure:
                return
        self._set_submitting(True)
        await self._hand_on()
        if why := _why_not(paper):
            self._set_submitting(False)
            self.tell(why, "warning")
        else:
            await self._submit()

    async def _submit(self) -> None:
        """Have it graded at once, or keep it behind what waits; one that was refused before is taken back by that."""
        request = quizzes.SubmitRequest(
            attempt_id=self._paper.attempt.id, questions=[question.id for question in self._paper.questions]
        )
        if self._paper.undelivered() or self._refused:
            await self._keep(request)
            return
        try:
            result = await self.desk.call(quizzes.SUBMIT, request)
        except Unreachable:
            await self._keep(request)
        except Refused as error:
            self._set_submitting(False)
            if error.problem.code in ENDED:
                self.dismiss(Ended(error.problem))
            elif error.problem.code == Code.QUIZ_CHANGED:
                await self._fetch_anew(error.sentence)
            else:
                self.tell(error.sentence, "error")
        except ClientError as error:
            self._set_submitting(False)
            self.tell(f"{error.sentence} Nothing is lost: your answers are kept, and s tries again.", "warning")
        else:
            self.dismiss(result)

    async def _keep(self, request: quizzes.SubmitRequest) -> None:
        """Keep the submission on disk; it goes after the answers of its attempt, also without this screen."""
        attempt = self._paper.attempt
        self._is_kept, self._refused = True, ""  # before it goes: its end may be told while it is still being kept
        try:
            await self.desk.keep(quizzes.SUBMIT, request, f"Submission of {attempt.title} ({attempt.course_title})")
        except ClientError as error:
            self._is_kept = False
            self.tell(f"{error.sentence} Your answers are kept, and s tries again.", "warning")
        else:
            self.tell("Kept. It goes as soon as the service can be reached.")
        self._set_submitting(False)
        self._show(self.query_one(VirtualList).cursor)

    def _is_mine(self, request: quizzes.SubmitRequest) -> bool:
        return request.attempt_id == self._paper.attempt.id

    async def _fetch_anew(self, sentence: str) -> None:
        """Give the quiz screen the attempt as it is now; `sentence` says why, should that fail."""
        try:
            attempt = await self.desk.call(quizzes.ATTEMPT, quizzes.AttemptRequest(attempt_id=self._paper.attempt.id))
        except ClientError as error:
            self.tell(f"{sentence} {error.sentence}", "error")
        else:
            self.dismiss(attempt)

    def _set_submitting(self, submitting: bool) -> None:
        self._submitting = submitting
        if submitting:
            self.tell(f"Submitting{glyphs.ELLIPSIS}")
        self.refresh_commands()

    def _delivered(self, delivered: Delivered) -> None:
        """Show what has arrived, after the quiz screen took note of it; a submission's end is this screen's too."""
        request, outcome = delivered.request, delivered.outcome
        if (
            isinstance(outcome, Refused)
            and outcome.problem.code in ENDED
            and _attempt_of(request) == self._paper.attempt.id
        ):
            if self.is_current:
                self.dismiss(Ended(outcome.problem))
            return
        if isinstance(request, quizzes.SubmitRequest) and self._is_mine(request):
            if isinstance(outcome, quizzes.Result):
                self._result = outcome
                if self.is_current:
                    self.dismiss(outcome)
                return
            if isinstance(outcome, Refused):
                self._is_kept, self._refused = False, outcome.sentence
                if outcome.code == Code.QUIZ_CHANGED and self.is_current:
                    self.run_worker(self._fetch_anew(outcome.sentence), group="submit")
        self._show(self.query_one(VirtualList).cursor)
        self.refresh_commands()

    def _show(self, cursor: int) -> None:
        paper = self._paper
        total, missing = len(paper.questions), len(paper.unanswered)
        sums = dotted(
            f"{total - missing} of {total} answered",
            f"{missing} not answered" if missing else "",
            f"{len(paper.flags)} flagged" if paper.flags else "",
            f"{len(late)} not saved yet"
            if (late := paper.undelivered())
            else "all saved"
            if self.desk.notice is None
            else "",
        )
        self.query_one(Panel).show((sums, "strong"), self._advice(len(late)))
        self.query_one(VirtualList).set_rows([_row(paper, at) for at in range(total)], cursor=max(0, cursor))

    def _advice(self, late: int) -> Paragraph:
        """Return what can be done now, or what becomes of a submission that waits, and its colour."""
        if why := _why_not(self._paper):
            return why, "muted"
        if self._is_kept:
            return _KEPT, "accent"
        if self._refused:
            return f"Your submission was not taken: {self._refused} s submits again.", "warning"
        waits = f"{count(late, 'answer')} still on the way: the submission goes after them. " if late else ""
        return f"{waits}s submits. Enter goes to a question.", "muted"


def _attempt_of(request: Request) -> UUID | None:
    """Return the attempt that a write belongs to; None for what is no answer and no submission."""
    return request.attempt_id if isinstance(request, quizzes.AnswerRequest | quizzes.SubmitRequest) else None


def _why_not(paper: Paper) -> str:
    """Return why the answers cannot be submitted as they are; '' when they can."""
    if paper.conflicts:
        numbers = [str(at + 1) for at, question in enumerate(paper.questions) if question.id in paper.conflicts]
        return f"Question {', '.join(numbers)} was answered on another terminal too: go there, x decides which stands."
    if any(paper.saving(question.id) is Saving.REFUSED for question in paper.questions):
        return "The service would not take one of the answers. Answer it again, or leave it out."
    return ""


def _row(paper: Paper, at: int) -> Row:
    question = paper.questions[at]
    saving, answered, flagged = paper.saving(question.id), paper.is_answered(question.id), question.id in paper.flags
    state = _WORDS.get(saving) or ("answered" if answered else "not answered")
    given = paper.answer(question.id)
    if not answered and not given.is_empty:
        state = "partly answered"
    mark, tone = (glyphs.DONE, "success") if answered else (glyphs.OPEN, "muted")
    if saving in _WORDS:
        mark, tone = (glyphs.WAITING, "warning") if saving in {Saving.TYPED, Saving.WAITING} else ("!", "error")
    return Row(
        f"{at + 1:>2}  {question_title(question)}",
        detail=f"      {answer_words(question, given)}" if answered or not given.is_empty else "",
        right=dotted(f"{glyphs.FLAG} flagged" if flagged else "", state),
        mark=mark,
        tone=tone,
    )
