"""Categories of courses: all in their order, and what is done to a category's row.

Locks in one order: the turn of categories, the row, then the name as an import takes it (`queries.courses`).
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.courses import LOCK_CATEGORY
from lms_tui.db.queries.scalar import scalar
from lms_tui.db.queries.search import VISIBLE

_ORDER: Final = "k.display_order NULLS LAST, k.name, k.id"
"""That of the catalog (`queries.catalog.counts`)."""

LIST: Final = f"""
SELECT k.id, k.name, coalesce(k.description, ''), k.archived IS TRUE, coalesce(n.courses, 0), coalesce(n.shown, 0)
FROM categories k LEFT JOIN (
  SELECT c.category_id, count(*) AS courses, count(*) FILTER (WHERE {VISIBLE}) AS shown
  FROM courses c GROUP BY c.category_id
) n ON n.category_id = k.id
ORDER BY {_ORDER}"""  # noqa: S608 - constants
"""The fields of `wire.categories.Category`."""

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('categories', 24))"
_NAMED: Final = """
SELECT name, archived IS TRUE FROM categories
WHERE lower(name) = lower(%(name)s) AND id IS DISTINCT FROM %(but)s AND (archived IS NOT TRUE OR %(archived)s)
ORDER BY archived IS TRUE, id LIMIT 1"""
_ADD: Final = """
INSERT INTO categories (name, description) VALUES (%(name)s, nullif(%(description)s, '')) RETURNING id"""
_HOLD: Final = "SELECT id, name, coalesce(description, ''), archived IS TRUE FROM categories WHERE id = %(category)s"
_WRITE: Final = """
UPDATE categories SET name = %(name)s, description = nullif(%(description)s, ''), archived = %(archived)s,
  updated_at = clock_timestamp()
WHERE id = %(id)s"""
_COURSES: Final = "SELECT count(*) FROM courses WHERE category_id = %(category)s"
_DELETE: Final = "DELETE FROM categories WHERE id = %(category)s"
_IN_ORDER: Final = f"SELECT k.id FROM categories k ORDER BY {_ORDER}"  # noqa: S608
_NUMBER: Final = """
UPDATE categories k SET display_order = w.place, updated_at = clock_timestamp()
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY w(id, place)
WHERE k.id = w.id AND k.display_order IS DISTINCT FROM w.place"""


class Category(NamedTuple):
    """A category that is held until the transaction ends."""

    id: UUID
    name: str
    description: str
    archived: bool


async def turn(tx: AsyncConnection) -> None:
    """Let nobody else name, order or take away categories until the transaction ends; an import may add one."""
    await tx.execute(_TURN)


async def hold_name(tx: AsyncConnection, name: str) -> None:
    """Let no import add a category of this name until the transaction ends."""
    await tx.execute(LOCK_CATEGORY, {"name": name})


async def named(tx: AsyncConnection, name: str, but: UUID | None, *, archived: bool) -> tuple[str, bool] | None:
    """Return the name, and whether it is archived, of a category that is called so in whatever case, besides `but`; of
    archived ones only where `archived` says so."""
    values = {"name": name, "but": but, "archived": archived}
    row = await (await tx.execute(_NAMED, values)).fetchone()
    return None if row is None else (row[0], row[1])


async def add(tx: AsyncConnection, name: str, description: str) -> UUID:
    """Add a category; return its id."""
    made = await scalar(tx, _ADD, {"name": name, "description": description})
    assert isinstance(made, UUID)  # noqa: S101 - RETURNING gives the row that was inserted
    return made


async def hold(tx: AsyncConnection, category: UUID, *, to_delete: bool = False) -> Category | None:
    """Return the category as it stands when nobody else is at it any more; `to_delete` also waits for whoever is
    putting a course into it, and keeps others from it."""
    how = "UPDATE" if to_delete else "NO KEY UPDATE"
    row: tuple[Any, ...] | None = await (
        await tx.execute(f"{_HOLD} FOR {how}".encode(), {"category": category})
    ).fetchone()
    return None if row is None else Category(*row)


async def write(tx: AsyncConnection, category: Category) -> None:
    """Write the row of a category that is held."""
    await tx.execute(_WRITE, category._asdict())


async def courses(tx: AsyncConnection, category: UUID) -> int:
    """Return how many courses stand in a category."""
    found: int = await scalar(tx, _COURSES, {"category": category})
    return found


async def delete(tx: AsyncConnection, category: UUID) -> None:
    """Delete a category that is held, and that no course stands in."""
    await tx.execute(_DELETE, {"category": category})


async def in_order(tx: AsyncConnection) -> list[UUID]:
    """Return all categories, archived ones too, in their order."""
    return [row[0] for row in await (await tx.execute(_IN_ORDER)).fetchall()]


async def number(tx: AsyncConnection, ids: Sequence[UUID]) -> int:
    """Number the categories as `ids` has them; return how many got another number."""
    return (await tx.execute(_NUMBER, {"ids": list(ids)})).rowcount
