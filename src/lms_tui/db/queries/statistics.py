"""The three tables of counters, kept true by counting again (domain.md, Statistics).

Counting comes last in a transaction, always in the order course_students_stats (by user, course), user_statistics
(by user), courses_summary_stats (by course). Each table's rows are locked first and counted by the next statement:
its snapshot is younger than the lock, so of two transactions at once the second sees what the first wrote. That
order and those locks are also what keeps several learners at once from waiting for each other in a circle.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

COUNTS: Final = "t.completed_at IS NOT NULL AND t.score IS NOT NULL"
"""What an attempt `t` is that counts: one given a fresh start by an instructor has no score any more."""

_AVERAGE: Final = "CASE WHEN count(*) > 0 THEN least(greatest(round(avg(t.score), 2), -999.99), 999.99) END"
"""Held to its column; the CASE because `greatest` passes over NULL."""

_LOCK_STUDENTS: Final = """
INSERT INTO course_students_stats AS s (user_id, course_id)
SELECT user_id, course_id FROM student_courses
WHERE user_id = ANY(%(users)s::uuid[]) AND course_id = ANY(%(courses)s::uuid[])
UNION
SELECT user_id, course_id FROM course_students_stats
WHERE user_id = ANY(%(users)s::uuid[]) AND course_id = ANY(%(courses)s::uuid[])
ORDER BY user_id, course_id
ON CONFLICT (course_id, user_id) DO UPDATE SET updated_at = s.updated_at WHERE false"""
"""`WHERE false` writes nothing to a row that is there, but locks it."""

_COUNT_STUDENTS: Final = f"""
WITH taken AS (
  SELECT t.user_id, ch.course_id, count(*)::integer AS attempts, {_AVERAGE} AS average
  FROM quiz_attempts t JOIN lessons l ON l.id = t.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
  WHERE t.user_id = ANY(%(users)s::uuid[]) AND ch.course_id = ANY(%(courses)s::uuid[]) AND {COUNTS}
  GROUP BY t.user_id, ch.course_id
)
UPDATE course_students_stats s
SET enrollment_date = n.enrolled, completion_date = n.completed, quiz_attempts = n.attempts,
  average_quiz_score = n.average, updated_at = clock_timestamp()
FROM (
  SELECT o.id, coalesce(sc.enrolled_at, o.enrollment_date) AS enrolled,
    coalesce(sc.completed_at, o.completion_date) AS completed, coalesce(q.attempts, 0) AS attempts, q.average
  FROM course_students_stats o
  LEFT JOIN student_courses sc ON sc.user_id = o.user_id AND sc.course_id = o.course_id
  LEFT JOIN taken q ON q.user_id = o.user_id AND q.course_id = o.course_id
  WHERE o.user_id = ANY(%(users)s::uuid[]) AND o.course_id = ANY(%(courses)s::uuid[])
) n
WHERE s.id = n.id AND (s.enrollment_date, s.completion_date, s.quiz_attempts, s.average_quiz_score)
  IS DISTINCT FROM (n.enrolled, n.completed, n.attempts, n.average)"""  # noqa: S608 - constants of this module

_LOCK_USERS: Final = """
INSERT INTO user_statistics AS s (user_id)
SELECT id FROM users WHERE id = ANY(%(users)s::uuid[]) ORDER BY id
ON CONFLICT (user_id) DO UPDATE SET updated_at = s.updated_at WHERE false"""

_COUNT_USERS: Final = f"""
WITH enrolments AS (
  SELECT user_id, count(*)::integer AS enrolled, count(completed_at)::integer AS completed
  FROM student_courses WHERE user_id = ANY(%(users)s::uuid[]) GROUP BY user_id
), progress AS (
  SELECT user_id, count(*)::integer AS lessons FROM student_lesson_progress
  WHERE user_id = ANY(%(users)s::uuid[]) AND is_completed GROUP BY user_id
), studied AS (
  SELECT user_id, least(sum(study_time_minutes), 2147483647)::integer AS minutes
  FROM course_students_stats WHERE user_id = ANY(%(users)s::uuid[]) GROUP BY user_id
), taken AS (
  SELECT t.user_id, {_AVERAGE} AS average FROM quiz_attempts t
  WHERE t.user_id = ANY(%(users)s::uuid[]) AND {COUNTS} GROUP BY t.user_id
)
UPDATE user_statistics s
SET courses_enrolled = n.enrolled, courses_completed = n.completed, lessons_completed = n.lessons,
  total_study_time_minutes = n.minutes, average_quiz_score = n.average, updated_at = clock_timestamp()
