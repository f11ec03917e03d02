"""The whole system at a glance, on the wire, for administrators."""

from datetime import date, datetime

from lms_tui.wire.operation import Access, Operation, Reply, Request
from lms_tui.wire.people import Counts

DAYS: int = 14
"""How many days of activity are told, today the last."""


class OverviewRequest(Request):
    """Nothing."""


class Activity(Reply):
    """How many people learned lately: opened or completed a lesson, or began or handed in a quiz."""

    in_7_days: int
    in_30_days: int


class CourseCounts(Reply):
    """How many courses there are, and who takes them."""

    published: int
    """Not archived, as drafts."""
    drafts: int
    archived: int
    enrolments: int
    """By the counters of each course, as completions."""
    completions: int


class Day(Reply):
    """What was done on a day of UTC."""

    day: date
    learners: int
    """Who completed a lesson or handed in a quiz."""
    lessons: int
    """Completed."""
    attempts: int
    """Handed in, and not set aside."""
    enrolments: int


class MailQueue(Reply):
    """What waits to be sent."""

    sends: bool
    """Whether this service sends mail."""
    waiting: int
    oldest: datetime | None
    """Since when the one has waited that has waited longest."""
    given_up: int
    """Of the last 30 days."""
    last_fault: str
    """What the mail server said last when it took something not, or why it could not be asked; '' where nothing is
    known of any."""


class TableSize(Reply):
    """A table with its indexes."""

    name: str
    bytes: int
    rows: int | None
    """About; None where PostgreSQL has not counted yet."""


class DatabaseState(Reply):
    """The database that the service is on."""

    bytes: int
    connections: int
    """To this database, ours and others'."""
    most_connections: int
    """To all databases of the server."""
    tables: list[TableSize]
    """The eight largest."""


class Versions(Reply):
    """What runs."""

    build: str
    """Of the service."""
    wire: int
    postgresql: str
    schema: str
    """The database's version, a migration's number."""


class RecordedAct(Reply):
    """A row of the audit; '' where whom or what it was done to is not there any more, or nobody and nothing."""

    at: datetime
    actor: str
    """Address."""
    action: str
    """The operation's name."""
    person: str
    """Address."""
    what: str
    """Title or name."""


class Overview(Reply):
    """The system as it is now."""

    at: datetime
    people: Counts
    active: Activity
    courses: CourseCounts
    days: list[Day]
    """The oldest first, those on which nothing was done too."""
    mail: MailQueue
    database: DatabaseState
    versions: Versions
    acts: list[RecordedAct]
    """The last twenty of the audit, the newest first."""


OVERVIEW = Operation(
    "system.overview",
    "GET",
    "/v1/overview",
    OverviewRequest,
    Overview,
    Access.ADMIN,
    "People, courses, activity, mail, database and versions at a glance",
)
