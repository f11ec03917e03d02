"""What became of the mentors of a course on the wire, for its author and for administrators.

Learners are those enrolled now, as in a course's statistics; they are told before they ask anything that it can be
read. Of each learner and lesson the newest check counts. Nothing here writes.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from lms_tui.wire.course_statistics import CourseRequest
from lms_tui.wire.mentor_threads import ThreadLine, ThreadPage
from lms_tui.wire.operation import Access, Operation, Reply, Request

TALKERS_AT_ONCE: Final = 100
CHECKS_AT_ONCE: Final = 20
"""Of one lesson, the newest."""
LINES_AT_ONCE: Final = 100
"""Threads of one learner, and the lessons that they stand under, on a page."""


class LessonMentor(Reply):
    """A lesson with a mentor, or one that had one, and what its learners made of it."""

    id: UUID
    chapter: str
    title: str
    objectives: str
    """'' where there are none: no check then."""
    difficulty: str
    learners: int
    """Who said something."""
    messages: int
    """By both sides."""
    checked: int
    """Learners with a check."""
    passed: int
    """Of them, by their newest check."""
    average_understanding: float | None
    """1 to 10."""
    average_engagement: float | None
    """0 to 100."""


class CourseMentor(Reply):
    """The mentors of a course."""

    id: UUID
    title: str
    lessons: list[LessonMentor]
    """In the order of the outline."""


class Check(Reply):
    """What the model found of a learner in a lesson."""

    at: datetime
    understanding: int | None
    """1 to 10."""
    engagement: int | None
    """0 to 100."""
    passed: bool
    insights: str
    recommended: str
    """A line for each action; a lesson to which it leads stands behind it by its title."""


class TalkersRequest(Request):
    """A page of those who talked with the mentor of a lesson, or were checked."""

    course_id: UUID
    lesson_id: UUID
    group_id: UUID | None = None
    """Only the learners of this group."""
    after: str | None = None
    """The `next` of the page before."""


class Talker(Reply):
    """A learner of a lesson's mentor."""

    id: UUID
    name: str
    """The address where there is no name."""
    email: str
    threads: int
    """In which something was said."""
    messages: int
    """By both sides."""
    last_at: datetime
    """Of the last message or check."""
    check: Check | None
    """The newest."""


class Talkers(Reply):
    """A page of a mentor's learners, whose message or check is the newest first."""

    lesson_id: UUID
    title: str
    course_title: str
    objectives: str
    total: int
    """On all pages."""
    learners: list[Talker]
    next: str | None


class LearnerMentorRequest(Request):
    """One learner with the mentors of one course."""

    course_id: UUID
    user_id: UUID
    after: str | None = None
    """The `next` of the page before."""


class LearnerMentorLesson(Reply):
    """A lesson in which the learner said something, or was checked."""

    id: UUID
    chapter: str
    title: str
    objectives: str
    checks: list[Check]
    """The newest first, and the newest counts. All of them are on the page on which the lesson begins."""
    threads: list[ThreadLine]
    """The newest first. They go on where the next page begins with the same lesson."""


class LearnerMentor(Reply):
    """A page of one learner's threads and checks in a course."""

    course_title: str
    id: UUID
    name: str
    email: str
    lessons: list[LearnerMentorLesson]
    """In the order of the outline."""
    next: str | None = None


class TranscriptRequest(Request):
    """A page of a learner's thread."""

    course_id: UUID
    thread_id: UUID
    before: UUID | None = None
    """The first message of the page that is read already; None: the newest page."""


class Transcript(ThreadPage):
    """A page of a learner's thread, to be read only."""

    learner_id: UUID
    learner: str
    """The address where there is no name."""


COURSE = Operation(
    "mentor.course",
    "GET",
    "/v1/courses/{course_id}/mentor",
    CourseRequest,
    CourseMentor,
    Access.STAFF,
    "What the learners of a course make of its mentors, lesson by lesson",
)
TALKERS = Operation(
    "mentor.learners",
    "GET",
    "/v1/courses/{course_id}/mentor/lessons/{lesson_id}",
    TalkersRequest,
    Talkers,
    Access.STAFF,
    "A page of those who talked with the mentor of a lesson",
)
LEARNER = Operation(
    "mentor.learner",
    "GET",
    "/v1/courses/{course_id}/mentor/learners/{user_id}",
    LearnerMentorRequest,
    LearnerMentor,
    Access.STAFF,
    "A page of one learner's threads and checks with the mentors of a course",
)
TRANSCRIPT = Operation(
    "mentor.transcript",
    "GET",
    "/v1/courses/{course_id}/mentor/threads/{thread_id}",
    TranscriptRequest,
    Transcript,
    Access.STAFF,
    "A page of a learner's thread in one's own course",
)
