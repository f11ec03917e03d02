"""The service about itself: whether it can work, and which build it is."""

import asyncio
from typing import Final

import psycopg

from lms_tui.db.queries import accounts as queries
from lms_tui.service.context import Context
from lms_tui.wire import WIRE_VERSION, system

HEALTH_SECONDS: Final = 2.0


async def health(ctx: Context, _ask: system.HealthRequest) -> system.Health:
    """Tell build and wire, whether the database answers within two seconds, how the school is called, and whether
    guests are let in."""
    guests, company = False, ""
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            guests, company = (await ctx.pools.rows(queries.FACE, {}))[0]
        status = "ok"
    except psycopg.ProgrammingError:  # it answers, and has no settings: not one of ours, or not made yet
        status = "ok"
    except (TimeoutError, OSError, psycopg.Error):
        status = "no_database"
    return system.Health(status=status, build=ctx.shared.build, wire=WIRE_VERSION, company=company, guests=guests)
