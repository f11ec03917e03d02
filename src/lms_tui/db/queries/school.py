"""The settings: one row at most, made by the first change (domain.md, The schema itself).

Its defaults would let guests in, and no row lets nobody in: the row is made with everything off.
"""

from typing import Final, NamedTuple

from psycopg import AsyncConnection

from lms_tui.db.queries.credentials import UNUSABLE
from lms_tui.db.queries.sso import ADMIN_CAME

_COLUMNS: Final = """coalesce(s.company_name, ''), coalesce(s.company_email, ''), coalesce(s.platform_logo_s3_key, ''),
  s.id IS NOT NULL AND s.unregistered_user_courses_accessibility IS NOT FALSE, s.enforce_sso IS TRUE"""
_ROW: Final = "SELECT * FROM settings ORDER BY created_at, id LIMIT 1"

SHOW: Final = f"""
SELECT {_COLUMNS}, ({ADMIN_CAME}), (
    SELECT count(DISTINCT u.id) FROM users u JOIN credentials c ON c.user_id = u.id
    WHERE u.archived IS NOT TRUE AND c.password_hash <> '{UNUSABLE}'
      AND NOT EXISTS (SELECT FROM lms_tui.sso_people p WHERE p.user_id = u.id)
  ), clock_timestamp()
FROM (SELECT 1) one LEFT JOIN LATERAL ({_ROW}) s ON true"""  # noqa: S608 - constants only
"""The columns of `Stands`, whether sign-in may be by SSO alone, how many have a password and never came by SSO, and the
time."""

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('settings', 25))"
_STANDS: Final = f"SELECT {_COLUMNS} FROM (SELECT 1) one LEFT JOIN LATERAL ({_ROW}) s ON true"  # noqa: S608
_MAKE: Final = """
INSERT INTO settings (unregistered_user_courses_accessibility, enforce_sso) VALUES (false, false)
ON CONFLICT DO NOTHING"""
_WRITE: Final = """
UPDATE settings SET company_name = nullif(%(company_name)s, ''), company_email = nullif(%(company_email)s, ''),
  platform_logo_s3_key = nullif(%(logo)s, ''), unregistered_user_courses_accessibility = %(guests)s,
  enforce_sso = %(sso_only)s, updated_at = clock_timestamp()"""


class Stands(NamedTuple):
    """The settings as they stand, also where there is no row."""

    company_name: str = ""
    company_email: str = ""
    logo: str = ""
    """The object's name in the store."""
    guests: bool = False
    sso_only: bool = False


async def hold(tx: AsyncConnection) -> Stands:
    """Return the settings as they stand when nobody else is changing them any more."""
    await tx.execute(_TURN)
    row = await (await tx.execute(_STANDS)).fetchone()
    return Stands() if row is None else Stands(*row)


async def write(tx: AsyncConnection, stands: Stands) -> None:
    """Write the one row; it is made where there is none."""
    await tx.execute(_MAKE)
    await tx.execute(_WRITE, stands._asdict())
