"""Which files a lesson and a course have, with what says who may read them."""

from typing import Final

from lms_tui.db.queries.catalog import LESSON_TYPE, VISIBLE

LESSON: Final = f"""
SELECT ({VISIBLE}), sc.id IS NOT NULL, c.price_in_cents <= 0, {LESSON_TYPE}, c.id, l.title, coalesce(l.description, ''),
  l.file_s3_key, l.is_external IS TRUE, coalesce(l.file_type, ''), clock_timestamp()
FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id JOIN courses c ON c.id = ch.course_id
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
WHERE l.id = %(lesson)s AND ch.archived IS NOT TRUE"""  # noqa: S608 - constants of the catalog
"""Whether the course is visible, the caller enrolled, the course free; type, course, title, text, file, whether the
file is a link, its type, and the time. Binds user and lesson."""

THUMBNAIL: Final = f"""
SELECT ({VISIBLE}), EXISTS (SELECT FROM student_courses sc WHERE sc.course_id = c.id AND sc.user_id = %(user)s),
  c.title, c.thumbnail_s3_key, clock_timestamp()
FROM courses c WHERE c.id = %(course)s"""  # noqa: S608
"""Whether the course is visible, the caller enrolled; title, picture and the time. Binds user and course."""

NOW: Final = "SELECT clock_timestamp()"
