"""The pools while the database is away, restarted, slow or busy, and what a connection of each is like."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import httpx
import psycopg
import pytest

from lms_tui.db.address import AddressError
from lms_tui.local.postgres import Server, start
from lms_tui.service import pool as pool_module
from lms_tui.service.app import create_app
from lms_tui.service.database import Pools, open_pools
from lms_tui.service.logs import log_to_stderr
from lms_tui.service.pool import Pool
from lms_tui.service.settings import Settings

pytestmark = pytest.mark.anyio

AT_ONCE = 3.0
"""Seconds, on a busy machine, that are not the ten for which a request may wait."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Pools]:
    """Open pools of three connections."""
    pools = open_pools(url, 3)
    try:
        yield pools
    finally:
        await pools.close()


@pytest.fixture
async def pools(database_url: str) -> AsyncIterator[Pools]:
    """Pools of three connections."""
    async with opened(database_url) as made:
        yield made


class Mortal:
    """A PostgreSQL that a test may kill hard and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Server | None = None
        self.start()
        self.url = self.server.url("postgres")

    @property
    def server(self) -> Server:
        assert self._server is not None
        return self._server

    def start(self) -> None:
        self._server = start(self._folder, durable=False, end_with_us=True)

    def kill(self) -> None:
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.wait()
        self.server.forget()
        self._server = None

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    made = Mortal(tmp_path / "postgres")
    yield made
    made.stop()


class HangsUp(asyncio.Protocol):
    """Something that is no PostgreSQL and ends each call at once; `calls` counts them."""

    calls = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.calls += 1
        transport.abort()


def url_of(listening: socket.socket) -> str:
    return f"postgresql://u:geheim@127.0.0.1:{listening.getsockname()[1]}/d?sslmode=disable"


async def pid(pool: Pool) -> int:
    """Return the backend that one more use of `pool` comes to."""
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
    assert row is not None
    return int(row[0])


async def held(pool: Pool) -> AsyncIterator[int]:
    """Yield the backend of a connection that is kept meanwhile, then use it once more."""
    async with pool.connection() as connection:
        yield connection.info.backend_pid
        await connection.execute("SELECT 1")


async def fails(pool: Pool) -> None:
    with pytest.raises(psycopg.OperationalError):
        await pid(pool)


async def slow_use(pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute("SELECT pg_sleep(0.1)")


async def crowd(pool: Pool, count: int) -> None:
    """Use `count` connections at the same time."""
    async with anyio.create_task_group() as group:
        for _ in range(count):
            group.start_soon(slow_use, pool)


# What a connection is like -------------------------------------------------------------------------------


async def test_nothing_is_connected_before_it_is_needed_and_no_more_than_the_size(
    pools: Pools, database_url: str
) -> None:
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lms-tui' AND datname = current_database()"
    with psycopg.connect(database_url, autocommit=True) as db:
        assert db.execute(count).fetchone() == (0,)
        await pid(pools.reader)
        assert db.execute(count).fetchone() == (1,)
        await crowd(pools.reader, 9)
        assert db.execute(count).fetchone() == (3,)


async def test_who_is_cancelled_while_giving_a_connection_back_takes_none_away(pools: Pools) -> None:
    async def use(begun: asyncio.Event, end: asyncio.Event) -> None:
        async with pools.reader.connection():
            begun.set()
            await end.wait()

    for _ in range(4):  # one more than there are
        begun, end = asyncio.Event(), asyncio.Event()
        using = asyncio.create_task(use(begun, end))
        with anyio.fail_after(2):
            await begun.wait()
        async with pools.reader._pool._lock:  # so that giving back has to wait
            end.set()
            await anyio.wait_all_tasks_blocked()
            using.cancel()
            await asyncio.wait({using})
        assert using.cancelled()
    await crowd(pools.reader, 3)


async def test_the_connection_given_back_last_is_used_next(pools: Pools) -> None:
    await crowd(pools.reader, 3)
    assert len({await pid(pools.reader) for _ in range(6)}) == 1


async def test_reads_stay_prepared_under_one_plan_and_open_no_transaction(pools: Pools) -> None:
    for value in (1, 2):
        assert await pools.rows("SELECT %(value)s::int", {"value": value}) == [(value,)]
    prepared = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time"
    assert await pools.rows(prepared, {}) == [("SELECT $1::int",), (prepared,)]
    assert await pools.rows("SHOW plan_cache_mode", {}) == [("force_generic_plan",)]
    async with pools.reader.connection() as connection:
        await connection.execute("SELECT 1")
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


async def test_both_have_the_settings_of_a_session(pools: Pools) -> None:
    wanted = {
        "search_path": "public",
        "TimeZone": "UTC",
        "lock_timeout": "10s",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "30s",
        "application_name": "lms-tui",
    }
    for pool in (pools.reader, pools.writer):
        async with pool.connection() as connection:
            for name, value in wanted.items():
                assert await (await connection.execute(f"SHOW {name}")).fetchone() == (value,)


async def test_a_use_of_the_writer_is_one_transaction(pools: Pools) -> None:
    add = "INSERT INTO categories (name) VALUES (%(name)s)"
    async with pools.writer.connection() as tx:
        await tx.execute(add, {"name": "kept"})

    async def break_off() -> None:
        async with pools.writer.connection() as tx:
            await tx.execute(add, {"name": "undone"})
            raise LookupError

    with pytest.raises(LookupError):
        await break_off()
    assert await pools.rows("SELECT name FROM categories", {}) == [("kept",)]


def test_a_url_that_cannot_be_read_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(AddressError):
        open_pools("postgresql://u:geheim%zz@h/d", 3)


# Busy ----------------------------------------------------------------------------------------------------


async def test_who_finds_none_free_waits_and_is_told_in_the_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "WAIT_SECONDS", 0.3)
    async with opened(database_url) as pools:
        kept = [held(pools.reader) for _ in range(3)]
        for one in kept:
            await anext(one)
        began = time.monotonic()
        await fails(pools.reader)
        assert 0.29 <= time.monotonic() - began < AT_ONCE
        for one in kept:
            assert await anext(one, None) is None
        assert await pid(pools.reader)


async def test_a_cancelled_use_costs_no_connection(pools: Pools) -> None:
    for _ in range(8):  # more than the size, in the middle of a statement and while waiting for a connection
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05), anyio.create_task_group() as group:
                for _ in range(5):
                    group.start_soon(slow_use, pools.writer)
    await crowd(pools.writer, 3)


async def test_one_that_cannot_be_had_takes_nothing_from_who_waits_for_another(
    pools: Pools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the database has no connection to spare: those that there are go round."""
    await pid(pools.writer)

    async def refused(_url: str, **_: object) -> None:
        raise psycopg.OperationalError("too many clients")

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", refused)
    await crowd(pools.writer, 3)


