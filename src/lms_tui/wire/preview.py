"""Preview on the wire: a course as a learner would meet it, for its author and admins (domain.md, Courses, preview).

Each request carries the whole state of what it is about (the attempt's id, the answers, the lessons done); nothing is
stored anywhere for it, and nothing that is stored for the caller as a learner has any part in the reply. The replies
are those of the learner's operations, so that the same screens show them. Drafts and archived courses can be
previewed; what is archived in a course is missing, as for its learners. For everybody else a course is missing.
"""

from uuid import UUID

from lms_tui.wire.catalog import Course
from lms_tui.wire.files import LessonFiles
from lms_tui.wire.learning import Lesson
from lms_tui.wire.operation import Access, Operation, Reply, Request
from lms_tui.wire.quizzes import Answer, Attempt, Quiz, Result


class CourseRequest(Request):
    """A course that is previewed."""

    course_id: UUID


class LessonRequest(Request):
    """A lesson of a course that is previewed."""

    lesson_id: UUID


class AttemptRequest(Request):
    """The questions of a quiz, as an attempt of this id would have them."""

    lesson_id: UUID
    attempt_id: UUID
    """Chosen by the client; the order of the options is made of it, as for a learner."""


class GradeRequest(Request):
    """Grade an attempt that nobody keeps."""

    lesson_id: UUID
    attempt_id: UUID
    questions: list[UUID]
    """Those that were shown; another set now: 409 `quiz_changed`."""
    answers: dict[UUID, Answer]
    """By question; one that is missing is not answered."""
    completed: tuple[UUID, ...] = ()
    """The lessons that are done in this preview, for what the result says of chapter and course."""


class RightAnswer(Reply):
    """What is right in one question, as a result shows it once it reveals."""

    question_id: UUID
    correct: Answer | None
    """A right answer; None for kinds that have none."""
    accepted: list[list[str]]
    """For blanks: the accepted texts of each, as a reader would write them."""
    is_gradable: bool
    """False where no answer at all is right, so that the question weighs nothing."""


class RightAnswers(Reply):
    """The right answers of a quiz, in the order of its questions."""

    answers: list[RightAnswer]


COURSE = Operation(
    "preview.course",
    "GET",
    "/v1/preview/courses/{course_id}",
    CourseRequest,
    Course,
    Access.SIGNED_IN,
    "A course as one who has just enrolled sees it; for its author and admins",
)
LESSON = Operation(
    "preview.lesson",
    "GET",
    "/v1/preview/lessons/{lesson_id}",
    LessonRequest,
    Lesson,
    Access.SIGNED_IN,
    "A lesson as a learner reads it; for its author and admins",
)
FILES = Operation(
    "preview.files",
    "GET",
    "/v1/preview/lessons/{lesson_id}/files",
    LessonRequest,
    LessonFiles,
    Access.SIGNED_IN,
    "Links of a lesson's files; for its author and admins",
)
QUIZ = Operation(
    "preview.quiz",
    "GET",
    "/v1/preview/lessons/{lesson_id}/quiz",
    LessonRequest,
    Quiz,
    Access.SIGNED_IN,
    "A quiz's start page as it is before the first attempt; for its author and admins",
)
ATTEMPT = Operation(
    "preview.attempt",
    "GET",
    "/v1/preview/lessons/{lesson_id}/attempts/{attempt_id}",
    AttemptRequest,
    Attempt,
    Access.SIGNED_IN,
    "A quiz's questions as a first attempt has them; for its author and admins",
)
GRADE = Operation(
    "preview.grade",
    "POST",
    "/v1/preview/lessons/{lesson_id}/attempts/{attempt_id}/result",
    GradeRequest,
    Result,
    Access.SIGNED_IN,
    "The result of the answers given in the request; nothing is stored. For the course's author and admins",
)
ANSWERS = Operation(
    "preview.answers",
    "GET",
    "/v1/preview/lessons/{lesson_id}/answers",
    LessonRequest,
    RightAnswers,
    Access.SIGNED_IN,
    "The right answers of a quiz; for the course's author and admins",
)
