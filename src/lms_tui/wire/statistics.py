"""Statistics on the wire: study time, a learner's own, the overview of courses, and counting anew."""

import enum
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.catalog import PageSize
from lms_tui.wire.operation import Access, Operation, Reply, Request

MOST_MINUTES: Final = 1440
"""The longest study time that is told at once: a day."""


class StudyRequest(Request):
    """Add study time to a course, once, however often it is sent.

    The minutes are added only where the time that stands is still `seen`. As it only ever grows, of all requests with
    one `seen` a single one is ever counted. 0 minutes only ask for what stands.
    """

    course_id: UUID
    seen: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    """The minutes that stood, as the client saw them last."""
    minutes: Annotated[int, msgspec.Meta(ge=0, le=MOST_MINUTES)]


class StudyTime(Reply):
    """The study time that stands in a course now, whether these minutes were counted or not."""

    course_id: UUID
    minutes: int
    counted: bool
    """False where another time than `seen` stood: these minutes were not added by this request."""


STUDY = Operation(
    "statistics.study",
    "PUT",
    "/v1/courses/{course_id}/study-time",
    StudyRequest,
    StudyTime,
    Access.SIGNED_IN,
    "Add study time where it still is what was seen",
)


class MineRequest(Request):
    """One's own statistics."""

    zone: str = "UTC"
    """The time zone of days and weeks: an IANA name, or a distance from UTC such as `+05:30`."""
    weeks: Annotated[int, msgspec.Meta(ge=1, le=53)] = 12


class Streak(Reply):
    """Days in a row with a completed lesson, a submitted attempt or a mentor message."""

    days: int
    """The row that goes on; today not yet active keeps yesterday's."""
    longest: int
    active_today: bool


class Week(Reply):
    """A learner's week."""

    begins: date
    """A Monday."""
    lessons: int
    """Completed in that week."""
    study_minutes: int
    attempts: int
    """Attempts that count."""
    average_score: float | None


class CategoryScore(Reply):
    """How one does in a category: the mean of the best scores in its quizzes."""

    category: str
    quizzes: int
    average_best: float


class MyCourseLine(Reply):
    """A course that one is enrolled in."""

    id: UUID
    title: str
    lessons: int
    completed_lessons: int
    completed_at: datetime | None
    study_minutes: int
    average_best: float | None
    """Of the best scores in its quizzes."""


class Mine(Reply):
    """All that a learner's page of statistics shows."""

    today: date
    zone: str
    streak: Streak
    courses_enrolled: int
    courses_completed: int
    lessons_completed: int
    study_minutes: int
    average_score: float | None
    """Of all attempts that count."""
    weeks: list[Week]
    """The present week is the last."""
    categories: list[CategoryScore]
    """The strongest first."""
    courses: list[MyCourseLine]
    """Those opened last first."""


class CoursesSort(enum.StrEnum):
    """Orders of the overview, each completed by the id."""

    TITLE = "title"
    ENROLLED = "enrolled"
    """The most learners first."""
    COMPLETED = "completed"
    """The most completed enrolments first."""


class CoursesRequest(Request):
    """A page of the courses that one teaches; an administrator's has everybody's."""

    sort: CoursesSort = CoursesSort.ENROLLED
    after: str | None = None
    size: PageSize = PageSize.MEDIUM


class CourseLine(Reply):
    """A course in the overview."""

    id: UUID
    title: str
    author: str
    is_published: bool
    archived: bool
    enrolled: int
    completed: int
    average_hours: float | None
    """From enrolment to completion."""
    average_score: float | None
    """Of the learners' averages."""
    study_minutes: int


class Courses(Reply):
    """A page of courses."""

    total: int
    enrolled: int
    """Enrolments in all of them."""
    completed: int
    courses: list[CourseLine]
    next: str | None


class RefreshRequest(Request):
    """Count the three tables of statistics anew."""


class Refreshed(Reply):
    """What was counted, and how many rows had been wrong."""

    users: int
    courses: int
    mended: int


MINE = Operation(
    "statistics.mine", "GET", "/v1/statistics", MineRequest, Mine, Access.SIGNED_IN, "One's own statistics"
)
COURSES = Operation(
    "statistics.courses",
    "GET",
    "/v1/statistics/courses",
    CoursesRequest,
    Courses,
    Access.STAFF,
    "An overview of the courses that one teaches",
)
REFRESH = Operation(
    "statistics.refresh",
    "POST",
    "/v1/statistics/refresh",
    RefreshRequest,
    Refreshed,
    Access.STAFF,
    "Count the statistics anew, for administrators",
)
