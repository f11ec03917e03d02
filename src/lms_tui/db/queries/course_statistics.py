"""A course's statistics for who teaches it: how far its learners came, what they answered, and pages of them.

Each begins with the course, so that one who does not teach it gets no row, as for a course that there is not. Those
that count over all learners do so in one statement, as one JSON value: of 10,000 learners the service then reads one
row. Learners are those enrolled now; with a group, those of them in it.
"""

from functools import cache
from typing import Final

from lms_tui.db.queries.catalog import LESSON_TYPE, OUTLINE_ORDER
from lms_tui.db.queries.statistics import COUNTS
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.course_statistics import LearnerSort
from lms_tui.wire.statistics import CoursesSort

NAME: Final = "concat_ws(' ', nullif({0}.first_name, ''), nullif({0}.last_name, ''))"
MINE: Final = "(%(everybodys)s OR c.author_id = %(caller)s)"
_STOPPED: Final = "interval '14 days'"
"""`rules.statistics.STOPPED_AFTER`; a test holds the two against each other."""

PEOPLE: Final = """
people AS MATERIALIZED (
  SELECT sc.user_id, sc.enrolled_at, sc.completed_at FROM student_courses sc
  WHERE sc.course_id = %(course)s AND (%(group)s::uuid IS NULL OR EXISTS (
    SELECT FROM group_users g WHERE g.group_id = %(group)s::uuid AND g.user_id = sc.user_id))
)"""
_OUTLINE: Final = f"""
outline AS MATERIALIZED (
  SELECT l.id, l.title, {LESSON_TYPE} AS type, ch.title AS chapter,
    row_number() OVER (ORDER BY {OUTLINE_ORDER}) AS place
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
  WHERE ch.course_id = %(course)s AND ch.archived IS NOT TRUE
)"""  # noqa: S608 - constants only, as in all of this module

COURSE: Final = f"""
WITH {PEOPLE}, {_OUTLINE},
steps AS MATERIALIZED (
  SELECT lp.user_id, o.id, o.place, lp.is_started IS TRUE AS started, lp.is_completed IS TRUE AS completed,
    lp.completed_at, extract(epoch FROM lp.completed_at - lp.created_at) / 60 AS minutes, lp.updated_at
  FROM outline o JOIN student_lesson_progress lp ON lp.lesson_id = o.id JOIN people p ON p.user_id = lp.user_id
),
ways AS MATERIALIZED (
  SELECT p.*, s.place, s.active, p.completed_at IS NULL
      AND coalesce(s.active, p.enrolled_at, '-infinity') <= now() - {_STOPPED} AS stopped
  FROM people p LEFT JOIN (
    SELECT user_id, max(place) FILTER (WHERE started) AS place, max(updated_at) AS active FROM steps GROUP BY user_id
  ) s ON s.user_id = p.user_id
),
attempts AS MATERIALIZED (
  SELECT t.user_id, o.id, t.score, t.is_passed IS TRUE AS passed,
    extract(epoch FROM t.completed_at - t.created_at) / 60 AS minutes
  FROM outline o JOIN quiz_attempts t ON t.lesson_id = o.id JOIN people p ON p.user_id = t.user_id WHERE {COUNTS}
),
best AS MATERIALIZED (
  SELECT id, user_id, max(score) AS best, bool_or(passed) AS passed FROM attempts GROUP BY id, user_id
),
by_lesson AS (
  SELECT id, count(*) FILTER (WHERE started) AS started, count(*) FILTER (WHERE completed) AS completed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) FILTER (WHERE completed AND minutes >= 0) AS median
  FROM steps GROUP BY id
),
by_quiz AS (
  SELECT id, count(*) AS attempts, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median
  FROM attempts GROUP BY id
),
by_best AS (
  SELECT id, round(avg(best), 2) AS average, count(*) FILTER (WHERE passed) AS passed FROM best GROUP BY id
),
by_place AS (
  SELECT place, count(*) AS here, count(*) FILTER (WHERE stopped) AS stopped
  FROM ways WHERE completed_at IS NULL GROUP BY place
)
SELECT json_build_object(
  'id', c.id, 'title', c.title, 'author', {NAME.format("a")},
  'enrolled', n.enrolled, 'completed', n.completed, 'not_started', n.not_started, 'active', n.active,
  'stopped', n.stopped, 'average_hours', n.hours,
  'average_best', (SELECT round(avg(best), 2) FROM best),
  'study_minutes', (SELECT coalesce(sum(s.study_time_minutes), 0) FROM people p
    JOIN course_students_stats s ON s.course_id = %(course)s AND s.user_id = p.user_id),
  'groups', coalesce((SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'learners', m.learners)
      ORDER BY g.name, g.id)
    FROM (SELECT gu.group_id, count(*) AS learners
          FROM student_courses sc JOIN group_users gu ON gu.user_id = sc.user_id
          WHERE sc.course_id = %(course)s GROUP BY 1) m
    JOIN groups g ON g.id = m.group_id WHERE g.archived IS NOT TRUE), '[]'::json),
  'lessons', coalesce((SELECT json_agg(json_build_object(
      'id', o.id, 'chapter', o.chapter, 'title', o.title, 'type', o.type,
      'started', coalesce(l.started, 0), 'completed', coalesce(l.completed, 0),
      'here', coalesce(w.here, 0), 'stopped', coalesce(w.stopped, 0),
      'median_minutes', round(CASE WHEN o.type = 'quiz' THEN q.median ELSE l.median END::numeric, 1),
      'attempts', coalesce(q.attempts, 0), 'average_best', b.average, 'passed', coalesce(b.passed, 0)) ORDER BY o.place)
    FROM outline o LEFT JOIN by_lesson l ON l.id = o.id LEFT JOIN by_quiz q ON q.id = o.id
    LEFT JOIN by_best b ON b.id = o.id LEFT JOIN by_place w ON w.place = o.place), '[]'::json),
  'weeks', (SELECT json_agg(json_build_object('begins', d.monday::date,
      'enrolled', (SELECT count(*) FROM people p WHERE p.enrolled_at >= d.monday AND p.enrolled_at < d.monday + d.week),
      'completed', (SELECT count(*) FROM people p
        WHERE p.completed_at >= d.monday AND p.completed_at < d.monday + d.week),
      'lessons', coalesce(k.lessons, 0)) ORDER BY d.monday)
    FROM (SELECT date_trunc('week', now()) - back * interval '1 week' AS monday, interval '1 week' AS week
          FROM generate_series(0, 11) back) d
    LEFT JOIN (SELECT date_trunc('week', completed_at) AS monday, count(*) AS lessons FROM steps
               WHERE completed GROUP BY 1) k ON k.monday = d.monday)
)::text
FROM courses c JOIN users a ON a.id = c.author_id
CROSS JOIN LATERAL (
  SELECT count(*) AS enrolled, count(completed_at) AS completed, count(*) FILTER (WHERE place IS NULL) AS not_started,
    count(*) FILTER (WHERE active > now() - {_STOPPED}) AS active, count(*) FILTER (WHERE stopped) AS stopped,
    round((extract(epoch FROM avg(completed_at - enrolled_at)) / 3600)::numeric, 2) AS hours
  FROM ways
) n
WHERE c.id = %(course)s AND {MINE}"""  # noqa: S608
"""The whole reply. Binds course, group (or NULL), everybodys, caller."""

