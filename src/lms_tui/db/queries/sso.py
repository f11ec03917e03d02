"""Sign-ins under way at an issuer, and who has come in by which, in our own schema and by the database's clock.

A sign-in is polled by one worker at a time: whoever may ask the issuer takes the row's turn by an update that sets the
next one, and nobody asks sooner than the issuer allows, however many poll.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.credentials import UNUSABLE
from lms_tui.db.queries.scalar import scalar

MOST_UNDER_WAY: Final = 10_000
"""Rows of sign-ins, of all clients together."""
TURN_SECONDS: Final = 30
"""How long a worker may take to ask the issuer before another may: longer than it waits for an answer."""
AGAIN_SECONDS: Final = 120
"""How long after its end a sign-in gives its session once more, to the same client whose answer was lost."""
_KEPT_MINUTES: Final = 10
"""How long what is over is told as such."""

LOOK: Final = f"""
SELECT secret = %(secret)s, issuer, user_code, address, complete_address, pause, ends_at,
 greatest(0, extract(epoch FROM ends_at - clock_timestamp()))::float8,
 greatest(0, extract(epoch FROM next_at - clock_timestamp()))::float8,
 outcome, user_id, ended_at, coalesce(ended_at > clock_timestamp() - interval '{AGAIN_SECONDS} s', false)
FROM lms_tui.sso_sign_ins WHERE id = %(id)s"""  # noqa: S608 - constants only
"""Whether it is that client's, and the columns of `UnderWay`."""

TURN: Final = f"""
UPDATE lms_tui.sso_sign_ins SET next_at = clock_timestamp() + interval '{TURN_SECONDS} s'
WHERE id = %(id)s AND secret = %(secret)s AND outcome IS NULL
 AND next_at <= clock_timestamp() AND ends_at > clock_timestamp()
RETURNING issuer, device_code, nonce, pause"""  # noqa: S608
"""The columns of `Turn`; no row where it is not the time, or over."""

PAUSE: Final = """
UPDATE lms_tui.sso_sign_ins SET pause = %(pause)s, next_at = clock_timestamp() + make_interval(secs => %(pause)s)
WHERE id = %(id)s AND outcome IS NULL"""

CLOSE: Final = """
UPDATE lms_tui.sso_sign_ins SET outcome = %(outcome)s, ended_at = clock_timestamp(), device_code = ''
WHERE id = %(id)s AND outcome IS NULL"""

WAYS: Final = f"""
SELECT (SELECT coalesce(bool_or(enforce_sso), false) FROM settings),
 (SELECT password_hash FROM credentials WHERE user_id = %(user)s ORDER BY updated_at DESC NULLS LAST, id LIMIT 1)
  <> '{UNUSABLE}',
 s.issuer, s.last_at
FROM (SELECT) AS one LEFT JOIN lms_tui.sso_people s ON s.user_id = %(user)s ORDER BY s.last_at DESC"""  # noqa: S608
"""Whether passwords are switched off, whether the person has one (NULL: no row), and by what they came, one a row."""

_TURN_TO_BEGIN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('sso sign-ins', 22))"
_PRUNE: Final = f"""
DELETE FROM lms_tui.sso_sign_ins WHERE ends_at < clock_timestamp() - interval '{_KEPT_MINUTES} minutes'"""  # noqa: S608
_BEGIN: Final = f"""
INSERT INTO lms_tui.sso_sign_ins
 (id, secret, issuer, device_code, nonce, user_code, address, complete_address, pause, next_at, ends_at)
SELECT %(id)s, %(secret)s, %(issuer)s, %(device_code)s, %(nonce)s, %(user_code)s, %(address)s, %(complete_address)s,
 %(pause)s, clock_timestamp() + make_interval(secs => %(pause)s),
 clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE (SELECT count(*) FROM lms_tui.sso_sign_ins) < {MOST_UNDER_WAY}
ON CONFLICT DO NOTHING RETURNING id"""  # noqa: S608
_SIGNED_IN: Final = """
UPDATE lms_tui.sso_sign_ins SET outcome = 'signed_in', user_id = %(user)s, ended_at = %(at)s, device_code = ''
WHERE id = %(id)s AND outcome IS NULL RETURNING id"""
_CAME: Final = """
INSERT INTO lms_tui.sso_people (user_id, issuer, last_at) VALUES (%(user)s, %(issuer)s, %(at)s)
ON CONFLICT (user_id, issuer) DO UPDATE SET last_at = EXCLUDED.last_at"""
ADMIN_CAME: Final = """
SELECT EXISTS (SELECT FROM lms_tui.sso_people s JOIN users u ON u.id = s.user_id
 WHERE upper(u.role) = 'ADMIN' AND u.archived IS NOT TRUE)"""


class UnderWay(NamedTuple):
    """A sign-in as its client sees it; seconds are left from now."""

    issuer: str
    user_code: str
    address: str
    complete_address: str
    pause: int
    ends_at: datetime
    seconds_left: float
    seconds_to_wait: float
    outcome: str | None
    user: UUID | None
    ended_at: datetime | None
    may_be_told_again: bool


class Turn(NamedTuple):
    """What whoever asks the issuer needs."""

    issuer: str
    device_code: bytes
    nonce: str
    pause: int


async def begin(tx: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Add a sign-in, after what is long over was taken away; False where the id is taken, or all room is.

    One at a time does this, so that there are never more than MOST_UNDER_WAY.
    """
    await tx.execute(_TURN_TO_BEGIN)
    await tx.execute(_PRUNE)
    return await scalar(tx, _BEGIN, values) is not None


async def signed_in(tx: AsyncConnection, own: UUID, user: UUID, issuer: str, at: datetime) -> bool:
    """End the sign-in `own` as `user`, whose session is issued `at`; False where it had ended.

    That `user` came in by the issuer whose address is `issuer` is recorded for as long as they are there.
    """
    if await scalar(tx, _SIGNED_IN, {"id": own, "user": user, "at": at}) is None:
        return False
    await tx.execute(_CAME, {"user": user, "issuer": issuer, "at": at})
    return True


async def administrator_came(tx: AsyncConnection) -> bool:
    """Tell whether somebody who is an administrator now has signed in by an issuer."""
    return await scalar(tx, ADMIN_CAME) is True
