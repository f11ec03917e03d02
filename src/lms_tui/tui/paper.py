"""An attempt on its way: the answers given, and what is known of each on its way to the service.

Nothing here draws or sends. An answer is `SAVED` only when the service acknowledged exactly it.
"""

import enum
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.quizzes import Answer, AnswerRequest, Attempt, Question, SavedAnswer


class Saving(enum.Enum):
    """Where the present answer to a question is."""

    NONE = "none"
    """Nothing was given yet."""
    TYPED = "typed"
    """On the screen only, for the blink of an eye in which the learner may type on."""
    WAITING = "waiting"
    """Handed to the outbox: on this machine's disk, and on its way."""
    SAVED = "saved"
    CONFLICT = "conflict"
    """Another terminal answered meanwhile; the learner has to say which answer stands."""
    REFUSED = "refused"
    """The service will not take it; `reasons` says why."""


class Paper:
    """One attempt as its learner fills it in."""

    def __init__(
        self,
        attempt: Attempt,
        pending: Iterable[AnswerRequest] = (),
        refused: Iterable[tuple[AnswerRequest, Problem]] = (),
    ) -> None:
        """Lay out `attempt`, with the answers given earlier over the stored ones: those of `pending` are not
        delivered yet, those of `refused` the service did not take, and the learner has to know."""
        self.attempt = attempt
        self.position = 0
        """The question that is shown, from 0."""
        self.flags: set[UUID] = set()
        self.conflicts: dict[UUID, SavedAnswer] = {}
        self.reasons: dict[UUID, str] = {}
        self.saved_at: datetime | None = None
        self._answers: dict[UUID, Answer] = {}
        self._saving: dict[UUID, Saving] = {}
        self._bases: dict[UUID, datetime] = {}
        self._sent: dict[UUID, list[Answer]] = {}
        for saved in attempt.answers:
            self._answers[saved.question_id] = saved.answer
            self._bases[saved.question_id] = saved.updated_at
            self._saving[saved.question_id] = Saving.SAVED
        for request in pending:
            if request.attempt_id == attempt.id:
                self._answers[request.question_id] = request.answer
                self._saving[request.question_id] = Saving.WAITING
                self._sent.setdefault(request.question_id, []).append(request.answer)
        for request, problem in refused:
            if request.attempt_id == attempt.id and self.saving(request.question_id) is not Saving.WAITING:
                self._lay_refused(request, problem)
        self.position = self.first_unanswered or 0

    @property
    def questions(self) -> list[Question]:
        """The questions in their order."""
        return self.attempt.questions

    @property
    def question(self) -> Question:
        """The question that is shown."""
        return self.questions[self.position]

    @property
    def first_unanswered(self) -> int | None:
        """The first question without an answer, from 0; None when all have one."""
        return next((at for at, question in enumerate(self.questions) if not self.is_answered(question.id)), None)

    @property
    def unanswered(self) -> list[int]:
        """All questions without an answer, from 0."""
        return [at for at, question in enumerate(self.questions) if not self.is_answered(question.id)]

    def answer(self, question_id: UUID) -> Answer:
        """Return the present answer, empty when there is none."""
        return self._answers.get(question_id, Answer())

    def saving(self, question_id: UUID) -> Saving:
        """Return where the present answer is."""
        return self._saving.get(question_id, Saving.NONE)

    def is_answered(self, question_id: UUID) -> bool:
        """Tell whether a question counts as answered: of statements and blanks all have to be."""
        answer = self.answer(question_id)
        question = next((one for one in self.questions if one.id == question_id), None)
        if question is not None and answer.marked:
            return len(answer.marked) >= len(question.options)
        if question is not None and answer.blanks:
            return sum(bool(blank.strip()) for blank in answer.blanks) >= max(1, question.blanks)
        return not answer.is_empty

    def undelivered(self) -> list[UUID]:
        """Return the questions whose present answer the service does not have."""
        settled = {Saving.SAVED, Saving.NONE}
        return [question.id for question in self.questions if self.saving(question.id) not in settled]

    def give(self, question_id: UUID, answer: Answer) -> None:
        """Take the learner's answer; `request` hands it on."""
        if answer != self.answer(question_id):
            self._answers[question_id] = answer
            self._saving[question_id] = Saving.TYPED

    def requests(self) -> list[AnswerRequest]:
        """Return the writes for all answers that were given and not handed on; they count as waiting from now on."""
        return [self._request(question.id) for question in self.questions if self.saving(question.id) is Saving.TYPED]

    def take_over(self, attempt: Attempt) -> int:
        """Take up what other terminals have stored meanwhile, and return to how many questions.

        Only where nothing of this terminal is on its way, and only what is newer than what it saw: an answer given
        here is never replaced by this, it meets the other one at the service and the learner decides.
        """
        taken = 0
        for stored in attempt.answers:
            question_id = stored.question_id
            base = self._bases.get(question_id)
            here = self.saving(question_id)
            if here not in {Saving.NONE, Saving.SAVED} or (base is not None and stored.updated_at <= base):
                continue
            taken += stored.answer != self.answer(question_id)
            self._answers[question_id], self._bases[question_id] = stored.answer, stored.updated_at
            self._saving[question_id] = Saving.SAVED
        return taken

    def failed(self, question_id: UUID, reason: str) -> None:
        """Note that an answer could not even be kept on this machine."""
        self._saving[question_id] = Saving.REFUSED
        self.reasons[question_id] = reason

    def acknowledged(self, request: AnswerRequest, reply: SavedAnswer) -> None:
        """Note that the service has stored the answer of `request`; a later one stays on its way."""
        self._bases[request.question_id] = reply.updated_at
        self.saved_at = reply.updated_at
        if request.answer == self.answer(request.question_id):
            self._settle(request.question_id)

    def refused(self, request: AnswerRequest, problem: Problem) -> None:
        """Note that the service did not take the answer of `request`.

        A conflict with an answer that this terminal gave earlier is none: the newer one is to be sent again, now on
        the right base, and so is `TYPED` again.
        """
        question_id, stored = request.question_id, problem.stored
        if problem.code != Code.ANSWER_CONFLICT or stored is None:
            self.failed(question_id, problem.detail)
            return
        self._bases[question_id] = stored.updated_at
        if stored.answer == self.answer(question_id):
            self._settle(question_id)
        elif stored.answer in self._sent.get(question_id, []):
            self._saving[question_id] = Saving.TYPED
        else:
            self.conflicts[question_id] = stored
            self._saving[question_id] = Saving.CONFLICT

    def _lay_refused(self, request: AnswerRequest, problem: Problem) -> None:
        """Take up an answer that was refused in an earlier run; what is stored now counts, not what was then.

        Where the same is stored meanwhile, sending it once more settles the refused write.
        """
        question_id = request.question_id
        if not any(question.id == question_id for question in self.questions):
            return
        stored = next((saved for saved in self.attempt.answers if saved.question_id == question_id), problem.stored)
        self._answers[question_id] = request.answer
        if problem.code != Code.ANSWER_CONFLICT or stored is None:
            self.failed(question_id, problem.detail)
        elif stored.answer == request.answer:
            self._saving[question_id] = Saving.TYPED
        else:
            self.conflicts[question_id] = stored
            self._saving[question_id] = Saving.CONFLICT

    def decide(self, question_id: UUID, *, mine: bool) -> None:
        """End a conflict: the answer given here stands, or the stored one is taken over.

        Either is to be sent now: sending what is stored changes nothing there, and settles the refused write here.
        """
        stored = self.conflicts.pop(question_id)
        if not mine:
            self._answers[question_id] = stored.answer
        self._saving[question_id] = Saving.TYPED

    def _request(self, question_id: UUID) -> AnswerRequest:
        answer = self.answer(question_id)
        self._saving[question_id] = Saving.WAITING
        self._sent.setdefault(question_id, []).append(answer)
        base = self._bases.get(question_id)
        return AnswerRequest(attempt_id=self.attempt.id, question_id=question_id, answer=answer, base=base)

    def _settle(self, question_id: UUID) -> None:
        self._saving[question_id] = Saving.SAVED
        self.conflicts.pop(question_id, None)
        self.reasons.pop(question_id, None)
