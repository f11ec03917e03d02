"""A fresh start: how a learner stands to a lesson, and what is set aside and renewed.

Locks in the order of all that writes an attempt: the turn of (learner, lesson), its attempts, then those of
`queries.progress`.
"""

from typing import Final

from lms_tui.db.queries.statistics import COUNTS

_MAY: Final = "(c.author_id = %(caller)s OR %(admin)s::boolean)"

FACTS: Final = f"""
SELECT l.id, l.title, c.title, u.id, concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), u.email,
  lp.is_started IS TRUE, CASE WHEN lp.is_completed THEN coalesce(lp.completed_at, lp.updated_at) END,
  t.attempts, t.best, t.is_open, CASE WHEN cp.is_completed THEN coalesce(cp.completed_at, cp.updated_at) END,
  coalesce(sc.completed_at, s.completion_date)
FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id AND ch.archived IS NOT TRUE
JOIN courses c ON c.id = ch.course_id
JOIN users u ON u.id = %(learner)s OR lower(u.email) = lower(%(email)s)
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = u.id
LEFT JOIN course_students_stats s ON s.course_id = c.id AND s.user_id = u.id
LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = u.id
LEFT JOIN student_chapter_progress cp ON cp.chapter_id = ch.id AND cp.user_id = u.id
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE {COUNTS}) AS attempts, max(t.score) FILTER (WHERE {COUNTS}) AS best,
    count(*) FILTER (WHERE t.completed_at IS NULL) > 0 AS is_open, count(*) > 0 AS any
  FROM quiz_attempts t WHERE t.lesson_id = l.id AND t.user_id = u.id
) t
WHERE l.id = %(lesson)s AND {_MAY} AND (sc.id IS NOT NULL OR lp.id IS NOT NULL OR t.any)
ORDER BY u.email = %(email)s DESC NULLS LAST LIMIT 2"""  # noqa: S608 - constants only
"""How a learner of the course stands to the lesson: no row for a stranger to either. Binds caller, admin, lesson,
learner (an id, or None) and email (or None): rows of addresses that differ in case come the exact one first."""

LOCK_ATTEMPTS: Final = """
SELECT id FROM quiz_attempts WHERE user_id = %(user)s AND lesson_id = %(lesson)s ORDER BY id FOR NO KEY UPDATE"""

SET_ASIDE: Final = f"""
UPDATE quiz_attempts t
SET score = NULL, completed_at = coalesce(t.completed_at, clock_timestamp()), updated_at = clock_timestamp()
FROM quiz_attempts was
WHERE was.id = t.id AND t.user_id = %(user)s AND t.lesson_id = %(lesson)s AND (t.completed_at IS NULL OR ({COUNTS}))
RETURNING t.id, was.completed_at IS NULL"""  # noqa: S608
"""Ids of the attempts that were set aside, and whether each was open."""

RENEW: Final = """
UPDATE student_lesson_progress
SET id = %(new)s, created_at = clock_timestamp(), updated_at = clock_timestamp(), is_started = %(started)s,
  is_completed = %(completed)s, is_quiz_passed = %(quiz_passed)s, completed_at = %(completed_at)s, attempts = 0
WHERE id = %(old)s AND NOT EXISTS (SELECT FROM student_lesson_progress taken WHERE taken.id = %(new)s)
RETURNING id"""
