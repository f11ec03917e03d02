"""The audit that administrators read."""

import contextlib
from datetime import datetime
from typing import Any
from uuid import UUID

from lms_tui.db.queries import audit_list as queries
from lms_tui.service import cursors, entries
from lms_tui.service.context import Context
from lms_tui.wire import audit as wire


async def page(ctx: Context, ask: wire.ListRequest) -> wire.Records:
    """Return one page, the newest first. Raises Fault `bad_request` for a broken cursor."""
    person, kind = ask.person.strip(), ask.kind.strip()
    own = None
    with contextlib.suppress(ValueError):
        own = UUID(person)
    values: dict[str, Any] = {
        "who": own,
        "email": None if own else person,
        "tried": entries.fingerprint(ctx, person),
        "kind": kind,
    }
    if ask.after is not None:
        values["at"], values["id"] = cursors.read(ask.after, tuple[datetime, UUID], "the audit")
    sql = queries.page(ask.size, by_person=bool(person), by_kind=bool(kind), further=ask.after is not None)
    rows = await ctx.pools.rows(sql, values)
    records = [wire.Record(*row) for row in rows[: ask.size]]
    more = len(rows) > ask.size
    return wire.Records(records=records, next=cursors.written((records[-1].at, records[-1].id)) if more else None)
