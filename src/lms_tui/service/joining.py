"""Getting in: an invitation accepted, a reset used, one's own password, names and sessions (domain.md, people).

Whatever changes a password or ends sessions has the person's row locked before it touches codes or credentials, so
that two who do it at once wait for one another in one order.
"""

import asyncio
import logging
import time
from typing import Any, Final, NoReturn

from psycopg import AsyncConnection

from lms_tui.db.queries import accounts as account_queries
from lms_tui.db.queries import codes as queries
from lms_tui.db.queries import credentials, people
from lms_tui.service import codes, doors, entries, mail_queue, sessions
from lms_tui.service.context import Caller, Context
from lms_tui.service.faults import Fault
from lms_tui.service.inviting import RESET_MINUTES
from lms_tui.service.passwords import WeakPasswordError, check_new
from lms_tui.service.people import RefusedPersonError, address, one_name
from lms_tui.wire import joining as wire
from lms_tui.wire.accounts import Session, User
from lms_tui.wire.audit import Entry
from lms_tui.wire.errors import Code

_log = logging.getLogger(__name__)

_NOT_OPEN: Final = "This code does not work: it was mistyped, used, replaced by a newer one, or its time is over."


async def look(ctx: Context, ask: wire.InvitationLook) -> wire.Invitation:
    """Tell whose invitation a code is. Raises Fault `code_refused`, `too_many_requests`."""
    began = time.monotonic()
    await doors.hold_back(ctx, "codes")
    _, row = await _opened(ctx, began, queries.INVITATION, ask.code)
    await doors.forgive(ctx, "codes")
    email, first, last, expires_at = row
    return wire.Invitation(email=email, first_name=first, last_name=last, expires_at=expires_at)


async def accept(ctx: Context, ask: wire.AcceptRequest) -> Session:
    """Accept an invitation: set the password, take the names that are missing, void the code, and sign in.

    An invitation without a person makes a STUDENT; of a person who has a password already it sets a new one. Names
    that stand already stay. Nothing is used up where anything is refused.
    Raises Fault `code_refused`, `password_refused`, `bad_request` for a missing or faulty name, `forbidden` where
    sign-in is by SSO only, `too_many_requests`.
    """
    began = time.monotonic()
    await doors.need_passwords(ctx)
    await doors.hold_back(ctx, "codes")
    first, last = _given(ask.first_name, "first"), _given(ask.last_name, "last")
    tokens, row = await _opened(ctx, began, queries.INVITATION, ask.code)
    hashed = await _new_hash(ctx, ask.password, row[0], row[1] or first, row[2] or last)
    async with ctx.pools.writer.connection() as tx:
        await account_queries.lock_address(tx, row[0])
        person = next(iter(await queries.of_address(tx, row[0])), None)
        email = await queries.use_invitation(tx, tokens)
        session = None
        if email is not None and not (person is not None and person.archived):
            first, last = (person.first_name or first, person.last_name or last) if person else (first, last)
            if not first or not last:
                missing = "last_name" if first else "first_name"
                raise Fault(Code.BAD_REQUEST, "Give your first and your last name too.", field=missing)
            if person is None:
                user, role = await people.add(tx, email, first, last, "STUDENT"), "STUDENT"
            else:
                user, role, email = person.id, person.role, person.email
                await people.name(tx, user, first, last)
                await queries.void_all(tx, person)
            session = await _renewed(ctx, tx, Caller(user, email, first, last, role), hashed, Entry.ACCEPTED)
    if session is None:  # used in this very moment, or the person is archived: that is not told
        await _refuse_code(ctx, began)
    await doors.forgive(ctx, "codes")
    _log.info("invitation accepted", extra={"fields": {"event": "invitation_accepted", "user": str(session.user.id)}})
    return session


async def reset(ctx: Context, ask: wire.ResetRequest) -> Session:
    """Set a new password with the code of a reset; void all other codes of the person, end all sessions, and sign in.

    Raises Fault `code_refused`, `password_refused`, `forbidden` where sign-in is by SSO only, `too_many_requests`.
    """
    began = time.monotonic()
    await doors.need_passwords(ctx)
    await doors.hold_back(ctx, "codes")
    tokens, row = await _opened(ctx, began, queries.RESET, ask.code)
    hashed = await _new_hash(ctx, ask.password, *row[1:4])
    async with ctx.pools.writer.connection() as tx:
        person = await queries.person(tx, row[0])
        used = await queries.use_reset(tx, tokens)
        session = None
        if person is not None and not person.archived and used == person.id:
            await queries.void_all(tx, person)
            session = await _renewed(ctx, tx, Caller(*person[:5]), hashed, Entry.RESET)
    if session is None:
        await _refuse_code(ctx, began)
    await doors.forgive(ctx, "codes")
    _log.info("password reset", extra={"fields": {"event": "password_reset", "user": str(session.user.id)}})
    return session


