"""What staff do to courses: publish, draft, archive, restore, price, move, hand over (domain.md, Courses).

An author does it to their own courses, an administrator to all; only an administrator hands one over. What is so
already is not done again and leaves no row in the audit. Whether a course is published, its price and its category
stand over a later import once they were set here (`importing`).
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import course_acts as queries
from lms_tui.db.queries.course_acts import Course
from lms_tui.service import acts
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import course_acts as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Operation

_ByHand = wire.PublishRequest | wire.DraftRequest | wire.ArchiveRequest | wire.RestoreRequest
_Ask = _ByHand | wire.PriceRequest | wire.MoveRequest | wire.HandOverRequest
_Change = Callable[[AsyncConnection, Course], Awaitable[Course]]

BY_HAND: Final = {"courses.publish": "published", "courses.draft": "published"} | {
    "courses.price": "price",
    "courses.move": "category",
}
"""What each act takes from later imports."""


async def facts(ctx: Context, ask: wire.FactsRequest) -> wire.CourseFacts:
    """Return how a course stands. Raises Fault `not_found` for one that the caller does not teach."""
    rows = await ctx.pools.rows(queries.FACTS, _whose(ctx) | {"course": ask.course_id})
    if not rows:
        raise not_found("course")
    return msgspec.json.decode(rows[0][0], type=wire.CourseFacts)


async def publish(ctx: Context, ask: wire.PublishRequest) -> wire.CourseChanged:
    """Publish a course. Raises Fault `not_found`, `course_empty` where it has no lesson, `id_taken`."""

    async def published(_: AsyncConnection, course: Course) -> Course:
        if not course.has_lessons:
            raise Fault(Code.COURSE_EMPTY, f"{course.title} has no lesson yet: there is nothing to publish.")
        return course._replace(is_published=True)

    return await _act(ctx, wire.PUBLISH, ask, published)


async def draft(ctx: Context, ask: wire.DraftRequest) -> wire.CourseChanged:
    """Make a course a draft; enrolments and progress stay. Raises Fault `not_found`, `id_taken`."""

    async def withdrawn(_: AsyncConnection, course: Course) -> Course:
        return course._replace(is_published=False)

    return await _act(ctx, wire.DRAFT, ask, withdrawn)


async def archive(ctx: Context, ask: wire.ArchiveRequest) -> wire.CourseChanged:
    """Archive a course; enrolments and progress stay. Raises Fault `not_found`, `id_taken`."""

    async def archived(_: AsyncConnection, course: Course) -> Course:
        return course._replace(archived=True)

    return await _act(ctx, wire.ARCHIVE, ask, archived)


async def restore(ctx: Context, ask: wire.RestoreRequest) -> wire.CourseChanged:
    """Take a course out of the archive. Raises Fault `not_found`, `id_taken`."""

    async def restored(_: AsyncConnection, course: Course) -> Course:
        return course._replace(archived=False)

    return await _act(ctx, wire.RESTORE, ask, restored)


async def price(ctx: Context, ask: wire.PriceRequest) -> wire.CourseChanged:
    """Set what a course costs; 0 is free, in whichever currency. Raises Fault `not_found`, `id_taken`."""

    async def priced(_: AsyncConnection, course: Course) -> Course:
        still_free = ask.price_in_cents == 0 and course.price_in_cents <= 0
        return (
            course if still_free else course._replace(price_in_cents=ask.price_in_cents, currency=ask.currency.lower())
        )

    return await _act(ctx, wire.PRICE, ask, priced)


async def move(ctx: Context, ask: wire.MoveRequest) -> wire.CourseChanged:
    """Move a course to another category. Raises Fault `not_found`, `no_category`, `id_taken`."""

    async def moved(tx: AsyncConnection, course: Course) -> Course:
        found = await queries.category(tx, ask.category.strip())
        if found is None:
            detail = f"There is no category {ask.category}. An archived one takes no course."
            raise Fault(Code.NO_CATEGORY, detail, field="category")
        return course._replace(category_id=found[0], category=found[1])

    return await _act(ctx, wire.MOVE, ask, moved)


async def hand_over(ctx: Context, ask: wire.HandOverRequest) -> wire.CourseChanged:
    """Make somebody else the author. Raises Fault `not_found`, `person_refused` for who can have no courses,
    `id_taken`."""

    async def handed(tx: AsyncConnection, course: Course) -> Course:
        own, email = await _author(tx, ask.to.strip())
        return course._replace(author_id=own, author_email=email)

    return await _act(ctx, wire.HAND_OVER, ask, handed)


async def _act(
    ctx: Context, operation: Operation[Any, wire.CourseChanged], ask: _Ask, change: _Change
) -> wire.CourseChanged:
    """Do what `change` says to the course that `ask` names, once."""
    act = Act(ctx, operation, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        stands = await queries.hold(tx, ask.course_id, **_whose(ctx))
        if stands is None:
            raise not_found("course")
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.CourseChanged)
        wanted = await change(tx, stands)
        reply = _told(ask.id, wanted, changed=wanted != stands)
        if reply.changed:
            await queries.write(tx, wanted)
            if operation.name in BY_HAND:
                await queries.set_by_hand(tx, wanted.id, BY_HAND[operation.name])
            author = wanted.author_id if wanted.author_id != stands.author_id else None
            details = {"reply": msgspec.to_builtins(reply), "was": msgspec.to_builtins(_told(ask.id, stands))}
            await acts.record(tx, act, author, details, on=wanted.id)
    return reply


def _whose(ctx: Context) -> dict[str, Any]:
    """Return what decides which courses are the caller's."""
    return {"caller": ctx.caller.id, "everybodys": ctx.caller.is_admin}


def _told(own: UUID, course: Course, *, changed: bool = False) -> wire.CourseChanged:
    return wire.CourseChanged(
        id=own,
        course_id=course.id,
        title=course.title,
        changed=changed,
        is_published=course.is_published,
        archived=course.archived,
        price_in_cents=course.price_in_cents,
        currency=(course.currency or "usd").lower(),
        category=course.category,
        author_email=course.author_email,
    )


async def _author(tx: AsyncConnection, who: str) -> tuple[UUID, str]:
    """Return id and address of the person who is to have a course. Raises Fault `person_refused`."""
    own = None
    with contextlib.suppress(ValueError):
        own = UUID(who)
    rows = await queries.people_named(tx, own, None if own else who)
    if not rows or (len(rows) > 1 and rows[0][1] != who):
        raise Fault(Code.PERSON_REFUSED, f"There is no person {who}.", field="to")
    found, email, may, archived = rows[0]
    if archived:
        raise Fault(Code.PERSON_REFUSED, f"{email} is archived. Restore them first.", field="to")
    if not may:
        detail = f"{email} is no author and no administrator. Give them the role CONTENT_CREATOR first."
        raise Fault(Code.PERSON_REFUSED, detail, field="to")
    return found, email
