"""Who hangs up on a read ends it, in PostgreSQL too; who waits is not disturbed, and a quick read costs no watch."""

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

import psycopg
import pytest

from lms_tui.service import leaving
from lms_tui.service.leaving import CallerGoneError, ends_with_caller

from .conftest import House

pytestmark = pytest.mark.anyio
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


class Caller:
    """The other end of a connection: the request, and then nothing until it hangs up."""

    def __init__(self) -> None:
        self.asked = 0
        self.hung_up = asyncio.Event()

    async def receive(self) -> MutableMapping[str, Any]:
        self.asked += 1
        if self.asked == 1:
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.hung_up.wait()
        return {"type": "http.disconnect"}


async def search(house: House, caller: Caller, headers: dict[str, str]) -> list[int]:
    """Search as a server would have it searched; return the statuses that were sent."""
    sent: list[int] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.extend([message["status"]] if "status" in message else [])

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/catalog",
        "query_string": b"search=python",
        "headers": [(b"authorization", headers["authorization"].encode())],
    }
    await house.service(scope, caller.receive, send)
    return sent


def waiting(house: House) -> int:
    """How many statements of the service wait for a lock."""
    row = house.db.execute(WAITING).fetchone()
    assert row is not None
    return int(row[0])


async def test_each_search_ends_with_its_caller_and_takes_no_connection_away(house: House, database_url: str) -> None:
    headers = house.session(house.person())
    assert await search(house, Caller(), headers) == [200]
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
        callers = [Caller() for _ in range(12)]  # more than there are connections for searches
        asking = [asyncio.create_task(search(house, caller, headers)) for caller in callers]
        await asyncio.sleep(0.5)
        assert waiting(house) == house.service.shared.settings.pool_size // 2
        for caller in callers:
            caller.hung_up.set()
        assert await asyncio.wait_for(asyncio.gather(*asking), 5) == [[]] * 12
        assert waiting(house) == 0
    again = [search(house, Caller(), headers) for _ in range(12)]
    assert await asyncio.wait_for(asyncio.gather(*again), 5) == [[200]] * 12


async def test_who_waits_gets_the_answer_however_long_it_takes(house: House, database_url: str) -> None:
    headers = house.session(house.person())
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.create_task(search(house, Caller(), headers))
        await asyncio.sleep(5 * leaving._GRACE)
        assert not asking.done()
    assert await asyncio.wait_for(asking, 5) == [200]


async def test_a_quick_read_is_not_watched() -> None:
    caller = Caller()
    async with ends_with_caller(caller.receive):
        await asyncio.sleep(leaving._GRACE / 3)
    await asyncio.sleep(2 * leaving._GRACE)
    assert caller.asked == 0


async def test_a_slow_read_is_and_its_watch_ends_with_it() -> None:
    caller, before = Caller(), asyncio.all_tasks()
    async with ends_with_caller(caller.receive):
        await asyncio.sleep(2 * leaving._GRACE)
        assert caller.asked == 2
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_a_receive_that_never_waits_holds_nothing_up() -> None:
    """As a caller without a server may have it: a slow read ends all the same."""
    left = time.monotonic() + 2.0

    async def receive() -> MutableMapping[str, Any]:
        assert time.monotonic() < left  # instead of for ever
        return {"type": "http.request", "body": b""}

    async with ends_with_caller(receive):
        await asyncio.sleep(2 * leaving._GRACE)
    assert time.monotonic() < left


async def test_a_cancellation_from_elsewhere_stays_one() -> None:
    async def read(caller: Caller) -> None:
        async with ends_with_caller(caller.receive):
            await asyncio.sleep(10)

    asked = asyncio.create_task(read(Caller()))
    await asyncio.sleep(2 * leaving._GRACE)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    caller = Caller()
    left = asyncio.create_task(read(caller))
    caller.hung_up.set()
    with pytest.raises(CallerGoneError):
        await left
