"""Practice on the wire: the questions that a learner got wrong, to be answered again without touching anything.

What was wrong is the service's to know, when each comes back the client's (`client.practice_spacing`). Nothing here
is ever stored by the service, and nothing tells a right answer before one was given.
"""

from datetime import datetime
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request
from lms_tui.wire.quizzes import Answer, Question

PAGE = 1_000
"""Most wrong answers in one reply."""
MOST_QUESTIONS = 50
"""Most questions that may be asked for at once; more than a day's set has."""


class WrongRequest(Request):
    """What the caller got wrong and may practise. The first page without, the next with what stands in `more`."""

    after: datetime | None = None
    after_id: UUID | None = None


class Wrong(Reply):
    """A question answered wrong, or left out, in the newest attempt that counts."""

    question_id: UUID
    wrong_at: datetime
    """When that attempt was submitted."""


class WrongPage(Reply):
    """A page, the oldest first."""

    wrong: list[Wrong]
    more: Wrong | None
    """Where the next page begins; None on the last one. A page may be shorter than `PAGE` and have a next one."""


class QuestionsRequest(Request):
    """Some of the caller's wrong questions, to be shown."""

    questions: list[UUID]


class PracticeQuestion(Reply):
    """A question as it is shown, and where it is from."""

    question: Question
    course_id: UUID
    course_title: str
    lesson_id: UUID
    lesson_title: str
    wrong_at: datetime


class PracticeSet(Reply):
    """The questions in the order in which they were asked for. One that may not be practised any more is left out."""

    questions: list[PracticeQuestion]


class CheckRequest(Request):
    """Have an answer judged. An empty one is wrong, as in a quiz."""

    question_id: UUID
    answer: Answer


class Checked(Reply):
    """The verdict. It is nowhere kept."""

    question_id: UUID
    is_correct: bool
    correct: Answer | None
    """A right answer; None while results do not show it either, and for kinds that have none."""
    accepted: list[list[str]]
    """For blanks: the accepted texts of each, as a reader would write them; empty while not shown."""
    reveals: bool
    """Whether right answers are shown: the quiz is passed, or no attempt is left (domain.md, after submission)."""


WRONG = Operation(
    "practice.wrong",
    "GET",
    "/v1/practice",
    WrongRequest,
    WrongPage,
    Access.SIGNED_IN,
    "What the caller got wrong and may practise",
)
QUESTIONS = Operation(
    "practice.questions",
    "POST",
    "/v1/practice/questions",
    QuestionsRequest,
    PracticeSet,
    Access.SIGNED_IN,
    "The questions of a set, as shown",
)
CHECK = Operation(
    "practice.check",
    "POST",
    "/v1/practice/questions/{question_id}/check",
    CheckRequest,
    Checked,
    Access.SIGNED_IN,
    "Judge an answer, storing nothing",
)
