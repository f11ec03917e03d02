"""The review before submitting: what is answered, what is flagged, what is still on its way."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, Refused
from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, question_title
from lms_tui.tui.commands import Command
from lms_tui.tui.paper import Paper, Saving
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code

_WORDS = {
    Saving.TYPED: "saving",
    Saving.WAITING: "waiting to be sent",
    Saving.CONFLICT: "answered elsewhere too",
    Saving.REFUSED: "not saved",
}


@dataclass(frozen=True, slots=True)
class Jump:
    """The learner wants to see the question `position`, from 0."""

    position: int


class ReviewScreen(FramedScreen[Jump | quizzes.Result | quizzes.Attempt | None]):
    """Lists the questions of `paper`. Its result is where to jump, the result of the submission, the attempt anew
    when the quiz has changed meanwhile, or None when left."""

    DEFAULT_CSS = "ReviewScreen Panel { margin: 1 0; }"
    SCREEN_COMMANDS = (
        Command("review.submit", "s", "submit", "submit", "Submit your answers and have them graded."),
        Command("review.flagged", "f", "next flagged", "next_flagged", "Go to the next question that is flagged."),
        Command("back", "escape,left", "back to the questions", "back", "Go back to the question you came from."),
    )

    def __init__(self, paper: Paper) -> None:
        """Show `paper`, which the quiz screen below keeps up to date."""
        super().__init__(paper.attempt.course_title, paper.attempt.title, "Review")
        self._paper = paper
        self._submitting = False
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
            return not self._submitting and not self._failed
        return super().allows(command)

    @work(exclusive=True, group="review-load")
    async def load(self) -> None:
        """Show the list, with the cursor on the first question without an answer."""
        self.show_body()
        first = self._paper.first_unanswered
        self._show(self._paper.position if first is None else first)
        if self._unfollow is None:
            self._unfollow = (await self.desk.outbox()).follow(self._delivered)

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
        if late := paper.undelivered():
            self.tell(_why_not(paper, len(late)), "warning")
            return
        await self._submit()

    async def _submit(self) -> None:
        self._set_submitting(True)
        request = quizzes.SubmitRequest(
            attempt_id=self._paper.attempt.id, questions=[question.id for question in self._paper.questions]
        )
        try:
            result = await self.desk.call(quizzes.SUBMIT, request)
        except Refused as error:
            self._set_submitting(False)
            if error.problem.code == Code.QUIZ_CHANGED:
                await self._fetch_anew(error.sentence)
            else:
                self.tell(error.sentence, "error")
        except ClientError as error:
            self._set_submitting(False)
            self.tell(f"{error.sentence} Nothing is lost: your answers are kept, and s tries again.", "warning")
        else:
            self.dismiss(result)

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

    def _delivered(self, _delivered: Delivered) -> None:
        """Show what has arrived, after the quiz screen took note of it."""
        self._show(self.query_one(VirtualList).cursor)

    def _show(self, cursor: int) -> None:
        paper = self._paper
        total, missing = len(paper.questions), len(paper.unanswered)
        sums = dotted(
            f"{total - missing} of {total} answered",
            f"{missing} not answered" if missing else "",
            f"{len(paper.flags)} flagged" if paper.flags else "",
            f"{len(late)} not saved yet" if (late := paper.undelivered()) else "all saved",
        )
        advice = "s submits. Enter goes to a question." if not late else _why_not(paper, len(late))
        self.query_one(Panel).show((sums, "strong"), (advice, "muted"))
        self.query_one(VirtualList).set_rows([_row(paper, at) for at in range(total)], cursor=max(0, cursor))


def _why_not(paper: Paper, late: int) -> str:
    """Return why the answers cannot be submitted yet."""
    if paper.conflicts:
        numbers = [str(at + 1) for at, question in enumerate(paper.questions) if question.id in paper.conflicts]
        return f"Question {', '.join(numbers)} was answered on another terminal too: go there, x decides which stands."
    if any(paper.saving(question.id) is Saving.REFUSED for question in paper.questions):
        return "The service would not take one of the answers. Answer it again, or leave it out."
    return f"{count(late, 'answer')} still on the way to the service. You can submit when all are saved."


def _row(paper: Paper, at: int) -> Row:
    question = paper.questions[at]
    saving, answered, flagged = paper.saving(question.id), paper.is_answered(question.id), question.id in paper.flags
    state = _WORDS.get(saving) or ("answered" if answered else "not answered")
    if not answered and not paper.answer(question.id).is_empty:
        state = "partly answered"
    mark, tone = (glyphs.DONE, "success") if answered else (glyphs.OPEN, "muted")
    if saving in _WORDS:
        mark, tone = (glyphs.WAITING, "warning") if saving in {Saving.TYPED, Saving.WAITING} else ("!", "error")
    return Row(
        f"{at + 1:>2}  {question_title(question)}",
        detail=f"      {answer_words(question, paper.answer(question.id))}" if answered else "",
        right=dotted(f"{glyphs.FLAG} flagged" if flagged else "", state),
        mark=mark,
        tone=tone,
    )
