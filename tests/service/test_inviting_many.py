"""Many invited at once: a report on each line, nothing for bad ones, and nothing at all the second time."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.cli import invite_csv
from lms_tui.wire import inviting_many as wire
from lms_tui.wire import joining
from lms_tui.wire.inviting_many import MOST_AT_ONCE, GuestLine, InviteManyRequest, LineFault

from .conftest import House
from .people_kit import Office, code, opened
from .statement_kit import ask, counted, private
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio

TABLES = ("users", "create_tokens", "group_users", "lms_tui.audit", "lms_tui.mail")


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


def rows(office: Office) -> list[list[tuple[Any, ...]]]:
    """All that an invitation may write."""
    return [office.house.db.execute(f"SELECT * FROM {table} ORDER BY id".encode()).fetchall() for table in TABLES]


async def invite(office: Office, *guests: GuestLine, check: bool = False, own: UUID | None = None) -> Any:
    """Invite them; return the report."""
    request = InviteManyRequest(id=own or uuid4(), guests=list(guests), check=check)
    return await office.good(wire.INVITE_MANY, request)


def guest(line: int, email: str, role: str = "", *groups: str) -> GuestLine:
    """A line."""
    return GuestLine(line=line, email=email, first_name="N", last_name="N", role=role, groups=list(groups))


async def test_each_line_has_its_fault_and_the_good_ones_are_invited_with_role_and_groups(office: Office) -> None:
    office.group("Evening")
    office.add("here@x.org")
    gone = office.add("gone@x.org")
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    assert (await office.invite("asked@x.org", uuid4())).status_code == 200
    bad = {
        LineFault.NO_ADDRESS: guest(1, " "),
        LineFault.MALFORMED: guest(2, "a@b@c"),
        LineFault.TOO_LONG: guest(3, f"{'a' * 250}@x.org"),
        LineFault.CONTROL_CHARACTERS: guest(4, "esc\x1b@x.org"),
        LineFault.DUPLICATE: guest(6, "NEW@x.org"),
        LineFault.TAKEN: guest(7, "Here@x.org"),
        LineFault.ARCHIVED: guest(8, "gone@X.org"),
        LineFault.OTHER_ROLE: guest(9, "asked@x.org", "admin"),
        LineFault.UNKNOWN_ROLE: guest(10, "a@x.org", "king"),
        LineFault.UNKNOWN_GROUP: guest(11, "b@x.org", "", "Evening", "None"),
    }
    lines = [*bad.values(), guest(5, "new@x.org", "content creator", "evening")]
    lines.sort(key=lambda one: one.line)
    before = rows(office)
    checked = await invite(office, *lines, check=True)
    assert rows(office) == before
    report = await invite(office, *lines)
    faults = {one["fault"]: one["line"] for one in report["lines"] if one["outcome"] == "refused"}
    assert faults == {fault: line.line for fault, line in bad.items()}
    assert [{**one, "code": None} for one in report["lines"]] == checked["lines"]
    assert all(one["reason"] for one in report["lines"] if one["fault"])
    (done,) = [one for one in report["lines"] if one["outcome"] == "invited"]
    assert office.one("SELECT count(*) FROM users") == 5
    assert [group["name"] for group in (await office.person("new@x.org"))["groups"]] == ["Evening"]
    accepted = joining.AcceptRequest(code=done["code"], password="a staple of horses")
    session = (await ask(office.house.http, joining.ACCEPT, accepted, {})).json()
    assert session["user"]["role"] == "CONTENT_CREATOR"


async def test_the_same_request_again_is_done_once_and_its_last_codes_work(office: Office) -> None:
    own, lines = uuid4(), [guest(n, f"{n}@x.org") for n in range(3)]
    first, again = [await invite(office, *lines, own=own) for _ in range(2)]
    assert [one["outcome"] for one in again["lines"]] == ["invited"] * 3
    assert office.one("SELECT count(*) FROM lms_tui.audit WHERE action = 'people.invite_many'") == 1
    for report, status in ((first, 422), (again, 200)):
        accepted = joining.AcceptRequest(code=report["lines"][0]["code"], password="a staple of horses")
        assert (await ask(office.house.http, joining.ACCEPT, accepted, {})).status_code == status
    assert (await invite(office, *lines, own=own))["lines"][0]["code"] is None
    other = InviteManyRequest(id=own, guests=lines[:2])
    assert code(await office.ask(wire.INVITE_MANY, other)) == "id_taken"
    twice = InviteManyRequest(id=uuid4(), guests=[guest(1, "a@x.org"), guest(1, "b@x.org")])
    assert code(await office.ask(wire.INVITE_MANY, twice)) == "bad_request"


async def test_who_is_invited_already_stays_and_whose_code_is_over_gets_a_new_one(office: Office) -> None:
    lines = [guest(1, "a@x.org"), guest(2, "b@x.org")]
    await invite(office, *lines)
    office.house.db.execute("UPDATE create_tokens SET expires_at = now() WHERE email = 'b@x.org'")
    kept = office.one("SELECT token FROM create_tokens WHERE email = 'a@x.org'")
    again = await invite(office, guest(1, "A@x.org"), lines[1])
    assert [one["outcome"] for one in again["lines"]] == ["unchanged", "invited"]
    assert office.one("SELECT token FROM create_tokens WHERE email = 'a@x.org'") == kept
    assert office.one("SELECT count(*) FROM create_tokens") == 2


async def test_the_same_list_at_once_makes_each_person_once(office: Office) -> None:
    def sent(turn: int) -> InviteManyRequest:
        many = [guest(n, f"{'aA'[turn % 2]}{n}@x.org") for n in range(60)]
        return InviteManyRequest(id=uuid4(), guests=many[::-1] if turn % 3 else many)

    replies = await at_once(office.ask(wire.INVITE_MANY, sent(turn)) for turn in range(6))
    outcomes = Counter(one["outcome"] for reply in replies for one in reply.json()["lines"])
    assert outcomes == {"invited": 60, "unchanged": 300}
    assert office.one("SELECT count(DISTINCT lower(email)) FROM users") == 61
    assert office.one("SELECT count(*) FROM users") == 61


async def test_where_mail_is_sent_each_code_goes_by_mail(house: House) -> None:
    async with private(house) as http:
        office = Office(house, house.person("ADMIN", "boss@x.org", "$argon2id$x"), http)
        own = uuid4()
        reports = [await invite(office, guest(1, "a@x.org"), guest(2, "b@x.org"), own=own) for _ in range(2)]
    assert reports[0] == reports[1]
    assert reports[0]["mailed"] is True
    assert [one["code"] for one in reports[0]["lines"]] == [None, None]
    assert office.one("SELECT count(*) FROM lms_tui.mail m JOIN create_tokens c ON c.id = m.code_id") == 2


def table_of_5000() -> str:
    """5,000 people and 50 bad lines of ten kinds among them."""
    bad = [
        ",N,N,,",
        "a b,N,N,,",
        f"{'a' * 255}@x.org,N,N,,",
        "1@X.ORG,N,N,,",
        "{t}-here@x.org,N,N,,",
        "{t}-gone@x.org,N,N,,",
    ]
    bad += ["r{n}@x.org,N,N,king,", "g{n}@x.org,N,N,,None", "c{n}\x07@x.org,N,N,,", "w{n}@x.org,N"]
    lines = ["address,first,last,role,groups"]
    for n in range(1, 5001):
        lines.append(f"{n}@x.org,First {n},Last,,Evening")
        if n % 100 == 0:
            lines.append(bad[n // 100 % 10].format(n=n, t=n // 1000))
    return "\n".join(lines)


async def test_5000_people_with_50_bad_lines_of_ten_kinds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.group("Evening")
    for turn in range(10):
        office.add(f"{turn}-here@x.org")
        office.add(f"{turn}-gone@x.org")
    office.house.db.execute("UPDATE users SET archived = true WHERE email LIKE '%gone@x.org'")
    figures, before = [], rows(office)
    for turn in range(2):
        guests, reports = invite_csv.read(table_of_5000())
        began = time.perf_counter()
        with counted(monkeypatch) as sent:
            for batch in invite_csv.batches(guests):
                report = await invite(office, *batch)
                reports += [
                    wire.LineReport(
                        line=one["line"], email="", outcome=wire.Outcome(one["outcome"]), fault=one["fault"]
                    )
                    for one in report["lines"]
                ]
        figures.append((len(sent), round(time.perf_counter() - began, 2)))
        good = "unchanged" if turn else "invited"
        assert Counter(one.outcome for one in reports) == {good: 5000, "refused": 50}
        assert Counter(Counter(one.fault for one in reports if one.fault).values()) == {5: 10}
        if turn:
            assert rows(office) == before
        before = rows(office)
    assert sum(seconds for _, seconds in figures) < 60, figures
    assert [statements for statements, _ in figures] == [10 * 21, 5 * 21], figures
    assert len(guests) == 5000 + 3 * 5
    assert MOST_AT_ONCE == 250
