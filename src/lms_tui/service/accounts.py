"""Signing in, going on with a session, the owner of the machine, who I am."""

import getpass
import logging
import pwd
import time

from lms_tui.db.queries import accounts as queries
from lms_tui.service import doors, entries, sessions
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.pool import Pool
from lms_tui.wire import accounts
from lms_tui.wire.audit import Entry
from lms_tui.wire.errors import Code

_log = logging.getLogger(__name__)


async def _by_address(ctx: Context, email: str) -> sessions.Row | None:
    """Return the row of the exact address, else of the only one that differs in case alone, else None."""
    rows = await ctx.pools.rows(queries.BY_ADDRESS, {"email": email.strip()})
    if rows and (rows[0][9] or len(rows) == 1):
        return rows[0]
    return None


async def sign_in(ctx: Context, ask: accounts.SignInRequest) -> accounts.Session:
    """Begin a session with address and password.

    An unknown or ambiguous address, a wrong password and an archived person answer alike, at a fixed floor of
    time. Raises Fault `sign_in_failed`, `too_many_requests`, or `forbidden` where sign-in is by SSO only.
    """
    shared = ctx.shared
    await shared.floor.look(ctx.pools, shared.passwords)
    began = time.monotonic()
    await doors.hold_back(ctx, "sign-in", ask.email)
    sso_only, held_at = (await ctx.pools.rows(queries.HOLD_ADDRESS, {"email": ask.email.strip()}))[0]
    if sso_only:
        raise doors.no_passwords(ctx)
    row = await _by_address(ctx, ask.email)
    decoy = shared.floor.decoy(shared.tokens.fingerprint(f"decoy\0{ask.email.strip().casefold()}"))
    verified = await shared.passwords.timed(ask.password, row[8] if row else None, decoy)
    shared.floor.seen(verified.took)
    if held_at is None or row is None or row[5] or not verified.right:
        await entries.failed(ctx, ask.email, row[0] if row else None)
        await doors.at_floor(ctx, began, verified.waited)
        raise Fault(Code.SIGN_IN_FAILED, "Address and password do not go together. Check both and try again.")
    entry = entries.of(ctx, Entry.SIGNED_IN, row[0], row[0])
    await doors.forgive(ctx, "sign-in", ask.email, entry)
    entries.tell(entry)
    return sessions.begin(shared, sessions.caller_of(row), held_at)


async def refresh(ctx: Context, ask: accounts.RefreshRequest) -> accounts.Session:
    """Exchange a refresh token for a new session. Raises Fault `unauthenticated` when it is void or over."""
    return await sessions.renew(ctx.shared, ask.refresh)


async def me(ctx: Context, _ask: accounts.MeRequest) -> accounts.User:
    """Return the person of this session."""
    return sessions.person(ctx.caller)


def owner_address() -> str:
    """Return the address of the machine's account, by which its owner is known on the embedded database."""
    return f"{getpass.getuser()}@localhost"


async def ensure_owner(writer: Pool) -> str:
    """Return the address of the machine's account, whose user is made an ADMIN at the first start.

    Safe to call again and by several at once: the address is locked while it is looked for.
    """
    login, email = getpass.getuser(), owner_address()
    try:
        full_name = pwd.getpwnam(login).pw_gecos.split(",")[0].strip()
    except KeyError:
        full_name = ""  # an account that only a variable of the environment knows
    first, _, last = (full_name or login).partition(" ")
    async with writer.connection() as tx:
        await queries.lock_address(tx, email)
        await queries.add_owner(tx, email, first, last.strip())
    return email


async def owner(ctx: Context, ask: accounts.OwnerRequest) -> accounts.Session:
    """Begin the session of the machine's owner, or, logged, of the person whose address is `as_email`.

    The router lets this in over the private socket only. Raises Fault `not_found` for an unknown address.
    """
    email = await ensure_owner(ctx.pools.writer) if ask.as_email is None else ask.as_email
    row = await _by_address(ctx, email)
    if row is None or row[5]:
        raise not_found("person")
    if ask.as_email is not None:
        by = await _by_address(ctx, owner_address())
        async with ctx.pools.writer.connection() as tx:
            await entries.add(tx, entries.of(ctx, Entry.OWNER_AS, row[0], by[0] if by else None))
        _log.warning("owner acts as another person", extra={"fields": {"event": "owner_as", "user": str(row[0])}})
    return sessions.begin(ctx.shared, sessions.caller_of(row), row[7])
