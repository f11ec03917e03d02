"""The whole system at a glance: each statement one JSON value.

What is counted over all people and courses is read once; how many rows the tables have is what PostgreSQL estimates.
"""

from typing import Final

from lms_tui.db.queries.statistics import COUNTS
from lms_tui.wire.overview import DAYS

LARGEST: Final = 8
ACTS: Final = 20

_SINCE: Final = "now() - interval '30 days'"
_FIRST_DAY: Final = f"(now() AT TIME ZONE 'UTC')::date - {DAYS - 1}"

LEARNING: Final = f"""
WITH progress AS MATERIALIZED (
  SELECT user_id, updated_at AS at, CASE WHEN is_completed THEN (completed_at AT TIME ZONE 'UTC')::date END AS day
  FROM student_lesson_progress WHERE greatest(updated_at, completed_at) > {_SINCE}
), attempts AS MATERIALIZED (
  SELECT t.user_id, coalesce(t.completed_at, t.created_at) AS at,
    CASE WHEN {COUNTS} THEN (t.completed_at AT TIME ZONE 'UTC')::date END AS day
  FROM quiz_attempts t WHERE coalesce(t.completed_at, t.created_at) > {_SINCE}
), people AS (
  SELECT user_id, max(at) AS at FROM (
    SELECT user_id, at FROM progress UNION ALL SELECT user_id, at FROM attempts
  ) done GROUP BY user_id
), done AS (
  SELECT day, count(DISTINCT user_id) AS learners, sum(lessons) AS lessons, sum(attempts) AS attempts FROM (
    SELECT user_id, day, count(*) AS lessons, 0 AS attempts FROM progress WHERE day >= {_FIRST_DAY} GROUP BY 1, 2
    UNION ALL
    SELECT user_id, day, 0, count(*) FROM attempts WHERE day >= {_FIRST_DAY} GROUP BY 1, 2
  ) each GROUP BY day
), enrolled AS (
  SELECT (enrolled_at AT TIME ZONE 'UTC')::date AS day, count(*) AS enrolments
  FROM student_courses WHERE enrolled_at > now() - interval '{DAYS + 1} days' GROUP BY 1
)
SELECT json_build_object(
  'active', (SELECT json_build_object(
    'in_7_days', count(*) FILTER (WHERE at > now() - interval '7 days'), 'in_30_days', count(*)) FROM people),
  'courses', (
    SELECT json_build_object('published', published, 'drafts', drafts, 'archived', archived,
      'enrolments', enrolments, 'completions', completions)
    FROM (
      SELECT count(*) FILTER (WHERE archived IS NOT TRUE AND is_published) AS published,
        count(*) FILTER (WHERE archived IS NOT TRUE AND NOT is_published) AS drafts,
        count(*) FILTER (WHERE archived) AS archived FROM courses
    ) c, (
      SELECT coalesce(sum(total_enrollments), 0) AS enrolments, coalesce(sum(completed_enrollments), 0) AS completions
      FROM courses_summary_stats
    ) s),
  'days', (
    SELECT json_agg(json_build_object('day', w.day, 'learners', coalesce(d.learners, 0),
      'lessons', coalesce(d.lessons, 0), 'attempts', coalesce(d.attempts, 0),
      'enrolments', coalesce(e.enrolments, 0)) ORDER BY w.day)
    FROM (SELECT {_FIRST_DAY} + n AS day FROM generate_series(0, {DAYS - 1}) n) w
    LEFT JOIN done d ON d.day = w.day LEFT JOIN enrolled e ON e.day = w.day)
)::text"""  # noqa: S608 - constants only
"""Activity, courses and days of `wire.overview.Overview`."""

MACHINE: Final = f"""
SELECT json_build_object(
  'at', clock_timestamp(),
  'mail', (
    SELECT json_build_object('waiting', count(*) FILTER (WHERE due IS NOT NULL),
      'oldest', min(created_at) FILTER (WHERE due IS NOT NULL), 'given_up', count(*) FILTER (WHERE due IS NULL),
      'last_fault', coalesce((SELECT fault FROM lms_tui.mail WHERE fault <> '' ORDER BY created_at DESC LIMIT 1), ''))
    FROM lms_tui.mail WHERE sent_at IS NULL),
  'database', json_build_object(
    'bytes', pg_database_size(current_database()),
    'connections', (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
    'most_connections', current_setting('max_connections')::integer,
    'tables', (
      SELECT coalesce(json_agg(json_build_object('name', name, 'bytes', bytes, 'rows', rows) ORDER BY bytes DESC, name),
        '[]'::json)
      FROM (
        SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name,
          pg_total_relation_size(c.oid) AS bytes, CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END AS rows
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'lms_tui') AND c.relkind IN ('r', 'p')
        ORDER BY bytes DESC, name LIMIT {LARGEST}
      ) largest)),
  'versions', json_build_object('postgresql', current_setting('server_version'),
    'schema', coalesce((SELECT max(version_num) FROM lms_tui.alembic_version), '')),
  'acts', (
    SELECT coalesce(json_agg(json_build_object('at', a.at, 'actor', coalesce(u.email, ''), 'action', a.action,
      'person', coalesce(p.email, ''), 'what', coalesce(c.title, l.title, g.name, k.name, '')) ORDER BY a.at DESC),
      '[]'::json)
    FROM (SELECT * FROM lms_tui.audit WHERE NOT starts_with(action, 'entry.') ORDER BY at DESC LIMIT {ACTS}) a
    LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN users p ON p.id = a.subject_id
    LEFT JOIN courses c ON c.id = a.object_id LEFT JOIN lessons l ON l.id = a.object_id
    LEFT JOIN groups g ON g.id = a.object_id LEFT JOIN categories k ON k.id = a.object_id)
)::text"""  # noqa: S608 - constants only
"""The rest of it, but for what the process alone knows."""
