"""Making a person: their row, their credentials, and what a first administrator undoes."""

from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.scalar import scalar

_TAKEN: Final = "SELECT email FROM users WHERE lower(email) = lower(%(email)s) ORDER BY email = %(email)s DESC LIMIT 1"
_NEWEST_HASH: Final = r"""
SELECT password_hash FROM credentials WHERE password_hash ~ '^\$(2[aby]|argon2)'
ORDER BY updated_at DESC NULLS LAST, id LIMIT 1"""
_ADD: Final = """
INSERT INTO users (email, first_name, last_name, role) VALUES (%(email)s, %(first)s, %(last)s, %(role)s)
RETURNING id"""
_ADD_CREDENTIALS: Final = "INSERT INTO credentials (user_id, password_hash) VALUES (%(user)s, %(hash)s)"
_ALLOW_PASSWORDS: Final = """
UPDATE settings SET enforce_sso = false, updated_at = clock_timestamp() WHERE enforce_sso RETURNING id"""


async def taken_by(tx: AsyncConnection, email: str) -> str | None:
    """Return the address that equals `email` but perhaps for the case of its letters, None where it is free."""
    found = await scalar(tx, _TAKEN, {"email": email})
    return None if found is None else str(found)


async def newest_hash(tx: AsyncConnection) -> str | None:
    """Return the newest stored hash of a known scheme; rows of those who sign in by SSO only have none."""
    found = await scalar(tx, _NEWEST_HASH)
    return None if found is None else str(found)


async def add(tx: AsyncConnection, email: str, first_name: str, last_name: str, role: str, password_hash: str) -> UUID:
    """Add a person with credentials and return their id."""
    user = await scalar(tx, _ADD, {"email": email, "first": first_name, "last": last_name, "role": role})
    assert isinstance(user, UUID)  # noqa: S101 - RETURNING gives the row that was inserted
    await tx.execute(_ADD_CREDENTIALS, {"user": user, "hash": password_hash})
    return user


async def allow_passwords(tx: AsyncConnection) -> bool:
    """Undo `settings.enforce_sso`; tell whether it was on."""
    return await scalar(tx, _ALLOW_PASSWORDS) is not None
