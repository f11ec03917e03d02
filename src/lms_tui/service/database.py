"""The two engines of a service: `reader` (AUTOCOMMIT, keeps prepared statements) and `writer` (transactions)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import tuple_row
from sqlalchemy import event, exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


@dataclass(frozen=True)
class Engines:
    """The pools of one process."""

    reader: AsyncEngine
    writer: AsyncEngine

    async def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run one prepared read on the driver's own connection and return its rows.

        Only SQL written in `db.queries` comes here; `values` are bound by name, as in `%(user)s`.
        """
        async with self.reader.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert driver is not None  # noqa: S101 - a checked-out connection has one
            async with driver.cursor(row_factory=tuple_row) as cursor:
                await cursor.execute(sql, values, prepare=True)
                return list(await cursor.fetchall())

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.dispose()
        await self.writer.dispose()


def open_engines(url: str, pool_size: int) -> Engines:
    """Return engines of `pool_size` connections at most on `url` (`postgresql://…`); nothing is connected yet."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    # `public` alone: a role called lms_tui would find our own schema of that name first
    session = (
        "-c search_path=public -c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"
        " -c idle_in_transaction_session_timeout=30s"
    )
    common: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": 0,  # a connection over the size is closed after each use, with the statements prepared on it
        "pool_timeout": 10,
        "pool_use_lifo": True,  # the connection that was found broken is the next one looked at
    }

    def connected(options: str) -> dict[str, Any]:
        return {"connect_timeout": 5, "application_name": "lms-tui", "options": options}

    engines = Engines(
        # One plan for all values: the statements are written for one kind of read each, and PostgreSQL, which takes
        # to_tsvector for cheap, would for a word that it thinks common read every course (2.7 s of 100,000).
        reader=create_async_engine(
            address,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            connect_args=connected(f"{session} -c plan_cache_mode=force_generic_plan"),
            **common,
        ),
        writer=create_async_engine(address, connect_args=connected(session), **common),
    )
    for engine in (engines.reader, engines.writer):
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engines


def _refuse_closed(connection: Any, *_: object) -> None:
    """Replace all connections of a pool once one is found closed: a statement on the driver's own connection tells
    SQLAlchemy nothing when the database goes away, and without this the broken ones would be handed out for ever."""
    if connection.driver_connection.closed:
        raise exc.InvalidatePoolError("The database closed this connection.")
