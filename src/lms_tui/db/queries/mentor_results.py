"""What became of the mentors of a course, for who teaches it: by lesson, by learner, and transcripts.

Each begins with the course, so that one who does not teach it gets no row, as for a course that there is not. Learners
are those enrolled now. All is one statement with one JSON value.
"""

from functools import cache
from typing import Final

from lms_tui.db.queries.catalog import OUTLINE_ORDER
from lms_tui.db.queries.course_statistics import MINE, NAME, PEOPLE
from lms_tui.db.queries.mentor_threads import (
    BEGUN,
    KNOWS_PLACE,
    LINE_JSON,
    NEWEST_FIRST,
    PAGE,
    SAID,
    THREAD_JSON,
    WORTH_LISTING,
)
from lms_tui.rules.mentor import PASSES_FROM
from lms_tui.wire.mentor_results import CHECKS_AT_ONCE, LINES_AT_ONCE, TALKERS_AT_ONCE

_NAME: Final = f"coalesce(nullif({NAME.format('u')}, ''), u.email)"


def _outline(which: str = "") -> str:
    """Return the lessons of the course that are not archived, those that `which` says."""
    return f"""
outline AS MATERIALIZED (
  SELECT l.id, l.title, ch.title AS chapter, coalesce(l.threshold_score, {PASSES_FROM}) AS threshold,
    ml.id IS NOT NULL AS has, coalesce(ml.learning_objectives, '') AS objectives,
    coalesce(ml.difficulty_level, '') AS difficulty, row_number() OVER (ORDER BY {OUTLINE_ORDER}) AS place
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id LEFT JOIN ai_mentor_lessons ml ON ml.lesson_id = l.id
  WHERE ch.course_id = %(course)s AND ch.archived IS NOT TRUE {which}
)"""  # noqa: S608 - constants only, as in all of this module


_PASSED: Final = "coalesce(k.understanding_level * 10 >= o.threshold, false)"
_NEWEST_CHECK: Final = "k.created_at DESC NULLS LAST, k.id DESC"
_CHECK_JSON: Final = """json_build_object('at', coalesce(k.created_at, 'epoch'), 'understanding', k.understanding_level,
  'engagement', k.engagement_score, 'passed', k.passed, 'insights', coalesce(k.learning_insights, ''),
  'recommended', coalesce(k.recommended_actions, ''))"""

_TALKED: Final = f"""
talked AS MATERIALIZED (
  SELECT t.lesson_id, t.user_id, count(DISTINCT t.id) AS threads, count(*) AS messages,
    max(coalesce(m.created_at, 'epoch')) AS last_at
  FROM outline o JOIN ai_mentor_threads t ON t.lesson_id = o.id JOIN people p ON p.user_id = t.user_id
  JOIN ai_mentor_thread_messages m ON m.thread_id = t.id AND {SAID}
  GROUP BY t.lesson_id, t.user_id
),
checks AS MATERIALIZED (
  SELECT DISTINCT ON (k.lesson_id, k.user_id) k.*, {_PASSED} AS passed
  FROM outline o JOIN ai_mentor_student_lesson_progress k ON k.lesson_id = o.id JOIN people p ON p.user_id = k.user_id
  ORDER BY k.lesson_id, k.user_id, {_NEWEST_CHECK}
)"""  # noqa: S608

COURSE: Final = f"""
WITH {PEOPLE}, {_outline()}, {_TALKED},
by_talk AS (SELECT lesson_id, count(*) AS learners, sum(messages) AS messages FROM talked GROUP BY 1),
by_check AS (
  SELECT lesson_id, count(*) AS checked, count(*) FILTER (WHERE passed) AS passed,
    round(avg(understanding_level), 2) AS understanding, round(avg(engagement_score), 2) AS engagement
  FROM checks GROUP BY 1
)
SELECT json_build_object('id', c.id, 'title', c.title, 'lessons', coalesce((
  SELECT json_agg(json_build_object('id', o.id, 'chapter', o.chapter, 'title', o.title, 'objectives', o.objectives,
      'difficulty', o.difficulty, 'learners', coalesce(t.learners, 0), 'messages', coalesce(t.messages, 0),
      'checked', coalesce(k.checked, 0), 'passed', coalesce(k.passed, 0), 'average_understanding', k.understanding,
      'average_engagement', k.engagement) ORDER BY o.place)
  FROM outline o LEFT JOIN by_talk t ON t.lesson_id = o.id LEFT JOIN by_check k ON k.lesson_id = o.id
  WHERE o.has OR t.lesson_id IS NOT NULL OR k.lesson_id IS NOT NULL), '[]'::json))::text
FROM courses c WHERE c.id = %(course)s AND {MINE}"""  # noqa: S608
"""The whole reply. Binds course, group (or NULL), everybodys, caller."""


