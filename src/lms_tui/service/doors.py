"""What holds strangers back at the doors: tries are counted, and failures answer no sooner than a floor of time."""

import asyncio
import time
from typing import Final

from lms_tui.db.queries import accounts as queries
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault
from lms_tui.wire.errors import Code

TRIES_PER_ADDRESS: Final = 10
TRIES_PER_CLIENT: Final = 50


def hold_back(ctx: Context, door: str, address: str = "") -> None:
    """Count a try at `door`, of an address where one is named, and of the client; a Unix socket has no client to count.

    Raises Fault `too_many_requests` with the seconds to wait.
    """
    throttle = ctx.shared.throttle
    wait = throttle.wait(_key(door, address), TRIES_PER_ADDRESS) if address else 0.0
    if ctx.client and not wait:
        wait = throttle.wait(f"client {ctx.client}", TRIES_PER_CLIENT)
    if wait:
        raise Fault(Code.TOO_MANY_REQUESTS, "Too many tries. Wait a while, then try again.", retry_after=wait)


def forgive(ctx: Context, door: str, address: str = "") -> None:
    """Take the try back, after a success."""
    if address:
        ctx.shared.throttle.forgive(_key(door, address))
    ctx.shared.throttle.forgive(f"client {ctx.client}")


def _key(door: str, address: str) -> str:
    return f"{door} {address.strip().casefold()}"


async def at_floor(ctx: Context, began: float) -> None:
    """Wait until the floor of time since `began` (`time.monotonic`), so that how long a failure takes tells nothing."""
    await asyncio.sleep(max(0.0, began + ctx.settings.sign_in_floor - time.monotonic()))


async def need_passwords(ctx: Context) -> None:
    """Raise Fault `forbidden` where `settings.enforce_sso` leaves no way in by password."""
    if (await ctx.pools.rows(queries.SSO_ONLY, {}))[0][0]:
        raise Fault(Code.FORBIDDEN, "Passwords are switched off here. Sign in through your organisation.")
