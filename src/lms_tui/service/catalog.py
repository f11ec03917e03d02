"""The catalog: pages, counts by category, one course with its outline."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import catalog as queries
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import catalog
from lms_tui.wire.errors import Code

_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 12
_KEY_TYPE: Final[dict[catalog.Sort, Any]] = {
    catalog.Sort.TITLE: tuple[str, str, UUID],
    catalog.Sort.NEWEST: tuple[str, datetime, UUID],
    catalog.Sort.PRICE: tuple[str, int, UUID],
}
_KEY_COLUMN: Final = {catalog.Sort.TITLE: 1, catalog.Sort.NEWEST: 13, catalog.Sort.PRICE: 8}


def search_query(search: str) -> str:
    """Return `search` as a tsquery: each of its first twelve words, as a prefix; '' where it has no word.

    Only letters and digits reach PostgreSQL, so that no operator of its query language can be typed.
    """
    return " & ".join(f"{word}:*" for word in words_of(search))


def words_of(search: str) -> list[str]:
    """Return the first twelve words of `search`, letters and digits alone, in lower case."""
    return _WORD.findall(search.casefold())[:_MOST_WORDS]


def _cursor(sort: catalog.Sort, row: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((sort, row[_KEY_COLUMN[sort]], row[0]))).decode().rstrip("=")


def _place(sort: catalog.Sort, cursor: str) -> tuple[Any, UUID]:
    """Return key and id of `cursor`. Raises Fault `bad_request` for one that is broken or of another order."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        name, key, course = msgspec.json.decode(raw, type=_KEY_TYPE[sort])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Fault(Code.BAD_REQUEST, "This place in the catalog is not readable. Begin at the first page.") from error
    if name != sort:
        raise Fault(Code.BAD_REQUEST, "This place belongs to another order of the catalog. Begin at the first page.")
    return key, course


async def page(ctx: Context, ask: catalog.PageRequest) -> catalog.Page:
    """Return one page. Raises Fault `bad_request` for a broken cursor, or for two places at once."""
    if sum((ask.after is not None, ask.before is not None, ask.last)) > 1:
        raise Fault(Code.BAD_REQUEST, "Give at most one of 'after', 'before' and 'last'.")
    way: queries.Way = "after" if ask.after is not None else "before" if ask.before is not None else "first"
    if ask.last:
        way = "last"
    query = search_query(ask.search)
    values: dict[str, Any] = {"user": ctx.caller.id, "query": query, "category": ask.category_id}
    cursor = ask.after if ask.after is not None else ask.before
    if cursor is not None:
        values["key"], values["id"] = _place(ask.sort, cursor)
    statement = queries.page(
        ask.sort, way, ask.price, ask.size, searched=bool(query), in_category=ask.category_id is not None
    )
    rows = await ctx.pools.rows(statement, values)
    more, rows = len(rows) > ask.size, rows[: ask.size]
    backwards = way in ("before", "last")
    if backwards:
        rows.reverse()
    follows = way == "before" if backwards else more
    precedes = more if backwards else way == "after"
    return catalog.Page(
        courses=[_card(row) for row in rows],
        next=_cursor(ask.sort, rows[-1]) if rows and follows else None,
        previous=_cursor(ask.sort, rows[0]) if rows and precedes else None,
    )


def _card(row: tuple[Any, ...]) -> catalog.Card:
    return catalog.Card(
        id=row[0],
        title=row[1],
        description=row[2],
        author=row[3],
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
    """Return how many courses there are, up to a minute old (per process)."""
    query = search_query(ask.search)
    key = (query, str(ask.category_id or ""), ask.price)
    kept = ctx.shared.counts.get(key)
    if kept is not None:
        return kept
    rows = await ctx.pools.rows(queries.counts(ask.price, searched=bool(query)), {"query": query})
    total = sum(row[2] for row in rows)
    matching = total if ask.category_id is None else sum(row[2] for row in rows if row[0] == ask.category_id)
    categories = [catalog.CategoryCount(id=row[0], name=row[1], courses=row[2]) for row in rows]
    found = catalog.Counts(total=total, matching=matching, categories=categories)
    ctx.shared.counts.put(key, found)
    return found


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
