"""Practice: what a learner got wrong, in one statement each; everything here only reads.

The newest attempt that counts decides: what was wrong there is wrong, what has been right since is not any more.
Only enrolled courses that are visible count, only chapters and questions that are not archived. Each row has the
facts from which `rules.practice.may_practise` decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from lms_tui.db.queries import quizzes
from lms_tui.db.queries.catalog import LESSON_TYPE, VISIBLE
from lms_tui.db.queries.statistics import COUNTS
from lms_tui.rules import practice
from lms_tui.rules.questions import Question
from lms_tui.wire.practice import PAGE

_TAKEN: Final = f"""
  SELECT t.lesson_id, count(*) FILTER (WHERE {COUNTS}) AS used, coalesce(bool_or(t.is_passed AND {COUNTS}), false)
    AS passed, coalesce(bool_or(t.completed_at IS NULL), false) AS is_open,
    (array_agg(t.id ORDER BY t.completed_at DESC, t.id DESC) FILTER (WHERE {COUNTS}))[1] AS newest,
    max(t.completed_at) FILTER (WHERE {COUNTS}) AS wrong_at
  FROM quiz_attempts t WHERE t.user_id = %(user)s"""  # noqa: S608 - constants only, as in all of this module

_COURSE: Final = f"""
JOIN lessons l ON l.id = k.lesson_id AND {LESSON_TYPE} = 'quiz'
JOIN chapters ch ON ch.id = l.chapter_id AND ch.archived IS NOT TRUE
JOIN courses c ON c.id = ch.course_id AND {VISIBLE}
JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s"""

_FACTS: Final = "k.passed, k.used, l.attempts_limit, l.quiz_cooldown_in_hours, k.is_open, k.wrong_at"

_IS_WRONG: Final = "HAVING bool_or(s.is_correct) IS FALSE"
"""All rows of a question carry its verdict; those without one were not graded."""

_TYPE: Final = "lower(translate(q.type, '-_ ', ''))"
_IS_CLEAR: Final = f"""CASE {_TYPE} WHEN 'multiplechoice' THEN right_one.is_there WHEN 'scale' THEN right_one.is_there
    WHEN 'fillblank' THEN NULL WHEN 'truefalse' THEN NULL ELSE false END"""
"""Whether a question can be judged; NULL where only `rules.practice.is_practisable` can tell, from its texts."""

WRONG: Final = f"""
WITH taken AS MATERIALIZED ({_TAKEN} GROUP BY t.lesson_id),
quizzes AS MATERIALIZED (SELECT k.newest, l.id AS lesson_id, {_FACTS} FROM taken k {_COURSE} WHERE k.used > 0)
SELECT k.passed, k.used, k.attempts_limit, k.quiz_cooldown_in_hours, k.is_open, k.wrong_at, q.id, q.type,
  CASE WHEN j.is_clear IS NULL THEN q.title END, CASE WHEN j.is_clear IS NULL THEN coalesce(q.description, '') END,
  q.points, CASE WHEN j.is_clear IS NULL THEN {quizzes.OPTIONS} END
FROM quizzes k CROSS JOIN LATERAL (
  SELECT s.question_id FROM student_question_answers s WHERE s.quiz_attempt_id = k.newest
  GROUP BY s.question_id {_IS_WRONG}
) w JOIN questions q ON q.id = w.question_id AND q.archived IS NOT TRUE
CROSS JOIN LATERAL (
  SELECT EXISTS (SELECT FROM question_answer_options o WHERE o.question_id = q.id AND o.is_correct) AS is_there
) right_one
CROSS JOIN LATERAL (SELECT {_IS_CLEAR} AS is_clear) j
WHERE j.is_clear IS NOT FALSE AND (k.wrong_at, w.question_id) > (%(after)s, %(after_id)s)
ORDER BY k.wrong_at, w.question_id LIMIT {PAGE}"""  # noqa: S608
"""Binds user, after and after_id: the last row seen, or what is before all."""

QUESTIONS: Final = f"""
SELECT {_FACTS}, k.newest, c.id, c.title, l.id, l.title, q.id, q.type, q.title, coalesce(q.description, ''), q.points,
  {quizzes.OPTIONS}
FROM questions q JOIN LATERAL ({_TAKEN} AND t.lesson_id = q.lesson_id GROUP BY t.lesson_id) k ON true {_COURSE}
WHERE q.id = ANY(%(questions)s::uuid[]) AND q.archived IS NOT TRUE AND k.used > 0 AND EXISTS (
  SELECT FROM student_question_answers s WHERE s.quiz_attempt_id = k.newest AND s.question_id = q.id {_IS_WRONG})"""  # noqa: S608
"""Those of the questions that are wrong. Binds user and questions."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A wrong question's quiz as it stands for the learner."""

    passed: bool
    used: int
    limit: int | None
    cooldown_in_hours: int | None
    is_open: bool
    wrong_at: datetime

    @property
    def may_practise(self) -> bool:
        """As `rules.practice` decides."""
        return practice.may_practise(
            passed=self.passed,
            used=self.used,
            limit=self.limit,
            cooldown_in_hours=self.cooldown_in_hours,
            is_open=self.is_open,
        )


@dataclass(frozen=True, slots=True)
class Missed:
    """A wrong question in full."""

    standing: Standing
    attempt: UUID
    course_id: UUID
    course_title: str
    lesson_id: UUID
    lesson_title: str
    question: Question


def wrong(row: Sequence[Any]) -> tuple[Standing, UUID, bool]:
    """Return the row of WRONG: how its quiz stands, the question's id, and whether it can be judged."""
    return Standing(*row[:6]), row[6], row[11] is None or practice.is_practisable(quizzes.question(row[6:]))


def missed(row: Sequence[Any]) -> Missed:
    """Return the row of QUESTIONS."""
    attempt, course_id, course_title, lesson_id, lesson_title = row[6:11]
    return Missed(
        Standing(*row[:6]), attempt, course_id, course_title, lesson_id, lesson_title, quizzes.question(row[11:])
    )