QUESTIONS: Final = f"""
WITH {PEOPLE},
attempts AS MATERIALIZED (
  SELECT t.id, l.id AS lesson_id, l.title AS lesson
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id JOIN quiz_attempts t ON t.lesson_id = l.id
  JOIN people p ON p.user_id = t.user_id WHERE ch.course_id = %(course)s AND {COUNTS}
),
asked AS MATERIALIZED (
  SELECT s.question_id, a.lesson_id, a.lesson, count(DISTINCT a.id) AS asked,
    count(DISTINCT a.id) FILTER (WHERE s.is_correct) AS correct,
    count(DISTINCT a.id) FILTER (WHERE s.selected_option_id IS NULL AND coalesce(s.answer_text, '') = '') AS blank
  FROM attempts a JOIN student_question_answers s ON s.quiz_attempt_id = a.id AND s.is_correct IS NOT NULL
  GROUP BY 1, 2, 3
),
hardest AS MATERIALIZED (
  SELECT * FROM asked ORDER BY correct::numeric / asked, asked DESC, question_id LIMIT 200
),
chosen AS MATERIALIZED (
  SELECT s.selected_option_id AS id, count(*) AS chosen
  FROM hardest h JOIN student_question_answers s ON s.question_id = h.question_id
  JOIN attempts a ON a.id = s.quiz_attempt_id
  WHERE s.selected_option_id IS NOT NULL AND s.is_correct IS NOT NULL AND s.answer_text IS DISTINCT FROM 'false'
  GROUP BY 1
)
SELECT json_build_object('id', c.id, 'title', c.title, 'questions', coalesce((
  SELECT json_agg(json_build_object('id', q.id, 'lesson_id', h.lesson_id, 'lesson', h.lesson, 'title', q.title,
      'type', q.type, 'archived', q.archived IS TRUE, 'asked', h.asked, 'right', h.correct, 'blank', h.blank,
      'options', coalesce((SELECT json_agg(json_build_object('text', o.option_text, 'is_correct', o.is_correct,
            'chosen', coalesce(k.chosen, 0)) ORDER BY o.display_order NULLS LAST, o.created_at, o.id)
          FROM question_answer_options o LEFT JOIN chosen k ON k.id = o.id
          WHERE o.question_id = q.id AND lower(translate(q.type, '-_ ', '')) <> 'fillblank'), '[]'::json))
    ORDER BY h.correct::numeric / h.asked, h.asked DESC, q.id)
  FROM hardest h JOIN questions q ON q.id = h.question_id), '[]'::json))::text
FROM courses c WHERE c.id = %(course)s AND {MINE}"""  # noqa: S608
"""The whole reply. Accepted texts of blanks are no options that are chosen. Binds as COURSE."""

