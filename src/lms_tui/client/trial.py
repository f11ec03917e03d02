"""A conversation with a lesson's mentor that somebody tries in a preview: here in memory, and nowhere else.

It takes questions and answers as the service does for a learner, by the learner's own requests, so that whatever shows
a conversation shows this one.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from msgspec.structs import replace

from lms_tui.client.api import Api
from lms_tui.client.events import events
from lms_tui.wire import mentor
from lms_tui.wire.preview_mentor import TRY, Spoken, TryRequest, newest


class Trial:
    """One conversation about one lesson."""

    def __init__(self, lesson_id: UUID) -> None:
        """Begin with nothing said."""
        now = datetime.now(UTC)
        self._thread = mentor.Thread(
            id=uuid4(), lesson_id=lesson_id, title="", active=True, created_at=now, updated_at=now
        )
        self.messages: list[mentor.Message] = []
        """What was said, the oldest first."""

    @property
    def thread(self) -> mentor.Thread:
        """The conversation, which stays the same one when its last question is asked in another way."""
        return self._thread

    def ask(self, request: mentor.AskRequest) -> mentor.Asked:
        """Take a question; one that is edited is gone with all behind it."""
        if request.edits is not None:
            del self.messages[self._place(request.edits) :]
        question = mentor.Message(
            id=request.message_id, role=mentor.Role.USER, text=request.text, created_at=datetime.now(UTC)
        )
        self.messages.append(question)
        return mentor.Asked(thread=self._thread, message=question)

    async def answer(self, api: Api, request: mentor.AnswerRequest) -> AsyncGenerator[mentor.AnswerEvent, None]:
        """Yield the answer to a question as it comes; close it to stop. What has come stands in the conversation then.

        Raises as `events.events`.
        """
        place = self._place(request.message_id)
        said = [Spoken(role=each.role, text=each.text, cut=each.cut) for each in self.messages[:place]]
        question = self.messages[place]
        answer = mentor.Message(
            id=uuid5(question.id, str(request.number)),
            role=mentor.Role.ASSISTANT,
            text="",
            created_at=datetime.now(UTC),
            cut=True,
        )
        sent = TryRequest(
            lesson_id=self._thread.lesson_id, said=newest(said), text=question.text, language=request.language
        )
        try:
            async with aclosing(events(api, TRY, sent)) as coming:
                async for event in coming:
                    answer.text += event.text
                    if event.message is not None:
                        answer = replace(event.message, id=answer.id)
                        yield replace(event, message=answer)
                    else:
                        yield event
        finally:
            if answer.text and question in self.messages:
                self.messages.append(answer)

    def before(self, message_id: UUID) -> list[mentor.Message]:
        """Return what was said before a message."""
        return self.messages[: self._place(message_id)]

    def _place(self, message_id: UUID) -> int:
        """Return where a message stands; behind all of them where it does not."""
        places = (at for at, message in enumerate(self.messages) if message.id == message_id)
        return next(places, len(self.messages))
