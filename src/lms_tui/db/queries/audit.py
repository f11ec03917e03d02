"""The audit's rows: who did what to whom. Written in the transaction of what they tell, so that both stand or neither.

The id is the one that the client chose for the doing: a row that is there tells that it was done already.
"""

from typing import Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

_FIND: Final = "SELECT actor_id, action, subject_id, object_id, details::text FROM lms_tui.audit WHERE id = %(id)s"

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(id)s::text, 23))"

_ADD: Final = """
INSERT INTO lms_tui.audit (id, actor_id, action, subject_id, object_id, details)
VALUES (%(id)s, %(actor)s, %(action)s, %(subject)s, %(object)s, %(details)s)
ON CONFLICT DO NOTHING RETURNING id"""


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
