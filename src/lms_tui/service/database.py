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

_READING: Final = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c max_parallel_workers_per_gather=0"


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
        # One plan for all values: the statements are written for one kind of read each. Every read has its index, and
        # PostgreSQL takes the expressions of the search's for cheap: left to itself it would in a small catalog work
        # them out for each course, at 0.2 ms each and several times. The ranks of a search are read in their order,
        # which a read in parallel would not keep.
        reader=Pool("reader", url, size, f"{_SESSION} {_READING}", autocommit=True),
        writer=Pool("writer", url, size, _SESSION),
    )
