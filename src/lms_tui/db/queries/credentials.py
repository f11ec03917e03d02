"""Credentials: the scheme that new passwords are written in, a password set, all sessions ended.

Several rows of one person may stand there; the newest counts, and is changed in place (domain.md, people, passwords).
Its `updated_at` is what sessions are measured by. Whoever writes here has the person's row locked, so that of a person
without a row only one is made.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.scalar import scalar

UNUSABLE: Final = "!"
"""The hash of somebody who has no password: no scheme reads it."""

KINDS: Final = r"""
SELECT kind, min(password_hash), count(*) FROM (
  SELECT substring(password_hash FROM '^(\$2[aby]\$\d\d|\$argon2[a-z]+\$v=\d+\$[a-z0-9=,]+)') AS kind, password_hash
  FROM credentials) c
WHERE kind IS NOT NULL GROUP BY kind ORDER BY kind DESC LIMIT 20"""
"""Scheme and cost of the hashes that are kept, each with one of them, and of how many."""

_NEWEST_HASH: Final = r"""
SELECT password_hash FROM credentials WHERE password_hash ~ '^\$(2[aby]|argon2)'
ORDER BY updated_at DESC NULLS LAST, id LIMIT 1"""
_HASH_OF: Final = """
SELECT password_hash FROM credentials WHERE user_id = %(user)s ORDER BY updated_at DESC NULLS LAST, id LIMIT 1"""
_SET: Final = f"""
WITH newest AS ({_HASH_OF.replace("password_hash", "id")})
UPDATE credentials SET password_hash = coalesce(%(hash)s, password_hash), updated_at = clock_timestamp()
FROM newest WHERE credentials.id = newest.id RETURNING updated_at"""  # noqa: S608 - constants only
_ADD: Final = """
INSERT INTO credentials (user_id, password_hash, created_at, updated_at)
VALUES (%(user)s, coalesce(%(hash)s, %(unusable)s), clock_timestamp(), clock_timestamp()) RETURNING updated_at"""


async def newest_hash(tx: AsyncConnection) -> str | None:
    """Return the newest stored hash of a known scheme; rows of those who sign in by SSO only have none."""
    found = await scalar(tx, _NEWEST_HASH)
    return None if found is None else str(found)


async def hash_of(tx: AsyncConnection, user: UUID) -> str | None:
    """Return the hash of `user` that counts, None where they have no row."""
    found = await scalar(tx, _HASH_OF, {"user": user})
    return None if found is None else str(found)


async def now(tx: AsyncConnection) -> datetime:
    """Return the database's time: a session issued then outlives nothing that changes credentials from now on."""
    at = await scalar(tx, "SELECT clock_timestamp()")
    assert isinstance(at, datetime)  # noqa: S101 - of this type
    return at


async def change(tx: AsyncConnection, user: UUID, password_hash: str | None) -> datetime:
    """Set the hash of `user`, None to leave it as it is, and so end all sessions from before.

    Returns the database's time of the change: a session issued then is the first that goes on.
    """
    values = {"user": user, "hash": password_hash, "unusable": UNUSABLE}
    at = await scalar(tx, _SET, values) or await scalar(tx, _ADD, values)
    assert isinstance(at, datetime)  # noqa: S101 - RETURNING gives the row that was inserted
    return at
