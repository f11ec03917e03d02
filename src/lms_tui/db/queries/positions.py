"""Where a learner left the text of a lesson, in our own schema."""

from typing import Final

from lms_tui.db.queries.catalog import LESSON_TYPE, VISIBLE

SET: Final = f"""
WITH place AS (
  SELECT ({VISIBLE}) AS visible, sc.id IS NOT NULL AS enrolled, c.price_in_cents <= 0 AS free, {LESSON_TYPE} AS type
  FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id JOIN courses c ON c.id = ch.course_id
  LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
  WHERE l.id = %(lesson)s AND ch.archived IS NOT TRUE
),
kept AS (
  INSERT INTO lms_tui.reading_positions AS p (user_id, lesson_id, block, letters)
  SELECT %(user)s, %(lesson)s, %(block)s, %(letters)s FROM place WHERE visible AND enrolled
  ON CONFLICT (user_id, lesson_id) DO UPDATE SET block = EXCLUDED.block, letters = EXCLUDED.letters,
    updated_at = CASE WHEN (p.block, p.letters) = (EXCLUDED.block, EXCLUDED.letters) THEN p.updated_at
      ELSE clock_timestamp() END
  RETURNING updated_at
)
SELECT place.*, (SELECT updated_at FROM kept) FROM place"""  # noqa: S608 - constants of the catalog
"""Keep a place, for enrolled learners only, and return how the caller stands to the lesson and when the place became
this one. No row where there is no such lesson. Binds user, lesson, block, letters."""
