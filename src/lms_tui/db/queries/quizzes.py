"""Quizzes: the statements of the start page, an attempt, its answers, submission and result.

They run prepared, and several at once in a pipeline: one round trip for all of `together`. Each statement of a
pipeline still sees what was committed before it began, so that what stands after a lock is read after the lock.

Locks, in this order: the turn of (learner, lesson), the attempt's row, then those of `queries.progress`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries.catalog import LESSON_TYPE, OUTLINE_ORDER, VISIBLE
from lms_tui.db.queries.statistics import COUNTS
from lms_tui.rules.answers import Row
from lms_tui.rules.questions import Option, Question
from lms_tui.wire.learning import LessonProgress, LessonRef
from lms_tui.wire.quizzes import AttemptLine

Step = tuple[str, Mapping[str, Any]]
Rows = list[tuple[Any, ...]]

_ACCESS: Final = f"({VISIBLE}), sc.id IS NOT NULL, c.price_in_cents <= 0"
_ABOVE: Final = """JOIN chapters ch ON ch.id = l.chapter_id AND ch.archived IS NOT TRUE
JOIN courses c ON c.id = ch.course_id
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s"""
_PLACE: Final = f"lessons l {_ABOVE}"
_REF: Final = f"json_build_object('id', l.id, 'title', l.title, 'type', {LESSON_TYPE})"
OPTIONS: Final = """coalesce((
  SELECT json_agg(json_build_array(o.id, o.option_text, o.is_correct, o.display_order)
    ORDER BY o.display_order NULLS LAST, o.created_at, o.id)
  FROM question_answer_options o WHERE o.question_id = q.id), '[]'::json)::text"""
"""The options of the question `q`, for `question`."""
_ANSWERED: Final = """coalesce((
  SELECT json_agg(json_build_array(s.id, s.selected_option_id, s.answer_text, s.is_correct, s.points_earned,
    coalesce(s.updated_at, s.created_at, 'epoch')) ORDER BY s.created_at, s.id)
  FROM student_question_answers s WHERE s.quiz_attempt_id = %(attempt)s AND s.question_id = q.id), '[]'::json)::text"""
_QUESTION: Final = f"""q.id, q.type, q.title, coalesce(q.description, ''), q.points, {OPTIONS}, {_ANSWERED}"""
_PART: Final = "q.archived IS NOT TRUE AND (q.created_at <= {at}) IS NOT FALSE"
"""Which questions an attempt begun at a time has: those there then, less those archived since."""
_ORDER: Final = "ORDER BY q.display_order NULLS LAST, q.created_at, q.id"

TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(user)s::text || %(lesson)s::text, 21))"
"""Let nobody else start or submit this learner's attempts of this lesson until the transaction ends. An advisory
lock, because at a first start there is no row to lock; its key is a hash of user and lesson, and two pairs of the
same hash only wait for each other. Binds user, lesson."""

TURN_OF_ATTEMPT: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(a.user_id::text || a.lesson_id::text, 21))
FROM quiz_attempts a WHERE a.id = %(attempt)s AND a.user_id = %(user)s"""

_HEAD: Final = f"""
SELECT {_ACCESS}, {LESSON_TYPE}, l.id, c.id, c.title, ch.title, n.number, l.title, coalesce(l.description, ''),
  l.threshold_score, l.attempts_limit, l.quiz_cooldown_in_hours, n.previous::text, n.next::text, clock_timestamp(),
  coalesce((SELECT json_agg(json_build_object('id', t.id, 'started_at', t.created_at, 'completed_at', t.completed_at,
      'score', t.score, 'is_passed', t.is_passed IS TRUE) ORDER BY t.created_at DESC, t.id)
    FROM quiz_attempts t
    WHERE t.user_id = %(user)s AND t.lesson_id = l.id AND (t.completed_at IS NULL OR {COUNTS})), '[]'::json)::text,
  EXISTS (SELECT FROM questions q WHERE q.lesson_id = l.id AND {_PART.format(at="clock_timestamp()")}),
  EXISTS (SELECT FROM ai_mentor_lessons m WHERE m.lesson_id = l.id)
FROM {_PLACE} JOIN LATERAL (
  SELECT l.id, ch.number, lag({_REF}) OVER w AS previous, lead({_REF}) OVER w AS next
  FROM (SELECT k.*, row_number() OVER (ORDER BY k.display_order NULLS LAST, k.created_at, k.id) AS number
        FROM chapters k WHERE k.course_id = c.id AND k.archived IS NOT TRUE) ch
  JOIN lessons l ON l.chapter_id = ch.id
  WINDOW w AS (ORDER BY {OUTLINE_ORDER})
) n ON n.id = l.id
WHERE l.id = """  # noqa: S608 - constants only, as in all of this module
HEAD_OF_LESSON: Final = _HEAD + "%(lesson)s"
HEAD_OF_ATTEMPT: Final = f"{_HEAD}(SELECT lesson_id FROM quiz_attempts WHERE id = %(attempt)s AND user_id = %(user)s)"  # noqa: S608