# Away ----------------------------------------------------------------------------------------------------


async def test_the_service_starts_without_a_database_and_answers_at_once(mortal: Mortal, tmp_path: Path) -> None:
    mortal.kill()
    service = create_app(Settings(mortal.url, tmp_path / "secrets"))
    service.open()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=service), base_url="http://service") as http:
        began = time.monotonic()
        assert (await http.get("/health")).json()["status"] == "no_database"
        replies = []

        async def sign_in() -> None:
            replies.append(await http.post("/v1/sign-in", json={"email": "a@x.org", "password": "correct horse"}))

        async with anyio.create_task_group() as group:
            for _ in range(25):  # more than the size
                group.start_soon(sign_in)
        assert {(reply.status_code, reply.json()["code"]) for reply in replies} == {(503, "unavailable")}
        assert time.monotonic() - began < AT_ONCE
        mortal.start()
        assert (await http.get("/health")).json()["status"] == "ok"
    await service.close()


async def test_a_restarted_database_costs_each_pool_one_use(mortal: Mortal) -> None:
    """Of several idle connections that have died, one is found out and none of the others is handed out."""
    before = asyncio.all_tasks()
    async with opened(mortal.url) as pools:
        for pool in (pools.reader, pools.writer):
            await crowd(pool, 3)
        mortal.kill()
        mortal.start()
        for pool in (pools.reader, pools.writer):
            await fails(pool)
            await crowd(pool, 3)
    assert asyncio.all_tasks() == before


