"""Who a request comes from: its token against the person's row of this moment.

A session is issued at a time that is read before the person's row is, by a statement that waits for whoever is just
changing their credentials (`queries.HOLD`): what is read then is as of that time or later. A session begun beside a
new password or a signing out everywhere is so either refused or from before it, and void with all the others.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lms_tui.db.queries import accounts as queries
from lms_tui.rules.sessions import stands
from lms_tui.service.context import NOBODY, Caller, Shared
from lms_tui.service.faults import Fault
from lms_tui.service.tokens import Claim, Kind
from lms_tui.wire.accounts import Session, User
from lms_tui.wire.errors import Code

Row = tuple[Any, ...]


def signed_out() -> Fault:
    """Return the refusal of whoever has no session, or one that has ended."""
    return Fault(Code.UNAUTHENTICATED, "You are not signed in, or your session has ended. Sign in again.")


def caller_of(row: Row) -> Caller:
    """Return the person of a row of `queries.BY_ID` or `BY_ADDRESS`."""
    user: UUID = row[0]
    return Caller(user, row[1], row[2], row[3], row[4])


async def resume(shared: Shared, claim: Claim | None) -> Caller:
    """Return whose access token it is that has this `claim`; None: one that is not ours.

    Raises Fault `unauthenticated` for it, and for one that is over, was issued before the newest change of the
    person's credentials, or whose person is archived or gone (domain.md, people, sessions).
    """
    if claim is None:
        raise signed_out()
    return await _caller(shared, "access", claim)


async def renew(shared: Shared, token: str) -> Session:
    """Return a new session in place of that of a refresh `token`. Raises Fault `unauthenticated` as `resume`."""
    claim = shared.tokens.verify("refresh", token)
    if claim is None:
        raise signed_out()
    held = await shared.pools.rows(queries.HOLD, {"user": claim.user})
    caller = await _caller(shared, "refresh", claim)
    return begin(shared, caller, held[0][0])


async def _caller(shared: Shared, kind: Kind, claim: Claim) -> Caller:
    rows = await shared.pools.rows(queries.BY_ID, {"user": claim.user})
    if not rows:
        raise signed_out()
    archived, changed_at, now = rows[0][5:8]
    seconds = shared.settings.access_seconds if kind == "access" else shared.settings.refresh_seconds
    if archived or not stands(claim.issued_at, timedelta(seconds=seconds), now, changed_at):
        raise signed_out()
    return caller_of(rows[0])


async def guest(shared: Shared) -> Caller:
    """Return who calls without a session. Raises Fault `unauthenticated` where the settings let no guests in."""
    if not (await shared.pools.rows(queries.GUESTS, {}))[0][0]:
        raise signed_out()
    return NOBODY


def begin(shared: Shared, caller: Caller, now: datetime) -> Session:
    """Return a new session of `caller`, issued at the database's `now`."""
    return Session(
        access=shared.tokens.sign("access", caller.id, now),
        access_expires_at=now + timedelta(seconds=shared.settings.access_seconds),
        refresh=shared.tokens.sign("refresh", caller.id, now),
        refresh_expires_at=now + timedelta(seconds=shared.settings.refresh_seconds),
        user=person(caller),
    )


def person(caller: Caller) -> User:
    """Return `caller` as the wire has a person."""
    return User(
        id=caller.id,
        email=caller.email,
        first_name=caller.first_name,
        last_name=caller.last_name,
        role=caller.role,
    )
