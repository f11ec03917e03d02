"""A course's statistics on the wire, for its author and for administrators."""

import enum
from datetime import date, datetime
from uuid import UUID

from lms_tui.wire.catalog import PageSize
from lms_tui.wire.operation import Access, Operation, Reply, Request


class CourseRequest(Request):
    """A course's statistics."""

    course_id: UUID
    group_id: UUID | None = None
    """Only the learners of this group."""


class GroupLine(Reply):
    """A group with learners in the course."""

    id: UUID
    name: str
    learners: int


class LessonStatistics(Reply):
    """A lesson, and how far the course's present learners came in it."""

    id: UUID
    chapter: str
    title: str
    type: str
    started: int
    completed: int
    here: int
    """Learners who have not completed the course, and for whom this is the last lesson that they began."""
    stopped: int
    """Those of them who did nothing in the course for 14 days."""
    median_minutes: float | None
    """Between opening and done; of a quiz the time of an attempt. Half of the learners were quicker."""
    attempts: int
    """Attempts that count."""
    average_best: float | None
    """Of each learner's best score."""
    passed: int
    """Learners who passed."""


class CourseWeek(Reply):
    """A week of a course."""

    begins: date
    """A Monday in UTC."""
    enrolled: int
    completed: int
    lessons: int
    """Lessons completed by all."""


class CourseStatistics(Reply):
    """All that the overview and the lessons of a course's statistics show."""

    id: UUID
    title: str
    author: str
    enrolled: int
    completed: int
    not_started: int
    active: int
    """Did something in the course in the last 14 days."""
    stopped: int
    """Neither completed nor active for 14 days, those included who never began."""
    average_hours: float | None
    """From enrolment to completion."""
    average_best: float | None
    """Of each learner's best score in each quiz."""
    study_minutes: int
    """Of all learners together."""
    groups: list[GroupLine]
    lessons: list[LessonStatistics]
    """In the order of the outline; lessons of archived chapters are left out."""
    weeks: list[CourseWeek]
    """The last 12 weeks."""


class OptionShare(Reply):
    """An option, and how often it was chosen."""

    text: str
    is_correct: bool
    chosen: int


class QuestionStatistics(Reply):
    """A question in all attempts that count."""

    id: UUID
    lesson_id: UUID
    lesson: str
    title: str
    type: str
    archived: bool
    asked: int
    right: int
    blank: int
    """Left without an answer, which counts as wrong."""
    options: list[OptionShare]
    """Empty where nothing is chosen from."""


class QuestionsStatistics(Reply):
    """The questions of a course, the hardest first: those with the smallest part of right answers."""

    id: UUID
    title: str
    questions: list[QuestionStatistics]
    """The 200 hardest at most; those that nobody was asked are left out."""


class LearnerSort(enum.StrEnum):
    """Orders of a course's learners, each completed by the id, so that a page never repeats."""

    NAME = "name"
    PROGRESS = "progress"
    ACTIVE = "active"
    """By when they did something last; who never did stands at the beginning."""
    SCORE = "score"
    """By the mean of their best scores; who has none stands at the beginning."""
    STUDY = "study"


class LearnersRequest(Request):
    """A page of a course's learners."""

    course_id: UUID
    group_id: UUID | None = None
    sort: LearnerSort = LearnerSort.NAME
    descending: bool = False
    after: str | None = None
    """The `next` of the page before."""
    size: PageSize = PageSize.MEDIUM


class LearnerLine(Reply):
    """A learner of a course, and where they stand."""

    id: UUID
    name: str
    """The address where there is no name."""
    email: str
    enrolled_at: datetime | None
    completed_at: datetime | None
    lessons: int
    completed_lessons: int
    last_active_at: datetime | None
    stopped: bool
    """Neither completed nor active for 14 days."""
    quizzes: int
    """Quizzes with an attempt that counts."""
    average_best: float | None
    study_minutes: int


class Learners(Reply):
    """A page of learners."""

    id: UUID
    title: str
    total: int
    """On all pages."""
    learners: list[LearnerLine]
    next: str | None


class LearnerRequest(Request):
    """One learner in one course."""

    course_id: UUID
    user_id: UUID


class AttemptLine(Reply):
    """An attempt at a quiz."""

    id: UUID
    started_at: datetime
    completed_at: datetime | None
    score: int | None
    """None with a `completed_at`: set aside by a fresh start."""
    is_passed: bool


class LearnerLesson(Reply):
    """A lesson as one learner stands in it."""

    id: UUID
    chapter: str
    title: str
    type: str
    started: bool
    completed_at: datetime | None
    best_score: int | None
    attempts: list[AttemptLine]
    """The newest first."""


class Learner(Reply):
    """One learner's way through a course."""

    course_title: str
    line: LearnerLine
    groups: list[str]
    lessons: list[LearnerLesson]


COURSE = Operation(
    "statistics.course",
    "GET",
    "/v1/courses/{course_id}/statistics",
    CourseRequest,
    CourseStatistics,
    Access.STAFF,
    "How a course's learners fare, lesson by lesson",
)
QUESTIONS = Operation(
    "statistics.questions",
    "GET",
    "/v1/courses/{course_id}/statistics/questions",
    CourseRequest,
    QuestionsStatistics,
    Access.STAFF,
    "A course's hardest questions, and what is chosen in them",
)
LEARNERS = Operation(
    "statistics.learners",
    "GET",
    "/v1/courses/{course_id}/statistics/learners",
    LearnersRequest,
    Learners,
    Access.STAFF,
    "A page of a course's learners",
)
LEARNER = Operation(
    "statistics.learner",
    "GET",
    "/v1/courses/{course_id}/statistics/learners/{user_id}",
    LearnerRequest,
    Learner,
    Access.STAFF,
    "One learner's way through a course",
)
