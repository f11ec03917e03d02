"""Study time: the minutes of one learner in one course, the sum over courses, and the hours in which they fell.

Locks in the order of `queries.progress` and `queries.statistics`: the enrolment, the course_students_stats row, the
user_statistics row. Each is locked by a statement of its own, so that the next sees what was committed before it.
"""

from typing import Final

from lms_tui.db.queries.catalog import VISIBLE

PLACE: Final = f"""
SELECT ({VISIBLE}), sc.id IS NOT NULL FROM courses c
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
WHERE c.id = %(course)s"""  # noqa: S608 - constants of the catalog
"""Whether the course is visible, and whether the learner is enrolled. Binds user, course."""

LOCK_ENROLMENT: Final = """
SELECT id FROM student_courses WHERE user_id = %(user)s AND course_id = %(course)s FOR NO KEY UPDATE"""

ADD: Final = """
UPDATE course_students_stats
SET study_time_minutes = least(coalesce(study_time_minutes, 0)::bigint + %(minutes)s, 2147483647)::integer,
  updated_at = clock_timestamp()
WHERE user_id = %(user)s AND course_id = %(course)s AND coalesce(study_time_minutes, 0) = %(seen)s AND %(minutes)s > 0
RETURNING study_time_minutes"""
"""Add, where `seen` still stands. Binds user, course, seen, minutes."""

STANDING: Final = """
SELECT coalesce(study_time_minutes, 0) FROM course_students_stats
WHERE user_id = %(user)s AND course_id = %(course)s FOR NO KEY UPDATE"""

ADD_HOUR: Final = """
INSERT INTO lms_tui.study_hours AS h (user_id, hour, course_id, minutes)
VALUES (%(user)s, date_trunc('hour', clock_timestamp()), %(course)s, %(minutes)s)
ON CONFLICT (user_id, hour, course_id) DO UPDATE SET minutes = h.minutes + EXCLUDED.minutes"""
"""The hour is that of the database's clock. Binds user, course, minutes."""

LOCK_SUM: Final = """
INSERT INTO user_statistics AS s (user_id) VALUES (%(user)s)
ON CONFLICT (user_id) DO UPDATE SET updated_at = s.updated_at WHERE false RETURNING id"""
"""Lock the learner's row; a row comes back where it had to be made, whose other counts are still to be counted."""

SUM: Final = """
UPDATE user_statistics s SET total_study_time_minutes = n.minutes, updated_at = clock_timestamp()
FROM (SELECT least(coalesce(sum(study_time_minutes), 0), 2147483647)::integer AS minutes
      FROM course_students_stats WHERE user_id = %(user)s) n
WHERE s.user_id = %(user)s"""
