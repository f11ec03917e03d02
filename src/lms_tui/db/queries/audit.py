"""The audit's rows: who did what to whom. Written in the transaction of what they tell, so that both stand or neither.

The id is the one that the client chose for the doing: a row that is there tells that it was done already. What is told
of the doors (`wire.audit.Entry`) is not done by anybody, and has an id of ours.
"""

from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from lms_tui.wire.audit import Entry

_FIND: Final = "SELECT actor_id, action, subject_id, object_id, details::text FROM lms_tui.audit WHERE id = %(id)s"

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(id)s::text, 23))"

_ADD: Final = """
INSERT INTO lms_tui.audit (id, actor_id, action, subject_id, object_id, details)
VALUES (%(id)s, %(actor)s, %(action)s, %(subject)s, %(object)s, %(details)s)
ON CONFLICT DO NOTHING RETURNING id"""

ENTER: Final = """
INSERT INTO lms_tui.audit (id, actor_id, action, subject_id, details)
SELECT %(entry)s::uuid, %(actor)s::uuid, %(action)s::text, %(subject)s::uuid, %(details)s::jsonb
WHERE %(entry)s::uuid IS NOT NULL"""
"""Record what happened at the doors; nothing where entry, its id, is NULL."""

NOTHING: Final[dict[str, Any]] = dict.fromkeys(("entry", "actor", "action", "subject", "details"))
"""What ENTER binds where there is nothing to record."""

NO_TABLE: Final = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""What PostgreSQL says where our own schema is not there, or cannot be written."""


def _pruned(entry: Entry, days: int, most: int) -> str:
    return f"""DELETE FROM lms_tui.audit WHERE action = '{entry}' AND at <= greatest(
  clock_timestamp() - interval '{days} days',
  (SELECT at FROM lms_tui.audit WHERE action = '{entry}' ORDER BY at DESC OFFSET {most} LIMIT 1))"""  # noqa: S608


PRUNE: Final = (_pruned(Entry.FAILED, 90, 100_000), _pruned(Entry.SIGNED_IN, 400, 1_000_000))
"""Forget what was long ago, and what is too much, the oldest first. Acts of staff, codes and passwords stay."""


class Done(NamedTuple):
    """What was done: by whom, what, to whom, on which object."""

    actor: UUID
    action: str
    subject: UUID | None
    object: UUID | None


async def turn(tx: AsyncConnection, own: UUID) -> None:
    """Let nobody else do what has the id `own` until the transaction ends."""
    await tx.execute(_TURN, {"id": own})


async def find(tx: AsyncConnection, own: UUID) -> tuple[Done, str] | None:
    """Return what was done under the id `own`, and its details as JSON text; None where nothing was."""
    row = await (await tx.execute(_FIND, {"id": own})).fetchone()
    return None if row is None else (Done(*row[:4]), row[4])


async def add(tx: AsyncConnection, own: UUID, done: Done, details: dict[str, object]) -> bool:
    """Record what is done in this transaction, by the database's clock; False where the id is taken."""
    values = {"id": own, **done._asdict(), "details": Jsonb(details)}
    return await (await tx.execute(_ADD, values)).fetchone() is not None