async def test_a_use_in_the_middle_of_which_the_database_dies_fails(mortal: Mortal) -> None:
    async with opened(mortal.url) as pools:

        async def long_use() -> None:
            with pytest.raises(psycopg.OperationalError):
                async with pools.writer.connection() as tx:
                    await tx.execute("SELECT pg_sleep(20)")

        async with anyio.create_task_group() as group:
            for _ in range(5):  # two of them are waiting for a connection
                group.start_soon(long_use)
            await anyio.sleep(0.5)
            mortal.kill()
            began = time.monotonic()
        assert time.monotonic() - began < AT_ONCE
        mortal.start()
        assert await pid(pools.writer)


async def test_of_several_that_break_the_first_alone_begins_anew(pools: Pools, database_url: str) -> None:
    first, second = held(pools.reader), held(pools.reader)
    terminate(database_url, await anext(first), await anext(second))
    with pytest.raises(psycopg.OperationalError):
        await anext(first)
    fresh = await pid(pools.reader)
    with pytest.raises(psycopg.OperationalError):
        await anext(second)
    assert await pid(pools.reader) == fresh


async def test_of_those_who_find_it_out_in_one_moment_too(database_url: str) -> None:
    before = asyncio.all_tasks()
    async with opened(database_url) as pools:
        await pid(pools.reader)
        gone = pools.reader._pool
        pools.reader._give_up(gone)
        fresh = pools.reader._pool
        pools.reader._give_up(gone)
        assert pools.reader._pool is fresh is not gone
    assert asyncio.all_tasks() == before  # what was given up has been closed by then


def terminate(database_url: str, *backends: int) -> None:
    """End `backends` and wait until they have ended."""
    with psycopg.connect(database_url, autocommit=True) as db:
        for backend in backends:
            assert db.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,)).fetchone() == (True,)


async def test_each_request_tries_anew_and_nobody_tries_between_them(caplog: pytest.LogCaptureFixture) -> None:
    away = HangsUp()
    server = await asyncio.get_running_loop().create_server(lambda: away, "127.0.0.1", 0)
    async with server, opened(url_of(server.sockets[0])) as pools:
        for asked in (1, 2, 3):
            with pytest.raises(psycopg.OperationalError, match="No connection to the database"):
                await pools.rows("SELECT 1", {})
            assert away.calls == 2 * asked
        await asyncio.sleep(1.5)  # psycopg_pool would by itself try again after one second
        assert away.calls == 6
    assert "geheim" not in caplog.text


# The end -------------------------------------------------------------------------------------------------


async def test_the_end_does_not_wait_for_a_connection_that_is_being_made() -> None:
    before = asyncio.all_tasks()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls and never says a word
        async with anyio.create_task_group() as group:
            async with opened(url_of(silent)) as pools:
                group.start_soon(fails, pools.writer)
                await anyio.sleep(0.2)
                began = time.monotonic()
            assert time.monotonic() - began < AT_ONCE
    await asyncio.gather(*asyncio.all_tasks() - before)  # the socket is closed, so what was left behind ends by itself


async def test_after_the_end_nothing_is_lent(pools: Pools) -> None:
    async with pools.reader.connection() as last:
        await pools.close()
        await last.execute("SELECT 1")
    assert last.closed
    await fails(pools.reader)


async def test_one_that_breaks_after_the_end_begins_nothing_anew(pools: Pools, database_url: str) -> None:
    last = held(pools.reader)
    backend = await anext(last)
    await pools.close()
    terminate(database_url, backend)
    with pytest.raises(psycopg.OperationalError):
        await anext(last)
    await fails(pools.reader)


def test_the_log_does_not_tell_of_each_lending() -> None:
    root, lending = logging.getLogger(), logging.getLogger("psycopg.pool")
    handlers, levels = root.handlers[:], (root.level, lending.level)
    try:
        log_to_stderr()
        assert not lending.isEnabledFor(logging.INFO)
        assert lending.isEnabledFor(logging.WARNING)
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        lending.setLevel(levels[1])
