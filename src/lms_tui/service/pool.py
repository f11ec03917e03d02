"""One pool of connections: `psycopg_pool`, held so that whoever asks while the database is away is told at once.

Left to itself `psycopg_pool` lets a request wait for its whole time-out while it connects again and again in the
background, at longer and longer intervals, and after a restart of the database hands out one dead connection after
the other. Here a pool whose database has gone is given up for a fresh one: nothing is tried in the background, and
every request that comes tries anew.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolClosed

from lms_tui.db.address import check_address

CONNECT_SECONDS: Final = 5
WAIT_SECONDS: Final = 10.0
"""How long a request waits for a connection: for one that another gives back, or for one to be made."""
_CLOSE_SECONDS: Final = 1.0
"""How long the end waits for a connection that is just being made."""


class _Stack(deque[psycopg.AsyncConnection]):
    """The idle connections of a pool, which takes the leftmost: here the one that was given back last.

    Few connections do the work of few users then, and each statement is planned once, not once on each connection.
    """

    def append(self, connection: psycopg.AsyncConnection) -> None:
        """Put `connection` where the next one is taken from."""
        self.appendleft(connection)


class _Connections(AsyncConnectionPool[psycopg.AsyncConnection]):
    def __init__(self, url: str, **how: Any) -> None:
        super().__init__(url, **how)
        self._pool = _Stack()


class Pool:
    """The connections of one kind, `size` at most: made when they are needed first, then kept.

    For a moment there may be more, when one breaks while others are in use: those are closed as they are given back.
    """

    def __init__(self, name: str, url: str, size: int, options: str, *, autocommit: bool = False) -> None:
        """Remember how to connect to `url`, with the settings in `options` (`-c name=value …`); nothing is connected.

        `name` is told in the log. Raises `db.address.AddressError` for a URL that cannot be read.
        """
        check_address(url)
        self._name, self._url, self._size = name, url, size
        self._how: dict[str, Any] = {
            "autocommit": autocommit,
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "lms-tui",
            "options": options,
        }
        self._pool = self._fresh()
        self._given_up: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Lend a connection. Unless it is in autocommit, what is done on it is one transaction: committed at the end,
        rolled back where an exception comes out.

        Raises psycopg.OperationalError when none can be made, or none is free for WAIT_SECONDS.
        """
        pool = self._pool
        connection = await self._taken_from(pool)
        try:
            async with connection:
                yield connection
        finally:
            if connection.closed:  # the database has gone, and so the connections beside it are dead too
                self._give_up(pool)
            # shielded: who is cancelled at this very moment would otherwise take the connection away for good
            await asyncio.shield(pool.putconn(connection))

    async def close(self) -> None:
        """Close every connection; those in use are closed as they are given back."""
        await self._pool.close(_CLOSE_SECONDS)
        await asyncio.gather(*self._given_up)

    async def _taken_from(self, pool: _Connections) -> psycopg.AsyncConnection:
        try:
            await pool.open()  # which does nothing after the first time
            return await pool.getconn()
        except PoolClosed as error:
            raise psycopg.OperationalError("No connection to the database could be made.") from error

    def _fresh(self) -> _Connections:
        """Return a pool without connections. Its one worker is enough: a pool grows by one connection at a time."""
        return _Connections(
            self._url,
            kwargs=self._how,
            name=self._name,
            min_size=0,
            max_size=self._size,
            timeout=WAIT_SECONDS,
            reconnect_timeout=0,  # two tries, one directly after the other, and none later
            reconnect_failed=self._connecting_failed,
            num_workers=1,
            open=False,
        )

    def _connecting_failed(self, pool: AsyncConnectionPool[Any]) -> None:
        """Send away whoever waits, unless there is a connection still that may be given back."""
        if pool.get_stats()["pool_size"] == 0:
            self._give_up(pool)

    def _give_up(self, pool: AsyncConnectionPool[Any]) -> None:
        """Put a fresh pool in the place of `pool`, and close that: who waits for a connection of it gets PoolClosed."""
        if pool is self._pool and not pool.closed:
            self._pool = self._fresh()
            closing = asyncio.create_task(pool.close(_CLOSE_SECONDS))
            self._given_up.add(closing)
            closing.add_done_callback(self._given_up.discard)