_LINE: Final = f"""
  SELECT p.user_id, coalesce(nullif({NAME.format("u")}, ''), u.email) AS name, u.email, p.enrolled_at, p.completed_at,
    n.done, n.active, p.completed_at IS NULL
      AND coalesce(n.active, p.enrolled_at, '-infinity') <= now() - {_STOPPED} AS stopped,
    b.quizzes, b.average, coalesce(s.study_time_minutes, 0) AS study
  FROM people p JOIN users u ON u.id = p.user_id
  LEFT JOIN course_students_stats s ON s.course_id = %(course)s AND s.user_id = p.user_id
  {{steps}}"""  # noqa: S608
_ALL: Final = """
  LEFT JOIN (SELECT lp.user_id, count(*) FILTER (WHERE lp.is_completed) AS done, max(lp.updated_at) AS active
    FROM outline o JOIN student_lesson_progress lp ON lp.lesson_id = o.id GROUP BY 1) n ON n.user_id = p.user_id
  LEFT JOIN (SELECT x.user_id, count(*) AS quizzes, round(avg(x.best), 2) AS average FROM (
      SELECT t.user_id, t.lesson_id, max(t.score) AS best FROM outline o JOIN quiz_attempts t ON t.lesson_id = o.id
      WHERE {counts} GROUP BY 1, 2) x GROUP BY 1) b ON b.user_id = p.user_id"""
_EACH: Final = """
  CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE lp.is_completed) AS done, max(lp.updated_at) AS active
    FROM outline o JOIN student_lesson_progress lp ON lp.lesson_id = o.id AND lp.user_id = p.user_id) n
  CROSS JOIN LATERAL (SELECT count(*) AS quizzes, round(avg(x.best), 2) AS average FROM (
      SELECT max(t.score) AS best FROM outline o JOIN quiz_attempts t ON t.lesson_id = o.id AND t.user_id = p.user_id
      WHERE {counts} GROUP BY t.lesson_id) x) b"""
_LINE_JSON: Final = """json_build_object('id', x.user_id, 'name', x.name, 'email', x.email,
  'enrolled_at', x.enrolled_at, 'completed_at', x.completed_at,
  'lessons', (SELECT count(*) FROM outline), 'completed_lessons', coalesce(x.done, 0),
  'last_active_at', x.active, 'stopped', x.stopped, 'quizzes', coalesce(x.quizzes, 0), 'average_best', x.average,
  'study_minutes', x.study)"""
_KEYS: Final[dict[LearnerSort, tuple[str, str]]] = {
    LearnerSort.NAME: ("lower(name)", "text"),
    LearnerSort.PROGRESS: ("coalesce(done, 0)", "bigint"),
    LearnerSort.ACTIVE: ("coalesce(active, '-infinity')", "timestamptz"),
    LearnerSort.SCORE: ("coalesce(average, -1000)", "numeric"),
    LearnerSort.STUDY: ("study", "bigint"),
}
"""What the learners are ordered by, and its type; the key goes to the client and comes back as text."""


@cache
def learners(sort: LearnerSort, size: PageSize, *, descending: bool, after: bool) -> str:
    """Return the statement of one kind of page: one learner more than `size`, so that an end is seen.

    Binds course, group, everybodys, caller, and with `after` key and id. Rows: the course's id and title, how many
    learners there are, and as JSON texts the lines and the keys of this order.
    """
    key, kind = _KEYS[sort]
    steps, more, turn = _ALL.format(counts=COUNTS), "", " DESC" if descending else ""
    if after:
        more = f"WHERE ({key}, user_id) {'<' if descending else '>'} (%(key)s::{kind}, %(id)s::uuid)"
    return f"""
WITH {PEOPLE}, {_OUTLINE}, lines AS MATERIALIZED ({_LINE.format(steps=steps)}),
page AS (
  SELECT *, {key} AS key FROM lines {more} ORDER BY key{turn}, user_id{turn} LIMIT {size.value + 1}
)
SELECT c.id, c.title, (SELECT count(*) FROM people),
  coalesce((SELECT json_agg({_LINE_JSON} ORDER BY x.key{turn}, x.user_id{turn}) FROM page x), '[]'::json)::text,
  coalesce((SELECT json_agg(x.key::text ORDER BY x.key{turn}, x.user_id{turn}) FROM page x), '[]'::json)::text
FROM courses c WHERE c.id = %(course)s AND {MINE}"""  # noqa: S608


