"""The audit of the doors: what is recorded, what is not, how much of it, and how administrators read it."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lms_tui.db.queries import audit as queries
from lms_tui.service.logs import JsonLines
from lms_tui.wire import accounts, audit, people, people_acts
from lms_tui.wire.audit import Entry
from lms_tui.wire.catalog import PageSize

from .people_kit import Office, opened

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
HOSTILE = 'a\r\n{"event":"entry.signed_in"}\u2028\u2029\x1b[31m\x07\u202e\u2066\x85@x.org'


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(database_url, tmp_path / "secrets") as made:
        hashed = made.house.service.shared.passwords.hash_now(PASSWORD)
        made.house.db.execute("UPDATE credentials SET password_hash = %s", (hashed,))
        yield made


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """What the log holds, as it is written: one line each."""
    caplog.set_level(logging.INFO)
    return lambda: [JsonLines().format(record) for record in caplog.records if record.name.startswith("lms_tui")]


async def sign_in(
    office: Office, email: str, password: str = PASSWORD, headers: dict[bytes, bytes] | None = None
) -> int:
    ask = {"email": email, "password": password}
    reply = await office.house.http.post("/v1/sign-in", json=ask, headers=headers)
    return reply.status_code


async def records(office: Office, **ask: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.good(audit.LIST, audit.ListRequest(**ask)))["records"]
    return found


async def test_who_came_in_and_who_failed_to_are_told_and_no_secret_is(office: Office, lines: Any) -> None:
    gone = office.add("gone@x.org")
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    assert await sign_in(office, "boss@x.org") == 200
    for email, password in (("boss@x.org", "wrong-secret"), ("gone@x.org", PASSWORD), ("my-own-password", "x")):
        assert await sign_in(office, email, password) == 401
    rows = await records(office, kind="entry")
    assert [(one["action"], one["actor"], one["person"]) for one in rows] == [
        ("entry.failed", "", ""),
        ("entry.failed", "", "gone@x.org"),
        ("entry.failed", "", "boss@x.org"),
        ("entry.signed_in", "boss@x.org", "boss@x.org"),
    ]
    assert rows[0]["tried"]
    assert not any(one["tried"] for one in rows[1:]), "a person is named by their id alone"
    everything = str(office.house.db.execute("SELECT audit::text FROM lms_tui.audit").fetchall()) + str(lines())
    for secret in ("my-own-password", "wrong-secret", PASSWORD, "boss@x.org", "$argon2"):
        assert secret not in everything
    assert sum('"event": "entry.' in line for line in lines()) == 4


async def test_what_is_tried_of_nobodys_address_is_found_by_it(office: Office) -> None:
    await sign_in(office, " Nobody@x.org", "x")
    await sign_in(office, "other@x.org", "x")
    assert [one["action"] for one in await records(office, person="nobody@X.org")] == ["entry.failed"]
    assert await records(office, person="third@x.org") == []


async def test_pages_are_walked_to_the_end_by_person_and_kind(office: Office) -> None:
    other = office.add("ada@x.org")
    for actor in (office.admin, other):
        office.house.db.execute(
            "INSERT INTO lms_tui.audit (id, actor_id, action, subject_id)"
            " SELECT gen_random_uuid(), %s, 'entry.signed_in', %s FROM generate_series(1, 120)", (actor, actor)
        )  # fmt: skip
    await office.good(
        people_acts.ROLE,
        people_acts.RoleRequest(id=UUID(int=7), person_id=other, role=people.Role.CONTENT_CREATOR),
    )
    seen: list[str] = []
    ask = audit.ListRequest(size=PageSize.SMALL)
    while True:
        page = await office.good(audit.LIST, ask)
        seen += [one["id"] for one in page["records"]]
        if page["next"] is None:
            break
        ask.after = page["next"]
    assert len(seen) == len(set(seen)) == 241
    assert [one["action"] for one in await records(office, person="ADA@x.org")][:2] == ["people.role", Entry.SIGNED_IN]
    assert len(await records(office, person=str(other), kind="people")) == 1
    assert await records(office, kind="peop") == []
    assert (await office.ask(audit.LIST, audit.ListRequest(after="%%%"))).json()["code"] == "bad_request"


async def test_passwords_and_codes_are_told_and_an_owner_who_is_somebody_else(office: Office) -> None:
    change = {"current": PASSWORD, "password": "another horse staple"}
    headers = office.house.session(office.admin)
    reply = await office.house.http.post("/v1/me/password", json=change, headers=headers)
    assert reply.status_code == 200, reply.text
    await office.good(accounts.OWNER, accounts.OwnerRequest())
    await office.good(accounts.OWNER, accounts.OwnerRequest(as_email="boss@x.org"))
    told = [(one["action"], one["actor"].partition("@")[2], one["person"]) for one in await records(office)]
    assert told == [
        ("entry.owner_as", "localhost", "boss@x.org"),
        ("entry.password_changed", "x.org", "boss@x.org"),
    ]


async def test_nothing_that_is_sent_begins_a_line_of_the_log(office: Office, lines: Any) -> None:
    headers = {b"user-agent": 'x\x1b[31m\u202e"}'.encode(), b"x-forwarded-for": b"1.2.3.4\t\x1b[0m"}
    assert await sign_in(office, HOSTILE, HOSTILE, headers) == 401
    await office.house.http.get("/v1/%0d%0a%1b[31m%e2%80%a8{}")
    written = lines()
    assert len(written) >= 3
    for line in written:
        assert line.isascii()
        assert line.isprintable(), "no newline, no escape, no direction"
        assert json.loads(line)["event" if "at the doors" in line else "message"] in (Entry.FAILED, "request")
    assert "x1b" not in str(written)
    assert "forwarded" not in str(written)


async def test_a_client_that_is_no_address_is_not_told(office: Office) -> None:
    shared = office.house.service.shared
    from lms_tui.service import entries
    from lms_tui.service.context import NOBODY, Context

    row = entries.of(Context(shared, NOBODY, "evil\n\x1b"), Entry.FAILED, None, None)
    assert row["details"].obj == {}
    assert entries.of(Context(shared, NOBODY, "::1"), Entry.FAILED, None, None)["details"].obj == {"client": "::1"}


async def test_a_stranger_cannot_fill_it(office: Office) -> None:
    statuses = [await sign_in(office, "boss@x.org", "wrong") for _ in range(14)]
    assert statuses.count(429) == 4
    assert office.one("SELECT count(*) FROM lms_tui.audit") == 10, "what is held back leaves no row"


async def test_failures_are_forgotten_and_nothing_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    db = office.house.db
    add = "INSERT INTO lms_tui.audit (id, action, at) VALUES (gen_random_uuid(), %s, now() - make_interval(days => %s))"
    for what, days in ((Entry.FAILED, 91), (Entry.FAILED, 80), (Entry.FAILED, 1), (Entry.SIGNED_IN, 300)):
        db.execute(add, (what.value, days))
    db.execute(add, ("people.role", 5000))
    for statement in queries.PRUNE:
        db.execute(statement.encode())
    assert office.one("SELECT count(*) FROM lms_tui.audit") == 4
    db.execute(queries._pruned(Entry.FAILED, 90, 1).encode())
    left = "SELECT action FROM lms_tui.audit ORDER BY at"
    assert [row[0] for row in db.execute(left).fetchall()] == ["people.role", "entry.signed_in", "entry.failed"]
    monkeypatch.setattr("lms_tui.service.doors._PRUNE_SECONDS", 0.0)
    db.execute(add, (Entry.FAILED.value, 91))
    await sign_in(office, "nobody@x.org", "x")
    assert office.one("SELECT count(*) FROM lms_tui.audit WHERE at < now() - interval '90 days'") == 2


async def test_without_the_table_the_log_tells_and_everybody_comes_in(office: Office, lines: Any) -> None:
    office.house.db.execute("DROP TABLE lms_tui.audit")
    assert await sign_in(office, "boss@x.org") == 200
    assert await sign_in(office, "boss@x.org", "wrong") == 401
    change = {"current": PASSWORD, "password": "another horse staple"}
    headers = office.house.session(office.admin)
    reply = await office.house.http.post("/v1/me/password", json=change, headers=headers)
    assert reply.status_code == 200, reply.text
    assert await sign_in(office, "boss@x.org", "another horse staple") == 200
    events = [json.loads(line).get("event") for line in lines()]
    assert [event for event in events if event] == [
        "entry.signed_in", "entry.failed", "no_audit", "password_changed", "entry.signed_in",
    ]  # fmt: skip
