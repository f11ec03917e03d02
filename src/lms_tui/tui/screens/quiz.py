"""A quiz being taken: one question on each page, each answer kept on disk and sent when it is given."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.timer import Timer

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, Refused
from lms_tui.tui import quiz_place
from lms_tui.tui.commands import Command
from lms_tui.tui.desk import Given
from lms_tui.tui.paper import Paper, Saving
from lms_tui.tui.quiz_state import mark_of, status_words
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.conflict import ConflictScreen
from lms_tui.tui.screens.review import ENDED, Ended, Jump, ReviewScreen
from lms_tui.tui.widgets.question import TYPED, AnswerChanged, QuestionView
from lms_tui.tui.widgets.quiz_head import QuizHead
from lms_tui.tui.words import dotted
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Reply, Request

_JUST_NOW = 60
"""Seconds within which a result counts as that of this very submission, its reply repeated or not."""
PAUSE = 0.4
"""Seconds without a key after which typed text is kept and sent."""


class QuizScreen(FramedScreen[None]):
    """One attempt. Leaving keeps it; the place and the flags are kept on this machine."""

    SCREEN_COMMANDS = (
        Command("quiz.next", "right,n,l", "next", "turn(1)", "Go to the next question, also by Enter."),
        Command("quiz.back", "left,p,h", "previous", "turn(-1)", "Go back to the question before."),
        Command("quiz.flag", "f,F", "flag", "flag", "Flag this question, to come back to it in the review."),
        Command("quiz.review", "r", "review", "review", "See all questions, and submit."),
        Command("quiz.on", "ctrl+n", "next question", "go_on", "Go to the next question while typing."),
        Command("quiz.leave_field", "escape", "leave the field", "leave_field", "Leave the field: keys work again."),
        Command("quiz.decide", "x", "decide", "decide", "Choose which of two answers stands."),
        Command("back", "escape", "leave (kept)", "back", "Leave the quiz. Your answers are kept."),
    )

    def __init__(self, attempt: quizzes.Attempt | UUID, *, at_review: bool = False) -> None:
        """Show `attempt`, or ask for the open attempt of that id; `at_review` opens its review over it."""
        super().__init__("Quiz")
        self._at_review = at_review
        self._result: quizzes.Result | None = None
        """That of a submission which waited, once it has come."""
        self._attempt = attempt
        self._paper: Paper | None = None
        self._typing: Timer | None = None
        self._order = asyncio.Lock()
        self._ended: Problem | None = None
        self._unfollow: Callable[[], None] | None = None
        self._head, self._view = QuizHead(), QuestionView()

    def body(self) -> ComposeResult:
        """Yield the marks and the question."""
        yield self._head
        yield self._view

    def allows(self, command: Command) -> bool:
        """Offer what belongs to an attempt only when there is one, and to decide only where two answers stand."""
        if command.id == "quiz.decide":
            return self._paper is not None and bool(self._paper.conflicts)
        if command.id == "back":
            return not self._view.is_typing
        if command.id.startswith("quiz."):
            while_typing = command.id in {"quiz.on", "quiz.leave_field"}
            return self._paper is not None and not self._failed and while_typing == self._view.is_typing
        return super().allows(command)

    @work(exclusive=True, group="quiz")
    async def load(self) -> None:
        """Lay the attempt out, with the answers that still wait in the outbox."""
        attempt = self._attempt
        if isinstance(attempt, UUID):
            found = await self.fetch(
                quizzes.ATTEMPT, quizzes.AttemptRequest(attempt_id=attempt), "Opening your attempt…"
            )
            if found is None:
                return
            attempt = found
        if not attempt.questions:
            self.show_calm("This quiz has no questions any more.", "esc goes back")
            return
        try:
            outbox = await self.desk.outbox()
            self._paper = paper = await _laid_out(attempt, outbox)
        except ClientError as error:
            self.show_error(error)
            return
        if self._unfollow is not None:
            self._unfollow()
        self._unfollow = outbox.follow(self._delivered)
        quiz_place.restore(self.desk.places, paper)
        self._keep_place()  # before any move too: what is answered here shall not lead elsewhere after a kill
        self.set_path(attempt.course_title, f"{attempt.chapter_number} {attempt.chapter_title}", attempt.title)
        self.show_body()
        self.desk.begin_studying(self, attempt.course_id)
        await self._show_question()
        self._hand_on()
        self._tell_refused(paper)
        if self._at_review:
            self._at_review = False
            self.action_review()

    async def on_unmount(self) -> None:
        """Hand on what was typed last, whichever way the screen closes."""
        self.desk.end_studying(self)
        if self._unfollow is not None:
            self._unfollow()
        await self._send()

    @property
    def question_here(self) -> quizzes.Question | None:
        """The question that is shown."""
        return self._paper.question if self._paper is not None else None

    @property
    def source_here(self) -> tuple[UUID, int] | None:
        """The question that is shown."""
        paper = self._paper
        return None if paper is None else (paper.attempt.lesson_id, paper.position + 1)

    async def load_again(self) -> None:
        """Lay the attempt out with its questions as they are now, at the same number; what was typed is kept first."""
        await self._send()
        if self._paper is not None:
            self._attempt = self._paper.attempt.id
        await super().load_again()

    def on_screen_resume(self) -> None:
        """Go on to a result that came, or from an attempt that ended, while something else was shown over the quiz."""
        self._show_result()
        self._end()

    def shows(self, write: Delivered) -> bool:
        """Tell what becomes of this attempt's submission."""
        request, paper = write.request, self._paper
        return (
            paper is not None and isinstance(request, quizzes.SubmitRequest) and request.attempt_id == paper.attempt.id
        )

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the question that is shown."""
        return self._view.keys()

    # The learner's doing

    def on_answer_changed(self, event: AnswerChanged) -> None:
        """Keep the answer: a choice at once, typed text when the learner pauses."""
        paper = self._paper
        if paper is None:
            return
        paper.give(event.question_id, event.answer)
        if self._typing is not None:
            self._typing.stop()
        if paper.question.kind in TYPED:
            self._typing = self.set_timer(PAUSE, self._hand_on)
        else:
            self._hand_on()
        self._show_state()

    async def on_question_finished(self) -> None:
        """Go on; behind the last question comes the review."""
        await self.action_turn(1)

    async def action_turn(self, way: int) -> None:
        """Show a neighbouring question, and after the last the review."""
        paper = self._paper
        if paper is None:
            return
        self._hand_on()
        if paper.position + way >= len(paper.questions):
            self.action_review()
        elif paper.position + way >= 0:
            await self._goto(paper.position + way)

    async def action_go_on(self) -> None:
        """Go on from a field."""
        await self.action_turn(1)

    def action_leave_field(self) -> None:
        """Leave a field, so that letters are keys again."""
        self._view.leave_fields()

    def on_descendant_focus(self) -> None:
        """Show the keys that work here: in a field letters are text."""
        self.refresh_commands()

    def action_flag(self) -> None:
        """Flag this question or take the flag away."""
        if (paper := self._paper) is not None:
            paper.flags ^= {paper.question.id}
            self._keep_place()
            self._show_state()

    @work(exclusive=True, group="review")
    async def action_review(self) -> None:
        """Show all questions; come back to one of them, or go on to the result."""
        paper = self._paper
        if paper is None:
            return
        self._hand_on()
        chosen = await self.app.push_screen_wait(ReviewScreen(paper, self._send))
        if isinstance(chosen, Ended):
            self._ended = chosen.problem
        if self._ended is not None:
            self._end()
        elif isinstance(chosen, quizzes.Result):
            self._result = chosen
            self._show_result()
        elif isinstance(chosen, quizzes.Attempt):
            await self._renew(chosen)
        elif isinstance(chosen, Jump) and chosen.position != paper.position:
            await self._goto(chosen.position)
        else:
            await self._show_question()  # another terminal's answer may have been taken up

    def show_error(self, error: ClientError) -> None:
        """Lead on from an attempt that has ended meanwhile; show any other error."""
        if isinstance(error, Refused) and error.problem.code == Code.ATTEMPT_CLOSED:
            self._ended = error.problem
            self._end()
        else:
            super().show_error(error)

    @work(exclusive=True, group="end")
    async def _end(self) -> None:
        """Leave an attempt that takes nothing any more, and say why: to its result, or to a fresh start."""
        problem, attempt = self._ended, self._attempt if self._paper is None else self._paper.attempt
        if problem is None or not self.is_current:
            return
        self._ended = None
        kept = "What you answered here since then did not count; the outbox (f3) keeps it."
        if problem.code == Code.ATTEMPT_CLOSED:
            own = attempt if isinstance(attempt, UUID) else attempt.id
            self._leave_for(own, f"This attempt was submitted on another terminal. {kept}")
        elif isinstance(attempt, quizzes.Attempt):
            from lms_tui.tui.screens.quiz_start import QuizStartScreen  # noqa: PLC0415 - imported when opened

            self.app.switch_screen(QuizStartScreen(attempt.lesson_id, told=problem.detail))

    def _leave_for(self, result: quizzes.Result | UUID, told: str) -> None:
        """Show a result in the place of the quiz; `told` says how one has come there."""
        from lms_tui.tui.screens.result import ResultScreen  # noqa: PLC0415 - imported when opened

        if self._paper is not None:
            quiz_place.forget(self.desk.places, self._paper)
        self.app.switch_screen(ResultScreen(result, told=told))

    @work(exclusive=True, group="decide")
    async def action_decide(self) -> None:
        """Let the learner say which of two answers stands, for each question where there are two."""
        paper = self._paper
        while paper is not None and paper.conflicts and self.is_current:
            question_id, stored = next(iter(paper.conflicts.items()))
            at, question = next((at, one) for at, one in enumerate(paper.questions) if one.id == question_id)
            asked = ConflictScreen(at + 1, question, paper.answer(question_id), stored)
            mine = await self.app.push_screen_wait(asked)
            if mine is None:
                return
            paper.decide(question_id, mine=mine)
            self._hand_on()
            if question_id == paper.question.id:
                await self._show_question()
            self._show_state()

    async def action_back(self) -> None:
        """Leave the quiz; it is kept."""
        self._hand_on()
        self.dismiss()

    # Keeping and sending

    def _hand_on(self) -> None:
        """Hand what was given to the outbox; the app does it, as this screen may close meanwhile."""
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        if self._paper is not None and any(
            self._paper.saving(question.id) is Saving.TYPED for question in self._paper.questions
        ):
            self.app.run_worker(self._send_and_show(), group="answers")

    async def _send_and_show(self) -> None:
        await self._send()
        if self.is_running:
            self._show_state()

    async def _send(self) -> None:
        """Put the answers into the outbox, in the order in which they were given."""
        paper = self._paper
        if paper is None:
            return
        async with self._order:
            for request in paper.requests():
                try:
                    await self.desk.keep(quizzes.ANSWER, request, _label(paper, request.question_id))
                except (ClientError, OSError) as error:
                    paper.failed(request.question_id, str(error))
                    self.tell(f"This answer could not be kept: {error}", "error")

    def _show_result(self) -> None:
        """Show the result in the place of the quiz, when it is there and nothing is over the quiz."""
        if self._result is not None and self.is_current:
            self._leave_for(self._result, _earlier(self._result))

    def _delivered(self, delivered: Delivered) -> None:
        """Note what became of an answer, or of a submission that waited."""
        request, outcome, paper = delivered.request, delivered.outcome, self._paper
        if isinstance(outcome, Refused) and outcome.problem.code in ENDED and self._is_of_this(request):
            self._ended = outcome.problem
            self._end()
            return
        if self.shows(delivered):
            self._submitted(outcome)
            return
        if paper is None or not isinstance(request, quizzes.AnswerRequest) or request.attempt_id != paper.attempt.id:
            return
        if isinstance(outcome, quizzes.SavedAnswer):
            paper.acknowledged(request, outcome)
            self.desk.note_saved(outcome.updated_at)
        elif isinstance(outcome, Refused):
            paper.refused(request, outcome.problem)
            if outcome.problem.code != Code.ANSWER_CONFLICT:
                self.tell(outcome.sentence, "error")
        self._hand_on()
        self._show_state()
        if paper.conflicts and self.is_current:
            self.action_decide()

    def _submitted(self, outcome: Reply | Refused) -> None:
        """Go on to the result of a submission that waited, or say why it was refused."""
        if isinstance(outcome, quizzes.Result):
            self._result = outcome
            self._show_result()
        elif isinstance(outcome, Refused) and self.is_current:
            self.tell(f"{outcome.sentence} r leads to the review.", "warning")

    def _is_of_this(self, request: Request) -> bool:
        """Whether a write is an answer or the submission of this attempt."""
        if self._paper is None or not isinstance(request, quizzes.AnswerRequest | quizzes.SubmitRequest):
            return False
        return request.attempt_id == self._paper.attempt.id

    def _tell_refused(self, paper: Paper) -> None:
        """Say what became of answers that were refused while nobody looked: decide, or read why and answer again."""
        if paper.conflicts:
            self.action_decide()
        elif paper.reasons:
            question_id, reason = next(iter(paper.reasons.items()))
            at = next(at for at, question in enumerate(paper.questions) if question.id == question_id)
            self.tell(f"Your answer to question {at + 1} was not saved: {reason} Please answer it again.", "error")

    # Showing

    async def _renew(self, attempt: quizzes.Attempt) -> None:
        """Lay the attempt out anew, its questions having changed; answers and flags stay."""
        old = self._paper
        self._paper = paper = await _laid_out(attempt, await self.desk.outbox())
        paper.flags = old.flags if old is not None else set()
        await self._show_question()
        self.tell("The quiz has changed meanwhile. All your answers are here; look through it once more.", "warning")

    async def _goto(self, position: int) -> None:
        if self._paper is not None and position != self._paper.position:
            self._paper.position = position
            self._keep_place()
            await self._show_question()

    async def _show_question(self) -> None:
        if (paper := self._paper) is not None:
            await self._view.set_question(paper.question, paper.answer(paper.question.id))
            self._show_state()

    def _show_state(self) -> None:
        """Show the marks, and at the top where the present answer is."""
        if (paper := self._paper) is None:
            return
        attempt = paper.attempt
        needs = f"needs {attempt.threshold} %" if attempt.threshold else "any score passes"
        of = f" of {attempt.attempts_limit}" if attempt.attempts_limit else ""
        marks = [mark_of(paper, at) for at in range(len(paper.questions))]
        self._head.show(marks, paper.position, dotted(needs, f"attempt {attempt.number}{of}"))
        self._show_status()
        self.refresh_commands()

    def _show_status(self) -> None:
        """Tell in the top bar, in place of the app's status, the truth about this very answer."""
        if (paper := self._paper) is None:
            super()._show_status()
            return
        self._top.set_status(*status_words(paper, self.desk.notice))

    def _keep_place(self) -> None:
        """Keep the place and the flags on this machine."""
        if (paper := self._paper) is not None:
            quiz_place.keep(self.desk.places, paper)


async def _laid_out(attempt: quizzes.Attempt, outbox: Given) -> Paper:
    """Return the attempt as the learner left it: what is stored, what waits, and what was refused, told again."""
    return Paper(attempt, await outbox.pending(quizzes.ANSWER), await outbox.refused(quizzes.ANSWER))


def _earlier(result: quizzes.Result) -> str:
    """Return what to say of a result that was there already when this terminal submitted."""
    if result.now - result.completed_at < timedelta(seconds=_JUST_NOW):
        return ""
    return f"This attempt had been submitted at {result.completed_at.astimezone():%H:%M} already: this is its result."


def _label(paper: Paper, question_id: UUID) -> str:
    """Return what an answer is called in the outbox."""
    at = next(at for at, question in enumerate(paper.questions) if question.id == question_id)
    return f"Answer to question {at + 1} of {paper.attempt.title} ({paper.attempt.course_title})"
