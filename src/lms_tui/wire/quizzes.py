"""Quizzes on the wire: the start page, an attempt with its questions, answers, submission, result.

Nothing that goes to a learner before submission tells a right answer: a question carries no verdict and no
accepted text, `[x]` markers are sent as blanks, and the reply to an answer is the same for right and wrong.
"""

import enum
from datetime import datetime
from uuid import UUID

import msgspec

from lms_tui.wire.learning import LessonProgress, LessonRef, TextFormat
from lms_tui.wire.operation import Access, Operation, Reply, Request


class Kind(enum.StrEnum):
    """How a question is answered; worked out by the service from type and options (domain.md, quizzes)."""

    CHOOSE_ONE = "choose_one"
    CHOOSE_ALL = "choose_all"
    """Choose all that apply: right by set equality."""
    STATEMENTS = "statements"
    """Each option is a statement to be marked true or false."""
    BLANKS = "blanks"
    SCALE = "scale"
    TEXT = "text"


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A learner's answer to one question. Which field counts follows from the question's kind; empty is cleared."""

    chosen: list[UUID] = []
    """choose_one, choose_all and scale with labels of its own: ids of the options chosen."""
    marked: dict[UUID, bool] = {}
    """statements: option id to true or false; one unmarked is unanswered."""
    blanks: list[str] = []
    """blanks: the text of each in order, an empty one as ''."""
    text: str = ""
    """text, and scale without labels ("1" to "5")."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is answered."""
        return not (self.chosen or self.marked or any(blank.strip() for blank in self.blanks) or self.text.strip())


class Option(Reply):
    """One option, as shown: no verdict."""

    id: UUID
    text: str


class Question(Reply):
    """One question, as shown before submission."""

    id: UUID
    kind: Kind
    title: str
    """Plain text or light Markdown; each blank stands in it as `___`."""
    description: str
    """Has blanks too where the title has none; never an accepted text."""
    points: int
    options: list[Option]
    """In an order seeded by the attempt for choices, as written for statements and scales."""
    blanks: int
    """How many fields a question of kind `blanks` has, at least 1; 0 for the others."""


class SavedAnswer(Reply):
    """An answer as it stands in the database."""

    question_id: UUID
    answer: Answer
    updated_at: datetime
    """The `base` of the next change."""


class AttemptLine(Reply):
    """An attempt in the history."""

    id: UUID
    started_at: datetime
    completed_at: datetime | None
    score: int | None
    is_passed: bool


class Standing(enum.StrEnum):
    """Whether an attempt may start now, or go on, and if not why."""

    READY = "ready"
    OPEN = "open"
    """An attempt is open and goes on."""
    USED_UP = "used_up"
    COOLDOWN = "cooldown"
    NO_QUESTIONS = "no_questions"


class QuizRequest(Request):
    """The start page of a lesson's quiz."""

    lesson_id: UUID


class Quiz(Reply):
    """All that the start page says before an attempt begins."""

    lesson_id: UUID
    course_id: UUID
    course_title: str
    chapter_title: str
    chapter_number: int
    title: str
    text: str
    format: TextFormat
    questions: int
    points: int
    """The sum of the questions' weights."""
    threshold: int | None
    """Percent; None: any submission passes."""
    attempts_limit: int | None
    attempts_used: int
    attempts_left: int | None
    cooldown_in_hours: int | None
    standing: Standing
    opens_at: datetime | None
    """When the cooldown is over, by the database's clock."""
    now: datetime
    """The database's clock, from which the client counts down whatever its own says."""
    open_attempt: UUID | None
    open_answered: int
    """Questions answered in the open attempt."""
    best_score: int | None
    is_passed: bool
    attempts: list[AttemptLine]
    """Newest first; those that count, and the open one."""
    previous: LessonRef | None
    next: LessonRef | None
    has_mentor: bool = False


class StartRequest(Request):
    """Begin an attempt, or come back to the open one: the reply's id may be another than the one chosen."""

    attempt_id: UUID
    lesson_id: UUID


class AttemptRequest(Request):
    """One attempt of the caller by its id."""

    attempt_id: UUID


class Attempt(Reply):
    """An open attempt with its questions and everything answered so far."""

    id: UUID
    lesson_id: UUID
    course_id: UUID
    course_title: str
    chapter_title: str
    chapter_number: int
    title: str
    threshold: int | None
    number: int
    """1 is the first attempt."""
    attempts_limit: int | None
    started_at: datetime
    questions: list[Question]
    answers: list[SavedAnswer]


class AnswerRequest(Request):
    """Set the answer of one question: replaces whatever stands, if `base` is what stands or it is the same."""

    attempt_id: UUID
    question_id: UUID
    answer: Answer
    base: datetime | None = None
    """`updated_at` of the answer last seen; None: none was seen."""


class SubmitRequest(Request):
    """Submit an attempt. `questions` names those that were shown; another set now: 409 `quiz_changed`."""

    attempt_id: UUID
    questions: list[UUID]


class QuestionResult(Reply):
    """One question after submission."""

    question: Question
    answer: Answer
    is_correct: bool
    points_earned: int
    points: int
    """What it weighed; 0 for a question without a right option."""
    correct: Answer | None
    """A right answer; None while it is not shown, and for kinds that have none."""
    accepted: list[list[str]]
    """For blanks: the accepted texts of each, as a reader would write them; empty while not shown."""


class Result(Reply):
    """A submitted attempt."""

    attempt_id: UUID
    lesson_id: UUID
    course_id: UUID
    course_title: str
    chapter_title: str
    title: str
    number: int
    score: int
    """Percent, rounded down."""
    threshold: int | None
    is_passed: bool
    earned: int
    possible: int
    completed_at: datetime
    attempts_limit: int | None
    attempts_left: int | None
    opens_at: datetime | None
    now: datetime
    reveals: bool
    """Whether right answers are shown: passed, or no attempt left (domain.md, after submission)."""
    questions: list[QuestionResult]
    progress: LessonProgress
    next: LessonRef | None
    has_mentor: bool = False


QUIZ = Operation(
    "quizzes.quiz", "GET", "/v1/lessons/{lesson_id}/quiz", QuizRequest, Quiz, Access.SIGNED_IN, "A quiz's start page"
)
START = Operation(
    "quizzes.start",
    "PUT",
    "/v1/attempts/{attempt_id}",
    StartRequest,
    Attempt,
    Access.SIGNED_IN,
    "Begin an attempt, or come back to the open one",
)
ATTEMPT = Operation(
    "quizzes.attempt",
    "GET",
    "/v1/attempts/{attempt_id}",
    AttemptRequest,
    Attempt,
    Access.SIGNED_IN,
    "An open attempt with its questions and answers",
)
ANSWER = Operation(
    "quizzes.answer",
    "PUT",
    "/v1/attempts/{attempt_id}/answers/{question_id}",
    AnswerRequest,
    SavedAnswer,
    Access.SIGNED_IN,
    "Set the answer of one question",
    waits=True,
)
SUBMIT = Operation(
    "quizzes.submit",
    "POST",
    "/v1/attempts/{attempt_id}/submission",
    SubmitRequest,
    Result,
    Access.SIGNED_IN,
    "Submit an attempt and have it graded",
    waits=True,
)
RESULT = Operation(
    "quizzes.result",
    "GET",
    "/v1/attempts/{attempt_id}/result",
    AttemptRequest,
    Result,
    Access.SIGNED_IN,
    "The result of a submitted attempt",
)
