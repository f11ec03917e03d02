"""One's own data, exported part by part (domain.md, a person's data)."""

from datetime import datetime
from typing import Any

import msgspec

from lms_tui.db.queries import export as queries
from lms_tui.service import cursors
from lms_tui.service.context import Context
from lms_tui.wire import own_data as wire


async def export(ctx: Context, ask: wire.ExportRequest) -> wire.Exported:
    """Return a page of what is held of the caller. Raises Fault `bad_request` for a broken cursor."""
    values: dict[str, Any] = {"user": ctx.caller.id, "at": None, "own": None}
    if ask.after is not None:
        values["at"], own = cursors.read(ask.after, tuple[datetime, str], "one's own data")
        values["own"] = own.replace("\0", "")  # PostgreSQL takes none, and a key of ours has none
    rows = await ctx.pools.rows(queries.STATEMENTS[ask.part], values)
    page = rows[: wire.ROWS]
    more = len(rows) > len(page)
    return wire.Exported(
        rows=[msgspec.Raw(row[2].encode()) for row in page],
        next=cursors.written((page[-1][0], page[-1][1])) if more else None,
    )
