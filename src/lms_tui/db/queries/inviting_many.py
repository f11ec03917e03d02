"""Many people invited in as many statements as one: each takes all of them at once."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

_LOCK: Final = """
SELECT pg_advisory_xact_lock(key) FROM (
  SELECT DISTINCT hashtextextended(lower(email), 20) AS key FROM unnest(%(emails)s::text[]) email ORDER BY 1
) keys"""
"""The locks of `queries.accounts.lock_address`, in one order for all."""
_STANDING: Final = """
SELECT min(e.place) OVER (PARTITION BY lower(e.email)), u.id, u.email, upper(u.role), u.archived IS TRUE,
  EXISTS (SELECT FROM credentials c WHERE c.user_id = u.id), coalesce(t.ends > clock_timestamp(), false)
FROM unnest(%(emails)s::text[]) WITH ORDINALITY e(email, place)
LEFT JOIN LATERAL (
  SELECT * FROM users u WHERE lower(u.email) = lower(e.email) ORDER BY u.email = e.email DESC LIMIT 1
) u ON true
LEFT JOIN (SELECT lower(email) AS address, max(expires_at) AS ends FROM create_tokens GROUP BY 1) t
  ON t.address = lower(e.email)
ORDER BY e.place"""
_ADD: Final = """
INSERT INTO users (email, first_name, last_name, role)
SELECT * FROM unnest(%(emails)s::text[], %(first)s::text[], %(last)s::text[], %(roles)s::text[])
RETURNING email, id"""
_VOID: Final = """
DELETE FROM create_tokens WHERE lower(email) IN (SELECT lower(email) FROM unnest(%(emails)s::text[]) email)"""
_ADD_CODES: Final = """
INSERT INTO create_tokens (email, token, expires_at)
SELECT email, token, now() + %(days)s * interval '1 day'
FROM unnest(%(emails)s::text[], %(tokens)s::text[]) n(email, token)
RETURNING email, id, expires_at"""
_RENEW_CODES: Final = """
UPDATE create_tokens t SET token = n.token, updated_at = clock_timestamp(),
  expires_at = now() + %(days)s * interval '1 day'
FROM unnest(%(ids)s::uuid[], %(tokens)s::text[]) n(id, token) WHERE t.id = n.id RETURNING t.id, t.expires_at"""


async def lock_addresses(tx: AsyncConnection, emails: list[str]) -> None:
    """Let nobody else create these addresses, in whatever case, until the transaction ends."""
    await tx.execute(_LOCK, {"emails": emails})


async def standing(tx: AsyncConnection, emails: list[str]) -> list[tuple[Any, ...]]:
    """Return for each of `emails`, in their order: the first place (from 1) at which it stands in whatever case; id,
    address, role in capitals, archived of the person who has it (id None: nobody); whether they have come; and whether
    an invitation is open still."""
    return await (await tx.execute(_STANDING, {"emails": emails})).fetchall()


async def add(tx: AsyncConnection, people: list[tuple[str, str, str, str]]) -> dict[str, UUID]:
    """Add people of address, first name, last name and role; return their ids by address."""
    if not people:
        return {}
    emails, first, last, roles = (list(column) for column in zip(*people, strict=True))
    values = {"emails": emails, "first": first, "last": last, "roles": roles}
    return {row[0]: row[1] for row in await (await tx.execute(_ADD, values)).fetchall()}


async def void(tx: AsyncConnection, emails: list[str]) -> None:
    """Void the invitations of these addresses."""
    if emails:
        await tx.execute(_VOID, {"emails": emails})


async def add_codes(tx: AsyncConnection, tokens: dict[str, str], days: int) -> dict[str, tuple[UUID, datetime]]:
    """Add an invitation for each address, whose token is given; return its id and end by address."""
    if not tokens:
        return {}
    values = {"emails": list(tokens), "tokens": list(tokens.values()), "days": days}
    return {row[0]: (row[1], row[2]) for row in await (await tx.execute(_ADD_CODES, values)).fetchall()}


async def renew_codes(tx: AsyncConnection, tokens: dict[UUID, str], days: int) -> dict[UUID, datetime]:
    """Give invitations other tokens, by id; return when each ends that is there still."""
    values = {"ids": list(tokens), "tokens": list(tokens.values()), "days": days}
    return {row[0]: row[1] for row in await (await tx.execute(_RENEW_CODES, values)).fetchall()}
