"""A fresh start on the wire: what it would touch, and giving it. For the course's author and for administrators."""

from datetime import datetime
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class FreshStartLook(Request):
    """What a fresh start of one lesson would touch."""

    lesson_id: UUID
    learner: str
    """The learner's e-mail address or id."""


class FreshStartFacts(Reply):
    """How a learner stands to a lesson: what a fresh start would take away, and what it leaves."""

    lesson_id: UUID
    lesson_title: str
    course_title: str
    learner_id: UUID
    learner_name: str
    learner_email: str
    started: bool
    completed_at: datetime | None
    attempts: int
    """Attempts that count."""
    best_score: int | None
    open_attempt: bool
    chapter_completed_at: datetime | None
    """Stays."""
    course_completed_at: datetime | None
    """Stays."""

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to begin anew: no attempt and no progress."""
        return not (self.started or self.completed_at or self.attempts or self.open_attempt)


class FreshStartRequest(Request):
    """Give a fresh start; the same `id` again changes nothing and has the same reply."""

    id: UUID
    """Chosen by the client."""
    lesson_id: UUID
    learner_id: UUID


class FreshStart(Reply):
    """A fresh start that was given."""

    id: UUID
    lesson_id: UUID
    learner_id: UUID
    at: datetime
    set_aside: int
    """Attempts that counted and do not any more."""
    closed: int
    """Open attempts that were closed."""
    progress_id: UUID | None
    """The new row; None where no progress had been recorded."""


LOOK = Operation(
    "learning.fresh_start_look",
    "GET",
    "/v1/lessons/{lesson_id}/fresh-start",
    FreshStartLook,
    FreshStartFacts,
    Access.STAFF,
    "What a fresh start of a lesson would touch",
)
GIVE = Operation(
    "learning.fresh_start",
    "PUT",
    "/v1/fresh-starts/{id}",
    FreshStartRequest,
    FreshStart,
    Access.STAFF,
    "Give one learner a fresh start of one lesson",
)
