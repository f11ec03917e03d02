"""Staff let people into a course and take them out (domain.md, enrolment; price).

An author does it in their own courses, an administrator in all. The rows and the statistics are `enrolling`'s, as when
learners do it themselves. Who is in already stays so, and what changes nothing leaves no row in the audit.
"""

from typing import Any
from uuid import UUID

import msgspec

from lms_tui.db.queries import enrolments as queries
from lms_tui.rules import guests, learners
from lms_tui.service import acts, enrolling
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import enrolments as wire
from lms_tui.wire.enrolments import Outcome
from lms_tui.wire.errors import Code
from lms_tui.wire.inviting_many import LineFault


async def give(ctx: Context, ask: wire.GiveRequest) -> wire.Given:
    """Let people into a course, also a priced one or a draft, and report on each; with `check` write nothing.

    Raises Fault `not_found` for a course that the caller does not teach, `bad_request` for two lines of one number,
    `id_taken`.
    """
    if len({wanted.line for wanted in ask.people}) < len(ask.people):
        raise Fault(Code.BAD_REQUEST, "Two lines have the same number.")
    act = Act(ctx, wire.GIVE, ask.id, ask)
    whos = [wanted.who.strip() for wanted in ask.people]
    async with ctx.pools.writer.connection() as tx:
        await acts.turn(tx, act)
        course = await queries.course(tx, ask.course_id, **_whose(ctx))
        if course is None:
            raise not_found("course")
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.Given)
        asked = [who if learners.fault_of(who) is None else "" for who in whos]
        rows = await queries.standing(tx, ask.course_id, asked, [learners.id_of(who) for who in asked])
        wanted = {} if ask.check else dict.fromkeys(row[0] for row in rows if row[0] and not row[2] and not row[3])
        made = await enrolling.let_in(tx, list(wanted), [ask.course_id]) if wanted else set()
        new = {user for user, _ in made}
        seen: set[UUID] = set()
        lines = [
            _line(ctx, one.line, who, row, seen, new=ask.check or row[0] in new)
            for one, who, row in zip(ask.people, whos, rows, strict=True)
        ]
        reply = wire.Given(id=ask.id, course_id=ask.course_id, title=course[0], available=course[1], lines=lines)
        if new:
            details = {"reply": msgspec.to_builtins(reply), "people": sorted(map(str, new))}
            await acts.record(tx, act, next(iter(new)) if len(new) == 1 else None, details, on=ask.course_id)
    return reply


def _line(ctx: Context, line: int, who: str, row: tuple[Any, ...], seen: set[UUID], *, new: bool) -> wire.GivenLine:
    """Return what becomes of one; `row` is as `queries.standing` has it, and `seen` has those in earlier lines."""
    person, email, archived, enrolled = row
    fault = learners.fault_of(who)
    if fault is None and person in seen:
        fault = LineFault.DUPLICATE
    elif fault is None and (person is None or (archived and not ctx.caller.is_admin)):
        fault = LineFault.UNKNOWN  # who is archived is the administrators' to know
    elif fault is None and archived:
        fault = LineFault.ARCHIVED
    if fault is not None:
        return wire.GivenLine(line=line, who=who, outcome=Outcome.REFUSED, fault=fault, reason=guests.SAID[fault])
    seen.add(person)
    return wire.GivenLine(line=line, who=email, outcome=Outcome.ENROLLED if new and not enrolled else Outcome.UNCHANGED)


async def look(ctx: Context, ask: wire.LookRequest) -> wire.EnrolmentFacts:
    """Return what taking somebody out would touch. Raises Fault `not_found` for who is not enrolled in a course of the
    caller's, and for an address that several have in different cases."""
    address = ask.learner.strip()
    own = learners.id_of(address)
    values = {"course": ask.course_id, "learner": own, "email": None if own else address}
    rows = await ctx.pools.rows(queries.FACTS, _whose(ctx) | values)
    if not rows or (len(rows) > 1 and rows[0][5] != address):
        raise not_found("learner")
    return wire.EnrolmentFacts(**dict(zip(wire.EnrolmentFacts.__struct_fields__, rows[0], strict=True)))


async def remove(ctx: Context, ask: wire.RemoveRequest) -> wire.Removed:
    """Take somebody out of a course; lesson progress and both dates are kept for coming back.

    Raises Fault `not_found` for who never was in a course of the caller's, `id_taken`.
    """
    act = Act(ctx, wire.REMOVE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        await acts.turn(tx, act)
        found = await queries.known(tx, ask.course_id, ask.learner_id, **_whose(ctx))
        if found is None:
            raise not_found("learner")
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.Removed)
        reply = wire.Removed(
            id=ask.id,
            course_id=ask.course_id,
            title=found[0],
            learner_id=ask.learner_id,
            learner_email=found[1],
            removed=await enrolling.take_out(tx, ask.learner_id, ask.course_id),
        )
        if reply.removed:
            await acts.record(tx, act, ask.learner_id, {"reply": msgspec.to_builtins(reply)}, on=ask.course_id)
    return reply


def _whose(ctx: Context) -> dict[str, Any]:
    """Return what decides which courses are the caller's."""
    return {"caller": ctx.caller.id, "everybodys": ctx.caller.is_admin}
