"""What administrators do to people: invite, give another role, archive, restore, groups, a reset (domain.md, People).

Nobody archives or demotes themselves or the last administrator who can sign in. Who loses an administrator's rights
loses them one after the other, and whoever lost them meanwhile is refused: so two who take them from one another at
once do not both succeed. What is so already is not done again and leaves no row in the audit.
"""

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import accounts as account_queries
from lms_tui.db.queries import codes, credentials, mail
from lms_tui.db.queries import people_acts as queries
from lms_tui.db.queries.quizzes import together
from lms_tui.rules.erasing import is_erased
from lms_tui.service import acts, inviting, mail_queue
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, for_admins, not_found
from lms_tui.service.people import RefusedPersonError, address
from lms_tui.service.people_list import owner_of
from lms_tui.wire import people_acts as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.people import Role

if TYPE_CHECKING:
    from lms_tui.service.mailer import Mailer

_NO_MAIL: Final = (
    "This service sends no mail, so the code would reach nobody. Make it on the database itself:"
    " lms-tui user create or user reset, with --database."
)


def need_a_way(ctx: Context) -> "Mailer | None":
    """Return who sends codes; None where they are told, which is done over the machine's private socket alone.

    Raises Fault `no_mail` where a code would reach nobody.
    """
    if ctx.shared.mailer is None and not ctx.private:
        raise Fault(Code.NO_MAIL, _NO_MAIL)
    return ctx.shared.mailer


async def invite(ctx: Context, ask: wire.InviteRequest) -> wire.Invited:
    """Invite a person. Raises Fault `no_mail`, `person_refused`, `not_found` and `id_taken`."""
    mailer = need_a_way(ctx)
    act = Act(ctx, wire.INVITE, ask.id, ask)
    guest = inviting.Guest(email=ask.email, first_name=ask.first_name, last_name=ask.last_name, role=ask.role)
    async with ctx.pools.writer.connection() as tx:
        try:
            await account_queries.lock_address(tx, address(ask.email))
            if (was := await acts.done_before(tx, act)) is not None:
                return await _with_code(tx, msgspec.convert(was["reply"], wire.Invited), UUID(was["code"]))
            groups = await _groups(tx, ask.groups)
            invited = await inviting.invite(tx, guest)
        except RefusedPersonError as error:
            raise Fault(Code.PERSON_REFUSED, str(error)) from error
        await queries.join(tx, [(group, invited.id) for group in groups])
        reply = wire.Invited(
            id=ask.id,
            person_id=invited.id,
            email=invited.email,
            role=invited.role,
            again=invited.again,
            mailed=mailer is not None,
        )
        details = {"reply": msgspec.to_builtins(reply), "code": str(invited.code_id)}
        await acts.record(tx, act, invited.id, details)
        if mailer is not None:
            await mail_queue.queue_invitation(tx, invited.code_id)
        reply = await _with_code(tx, reply, invited.code_id)
    if mailer is not None:
        mailer.wake()
    return reply


async def _with_code(tx: AsyncConnection, reply: wire.Invited, code_id: UUID) -> wire.Invited:
    """Return `reply` with a new code, unless it goes out by mail or was used."""
    if reply.mailed:
        return reply
    written = await inviting.write_invitation(tx, code_id)
    if written is None:
        return reply
    return msgspec.structs.replace(reply, code=written.code, expires_at=written.expires_at)


async def role(ctx: Context, ask: wire.RoleRequest) -> wire.RoleChanged:
    """Give a person another role, from their next request on.

    Raises Fault `not_found`, `not_oneself`, `last_admin`, `forbidden` for who is no administrator any more, `id_taken`.
    """
    act = Act(ctx, wire.ROLE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        person = await acted_on(tx, ctx, ask.person_id, turn=True)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.RoleChanged)
        changed = person.role.upper() != ask.role
        reply = wire.RoleChanged(
            id=ask.id, person_id=person.id, email=person.email, role=ask.role, was=person.role, changed=changed
        )
        if changed:
            if person.id == ctx.caller.id:
                raise Fault(Code.NOT_ONESELF, "You cannot change your own role. Ask another administrator.")
            if ask.role is not Role.ADMIN:
                await keep_an_admin(tx, ctx, person)
            await queries.set_role(tx, person.id, ask.role)
            await acts.record(tx, act, person.id, {"reply": msgspec.to_builtins(reply)})
    return reply


async def archive(ctx: Context, ask: wire.ArchiveRequest) -> wire.Archived:
    """Archive a person: their sessions and codes end at once; what they did, their groups and enrolments stay.

    Raises Fault as `role`.
    """
    act = Act(ctx, wire.ARCHIVE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        person = await acted_on(tx, ctx, ask.person_id, turn=True)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.Archived)
        if person.id == ctx.caller.id:
            raise Fault(Code.NOT_ONESELF, "You cannot archive yourself. Ask another administrator.")
        if not person.archived:
            await keep_an_admin(tx, ctx, person)
        reply = await _archived(tx, person, ask.id, archived=True)
        if reply.changed:
            await codes.void_all(tx, person)
            if reply.has_come:
                await credentials.change(tx, person.id, None)  # a restored person has to sign in anew
            await acts.record(tx, act, person.id, {"reply": msgspec.to_builtins(reply)})
    return reply


