"""What somebody named on the command line: a course or a lesson by its id, the beginning of its id, or its title."""

import enum
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class Kind(enum.StrEnum):
    """What is looked for."""

    ANY = "any"
    COURSE = "course"
    LESSON = "lesson"


class FindRequest(Request):
    """What was typed. An id goes before a title, a title before the beginning of one or of an id (four characters of
    it at least), and these before words that a title has; upper and lower case are alike."""

    name: str
    kind: Kind = Kind.ANY
    course_id: UUID | None = None
    """Lessons of this course alone. Without it lessons are found by title in the caller's own courses, by id in all."""


class Found(Reply):
    """A course or a lesson of that name."""

    id: UUID
    title: str
    course_id: UUID
    """The course itself, or that of the lesson."""
    course_title: str
    lesson_type: str | None
    """None: it is a course."""


class Finds(Reply):
    """All that the name fits best, the first twenty by title; exactly one is what a command goes on with."""

    found: list[Found]
    more: bool


FIND = Operation(
    "catalog.find", "GET", "/v1/find", FindRequest, Finds, Access.GUEST, "Courses and lessons by id or title"
)
