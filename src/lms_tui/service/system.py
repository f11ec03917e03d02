"""The service about itself: whether it can work, and which build it is."""

import asyncio
import hashlib
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import exc

import lms_tui
from lms_tui.service.context import Context
from lms_tui.wire import WIRE_VERSION, system

HEALTH_SECONDS: Final = 2.0


def build_id() -> str:
    """Return a short hash of the package's own sources: a changed checkout is another build."""
    package = Path(lms_tui.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


async def health(ctx: Context, _ask: system.HealthRequest) -> system.Health:
    """Tell build and wire, and whether the database answers within two seconds."""
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            await ctx.engines.rows("SELECT 1", {})
        status = "ok"
    except (TimeoutError, OSError, psycopg.Error, exc.SQLAlchemyError):
        status = "no_database"
    return system.Health(status=status, build=ctx.shared.build, wire=WIRE_VERSION)
