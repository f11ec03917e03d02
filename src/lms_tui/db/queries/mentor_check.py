"""The mentor's checks: what is judged, what came of it, and whether one can be had.

Without the schema `lms_tui` a lesson is done by hand whatever its check says, and `STANDING` is not asked.
"""

from typing import Final

from lms_tui.db.queries.catalog import LESSON_TYPE, OUTLINE_ORDER
from lms_tui.db.queries.mentor_threads import ABOVE, ACCESS, ACTIVE, THERE
from lms_tui.db.queries.mentor_turns import USED_TODAY
from lms_tui.wire.mentor_check import MOST_TOLD

MOST_MESSAGES: Final = 500
"""Messages of a thread, the newest, that are looked at."""
LESSONS_AROUND: Final = 50
"""Lessons of the course before this one, and after it, that may be recommended."""

_JUDGED: Final = f"{ACCESS}, {LESSON_TYPE}, ml.learning_objectives, l.threshold_score"
_RESULT: Final = """json_build_array(p.id, coalesce(p.created_at, p.updated_at, 'epoch'), p.understanding_level,
  p.engagement_score, p.learning_insights, p.recommended_actions)"""
_AT: Final = "coalesce(p.created_at, p.updated_at, 'epoch')"
_ACTIVE: Final = f"(SELECT t.id {ACTIVE.format(lesson='l.id')})"
_SAID: Final = "lower(m.role) = 'user' AND m.content ~ '[^[:space:]]'"

FAILED_SINCE: Final = """EXISTS (
  SELECT FROM lms_tui.mentor_no_check n WHERE n.user_id = %(user)s AND n.lesson_id = l.id AND n.at > coalesce((
    SELECT max(p.created_at) FROM ai_mentor_student_lesson_progress p
    WHERE p.user_id = n.user_id AND p.lesson_id = n.lesson_id), '-infinity'))"""
"""Whether a check of the lesson `l` came to nothing by a fault, and none has come to anything since."""
STANDING: Final = f"SELECT {FAILED_SINCE}, {USED_TODAY} FROM lessons l WHERE l.id = %(lesson)s"  # noqa: S608
"""Whether a check failed since the last result, and the tokens that the user has used today."""

RESULTS: Final = f"""
SELECT {_JUDGED}, c.id, c.title, l.title, lp.id, lp.is_completed IS TRUE,
  EXISTS (SELECT FROM ai_mentor_thread_messages m WHERE m.thread_id = {_ACTIVE} AND {_SAID}),
  coalesce((SELECT json_agg({_RESULT} ORDER BY {_AT} DESC, p.id DESC) FROM (
      SELECT * FROM ai_mentor_student_lesson_progress p WHERE p.user_id = %(user)s AND p.lesson_id = l.id
      ORDER BY {_AT} DESC, p.id DESC LIMIT {MOST_TOLD}) p), '[]'::json)::text
FROM lessons l {ABOVE}
LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
WHERE l.id = %(lesson)s AND {THERE}"""  # noqa: S608 - constants only, as in all of this module
"""Where the user stands with a lesson's check. Binds user, lesson."""

TITLES: Final = f"""
SELECT l.id, l.title, {LESSON_TYPE} FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
WHERE l.id = ANY(%(lessons)s::uuid[]) AND ch.course_id = %(course)s AND ch.archived IS NOT TRUE"""  # noqa: S608
"""Titles and types of those of some lessons that are in a course. Binds lessons, course."""

CASE: Final = f"""
SELECT {_JUDGED}, coalesce(ml.difficulty_level, ''), l.title,
  coalesce((SELECT json_agg(json_build_array(m.role, m.content) ORDER BY m.number DESC) FROM (
      SELECT lower(m.role) AS role, m.content, row_number() OVER newest AS number
      FROM ai_mentor_thread_messages m
      WHERE m.thread_id = {_ACTIVE} AND ({_SAID} OR lower(m.role) = 'assistant')
      WINDOW newest AS (ORDER BY m.created_at DESC NULLS LAST, m.id DESC) ORDER BY number LIMIT {MOST_MESSAGES}) m),
    '[]'::json)::text,
  coalesce((SELECT json_agg(json_build_array(o.position, o.id, o.title, o.type) ORDER BY o.position) FROM (
      SELECT o.*, max(o.position) FILTER (WHERE o.id = %(lesson)s) OVER () AS here FROM (
        SELECT l.id, l.title, {LESSON_TYPE} AS type, row_number() OVER (ORDER BY {OUTLINE_ORDER}) AS position
        FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
        WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE) o) o
    WHERE abs(o.position - o.here) <= {LESSONS_AROUND}), '[]'::json)::text
FROM lessons l {ABOVE} WHERE l.id = %(lesson)s AND {THERE}"""  # noqa: S608
"""What is judged: the active thread, and the lessons that may be recommended. Binds user, lesson."""

OWN: Final = f"""
SELECT p.user_id, p.lesson_id, l.threshold_score, {_RESULT}::text
FROM ai_mentor_student_lesson_progress p JOIN lessons l ON l.id = p.lesson_id WHERE p.id = %(id)s"""  # noqa: S608
"""A result by its id, whoever's it is."""

ADD: Final = """
INSERT INTO ai_mentor_student_lesson_progress (id, created_at, updated_at, user_id, lesson_id, understanding_level,
  engagement_score, learning_insights, recommended_actions)
SELECT %(id)s, now.now, now.now, %(user)s, %(lesson)s, %(understanding)s, %(engagement)s, %(insights)s, %(actions)s
FROM (SELECT clock_timestamp() AS now) now
ON CONFLICT DO NOTHING RETURNING id"""

FAILED: Final = """
INSERT INTO lms_tui.mentor_no_check (user_id, lesson_id, at) VALUES (%(user)s, %(lesson)s, clock_timestamp())
ON CONFLICT (user_id, lesson_id) DO UPDATE SET at = EXCLUDED.at"""
"""Keep that a check came to nothing by a fault."""