LEARNER: Final = f"""
WITH people AS MATERIALIZED (
  SELECT user_id, enrolled_at, completed_at FROM student_courses WHERE course_id = %(course)s AND user_id = %(user)s
), {_OUTLINE}, lines AS ({_LINE.format(steps=_EACH.format(counts=COUNTS))})
SELECT json_build_object('course_title', c.title, 'line', (SELECT {_LINE_JSON} FROM lines x),
  'groups', coalesce((SELECT json_agg(g.name ORDER BY g.name, g.id)
    FROM group_users gu JOIN groups g ON g.id = gu.group_id
    WHERE gu.user_id = %(user)s AND g.archived IS NOT TRUE), '[]'::json),
  'lessons', coalesce((SELECT json_agg(json_build_object('id', o.id, 'chapter', o.chapter, 'title', o.title,
      'type', o.type, 'started', lp.is_started IS TRUE, 'completed_at', lp.completed_at, 'best_score', t.best,
      'attempts', coalesce(t.attempts, '[]'::json)) ORDER BY o.place)
    FROM outline o LEFT JOIN student_lesson_progress lp ON lp.lesson_id = o.id AND lp.user_id = %(user)s
    CROSS JOIN LATERAL (
      SELECT max(t.score) FILTER (WHERE {COUNTS}) AS best,
        json_agg(json_build_object('id', t.id, 'started_at', t.created_at, 'completed_at', t.completed_at,
          'score', t.score, 'is_passed', t.is_passed IS TRUE) ORDER BY t.created_at DESC, t.id) AS attempts
      FROM quiz_attempts t WHERE t.lesson_id = o.id AND t.user_id = %(user)s) t), '[]'::json))::text
FROM courses c WHERE c.id = %(course)s AND {MINE} AND EXISTS (SELECT FROM people)"""  # noqa: S608
"""The whole reply; no row also for somebody who is not enrolled. Binds course, user, everybodys, caller."""

_COURSE_KEYS: Final[dict[CoursesSort, tuple[str, str]]] = {
    CoursesSort.TITLE: ("c.title", "text"),
    CoursesSort.ENROLLED: ("coalesce(s.total_enrollments, 0)", "bigint"),
    CoursesSort.COMPLETED: ("coalesce(s.completed_enrollments, 0)", "bigint"),
}


@cache
def courses(sort: CoursesSort, size: PageSize, *, after: bool) -> str:
    """Return the statement of a page of the overview, by `courses_summary_stats`; one course more than `size`.

    Binds everybodys, caller, and with `after` key and id. Rows: how many courses, enrolments and completed ones there
    are, and as JSON texts the lines and the keys of this order.
    """
    key, kind = _COURSE_KEYS[sort]
    down = sort is not CoursesSort.TITLE
    turn = " DESC" if down else ""
    more = f"AND ({key}, c.id) {'<' if down else '>'} (%(key)s::{kind}, %(id)s::uuid)" if after else ""
    return f"""
WITH page AS (
  SELECT c.id, c.title, c.is_published, c.archived, c.author_id, {key} AS key, s.total_enrollments,
    s.completed_enrollments, s.average_completion_time_hours
  FROM courses c LEFT JOIN courses_summary_stats s ON s.course_id = c.id
  WHERE {MINE} {more} ORDER BY key{turn}, c.id{turn} LIMIT {size.value + 1}
)
SELECT n.total, n.enrolled, n.completed, coalesce((SELECT json_agg(json_build_object(
    'id', p.id, 'title', p.title, 'author', {NAME.format("a")}, 'is_published', p.is_published,
    'archived', p.archived IS TRUE, 'enrolled', coalesce(p.total_enrollments, 0),
    'completed', coalesce(p.completed_enrollments, 0), 'average_hours', p.average_completion_time_hours,
    'average_score', m.average, 'study_minutes', coalesce(m.minutes, 0)) ORDER BY p.key{turn}, p.id{turn})
  FROM page p JOIN users a ON a.id = p.author_id CROSS JOIN LATERAL (
    SELECT round(avg(t.average_quiz_score), 2) AS average, sum(t.study_time_minutes) AS minutes
    FROM course_students_stats t WHERE t.course_id = p.id) m), '[]'::json)::text,
  coalesce((SELECT json_agg(p.key::text ORDER BY p.key{turn}, p.id{turn}) FROM page p), '[]'::json)::text
FROM (SELECT count(*) AS total, coalesce(sum(s.total_enrollments), 0) AS enrolled,
        coalesce(sum(s.completed_enrollments), 0) AS completed
      FROM courses c LEFT JOIN courses_summary_stats s ON s.course_id = c.id WHERE {MINE}) n"""  # noqa: S608
