"""Failures of sign-in take as long and are as much work whatever is wrong, also above the floor of the settings."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pwdlib.hashers.bcrypt import BcryptHasher

from lms_tui.service import floor as floors
from lms_tui.service.passwords import Passwords, Verified
from lms_tui.service.settings import Settings

from .conftest import House, housed

pytestmark = pytest.mark.anyio

ARGON2_SECONDS, BCRYPT_SECONDS = 0.02, 0.4


@pytest.fixture
def worked_on() -> list[str]:
    """The hashes that passwords were tried against."""
    return []


@pytest.fixture
async def house(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worked_on: list[str]
) -> AsyncIterator[House]:
    """A service where an address has a bcrypt hash that takes BCRYPT_SECONDS, another Argon2 and one is archived.

    Verifying takes the time that it would on a machine where nobody else works, and finds none right.
    """

    def verify(_: Passwords, _password: str, stored: str) -> bool:
        worked_on.append(stored)
        time.sleep(BCRYPT_SECONDS if stored.startswith("$2") else ARGON2_SECONDS)
        return False

    async def cost(_: Passwords, stored: str) -> float:
        return BCRYPT_SECONDS if stored.startswith("$2") else ARGON2_SECONDS

    monkeypatch.setattr(Passwords, "_verify", verify)
    monkeypatch.setattr(Passwords, "cost", cost)
    async with housed(Settings(database_url, tmp_path / "secrets", sign_in_floor=0.1)) as made:
        made.person(email="bcrypt@x.org", password_hash=BcryptHasher(rounds=4).hash("correct horse"))
        made.person(email="argon2@x.org", password_hash=made.service.shared.passwords.hash_now("correct horse"))
        gone = made.person(email="gone@x.org", password_hash=BcryptHasher(rounds=4).hash("correct horse"))
        made.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
        yield made


async def looked(house: House) -> float:
    """The floor after a look, where one is due."""
    shared = house.service.shared
    await shared.floor.look(shared.pools, shared.passwords)
    return shared.floor.seconds


async def took(house: House, email: str) -> float:
    """The seconds of one failed try."""
    began = time.monotonic()
    reply = await house.http.post("/v1/sign-in", json={"email": email, "password": "wrong"})
    assert reply.status_code == 401
    return time.monotonic() - began


async def test_what_is_quicker_waits_for_the_costliest_password_that_is_kept(house: House) -> None:
    expected = floors.MARGIN * BCRYPT_SECONDS
    for email in ("nobody@x.org", "argon2@x.org", "bcrypt@x.org", "gone@x.org"):
        assert await took(house, email) >= expected, email
    assert house.service.shared.floor.seconds == pytest.approx(expected)


async def test_an_address_that_nobody_has_is_the_work_of_somebody(house: House, worked_on: list[str]) -> None:
    kept = {row[0] for row in house.db.execute("SELECT password_hash FROM credentials").fetchall()}
    house.person(email="sso@x.org", password_hash="!")
    monkeys = [f"nobody{number}@x.org" for number in range(12)] + ["sso@x.org"]
    await asyncio.gather(*(took(house, email) for email in monkeys))
    assert len(worked_on) == len(monkeys)
    assert {one[:4] for one in worked_on} == {one[:4] for one in kept}, "of both schemes, as both are kept"
    worked_on.clear()
    for _ in "12":
        await took(house, monkeys[0].upper())
    assert worked_on[0] == worked_on[1], "of one address it is always the same"


async def test_the_hash_that_stands_for_nobodys_is_never_right(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Passwords, "_verify", lambda *_: True)
    house.person(email="sso@x.org", password_hash="!")
    for email in ("nobody@x.org", "sso@x.org"):
        await took(house, email)
    house.db.execute("DELETE FROM credentials")
    house.service.shared.floor.__init__(0.1)  # type: ignore[misc]  # as in a new worker
    await took(house, "nobody@x.org")


async def test_the_wait_for_a_thread_is_not_hidden_in_the_floor(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def timed(*_: object) -> Verified:
        return Verified(right=False, took=0.0, waited=0.7)

    monkeypatch.setattr(Passwords, "timed", timed)
    assert await took(house, "nobody@x.org") >= floors.MARGIN * BCRYPT_SECONDS + 0.7


async def test_the_slowest_of_lately_lifts_the_floor_and_is_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = house.service.shared.floor
    expected = floors.MARGIN * BCRYPT_SECONDS
    await took(house, "nobody@x.org")
    monkeypatch.setattr(Passwords, "_verify", lambda *_: time.sleep(1.2))
    await took(house, "argon2@x.org")  # a busy machine
    assert floor.seconds >= 1.25 * 1.2 > expected
    monkeypatch.setattr(floors, "_LATELY_SECONDS", 0.0)
    assert floor.seconds >= 1.25 * 1.2, "of the span before"
    assert floor.seconds == pytest.approx(expected)


async def test_a_hash_that_takes_for_ever_is_not_tried_and_the_floor_has_an_end(house: House) -> None:
    house.db.execute("UPDATE credentials SET password_hash = '$2b$31$' || substr(password_hash, 8)")
    assert await looked(house) == floors.MOST_SECONDS


async def test_kinds_are_looked_at_once_and_new_ones_within_the_hour(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.db.execute("UPDATE credentials SET password_hash = '!' WHERE password_hash LIKE '$2%'")
    assert await looked(house) == 0.1
    house.db.execute("UPDATE credentials SET password_hash = %s", (BcryptHasher(rounds=4).hash("correct horse"),))
    assert await looked(house) == 0.1
    monkeypatch.setattr(floors, "_LOOK_SECONDS", 0.0)
    assert await looked(house) == pytest.approx(floors.MARGIN * BCRYPT_SECONDS)


async def test_what_others_do_on_the_machine_is_no_cost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(Passwords, "_verify", lambda *_: time.sleep(0.2))  # as the scheduler does
    assert await house.service.shared.passwords.cost("$2b$04$") < 0.1
