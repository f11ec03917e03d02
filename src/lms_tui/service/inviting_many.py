"""Many people invited at once, with a report on each: those at fault are left out, the others are invited together.

Whoever is invited already, and whose code is good still, stays as they are: so the same list again changes nothing. One
whose code is over gets a new one.
"""

from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import inviting_many as queries
from lms_tui.db.queries import mail, people_acts
from lms_tui.rules import guests as rules
from lms_tui.service import acts
from lms_tui.service.acts import Act
from lms_tui.service.codes import new_code, nobodys, stored
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault
from lms_tui.service.inviting import INVITATION_DAYS
from lms_tui.service.people_acts import need_a_way
from lms_tui.wire import inviting_many as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.inviting_many import LineFault, Outcome

_Groups = dict[str, dict[UUID, str]]
_Guests = list[wire.GuestLine]


async def invite_many(ctx: Context, ask: wire.InviteManyRequest) -> wire.InvitedMany:
    """Invite many, and report on each; with `check` write nothing.

    Raises Fault `no_mail` unless it is a check, `bad_request` for two lines of one number, `not_found` and `id_taken`.
    """
    if len({guest.line for guest in ask.guests}) < len(ask.guests):
        raise Fault(Code.BAD_REQUEST, "Two lines have the same number.")
    mailer = None if ask.check else need_a_way(ctx)
    act = Act(ctx, wire.INVITE_MANY, ask.id, ask)
    guests = [rules.trimmed(guest) for guest in ask.guests]
    faults = [rules.fault_of(guest) for guest in guests]
    sound = [guest for guest, fault in zip(guests, faults, strict=True) if fault is None]
    async with ctx.pools.writer.connection() as tx:
        emails = [guest.email for guest in sound]
        if not ask.check:
            await queries.lock_addresses(tx, emails)
            if (was := await acts.done_before(tx, act)) is not None:
                return await _once_more(tx, was)
        rows = await queries.standing(tx, emails)
        named = list(dict.fromkeys(name for guest in sound for name in guest.groups))
        groups = await people_acts.groups_named(tx, named)
        reports = {
            guest.line: _judged(guest, place, row, groups)
            for place, (guest, row) in enumerate(zip(sound, rows, strict=True), 1)
        }
        reply = wire.InvitedMany(
            id=ask.id,
            lines=[
                reports[guest.line] if fault is None else _refused(guest, fault)
                for guest, fault in zip(guests, faults, strict=True)
            ],
        )
        invited = [guest for guest in sound if reports[guest.line].outcome is Outcome.INVITED]
        if ask.check or not invited:
            return reply
        there = {guest.line: (row[1], row[2]) for guest, row in zip(sound, rows, strict=True) if row[1] is not None}
        reply = await _invite(tx, act, reply, invited, there, groups)
    if mailer is not None:
        mailer.wake()
    return reply


def _judged(guest: wire.GuestLine, place: int, row: tuple[Any, ...], groups: _Groups) -> wire.LineReport:
    """Return what is to become of a line that is sound by itself; `row` is as `queries.standing` has it."""
    first, person, _, role, archived, has_come, is_open = row
    fault = None
    if first != place:
        fault = LineFault.DUPLICATE
    elif any(len(groups[name]) != 1 for name in guest.groups):
        fault = LineFault.UNKNOWN_GROUP
    elif person is not None and archived:
        fault = LineFault.ARCHIVED
    elif person is not None and has_come:
        fault = LineFault.TAKEN
    elif person is not None and role != rules.role_of(guest.role):
        fault = LineFault.OTHER_ROLE
    if fault is not None:
        return _refused(guest, fault)
    outcome = Outcome.UNCHANGED if person is not None and is_open else Outcome.INVITED
    return wire.LineReport(line=guest.line, email=guest.email, outcome=outcome)


def _refused(guest: wire.GuestLine, fault: LineFault) -> wire.LineReport:
    return wire.LineReport(
        line=guest.line, email=guest.email, outcome=Outcome.REFUSED, fault=fault, reason=rules.SAID[fault]
    )


async def _invite(
    tx: AsyncConnection,
    act: Act,
    reply: wire.InvitedMany,
    invited: _Guests,
    there: dict[int, tuple[UUID, str]],
    groups: _Groups,
) -> wire.InvitedMany:
    """Write those who are `invited`, and return `reply` with their codes."""
    new = [guest for guest in invited if guest.line not in there]
    made = await queries.add(
        tx, [(one.email, one.first_name, one.last_name, str(rules.role_of(one.role))) for one in new]
    )
    address = {guest.line: there[guest.line][1] if guest.line in there else guest.email for guest in invited}
    person = {guest.line: there[guest.line][0] if guest.line in there else made[guest.email] for guest in invited}
    pairs = [(next(iter(groups[name])), person[guest.line]) for guest in invited for name in guest.groups]
    await people_acts.join(tx, list(dict.fromkeys(pairs)))
    await queries.void(tx, list(address.values()))
    mailed = act.ctx.shared.mailer is not None
    codes = {} if mailed else {line: new_code() for line in address}
    tokens = {email: nobodys() if mailed else stored(codes[line]) for line, email in address.items()}
    rows = await queries.add_codes(tx, tokens, INVITATION_DAYS)
    ids = {line: rows[email][0] for line, email in address.items()}
    reply = msgspec.structs.replace(reply, mailed=mailed)
    if mailed:
        await mail.add_many(tx, "invitation", list(ids.values()))
    details = {
        "reply": msgspec.to_builtins(reply),
        "codes": {str(line): str(own) for line, own in ids.items()},
        "people": [str(own) for own in person.values()],
    }
    await acts.record(tx, act, None, details)
    return _with_codes(reply, codes, None if mailed else max(end for _, end in rows.values()))


async def _once_more(tx: AsyncConnection, was: dict[str, Any]) -> wire.InvitedMany:
    """Return what was reported the first time, with new codes in place of those that were lost with the answer."""
    reply = msgspec.convert(was["reply"], wire.InvitedMany)
    if reply.mailed:
        return reply
    ids = {int(line): UUID(own) for line, own in was["codes"].items()}
    codes = {line: new_code() for line in ids}
    ends = await queries.renew_codes(tx, {ids[line]: stored(code) for line, code in codes.items()}, INVITATION_DAYS)
    open_still = {line: code for line, code in codes.items() if ids[line] in ends}
    return _with_codes(reply, open_still, max(ends.values(), default=None))


def _with_codes(reply: wire.InvitedMany, codes: dict[int, str], ends: Any) -> wire.InvitedMany:
    lines = [msgspec.structs.replace(line, code=codes.get(line.line)) for line in reply.lines]
    return msgspec.structs.replace(reply, lines=lines, expires_at=ends)