@cache
def talkers(*, after: bool) -> str:
    """Return the statement of a page of a mentor's learners: one more than a page has, so that an end is seen.

    Binds course, lesson, group, everybodys, caller, and with `after` key and id. Rows: titles, objectives, how many
    there are, and the learners as JSON text; none for a lesson of another course.
    """
    more = "WHERE (x.last_at, x.user_id) < (%(key)s::timestamptz, %(id)s::uuid)" if after else ""
    return f"""
WITH {PEOPLE}, {_outline("AND l.id = %(lesson)s")}, {_TALKED},
lines AS MATERIALIZED (
  SELECT p.user_id, coalesce(t.threads, 0) AS threads, coalesce(t.messages, 0) AS messages,
    greatest(t.last_at, coalesce(k.created_at, 'epoch')) AS last_at,
    CASE WHEN k.id IS NOT NULL THEN {_CHECK_JSON} END AS newest
  FROM people p LEFT JOIN talked t ON t.user_id = p.user_id LEFT JOIN checks k ON k.user_id = p.user_id
  WHERE t.user_id IS NOT NULL OR k.id IS NOT NULL
),
page AS (SELECT * FROM lines x {more} ORDER BY x.last_at DESC, x.user_id DESC LIMIT {TALKERS_AT_ONCE + 1})
SELECT o.title, c.title, o.objectives, (SELECT count(*) FROM lines),
  coalesce((SELECT json_agg(json_build_object('id', x.user_id, 'name', {_NAME}, 'email', u.email, 'threads', x.threads,
      'messages', x.messages, 'last_at', x.last_at, 'check', x.newest) ORDER BY x.last_at DESC, x.user_id DESC)
    FROM page x JOIN users u ON u.id = x.user_id), '[]'::json)::text
FROM courses c JOIN outline o ON true WHERE c.id = %(course)s AND {MINE}"""  # noqa: S608


_LINE_ORDER: Final = "place, at DESC NULLS FIRST, id DESC NULLS FIRST"


@cache
def learner(*, after: bool) -> str:
    """Return the statement of a page of one learner's lines: a lesson, then its threads, and so on down the outline.

    Binds course, user, everybodys, caller, and with `after` the last line of the page before: place, and of a thread
    at and id. Rows: the reply but for `next` as JSON text, whether lines follow, and the last line; none also for
    somebody who is not enrolled.
    """
    lessons, lines, threads = "", "", ""
    if after:
        lessons = "WHERE o.place >= %(place)s"
        lines = "WHERE o.place > %(place)s OR x.id IS NOT NULL"
        threads = f"""AND (o.place > %(place)s OR %(id)s::uuid IS NULL
        OR ({BEGUN}, t.id) < (%(at)s::timestamptz, %(id)s::uuid))"""
    theirs = f"FROM ai_mentor_threads t WHERE t.lesson_id = o.id AND t.user_id = %(user)s AND {WORTH_LISTING}"
    return f"""
WITH {_outline()},
found AS MATERIALIZED (
  SELECT o.place, x.at, x.id FROM (SELECT * FROM outline o {lessons}) o CROSS JOIN LATERAL (
    SELECT NULL::timestamptz AS at, NULL::uuid AS id
    WHERE EXISTS (SELECT FROM ai_mentor_student_lesson_progress k WHERE k.lesson_id = o.id AND k.user_id = %(user)s)
      OR EXISTS (SELECT {theirs})
    UNION ALL
    (SELECT {BEGUN}, t.id {theirs} {threads} ORDER BY {NEWEST_FIRST} LIMIT {LINES_AT_ONCE + 1})) x
  {lines} ORDER BY {_LINE_ORDER} LIMIT {LINES_AT_ONCE + 1}
),
page AS MATERIALIZED (SELECT * FROM found ORDER BY {_LINE_ORDER} LIMIT {LINES_AT_ONCE})
SELECT json_build_object('course_title', c.title, 'id', u.id, 'name', {_NAME}, 'email', u.email,
  'lessons', coalesce((
    SELECT json_agg(json_build_object('id', o.id, 'chapter', o.chapter, 'title', o.title, 'objectives', o.objectives,
        'checks', CASE WHEN p.begins THEN k.list ELSE '[]'::json END, 'threads', t.list) ORDER BY o.place)
    FROM (SELECT place, bool_or(id IS NULL) AS begins FROM page GROUP BY place) p JOIN outline o ON o.place = p.place
    CROSS JOIN LATERAL (SELECT coalesce(json_agg({_CHECK_JSON} ORDER BY {_NEWEST_CHECK}), '[]'::json) AS list FROM (
      SELECT k.*, {_PASSED} AS passed FROM ai_mentor_student_lesson_progress k
      WHERE k.lesson_id = o.id AND k.user_id = u.id ORDER BY {_NEWEST_CHECK} LIMIT {CHECKS_AT_ONCE}) k) k
    CROSS JOIN LATERAL (SELECT coalesce(json_agg({LINE_JSON} ORDER BY {NEWEST_FIRST}), '[]'::json) AS list
      FROM page x JOIN ai_mentor_threads t ON t.id = x.id WHERE x.place = o.place) t), '[]'::json))::text,
  (SELECT count(*) FROM found) > {LINES_AT_ONCE}, last.place, last.at, last.id
FROM courses c JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
JOIN users u ON u.id = sc.user_id
LEFT JOIN LATERAL (SELECT * FROM page ORDER BY place DESC, at NULLS LAST, id NULLS LAST LIMIT 1) last ON true
WHERE c.id = %(course)s AND {MINE}"""  # noqa: S608


TRANSCRIPT: Final = f"""
SELECT u.id, {_NAME}, {THREAD_JSON}::text, l.title, c.title, p.messages, p.earlier, p.answers
FROM ai_mentor_threads t JOIN lessons l ON l.id = t.lesson_id
JOIN chapters ch ON ch.id = l.chapter_id AND ch.archived IS NOT TRUE
JOIN courses c ON c.id = ch.course_id JOIN users u ON u.id = t.user_id
JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = u.id CROSS JOIN {PAGE} p
WHERE t.id = %(thread)s AND c.id = %(course)s AND {MINE} AND {KNOWS_PLACE}"""  # noqa: S608
"""A page of a learner's thread. Binds course, thread, before, everybodys, caller."""
