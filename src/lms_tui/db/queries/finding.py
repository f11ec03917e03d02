"""Courses and lessons by the beginning of an id or a title, each by an index."""

from typing import Final

from lms_tui.db.queries.catalog import LESSON_TYPE, VISIBLE

MOST: Final = 20
SEARCH: Final = "to_tsvector('simple', c.title || ' ' || coalesce(c.description, ''))"
"""Exactly the expression of the index `lms_tui_courses_words`, or a search reads every row."""

_BEGINS: Final = "starts_with(lower({0}.title), lower(%(name)s::text))"
_BY_ID: Final = "CASE WHEN %(low)s::uuid = %(high)s::uuid THEN 0 ELSE 2 END"
_BY_TITLE: Final = (
    f"CASE WHEN lower({{0}}.title) = lower(%(name)s::text) THEN 1"
    f" WHEN {_BEGINS} OR %(low)s::uuid <= %(high)s::uuid THEN 2 ELSE 3 END"
)
_HAS_WORDS: Final = "(%(query)s <> '' AND {0}.title ~* ALL (%(words)s::text[]))"

FIND: Final = f"""
WITH mine AS MATERIALIZED (SELECT course_id FROM student_courses WHERE user_id = %(user)s),
hits AS (
  SELECT {_BY_ID} AS rank, c.id, c.title, c.id AS course_id, NULL AS type FROM courses c
  WHERE %(courses)s AND c.id BETWEEN %(low)s AND %(high)s
  UNION ALL
  SELECT {_BY_TITLE.format("c")}, c.id, c.title, c.id, NULL FROM courses c
  WHERE %(courses)s AND {SEARCH} @@ to_tsquery('simple', %(query)s)
    AND ({_BEGINS.format("c")} OR {_HAS_WORDS.format("c")})
  UNION ALL
  SELECT {_BY_ID}, l.id, l.title,
    (SELECT ch.course_id FROM chapters ch WHERE ch.id = l.chapter_id AND ch.archived IS NOT TRUE), {LESSON_TYPE}
  FROM lessons l WHERE %(lessons)s AND l.id BETWEEN %(low)s AND %(high)s
  UNION ALL
  SELECT {_BY_TITLE.format("l")}, l.id, l.title, ch.course_id, {LESSON_TYPE}
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
  WHERE %(lessons)s AND ch.archived IS NOT TRUE AND ({_BEGINS.format("l")} OR {_HAS_WORDS.format("l")})
    AND ch.course_id IN (SELECT course_id FROM mine WHERE %(course)s::uuid IS NULL UNION ALL SELECT %(course)s::uuid)
),
seen AS (
  SELECT DISTINCT ON (h.id) h.rank, h.id, h.title, h.course_id, c.title AS course_title, h.type
  FROM hits h CROSS JOIN LATERAL (
    SELECT c.title, ({VISIBLE}) AS visible FROM courses c WHERE c.id = h.course_id OFFSET 0) c
  WHERE (c.visible OR h.course_id IN (SELECT course_id FROM mine))
    AND (%(course)s::uuid IS NULL OR h.course_id = %(course)s)
  ORDER BY h.id, h.rank
)
SELECT id, title, course_id, course_title, type
FROM (SELECT *, min(rank) OVER () AS best FROM seen) s WHERE rank = best
ORDER BY title, course_title, id LIMIT {MOST + 1}"""  # noqa: S608 - constants of the catalog
"""Binds user, name, low and high (the ids that begin as the name does; none where low is the greater), query (the
name's words), words (a pattern for each, which a title that is found by its words has in it), courses and lessons
(whether each is wanted), course (NULL: any).

What the name fits best alone: 0 an id, 1 a title, 2 the beginning of an id or a title, 3 words of a title. What could
be the beginning of an id is 2 as words too: "dead" is rather told to fit several than taken for a course whose id
happens to begin so. One row more than MOST, so that an end is seen.

The beginning of an id is guessed to find many, so the chapter and the course of each are looked up one by one (LATERAL,
OFFSET 0): joined, all chapters and courses would be read.
"""
