"""A person's row: made, named, and what a first administrator undoes."""

from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.scalar import scalar

_TAKEN: Final = "SELECT email FROM users WHERE lower(email) = lower(%(email)s) ORDER BY email = %(email)s DESC LIMIT 1"
_ADD: Final = """
INSERT INTO users (email, first_name, last_name, role) VALUES (%(email)s, %(first)s, %(last)s, %(role)s)
RETURNING id"""
_NAME: Final = """
UPDATE users SET first_name = %(first)s, last_name = %(last)s, updated_at = clock_timestamp()
WHERE id = %(user)s AND archived IS NOT TRUE"""
_ALLOW_PASSWORDS: Final = """
UPDATE settings SET enforce_sso = false, updated_at = clock_timestamp() WHERE enforce_sso RETURNING id"""


async def taken_by(tx: AsyncConnection, email: str) -> str | None:
    """Return the address that equals `email` but perhaps for the case of its letters, None where it is free."""
    found = await scalar(tx, _TAKEN, {"email": email})
    return None if found is None else str(found)


async def add(tx: AsyncConnection, email: str, first_name: str, last_name: str, role: str) -> UUID:
    """Add a person, who has no password yet, and return their id."""
    user = await scalar(tx, _ADD, {"email": email, "first": first_name, "last": last_name, "role": role})
    assert isinstance(user, UUID)  # noqa: S101 - RETURNING gives the row that was inserted
    return user


async def allow_passwords(tx: AsyncConnection) -> bool:
    """Undo `settings.enforce_sso`; tell whether it was on."""
    return await scalar(tx, _ALLOW_PASSWORDS) is not None


async def name(tx: AsyncConnection, user: UUID, first_name: str, last_name: str) -> None:
    """Give `user` these names; not to somebody who was archived, or erased, in this very moment."""
    await tx.execute(_NAME, {"user": user, "first": first_name, "last": last_name})
