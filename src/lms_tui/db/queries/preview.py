"""Whether a person may preview a course, and what of a course the result of a preview needs."""

from typing import Final

from lms_tui.db.queries.catalog import OUTLINE_ORDER

_MAY: Final = "SELECT c.author_id = %(user)s OR %(admin)s FROM courses c"
MAY_PREVIEW_COURSE: Final = f"{_MAY} WHERE c.id = %(course)s"
"""Binds user, admin and course; no row where there is no such course."""
MAY_PREVIEW_LESSON: Final = f"""
{_MAY} JOIN chapters ch ON ch.course_id = c.id AND ch.archived IS NOT TRUE JOIN lessons l ON l.chapter_id = ch.id
WHERE l.id = %(lesson)s"""
"""Binds user, admin and lesson; no row where there is no such lesson, or its chapter is archived."""

LESSONS_AROUND: Final = f"""
SELECT l.id, l.chapter_id
FROM lessons here JOIN chapters own ON own.id = here.chapter_id
JOIN chapters ch ON ch.course_id = own.course_id AND ch.archived IS NOT TRUE JOIN lessons l ON l.chapter_id = ch.id
WHERE here.id = %(lesson)s ORDER BY {OUTLINE_ORDER}"""  # noqa: S608 - a constant
"""All lessons of the course that the lesson is in, with the chapter of each. Binds lesson."""
