"""What holds strangers back at the doors: tries are counted, and failures answer no sooner than a floor of time.

The rule of the throttle (domain.md, people). Each try of an address is counted three times, all workers together:

1. by address and client: 10 in a quarter of an hour, then one every 90 seconds;
2. by client, at all doors: 50, then one every 18 seconds;
3. by address, over all clients that nobody has signed in from with it for 30 days: 100, then one every 9 seconds.

So whoever tries many addresses is held back by 2, whoever tries one from many clients by 3, and neither keeps the
person out: at a client from which they have signed in before, 3 does not count, and 1 and 2 are their own. At a new
client they wait with the strangers while an attack goes on; the code of a reset opens all the same, since only 2 counts
for codes. A success takes its try back. A client is an IPv4 address or the /64 of an IPv6 one, which is one household's
own; it is known by its network (/24, /56), since such an address changes. All who come over a Unix socket or through a
proxy that is not named (`--trusted-proxy`) are one client.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from lms_tui.db.queries import accounts as queries
from lms_tui.db.queries import audit, throttle
from lms_tui.service.clients import network
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault
from lms_tui.service.throttle import Keys
from lms_tui.wire.errors import Code

TRIES_PER_ADDRESS: Final = 10
TRIES_PER_CLIENT: Final = 50
TRIES_OF_STRANGERS: Final = 100
WINDOW: Final = 900.0
"""Seconds in which all of them are there again."""

_PRUNE_SECONDS: Final = 300.0
"""How often each worker prunes, at most."""


async def hold_back(ctx: Context, door: str, address: str = "") -> None:
    """Count a try at `door`, of an address where one is named, and of the client; a Unix socket has no client to count.

    Raises Fault `too_many_requests` with the seconds to wait.
    """
    keys = _keys(ctx, door, address)
    if keys.own is None and keys.client is None:
        return
    names, gaps = ("own_gap", "client_gap", "strangers_gap"), _gaps()
    values = {"own": keys.own, "client": keys.client, "strangers": keys.strangers, "known": keys.known}
    try:
        await _prune(ctx)
        rows = await ctx.pools.rows(throttle.TRY, values | dict(zip(names, gaps, strict=True)) | {"window": WINDOW})
        wait = float(rows[0][0])
    except audit.NO_TABLE:
        wait = ctx.shared.throttle.wait(keys, gaps, WINDOW)
    if wait:
        raise Fault(Code.TOO_MANY_REQUESTS, "Too many tries. Wait a while, then try again.", retry_after=wait)


async def forgive(ctx: Context, door: str, address: str = "", entry: Mapping[str, object] = audit.NOTHING) -> None:
    """Take the try back, after a success, remember that the address was used from this client, and record `entry`."""
    keys = _keys(ctx, door, address)
    if keys.own is None and keys.client is None:
        return
    values = {"own": keys.own, "client": keys.client, "known": keys.known, **entry}
    try:
        async with ctx.pools.reader.connection() as connection:  # one statement is whole without a transaction
            await connection.execute(throttle.FORGIVE, values, prepare=True)
    except audit.NO_TABLE:
        ctx.shared.throttle.forgive(keys, _gaps())


def _gaps() -> tuple[float, float, float]:
    return WINDOW / TRIES_PER_ADDRESS, WINDOW / TRIES_PER_CLIENT, WINDOW / TRIES_OF_STRANGERS


async def _prune(ctx: Context) -> None:
    if ctx.shared.throttle.is_due(_PRUNE_SECONDS):
        async with ctx.pools.reader.connection() as connection:
            for statement in (*throttle.PRUNE, *audit.PRUNE):
                await connection.execute(statement)


def keys_of(ctx: Context, address: str) -> list[bytes]:
    """Return the keys under which tries to sign in with the address are counted, from this client and over all."""
    keys = _keys(ctx, "sign-in", address)
    return [key for key in (keys.own, keys.strangers) if key is not None]


def _keys(ctx: Context, door: str, address: str) -> Keys:
    client, home = network(ctx.client), network(ctx.client, 24, 56)

    def key(*parts: str) -> bytes:
        return ctx.shared.tokens.fingerprint("\0".join(parts))

    by_client = key("client", client) if client else None
    if not address:
        return Keys(None, by_client, None, None)
    tried = address.strip().casefold()
    return Keys(
        own=key("own", door, client, tried),
        client=by_client,
        strangers=key("strangers", door, tried),
        known=key("known", door, home, tried),
    )


async def at_floor(ctx: Context, began: float, waited: float = 0.0) -> None:
    """Wait until the floor of time since `began` (`time.monotonic`), so that how long a failure takes tells nothing.

    The seconds `waited` for a thread, which are those of everybody, come on top: else they would hide in the floor for
    a password that is verified quickly, and not for another.
    """
    await asyncio.sleep(max(0.0, began + waited + ctx.shared.floor.seconds - time.monotonic()))


async def need_passwords(ctx: Context) -> None:
    """Raise Fault `forbidden` where `settings.enforce_sso` leaves no way in by password."""
    if (await ctx.pools.rows(queries.SSO_ONLY, {}))[0][0]:
        raise no_passwords(ctx)


def no_passwords(ctx: Context) -> Fault:
    """Return the fault that says how to sign in where it is not by password."""
    names = " or ".join(f"lms-tui sign-in --sso {issuer.name}" for issuer in ctx.settings.issuers)
    how = (
        f"in the app by f9 on the screen for signing in, or by {names}"
        if names
        else "but this service is told of none: ask who runs it"
    )
    return Fault(Code.FORBIDDEN, f"Passwords are switched off here. Sign in through your organisation: {how}.")
