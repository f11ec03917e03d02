"""Who is in a group, and a whole group let into courses, on the wire, for administrators.

Each act has an id that the client chose: sent again, it is done once and has the same reply.
"""

import enum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.enrolments import Wanted
from lms_tui.wire.inviting_many import MOST_AT_ONCE, LineFault
from lms_tui.wire.operation import Access, Operation, Reply, Request

MOST_COURSES: Final = 20
"""Courses into which a group is let at once."""


class Outcome(enum.StrEnum):
    """What became of one of many."""

    ADDED = "added"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    """They are in it already, or not in it."""
    REFUSED = "refused"


class MembersRequest(Request):
    """Put people into a group, or take them out; those at fault are left out, the others are done."""

    id: UUID
    group_id: UUID
    people: Annotated[list[Wanted], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    remove: bool = False
    """Take them out; what they did, and the courses that they take, stay."""
    check: bool = False
    """Tell what would be done, and write nothing."""


class MemberLine(Reply):
    """What became of one."""

    line: int
    who: str
    """Their address where they were found, else what was asked."""
    outcome: Outcome
    fault: LineFault | None = None
    reason: str = ""
    """A sentence, where it was refused."""


class MembersChanged(Reply):
    """What became of each, in the order in which they were asked for."""

    id: UUID
    group_id: UUID
    name: str
    lines: list[MemberLine]


class EnrolRequest(Request):
    """Let a group's members of this moment into courses, also priced ones and drafts; who comes later is not let in."""

    id: UUID
    group_id: UUID
    courses: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=MOST_COURSES)]
    check: bool = False
    """Tell what would be done, and write nothing."""


class CourseEnrolled(Reply):
    """What became of one course."""

    course_id: UUID
    title: str
    price_in_cents: int
    currency: str
    available: bool
    """False: it is a draft or archived, and they cannot open it yet."""
    enrolled: int
    """Members that came in by this."""
    already: int
    """Members that were in it already; they stay as they are."""


class GroupEnrolled(Reply):
    """What became of each course, in the order in which they were asked for."""

    id: UUID
    group_id: UUID
    name: str
    members: int
    archived_members: int
    """Members who are archived, and are not let in."""
    courses: list[CourseEnrolled]


MEMBERS = Operation(
    "groups.members",
    "PUT",
    "/v1/group-memberships/{id}",
    MembersRequest,
    MembersChanged,
    Access.ADMIN,
    "Put people into a group, or take them out, and report on each",
)
ENROL = Operation(
    "groups.enrol",
    "PUT",
    "/v1/group-enrolments/{id}",
    EnrolRequest,
    GroupEnrolled,
    Access.ADMIN,
    "Let a whole group into courses",
)
