"""Trying a lesson's mentor in a preview, on the wire: a conversation of which nothing is stored, for author and admins.

Each request carries the whole conversation as the client has it. The model is told what it is told for a learner, of
the caller as a learner who has done nothing yet: their first name, no groups, no wrong answers. An answer takes the
caller's turn and their tokens of the day as any other. For everybody else the lesson is missing.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from lms_tui.wire.mentor import QUESTION_LIMIT, AnswerEvent, Language, Role
from lms_tui.wire.mentor_threads import Opened
from lms_tui.wire.operation import Access, Operation, Request
from lms_tui.wire.preview import LessonRequest

MOST_SAID: Final = 100
"""Messages that go with a question."""
SAID_BYTES: Final = 128 * 1024
"""Of JSON: as much of a conversation goes with a question as a request has room for beside the longest one."""


class Spoken(Request):
    """What was said in the conversation, once."""

    role: Role
    text: Annotated[str, msgspec.Meta(max_length=SAID_BYTES)]
    cut: bool = False
    """An answer that broke off or was stopped."""


class TryRequest(LessonRequest):
    """Have the mentor answer a question in a conversation that nobody keeps."""

    said: Annotated[list[Spoken], msgspec.Meta(max_length=MOST_SAID)]
    """What was said before the question, the oldest first."""
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=QUESTION_LIMIT, pattern=r"\S")]
    """The question."""
    language: Language = ""
    """The language that the caller's terminal speaks."""


def newest(said: Sequence[Spoken]) -> list[Spoken]:
    """Return as many of the newest messages as go with a question."""
    room, first = SAID_BYTES, len(said)
    while first and len(said) - first < MOST_SAID:
        room -= len(msgspec.json.encode(said[first - 1]))
        if room < 0:
            break
        first -= 1
    return list(said[first:])


MENTOR = Operation(
    "preview.mentor",
    "GET",
    "/v1/preview/lessons/{lesson_id}/mentor",
    LessonRequest,
    Opened,
    Access.SIGNED_IN,
    "The mentor of a lesson as it is before the first question; for the course's author and admins",
)
TRY = Operation(
    "preview.try_mentor",
    "POST",
    "/v1/preview/lessons/{lesson_id}/mentor/answers",
    TryRequest,
    AnswerEvent,
    Access.SIGNED_IN,
    "The mentor's answer in the conversation of the request; nothing is stored. For the course's author and admins",
    events=True,
)
