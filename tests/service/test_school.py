"""The settings: one row, made by the first change with everything off; SSO alone only when it leaves a way in."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.service.settings import Issuer, Settings
from lms_tui.wire import accounts, system
from lms_tui.wire import school as wire

from .conftest import housed
from .people_kit import Office, code, opened
from .statement_kit import ask, private
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio

PNG = b"\x89PNG\r\n\x1a\n and more"


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


async def change(office: Office, own: UUID | None = None, **to: Any) -> Any:
    """Change settings; return the reply."""
    return await office.ask(wire.SET, wire.SetRequest(id=own or uuid4(), **to))


async def shown(office: Office) -> Any:
    """All settings."""
    return await office.good(wire.SHOW, wire.ShowRequest())


async def health(office: Office) -> Any:
    """What everybody is told."""
    return (await ask(office.house.http, system.HEALTH, system.HealthRequest(), {})).json()


async def test_the_first_change_makes_the_row_with_everything_else_off(office: Office) -> None:
    before = await shown(office)
    assert (before["guests"], before["sso_only"], before["company_name"]) == (False, False, "")
    assert (await change(office, guests=False)).json()["changed"] is False
    assert office.one("SELECT count(*) FROM settings") == 0
    own = uuid4()
    first, again = [(await change(office, own, company_name="  Ada's School ")).json() for _ in range(2)]
    assert first == again
    assert (first["company_name"], first["guests"], first["changed"]) == ("Ada's School", False, True)
    row = "SELECT unregistered_user_courses_accessibility OR enforce_sso FROM settings"
    assert office.one(row) is False
    told = await health(office)
    assert (told["company"], told["guests"]) == ("Ada's School", False)
    assert (await change(office, guests=True)).json()["guests"] is True
    assert (await health(office))["guests"] is True
    assert (await change(office, company_name="")).json()["company_name"] == ""
    assert (await health(office))["company"] == ""
    assert code(await change(office, own, company_name="Other")) == "id_taken"
    assert [action for _, action, _ in office.audits()] == ["settings.set"] * 3
    was = "SELECT details->'was'->>'company_name' FROM lms_tui.audit ORDER BY at DESC LIMIT 1"
    assert office.one(was) == "Ada's School"


async def test_who_changes_at_once_makes_one_row_with_every_change_in_it(office: Office) -> None:
    changes: list[dict[str, Any]] = [{"company_name": "A"}, {"company_email": "a@x.org"}, {"guests": True}]
    replies = await at_once(change(office, **to) for to in changes * 3)
    assert {reply.status_code for reply in replies} == {200}
    assert office.house.db.execute("SELECT company_name, company_email FROM settings").fetchall() == [("A", "a@x.org")]
    assert (await shown(office))["guests"] is True
    assert len(office.audits()) == 3


async def test_a_name_or_address_that_cannot_be_one_is_refused_by_its_field(office: Office) -> None:
    for name, value in (
        ("company_name", "x" * 201),
        ("company_name", "a\x1b[31mb"),
        ("company_name", "a\nb"),
        ("company_email", "nobody"),
        ("company_email", f"{'x' * 195}@x.org"),
    ):
        refused = (await change(office, None, **{name: value})).json()
        assert (refused["code"], refused["field"]) == ("setting_refused", name)
    assert (await change(office, company_name="x" * 200)).status_code == 200


async def test_a_logo_is_a_picture_in_the_store_that_a_link_opens(office: Office) -> None:
    own = uuid4()
    first, again = [await office.good(wire.LOGO, wire.LogoRequest(id=own, picture=PNG)) for _ in range(2)]
    assert first == again
    assert (first["has_logo"], first["changed"]) == (True, True)
    logo = (await shown(office))["logo"]
    assert (logo["name"], logo["kind"], logo["size"]) == ("logo.png", "png", len(PNG))
    assert (await office.http.get(logo["link"])).content == PNG
    bad = (b"<svg onload=alert(1)>", b"\x7fELF", PNG + bytes(wire.MOST_LOGO_BYTES))
    for data in bad:
        assert code(await office.ask(wire.LOGO, wire.LogoRequest(id=uuid4(), picture=data))) == "setting_refused"
    for file in office.house.service.shared.settings.files.rglob("*.png"):
        file.unlink()
    gone = await shown(office)
    assert (gone["logo"], gone["logo_missing"]) == (None, True)
    taken = await office.good(wire.LOGO, wire.LogoRequest(id=uuid4(), picture=b""))
    assert (taken["has_logo"], (await shown(office))["logo_missing"]) == (False, False)


async def test_passwords_are_switched_off_only_where_an_administrator_can_come_in_by_sso(
    database_url: str, tmp_path: Path
) -> None:
    issuer = Issuer("School", "https://id.example.org", "lms", ("x.org",), admins=True)
    settings = Settings(database_url=database_url, secrets=tmp_path / "secrets", sign_in_floor=0.0)
    ways = (), (replace(issuer, admins=False),), (issuer,)
    for issuers in ways:
        async with housed(replace(settings, issuers=issuers)) as house, private(house) as http:
            if issuers == ():
                boss = house.person("ADMIN", "boss@x.org", "$argon2id$x")
                house.person("STUDENT", "ada@x.org", "$argon2id$x")
                came = "INSERT INTO lms_tui.sso_people (user_id, issuer, last_at) VALUES (%s, 'https://id', now())"
                house.db.execute(came, (boss,))
            office = Office(house, boss, http)
            may = issuers == (issuer,)
            assert (await shown(office))["may_enforce_sso"] is may
            if not may:
                assert code(await change(office, sso_only=True)) == "sso_not_yet"
                assert office.one("SELECT count(*) FROM settings") == 0
                continue
            house.db.execute("UPDATE users SET role = 'STUDENT' WHERE id = %s", (boss,))
            other = house.person("ADMIN", "other@x.org", "$argon2id$x")
            office.admin = other
            assert code(await change(office, sso_only=True)) == "sso_not_yet"
            house.db.execute("UPDATE users SET role = 'ADMIN' WHERE id = %s", (boss,))
            assert (await shown(office))["without_sso"] == 2
            assert (await change(office, sso_only=True)).json()["sso_only"] is True
            sign_in = accounts.SignInRequest(email="ada@x.org", password="x")
            assert code(await ask(house.http, accounts.SIGN_IN, sign_in, {})) == "forbidden"
            house.db.execute("DELETE FROM lms_tui.sso_people")
            assert (await change(office, company_name="S")).json()["sso_only"] is True  # it stands
            assert (await change(office, sso_only=False)).json()["sso_only"] is False
