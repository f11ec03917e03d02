"""The pools of a service: `reader` (autocommit, keeps prepared statements; for what grows also writes that need not
last), `searcher` (the same, planned for the indexes of words) and `writer` (transactions)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lms_tui.service.pool import Pool

# `public` alone: a role called lms_tui would find our own schema of that name first
_SESSION: Final = (
    "-c search_path=public -c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"
    " -c idle_in_transaction_session_timeout=30s"
)

# One plan for all values: the statements are written for one kind of read each, and PostgreSQL, which takes
# to_tsvector for cheap, would for a word that it thinks common read every course (2.7 s of 100,000).
# What is written here (`Pools.soon`) does not wait for the disk: whatever somebody was told is kept has a transaction.
_READING: Final = f"{_SESSION} -c plan_cache_mode=force_generic_plan -c synchronous_commit=off"

# A search has its indexes, and PostgreSQL takes their expressions for cheap: left to itself it works them out for each
# course of a catalog of some hundred, several times (100 to 200 ms; the indexes take 3), and goes on so with the plan
# that it has kept when the catalog grows. In parallel the ranks would not be read in their order.
_SEARCHING: Final = f"{_READING} -c enable_seqscan=off -c max_parallel_workers_per_gather=0"


@dataclass(frozen=True)
class Pools:
    """The connections of one process: reads on `.rows` or `reader.connection()`, searches on `.found`, a transaction on
    `writer.connection()`."""

    reader: Pool
    searcher: Pool
    writer: Pool

    async def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run one prepared read and return its rows.

        Only SQL written in `db.queries` comes here; `values` are bound by name, as in `%(user)s`. Raises psycopg.Error.
        """
        return await _read(self.reader, sql, values)

    async def found(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """As `rows`, for a statement with a condition on the words of `db.queries.search`.

        However many people search, they keep nobody waiting who reads: these connections are few and their own.
        """
        return await _read(self.searcher, sql, values)

    async def soon(self, sql: str, values: Mapping[str, Any]) -> int:
        """Run one write in a transaction of its own that does not wait for the disk; return how many rows it wrote.

        For what is written again and again while it grows, and may be some tenths of a second old after a power cut:
        waiting for the disk each time would have all others wait too. Raises psycopg.Error.
        """
        async with self.reader.connection() as connection:
            return (await connection.execute(sql, values, prepare=True)).rowcount

    async def close(self) -> None:
        """Close every connection."""
        for pool in (self.reader, self.searcher, self.writer):
            await pool.close()


async def _read(pool: Pool, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(sql, values, prepare=True)).fetchall()


def open_pools(url: str, size: int) -> Pools:
    """Return pools of `size` connections at most each on `url` (`postgresql://…`), of half as many for searches;
    nothing is connected yet.

    Raises `db.address.AddressError` for a URL that cannot be read.
    """
    return Pools(
        reader=Pool("reader", url, size, _READING, autocommit=True),
        searcher=Pool("searcher", url, max(1, size // 2), _SEARCHING, autocommit=True),
        writer=Pool("writer", url, size, _SESSION),
    )
