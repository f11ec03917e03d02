"""Groups of people: a page of them, one, and making, naming, archiving (domain.md, People, groups).

No two groups that administrators make are called alike in whatever case, an archived one counted; another program may
have made such all the same, and they are told apart by their ids. What is so already is not done again and leaves no
row in the audit.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import groups as queries
from lms_tui.db.queries.groups import Group
from lms_tui.service import acts, named
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import groups as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.groups import LONGEST_CHARACTERISTIC
from lms_tui.wire.operation import Operation

_FIELDS: Final = wire.GroupLine.__struct_fields__
_Change = Callable[[AsyncConnection, Group], Awaitable[Group]]


async def page(ctx: Context, ask: wire.ListRequest) -> wire.Groups:
    """Return one page, by name."""
    values = {"search": ask.search.strip(), "offset": ask.offset}
    rows = await ctx.pools.rows(queries.page(ask.size, ask.show), values)
    found = [wire.GroupLine(**dict(zip(_FIELDS, row[1:], strict=True))) for row in rows if row[1] is not None]
    return wire.Groups(groups=found, total=rows[0][0])


async def group(ctx: Context, ask: wire.GroupRequest) -> wire.Group:
    """Return one group. Raises Fault `not_found`, `name_refused` for a name that several have."""
    name, own = ask.group.strip(), None
    with contextlib.suppress(ValueError):
        own = UUID(name)
    rows = await ctx.pools.rows(queries.GROUP, {"id": own, "name": None if own else name})
    if not rows:
        raise not_found("group")
    if len(rows) > 1 and rows[0][1] == rows[1][1]:
        raise Fault(Code.NAME_REFUSED, f"Several groups are called {name}. Give the id of one.", field="group")
    return msgspec.json.decode(rows[0][0], type=wire.Group)


async def create(ctx: Context, ask: wire.CreateRequest) -> wire.GroupChanged:
    """Make a group. Raises Fault `name_refused`, `not_found` and `id_taken`."""
    act = Act(ctx, wire.CREATE, ask.id, ask)
    name = named.good_name(ask.name)
    characteristic = named.good_text(ask.characteristic, LONGEST_CHARACTERISTIC, "characteristic")
    async with ctx.pools.writer.connection() as tx:
        await queries.turn(tx)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.GroupChanged)
        await _free(tx, name, None, archived=True)
        made = Group(await queries.add(tx, name, characteristic), name, characteristic, archived=False)
        return await _record(tx, act, made, None)


async def edit(ctx: Context, ask: wire.EditRequest) -> wire.GroupChanged:
    """Give a group another name or characteristic. Raises Fault `not_found`, `name_refused`, `id_taken`."""
    name = None if ask.name is None else named.good_name(ask.name)
    text = ask.characteristic
    text = None if text is None else named.good_text(text, LONGEST_CHARACTERISTIC, "characteristic")

    async def edited(tx: AsyncConnection, group: Group) -> Group:
        if name is not None and name != group.name:
            await _free(tx, name, group.id, archived=True)
        return group._replace(
            name=group.name if name is None else name, characteristic=group.characteristic if text is None else text
        )

    return await _act(ctx, wire.EDIT, ask, edited)


async def archive(ctx: Context, ask: wire.ArchiveRequest) -> wire.GroupChanged:
    """Archive a group; its members stay. Raises Fault `not_found`, `id_taken`."""

    async def archived(_: AsyncConnection, group: Group) -> Group:
        return group._replace(archived=True)

    return await _act(ctx, wire.ARCHIVE, ask, archived)


async def restore(ctx: Context, ask: wire.RestoreRequest) -> wire.GroupChanged:
    """Take a group out of the archive. Raises Fault `not_found`, `id_taken`, `name_refused` where a group that is not
    archived is called so by now."""

    async def restored(tx: AsyncConnection, group: Group) -> Group:
        if group.archived:
            await _free(tx, group.name, group.id, archived=False)
        return group._replace(archived=False)

    return await _act(ctx, wire.RESTORE, ask, restored)


async def _act(
    ctx: Context,
    operation: Operation[Any, wire.GroupChanged],
    ask: wire.EditRequest | wire.ArchiveRequest | wire.RestoreRequest,
    change: _Change,
) -> wire.GroupChanged:
    """Do what `change` says to the group that `ask` names, once."""
    act = Act(ctx, operation, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        await queries.turn(tx)
        stands = await held(tx, ask.group_id)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.GroupChanged)
        wanted = await change(tx, stands)
        if wanted == stands:
            return _told(ask.id, wanted, changed=False)
        await queries.write(tx, wanted)
        return await _record(tx, act, wanted, stands)


async def held(tx: AsyncConnection, group: UUID) -> Group:
    """Return the group, locked. Raises Fault `not_found`."""
    stands = await queries.hold(tx, group)
    if stands is None:
        raise not_found("group")
    return stands


async def _free(tx: AsyncConnection, name: str, but: UUID | None, *, archived: bool) -> None:
    """Raise Fault `name_refused` where another group has the name."""
    if (found := await queries.named(tx, name, but, archived=archived)) is not None:
        raise named.taken("group", found[0], archived=found[1])


async def _record(tx: AsyncConnection, act: Act, group: Group, was: Group | None) -> wire.GroupChanged:
    """Record what the group is now, and was before it; return the reply."""
    reply = _told(act.own, group, changed=True)
    before = {} if was is None else {"was": was._asdict() | {"id": str(was.id)}}
    await acts.record(tx, act, None, {"reply": msgspec.to_builtins(reply), **before}, on=group.id)
    return reply


def _told(own: UUID, group: Group, *, changed: bool) -> wire.GroupChanged:
    return wire.GroupChanged(
        id=own,
        group_id=group.id,
        name=group.name,
        characteristic=group.characteristic,
        archived=group.archived,
        changed=changed,
    )
