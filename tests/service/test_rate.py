"""How often one may ask: a person by their session, a stranger by address, the machine's owner as they like."""

from pathlib import Path

import httpx
import pytest

from lms_tui.service import rate
from lms_tui.service.faults import Fault
from lms_tui.service.rate import ADDRESS, BURST_SECONDS, Rate
from lms_tui.service.settings import Settings

from .conftest import MAIL, House, housed
from .statement_kit import private

pytestmark = pytest.mark.anyio


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        """The time that it shows."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which shares fill up again."""
    clock = Clock()
    monkeypatch.setattr(rate, "time", clock)
    return clock


def taken(of: Rate, client: str | bytes, most: int = 10_000) -> int:
    """Ask until held back; return how often that went."""
    for number in range(most):
        try:
            of.take(client)
        except Fault:
            return number
    return most


def test_a_share_is_saved_up_and_fills_again_second_by_second(clock: Clock) -> None:
    shares = Rate(20)
    assert taken(shares, b"ada") == 20 * BURST_SECONDS
    assert taken(shares, b"bob") == 20 * BURST_SECONDS
    assert taken(shares, "192.0.2.1") == 20 * BURST_SECONDS * ADDRESS
    with pytest.raises(Fault) as held:
        shares.take(b"ada")
    assert held.value.problem.retry_after == 1.0
    clock.now += 1
    assert taken(shares, b"ada") == pytest.approx(20, abs=1)
    clock.now += 3600
    assert taken(shares, b"ada") == pytest.approx(20 * BURST_SECONDS, abs=1)
    assert taken(Rate(0), b"ada") == taken(shares, "") == 10_000


def test_few_are_remembered_and_who_is_forgotten_had_all_of_their_share(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate, "_SIZE", 100)
    shares = Rate(1)
    assert taken(shares, b"greedy") == BURST_SECONDS
    for number in range(99):
        shares.take(f"a{number}")
    clock.now += 1
    shares.take(b"greedy")
    shares.take("one more")
    shares.take("and another")
    with pytest.raises(Fault):
        shares.take(b"greedy")
    for number in range(10_000):
        shares.take(f"b{number}")
        assert len(shares._whole_at) <= 101


async def test_people_have_each_their_own_share_and_strangers_one_together(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    settings = Settings(database_url, tmp_path / "secrets", sign_in_floor=0.0, mail=MAIL, rate=0.1)
    async with housed(settings) as house:
        ada, bob = (house.session(house.person()) for _ in range(2))
        assert [await status(house, ada) for _ in range(4)] == [200, 200, 200, 429]
        assert [await status(house, bob) for _ in range(4)] == [200, 200, 200, 429]
        refused = await house.http.get("/v1/me", headers=ada)
        assert refused.json()["code"] == "too_many_requests"
        assert int(refused.headers["retry-after"]) > refused.json()["retry_after"] > 5
        forged = {"authorization": "Bearer forged"}
        strangers = [await status(house, headers) for headers in (forged, {}) * 8]
        assert strangers == [401] * 15 + [429]  # five times as many, whatever they bring along
        assert (await house.http.get("/health")).status_code == 429
        async with private(house) as owner:
            for _ in range(20):
                assert (await owner.get("/v1/me", headers=ada)).status_code == 200
                assert (await owner.get("/health")).status_code == 200
        clock.now += 10
        assert await status(house, ada) == 200


async def status(house: House, headers: dict[str, str]) -> int:
    """Ask who one is; return the status."""
    return (await house.http.get("/v1/me", headers=headers)).status_code


async def test_an_address_is_a_household_and_a_socket_is_nobody(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    settings = Settings(database_url, tmp_path / "secrets", sign_in_floor=0.0, mail=MAIL, rate=0.1)
    async with housed(settings) as house:

        async def asked(client: tuple[str, int] | None, times: int) -> list[int]:
            transport = httpx.ASGITransport(app=house.service, client=client)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return [(await http.get("/health")).status_code for _ in range(times)]

        assert await asked(("2001:db8::1", 1), 10) == [200] * 10
        assert await asked(("2001:db8::2", 1), 6) == [200] * 5 + [429]
        assert await asked(("2001:db8:0:1::1", 1), 1) == [200]
        assert await asked(("192.0.2.1", 1), 1) == [200]
        assert await asked(None, 20) == [200] * 20
