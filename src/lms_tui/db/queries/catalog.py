"""The catalog's statements, built once: pages by key, counts, and a course with its outline as one JSON value."""

from functools import cache
from typing import Final, Literal

from lms_tui.wire.catalog import PageSize, Price, Sort

Way = Literal["first", "after", "before", "last"]

VISIBLE: Final = "c.is_published AND c.archived IS NOT TRUE"
SEARCH: Final = "to_tsvector('simple', c.title || ' ' || coalesce(c.description, ''))"
"""Exactly the expression of the index `lms_tui_courses_words`, or a search reads every row."""

OUTLINE_ORDER: Final = (
    "ch.display_order NULLS LAST, ch.created_at, ch.id, l.display_order NULLS LAST, l.created_at, l.id"
)
LESSON_TYPE: Final = (
    "CASE WHEN lower(translate(l.type, '-_', '')) IN ('text','video','quiz','scorm','external')"
    " THEN lower(translate(l.type, '-_', '')) ELSE l.type END"
)

_KEY: Final[dict[Sort, str]] = {Sort.TITLE: "title", Sort.NEWEST: "created_at", Sort.PRICE: "price_in_cents"}
_PRICE: Final[dict[Price, str]] = {
    Price.ALL: "",
    Price.FREE: " AND c.price_in_cents <= 0",
    Price.PAID: " AND c.price_in_cents > 0",
}


@cache
def page(sort: Sort, way: Way, price: Price, size: PageSize, *, searched: bool, in_category: bool) -> str:
    """Return the statement of one kind of page: one course more than `size`, so that an end is seen.

    Binds user, and as needed query, category, key and id. `before` and `last` come in reversed order. Newest goes
    down, the others up; the id completes each order. The cache has at most 288 statements: all that there are.
    """
    key = _KEY[sort]
    down = (sort is Sort.NEWEST) != (way in ("before", "last"))
    where = VISIBLE + _PRICE[price]
    columns, place = [f"c.{key}", "c.id"], ["%(key)s", "%(id)s"]
    if in_category:
        # BETWEEN and not `=`, and the category in the order: then only an index that begins with it comes in order,
        # and PostgreSQL cannot walk all courses in search of a small category's (128 ms of 100,000).
        where += " AND c.category_id BETWEEN %(category)s AND %(category)s"
        columns, place = ["c.category_id", *columns], ["%(category)s", *place]
    if searched:
        where += f" AND {SEARCH} @@ to_tsquery('simple', %(query)s)"
    if way in ("after", "before"):
        where += f" AND ({', '.join(columns)}) {'<' if down else '>'} ({', '.join(place)})"
    turn = " DESC" if down else ""
    order = ", ".join(f"{column}{turn}" for column in columns)
    return f"""
WITH page AS (
  SELECT c.* FROM courses c WHERE {where} ORDER BY {order} LIMIT {size.value + 1}
)
SELECT p.id, p.title, coalesce(p.description, ''), concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')),
  p.category_id, k.name, n.chapters, n.lessons, p.price_in_cents, lower(coalesce(p.currency, 'usd')),
  sc.id IS NOT NULL, n.done, sc.completed_at, p.created_at
FROM page p JOIN users a ON a.id = p.author_id JOIN categories k ON k.id = p.category_id
LEFT JOIN student_courses sc ON sc.course_id = p.id AND sc.user_id = %(user)s
CROSS JOIN LATERAL (
  SELECT count(DISTINCT ch.id) AS chapters, count(l.id) AS lessons, count(*) FILTER (WHERE lp.is_completed) AS done
  FROM chapters ch LEFT JOIN lessons l ON l.chapter_id = ch.id
  LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
  WHERE ch.course_id = p.id AND ch.archived IS NOT TRUE
) n
ORDER BY p.{key}{turn}, p.id{turn}"""  # noqa: S608 - constants of this module only


