"""Who a request comes from: its token against the person's row of this moment."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lms_tui.db.queries import accounts as queries
from lms_tui.service.context import NOBODY, Caller, Shared
from lms_tui.service.faults import Fault
from lms_tui.service.tokens import Kind
from lms_tui.wire.accounts import Session, User
from lms_tui.wire.errors import Code

Row = tuple[Any, ...]


def _signed_out() -> Fault:
    return Fault(Code.UNAUTHENTICATED, "You are not signed in, or your session has ended. Sign in again.")


def caller_of(row: Row) -> Caller:
    """Return the person of a row of `queries.BY_ID` or `BY_ADDRESS`."""
    user: UUID = row[0]
    return Caller(user, row[1], row[2], row[3], row[4])


async def resume(shared: Shared, kind: Kind, token: str) -> tuple[Caller, datetime]:
    """Return whose `token` it is, and the database's time now.

    Raises Fault `unauthenticated` for a token that is not ours, is over, was issued before the newest change of
    the person's credentials, or whose person is archived or gone (domain.md, people, sessions).
    """
    claim = shared.tokens.verify(kind, token)
    if claim is None:
        raise _signed_out()
    rows = await shared.pools.rows(queries.BY_ID, {"user": claim.user})
    if not rows:
        raise _signed_out()
    archived, changed_at, now = rows[0][5:8]
    seconds = shared.settings.access_seconds if kind == "access" else shared.settings.refresh_seconds
    over = now >= claim.issued_at + timedelta(seconds=seconds)
    if archived or over or (changed_at is not None and claim.issued_at < changed_at):
        raise _signed_out()
    return caller_of(rows[0]), now


async def guest(shared: Shared) -> Caller:
    """Return who calls without a session. Raises Fault `unauthenticated` where the settings let no guests in."""
    if not (await shared.pools.rows(queries.GUESTS, {}))[0][0]:
        raise _signed_out()
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
