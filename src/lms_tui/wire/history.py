"""A quiz's history on the wire: every attempt that was made, and the change between two of them."""

import enum
from datetime import datetime
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request
from lms_tui.wire.quizzes import QuestionResult


class PastState(enum.StrEnum):
    """What an attempt is by now."""

    COUNTS = "counts"
    OPEN = "open"
    SET_ASIDE = "set_aside"
    """An instructor has given a fresh start: kept, but it counts nowhere."""


class PastAttempt(Reply):
    """One attempt of the history."""

    id: UUID
    state: PastState
    number: int | None
    """1 is the first that counts; None for one set aside."""
    started_at: datetime
    completed_at: datetime | None
    seconds: int | None
    """From the start to the submission, pauses too; None while it is open."""
    score: int | None
    """Percent; None unless it counts."""
    is_passed: bool


class HistoryRequest(Request):
    """The history of a lesson's quiz."""

    lesson_id: UUID


class History(Reply):
    """All attempts of the caller at one quiz."""

    lesson_id: UUID
    course_id: UUID
    course_title: str
    chapter_title: str
    title: str
    threshold: int | None
    attempts_limit: int | None
    attempts_left: int | None
    best_score: int | None
    is_passed: bool
    attempts: list[PastAttempt]
    """Newest first."""


class Change(enum.StrEnum):
    """How a question went in two attempts."""

    STILL_RIGHT = "still_right"
    STILL_WRONG = "still_wrong"
    GAINED = "gained"
    """Wrong then, right now."""
    LOST = "lost"
    """Right then, wrong now."""
    ONLY_EARLIER = "only_earlier"
    """Not asked in the later attempt."""
    ONLY_LATER = "only_later"


class ComparedQuestion(Reply):
    """One question in both attempts; at least one of them had it."""

    change: Change
    earlier: QuestionResult | None
    """None where that attempt did not have the question."""
    later: QuestionResult | None


class CompareRequest(Request):
    """Two attempts of the caller at one quiz, in either order."""

    attempt_id: UUID
    other_id: UUID


class Comparison(Reply):
    """The change from an earlier attempt to a later one."""

    lesson_id: UUID
    course_title: str
    title: str
    threshold: int | None
    earlier: PastAttempt
    later: PastAttempt
    reveals: bool
    """Whether right answers are shown: the quiz is passed, or no attempt is left."""
    questions: list[ComparedQuestion]


HISTORY = Operation(
    "quizzes.history",
    "GET",
    "/v1/lessons/{lesson_id}/attempts",
    HistoryRequest,
    History,
    Access.SIGNED_IN,
    "All attempts of the caller at a quiz",
)
COMPARE = Operation(
    "quizzes.compare",
    "GET",
    "/v1/attempts/{attempt_id}/comparison/{other_id}",
    CompareRequest,
    Comparison,
    Access.SIGNED_IN,
    "The change between two attempts at a quiz",
)
