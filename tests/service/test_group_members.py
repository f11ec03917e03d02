"""People put into a group and taken out, and a whole group let into courses: once, and counted as learners are."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.service.statistics import refresh
from lms_tui.wire import group_members as wire
from lms_tui.wire.enrolments import Wanted
from lms_tui.wire.inviting_many import LineFault

from .people_kit import Office, code, opened
from .statement_kit import counted
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


def change(group: UUID, *whos: object, own: UUID | None = None, **how: bool) -> wire.MembersRequest:
    """Put people into a group, or take them out."""
    people = [Wanted(line=line, who=str(who)) for line, who in enumerate(whos, 1)]
    return wire.MembersRequest(id=own or uuid4(), group_id=group, people=people, **how)


def enrolling(group: UUID, *courses: UUID, own: UUID | None = None, check: bool = False) -> wire.EnrolRequest:
    """Let a group into courses."""
    return wire.EnrolRequest(id=own or uuid4(), group_id=group, courses=list(courses), check=check)


def filled(office: Office, members: int, name: str = "Evening") -> UUID:
    """A group of so many."""
    group = office.group(name)
    office.house.db.execute(
        "WITH made AS (INSERT INTO users (email, first_name, last_name)"
        " SELECT %s || n || '@x.org', 'N', 'N' FROM generate_series(1, %s) n RETURNING id)"
        " INSERT INTO group_users (group_id, user_id) SELECT %s, id FROM made",
        (name.lower(), members, group),
    )
    return group


def in_it(office: Office) -> list[str]:
    """Addresses of those in any group."""
    rows = office.house.db.execute("SELECT email FROM users u JOIN group_users m ON m.user_id = u.id ORDER BY email")
    return [email for (email,) in rows.fetchall()]


async def test_each_is_put_in_or_named_with_their_fault_and_the_same_again_changes_nothing(office: Office) -> None:
    group, ada = office.group("Evening"), office.add("Ada@x.org")
    office.add("bo@x.org")
    for email in ("two@x.org", "TWO@x.org"):
        office.add(email)
    gone = office.add("gone@x.org")
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    whos = ("ada@x.org ", ada, "bo@x.org", "gone@x.org", "", "a\x1b@x.org", "nobody@x.org", "Two@x.org", "two@x.org")
    checked = await office.good(wire.MEMBERS, change(group, *whos, check=True))
    assert (in_it(office), office.audits()) == ([], [])
    own = uuid4()
    first, again = [await office.good(wire.MEMBERS, change(group, *whos, own=own)) for _ in range(2)]
    assert first == again
    assert first["lines"] == checked["lines"]
    assert [(line["who"], line["outcome"], line["fault"]) for line in first["lines"]] == [
        ("Ada@x.org", "added", None),
        (str(ada), "refused", LineFault.DUPLICATE),
        ("bo@x.org", "added", None),
        ("gone@x.org", "refused", LineFault.ARCHIVED),
        ("", "refused", LineFault.NO_ADDRESS),
        ("a\x1b@x.org", "refused", LineFault.CONTROL_CHARACTERS),
        ("nobody@x.org", "refused", LineFault.UNKNOWN),
        ("Two@x.org", "refused", LineFault.UNKNOWN),
        ("two@x.org", "added", None),
    ]
    assert in_it(office) == ["Ada@x.org", "bo@x.org", "two@x.org"]
    same = await office.good(wire.MEMBERS, change(group, "bo@x.org"))
    assert [line["outcome"] for line in same["lines"]] == ["unchanged"]
    out = await office.good(wire.MEMBERS, change(group, "bo@x.org", "gone@x.org", ada, remove=True))
    assert [line["outcome"] for line in out["lines"]] == ["removed", "unchanged", "removed"]
    assert in_it(office) == ["two@x.org"]
    assert [action for _, action, _ in office.audits()] == ["groups.members"] * 2
    assert code(await office.ask(wire.MEMBERS, change(group, "bo@x.org", own=own))) == "id_taken"
    twice = wire.MembersRequest(id=uuid4(), group_id=group, people=[Wanted(line=1, who="a"), Wanted(line=1, who="b")])
    assert code(await office.ask(wire.MEMBERS, twice)) == "bad_request"
    office.house.db.execute("UPDATE groups SET archived = true")
    assert code(await office.ask(wire.MEMBERS, change(group, "bo@x.org"))) == "group_archived"
    assert code(await office.ask(wire.ENROL, enrolling(group, uuid4()))) == "group_archived"
    out = await office.good(wire.MEMBERS, change(group, "two@x.org", remove=True))
    assert (out["lines"][0]["outcome"], in_it(office)) == ("removed", [])


async def test_the_members_of_this_moment_are_let_in_once_also_into_priced_courses_and_drafts(office: Office) -> None:
    group = filled(office, 6)
    free, priced = office.house.course(office.admin, "Free"), office.house.course(office.admin, "Priced", price=900)
    draft = office.house.course(office.admin, "Draft", published=False)
    gone, early = [office.one("SELECT id FROM users WHERE email = %s", f"evening{number}@x.org") for number in (1, 2)]
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    office.house.db.execute(
        "INSERT INTO student_courses (user_id, course_id, enrolled_at) VALUES (%s, %s, '2024-01-01')", (early, priced)
    )
    checked = await office.good(wire.ENROL, enrolling(group, priced, free, draft, check=True))
    assert office.audits() == []
    own = uuid4()
    first, again = [await office.good(wire.ENROL, enrolling(group, priced, free, draft, own=own)) for _ in range(2)]
    assert first == again
    assert first["courses"] == checked["courses"]
    assert (first["members"], first["archived_members"]) == (5, 1)
    assert [(c["title"], c["enrolled"], c["already"], c["available"]) for c in first["courses"]] == [
        ("Priced", 4, 1, True), ("Free", 5, 0, True), ("Draft", 5, 0, False),
    ]  # fmt: skip
    assert office.one("SELECT count(*) FROM student_courses WHERE user_id = %s", gone) == 0
    since = "SELECT enrolled_at::date::text FROM student_courses WHERE user_id = %s AND course_id = %s"
    assert office.one(since, early, priced) == "2024-01-01"
    late = office.add("late@x.org")
    await office.good(wire.MEMBERS, change(group, late))
    assert office.one("SELECT count(*) FROM student_courses WHERE user_id = %s", late) == 0
    assert (await office.good(wire.ENROL, enrolling(group, free, free)))["courses"][0]["enrolled"] == 1
    assert (await office.good(wire.ENROL, enrolling(group, free)))["courses"][0]["enrolled"] == 0
    await office.good(wire.MEMBERS, change(group, late, remove=True))
    assert office.one("SELECT count(*) FROM student_courses WHERE user_id = %s", late) == 1
    assert [action for _, action, _ in office.audits()].count("groups.enrol") == 2
    assert code(await office.ask(wire.ENROL, enrolling(group, free, uuid4()))) == "not_found"
    office.house.db.execute("DELETE FROM courses_summary_stats WHERE course_id = %s", (free,))
    assert (await refresh(office.house.service.shared.pools)).mended == 1  # that one alone: the others were true


async def test_groups_that_share_people_enrol_at_once_and_each_is_in_once(office: Office) -> None:
    groups = [filled(office, 8), office.group("Morning")]
    office.house.db.execute(
        "INSERT INTO group_users (group_id, user_id) SELECT %s, user_id FROM group_users ORDER BY user_id DESC",
        (groups[1],),
    )
    courses = [office.house.course(office.admin, f"C{number}") for number in range(3)]
    own = uuid4()
    asks = [enrolling(groups[turn % 2], *courses[:: -1 if turn % 3 else 1]) for turn in range(6)]
    replies = await at_once(
        office.ask(wire.ENROL, ask) for ask in [*asks, *[enrolling(groups[0], *courses, own=own)] * 3]
    )
    assert {reply.status_code for reply in replies} == {200}
    made = sum(course["enrolled"] for reply in replies[:6] for course in reply.json()["courses"])
    same: list[Any] = [reply.json() for reply in replies[6:]]
    assert made + sum(course["enrolled"] for course in same[0]["courses"]) == 24
    assert office.one("SELECT count(*) FROM student_courses") == 24
    assert (await refresh(office.house.service.shared.pools)).mended == 0


async def test_a_group_of_five_thousand_takes_as_many_statements_as_one_of_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = filled(office, 1, "Few"), filled(office, 5000, "Many")
    courses = [office.house.course(office.admin, f"C{number}") for number in range(2)]
    with counted(monkeypatch) as small:
        await office.good(wire.ENROL, enrolling(few, *courses))
    began = time.monotonic()
    with counted(monkeypatch) as big:
        done = await office.good(wire.ENROL, enrolling(many, *courses))
    assert [course["enrolled"] for course in done["courses"]] == [5000, 5000]
    assert len(small) == len(big)
    assert time.monotonic() - began < 20
