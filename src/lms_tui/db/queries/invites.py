"""Invitations of those who have not come, and reminding them (domain.md, people, invitation).

Of several rows of one address the newest counts. Who has credentials, by SSO too, has come; who is archived is not
waited for. Time is the database's.
"""

from datetime import datetime
from typing import Final, NamedTuple

from psycopg import AsyncConnection

MOST_REMINDERS: Final = 3

_WAITING: Final = """
SELECT DISTINCT ON (lower(c.email)) c.* FROM create_tokens c
WHERE NOT EXISTS (SELECT FROM users u WHERE lower(u.email) = lower(c.email)
 AND (u.archived OR EXISTS (SELECT FROM credentials k WHERE k.user_id = u.id)))
ORDER BY lower(c.email), c.created_at DESC NULLS LAST, c.id"""

LIST: Final = f"""
SELECT w.email, coalesce(u.first_name, ''), coalesce(u.last_name, ''), coalesce(u.role, 'STUDENT'), w.created_at,
 w.expires_at, coalesce(w.reminder_count, 0),
 CASE WHEN m.id IS NULL THEN 'none' WHEN m.sent_at IS NOT NULL THEN 'sent' WHEN m.due IS NULL THEN 'given up'
  ELSE 'waiting' END,
 coalesce(m.fault, '')
FROM ({_WAITING}) w
LEFT JOIN LATERAL (
 SELECT * FROM users WHERE lower(email) = lower(w.email) ORDER BY email = w.email DESC LIMIT 1) u ON true
LEFT JOIN LATERAL (SELECT * FROM lms_tui.mail WHERE code_id = w.id ORDER BY created_at DESC LIMIT 1) m ON true
ORDER BY w.created_at, w.email"""  # noqa: S608 - constants only
"""As `Waiting` has it."""

_REMIND: Final = f"""
WITH reminded AS (
 UPDATE create_tokens c SET reminder_count = coalesce(c.reminder_count, 0) + 1, updated_at = clock_timestamp()
 FROM ({_WAITING}) w
 WHERE c.id = w.id AND coalesce(c.reminder_count, 0) < {MOST_REMINDERS}
  AND coalesce(c.updated_at, c.created_at, '-infinity') <= clock_timestamp() - interval '1 day'
  AND c.expires_at > clock_timestamp() - interval '7 days'
  AND NOT EXISTS (SELECT FROM lms_tui.mail m WHERE m.code_id = c.id AND m.sent_at IS NULL)
 RETURNING c.id, c.email),
queued AS (INSERT INTO lms_tui.mail (kind, code_id) SELECT 'reminder', id FROM reminded)
SELECT email FROM reminded ORDER BY lower(email), email"""  # noqa: S608 - constants only


class Waiting(NamedTuple):
    """Somebody who was invited and has not come."""

    email: str
    first_name: str
    last_name: str
    role: str
    invited_at: datetime | None
    expires_at: datetime
    reminders: int
    mail: str
    """The newest one: `none` (the code was handed over), `waiting`, `sent`, `given up`."""
    fault: str
    """What went wrong with it last."""


async def remind(tx: AsyncConnection) -> list[str]:
    """Queue a reminder for each who is to have one now, and count it; return their addresses.

    That is who was reminded less than MOST_REMINDERS times, whose row was touched a day ago or longer (it is whenever
    a mail goes out; of two runs at once the later one finds it touched), whose code is not over for more than a week,
    and for whom no mail waits or was given up.
    """
    return [row[0] for row in await (await tx.execute(_REMIND)).fetchall()]