FROM (
  SELECT o.id, coalesce(e.enrolled, 0) AS enrolled, coalesce(e.completed, 0) AS completed,
    coalesce(p.lessons, 0) AS lessons, coalesce(m.minutes, 0) AS minutes, q.average
  FROM user_statistics o
  LEFT JOIN enrolments e ON e.user_id = o.user_id LEFT JOIN progress p ON p.user_id = o.user_id
  LEFT JOIN studied m ON m.user_id = o.user_id LEFT JOIN taken q ON q.user_id = o.user_id
  WHERE o.user_id = ANY(%(users)s::uuid[])
) n
WHERE s.id = n.id
  AND (s.courses_enrolled, s.courses_completed, s.lessons_completed, s.total_study_time_minutes, s.average_quiz_score)
  IS DISTINCT FROM (n.enrolled, n.completed, n.lessons, n.minutes, n.average)"""  # noqa: S608

_LOCK_COURSES: Final = """
INSERT INTO courses_summary_stats AS s (course_id)
SELECT id FROM courses WHERE id = ANY(%(courses)s::uuid[]) ORDER BY id
ON CONFLICT (course_id) DO UPDATE SET updated_at = s.updated_at WHERE false"""

_COUNT_COURSES: Final = """
UPDATE courses_summary_stats s
SET total_enrollments = n.total, completed_enrollments = n.completed, average_completion_time_hours = n.hours,
  updated_at = clock_timestamp()
FROM (
  SELECT o.id, count(sc.id)::integer AS total, count(sc.completed_at)::integer AS completed,
    CASE WHEN count(sc.completed_at - sc.enrolled_at) > 0 THEN least(greatest(
      round(extract(epoch FROM avg(sc.completed_at - sc.enrolled_at)) / 3600, 2), 0), 999999.99) END AS hours
  FROM courses_summary_stats o LEFT JOIN student_courses sc ON sc.course_id = o.course_id
  WHERE o.course_id = ANY(%(courses)s::uuid[])
  GROUP BY o.id
) n
WHERE s.id = n.id AND (s.total_enrollments, s.completed_enrollments, s.average_completion_time_hours)
  IS DISTINCT FROM (n.total, n.completed, n.hours)"""

ALL_USERS: Final = """
SELECT user_id FROM student_courses UNION SELECT user_id FROM course_students_stats
UNION SELECT user_id FROM student_lesson_progress UNION SELECT user_id FROM quiz_attempts
UNION SELECT user_id FROM user_statistics ORDER BY user_id"""
"""Everybody who has, or should have, a row in the statistics."""

ALL_COURSES: Final = """
SELECT course_id FROM student_courses UNION SELECT course_id FROM course_students_stats
UNION SELECT course_id FROM courses_summary_stats ORDER BY course_id"""

_COURSES_OF: Final = """
SELECT course_id FROM student_courses WHERE user_id = ANY(%(users)s::uuid[])
UNION SELECT course_id FROM course_students_stats WHERE user_id = ANY(%(users)s::uuid[])"""


async def courses_of(tx: AsyncConnection, users: Collection[UUID]) -> list[UUID]:
    """Return the courses in which any of `users` is enrolled or has statistics."""
    return [row[0] for row in await (await tx.execute(_COURSES_OF, {"users": list(users)})).fetchall()]


async def recount_students(tx: AsyncConnection, users: Collection[UUID], courses: Collection[UUID]) -> int:
    """Count the `course_students_stats` of those of `users` x `courses` that are enrolled or have a row.

    Who left keeps the dates that stand there. Study time is not touched: nothing else tells it. Returns how many rows
    said something else.
    """
    values = {"users": list(users), "courses": list(courses)}
    await tx.execute(_LOCK_STUDENTS, values)
    return (await tx.execute(_COUNT_STUDENTS, values)).rowcount


async def recount_users(tx: AsyncConnection, users: Collection[UUID]) -> int:
    """Count the `user_statistics` of `users`; return how many rows said something else."""
    await tx.execute(_LOCK_USERS, {"users": list(users)})
    return (await tx.execute(_COUNT_USERS, {"users": list(users)})).rowcount


async def recount_courses(tx: AsyncConnection, courses: Collection[UUID]) -> int:
    """Count the `courses_summary_stats` of `courses`; return how many rows said something else."""
    await tx.execute(_LOCK_COURSES, {"courses": list(courses)})
    return (await tx.execute(_COUNT_COURSES, {"courses": list(courses)})).rowcount


async def recount(
    tx: AsyncConnection, users: Collection[UUID], courses: Collection[UUID], *, enrolments: bool = True
) -> None:
    """Make the statistics of `users`, of `courses` and of their pairs true; the last thing that a transaction does.

    `user_statistics` counts present enrolments, those of them that are complete, all completed lessons, and the mean
    of the attempts that count. `enrolments` False leaves `courses_summary_stats` out, for a change that concerns no
    enrolment and no completed course: every learner of a course meets in its one row. Rows that are true already
    are not written. `average_course_rating` has no source and stays as it is.
    """
    await recount_students(tx, users, courses)
    await recount_users(tx, users)
    if enrolments:
        await recount_courses(tx, courses)