async def ask_reset(ctx: Context, ask: wire.AskResetRequest) -> wire.ResetAsked:
    """Have a code sent by mail. The answer is the same, and comes at the same time, whether anybody has the address.

    Raises Fault `no_mail`, `bad_request` for what is no address, `forbidden` where sign-in is by SSO only,
    `too_many_requests`.
    """
    began = time.monotonic()
    await doors.need_passwords(ctx)
    await doors.hold_back(ctx, "reset")
    try:
        email = address(ask.email)
    except RefusedPersonError as error:
        raise Fault(Code.BAD_REQUEST, str(error)) from error
    mailer = mail_queue.mailer_of(ctx)
    async with ctx.pools.writer.connection() as tx:
        await mail_queue.queue_reset(tx, email)
    mailer.wake()
    await doors.at_floor(ctx, began)
    return wire.ResetAsked(minutes=RESET_MINUTES)


async def password(ctx: Context, ask: wire.PasswordRequest) -> Session:
    """Set a new password where the present one is right, end all other sessions, and go on with a new one.

    Sent again after its answer was lost, the new password stands already, and the answer is the same again.
    Raises Fault `password_refused`, `forbidden` for somebody without a password or where sign-in is by SSO only,
    `too_many_requests`.
    """
    await doors.need_passwords(ctx)
    await doors.hold_back(ctx, "password", str(ctx.caller.id))
    async with ctx.pools.reader.connection() as connection:
        stands = await credentials.hash_of(connection, ctx.caller.id)
    if stands is None or stands == credentials.UNUSABLE:
        raise Fault(Code.FORBIDDEN, "You have no password here: you sign in another way.")
    passwords = ctx.shared.passwords
    if not await passwords.verify(ask.current, stands) and not await passwords.verify(ask.password, stands):
        raise Fault(Code.PASSWORD_REFUSED, "The present password is not right.", field="current")
    caller = ctx.caller
    hashed = await _new_hash(ctx, ask.password, caller.email, caller.first_name, caller.last_name)
    async with ctx.pools.writer.connection() as tx:
        person = await queries.person(tx, ctx.caller.id)
        if person is None or await credentials.hash_of(tx, ctx.caller.id) != stands:
            raise Fault(Code.PASSWORD_REFUSED, "The password was changed elsewhere in this very moment.")
        await queries.void_all(tx, person)
        session = await _renewed(ctx, tx, caller, hashed, Entry.PASSWORD)
    await doors.forgive(ctx, "password", str(ctx.caller.id))
    _log.info("password changed", extra={"fields": {"event": "password_changed", "user": str(ctx.caller.id)}})
    return session


async def profile(ctx: Context, ask: wire.ProfileRequest) -> User:
    """Change one's own names. Raises Fault `bad_request` for an empty or faulty one."""
    first, last = _given(ask.first_name, "first"), _given(ask.last_name, "last")
    if not first or not last:
        missing = "last_name" if first else "first_name"
        raise Fault(Code.BAD_REQUEST, "Give your first and your last name.", field=missing)
    async with ctx.pools.writer.connection() as tx:
        await people.name(tx, ctx.caller.id, first, last)
    caller = ctx.caller
    return sessions.person(Caller(caller.id, caller.email, first, last, caller.role))


async def sign_out_everywhere(ctx: Context, _ask: wire.EverywhereRequest) -> wire.SignedOut:
    """End all sessions of the caller, this one too; the password stays."""
    async with ctx.pools.writer.connection() as tx:
        person = await queries.person(tx, ctx.caller.id)
        if person is None or person.archived:
            raise sessions.signed_out()
        at = await credentials.change(tx, ctx.caller.id, None)
    _log.info("signed out everywhere", extra={"fields": {"event": "signed_out_everywhere", "user": str(ctx.caller.id)}})
    return wire.SignedOut(at=at)


async def _renewed(ctx: Context, tx: AsyncConnection, caller: Caller, hashed: str, entry: Entry) -> Session:
    """Set the password, record how, and return the first session after it: all from before are void."""
    session = sessions.begin(ctx.shared, caller, await credentials.change(tx, caller.id, hashed))
    await entries.add(tx, entries.of(ctx, entry, caller.id, caller.id))
    return session


async def _new_hash(ctx: Context, chosen: str, *about: str) -> str:
    """Return the hash to keep. Raises Fault `password_refused` for a password that may not be chosen.

    `about`: the person's address and names, which nobody has to guess.
    """
    try:
        await asyncio.to_thread(check_new, chosen, about)
        async with ctx.pools.reader.connection() as connection:
            newest = await credentials.newest_hash(connection)
        return await ctx.shared.passwords.hash_like(chosen, newest)
    except WeakPasswordError as error:
        raise Fault(Code.PASSWORD_REFUSED, str(error), field="password") from error


def _given(name: str, which: str) -> str:
    try:
        return one_name(name, which)
    except RefusedPersonError as error:
        raise Fault(Code.BAD_REQUEST, str(error), field=f"{which}_name") from error


async def _opened(ctx: Context, began: float, statement: str, code: str) -> tuple[list[str], tuple[Any, ...]]:
    """Return what a row may hold for `code`, and what `statement` finds by it; nothing is used up by that.

    Raises Fault `code_refused`.
    """
    tokens = codes.candidates(code)
    rows = await ctx.pools.rows(statement, {"tokens": tokens}) if tokens else []
    if not rows:
        await _refuse_code(ctx, began)
    return tokens, rows[0]


async def _refuse_code(ctx: Context, began: float) -> NoReturn:
    """Refuse a code, at the same floor of time whatever is wrong with it."""
    await doors.at_floor(ctx, began)
    raise Fault(Code.CODE_REFUSED, _NOT_OPEN, field="code")
