"""A learner's own statistics as one JSON value: when they were active, by quarters of an hour, and how they fare.

The days and weeks are the service's to make of the quarters (`rules.statistics`): PostgreSQL knows other names of time
zones, and reads "+02:00" the other way round.
"""

from typing import Final

from lms_tui.db.queries.statistics import COUNTS

_QUARTER: Final = "floor(extract(epoch FROM {at}) / 900)::bigint"
_BEST: Final = f"""
  SELECT t.lesson_id, max(t.score) AS best FROM quiz_attempts t
  WHERE t.user_id = %(user)s AND {COUNTS} GROUP BY t.lesson_id"""  # noqa: S608 - constants of the statistics

MINE: Final = f"""
WITH best AS MATERIALIZED ({_BEST}),
quizzes AS MATERIALIZED (
  SELECT b.best, ch.course_id, c.category_id
  FROM best b JOIN lessons l ON l.id = b.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
  JOIN courses c ON c.id = ch.course_id
),
done AS MATERIALIZED (
  SELECT {_QUARTER.format(at="lp.completed_at")} AS quarter, count(*) AS lessons
  FROM student_lesson_progress lp
  WHERE lp.user_id = %(user)s AND lp.is_completed AND lp.completed_at IS NOT NULL GROUP BY 1
),
submitted AS MATERIALIZED (
  SELECT {_QUARTER.format(at="t.completed_at")} AS quarter,
    count(*) FILTER (WHERE {COUNTS}) AS attempts, sum(t.score) FILTER (WHERE {COUNTS}) AS scores
  FROM quiz_attempts t WHERE t.user_id = %(user)s AND t.completed_at IS NOT NULL GROUP BY 1
),
asked AS (
  SELECT DISTINCT {_QUARTER.format(at="m.created_at")} AS quarter
  FROM ai_mentor_threads th JOIN ai_mentor_thread_messages m ON m.thread_id = th.id
  WHERE th.user_id = %(user)s AND m.role = 'user' AND m.created_at IS NOT NULL
)
SELECT clock_timestamp(), json_build_object(
  'active', coalesce((SELECT json_agg(a.quarter) FROM (
    SELECT quarter FROM done UNION SELECT quarter FROM submitted UNION SELECT quarter FROM asked) a), '[]'::json),
  'done', coalesce((SELECT json_agg(json_build_array(quarter, lessons)) FROM done), '[]'::json),
  'submitted', coalesce((SELECT json_agg(json_build_array(quarter, attempts, scores)) FROM submitted
    WHERE attempts > 0), '[]'::json),
  'studied', coalesce((SELECT json_agg(json_build_array({_QUARTER.format(at="h.hour")}, h.minutes))
    FROM lms_tui.study_hours h WHERE h.user_id = %(user)s AND h.hour > now() - interval '54 weeks'), '[]'::json),
  'totals', coalesce((SELECT json_build_array(courses_enrolled, courses_completed, lessons_completed,
      total_study_time_minutes, average_quiz_score) FROM user_statistics s WHERE s.user_id = %(user)s),
    '[0, 0, 0, 0, null]'::json),
  'categories', coalesce((
    SELECT json_agg(json_build_object('category', k.name, 'quizzes', n.quizzes, 'average_best', n.average)
      ORDER BY n.average DESC, n.quizzes DESC, k.name, k.id)
    FROM (SELECT category_id, count(*) AS quizzes, round(avg(best), 2) AS average FROM quizzes GROUP BY 1) n
    JOIN categories k ON k.id = n.category_id), '[]'::json),
  'courses', coalesce((
    SELECT json_agg(json_build_object('id', c.id, 'title', c.title, 'lessons', n.lessons, 'completed_lessons', n.done,
        'completed_at', sc.completed_at, 'study_minutes', coalesce(s.study_time_minutes, 0),
        'average_best', (SELECT round(avg(q.best), 2) FROM quizzes q WHERE q.course_id = c.id))
      ORDER BY n.touched DESC NULLS LAST, sc.enrolled_at DESC, c.id)
    FROM student_courses sc JOIN courses c ON c.id = sc.course_id
    LEFT JOIN course_students_stats s ON s.course_id = c.id AND s.user_id = sc.user_id
    CROSS JOIN LATERAL (
      SELECT count(l.id) AS lessons, count(*) FILTER (WHERE lp.is_completed) AS done, max(lp.updated_at) AS touched
      FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
      LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = sc.user_id
      WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE) n
    WHERE sc.user_id = %(user)s), '[]'::json)
)::text"""  # noqa: S608
"""The database's clock, and all that `service.my_statistics` makes the reply of. Binds user."""
