"""Groups of people: a page of them by name, one, and what is done to a group's row.

Locks in one order: the turn of names, the group's row, then memberships.
"""

from functools import cache
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.scalar import scalar
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.groups import Show

_SHOW: Final[dict[Show, str]] = {
    Show.PRESENT: " AND g.archived IS NOT TRUE",
    Show.ARCHIVED: " AND g.archived IS TRUE",
    Show.ALL: "",
}
_COURSES: Final = 50


@cache
def page(size: PageSize, show: Show) -> str:
    """Return the statement of a page: how many groups there are, and the fields of `wire.groups.GroupLine`; where the
    page is empty one row with an id of NULL. Binds search ('' for all) and offset."""
    found = f"""
FROM groups g WHERE (strpos(lower(g.name), lower(%(search)s)) > 0
  OR strpos(lower(g.characteristic), lower(%(search)s)) > 0){_SHOW[show]}"""
    return f"""
WITH page AS MATERIALIZED (SELECT g.* {found} ORDER BY lower(g.name), g.id OFFSET %(offset)s LIMIT {size.value})
SELECT n.total, p.id, p.name, coalesce(p.characteristic, ''), p.archived IS TRUE,
  (SELECT count(*) FROM group_users m JOIN users u ON u.id = m.user_id
   WHERE m.group_id = p.id AND u.archived IS NOT TRUE)
FROM (SELECT count(*) AS total {found}) n LEFT JOIN page p ON true
ORDER BY lower(p.name), p.id"""  # noqa: S608 - constants of this module only


GROUP: Final = f"""
SELECT json_build_object(
  'id', g.id, 'name', g.name, 'characteristic', coalesce(g.characteristic, ''), 'archived', g.archived IS TRUE,
  'created_at', g.created_at, 'members', n.members, 'invited', n.invited, 'archived_members', n.gone,
  'courses', coalesce((
    SELECT json_agg(json_build_object('course_id', t.id, 'title', t.title, 'members', t.members)
      ORDER BY t.members DESC, t.title, t.id)
    FROM (
      SELECT c.id, c.title, count(*) AS members
      FROM group_users m JOIN users u ON u.id = m.user_id JOIN student_courses sc ON sc.user_id = u.id
      JOIN courses c ON c.id = sc.course_id
      WHERE m.group_id = g.id AND u.archived IS NOT TRUE
      GROUP BY c.id ORDER BY count(*) DESC, c.title, c.id LIMIT {_COURSES}
    ) t), '[]'::json)
)::text, g.archived IS TRUE
FROM groups g CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE u.archived IS NOT TRUE) AS members, count(*) FILTER (WHERE u.archived) AS gone,
    count(*) FILTER (WHERE u.archived IS NOT TRUE
      AND NOT EXISTS (SELECT FROM credentials c WHERE c.user_id = u.id)) AS invited
  FROM group_users m JOIN users u ON u.id = m.user_id WHERE m.group_id = g.id
) n
WHERE g.id = %(id)s OR lower(g.name) = lower(%(name)s)
ORDER BY g.archived IS TRUE, g.id LIMIT 2"""  # noqa: S608 - a constant
"""The fields of `wire.groups.Group` as JSON text, and whether it is archived. Binds id, name (one of them NULL)."""

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('names of groups', 23))"
_NAMED: Final = """
SELECT name, archived IS TRUE FROM groups
WHERE lower(name) = lower(%(name)s) AND id IS DISTINCT FROM %(but)s AND (archived IS NOT TRUE OR %(archived)s)
ORDER BY archived IS TRUE, id LIMIT 1"""
_ADD: Final = """
INSERT INTO groups (name, characteristic) VALUES (%(name)s, nullif(%(characteristic)s, ''))
RETURNING id"""
_HOLD: Final = """
SELECT id, name, coalesce(characteristic, ''), archived IS TRUE FROM groups WHERE id = %(group)s FOR NO KEY UPDATE"""
_WRITE: Final = """
UPDATE groups SET name = %(name)s, characteristic = nullif(%(characteristic)s, ''), archived = %(archived)s,
  updated_at = clock_timestamp()
WHERE id = %(id)s"""


class Group(NamedTuple):
    """A group that is held until the transaction ends."""

    id: UUID
    name: str
    characteristic: str
    archived: bool


async def turn(tx: AsyncConnection) -> None:
    """Let nobody else give or take a group's name until the transaction ends."""
    await tx.execute(_TURN)


async def named(tx: AsyncConnection, name: str, but: UUID | None, *, archived: bool) -> tuple[str, bool] | None:
    """Return the name, and whether it is archived, of a group that is called so in whatever case, besides `but`; of
    archived ones only where `archived` says so."""
    values = {"name": name, "but": but, "archived": archived}
    row = await (await tx.execute(_NAMED, values)).fetchone()
    return None if row is None else (row[0], row[1])


async def add(tx: AsyncConnection, name: str, characteristic: str) -> UUID:
    """Add a group; return its id."""
    made = await scalar(tx, _ADD, {"name": name, "characteristic": characteristic})
    assert isinstance(made, UUID)  # noqa: S101 - RETURNING gives the row that was inserted
    return made


async def hold(tx: AsyncConnection, group: UUID) -> Group | None:
    """Return the group as it stands when nobody else is at it any more."""
    row = await (await tx.execute(_HOLD, {"group": group})).fetchone()
    return None if row is None else Group(*row)


async def write(tx: AsyncConnection, group: Group) -> None:
    """Write the row of a group that is held."""
    await tx.execute(_WRITE, group._asdict())