SET_ASIDE: Final = f"""
SELECT t.id, t.created_at, t.completed_at, NULL::integer, false FROM quiz_attempts t
WHERE t.user_id = %(user)s AND t.lesson_id = %(lesson)s AND t.completed_at IS NOT NULL AND NOT ({COUNTS})"""  # noqa: S608
"""The attempts whose score a fresh start has taken away, as rows of AttemptLine."""

QUESTIONS: Final = f"""
SELECT {_QUESTION} FROM questions q
WHERE q.lesson_id = %(lesson)s AND {_PART.format(at="clock_timestamp()")} {_ORDER}"""  # noqa: S608
"""The questions that an attempt begun now would have. Binds lesson, and a NULL attempt."""

QUESTIONS_OF_ATTEMPT: Final = f"""
SELECT {_QUESTION} FROM quiz_attempts a JOIN questions q ON q.lesson_id = a.lesson_id
WHERE a.id = %(attempt)s AND a.user_id = %(user)s AND CASE WHEN a.completed_at IS NULL
  THEN {_PART.format(at="a.created_at")}
  ELSE EXISTS (SELECT FROM student_question_answers s
    WHERE s.quiz_attempt_id = a.id AND s.question_id = q.id AND s.is_correct IS NOT NULL) END {_ORDER}"""  # noqa: S608
"""The questions of an open attempt; of a submitted one those that were graded: each has a row with a verdict, and
an answer to a question archived before the submission has none."""

QUESTION: Final = f"""
SELECT {_QUESTION}, {_PART.format(at="a.created_at")}, clock_timestamp()
FROM quiz_attempts a JOIN questions q ON q.lesson_id = a.lesson_id
WHERE a.id = %(attempt)s AND a.user_id = %(user)s AND q.id = %(question)s"""  # noqa: S608

_ATTEMPT: Final = "SELECT a.id, a.user_id, a.lesson_id, a.created_at, a.completed_at, a.score, a.is_passed IS TRUE"
ANYBODYS_ATTEMPT: Final = f"{_ATTEMPT} FROM quiz_attempts a WHERE a.id = %(attempt)s"
ATTEMPT: Final = f"{ANYBODYS_ATTEMPT} AND a.user_id = %(user)s"
LOCK_ATTEMPT: Final = f"{ATTEMPT} FOR NO KEY UPDATE"
LOCK_ATTEMPT_AND_ACCESS: Final = f"""
{_ATTEMPT}, {_ACCESS}
FROM quiz_attempts a JOIN lessons l ON l.id = a.lesson_id {_ABOVE}
WHERE a.id = %(attempt)s AND a.user_id = %(user)s FOR NO KEY UPDATE OF a"""

ADD_ATTEMPT: Final = """
INSERT INTO quiz_attempts (id, created_at, updated_at, user_id, lesson_id)
SELECT %(attempt)s, now.now, now.now, %(user)s, %(lesson)s FROM (SELECT clock_timestamp() AS now) now
ON CONFLICT DO NOTHING RETURNING id"""

CLEAR_ANSWER: Final = """
DELETE FROM student_question_answers WHERE quiz_attempt_id = %(attempt)s AND question_id = %(question)s"""

SET_ANSWER: Final = """
INSERT INTO student_question_answers
  (id, created_at, updated_at, quiz_attempt_id, question_id, selected_option_id, answer_text, points_earned, is_correct)
SELECT r.id, %(at)s, %(at)s, %(attempt)s, %(question)s, r.option, r.text, 0, NULL
FROM unnest(%(ids)s::uuid[], %(options)s::uuid[], %(texts)s::text[]) AS r(id, option, text)"""
"""`is_correct` stays NULL until the attempt is graded."""

GRADE: Final = """
UPDATE student_question_answers s
SET is_correct = v.is_right, points_earned = v.points, updated_at = %(at)s
FROM unnest(%(rows)s::uuid[], %(rights)s::boolean[], %(points)s::integer[]) AS v(id, is_right, points)
WHERE s.id = v.id AND s.quiz_attempt_id = %(attempt)s"""

ADD_UNANSWERED: Final = """
INSERT INTO student_question_answers
  (created_at, updated_at, quiz_attempt_id, question_id, points_earned, is_correct)
SELECT %(at)s, %(at)s, %(attempt)s, q.id, 0, false FROM unnest(%(unanswered)s::uuid[]) AS q(id)"""

CLOSE: Final = """
UPDATE quiz_attempts SET score = %(score)s, is_passed = %(passed)s, completed_at = %(at)s, updated_at = %(at)s
WHERE id = %(attempt)s"""

