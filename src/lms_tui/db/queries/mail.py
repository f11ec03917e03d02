"""The queue of mails (`lms_tui.mail`): put in, claimed by one sender, recorded, given up, pruned.

A row names the row of a code, which is made when the mail is sent: neither an address nor a code stands in the queue.
A claim is a row's number of tries: whoever claims it again, after `claimed_until`, has another. `due` is NULL where
nobody tries any more, and then `fault` says why. Time is the database's.
"""

from typing import Final, Literal, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.scalar import scalar

Kind = Literal["invitation", "reminder", "reset"]

CLAIM_MINUTES: Final = 5
KEPT_DAYS: Final = 30

IS_DUE: Final = """
SELECT EXISTS (SELECT FROM lms_tui.mail WHERE sent_at IS NULL AND due <= clock_timestamp()
 AND (claimed_until IS NULL OR claimed_until <= clock_timestamp()))"""

_ADD: Final = "INSERT INTO lms_tui.mail (kind, code_id) VALUES (%(kind)s, %(code)s)"
_ADD_MANY: Final = "INSERT INTO lms_tui.mail (kind, code_id) SELECT %(kind)s, unnest(%(codes)s::uuid[])"
_RECENT_RESETS: Final = """
SELECT count(*) FROM lms_tui.mail m JOIN reset_tokens r ON r.id = m.code_id
WHERE m.kind = 'reset' AND m.created_at > clock_timestamp() - interval '1 hour' AND r.user_id = %(user)s"""
_CLAIM: Final = f"""
UPDATE lms_tui.mail SET tries = tries + 1, claimed_until = clock_timestamp() + interval '{CLAIM_MINUTES} minutes'
WHERE id = (
 SELECT id FROM lms_tui.mail WHERE sent_at IS NULL AND due <= clock_timestamp()
  AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
 ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, code_id, tries, extract(epoch FROM clock_timestamp() - created_at)::float8"""  # noqa: S608
_DROP: Final = "DELETE FROM lms_tui.mail WHERE id = %(id)s AND tries = %(tries)s"
_SENT: Final = """
UPDATE lms_tui.mail SET sent_at = clock_timestamp(), claimed_until = NULL, fault = NULL
WHERE id = %(id)s AND tries = %(tries)s"""
_FAILED: Final = """
UPDATE lms_tui.mail SET claimed_until = NULL, fault = %(fault)s,
 due = clock_timestamp() + %(seconds)s::float8 * interval '1 second'
WHERE id = %(id)s AND tries = %(tries)s"""
_AWAY: Final = """
UPDATE lms_tui.mail SET fault = %(fault)s WHERE id = (
 SELECT id FROM lms_tui.mail WHERE sent_at IS NULL AND due IS NOT NULL ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED)"""
_PRUNE: Final = f"""
DELETE FROM lms_tui.mail WHERE created_at < clock_timestamp() - interval '{KEPT_DAYS} days'
 AND (sent_at < clock_timestamp() - interval '{KEPT_DAYS} days' OR due IS NULL)"""  # noqa: S608 - constants only
_COMPANY: Final = "(SELECT coalesce(company_name, '') FROM settings LIMIT 1)"
_INVITED: Final = f"""
SELECT c.email, {_COMPANY} FROM create_tokens c WHERE c.id = %(code)s
 AND NOT EXISTS (SELECT FROM users u WHERE lower(u.email) = lower(c.email) AND u.archived)"""  # noqa: S608
_RESETTING: Final = f"""
SELECT u.email, {_COMPANY} FROM reset_tokens r JOIN users u ON u.id = r.user_id
WHERE r.id = %(code)s AND u.archived IS NOT TRUE"""  # noqa: S608 - constants only


class Claimed(NamedTuple):
    """A mail that is one's own to send until the claim is over."""

    id: UUID
    kind: Kind
    code_id: UUID
    tries: int
    """This one counted."""
    age: float
    """Seconds since it was put into the queue."""


class Addressee(NamedTuple):
    """To whom a mail goes, and from which organisation ('': no name is set)."""

    email: str
    company: str


async def add(tx: AsyncConnection, kind: Kind, code_id: UUID) -> None:
    """Put the mail of a code into the queue, in the transaction that makes the code's row."""
    await tx.execute(_ADD, {"kind": kind, "code": code_id})


async def add_many(tx: AsyncConnection, kind: Kind, codes: list[UUID]) -> None:
    """As `add`, for many at once."""
    await tx.execute(_ADD_MANY, {"kind": kind, "codes": codes})


async def recent_resets(tx: AsyncConnection, user: UUID) -> int:
    """Return how many mails with resets of `user` were put into the queue within the last hour."""
    found = await scalar(tx, _RECENT_RESETS, {"user": user})
    return int(str(found))


async def claim(tx: AsyncConnection) -> Claimed | None:
    """Claim the mail that has been due longest and is nobody's; None where there is none."""
    row = await (await tx.execute(_CLAIM)).fetchone()
    return None if row is None else Claimed(*row)


async def addressee(tx: AsyncConnection, mail: Claimed) -> Addressee | None:
    """Return to whom it goes; None where the code's row is gone or the person archived."""
    sql = _RESETTING if mail.kind == "reset" else _INVITED
    row = await (await tx.execute(sql, {"code": mail.code_id})).fetchone()
    return None if row is None else Addressee(row[0], row[1] or "")


async def drop(tx: AsyncConnection, mail: Claimed) -> None:
    """Forget a mail that is not to be sent any more."""
    await tx.execute(_DROP, {"id": mail.id, "tries": mail.tries})


async def sent(tx: AsyncConnection, mail: Claimed) -> None:
    """Record that it went out."""
    await tx.execute(_SENT, {"id": mail.id, "tries": mail.tries})


async def failed(tx: AsyncConnection, mail: Claimed, fault: str, seconds: float | None) -> None:
    """Record why it did not go out, and that it is tried again in `seconds`; None: never."""
    await tx.execute(_FAILED, {"id": mail.id, "tries": mail.tries, "fault": fault, "seconds": seconds})


async def away(tx: AsyncConnection, fault: str) -> None:
    """Note at the mail that has waited longest why none goes out."""
    await tx.execute(_AWAY, {"fault": fault})


async def prune(tx: AsyncConnection) -> None:
    """Forget what was sent, or given up, KEPT_DAYS ago."""
    await tx.execute(_PRUNE)
