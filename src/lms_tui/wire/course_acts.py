"""What staff do to courses, on the wire: an author to their own, an administrator to all.

Each act has an id that the client chose: sent again, it is done once and has the same reply. What a course is made of,
its title and texts, comes from its files (`wire.courses`); what is set here by hand stands over a later import.
"""

from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.operation import Access, Operation, Reply, Request

MOST_CENTS: Final = 999_999_999
"""The dearest course: 9,999,999.99."""


class FactsRequest(Request):
    """One course."""

    course_id: UUID


class CourseFacts(Reply):
    """How a course stands, and what an act at it would touch."""

    id: UUID
    title: str
    author: str
    author_email: str
    category: str
    is_published: bool
    archived: bool
    price_in_cents: int
    currency: str
    chapters: int
    """Without archived ones, as the lessons."""
    lessons: int
    enrolled: int
    learning: int
    """Those of the enrolled who have not completed it."""
    open_attempts: int
    """At its quizzes."""
    by_hand: list[str]
    """What was set by hand and stands over a later import: of `published`, `price` and `category`."""


class PublishRequest(Request):
    """Publish a course: whoever sees the catalog finds it, unless it is archived."""

    id: UUID
    course_id: UUID


class DraftRequest(Request):
    """Make a course a draft again: its learners read that it is not available, nobody else finds it."""

    id: UUID
    course_id: UUID


class ArchiveRequest(Request):
    """Archive a course: as a draft to learners, and out of the way of those who teach."""

    id: UUID
    course_id: UUID


class RestoreRequest(Request):
    """Take a course out of the archive; it is published or a draft as it was before."""

    id: UUID
    course_id: UUID


class PriceRequest(Request):
    """Set what a course costs. Whoever is enrolled stays so."""

    id: UUID
    course_id: UUID
    price_in_cents: Annotated[int, msgspec.Meta(ge=0, le=MOST_CENTS)]
    """0 is free."""
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{3}\Z")] = "usd"


class MoveRequest(Request):
    """Move a course to another category."""

    id: UUID
    course_id: UUID
    category: str
    """Name, in whatever case, or id; one that is not archived."""


class HandOverRequest(Request):
    """Make somebody else the author of a course."""

    id: UUID
    course_id: UUID
    to: str
    """Address or id of a person with the role CONTENT_CREATOR or ADMIN."""


class CourseChanged(Reply):
    """How a course stands after an act."""

    id: UUID
    course_id: UUID
    title: str
    changed: bool
    """False: it stood so already."""
    is_published: bool
    archived: bool
    price_in_cents: int
    currency: str
    category: str
    author_email: str


FACTS = Operation(
    "courses.facts",
    "GET",
    "/v1/managed-courses/{course_id}",
    FactsRequest,
    CourseFacts,
    Access.STAFF,
    "How a course stands, and what an act at it would touch",
)
PUBLISH = Operation(
    "courses.publish",
    "PUT",
    "/v1/course-publishings/{id}",
    PublishRequest,
    CourseChanged,
    Access.STAFF,
    "Publish a course",
)
DRAFT = Operation(
    "courses.draft",
    "PUT",
    "/v1/course-draftings/{id}",
    DraftRequest,
    CourseChanged,
    Access.STAFF,
    "Make a course a draft again",
)
ARCHIVE = Operation(
    "courses.archive",
    "PUT",
    "/v1/course-archivings/{id}",
    ArchiveRequest,
    CourseChanged,
    Access.STAFF,
    "Archive a course",
)
RESTORE = Operation(
    "courses.restore",
    "PUT",
    "/v1/course-restorings/{id}",
    RestoreRequest,
    CourseChanged,
    Access.STAFF,
    "Take a course out of the archive",
)
PRICE = Operation(
    "courses.price",
    "PUT",
    "/v1/course-prices/{id}",
    PriceRequest,
    CourseChanged,
    Access.STAFF,
    "Set what a course costs",
)
MOVE = Operation(
    "courses.move",
    "PUT",
    "/v1/course-moves/{id}",
    MoveRequest,
    CourseChanged,
    Access.STAFF,
    "Move a course to another category",
)
HAND_OVER = Operation(
    "courses.hand_over",
    "PUT",
    "/v1/course-hand-overs/{id}",
    HandOverRequest,
    CourseChanged,
    Access.ADMIN,
    "Make somebody else a course's author",
)
