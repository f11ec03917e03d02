"""The mentor's check on the wire: "am I done?", judged by a model while one waits, and what came of it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from lms_tui.wire.errors import Problem
from lms_tui.wire.learning import LessonProgress
from lms_tui.wire.mentor import Language
from lms_tui.wire.operation import Access, Event, Operation, Reply, Request

MOST_TOLD: Final = 20
"""Checks of one lesson that are told, the newest."""


class Recommended(Reply):
    """Something to do next."""

    action: str
    lesson_id: UUID | None = None
    """The lesson that it leads to, of the same course."""
    lesson_title: str = ""
    lesson_type: str = ""


class Checked(Reply):
    """What a check came to, as it is stored."""

    id: UUID
    at: datetime
    understanding: int | None
    """1 to 10; None where another program has left it out."""
    engagement: int | None
    """0 to 100; None likewise."""
    insights: str
    actions: list[Recommended]
    is_passed: bool
    """By the lesson's threshold as it is now."""


class ResultRequest(Request):
    """What the checks of a lesson came to."""

    lesson_id: UUID


class Result(Reply):
    """Where the caller stands with a lesson's check."""

    lesson_id: UUID
    course_id: UUID
    course_title: str
    title: str
    needs: int
    """Per cent of understanding that passes: of 7 of 10 there are 70."""
    checks: list[Checked]
    """The newest first, MOST_TOLD at most; the first of them counts."""
    has_said: bool
    """Whether there is anything of the caller's to judge: a message in the lesson's active thread."""
    cannot: str
    """Why no check can be had now, in a sentence that says what to do; '' where one can."""
    by_hand: bool
    """Whether the lesson may be marked as done by hand, since a check could not be had."""
    progress_id: UUID | None
    """The progress row that was seen; progress writes name it."""
    completed: bool


class CheckRequest(Request):
    """Have the mentor judge what the caller has said in the lesson's active thread.

    The same again returns what came of it and asks no model.
    """

    lesson_id: UUID
    id: UUID
    """The check's id, chosen by the client."""
    seen: UUID | None = None
    """The progress row that the client saw; another one standing there now means a fresh start: 409 `stale`."""
    language: Language = ""
    """The language that the learner's terminal speaks."""


class CheckEvent(Event):
    """How far a check is, or its end: the last event, and it alone, has `result` or `problem`."""

    written: int = 0
    """Characters of the judgement so far."""
    thinking: int = 0
    """Characters that the model has thought so far."""
    again: bool = False
    """Whether the model is asked once more, since its first answer could not be read."""
    result: Checked | None = None
    progress: LessonProgress | None = None
    """With a result that passed: what stands then, up to the course."""
    problem: Problem | None = None
    """Why nothing came of it, and nothing is stored."""

    @property
    def is_last(self) -> bool:
        """Whether the check is over."""
        return self.result is not None or self.problem is not None


RESULT = Operation(
    "mentor.result",
    "GET",
    "/v1/lessons/{lesson_id}/mentor/checks",
    ResultRequest,
    Result,
    Access.SIGNED_IN,
    "What the mentor's checks of a lesson came to",
)
CHECK = Operation(
    "mentor.check",
    "POST",
    "/v1/lessons/{lesson_id}/mentor/checks/{id}",
    CheckRequest,
    CheckEvent,
    Access.SIGNED_IN,
    "Have the mentor judge whether a lesson is done",
    events=True,
)
