"""The catalog's statements, built once: pages by key, counts, and a course with its outline as one JSON value."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from lms_tui.db.queries import search
from lms_tui.db.queries.search import VISIBLE, Way
from lms_tui.wire.catalog import PageSize, Price, Sort, State

__all__ = ["VISIBLE", "Way"]

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
_MINE: Final = "SELECT sc.course_id FROM student_courses sc WHERE sc.user_id = %(user)s"
_STATE: Final[dict[State, str]] = {
    State.ALL: "",
    State.NOT_TAKEN: f" AND c.id <> ALL(ARRAY({_MINE}))",
    State.TAKEN: f" AND c.id = ANY(ARRAY({_MINE} AND sc.completed_at IS NULL))",
    State.COMPLETED: f" AND c.id = ANY(ARRAY({_MINE} AND sc.completed_at IS NOT NULL))",
}


@dataclass(frozen=True, slots=True)
class Narrow:
    """By what the catalog is narrowed; `by_name` is a search in which an author's name has a word."""

    price: Price = Price.ALL
    state: State = State.ALL
    in_category: bool = False
    by_author: bool = False
    searched: bool = False
    by_name: bool = False

    @property
    def where(self) -> str:
        """The condition on the courses `c`, but for the search and the category."""
        author = " AND c.author_id = %(author)s" if self.by_author else ""
        return VISIBLE + _PRICE[self.price] + _STATE[self.state] + author


@cache
def page(sort: Sort, way: Way, size: PageSize, narrow: Narrow) -> str:
    """Return the statement of one kind of page: one course more than `size`, so that an end is seen.

    Binds user, and as needed category, author, what `search` needs, key (for relevance rank too) and id. `before` and
    `last` come in reversed order. Newest goes down, the others up; the id completes each order.
    """
    return _shown(_by_relevance(way, size, narrow) if sort is Sort.RELEVANCE else _by_key(sort, way, size, narrow))


def _by_relevance(way: Way, size: PageSize, narrow: Narrow) -> str:
    category = " AND c.category_id = %(category)s" if narrow.in_category else ""
    found = search.relevance(narrow.where + category, way, size, by_name=narrow.by_name)
    return f"SELECT found.*, row_number() OVER () AS place FROM ({found}) found"  # noqa: S608 - constants only


def _by_key(sort: Sort, way: Way, size: PageSize, narrow: Narrow) -> str:
    key, where = _KEY[sort], narrow.where
    turn = " DESC" if (sort is Sort.NEWEST) != (way in ("before", "last")) else ""
    columns, place = [f"c.{key}", "c.id"], ["%(key)s", "%(id)s"]
    if narrow.in_category:
        # BETWEEN and not `=`, and the category in the order: then only an index that begins with it comes in order,
        # and PostgreSQL cannot walk all courses in search of a small category's (128 ms of 100,000).
        where += " AND c.category_id BETWEEN %(category)s AND %(category)s"
        columns, place = ["c.category_id", *columns], ["%(category)s", *place]
    if way in ("after", "before"):
        where += f" AND ({', '.join(columns)}) {'<' if turn else '>'} ({', '.join(place)})"
    order = f"ORDER BY {', '.join(f'{column}{turn}' for column in columns)} LIMIT {size.value + 1}"
    arms = search.arms(where, by_name=narrow.by_name) if narrow.searched else [f"courses c WHERE {where}"]
    found = " UNION ALL ".join(f"(SELECT c.* FROM {arm} {order})" for arm in arms)  # noqa: S608
    rows = f"SELECT c.*, 0 AS rank, '' AS key, row_number() OVER ({order.partition(' LIMIT')[0]}) AS place"
    return f"{rows} FROM ({found}) c {order}"


def _shown(page: str) -> str:
    """Return the statement of the cards of `page`."""
    return f"""
WITH page AS ({page})
SELECT p.id, p.title, coalesce(p.description, ''), concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')),
  p.category_id, k.name, n.chapters, n.lessons, p.price_in_cents, lower(coalesce(p.currency, 'usd')),
  sc.id IS NOT NULL, n.done, sc.completed_at, p.author_id, p.created_at, p.rank, p.key
FROM page p JOIN users a ON a.id = p.author_id JOIN categories k ON k.id = p.category_id
LEFT JOIN student_courses sc ON sc.course_id = p.id AND sc.user_id = %(user)s
CROSS JOIN LATERAL (
  SELECT count(DISTINCT ch.id) AS chapters, count(l.id) AS lessons, count(*) FILTER (WHERE lp.is_completed) AS done
  FROM chapters ch LEFT JOIN lessons l ON l.chapter_id = ch.id
  LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
  WHERE ch.course_id = p.id AND ch.archived IS NOT TRUE
) n
ORDER BY p.place"""  # noqa: S608 - constants of this module only


@cache
def counts(narrow: Narrow) -> str:
    """Return the statement of id, name and number of courses of each category that has any, categories in order.

    Binds what `narrow` needs; the category is not narrowed by.
    """
    arms = search.arms(narrow.where, by_name=narrow.by_name) if narrow.searched else [f"courses c WHERE {narrow.where}"]
    found = " UNION ALL ".join(
        f"SELECT c.category_id, count(*) AS courses FROM {arm} GROUP BY c.category_id"  # noqa: S608
        for arm in arms
    )
    return f"""
SELECT k.id, k.name, n.courses::int
FROM (SELECT category_id, sum(courses) AS courses FROM ({found}) parts GROUP BY category_id) n
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
