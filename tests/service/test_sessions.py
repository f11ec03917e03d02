"""Sessions on a real database: when a token counts, and how soon what changes is felt."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lms_tui.db.queries import accounts as queries
from lms_tui.service.tokens import Kind, Tokens

from .conftest import House
from .test_joining import NEW, OLD, person, reset_code

pytestmark = pytest.mark.anyio

TICK = timedelta(microseconds=1)


async def me(house: House, token: str) -> int:
    """The status of who one is, with an access token."""
    return (await house.http.get("/v1/me", headers={"authorization": f"Bearer {token}"})).status_code


async def refresh(house: House, token: str) -> int:
    """The status of going on, with a refresh token."""
    return (await house.http.post("/v1/refresh", json={"refresh": token})).status_code


async def sign_in(house: House, password: str = OLD) -> dict[str, str]:
    """Sign in as `person`."""
    reply = await house.http.post("/v1/sign-in", json={"email": "ada@example.org", "password": password})
    assert reply.status_code == 200, reply.text
    session: dict[str, str] = reply.json()
    return session


def token(house: House, kind: Kind, user: UUID, ago: timedelta = timedelta(0)) -> str:
    """A token issued so long ago by the database's clock."""
    row = house.db.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return house.service.shared.tokens.sign(kind, user, row[0] - ago)


def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Set the database's clock, as sessions read it."""
    at = f"'{now.isoformat()}'::timestamptz"
    for name in ("BY_ID", "HOLD"):
        sql = getattr(queries, name).replace("clock_timestamp()", at).replace("statement_timestamp()", at)
        monkeypatch.setattr(queries, name, sql)


@pytest.mark.parametrize(("kind", "lasts"), [("access", timedelta(minutes=15)), ("refresh", timedelta(days=30))])
async def test_a_token_is_over_at_the_very_instant(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: Kind, lasts: timedelta
) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    given = house.service.shared.tokens.sign(kind, house.person(), at)
    use = me if kind == "access" else refresh
    for now, status in ((at + lasts - TICK, 200), (at + lasts, 401)):
        with monkeypatch.context() as patch:
            clock(patch, now)
            assert await use(house, given) == status


@pytest.mark.parametrize("kind", ["access", "refresh"])
async def test_a_token_from_the_future_is_refused_beyond_a_minute(house: House, kind: Kind) -> None:
    user, use = house.person(), me if kind == "access" else refresh
    assert await use(house, token(house, kind, user, -timedelta(seconds=50))) == 200
    assert await use(house, token(house, kind, user, -timedelta(seconds=70))) == 401
    assert await use(house, token(house, kind, user, -timedelta(days=3650))) == 401


async def test_a_token_of_another_kind_cut_or_altered_in_any_bit_is_refused(house: House) -> None:
    user = house.person()
    good = token(house, "access", user)
    assert await me(house, good) == 200
    link = house.service.shared.tokens.sign_link("a" * 16, "", datetime.now(UTC) + timedelta(hours=1))
    others = [token(house, "refresh", user), link, "", "x", f"{good}=", f"{good}A", f" {good}"]
    cut = [good[:length] for length in range(1, len(good))]
    for bad in (*others, *cut):
        assert await me(house, bad) == 401, bad
    assert await refresh(house, good) == 401
    tokens = house.service.shared.tokens
    for place, letter in enumerate(good):  # each of the six bits of each letter
        for bit in range(6):
            other = _LETTERS[_LETTERS.index(letter) ^ 1 << bit]
            assert tokens.verify("access", good[:place] + other + good[place + 1 :]) is None


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_link_is_no_token_of_whatever_length() -> None:
    tokens = Tokens((bytes(32),))
    for length in range(1, 40):  # one of them is as long as a token
        link = tokens.sign_link("a" * length, "", datetime.now(UTC))
        assert tokens.verify("access", link) is None
        assert tokens.verify("refresh", link) is None


def test_two_keys_one_signs_and_both_verify() -> None:
    old, new, at = bytes(32), bytes([1] * 32), datetime.now(UTC)
    signed = Tokens((old,)).sign("refresh", UUID(int=1), at)
    both = Tokens((new, old))
    assert both.verify("refresh", signed) is not None
    fresh = both.sign("refresh", UUID(int=1), at)
    assert Tokens((new,)).verify("refresh", fresh) is not None
    assert Tokens((old,)).verify("refresh", fresh) is None
    assert Tokens((new,)).verify("refresh", signed) is None


async def test_nothing_of_before_comes_back_after_signing_out_everywhere(house: House) -> None:
    person(house)
    here, there = await sign_in(house), await sign_in(house)
    out = {"authorization": f"Bearer {here['access']}"}
    assert (await house.http.post("/v1/me/sign-out-everywhere", json={}, headers=out)).status_code == 200
    for _ in range(2):
        for session in (here, there):
            assert await me(house, session["access"]) == 401
            assert await refresh(house, session["refresh"]) == 401
    fresh = await sign_in(house)
    assert await me(house, fresh["access"]) == 200
    assert await refresh(house, fresh["refresh"]) == 200


@pytest.mark.parametrize("going_on", ["refresh", "sign-in"])
async def test_no_session_begun_beside_a_change_of_credentials_outlives_it(house: House, going_on: str) -> None:
    """Who holds a token, or the old password, and tries without a pause is out when the change is there."""
    user = person(house)
    session, hashed = await sign_in(house), house.service.shared.passwords.hash_now(NEW)
    with house.db.transaction():  # as `joining` does: the person's row first, and committed a while after the time
        house.db.execute("SELECT id FROM users WHERE id = %s FOR UPDATE", (user,))
        house.db.execute("UPDATE credentials SET updated_at = clock_timestamp(), password_hash = %s", (hashed,))
        if going_on == "refresh":
            asked = asyncio.create_task(house.http.post("/v1/refresh", json={"refresh": session["refresh"]}))
        else:
            ask = {"email": "ada@example.org", "password": OLD}
            asked = asyncio.create_task(house.http.post("/v1/sign-in", json=ask))
        done, _ = await asyncio.wait({asked}, timeout=0.5)
    reply = await asked
    assert not done, "it did not wait for the change"
    assert reply.status_code == 401


async def test_what_changes_is_felt_at_the_next_request(house: House) -> None:
    user = person(house)
    session = await sign_in(house)
    headers = {"authorization": f"Bearer {session['access']}"}

    async def managed() -> int:
        return (await house.http.get("/v1/managed-courses", headers=headers)).status_code

    assert await managed() == 403
    for role, status in (("content_creator", 200), ("STUDENT", 403), ("ADMIN", 200), ("TEACHER", 403)):
        house.db.execute("UPDATE users SET role = %s WHERE id = %s", (role, user))
        assert await managed() == status, role
    house.db.execute("UPDATE users SET archived = true WHERE id = %s", (user,))
    assert await managed() == 401
    assert await refresh(house, session["refresh"]) == 401
    house.db.execute("UPDATE users SET archived = NULL WHERE id = %s", (user,))
    assert await managed() == 403
    code = await reset_code(house, "ada@example.org")
    assert (await house.http.post("/v1/resets/use", json={"code": code, "password": NEW})).status_code == 200
    assert await managed() == 401
    assert await refresh(house, session["refresh"]) == 401
