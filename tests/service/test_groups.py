"""Groups that administrators make: named once, archived and back, each act recorded once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.wire import groups as wire
from lms_tui.wire.catalog import PageSize

from .people_kit import Office, code, opened
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


async def create(office: Office, name: str, own: UUID | None = None, characteristic: str = "") -> Any:
    """Make a group; return the reply."""
    return await office.ask(
        wire.CREATE, wire.CreateRequest(id=own or uuid4(), name=name, characteristic=characteristic)
    )


async def edit(office: Office, group: str, own: UUID | None = None, **to: str) -> Any:
    """Give a group another name or characteristic; return the reply."""
    return await office.ask(wire.EDIT, wire.EditRequest(id=own or uuid4(), group_id=UUID(group), **to))


async def archive(office: Office, group: str) -> Any:
    """Archive a group."""
    return await office.good(wire.ARCHIVE, wire.ArchiveRequest(id=uuid4(), group_id=UUID(group)))


async def restore(office: Office, group: str) -> Any:
    """Take a group out of the archive; return the reply."""
    return await office.ask(wire.RESTORE, wire.RestoreRequest(id=uuid4(), group_id=UUID(group)))


async def listed(office: Office, **filters: Any) -> list[tuple[str, int]]:
    """Names and numbers of members of a page."""
    found = await office.good(wire.LIST, wire.ListRequest(**filters))
    return [(group["name"], group["members"]) for group in found["groups"]]


async def test_a_group_is_made_once_and_its_name_given_once_in_whatever_case(office: Office) -> None:
    own = uuid4()
    first, again = [(await create(office, " Evening ", own, "works by day")).json() for _ in range(2)]
    assert first == again
    assert (first["name"], first["characteristic"], first["changed"]) == ("Evening", "works by day", True)
    assert code(await create(office, "Other", own)) == "id_taken"
    for name in ("EVENING", "", "a\x1bb", "a\nb", "x" * 101):
        assert code(await create(office, name)) == "name_refused"
    assert (await create(office, "x" * 100)).status_code == 200
    assert code(await create(office, "Long", characteristic="x" * 2001)) == "name_refused"
    replies = await at_once(create(office, f"{'mM'[n % 2]}orning") for n in range(8))
    assert sorted(reply.status_code for reply in replies) == [200, *[422] * 7]
    replies = await at_once(create(office, "Same", own) for own in [uuid4()] * 6)
    assert {reply.text for reply in replies} == {replies[0].text}
    assert [action for _, action, _ in office.audits()] == ["groups.create"] * 4
    assert office.one("SELECT object_id FROM lms_tui.audit ORDER BY at LIMIT 1") == UUID(first["group_id"])


async def test_another_name_and_characteristic_each_by_itself_and_what_is_so_leaves_no_row(office: Office) -> None:
    made = (await create(office, "Evening", characteristic="works by day")).json()
    other = (await create(office, "Morning")).json()["group_id"]
    group, own = made["group_id"], uuid4()
    first, again = [(await edit(office, group, own, name="Late")).json() for _ in range(2)]
    assert first == again
    assert (first["name"], first["characteristic"]) == ("Late", "works by day")
    assert (await edit(office, group, name="late")).json()["name"] == "late"  # its own, in another case
    assert (await edit(office, group, characteristic="")).json()["characteristic"] == ""
    assert office.one("SELECT characteristic IS NULL FROM groups WHERE name = 'late'") is True
    assert (await edit(office, group, name="late")).json()["changed"] is False
    assert code(await edit(office, other, name="Late")) == "name_refused"
    assert code(await edit(office, str(uuid4()), name="New")) == "not_found"
    assert len(office.audits()) == 5
    was = "SELECT details->'was'->>'name' FROM lms_tui.audit WHERE id = %s"
    assert office.one(was, own) == "Evening"


async def test_an_archived_group_keeps_its_members_and_its_name_until_it_is_back(office: Office) -> None:
    group = (await create(office, "Evening")).json()["group_id"]
    ada = office.add("ada@x.org")
    office.house.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (group, ada))
    assert (await archive(office, group))["changed"] is True
    assert (await archive(office, group))["changed"] is False
    assert await listed(office) == []
    assert await listed(office, show=wire.Show.ARCHIVED) == [("Evening", 1)]
    refused = await create(office, "evening")
    assert (code(refused), "archived" in refused.json()["detail"]) == ("name_refused", True)
    office.group("evening")  # by another program
    assert code(await restore(office, group)) == "name_refused"
    found = await office.good(wire.GROUP, wire.GroupRequest(group="EVENING"))
    assert found["archived"] is False  # of the two the one in use is meant
    assert (await edit(office, group, name="Night")).status_code == 200
    assert (await restore(office, group)).json()["archived"] is False
    assert await listed(office) == [("evening", 0), ("Night", 1)]


async def test_the_list_is_by_name_in_pages_and_one_is_found_by_name_or_id(office: Office) -> None:
    for number in range(25):
        await create(office, f"Group {number:02}", characteristic="percent 100% here" if number == 7 else "")
    first = await office.good(wire.LIST, wire.ListRequest(size=PageSize.SMALL))
    rest = await office.good(wire.LIST, wire.ListRequest(size=PageSize.SMALL, offset=20))
    assert [group["name"] for group in first["groups"] + rest["groups"]] == [f"Group {n:02}" for n in range(25)]
    assert first["total"] == rest["total"] == 25
    assert (await office.good(wire.LIST, wire.ListRequest(offset=40))) == {"groups": [], "total": 25}
    assert await listed(office, search="100%") == [("Group 07", 0)]
    assert await listed(office, search="_") == []
    ada, gone, new = office.add("ada@x.org"), office.add("gone@x.org"), office.add("new@x.org", password=False)
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    own = office.one("SELECT id FROM groups WHERE name = 'Group 03'")
    for user in (ada, gone, new):
        office.house.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (own, user))
    course = office.house.course(office.admin, "Joins")
    for user in (ada, gone):
        office.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
    found = await office.good(wire.GROUP, wire.GroupRequest(group=" group 03 "))
    assert found == await office.good(wire.GROUP, wire.GroupRequest(group=str(own)))
    assert (found["members"], found["invited"], found["archived_members"]) == (2, 1, 1)
    assert found["courses"] == [{"course_id": str(course), "title": "Joins", "members": 1}]
    assert (await listed(office, search="group 03")) == [("Group 03", 2)]
    office.group("GROUP 03")
    assert code(await office.ask(wire.GROUP, wire.GroupRequest(group="Group 03"))) == "name_refused"
    assert code(await office.ask(wire.GROUP, wire.GroupRequest(group="none"))) == "not_found"
