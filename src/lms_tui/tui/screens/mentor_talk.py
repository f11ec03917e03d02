"""Asking the mentor and hearing the answer: how a question goes, how its answer comes, stops, breaks and is had again.

A question is on this machine's disk before it goes (the outbox), so that nothing that was asked is lost; its answer is
asked for when the service has it. An answer that nobody listens to any more is stopped.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Final
from uuid import UUID, uuid4, uuid5

from textual import work
from textual.worker import Worker

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, Refused
from lms_tui.client.language import local_language
from lms_tui.tui.mentor_words import ASKING, WAITS, thinking
from lms_tui.tui.screens.base import Outcome
from lms_tui.tui.screens.conversation import ConversationScreen
from lms_tui.tui.talk import AGAIN, CUT, Question, State, cost, when
from lms_tui.tui.turns import Turn
from lms_tui.wire import mentor
from lms_tui.wire.errors import Code

_WAIT_SECONDS: Final = 1.5
"""After which a question that the service has not taken is said to wait."""
_BUSY_PAUSES: Final = (0.3, 0.6, 1.2, 2.4)
"""Between two tries while the service still ends the answer of before."""


class TalkScreen(ConversationScreen[Outcome]):
    """A screen with a conversation in which one can ask; it says what is to be done when a thread is another."""

    def __init__(self, lesson_id: UUID, *path: str) -> None:
        """Talk about a lesson."""
        super().__init__(*path)
        self._lesson_id = lesson_id
        self._thread: UUID | None = None
        self._question: Question | None = None
        self._answer: Turn | None = None
        self._state = State.READY
        self._listening: Worker[None] | None = None
        self._unfollow: Callable[[], None] | None = None

    def state_changed(self) -> None:
        """Show the state; called when it is another."""
        raise NotImplementedError

    def thread_changed(self) -> None:
        """Show the thread that is active now, with the question that was just asked, and have it answered."""
        raise NotImplementedError

    def stored(self, message: mentor.Message, thread: mentor.Thread | None = None) -> None:
        """Take note of a question or an answer as it is stored; of a question, in which thread."""
        raise NotImplementedError

    @property
    def lesson_title(self) -> str:
        """What the lesson is called, for the outbox."""
        raise NotImplementedError

    @property
    def is_outdated(self) -> bool:
        """Whether the thread is to be asked for anew before anything is answered."""
        raise NotImplementedError

    @property
    def can_answer_again(self) -> bool:
        """Whether the last question can have another answer."""
        question = self._question
        return self._state is State.READY and question is not None and not question.refused

    async def follow(self) -> None:
        """Hear what becomes of questions. Raises ClientError where nobody was reached yet."""
        if self._unfollow is None:
            self._unfollow = (await self.desk.outbox()).follow(self._delivered)

    def on_unmount(self) -> None:
        """Hear no more."""
        if self._unfollow is not None:
            self._unfollow()

    def shows(self, write: Delivered) -> bool:
        """Tell what became of a question here."""
        return isinstance(write.request, mentor.AskRequest) and write.request.lesson_id == self._lesson_id

    # A question on its way

    def ask(self, text: str, edits: UUID | None = None, taken_back: Sequence[UUID] = ()) -> None:
        """Ask `text`; with `edits`, in place of that question and all behind it.

        The refused questions of which it was made, `taken_back`, leave the outbox as soon as it lies there.
        """
        if edits is not None and self._question is not None:
            self._view.drop_from(self._question.turn)
        turn = Turn(uuid4(), mine=True, text=text)
        self._question = Question(turn.id, turn)
        self._view.add(turn)
        thread = uuid4() if edits is not None or self._thread is None else self._thread
        self._await_answer(ASKING)
        self._keep(
            mentor.AskRequest(
                lesson_id=self._lesson_id, message_id=turn.id, thread_id=thread, text=text.strip(), edits=edits
            ),
            taken_back,
        )

    def show_waiting(self, request: mentor.AskRequest) -> None:
        """Show a question of before that waits to be sent."""
        turn = Turn(request.message_id, mine=True, text=request.text)
        self._question = Question(turn.id, turn)
        self._view.add(turn)
        self._await_answer(WAITS)
        self._set(State.WAITING)

    @work(group="mentor-questions")
    async def _keep(self, request: mentor.AskRequest, taken_back: Sequence[UUID]) -> None:
        try:
            await self.follow()
            await self.desk.keep(mentor.ASK, request, f"A question to the mentor: {self.lesson_title}")
            if taken_back:
                await self.desk.drop_questions(taken_back)
        except ClientError as error:
            if self._question is not None:
                self._question.refused = True
            self._end(f"{error.sentence} f4 takes the question back to where you type.", "error")
        else:
            self.set_timer(_WAIT_SECONDS, lambda: self._waits(request.message_id))

    def _waits(self, question: UUID) -> None:
        """Say that a question waits, if the service has not taken it meanwhile."""
        if self._state is State.ASKING and self._asked_last(question) is not None and not self._is_answering:
            self._note(WAITS)
            self._set(State.WAITING)

    def _delivered(self, delivered: Delivered) -> None:
        request, outcome = delivered.request, delivered.outcome
        if not isinstance(request, mentor.AskRequest) or not self.shows(delivered):
            return
        question = self._asked_last(request.message_id)
        if isinstance(outcome, Refused):
            if question is not None:
                question.refused = True
                self._end(f"{outcome.sentence} f4 takes the question back to where you type.", "error")
        elif isinstance(outcome, mentor.Asked):
            if question is None or self.is_outdated or self._thread not in (None, outcome.thread.id):
                self.thread_changed()
            else:
                self._thread, question.tries = outcome.thread.id, outcome.message.tries
                question.turn.about = when(outcome.message)
                self._view.change(question.turn)
                self.stored(outcome.message, outcome.thread)
                self.have_answered()

    def _asked_last(self, question: UUID) -> Question | None:
        return self._question if self._question is not None and self._question.id == question else None

    # Its answer

    def have_answered(self) -> None:
        """Have the last question answered, by another answer where it has one."""
        if self._question is not None:
            if self._answer is None or self._answer.text:
                self._await_answer(ASKING)
            self._note(ASKING)
            self._set(State.ASKING)
            self._listening = self._listen(self._question)

    @property
    def _is_answering(self) -> bool:
        return self._listening is not None and not self._listening.is_finished

    def stop(self) -> None:
        """Stop the answer, which hangs up; what came of it stays."""
        if self._state is State.WAITING or self._answer is None:
            return
        self.workers.cancel_group(self, "mentor-answer")
        if self._question is not None:
            self._count(self._question)
        self._end(f"Stopped. {AGAIN}", "warning")

    @work(exclusive=True, group="mentor-answer")
    async def _listen(self, question: Question) -> None:
        """Hear the answer to its end, and say what ended it."""
        for pause in (*_BUSY_PAUSES, None):
            try:
                await self._hear(question)
            except Refused as error:
                if error.code == Code.MENTOR_BUSY and pause is not None:
                    await asyncio.sleep(pause)
                    continue
                self._broken(question, error.sentence)
            except ClientError as error:
                self._broken(question, error.sentence)
            return

    async def _hear(self, question: Question) -> None:
        request = mentor.AnswerRequest(
            message_id=question.id, number=min(question.tries + 1, mentor.MOST_TRIES), language=local_language()
        )
        async with aclosing(self.desk.events(mentor.ANSWER, request)) as coming:
            async for event in coming:
                if self._answer is None:
                    return
                if event.text:
                    self._answer.text += event.text
                    self._view.grow(self._answer, event.text)
                    if self._state is not State.ANSWERING:
                        self._note("")
                        self._set(State.ANSWERING)
                elif event.thinking:
                    self._note(thinking(event.thinking))
        self._over(question, event)  # the last one, at the end: the service is ready for the next question

    def _over(self, question: Question, event: mentor.AnswerEvent) -> None:
        """Take the last event: the answer as it is stored, or why there is none, or both."""
        message = event.message
        if message is not None and self._answer is not None:
            self._answer.text, self._answer.about = message.text, cost(message)
            self._count(question)
            self.stored(message)
        if event.problem is not None:
            self._end(f"{event.problem.detail} {AGAIN}", "error")
        elif message is not None and message.cut:
            self._end(f"{CUT} {AGAIN}", "warning")
        else:
            question.answered = True
            self._end("")

    def _broken(self, question: Question, sentence: str) -> None:
        self._count(question)
        self._end(f"{sentence} {AGAIN}", "error")

    def _count(self, question: Question) -> None:
        """Count an answer of which something came: it has a row (domain.md, a message), and the next one is another."""
        if self._answer is not None and self._answer.text:
            question.tries += 1
            self._answer.id = uuid5(question.id, str(question.tries))

    def _await_answer(self, note: str) -> None:
        self._answer = Turn(uuid4(), mine=False, note=note)
        self._view.add(self._answer)
        self._set(State.ASKING)

    def _note(self, note: str, tone: str = "muted") -> None:
        if self._answer is not None and (note, tone) != (self._answer.note, self._answer.tone):
            self._answer.note, self._answer.tone = note, tone
            self._view.say(self._answer)

    def _end(self, note: str, tone: str = "muted") -> None:
        """Show what became of the answer; something can be asked again."""
        if self._answer is not None:
            self._answer.note, self._answer.tone = note, tone
            self._view.change(self._answer)
        self._set(State.READY)

    def _set(self, state: State) -> None:
        self._state = state
        self.state_changed()
