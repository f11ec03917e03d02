"""The catalog: pages, counts by category, one course with its outline."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import catalog as queries
from lms_tui.service import cursors
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.search import Found, resolve
from lms_tui.wire import catalog
from lms_tui.wire.errors import Code

_KEY_TYPE: Final[dict[catalog.Sort, Any]] = {
    catalog.Sort.RELEVANCE: tuple[str, tuple[int, str], UUID],
    catalog.Sort.TITLE: tuple[str, str, UUID],
    catalog.Sort.NEWEST: tuple[str, datetime, UUID],
    catalog.Sort.PRICE: tuple[str, int, UUID],
}
_KEY_COLUMN: Final = {catalog.Sort.TITLE: 1, catalog.Sort.NEWEST: 14, catalog.Sort.PRICE: 8}
_RANK_AND_KEY: Final = slice(15, 17)


def _cursor(sort: catalog.Sort, row: tuple[Any, ...]) -> str:
    key = row[_RANK_AND_KEY] if sort is catalog.Sort.RELEVANCE else row[_KEY_COLUMN[sort]]
    return cursors.written((sort, key, row[0]))


def _place(sort: catalog.Sort, cursor: str) -> tuple[Any, UUID]:
    """Return key and id of `cursor`. Raises Fault `bad_request` for one that is broken or of another order."""
    name, key, course = cursors.read(cursor, _KEY_TYPE[sort], "the catalog")
    if name != sort:
        raise Fault(Code.BAD_REQUEST, "This place belongs to another order of the catalog. Begin at the first page.")
    return key, course


async def page(ctx: Context, ask: catalog.PageRequest) -> catalog.Page:
    """Return one page. Raises Fault `bad_request` for a broken cursor, or for two places at once.

    A first page on which nothing is found is looked for once more, with words that are spelled nearly alike.
    """
    if sum((ask.after is not None, ask.before is not None, ask.last)) > 1:
        raise Fault(Code.BAD_REQUEST, "Give at most one of 'after', 'before' and 'last'.")
    narrowed = {"category": ask.category_id, "author": ask.author_id}
    found = await resolve(ctx, ask.search, **narrowed)
    shown = await _page(ctx, ask, found)
    if shown.courses or found is None or ask.after is not None or ask.before is not None or ask.last:
        return shown
    for words in await ctx.shared.spelling.nearly(ctx.pools, found.query.words):
        if (other := await resolve(ctx, words, **narrowed)) is not None:
            corrected = await _page(ctx, ask, other)
            if corrected.courses:
                return msgspec.structs.replace(corrected, corrected=other.query.text)
    return shown


async def _page(ctx: Context, ask: catalog.PageRequest, found: Found | None) -> catalog.Page:
    way: queries.Way = "after" if ask.after is not None else "before" if ask.before is not None else "first"
    if ask.last:
        way = "last"
    backwards = way in ("before", "last")
    sort = catalog.Sort.TITLE if found is None and ask.sort is catalog.Sort.RELEVANCE else ask.sort
    values: dict[str, Any] = {"user": ctx.caller.id, "category": ask.category_id, "author": ask.author_id}
    values |= found.values if found is not None else {}
    cursor = ask.after if ask.after is not None else ask.before
    if cursor is not None:
        key, values["id"] = _place(sort, cursor)
        if sort is catalog.Sort.RELEVANCE and found is not None:
            values |= found.place(backwards=backwards, rank=key[0], key=_without_nul(key[1]))
        else:
            values["key"] = _without_nul(key) if isinstance(key, str) else key
    read = ctx.pools.rows if found is None else ctx.pools.found
    rows = await read(queries.page(sort, way, ask.size, _narrow(ask, found)), values)
    more, rows = len(rows) > ask.size, rows[: ask.size]
    if backwards:
        rows.reverse()
    follows = way == "before" if backwards else more
    precedes = more if backwards else way == "after"
    return catalog.Page(
        courses=[_card(row) for row in rows],
        corrected=None,
        next=_cursor(sort, rows[-1]) if rows and follows else None,
        previous=_cursor(sort, rows[0]) if rows and precedes else None,
    )


def _without_nul(key: str) -> str:
    """A key of ours has no NUL, and PostgreSQL takes none."""
    return key.replace("\0", "")


def _narrow(ask: catalog.PageRequest | catalog.CountsRequest, found: Found | None) -> queries.Narrow:
    return queries.Narrow(
        price=ask.price,
        state=ask.state,
        in_category=isinstance(ask, catalog.PageRequest) and ask.category_id is not None,
        by_author=ask.author_id is not None,
        searched=found is not None,
        by_name=found is not None and found.by_name,
    )


def _card(row: tuple[Any, ...]) -> catalog.Card:
    return catalog.Card(
        id=row[0],
        title=row[1],
        description=row[2],
        author=row[3],
        author_id=row[13],
        category_id=row[4],
        category=row[5],
        chapters=row[6],
        lessons=row[7],
        price_in_cents=row[8],
        currency=row[9],
        enrolled=row[10],
        completed_lessons=row[11],
        completed_at=row[12],
    )


async def counts(ctx: Context, ask: catalog.CountsRequest) -> catalog.Counts:
    """Return how many courses there are; without the caller's own state up to a minute old (per process).

    Of a state nothing is kept, as it is everybody's own and changes by what they do: what is not taken is counted as
    all (which may be a minute old) less what is taken.
    """
    found = await resolve(ctx, ask.search, author=ask.author_id)
    if ask.state is not catalog.State.NOT_TAKEN:
        return _counts(ask, await _by_category(ctx, ask, found))
    everything = await _by_category(ctx, msgspec.structs.replace(ask, state=catalog.State.ALL), found)
    mine: dict[UUID, int] = {}
    for state in (catalog.State.TAKEN, catalog.State.COMPLETED):
        for category in await _by_category(ctx, msgspec.structs.replace(ask, state=state), found):
            mine[category.id] = mine.get(category.id, 0) + category.courses
    left = [
        msgspec.structs.replace(category, courses=category.courses - mine.get(category.id, 0))
        for category in everything
        if category.courses > mine.get(category.id, 0)
    ]
    return _counts(ask, left)


def _counts(ask: catalog.CountsRequest, categories: list[catalog.CategoryCount]) -> catalog.Counts:
    total = sum(category.courses for category in categories)
    matching = sum(category.courses for category in categories if ask.category_id in (None, category.id))
    return catalog.Counts(total=total, matching=matching, categories=categories)


async def _by_category(ctx: Context, ask: catalog.CountsRequest, found: Found | None) -> list[catalog.CategoryCount]:
    key = (found.query.text if found is not None else "", ask.author_id, ask.price)
    shared = ask.state is catalog.State.ALL
    kept = ctx.shared.counts.get(key) if shared else None
    if kept is None:
        values = {"user": ctx.caller.id, "author": ask.author_id, **(found.values if found is not None else {})}
        read = ctx.pools.rows if found is None else ctx.pools.found
        rows = await read(queries.counts(_narrow(ask, found)), values)
        kept = [catalog.CategoryCount(id=row[0], name=row[1], courses=row[2]) for row in rows]
        if shared:
            ctx.shared.counts.put(key, kept)
    return kept


def check_visible(*, visible: bool, enrolled: bool) -> None:
    """Raise the fault for a draft or archived course: 403 to its learners, 404 to everybody else (domain.md)."""
    if not visible and not enrolled:
        raise not_found("course")
    if not visible:
        raise Fault(Code.COURSE_UNAVAILABLE, "This course is not available at the moment. Your progress is kept.")


async def course(ctx: Context, ask: catalog.CourseRequest) -> catalog.Course:
    """Return a course with its outline. Raises Fault `not_found` or `course_unavailable`."""
    rows = await ctx.pools.rows(queries.COURSE, {"user": ctx.caller.id, "course": ask.course_id})
    if not rows:
        raise not_found("course")
    visible, enrolled, reply = rows[0]
    check_visible(visible=visible, enrolled=enrolled)
    return msgspec.json.decode(reply, type=catalog.Course)
