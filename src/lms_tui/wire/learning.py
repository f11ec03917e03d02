"""Learning on the wire: home, enrolment, lessons and their progress."""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from lms_tui.wire.operation import Access, Operation, Reply, Request


class TextFormat(enum.StrEnum):
    """How a lesson's text is written."""

    MARKDOWN = "markdown"
    HTML = "html"


class Resume(Reply):
    """The one place to which the key `c` leads."""

    course_id: UUID
    course_title: str
    chapter_title: str
    lesson_id: UUID
    lesson_title: str
    lesson_type: str
    attempt_id: UUID | None
    """An open attempt of that lesson's quiz."""


class MyCourse(Reply):
    """A course that the caller is enrolled in."""

    id: UUID
    title: str
    author: str
    category: str
    lessons: int
    completed_lessons: int
    enrolled_at: datetime
    completed_at: datetime | None
    last_opened_at: datetime | None
    available: bool
    """False for a course that is a draft or archived now: its progress is kept."""
    next_lesson_title: str | None
    new_lessons: int = 0
    """Lessons not done yet that came after the course was completed."""


class HomeRequest(Request):
    """Nothing but the session."""


class Home(Reply):
    """All that the home screen shows: where to go on, and my courses, those opened last first."""

    resume: Resume | None
    courses: list[MyCourse]
    catalog_courses: int
    """How many published courses there are, for the way into the catalog."""
    company: str | None
    """`settings.company_name`."""


class EnrolRequest(Request):
    """Enrol oneself; doing it again changes nothing."""

    course_id: UUID
    id: UUID
    """The enrolment's id, chosen by the client."""


class LeaveRequest(Request):
    """Leave a course: the enrolment goes, lesson progress stays."""

    course_id: UUID


class Enrolment(Reply):
    """How the caller stands to a course now."""

    course_id: UUID
    enrolled: bool
    enrolled_at: datetime | None
    completed_at: datetime | None


class LessonRequest(Request):
    """One lesson by its id."""

    lesson_id: UUID


class LessonRef(Reply):
    """A neighbouring lesson."""

    id: UUID
    title: str
    type: str


class ReadingPosition(Reply):
    """Where the caller left a lesson's text, on whichever machine; both times are of the database's clock."""

    block: int
    """A block of the text, from 0."""
    letters: int
    """How many letters and digits of that block stand before."""
    updated_at: datetime
    """When the place became this one."""
    told_at: datetime
    """When this was said: how long ago something was on this machine can be told in the database's time by it."""


class Lesson(Reply):
    """A lesson as the lesson screen shows it. Reading records nothing; `learning.start` does."""

    id: UUID
    course_id: UUID
    course_title: str
    chapter_id: UUID
    chapter_title: str
    chapter_number: int
    """1 is the first chapter that is not archived."""
    title: str
    type: str
    text: str
    format: TextFormat
    link: str | None
    """Address of a video or external lesson, or of a file that is a link; shown, never followed by itself."""
    position: int
    """1 is the course's first lesson."""
    lessons: int
    previous: LessonRef | None
    next: LessonRef | None
    enrolled: bool
    """Whether progress is recorded."""
    progress_id: UUID | None
    """The progress row that was seen; progress writes name it."""
    started: bool
    completed: bool
    completed_at: datetime | None
    completes_by_hand: bool
    """Whether the key for `done` completes it now: everything but quizzes and SCORM packages, and what the mentor's
    check completes, as long as a check can be had."""
    file_kind: str | None = None
    """Short form of the lesson's own file in the store (`pdf`), had by `files.lesson`; None where it has none."""
    reading: ReadingPosition | None = None
    """Where an enrolled caller left it; None where the service does not know, or keeps none."""
    has_mentor: bool = False
    """Whether enrolled learners can ask a mentor about it."""
    completes_by_check: bool = False
    """Whether the mentor's check completes it (`mentor.check`)."""


class PositionRequest(Request):
    """Set where the caller has come to in a lesson's text. The same place again changes nothing."""

    lesson_id: UUID
    block: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    letters: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Position(Reply):
    """What became of a place."""

    updated_at: datetime | None
    """When the place became this one, by the database's clock; None where this database keeps no places."""


class ProgressRequest(Request):
    """Start or complete a lesson. May arrive twice, late and in any order (domain.md, progress, merging)."""

    lesson_id: UUID
    id: UUID
    """The row's id, chosen by the client, where no row stands yet."""
    seen: UUID | None = None
    """The row that the client saw; another one standing there now means a fresh start: 409 `stale`."""
    at: datetime | None = None
    """When it happened by the client's clock; clamped between the row's creation and now."""


class LessonProgress(Reply):
    """What stands after a progress write, for the whole way up to the course."""

    id: UUID
    lesson_id: UUID
    started: bool
    completed: bool
    completed_at: datetime | None
    chapter_completed: bool
    course_completed: bool
    """True where the course stands as completed."""
    completed_lessons: int
    lessons: int


HOME = Operation("learning.home", "GET", "/v1/home", HomeRequest, Home, Access.SIGNED_IN, "Where to go on")
ENROL = Operation(
    "learning.enrol",
    "PUT",
    "/v1/courses/{course_id}/enrolment",
    EnrolRequest,
    Enrolment,
    Access.SIGNED_IN,
    "Enrol oneself in a free course",
)
LEAVE = Operation(
    "learning.leave",
    "DELETE",
    "/v1/courses/{course_id}/enrolment",
    LeaveRequest,
    Enrolment,
    Access.SIGNED_IN,
    "Leave a course, keeping its progress",
)
LESSON = Operation(
    "learning.lesson", "GET", "/v1/lessons/{lesson_id}", LessonRequest, Lesson, Access.GUEST, "Read a lesson"
)
START = Operation(
    "learning.start",
    "PUT",
    "/v1/lessons/{lesson_id}/start",
    ProgressRequest,
    LessonProgress,
    Access.SIGNED_IN,
    "Record that an enrolled learner opened a lesson",
    waits=True,
)
COMPLETE = Operation(
    "learning.complete",
    "PUT",
    "/v1/lessons/{lesson_id}/completion",
    ProgressRequest,
    LessonProgress,
    Access.SIGNED_IN,
    "Record that a lesson is done",
    waits=True,
)
POSITION = Operation(
    "learning.position",
    "PUT",
    "/v1/lessons/{lesson_id}/position",
    PositionRequest,
    Position,
    Access.SIGNED_IN,
    "Keep where an enrolled learner left a lesson's text",
)
