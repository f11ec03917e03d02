"""The people that administrators see: a page of them, how many there are, one person."""

import contextlib
from typing import Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import people_list as queries
from lms_tui.db.queries.search import Way
from lms_tui.service import accounts, cursors
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import people as wire
from lms_tui.wire.errors import Code

_FIELDS: Final = wire.PersonLine.__struct_fields__


async def page(ctx: Context, ask: wire.ListRequest) -> wire.People:
    """Return one page, by address. Raises Fault `bad_request` for a broken cursor, or for two places at once."""
    if sum((ask.after is not None, ask.before is not None, ask.last)) > 1:
        raise Fault(Code.BAD_REQUEST, "Give at most one of 'after', 'before' and 'last'.")
    way: Way = "after" if ask.after is not None else "before" if ask.before is not None else "first"
    if ask.last:
        way = "last"
    backwards = way in ("before", "last")
    values: dict[str, Any] = {"role": ask.role}
    cursor = ask.after if ask.after is not None else ask.before
    if cursor is not None:
        key, values["id"] = cursors.read(cursor, tuple[str, UUID], "the list of people")
        values["key"] = key.replace("\0", "")  # PostgreSQL takes none, and a key of ours has none
    narrow = _narrow(ask, values, show=ask.show, by_role=ask.role is not None)
    rows = await _read(ctx, queries.page(way, ask.size, narrow), values, narrow)
    more, rows = len(rows) > ask.size, rows[: ask.size]
    if backwards:
        rows.reverse()
    follows = way == "before" if backwards else more
    precedes = more if backwards else way == "after"
    return wire.People(
        people=[wire.PersonLine(**dict(zip(_FIELDS, row[:-1], strict=True))) for row in rows],
        next=cursors.written((rows[-1][-1], rows[-1][0])) if rows and follows else None,
        previous=cursors.written((rows[0][-1], rows[0][0])) if rows and precedes else None,
    )


async def counts(ctx: Context, ask: wire.CountsRequest) -> wire.Counts:
    """Return how many people there are under the filters."""
    values: dict[str, Any] = {}
    narrow = _narrow(ask, values)
    rows = await _read(ctx, queries.counts(narrow), values, narrow)
    return wire.Counts(**dict(zip(wire.Counts.__struct_fields__, rows[0], strict=True)))


async def person(ctx: Context, ask: wire.PersonRequest) -> wire.Person:
    """Return one person. Raises Fault `not_found`, also for an address that several have in different cases."""
    address, own = ask.who.strip(), None
    with contextlib.suppress(ValueError):
        own = UUID(address)
    values = {"id": own, "email": None if own else address, "owner": owner_of(ctx)}
    rows = await ctx.pools.rows(queries.PERSON, values)
    if not rows or (len(rows) > 1 and rows[0][1] != address):
        raise not_found("person")
    return msgspec.json.decode(rows[0][0], type=wire.Person)


def owner_of(ctx: Context) -> str | None:
    """Return the address of the machine's owner, who signs in without a password over the private socket; else None."""
    return accounts.owner_address() if ctx.private else None


def _narrow(ask: wire.ListRequest | wire.CountsRequest, values: dict[str, Any], **also: Any) -> queries.Narrow:
    """Return by what is narrowed, and put what that binds into `values`."""
    search, group = ask.search.strip(), ask.group.strip()
    values |= {"search": search, "group": group}
    return queries.Narrow(searched=bool(search), by_group=bool(group), **also)


async def _read(ctx: Context, sql: str, values: dict[str, Any], narrow: queries.Narrow) -> list[tuple[Any, ...]]:
    return await (ctx.pools.found if narrow.searched else ctx.pools.rows)(sql, values)
