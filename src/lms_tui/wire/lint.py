"""Course lint on the wire: what in a course its author would want to mend, and where it is."""

from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class LintRequest(Request):
    """A course by its id."""

    course_id: UUID


class Problem(Reply):
    """One thing to mend. Its place is told from the widest to the nearest; what is None lies outside of it."""

    rule: str
    """The rule's name, stable: "quiz-without-questions"."""
    sentence: str
    """What is wrong and what to do about it."""
    chapter_id: UUID | None = None
    chapter_title: str = ""
    lesson_id: UUID | None = None
    lesson_title: str = ""
    lesson_type: str = ""
    question: int | None = None
    """The question's number in its quiz, 1 the first."""
    line: int | None = None
    """The line of the lesson's text, 1 the first."""
    file: str = ""
    """The file that the lesson stands in, where that is known; `line` is then the file's."""


class Problems(Reply):
    """All problems of a course, in the order in which a learner would meet them."""

    problems: list[Problem]


LINT = Operation(
    "courses.lint",
    "GET",
    "/v1/managed-courses/{course_id}/problems",
    LintRequest,
    Problems,
    Access.SIGNED_IN,
    "What in a course is to be mended; for its author and admins",
)