async def restore(ctx: Context, ask: wire.RestoreRequest) -> wire.Archived:
    """Let an archived person in again.

    Raises Fault `not_found`, `person_refused` for who was erased, `forbidden`, `id_taken`.
    """
    act = Act(ctx, wire.RESTORE, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        person = await acted_on(tx, ctx, ask.person_id)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.Archived)
        if is_erased(person.email):
            raise Fault(Code.PERSON_REFUSED, "They were erased: nobody is left to be let in.")
        reply = await _archived(tx, person, ask.id, archived=False)
        if reply.changed:
            await acts.record(tx, act, person.id, {"reply": msgspec.to_builtins(reply)})
    return reply


async def groups(ctx: Context, ask: wire.GroupsRequest) -> wire.GroupsChanged:
    """Put a person into groups and take them out of others; what is so already stays so.

    Raises Fault `not_found`, `person_refused` for a group that there is not or that several are called, `forbidden`,
    `id_taken`.
    """
    act = Act(ctx, wire.GROUPS, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        person = await acted_on(tx, ctx, ask.person_id)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.GroupsChanged)
        try:
            add = await _groups(tx, ask.add)
            remove = await _groups(tx, ask.remove, archived=True)
        except RefusedPersonError as error:
            raise Fault(Code.PERSON_REFUSED, str(error)) from error
        if add.keys() & remove.keys():
            raise Fault(Code.BAD_REQUEST, "A group cannot be both added and removed.")
        added = await queries.join(tx, [(group, person.id) for group in add])
        removed = await queries.part(tx, person.id, list(remove))
        reply = wire.GroupsChanged(
            id=ask.id,
            person_id=person.id,
            email=person.email,
            added=[name for group, name in add.items() if group in added],
            removed=[name for group, name in remove.items() if group in removed],
        )
        if added or removed:
            ids = {"added": [str(group) for group in added], "removed": [str(group) for group in removed]}
            await acts.record(tx, act, person.id, {"reply": msgspec.to_builtins(reply), **ids})
    return reply


async def reset(ctx: Context, ask: wire.GiveResetRequest) -> wire.ResetGiven:
    """Give a person a code for a new password. Raises Fault `no_mail`, `not_found`, `person_refused`, `id_taken`."""
    mailer = need_a_way(ctx)
    act = Act(ctx, wire.RESET, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        person = await acted_on(tx, ctx, ask.person_id)
        if (was := await acts.done_before(tx, act)) is not None:
            code_id, mailed = UUID(was["code"]), bool(was["mailed"])
        else:
            code_id, mailed = await _open_reset(tx, person), mailer is not None
            await acts.record(tx, act, person.id, {"code": str(code_id), "mailed": mailed})
            if mailed:
                await mail.add(tx, "reset", code_id)
        written = None if mailed else await inviting.write_reset(tx, code_id)
    if mailer is not None:
        mailer.wake()
    return wire.ResetGiven(
        id=ask.id,
        person_id=person.id,
        email=person.email,
        mailed=mailed,
        code=None if written is None else written.code,
        expires_at=None if written is None else written.expires_at,
    )


async def _open_reset(tx: AsyncConnection, person: codes.Person) -> UUID:
    try:
        return await inviting.open_reset(tx, person.email)
    except RefusedPersonError as error:
        raise Fault(Code.PERSON_REFUSED, f"{person.email} is archived. Restore them first.") from error


async def acted_on(tx: AsyncConnection, ctx: Context, user: UUID, *, turn: bool = False) -> codes.Person:
    """Return the person, locked, and in one's `turn` where an administrator's rights may go.

    Raises Fault `not_found`, and `forbidden` where the caller is no administrator any more.
    """
    steps: list[tuple[str, dict[str, Any]]] = [(queries.TURN, {})] if turn else []
    rows = (await together(tx, *steps, (queries.BOTH, {"ids": [user, ctx.caller.id]})))[-1]
    both = {row[0]: codes.Person(*row) for row in rows}
    caller = both.get(ctx.caller.id)
    if caller is None or caller.archived or caller.role.upper() != "ADMIN":
        raise for_admins()
    if user not in both:
        raise not_found("person")
    return both[user]


async def keep_an_admin(tx: AsyncConnection, ctx: Context, person: codes.Person) -> None:
    """Raise Fault `last_admin` where nobody but `person` can administer."""
    if person.role.upper() == "ADMIN" and not await queries.others_can_administer(tx, person.id, owner_of(ctx)):
        raise Fault(
            Code.LAST_ADMIN,
            f"{person.email} is the last administrator who can sign in. Make somebody else one first.",
        )


async def _archived(tx: AsyncConnection, person: codes.Person, own: UUID, *, archived: bool) -> wire.Archived:
    """Archive or restore the row, where it is not so already."""
    changed = person.archived != archived
    if changed:
        await queries.set_archived(tx, person.id, archived=archived)
    return wire.Archived(
        id=own,
        person_id=person.id,
        email=person.email,
        archived=archived,
        changed=changed,
        has_come=await credentials.hash_of(tx, person.id) is not None,
    )


async def _groups(tx: AsyncConnection, names: list[str], *, archived: bool = False) -> dict[UUID, str]:
    """Return the groups that `names` stand for. Raises RefusedPersonError for one that stands for none or several."""
    wanted = list(dict.fromkeys(name.strip() for name in names))
    found: dict[UUID, str] = {}
    for name, those in (await queries.groups_named(tx, wanted, archived=archived)).items():
        if not those:
            raise RefusedPersonError(f"There is no group {name}.")
        if len(those) > 1:
            raise RefusedPersonError(f"Several groups are called {name}. Give the id of one.")
        found |= those
    return found
