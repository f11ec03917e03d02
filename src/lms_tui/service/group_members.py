"""People put into a group and taken out, one or many; and a whole group let into courses (domain.md, People, groups).

A group's enrolment is that of its members of this moment, once: who comes into the group later is not let in, who
leaves it stays enrolled, and the same again lets in who is new. The rows and the statistics are `enrolling`'s.
"""

from typing import Any
from uuid import UUID

import msgspec

from lms_tui.db.queries import group_members as queries
from lms_tui.db.queries import people_acts
from lms_tui.db.queries.groups import Group
from lms_tui.rules import guests, learners
from lms_tui.service import acts, enrolling
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.groups import held
from lms_tui.wire import group_members as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.group_members import Outcome
from lms_tui.wire.inviting_many import LineFault


async def members(ctx: Context, ask: wire.MembersRequest) -> wire.MembersChanged:
    """Put people into a group, or take them out, and report on each; with `check` write nothing.

    Raises Fault `not_found`, `bad_request` for two lines of one number, `group_archived`, `id_taken`.
    """
    if len({wanted.line for wanted in ask.people}) < len(ask.people):
        raise Fault(Code.BAD_REQUEST, "Two lines have the same number.")
    act = Act(ctx, wire.MEMBERS, ask.id, ask)
    whos = [wanted.who.strip() for wanted in ask.people]
    async with ctx.pools.writer.connection() as tx:
        group = await held(tx, ask.group_id)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.MembersChanged)
        if not ask.remove:
            _in_use(group)
        asked = [who if learners.fault_of(who) is None else "" for who in whos]
        rows = await queries.standing(tx, group.id, asked, [learners.id_of(who) for who in asked])
        seen: set[UUID] = set()
        lines = [
            _line(one.line, who, row, seen, remove=ask.remove)
            for one, who, row in zip(ask.people, whos, rows, strict=True)
        ]
        reply = wire.MembersChanged(id=ask.id, group_id=group.id, name=group.name, lines=lines)
        done = [
            row[0] for line, row in zip(lines, rows, strict=True) if line.outcome in (Outcome.ADDED, Outcome.REMOVED)
        ]
        if done and not ask.check:
            if ask.remove:
                await queries.part(tx, group.id, done)
            else:
                await people_acts.join(tx, [(group.id, user) for user in done])
            details = {"reply": msgspec.to_builtins(reply), "people": sorted(map(str, done))}
            await acts.record(tx, act, done[0] if len(done) == 1 else None, details, on=group.id)
    return reply


def _line(line: int, who: str, row: tuple[Any, ...], seen: set[UUID], *, remove: bool) -> wire.MemberLine:
    """Return what becomes of one; `row` is as `queries.standing` has it, and `seen` has those in earlier lines."""
    person, email, archived, is_in = row
    fault = learners.fault_of(who)
    if fault is None and person is None:
        fault = LineFault.UNKNOWN
    elif fault is None and person in seen:
        fault = LineFault.DUPLICATE
    elif fault is None and archived and not remove:
        fault = LineFault.ARCHIVED
    if fault is not None:
        return wire.MemberLine(line=line, who=who, outcome=Outcome.REFUSED, fault=fault, reason=guests.SAID[fault])
    seen.add(person)
    outcome = Outcome.UNCHANGED
    if is_in == remove:
        outcome = Outcome.REMOVED if remove else Outcome.ADDED
    return wire.MemberLine(line=line, who=email, outcome=outcome)


async def enrol(ctx: Context, ask: wire.EnrolRequest) -> wire.GroupEnrolled:
    """Let a group's members of this moment into courses, also priced ones and drafts; with `check` write nothing.

    Raises Fault `not_found` for a group or a course that there is not, `group_archived`, `id_taken`.
    """
    act = Act(ctx, wire.ENROL, ask.id, ask)
    wanted = list(dict.fromkeys(ask.courses))
    async with ctx.pools.writer.connection() as tx:
        group = await held(tx, ask.group_id)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.GroupEnrolled)
        _in_use(group)
        people, archived = await queries.present(tx, group.id)
        found = await queries.courses(tx, wanted, people)
        if len(found) < len(wanted):
            raise not_found("course")
        new = {course: len(people) - found[course][4] for course in wanted}
        if not ask.check:
            made = await enrolling.let_in(tx, people, wanted)
            new = dict.fromkeys(wanted, 0)
            for _, course in made:
                new[course] += 1
        reply = wire.GroupEnrolled(
            id=ask.id,
            group_id=group.id,
            name=group.name,
            members=len(people),
            archived_members=archived,
            courses=[_course(course, found[course], new[course], len(people)) for course in wanted],
        )
        if not ask.check and any(new.values()):
            await acts.record(tx, act, None, {"reply": msgspec.to_builtins(reply)}, on=group.id)
    return reply


def _course(own: UUID, row: tuple[Any, ...], new: int, members: int) -> wire.CourseEnrolled:
    title, price_in_cents, currency, available, _ = row
    return wire.CourseEnrolled(
        course_id=own,
        title=title,
        price_in_cents=price_in_cents,
        currency=currency,
        available=available,
        enrolled=new,
        already=members - new,
    )


def _in_use(group: Group) -> None:
    """Raise Fault `group_archived` where the group is."""
    if group.archived:
        raise Fault(Code.GROUP_ARCHIVED, f"The group {group.name} is archived. Restore it first.")
