"""Invitations (`create_tokens`) and resets (`reset_tokens`): looked at, used once, replaced.

A code is used by one statement that changes its row and tells whether it did, so that of many who use it at once one
succeeds. Time is the database's.
"""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.scalar import scalar

INVITATION: Final = """
SELECT c.email, coalesce(u.first_name, ''), coalesce(u.last_name, ''), c.expires_at
FROM create_tokens c LEFT JOIN users u ON lower(u.email) = lower(c.email)
WHERE c.token = ANY(%(tokens)s) AND c.expires_at > clock_timestamp() AND u.archived IS NOT TRUE
ORDER BY u.email = c.email DESC NULLS LAST LIMIT 1"""

RESET: Final = """
SELECT r.user_id, u.email, u.first_name, u.last_name FROM reset_tokens r JOIN users u ON u.id = r.user_id
WHERE r.token = ANY(%(tokens)s) AND r.is_used IS NOT TRUE AND r.expires_at > clock_timestamp() LIMIT 1"""

_USE_INVITATION: Final = """
DELETE FROM create_tokens WHERE token = ANY(%(tokens)s) AND expires_at > clock_timestamp() RETURNING email"""
_USE_RESET: Final = """
UPDATE reset_tokens SET is_used = true, updated_at = clock_timestamp()
WHERE token = ANY(%(tokens)s) AND is_used IS NOT TRUE AND expires_at > clock_timestamp() RETURNING user_id"""
_VOID_RESETS: Final = """
UPDATE reset_tokens SET is_used = true, updated_at = clock_timestamp()
WHERE user_id = %(user)s AND is_used IS NOT TRUE"""
_VOID_INVITATIONS: Final = "DELETE FROM create_tokens WHERE lower(email) = lower(%(email)s)"
_ADD_RESET: Final = """
INSERT INTO reset_tokens (user_id, token, expires_at)
VALUES (%(user)s, %(token)s, clock_timestamp() + %(minutes)s * interval '1 minute') RETURNING id"""
_ADD_INVITATION: Final = """
INSERT INTO create_tokens (email, token, expires_at)
VALUES (%(email)s, %(token)s, clock_timestamp() + %(days)s * interval '1 day') RETURNING id"""
_WRITE_INVITATION: Final = """
UPDATE create_tokens SET token = %(token)s, updated_at = clock_timestamp(),
 expires_at = clock_timestamp() + %(days)s * interval '1 day' WHERE id = %(id)s RETURNING expires_at"""
_WRITE_RESET: Final = """
UPDATE reset_tokens SET token = %(token)s, updated_at = clock_timestamp(),
 expires_at = clock_timestamp() + %(minutes)s * interval '1 minute'
WHERE id = %(id)s AND is_used IS NOT TRUE RETURNING expires_at"""
_PERSON: Final = """
SELECT id, email, first_name, last_name, role, archived IS TRUE FROM users WHERE id = %(user)s FOR UPDATE"""
_OF_ADDRESS: Final = """
SELECT id, email, first_name, last_name, role, archived IS TRUE FROM users WHERE lower(email) = lower(%(email)s)
ORDER BY email = %(email)s DESC LIMIT 2 FOR UPDATE"""


class Person(NamedTuple):
    """A person's row, locked."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: str
    archived: bool


async def use_invitation(tx: AsyncConnection, tokens: list[str]) -> str | None:
    """Use the invitation that one of `tokens` opens, and return whose address it is for; None where none does."""
    found = await scalar(tx, _USE_INVITATION, {"tokens": tokens})
    return None if found is None else str(found)


async def use_reset(tx: AsyncConnection, tokens: list[str]) -> UUID | None:
    """Use the reset that one of `tokens` opens, and return whose it is; None where none does."""
    found = await scalar(tx, _USE_RESET, {"tokens": tokens})
    return found if isinstance(found, UUID) else None


async def void_all(tx: AsyncConnection, person: Person) -> None:
    """Void every other code of the person."""
    await tx.execute(_VOID_RESETS, {"user": person.id})
    await void_invitations(tx, person.email)


async def add_reset(tx: AsyncConnection, user: UUID, token: str, minutes: int) -> UUID:
    """Add the row of a reset that ends in `minutes`; return its id."""
    found = await scalar(tx, _ADD_RESET, {"user": user, "token": token, "minutes": minutes})
    assert isinstance(found, UUID)  # noqa: S101 - RETURNING gives the row that was inserted
    return found


async def add_invitation(tx: AsyncConnection, email: str, token: str, days: int) -> UUID:
    """Add the row of an invitation that ends in `days`; return its id."""
    found = await scalar(tx, _ADD_INVITATION, {"email": email, "token": token, "days": days})
    assert isinstance(found, UUID)  # noqa: S101 - RETURNING gives the row that was inserted
    return found


async def person(tx: AsyncConnection, user: UUID) -> Person | None:
    """Return the row of `user`, locked until the transaction ends."""
    row = await (await tx.execute(_PERSON, {"user": user})).fetchone()
    return None if row is None else Person(*row)


async def of_address(tx: AsyncConnection, email: str) -> list[Person]:
    """Return the rows of the address in whatever case, the exact one first, two at most, locked until the transaction
    ends."""
    rows = await (await tx.execute(_OF_ADDRESS, {"email": email})).fetchall()
    return [Person(*row) for row in rows]


async def void_invitations(tx: AsyncConnection, email: str) -> None:
    """Void the invitations of the address."""
    await tx.execute(_VOID_INVITATIONS, {"email": email})


async def write_invitation(tx: AsyncConnection, code_id: UUID, token: str, days: int) -> datetime | None:
    """Keep `token` as the code of an invitation that ends in `days`; return when, None where it is gone."""
    found = await scalar(tx, _WRITE_INVITATION, {"id": code_id, "token": token, "days": days})
    return found if isinstance(found, datetime) else None


async def write_reset(tx: AsyncConnection, code_id: UUID, token: str, minutes: int) -> datetime | None:
    """Keep `token` as the code of a reset that ends in `minutes`; return when, None where it is gone or used."""
    found = await scalar(tx, _WRITE_RESET, {"id": code_id, "token": token, "minutes": minutes})
    return found if isinstance(found, datetime) else None
