"""Invitations, resets, one's own password, names and sessions, on a real database."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from lms_tui.service import codes, inviting
from lms_tui.service.people import RefusedPersonError
from lms_tui.service.settings import Settings
from lms_tui.wire.codes import LETTERS

from .conftest import House, housed

pytestmark = pytest.mark.anyio

NEW = "a staple of horses"
OLD = "correct horse"


async def invited(house: House, **guest: Any) -> str:
    """Invite somebody; return the code."""
    async with house.service.shared.pools.writer.connection() as tx:
        made = await inviting.invite(tx, inviting.Guest(**({"email": "new@example.org"} | guest)))
        written = await inviting.write_invitation(tx, made.code_id)
    assert written is not None
    return written.code


async def reset_code(house: House, email: str) -> str:
    """Open a reset; return the code."""
    async with house.service.shared.pools.writer.connection() as tx:
        written = await inviting.write_reset(tx, await inviting.open_reset(tx, email))
    assert written is not None
    return written.code


def person(house: House, email: str = "ada@example.org", role: str = "STUDENT") -> UUID:
    """Somebody with the password OLD, chosen a while ago."""
    user = house.person(role, email, house.service.shared.passwords.hash_now(OLD))
    house.db.execute("UPDATE credentials SET updated_at = now() - interval '1 hour'")
    return user


async def accept(house: House, code: str, **more: str) -> httpx.Response:
    """Accept an invitation."""
    return await house.http.post("/v1/invitations/accept", json={"code": code, "password": NEW} | more)


async def use(house: House, code: str, password: str = NEW) -> httpx.Response:
    """Use the code of a reset."""
    return await house.http.post("/v1/resets/use", json={"code": code, "password": password})


async def may_sign_in(house: House, email: str, password: str) -> bool:
    """Tell whether address and password go together."""
    return (await house.http.post("/v1/sign-in", json={"email": email, "password": password})).status_code == 200


def test_a_code_has_130_bits_in_groups_without_look_alikes() -> None:
    code = codes.new_code()
    letters = code.replace("-", "")
    assert len(letters) * 5 == 130
    assert set(letters) <= set(LETTERS)
    assert not set(LETTERS) & set("ILOU")
    assert max(len(group) for group in code.split("-")) == 6
    assert codes.stored(code) == codes.stored(f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')}")
    assert len({codes.new_code() for _ in range(1000)}) == 1000


async def test_an_invitation_is_looked_at_accepted_and_gone(house: House) -> None:
    code = await invited(house, email="Ada@x.org", role="CONTENT_CREATOR", first_name="Ada")
    looked = (await house.http.post("/v1/invitations/look", json={"code": code.lower()})).json()
    assert (looked["email"], looked["first_name"], looked["last_name"]) == ("Ada@x.org", "Ada", "")
    days = datetime.fromisoformat(looked["expires_at"]) - datetime.now().astimezone()
    assert timedelta(days=6, hours=23) < days < timedelta(days=7, minutes=1)
    nameless = await accept(house, code)
    assert (nameless.status_code, nameless.json()["field"]) == (400, "last_name"), "the first is known"
    faulty = await accept(house, code, first_name="A", last_name="B\x07")
    assert (faulty.status_code, faulty.json()["field"]) == (400, "last_name")
    session = (await accept(house, code, first_name="Eve", last_name="Lovelace")).json()
    named = {field: session["user"][field] for field in ("email", "first_name", "last_name", "role")}
    assert named == {"email": "Ada@x.org", "first_name": "Ada", "last_name": "Lovelace", "role": "CONTENT_CREATOR"}
    me = await house.http.get("/v1/me", headers={"authorization": f"Bearer {session['access']}"})
    assert me.json() == session["user"]
    assert await may_sign_in(house, "ada@x.org", NEW)
    again = await accept(house, code, first_name="A", last_name="L")
    assert (again.status_code, again.json()["code"]) == (422, "code_refused")
    assert house.db.execute("SELECT count(*) FROM create_tokens").fetchone() == (0,)


async def test_an_invitation_of_nobodys_row_makes_a_student(house: House) -> None:
    house.db.execute(
        "INSERT INTO create_tokens (email, token, expires_at)"
        " VALUES ('their@x.org', 'AbC-raw', now() + interval '1 day')"
    )
    refused = await accept(house, "abc-raw", first_name="A", last_name="B")  # another program's code, compared raw
    assert refused.status_code == 422
    session = (await accept(house, "AbC-raw", first_name="A", last_name="B")).json()
    assert session["user"]["role"] == "STUDENT"


async def test_what_is_kept_of_a_code_opens_nothing(house: House) -> None:
    person(house)
    await invited(house)
    await reset_code(house, "ada@example.org")
    rows = house.db.execute("SELECT token FROM create_tokens UNION ALL SELECT token FROM reset_tokens").fetchall()
    assert len(rows) == 2
    for (token,) in rows:
        assert token.startswith("sha256:")
        for presented in (token, token.upper(), f" {token}"):
            assert (await accept(house, presented, first_name="A", last_name="B")).status_code == 422
            assert (await use(house, presented)).status_code == 422
    assert not codes.candidates("")
    assert not codes.candidates("x" * 201)


async def test_refusals_are_alike_and_use_nothing_up(house: House) -> None:
    code = await invited(house, first_name="A", last_name="B")
    weak = await accept(house, code, password="password1")
    assert (weak.status_code, weak.json()["code"], weak.json()["field"]) == (422, "password_refused", "password")
    house.db.execute("UPDATE users SET archived = true")
    archived = await accept(house, code)
    house.db.execute("UPDATE users SET archived = false")
    unknown = await accept(house, codes.new_code())
    house.db.execute("UPDATE create_tokens SET expires_at = clock_timestamp()")
    over = await accept(house, code)
    assert archived.content == unknown.content == over.content
    assert unknown.json()["field"] == "code"
    house.db.execute("UPDATE create_tokens SET expires_at = clock_timestamp() + interval '5 s'")
    assert (await accept(house, code)).status_code == 200


async def test_inviting_again_voids_the_code_from_before(house: House) -> None:
    first = await invited(house, email="ada@x.org")
    second = await invited(house, email="ADA@x.org", first_name="Ada", last_name="L")
    assert (await accept(house, first, first_name="A", last_name="L")).status_code == 422
    assert (await accept(house, second)).json()["user"]["email"] == "ada@x.org"
    with pytest.raises(RefusedPersonError, match="already"):
        await invited(house, email="ada@x.org")


@pytest.mark.parametrize(
    ("guest", "said"),
    [
        ({"email": "old@x.org"}, "archived"),
        ({"email": "boss@x.org"}, "invited as ADMIN"),
        ({"email": "x@x.org", "role": "BOSS"}, "no role BOSS"),
        ({"email": "x"}, "looks like"),
        ({"email": "x@x.org", "first_name": "\x1b[31m"}, "first name"),
    ],
)
async def test_who_cannot_be_invited(house: House, guest: dict[str, str], said: str) -> None:
    house.db.execute("UPDATE users SET archived = true WHERE id = %s", (house.person(email="old@x.org"),))
    await invited(house, email="boss@x.org", role="ADMIN")
    with pytest.raises(RefusedPersonError, match=said):
        await invited(house, **guest)
    assert house.db.execute("SELECT count(*) FROM users").fetchone() == (2,)


async def test_of_a_hundred_uses_of_one_reset_at_once_one_succeeds(house: House) -> None:
    person(house)
    code = await reset_code(house, "ada@example.org")

    async def from_somewhere(number: int) -> httpx.Response:  # nobody may try so often from one place
        transport = httpx.ASGITransport(house.service, client=(f"10.0.0.{number % 4}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            return await http.post("/v1/resets/use", json={"code": code, "password": f"staple number {number}"})

    replies = await asyncio.gather(*(from_somewhere(number) for number in range(100)))
    won = [number for number, reply in enumerate(replies) if reply.status_code == 200]
    assert len(won) == 1
    assert {reply.json()["code"] for reply in replies if reply.status_code != 200} == {"code_refused"}
    assert await may_sign_in(house, "ada@example.org", f"staple number {won[0]}")


async def test_of_many_acceptances_at_once_one_succeeds(house: House) -> None:
    code = await invited(house, first_name="A", last_name="B")
    replies = await asyncio.gather(*(accept(house, code) for _ in range(30)))
    assert sorted(reply.status_code for reply in replies) == [200] + [422] * 29
    assert house.db.execute("SELECT count(*) FROM credentials").fetchone() == (1,)


async def test_two_codes_of_one_person_at_once_neither_hang_nor_both_work(house: House) -> None:
    person(house)
    for _ in range(10):
        both = [await reset_code(house, "ada@example.org") for _ in range(2)]
        replies = await asyncio.gather(*(use(house, code) for code in both))
        assert sorted(reply.status_code for reply in replies) == [200, 422]


async def test_a_reset_ends_sessions_and_voids_all_other_codes(house: House) -> None:
    user = person(house)
    session = house.session(user)
    other = await reset_code(house, "ADA@example.org")
    code = await reset_code(house, "ada@example.org")
    fresh = (await use(house, code)).json()
    assert (await house.http.get("/v1/me", headers=session)).status_code == 401
    bearer = {"authorization": f"Bearer {fresh['access']}"}
    assert (await house.http.get("/v1/me", headers=bearer)).status_code == 200
    assert (await use(house, other)).status_code == 422
    assert not await may_sign_in(house, "ada@example.org", OLD)
    assert house.db.execute("SELECT count(*) FROM reset_tokens WHERE is_used IS NOT TRUE").fetchone() == (0,)


async def test_a_reset_is_over_at_its_very_instant(house: House) -> None:
    person(house)
    code = await reset_code(house, "ada@example.org")
    house.db.execute("UPDATE reset_tokens SET expires_at = clock_timestamp()")
    assert (await use(house, code)).status_code == 422
    house.db.execute("UPDATE reset_tokens SET expires_at = clock_timestamp() + interval '5 s'")
    assert (await use(house, code)).status_code == 200


async def test_a_new_password_ends_the_other_sessions_and_may_be_sent_twice(house: House) -> None:
    user = person(house)
    here, there = house.session(user), house.session(user)
    wrong = await house.http.post("/v1/me/password", json={"current": "wrong", "password": NEW}, headers=here)
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "password_refused", "current")
    asked = {"current": OLD, "password": NEW}
    first = await house.http.post("/v1/me/password", json=asked, headers=here)
    fresh = {"authorization": f"Bearer {first.json()['access']}"}
    assert (await house.http.get("/v1/me", headers=there)).status_code == 401
    second = await house.http.post("/v1/me/password", json=asked, headers=fresh)
    assert second.status_code == 200
    assert await may_sign_in(house, "ada@example.org", NEW)
    assert house.db.execute("SELECT count(*) FROM credentials").fetchone() == (1,)


async def test_who_has_no_password_has_none_to_change(house: House) -> None:
    user = house.person()
    asked = {"current": OLD, "password": NEW}
    for _ in range(2):  # without a row, and with one that no password opens
        reply = await house.http.post("/v1/me/password", json=asked, headers=house.session(user))
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
        house.db.execute("INSERT INTO credentials (user_id, password_hash) VALUES (%s, '!')", (user,))


@pytest.mark.parametrize("has_password", [True, False])
async def test_signing_out_everywhere_ends_every_session_and_keeps_the_password(
    house: House, has_password: bool
) -> None:
    user = person(house) if has_password else house.person()
    here, there = house.session(user), house.session(user)
    assert (await house.http.post("/v1/me/sign-out-everywhere", json={}, headers=here)).status_code == 200
    for session in (here, there):
        assert (await house.http.get("/v1/me", headers=session)).status_code == 401
    assert (await house.http.get("/v1/me", headers=house.session(user))).status_code == 200
    assert house.db.execute("SELECT count(*) FROM credentials").fetchone() == (1,)
    assert not has_password or await may_sign_in(house, "ada@example.org", OLD)


async def test_names_are_ones_own_to_change(house: House) -> None:
    user = person(house)
    for _ in range(2):
        reply = await house.http.put(
            "/v1/me", json={"first_name": " Augusta ", "last_name": "King"}, headers=house.session(user)
        )
        assert (reply.json()["first_name"], reply.json()["last_name"]) == ("Augusta", "King")
    for first, last in (("", "King"), ("A\x1b", "K"), ("x" * 201, "K")):
        reply = await house.http.put(
            "/v1/me", json={"first_name": first, "last_name": last}, headers=house.session(user)
        )
        assert reply.status_code == 400
    assert (await house.http.get("/v1/me", headers=house.session(user))).json()["first_name"] == "Augusta"


async def test_where_sso_is_enforced_no_password_gets_in(house: House) -> None:
    user = person(house)
    invitation, reset = await invited(house, first_name="A", last_name="B"), await reset_code(house, "ada@example.org")
    house.db.execute("INSERT INTO settings (enforce_sso) VALUES (true)")
    replies = [
        await accept(house, invitation),
        await use(house, reset),
        await house.http.post("/v1/resets", json={"email": "ada@example.org"}),
        await house.http.post("/v1/me/password", json={"current": OLD, "password": NEW}, headers=house.session(user)),
    ]
    assert {(reply.status_code, reply.json()["code"]) for reply in replies} == {(403, "forbidden")}
    assert "organisation" in replies[0].json()["detail"]


async def test_a_service_that_sends_no_mail_refuses_everybody_alike(database_url: str, tmp_path: Path) -> None:
    async with housed(Settings(database_url=database_url, secrets=tmp_path / "secrets")) as house:
        await _refuses_everybody_alike(house)


async def _refuses_everybody_alike(house: House) -> None:
    person(house)
    house.db.execute("UPDATE users SET archived = true WHERE id = %s", (house.person(email="old@x.org"),))
    replies = [
        await house.http.post("/v1/resets", json={"email": email})
        for email in ("ada@example.org", "old@x.org", "nobody@example.org")
    ]
    assert {(reply.status_code, reply.content) for reply in replies} == {(409, replies[0].content)}
    assert replies[0].json()["code"] == "no_mail"
    assert "administrator" in replies[0].json()["detail"]
    assert (await house.http.post("/v1/resets", json={"email": "ada"})).json()["code"] == "bad_request"
    assert house.db.execute("SELECT count(*) FROM reset_tokens").fetchone() == (0,)


async def test_no_request_shows_a_secret_in_its_repr() -> None:
    from lms_tui.wire import joining

    for request in (
        joining.InvitationLook(code="SECRET"),
        joining.AcceptRequest(code="SECRET", password="SECRET"),
        joining.ResetRequest(code="SECRET", password="SECRET"),
        joining.PasswordRequest(current="SECRET", password="SECRET"),
    ):
        assert "SECRET" not in repr(request)
