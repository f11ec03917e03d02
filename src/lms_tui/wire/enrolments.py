"""Staff let people into a course and take them out, on the wire: an author for their own courses, an administrator for
all. Each act has an id that the client chose: sent again, it is done once and has the same reply.
"""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from lms_tui.wire.inviting_many import MOST_AT_ONCE, LineFault
from lms_tui.wire.operation import Access, Operation, Reply, Request


class Outcome(enum.StrEnum):
    """What became of one of many."""

    ENROLLED = "enrolled"
    UNCHANGED = "unchanged"
    """They are enrolled already."""
    REFUSED = "refused"


class Wanted(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One of many to let in."""

    line: int
    """Where they stand in the list; the report goes by it."""
    who: str
    """The e-mail address, or the id."""


class GiveRequest(Request):
    """Let people into a course, also a priced one or a draft; those at fault are left out, the others come in."""

    id: UUID
    course_id: UUID
    people: Annotated[list[Wanted], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    check: bool = False
    """Tell what would be done, and write nothing."""


class GivenLine(Reply):
    """What became of one."""

    line: int
    who: str
    """Their address where they were found, else what was asked."""
    outcome: Outcome
    fault: LineFault | None = None
    reason: str = ""
    """A sentence, where it was refused."""


class Given(Reply):
    """What became of each, in the order in which they were asked for."""

    id: UUID
    course_id: UUID
    title: str
    available: bool
    """Whether its learners can open it: it is published and not archived."""
    lines: list[GivenLine]


class LookRequest(Request):
    """One learner of a course."""

    course_id: UUID
    learner: str
    """The e-mail address, or the id."""


class EnrolmentFacts(Reply):
    """What taking somebody out of a course would touch."""

    course_id: UUID
    title: str
    price_in_cents: int
    currency: str
    learner_id: UUID
    learner_email: str
    learner_name: str
    enrolled_at: datetime | None
    completed_at: datetime | None
    lessons: int
    completed_lessons: int
    open_attempts: int


class RemoveRequest(Request):
    """Take somebody out of a course: what they did stays, and comes back with them."""

    id: UUID
    course_id: UUID
    learner_id: UUID


class Removed(Reply):
    """Who was taken out."""

    id: UUID
    course_id: UUID
    title: str
    learner_id: UUID
    learner_email: str
    removed: bool
    """False: they were not in it any more."""


GIVE = Operation(
    "enrolments.give",
    "PUT",
    "/v1/enrolments-given/{id}",
    GiveRequest,
    Given,
    Access.STAFF,
    "Let people into a course, and report on each",
)
LOOK = Operation(
    "enrolments.look",
    "GET",
    "/v1/managed-courses/{course_id}/enrolment",
    LookRequest,
    EnrolmentFacts,
    Access.STAFF,
    "What taking somebody out of a course would touch",
)
REMOVE = Operation(
    "enrolments.remove",
    "PUT",
    "/v1/enrolments-removed/{id}",
    RemoveRequest,
    Removed,
    Access.STAFF,
    "Take somebody out of a course",
)
