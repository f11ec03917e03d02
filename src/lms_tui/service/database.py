"""The two pools of a service: `reader` (autocommit, keeps prepared statements) and `writer` (transactions)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lms_tui.service.pool import Pool

# `public` alone: a role called lms_tui would find our own schema of that name first
_SESSION: Final = (
    "-c search_path=public -c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"
    " -c idle_in_transaction_session_timeout=30s"
)


@dataclass(frozen=True)
class Pools:
    """The connections of one process: reads on `.rows` or `reader.connection()`, a transaction on
    `writer.connection()`."""

    reader: Pool
    writer: Pool

    async def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run one prepared read and return its rows.

        Only SQL written in `db.queries` comes here; `values` are bound by name, as in `%(user)s`. Raises psycopg.Error.
        """
        async with self.reader.connection() as connection:
            return await (await connection.execute(sql, values, prepare=True)).fetchall()

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.close()
        await self.writer.close()


def open_pools(url: str, size: int) -> Pools:
    """Return pools of `size` connections at most each on `url` (`postgresql://…`); nothing is connected yet.

    Raises `db.address.AddressError` for a URL that cannot be read.
    """
    return Pools(
        # One plan for all values: the statements are written for one kind of read each, and PostgreSQL, which takes
        # to_tsvector for cheap, would for a word that it thinks common read every course (2.7 s of 100,000).
        reader=Pool("reader", url, size, f"{_SESSION} -c plan_cache_mode=force_generic_plan", autocommit=True),
        writer=Pool("writer", url, size, _SESSION),
    )
