"""People on the wire, for administrators: the list, how many there are, and one person."""

import enum
from datetime import datetime
from uuid import UUID

from lms_tui.wire.catalog import PageSize
from lms_tui.wire.operation import Access, Operation, Reply, Request


class Role(enum.StrEnum):
    """The roles there are; a row may hold another, which has a student's rights."""

    STUDENT = "STUDENT"
    CONTENT_CREATOR = "CONTENT_CREATOR"
    ADMIN = "ADMIN"


class Show(enum.StrEnum):
    """Which people by where they stand."""

    PRESENT = "present"
    """Not archived; the invited are among them."""
    INVITED = "invited"
    """Invited, and have not come yet; the code may be over."""
    ARCHIVED = "archived"
    ALL = "all"


class ListRequest(Request):
    """One page of the people. At most one of `after`, `before` and `last` is given; none is the first page."""

    search: str = ""
    """Words, each of which begins a word of the name; or a piece of the address. Without regard to case, and in names
    to accents."""
    role: Role | None = None
    show: Show = Show.PRESENT
    group: str = ""
    """Only members of the group of this name, in whatever case, or id."""
    after: str | None = None
    """The `next` of an earlier page."""
    before: str | None = None
    """The `previous` of an earlier page."""
    last: bool = False
    size: PageSize = PageSize.LARGE


class PersonLine(Reply):
    """A person as a list shows them."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: str
    """As stored: another program may have written one that is none of ours."""
    archived: bool
    invited_until: datetime | None
    """When the code of an invitation ends or ended; None for whoever has come, or was never invited."""
    groups: list[str]
    enrolments: int


class People(Reply):
    """People by address, and where the neighbouring pages begin (None at an end)."""

    people: list[PersonLine]
    next: str | None
    previous: str | None


class CountsRequest(Request):
    """The filters of the list that are not counted by themselves."""

    search: str = ""
    group: str = ""


class Counts(Reply):
    """How many people there are under the filters."""

    present: int
    """Not archived; the numbers that follow are of these."""
    students: int
    """With a student's rights, whatever their role is called."""
    authors: int
    admins: int
    invited: int
    archived: int


class PersonRequest(Request):
    """One person."""

    who: str
    """The e-mail address, or the id."""


class GroupName(Reply):
    """A group that somebody is in."""

    id: UUID
    name: str


class Enrolment(Reply):
    """A course that somebody takes, and how far they are."""

    course_id: UUID
    title: str
    enrolled_at: datetime | None
    completed_at: datetime | None
    completed_lessons: int
    lessons: int


class OpenInvitation(Reply):
    """An invitation that was not accepted yet."""

    expires_at: datetime
    reminders: int


class Person(Reply):
    """All about one person that an administrator goes by; also what archiving and another role would touch."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: str
    archived: bool
    created_at: datetime | None
    has_come: bool
    """Whether they have a password here, or have one in place of it: whoever was invited and has not come has not."""
    invitation: OpenInvitation | None
    groups: list[GroupName]
    enrolments: list[Enrolment]
    teaches: int
    """Courses of which they are the author."""
    open_attempts: int
    last_activity: datetime | None
    """When they last opened or finished a lesson or a quiz."""
    only_admin: bool
    """Whether they are the last administrator who can sign in: may be neither archived nor given another role."""


LIST = Operation("people.list", "GET", "/v1/people", ListRequest, People, Access.ADMIN, "A page of the people")
COUNTS = Operation(
    "people.counts", "GET", "/v1/people/counts", CountsRequest, Counts, Access.ADMIN, "How many people there are"
)
PERSON = Operation(
    "people.person", "GET", "/v1/people/one", PersonRequest, Person, Access.ADMIN, "One person, by address or id"
)
