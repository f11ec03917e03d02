"""People: the row behind a session, an address looked up, the embedded owner."""

from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.blank import trimmed
from lms_tui.db.queries.scalar import scalar

_PERSON: Final = """u.id, u.email, u.first_name, u.last_name, u.role, u.archived IS TRUE,
 (SELECT max(c.updated_at) FROM credentials c WHERE c.user_id = u.id), clock_timestamp()"""

BY_ID: Final = f"SELECT {_PERSON} FROM users u WHERE u.id = %(user)s"  # noqa: S608 - constants only
"""id, email, first name, last name, role, archived, newest change of credentials, the database's clock."""

BY_ADDRESS: Final = f"""SELECT {_PERSON},
 (SELECT c.password_hash FROM credentials c WHERE c.user_id = u.id ORDER BY c.updated_at DESC NULLS LAST, c.id LIMIT 1),
 u.email = %(email)s
FROM users u WHERE lower(u.email) = lower(%(email)s) ORDER BY u.email = %(email)s DESC LIMIT 2"""  # noqa: S608
"""As BY_ID, then the newest password hash, and whether the address is exactly the one given (that row first)."""

HOLD: Final = "SELECT statement_timestamp() FROM users WHERE id = %(user)s FOR SHARE"
"""The database's clock before it waits for whoever is changing the person's credentials; no row where there is none."""

SSO_ONLY: Final = "SELECT coalesce(bool_or(enforce_sso), false) FROM settings"

HOLD_ADDRESS: Final = f"""
SELECT ({SSO_ONLY}), held.at FROM (VALUES (1)) one LEFT JOIN (
  SELECT statement_timestamp() AS at FROM users WHERE lower(email) = lower(%(email)s) LIMIT 2 FOR SHARE) held ON true"""  # noqa: S608
"""Whether sign-in is by SSO alone, and the time of HOLD for all whom the address may mean, NULL for nobody's."""

_GUESTS: Final = "coalesce(bool_or(unregistered_user_courses_accessibility IS NOT FALSE), false)"
GUESTS: Final = f"SELECT {_GUESTS} FROM settings"  # noqa: S608 - a constant
"""Whether one may look around without signing in: off where there are no settings, on where they say nothing of it."""
FACE: Final = f"SELECT {_GUESTS}, coalesce(max({trimmed('company_name')}), '') FROM settings"  # noqa: S608
"""The same, and what the school is called."""


async def lock_address(tx: AsyncConnection, email: str) -> None:
    """Let nobody else create this address, in whatever case, until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(lower(%(email)s), 20))", {"email": email})


async def add_owner(tx: AsyncConnection, email: str, first_name: str, last_name: str) -> UUID:
    """Return the id of the user with `email`, made an ADMIN where there is none."""
    await tx.execute(
        "INSERT INTO users (email, first_name, last_name, role) VALUES (%(email)s, %(first)s, %(last)s, 'ADMIN')"
        " ON CONFLICT DO NOTHING",
        {"email": email, "first": first_name, "last": last_name},
    )
    found = await scalar(tx, "SELECT id FROM users WHERE email = %(email)s", {"email": email})
    assert isinstance(found, UUID)  # noqa: S101 - inserted or there before, and locked since
    return found
