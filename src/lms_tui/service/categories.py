"""Categories of courses: all of them, and making, naming, ordering, archiving, deleting (domain.md, display_order).

No two that administrators make are called alike in whatever case, an archived one counted. An archived category takes
no other course; its own stay in it, and in the catalog under its name. One with courses cannot be deleted, since their
rows hold it: it is archived instead. What is so already is not done again and leaves no row in the audit.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import categories as queries
from lms_tui.db.queries.categories import Category
from lms_tui.service import acts, named
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.wire import categories as wire
from lms_tui.wire.operation import Operation

_FIELDS: Final = wire.Category.__struct_fields__
_Ask = wire.EditRequest | wire.PlaceRequest | wire.ArchiveRequest | wire.RestoreRequest | wire.DeleteRequest
_Change = Callable[[AsyncConnection, Category], Awaitable[Category]]


async def listed(ctx: Context, _ask: wire.ListRequest) -> wire.Categories:
    """Return all categories in their order."""
    rows = await ctx.pools.rows(queries.LIST, {})
    return wire.Categories(categories=[wire.Category(**dict(zip(_FIELDS, row, strict=True))) for row in rows])


async def create(ctx: Context, ask: wire.CreateRequest) -> wire.CategoryChanged:
    """Make a category. Raises Fault `name_refused`, `not_found` and `id_taken`."""
    act = Act(ctx, wire.CREATE, ask.id, ask)
    name = named.good_name(ask.name)
    description = named.good_text(ask.description, wire.LONGEST_DESCRIPTION, "description")
    async with ctx.pools.writer.connection() as tx:
        await queries.turn(tx)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.CategoryChanged)
        await _free(tx, name, None, archived=True)
        made = Category(await queries.add(tx, name, description), name, description, archived=False)
        return await _record(tx, act, _told(ask.id, made), None)


async def edit(ctx: Context, ask: wire.EditRequest) -> wire.CategoryChanged:
    """Give a category another name or description. Raises Fault `not_found`, `name_refused`, `id_taken`."""
    name = None if ask.name is None else named.good_name(ask.name)
    text = ask.description
    text = None if text is None else named.good_text(text, wire.LONGEST_DESCRIPTION, "description")

    async def edited(tx: AsyncConnection, category: Category) -> Category:
        if name is not None and name != category.name:
            await _free(tx, name, category.id, archived=True)
        return category._replace(
            name=category.name if name is None else name, description=category.description if text is None else text
        )

    return await _act(ctx, wire.EDIT, ask, edited)


async def archive(ctx: Context, ask: wire.ArchiveRequest) -> wire.CategoryChanged:
    """Archive a category; its courses stay as they are. Raises Fault `not_found`, `id_taken`."""

    async def archived(_: AsyncConnection, category: Category) -> Category:
        return category._replace(archived=True)

    return await _act(ctx, wire.ARCHIVE, ask, archived)


async def restore(ctx: Context, ask: wire.RestoreRequest) -> wire.CategoryChanged:
    """Take a category out of the archive. Raises Fault `not_found`, `id_taken`, `name_refused` where one that is not
    archived is called so by now: an import makes one of a name that only an archived one has."""

    async def restored(tx: AsyncConnection, category: Category) -> Category:
        if category.archived:
            await _free(tx, category.name, category.id, archived=False)
        return category._replace(archived=False)

    return await _act(ctx, wire.RESTORE, ask, restored)


async def place(ctx: Context, ask: wire.PlaceRequest) -> wire.CategoryChanged:
    """Put a category before another one, or last; all are numbered then. Raises Fault `not_found`, `id_taken`."""
    act = Act(ctx, wire.PLACE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        stands, was = await _held(tx, act, ask.category_id)
        if was is not None:
            return was
        before = await queries.in_order(tx)
        order = [one for one in before if one != ask.category_id]
        if ask.before == ask.category_id:
            order = before
        elif ask.before is None:
            order.append(ask.category_id)
        elif ask.before in order:
            order.insert(order.index(ask.before), ask.category_id)
        else:
            raise not_found("category")
        reply = _told(ask.id, stands, changed=order != before)
        if reply.changed:
            await queries.number(tx, order)
            await _record(tx, act, reply, {"order": [str(one) for one in before]})
    return reply


async def delete(ctx: Context, ask: wire.DeleteRequest) -> wire.CategoryChanged:
    """Delete a category, or archive one with courses. Raises Fault `not_found`, `id_taken`."""
    act = Act(ctx, wire.DELETE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        stands, was = await _held(tx, act, ask.category_id, to_delete=True)
        if was is not None:
            return was
        courses = await queries.courses(tx, stands.id)
        if not courses:
            await queries.delete(tx, stands.id)
        elif not stands.archived:
            await queries.write(tx, stands._replace(archived=True))
        reply = _told(
            ask.id,
            stands._replace(archived=stands.archived or courses > 0),
            changed=not courses or not stands.archived,
            deleted=not courses,
            courses=courses,
        )
        if reply.changed:
            await _record(tx, act, reply, _before(stands))
    return reply


async def _act(
    ctx: Context, operation: Operation[Any, wire.CategoryChanged], ask: _Ask, change: _Change
) -> wire.CategoryChanged:
    """Do what `change` says to the category that `ask` names, once."""
    act = Act(ctx, operation, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        stands, was = await _held(tx, act, ask.category_id)
        if was is not None:
            return was
        wanted = await change(tx, stands)
        reply = _told(ask.id, wanted, changed=wanted != stands)
        if reply.changed:
            await queries.write(tx, wanted)
            await _record(tx, act, reply, _before(stands))
    return reply


async def _held(
    tx: AsyncConnection, act: Act, category: UUID, *, to_delete: bool = False
) -> tuple[Category, wire.CategoryChanged | None]:
    """Return the category, locked, and what the act was answered the first time, if it was done already.

    Raises Fault `not_found`.
    """
    await queries.turn(tx)
    stands = await queries.hold(tx, category, to_delete=to_delete)
    found = await acts.done_before(tx, act)
    was = None if found is None else msgspec.convert(found["reply"], wire.CategoryChanged)
    if stands is None and was is not None:  # it was deleted, by this or since
        stands = Category(category, was.name, was.description, was.archived)
    if stands is None:
        raise not_found("category")
    return stands, was


async def _free(tx: AsyncConnection, name: str, but: UUID | None, *, archived: bool) -> None:
    """Raise Fault `name_refused` where another category has the name; no import gives it meanwhile."""
    await queries.hold_name(tx, name)
    if (found := await queries.named(tx, name, but, archived=archived)) is not None:
        raise named.taken("category", found[0], archived=found[1])


async def _record(
    tx: AsyncConnection, act: Act, reply: wire.CategoryChanged, was: dict[str, Any] | None
) -> wire.CategoryChanged:
    """Record what the category is now, and was before it; return the reply."""
    before = {} if was is None else {"was": was}
    await acts.record(tx, act, None, {"reply": msgspec.to_builtins(reply), **before}, on=reply.category_id)
    return reply


def _before(category: Category) -> dict[str, Any]:
    return category._asdict() | {"id": str(category.id)}


def _told(own: UUID, category: Category, *, changed: bool = True, **also: Any) -> wire.CategoryChanged:
    return wire.CategoryChanged(
        id=own,
        category_id=category.id,
        name=category.name,
        description=category.description,
        archived=category.archived,
        changed=changed,
        **also,
    )
