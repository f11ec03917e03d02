"""What administrators do to a person's row and memberships.

Locks in one order: the turn of administrators where one may be lost, the rows of caller and person by id, then what
hangs on them.
"""

from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.people_list import CAN_SIGN_IN
from lms_tui.db.queries.scalar import scalar

TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('administrators', 21))"
"""One at a time takes an administrator's rights away, so that the last ones do not go together."""
BOTH: Final = """
SELECT id, email, first_name, last_name, role, archived IS TRUE FROM users WHERE id = ANY(%(ids)s)
ORDER BY id FOR NO KEY UPDATE"""
_OTHERS: Final = f"SELECT EXISTS (SELECT FROM users a WHERE a.id <> %(user)s AND {CAN_SIGN_IN})"  # noqa: S608
_ROLE: Final = "UPDATE users SET role = %(role)s, updated_at = clock_timestamp() WHERE id = %(user)s"
_ARCHIVED: Final = "UPDATE users SET archived = %(archived)s, updated_at = clock_timestamp() WHERE id = %(user)s"
_GROUPS: Final = """
SELECT w.name, g.id, g.name FROM unnest(%(names)s::text[]) WITH ORDINALITY w(name, place)
LEFT JOIN groups g ON (g.id::text = lower(w.name) OR lower(g.name) = lower(w.name))
  AND (%(archived)s OR g.archived IS NOT TRUE)
ORDER BY w.place, g.id"""
_JOIN: Final = """
INSERT INTO group_users (group_id, user_id) SELECT g, u FROM unnest(%(groups)s::uuid[], %(users)s::uuid[]) pair(g, u)
ORDER BY g, u ON CONFLICT DO NOTHING RETURNING group_id"""
_PART: Final = (
    "DELETE FROM group_users WHERE user_id = %(user)s AND group_id = ANY(%(groups)s::uuid[]) RETURNING group_id"
)


async def others_can_administer(tx: AsyncConnection, user: UUID, owner: str | None) -> bool:
    """Tell whether an administrator besides `user` can sign in; `owner` is the address of the machine's, if any."""
    return await scalar(tx, _OTHERS, {"user": user, "owner": owner}) is True


async def set_role(tx: AsyncConnection, user: UUID, role: str) -> None:
    """Give `user` this role."""
    await tx.execute(_ROLE, {"user": user, "role": role})


async def set_archived(tx: AsyncConnection, user: UUID, *, archived: bool) -> None:
    """Archive or restore `user`."""
    await tx.execute(_ARCHIVED, {"user": user, "archived": archived})


async def groups_named(tx: AsyncConnection, names: list[str], *, archived: bool = False) -> dict[str, dict[UUID, str]]:
    """Return the groups, ids with names, that each of `names` (a name in whatever case, or an id) stands for.

    Those that are archived are among them where `archived` says so.
    """
    found: dict[str, dict[UUID, str]] = {name: {} for name in names}
    rows = await (await tx.execute(_GROUPS, {"names": names, "archived": archived})).fetchall() if names else []
    for wanted, group, name in rows:
        if group is not None:
            found[wanted][group] = name
    return found


async def join(tx: AsyncConnection, pairs: list[tuple[UUID, UUID]]) -> set[UUID]:
    """Put people into groups, by pairs of group and person; return the groups that somebody came into by this."""
    if not pairs:
        return set()
    values = {"groups": [group for group, _ in pairs], "users": [user for _, user in pairs]}
    return {row[0] for row in await (await tx.execute(_JOIN, values)).fetchall()}


async def part(tx: AsyncConnection, user: UUID, groups: list[UUID]) -> set[UUID]:
    """Take `user` out of `groups`; return those that they were in."""
    if not groups:
        return set()
    return {row[0] for row in await (await tx.execute(_PART, {"user": user, "groups": groups})).fetchall()}
