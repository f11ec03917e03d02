"""The throttle of the doors: shared between workers, by address and client; nobody can be locked out by a stranger."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import anyio
import httpx
import pytest
from pwdlib.hashers.bcrypt import BcryptHasher

from lms_tui.service import doors
from lms_tui.service.app import create_app
from lms_tui.service.settings import Settings

from .conftest import House

pytestmark = pytest.mark.anyio

PASSWORD, WRONG = "correct horse", "wrong"
HASH = BcryptHasher(rounds=4).hash(PASSWORD)
ADA = "ada@example.org"
HOME = "192.0.2.7"
SLOWLY = 1000
"""How much longer everything takes, so that no try comes back while a busy machine is at the next ones."""


@pytest.fixture(autouse=True)
def _slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "WINDOW", doors.WINDOW * SLOWLY)


async def tried(house: House, client: str, password: str = WRONG, email: str = ADA) -> int:
    """The status of one try from `client`."""
    transport = httpx.ASGITransport(app=house.service, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        reply = await http.post("/v1/sign-in", json={"email": email, "password": password})
    if reply.status_code == 429:
        assert 1 <= int(reply.headers["retry-after"]) <= 90 * SLOWLY + 1
    return reply.status_code


async def many(house: House, clients: list[str], each: int = 1) -> list[int]:
    """The statuses of wrong tries, one after the other."""
    return [await tried(house, client) for client in clients for _ in range(each)]


def strangers(number: int) -> list[str]:
    """Clients each in a network of its own."""
    return [f"198.51.{place}.9" for place in range(number)]


@asynccontextmanager
async def colleague(house: House, tmp_path: Path) -> AsyncIterator[House]:
    """Another worker of the same service."""
    service = create_app(Settings(house.service.shared.settings.database_url, tmp_path / "secrets", sign_in_floor=0.0))
    service.open()
    yield House(service, house.http, house.db)
    await service.close()


def later(house: House, by: timedelta) -> None:
    """Let time pass."""
    house.db.execute("UPDATE lms_tui.throttle SET full_at = full_at - %s", (by * SLOWLY,))
    house.db.execute("UPDATE lms_tui.known_clients SET until = until - %s", (by,))


def without_tables(house: House) -> None:
    """Make the database an older one."""
    house.db.execute("DROP TABLE lms_tui.throttle, lms_tui.known_clients")


async def test_workers_count_together_and_a_try_comes_back_after_90_seconds(house: House, tmp_path: Path) -> None:
    async with colleague(house, tmp_path) as other:
        assert [await tried(one, HOME) for one in (house, other) * 5] == [401] * 10
        assert [await tried(one, HOME) for one in (house, other)] == [429, 429]
        later(house, timedelta(seconds=80))
        assert await tried(other, HOME) == 429
        later(house, timedelta(seconds=10))
        assert [await tried(other, HOME), await tried(house, HOME)] == [401, 429]


async def test_tries_sent_at_once_do_not_pass_together(house: House) -> None:
    found: list[int] = []

    async def one() -> None:
        found.append(await tried(house, HOME))

    async with anyio.create_task_group() as group:
        for _ in range(30):
            group.start_soon(one)
    assert sorted(found) == [401] * 10 + [429] * 20


@pytest.mark.parametrize("older", [False, True], ids=["shared", "in the process"])
async def test_a_stranger_at_many_clients_is_slowed_down_and_the_person_gets_in_at_once(
    house: House, *, older: bool
) -> None:
    house.person(email=ADA, password_hash=HASH)
    if older:
        without_tables(house)
    assert await tried(house, HOME, PASSWORD, "Ada@Example.org") == 200
    assert await many(house, strangers(20), 5) == [401] * 99 + [429], "the person was a stranger once"
    assert await many(house, strangers(25)) == [429] * 25
    assert await tried(house, "203.0.113.1", PASSWORD) == 429, "the right password tells a stranger nothing now"
    assert await tried(house, HOME, PASSWORD) == 200
    assert await tried(house, "192.0.2.200", PASSWORD) == 200, "a new address in the network of home"
    assert await many(house, [HOME], 11) == [401] * 10 + [429], "slips at home have their own count"


async def test_home_is_forgotten_after_thirty_days_and_remembered_with_each_sign_in(house: House) -> None:
    house.person(email=ADA, password_hash=HASH)
    for days in (29, 29, 30):
        assert await tried(house, HOME, PASSWORD) == 200
        later(house, timedelta(days=days))
    await many(house, strangers(20), 5)
    assert await tried(house, HOME, PASSWORD) == 429


async def test_what_one_client_tries_too_often_is_not_counted_as_the_strangers(house: House) -> None:
    house.person(email=ADA, password_hash=HASH)
    assert (await many(house, ["203.0.113.1"], 150)).count(401) == 10
    assert await tried(house, "203.0.114.1", PASSWORD) == 200


async def test_a_client_that_tries_many_addresses_is_held_back(house: House) -> None:
    found = [await tried(house, HOME, email=f"{number}@x.org") for number in range(52)]
    assert found == [401] * 50 + [429] * 2
    assert await tried(house, "192.0.2.8", email="51@x.org") == 401


async def test_successes_do_not_use_tries_up(house: House) -> None:
    house.person(email=ADA, password_hash=HASH)
    assert [await tried(house, HOME, PASSWORD) for _ in range(60)] == [200] * 60
    assert await many(house, [HOME], 11) == [401] * 10 + [429]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
async def test_which_addresses_are_one_client(house: House, first: str, second: str, *, same: bool) -> None:
    assert await many(house, [first], 10) == [401] * 10
    assert await tried(house, second) == (429 if same else 401)


async def test_nothing_of_whom_or_where_is_kept_and_what_is_over_is_pruned(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.person(email=ADA, password_hash=HASH)
    await tried(house, HOME, PASSWORD)
    await tried(house, HOME)
    for table in ("throttle", "known_clients"):
        rows = house.db.execute(f"SELECT key, {table}::text FROM lms_tui.{table}".encode()).fetchall()
        assert rows
        assert not [row for row in rows if len(row[0]) != 16 or ADA in row[1] or HOME in row[1]]
    later(house, timedelta(days=31))
    monkeypatch.setattr(doors, "_PRUNE_SECONDS", 0.0)
    await tried(house, "203.0.113.1", email="b@x.org")
    count = "SELECT (SELECT count(*) FROM lms_tui.throttle), (SELECT count(*) FROM lms_tui.known_clients)"
    assert house.db.execute(count.encode()).fetchone() == (3, 0)


async def test_the_tables_stay_bounded_and_who_tries_most_is_forgotten_last(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many(house, [HOME], 10)
    house.db.execute(
        "INSERT INTO lms_tui.throttle SELECT int8send(n), interval '9 s', clock_timestamp() + interval '9 s'"
        " FROM generate_series(1, 100050) n"
    )
    monkeypatch.setattr(doors, "_PRUNE_SECONDS", 0.0)
    await tried(house, "203.0.113.1", email="b@x.org")
    assert house.db.execute("SELECT count(*) FROM lms_tui.throttle").fetchone() == (100_003,)
    assert await tried(house, HOME) == 429
