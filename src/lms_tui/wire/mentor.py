"""The mentor on the wire: a learner's conversation about one lesson, asked and answered.

A question is stored by one call (`mentor.ask`, which may wait in the outbox) and answered by another (`mentor.answer`,
a stream): so nothing that was asked is lost, whatever becomes of the answer.
"""

import enum
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.errors import Problem
from lms_tui.wire.operation import Access, Event, Operation, Reply, Request

QUESTION_LIMIT: Final = 20_000
"""Characters of one question; a quoted passage of the lesson is part of it."""
MOST_TRIES: Final = 100
"""Answers of one question."""

Language = Annotated[str, msgspec.Meta(max_length=35, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")]
"""A language's tag (BCP 47), '' where nobody knows."""


class Role(enum.StrEnum):
    """Who says something in a thread."""

    USER = "user"
    ASSISTANT = "assistant"


class Thread(Reply):
    """A learner's conversation about one lesson."""

    id: UUID
    lesson_id: UUID
    title: str
    """'' where nobody gave it one."""
    active: bool
    """Whether questions go to it: one per learner and lesson, the others can be read."""
    created_at: datetime
    updated_at: datetime


class Message(Reply):
    """What was said in a thread, once."""

    id: UUID
    role: Role
    text: str
    created_at: datetime
    tokens: int | None = None
    """Of an answer: what it cost, its question and all that was told with it included; an estimate where the
    provider reports nothing."""
    model: str | None = None
    cut: bool = False
    """An answer that broke off or was stopped: what arrived stands here."""
    tries: int = 0
    """Of a question: how many answers it has, those that were cut included. The next one is `tries + 1`."""


class AskRequest(Request):
    """Store a question. The same again changes nothing."""

    lesson_id: UUID
    message_id: UUID
    """The question's id, chosen by the client."""
    thread_id: UUID
    """The active thread as the client knows it; where none is active, one is made with this id. A client that knows of
    no thread chooses an id: the question goes to the one that is active, if there is one by now."""
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=QUESTION_LIMIT, pattern=r"\S")]
    edits: UUID | None = None
    """An earlier question of the active thread that this one takes the place of: a new thread, `thread_id`, holds what
    was said before it and then this question; the old one can still be read."""


class Asked(Reply):
    """A question as it is stored, and in which thread."""

    thread: Thread
    message: Message


class AnswerRequest(Request):
    """Have a stored question answered, the last of its active thread.

    An answer that is there already is sent again as it stands; to get another one, ask for the next number.
    """

    message_id: UUID
    number: Annotated[int, msgspec.Meta(ge=1, le=MOST_TRIES)]
    """Which try it is: `Message.tries + 1`."""
    language: Language = ""
    """The language that the learner's terminal speaks."""


class AnswerEvent(Event):
    """A piece of an answer as it comes, or its end: the last event, and it alone, has `message` or `problem`."""

    text: str = ""
    """What comes next in the answer."""
    thinking: int = 0
    """Characters that the model has thought so far, which are not kept; so that one sees that it works."""
    message: Message | None = None
    """The answer as it is stored. With a `problem`: what arrived of it, None where nothing did."""
    problem: Problem | None = None
    """Why it broke off."""

    @property
    def is_last(self) -> bool:
        """Whether the answer is over."""
        return self.message is not None or self.problem is not None


ASK = Operation(
    "mentor.ask",
    "PUT",
    "/v1/lessons/{lesson_id}/mentor/messages/{message_id}",
    AskRequest,
    Asked,
    Access.SIGNED_IN,
    "Ask the mentor of a lesson something",
    waits=True,
)
ANSWER = Operation(
    "mentor.answer",
    "POST",
    "/v1/mentor/messages/{message_id}/answers",
    AnswerRequest,
    AnswerEvent,
    Access.SIGNED_IN,
    "Have the mentor answer a question, piece by piece",
    events=True,
)
