"""Failures of sign-in take as long whatever is wrong, also above the floor of the settings."""

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
async def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A service where an address has a bcrypt hash that takes BCRYPT_SECONDS, another one of Argon2 and two are gone.

    Verifying takes the time that it would on a machine where nobody else works.
    """

    def verify(_: Passwords, _password: str, stored: str) -> bool:
        time.sleep(BCRYPT_SECONDS if stored.startswith("$2") else ARGON2_SECONDS)
        return False

    monkeypatch.setattr(Passwords, "_verify", verify)
    async with housed(Settings(database_url, tmp_path / "secrets", sign_in_floor=0.1)) as made:
        made.person(email="bcrypt@x.org", password_hash=BcryptHasher(rounds=4).hash("correct horse"))
        made.person(email="argon2@x.org", password_hash=made.service.shared.passwords.hash_now("correct horse"))
        gone = made.person(email="gone@x.org", password_hash=BcryptHasher(rounds=4).hash("correct horse"))
        made.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
        yield made


async def took(house: House, email: str) -> float:
    """The seconds of one failed try."""
    began = time.monotonic()
    reply = await house.http.post("/v1/sign-in", json={"email": email, "password": "wrong"})
    assert reply.status_code == 401
    return time.monotonic() - began


async def test_what_is_quicker_waits_for_the_costliest_password_that_is_kept(house: House) -> None:
    await took(house, "nobody@x.org")  # which looks at what there is
    expected = floors.MARGIN * BCRYPT_SECONDS
    for email in ("nobody@x.org", "argon2@x.org", "bcrypt@x.org", "gone@x.org"):
        assert await took(house, email) >= expected, email
    assert await house.service.shared.floor.seconds(house.service.shared.pools, house.service.shared.passwords) < 2


async def test_the_wait_for_a_thread_is_not_hidden_in_the_floor(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def timed(_: Passwords, _password: str, _stored: str | None) -> Verified:
        return Verified(right=False, took=0.0, waited=0.7)

    monkeypatch.setattr(Passwords, "timed", timed)
    assert await took(house, "nobody@x.org") >= 0.8


async def test_a_hash_that_takes_for_ever_is_not_tried_and_the_floor_has_an_end(house: House) -> None:
    house.db.execute("UPDATE credentials SET password_hash = '$2b$31$' || substr(password_hash, 8)")
    seconds = await house.service.shared.floor.seconds(house.service.shared.pools, house.service.shared.passwords)
    assert seconds == floors.MOST_SECONDS


async def test_kinds_are_looked_at_once_and_new_ones_within_the_hour(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = house.service.shared
    house.db.execute("UPDATE credentials SET password_hash = '!' WHERE password_hash LIKE '$2%'")
    assert await shared.floor.seconds(shared.pools, shared.passwords) == 0.1
    house.db.execute("UPDATE credentials SET password_hash = %s", (BcryptHasher(rounds=4).hash("correct horse"),))
    assert await shared.floor.seconds(shared.pools, shared.passwords) == 0.1
    monkeypatch.setattr(floors, "_LOOK_SECONDS", 0.0)
    assert await shared.floor.seconds(shared.pools, shared.passwords) >= floors.MARGIN * BCRYPT_SECONDS
