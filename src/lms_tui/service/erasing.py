"""Erasing a person: oneself, or somebody else by an administrator (domain.md, a person's data; docs/privacy.md).

The row stays, so that what they did counts still, with a name and an address that are nobody's. Who is the author of
courses hands them over first; who is the last administrator who can sign in stays, and so does the machine's owner.
"""

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import codes, credentials
from lms_tui.db.queries import erasing as queries
from lms_tui.db.queries import people_acts as people_queries
from lms_tui.db.queries.quizzes import together
from lms_tui.db.queries.scalar import scalar
from lms_tui.rules.erasing import is_erased
from lms_tui.service import acts, doors
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.people_acts import acted_on, keep_an_admin
from lms_tui.service.people_list import owner_of
from lms_tui.wire import erasing as wire
from lms_tui.wire.errors import Code

_log: Final = logging.getLogger(__name__)
_NAMED: Final = 3
"""Courses that a refusal names."""


async def own_look(ctx: Context, _ask: wire.OwnErasureLook) -> wire.ErasureFacts:
    """Return what erasing the caller would touch."""
    return await _facts(ctx, ctx.caller.id)


async def look(ctx: Context, ask: wire.ErasureLook) -> wire.ErasureFacts:
    """Return what erasing a person would touch. Raises Fault `not_found`."""
    return await _facts(ctx, ask.person_id)


async def _facts(ctx: Context, user: UUID) -> wire.ErasureFacts:
    rows = await ctx.pools.rows(queries.FACTS, queries.values(user))
    if not rows:
        raise not_found("person")
    return msgspec.json.decode(rows[0][0], type=wire.ErasureFacts)


async def erase_person(ctx: Context, ask: wire.ErasePersonRequest) -> wire.Erased:
    """Erase somebody else.

    Raises Fault `not_found`, `not_oneself`, `last_admin`, `person_refused` for the author of courses, `forbidden` for
    who is no administrator any more, `id_taken`.
    """
    act = Act(ctx, wire.ERASE_PERSON, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        person = await acted_on(tx, ctx, ask.person_id, turn=True)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.Erased)
        if person.id == ctx.caller.id:
            raise Fault(Code.NOT_ONESELF, "Erase yourself from your own account: lms-tui account erase.")
        return await _erase(tx, act, person)


async def erase(ctx: Context, ask: wire.EraseRequest) -> wire.Erased:
    """Erase the caller, whose sessions end with it.

    Raises Fault `password_refused`, `bad_request` for an address that is not theirs, `last_admin`, `person_refused`
    for the author of courses and the machine's owner, `too_many_requests`, `id_taken`.
    """
    caller = ctx.caller
    if caller.email == owner_of(ctx):
        raise Fault(
            Code.PERSON_REFUSED,
            "This account is the machine's own, and would be made anew at the next start. To remove all that is here,"
            " remove the program's folder of data.",
        )
    await doors.hold_back(ctx, "password", str(caller.id))
    stands = await _confirmed(ctx, ask)
    act = Act(ctx, wire.ERASE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        rows = (await together(tx, (people_queries.TURN, {}), (people_queries.BOTH, {"ids": [caller.id]})))[-1]
        person = codes.Person(*rows[0]) if rows else None
        if person is None or person.archived or await credentials.hash_of(tx, caller.id) != stands:
            raise Fault(Code.PASSWORD_REFUSED, "Your account was changed in this very moment. Try again.")
        return await _erase(tx, act, person)


async def _confirmed(ctx: Context, ask: wire.EraseRequest) -> str | None:
    """Return the hash by which it is confirmed, None where there is no credentials row. Raises Fault."""
    async with ctx.pools.reader.connection() as connection:
        stands = await credentials.hash_of(connection, ctx.caller.id)
    if stands is None or stands == credentials.UNUSABLE:
        if (ask.email or "").strip().lower() != ctx.caller.email.lower():
            raise Fault(Code.BAD_REQUEST, "Type your own address, to say that it is you.", field="email")
    elif not await ctx.shared.passwords.verify(ask.password or "", stands):
        raise Fault(Code.PASSWORD_REFUSED, "The password is not right.", field="password")
    return stands


async def _erase(tx: AsyncConnection, act: Act, person: codes.Person) -> wire.Erased:
    """Erase the person, where nothing speaks against it, and record that."""
    at = await scalar(tx, "SELECT clock_timestamp()")
    assert isinstance(at, datetime)  # noqa: S101 - one row, one column
    if is_erased(person.email):
        return wire.Erased(id=act.own, person_id=person.id, changed=False, at=at)
    await queries.lock(tx, person.id)
    titles = [row[0] for row in await (await tx.execute(queries.TITLES, {"user": person.id})).fetchall()]
    if titles:
        more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        named = ", ".join(f"“{title}”" for title in titles[:_NAMED])
        raise Fault(
            Code.PERSON_REFUSED,
            f"{person.email} is the author of {named}{more}. Hand the courses over to another author first:"
            " lms-tui course hand-over.",
        )
    await keep_an_admin(tx, act.ctx, person)
    await queries.erase(tx, person.id, doors.keys_of(act.ctx, person.email))
    reply = wire.Erased(id=act.own, person_id=person.id, changed=True, at=at)
    await acts.record(tx, act, person.id, {"reply": msgspec.to_builtins(reply)})
    _log.info("a person was erased", extra={"fields": {"event": act.operation.name, "person": str(person.id)}})
    return reply
