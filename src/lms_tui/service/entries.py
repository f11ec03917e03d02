"""What is recorded at the doors: who came in and how, and who failed to (`wire.audit.Entry`).

A row of `lms_tui.audit` and a line of the log; where the database has no such table, or lets nobody write into it, the
line alone. No secret stands in either: no password, no code, no token; and of an address that nobody has a keyed hash
alone, since people type passwords into the wrong field. Nothing that a stranger sends stands in a row but the address
of their client, and only where it is one.

A stranger cannot fill the table: a try that the throttle holds back (`doors`) writes nothing, so a client has 50 rows
in a quarter of an hour; and those of failed tries are forgotten (`db.queries.audit.PRUNE`), the oldest first, apart
from those of sign-ins, which they so cannot push out.
"""

import ipaddress
import logging
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from lms_tui.db.queries import audit
from lms_tui.service.context import Context
from lms_tui.wire.audit import Entry

_log: Final = logging.getLogger(__name__)


def of(ctx: Context, what: Entry, person: UUID | None, actor: UUID | None, **details: str) -> dict[str, Any]:
    """Return a row, as `audit.ENTER` binds it."""
    client = _address(ctx.client)
    told = details | ({"client": client} if client else {})
    return {"entry": uuid4(), "actor": actor, "action": what.value, "subject": person, "details": Jsonb(told)}


async def add(tx: AsyncConnection, row: dict[str, Any]) -> None:
    """Write a row in the transaction of what it tells, which goes on where there is no table for it."""
    try:
        async with tx.transaction():
            await tx.execute(audit.ENTER, row)
    except audit.NO_TABLE:
        _log.warning("not in the audit", extra={"fields": {"event": "no_audit", "action": row["action"]}})


async def failed(ctx: Context, email: str, person: UUID | None) -> None:
    """Record a failed sign-in. It is as much work whoever's address it was."""
    tried = fingerprint(ctx, email)
    row = of(ctx, Entry.FAILED, person, None, **({} if person else {"tried": tried}))
    try:
        async with ctx.pools.reader.connection() as connection:  # one statement is whole without a transaction
            await connection.execute(audit.ENTER, row, prepare=True)
    except audit.NO_TABLE:
        pass  # the line says all of it
    tell(row)


def tell(row: dict[str, Any]) -> None:
    """Say in the log what a row says."""
    person = row["subject"] and str(row["subject"])
    _log.info("at the doors", extra={"fields": {"event": row["action"], "person": person, **row["details"].obj}})


def fingerprint(ctx: Context, email: str) -> str:
    """Return by what the tries of an address are known to be of one, to who has the keys of sessions: it is another
    after the first of them is changed."""
    return ctx.shared.tokens.fingerprint(f"tried\0{email.strip().casefold()}").hex()


def _address(client: str) -> str:
    """Return the address of a client, '' for what is none: a proxy may send anything."""
    try:
        return str(ipaddress.ip_address(client))
    except ValueError:
        return ""