PROGRESS: Final = f"""
SELECT json_build_object(
  'id', coalesce(lp.id, '00000000-0000-0000-0000-000000000000'::uuid), 'lesson_id', l.id,
  'started', lp.is_started IS TRUE, 'completed', lp.is_completed IS TRUE, 'completed_at', lp.completed_at,
  'chapter_completed', EXISTS (SELECT FROM student_chapter_progress cp
    WHERE cp.chapter_id = ch.id AND cp.user_id = %(user)s AND cp.is_completed),
  'course_completed', sc.completed_at IS NOT NULL, 'completed_lessons', n.done, 'lessons', n.lessons)::text
FROM {_PLACE}
LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
CROSS JOIN LATERAL (
  SELECT count(*) AS lessons, count(*) FILTER (WHERE p.is_completed) AS done
  FROM chapters k JOIN lessons o ON o.chapter_id = k.id
  LEFT JOIN student_lesson_progress p ON p.lesson_id = o.id AND p.user_id = %(user)s
  WHERE k.course_id = c.id AND k.archived IS NOT TRUE
) n
WHERE l.id = (SELECT lesson_id FROM quiz_attempts WHERE id = %(attempt)s AND user_id = %(user)s)"""  # noqa: S608
"""The way up from an attempt's lesson as it stands; the nil id where an instructor took the progress row away."""


class Access(NamedTuple):
    """What decides whether the learner may be here."""

    visible: bool
    enrolled: bool
    free: bool


class Attempt(NamedTuple):
    """A row of `quiz_attempts`."""

    id: UUID
    user_id: UUID
    lesson_id: UUID
    created_at: datetime
    completed_at: datetime | None
    score: int | None
    is_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A quiz as `HEAD` finds it for one learner."""

    access: Access
    type: str
    lesson_id: UUID
    course_id: UUID
    course_title: str
    chapter_title: str
    chapter_number: int
    title: str
    text: str
    threshold: int | None
    """None: any submission passes."""
    attempts_limit: int | None
    """None: no limit."""
    cooldown_in_hours: int | None
    previous: LessonRef | None
    next: LessonRef | None
    now: datetime
    attempts: list[AttemptLine]
    """Newest first: those that count and those that are open."""
    has_questions: bool
    has_mentor: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in an attempt: as stored, with the rows of its answer."""

    question: Question
    rows: tuple[Row, ...]
    is_correct: bool
    earned: int
    updated_at: datetime | None
    """None where no row stands."""


_REF_DECODER: Final = msgspec.json.Decoder(LessonRef)
_LINES: Final = msgspec.json.Decoder(list[AttemptLine])
_OPTION_ROWS: Final = msgspec.json.Decoder(list[tuple[UUID, str, bool, int | None]])
_ANSWER_ROWS: Final = msgspec.json.Decoder(
    list[tuple[UUID, UUID | None, str | None, bool | None, int | None, datetime]]
)
_PROGRESS: Final = msgspec.json.Decoder(LessonProgress)


def head(row: Sequence[Any]) -> Head:
    """Return the row of a HEAD; limits that are no limits become None."""
    threshold, limit, cooldown = (value if value is not None and value > 0 else None for value in row[11:14])
    return Head(
        access=Access(*row[:3]),
        type=row[3],
        lesson_id=row[4],
        course_id=row[5],
        course_title=row[6],
        chapter_title=row[7],
        chapter_number=row[8],
        title=row[9],
        text=row[10],
        threshold=threshold,
        attempts_limit=limit,
        cooldown_in_hours=cooldown,
        previous=None if row[14] is None else _REF_DECODER.decode(row[14]),
        next=None if row[15] is None else _REF_DECODER.decode(row[15]),
        now=row[16],
        attempts=_LINES.decode(row[17]),
        has_questions=row[18],
        has_mentor=row[19],
    )


def question(row: Sequence[Any]) -> Question:
    """Return a question from its columns: id, type, title, description, points and `OPTIONS`."""
    options = tuple(Option(*option) for option in _OPTION_ROWS.decode(row[5]))
    return Question(row[0], row[1], row[2], row[3], row[4], options)


def asked(row: Sequence[Any]) -> Asked:
    """Return the row of a question with its options and its answer's rows."""
    answers = _ANSWER_ROWS.decode(row[6])
    return Asked(
        question=question(row),
        rows=tuple(Row(*answer[:3]) for answer in answers),
        is_correct=any(answer[3] for answer in answers),
        earned=sum(answer[4] or 0 for answer in answers),
        updated_at=max((answer[5] for answer in answers), default=None),
    )


def progress(row: Sequence[Any]) -> LessonProgress:
    """Return the row of PROGRESS."""
    return _PROGRESS.decode(row[0])


async def together(connection: AsyncConnection, *steps: Step, commit: bool = False) -> list[Rows]:
    """Run `steps` in one round trip and return the rows of each; with `commit` end the transaction in it too.

    After `commit` nothing more may be asked of this transaction.
    """
    async with connection.pipeline():
        cursors = [await connection.execute(sql, values, prepare=True) for sql, values in steps]
        if commit:
            await connection.commit()
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]