@cache
def counts(price: Price, *, searched: bool) -> str:
    """Return the statement of id, name and number of courses of each category that has any under the filters."""
    search = f" AND {SEARCH} @@ to_tsquery('simple', %(query)s)" if searched else ""
    return f"""
SELECT k.id, k.name, n.courses
FROM (SELECT c.category_id, count(*) AS courses FROM courses c
      WHERE {VISIBLE}{_PRICE[price]}{search} GROUP BY c.category_id) n
JOIN categories k ON k.id = n.category_id
ORDER BY k.display_order NULLS LAST, k.name, k.id"""  # noqa: S608


OUTLINE: Final = f"""
  SELECT l.id, l.title, {LESSON_TYPE} AS type, ch.id AS chapter_id, lp.updated_at AS touched,
    coalesce(lp.is_started, false) AS started, coalesce(lp.is_completed, false) AS completed, lp.id AS progress_id,
    lp.completed_at, l.created_at, q.best_score, q.open_attempt,
    EXISTS (SELECT FROM ai_mentor_lessons m WHERE m.lesson_id = l.id) AS has_mentor,
    row_number() OVER (ORDER BY {OUTLINE_ORDER}) AS position, count(*) OVER () AS lessons,
    dense_rank() OVER (ORDER BY ch.display_order NULLS LAST, ch.created_at, ch.id) AS chapter_with_lessons
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
  LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
  CROSS JOIN LATERAL (
    SELECT max(t.score) FILTER (WHERE t.completed_at IS NOT NULL) AS best_score,
      (array_agg(t.id ORDER BY t.created_at DESC) FILTER (WHERE t.completed_at IS NULL))[1] AS open_attempt
    FROM quiz_attempts t WHERE t.lesson_id = l.id AND t.user_id = %(user)s
  ) q
  WHERE ch.course_id = %(course)s AND ch.archived IS NOT TRUE"""  # noqa: S608

RESUME_ORDER: Final = (
    "open_attempt IS NULL, (started AND NOT completed) DESC,"
    " CASE WHEN started AND NOT completed THEN touched END DESC NULLS LAST, position"
)
"""An open attempt, else the started lesson opened last, else the first not started (domain.md, continue)."""

COURSE: Final = f"""
WITH outline AS MATERIALIZED ({OUTLINE}),
resume AS (
  SELECT id, open_attempt FROM outline WHERE open_attempt IS NOT NULL OR NOT completed ORDER BY {RESUME_ORDER} LIMIT 1
)
SELECT ({VISIBLE}), sc.id IS NOT NULL, json_build_object(
  'id', c.id, 'title', c.title, 'description', coalesce(c.description, ''),
  'author', concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')), 'category', k.name,
  'price_in_cents', c.price_in_cents, 'currency', lower(coalesce(c.currency, 'usd')),
  'enrolled', sc.id IS NOT NULL, 'enrolled_at', sc.enrolled_at, 'completed_at', sc.completed_at,
  'may_read', sc.id IS NOT NULL OR c.price_in_cents <= 0,
  'resume_lesson', CASE WHEN sc.id IS NOT NULL THEN (SELECT id FROM resume) END,
  'resume_attempt', CASE WHEN sc.id IS NOT NULL THEN (SELECT open_attempt FROM resume) END,
  'chapters', coalesce((
    SELECT json_agg(json_build_object(
      'id', ch.id, 'title', ch.title, 'description', coalesce(ch.description, ''),
      'completed', EXISTS (SELECT FROM student_chapter_progress cp
        WHERE cp.chapter_id = ch.id AND cp.user_id = %(user)s AND cp.is_completed),
      'lessons', coalesce((
        SELECT json_agg(json_build_object(
          'id', o.id, 'title', o.title, 'type', o.type, 'started', o.started, 'completed', o.completed,
          'best_score', o.best_score, 'has_mentor', o.has_mentor,
          'added_since_completion', coalesce(o.created_at > sc.completed_at, false)) ORDER BY o.position)
        FROM outline o WHERE o.chapter_id = ch.id), '[]'::json)
      ) ORDER BY ch.display_order NULLS LAST, ch.created_at, ch.id)
    FROM chapters ch WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE), '[]'::json)
)::text
FROM courses c JOIN users a ON a.id = c.author_id JOIN categories k ON k.id = c.category_id
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
WHERE c.id = %(course)s"""  # noqa: S608
"""Whether the course is visible, whether the caller is enrolled, and the reply as JSON text."""
