"""People as administrators see them: the list with its filters and ways, the counts, one person."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from lms_tui.wire import people
from lms_tui.wire.catalog import PageSize

from .people_kit import Office, code, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


async def test_the_list_is_by_address_and_is_walked_both_ways_without_a_gap(office: Office) -> None:
    made = [f"{'pP'[n % 2]}{n:03}@x.org" for n in range(55)]
    for email in made:
        office.add(email)
    wanted = sorted([*made, "boss@x.org"], key=str.lower)
    pages, ask = [], people.ListRequest(size=PageSize.SMALL)
    while True:
        pages.append(await office.good(people.LIST, ask))
        if pages[-1]["next"] is None:
            break
        ask.after = pages[-1]["next"]
    assert [one["email"] for page in pages for one in page["people"]] == wanted
    assert pages[0]["previous"] is None
    back = await office.good(people.LIST, people.ListRequest(size=PageSize.SMALL, before=pages[2]["previous"]))
    assert back["people"] == pages[1]["people"]
    assert back["previous"] == pages[1]["previous"]
    last = await office.good(people.LIST, people.ListRequest(size=PageSize.SMALL, last=True))
    assert [one["email"] for one in last["people"]] == wanted[-20:]
    assert last["next"] is None
    for wrong in ({"after": "nonsense"}, {"after": pages[0]["next"], "last": True}):
        assert code(await office.ask(people.LIST, people.ListRequest(**wrong))) == "bad_request"


async def test_people_are_found_by_words_of_their_names_and_by_pieces_of_their_addresses(office: Office) -> None:
    office.add("zoe@school.org", first="Zoë Márquez")
    office.add("max@other.org", first="Max")
    assert await office.addresses(search="zoe marq") == ["zoe@school.org"]
    assert await office.addresses(search="SCHOOL.") == ["zoe@school.org"]
    assert await office.addresses(search="100%_") == []
    assert await office.addresses(search="max zoe") == []
    assert await office.addresses(search="' & | !") == []
    assert await office.addresses(search="  ") == ["boss@x.org", "max@other.org", "zoe@school.org"]


async def test_the_filters_and_the_counts_agree(office: Office) -> None:
    author = office.add("author@x.org", "Content_Creator")
    office.add("odd@x.org", "SUPERVISOR")
    gone = office.add("gone@x.org")
    office.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    office.add("nobody-asked@x.org", password=False)
    assert (await office.invite("New@x.org", uuid4(), first_name="Nora")).status_code == 200
    evening = office.group("Evening")
    office.house.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (evening, author))
    assert await office.addresses(show=people.Show.INVITED) == ["New@x.org"]
    assert await office.addresses(show=people.Show.ARCHIVED) == ["gone@x.org"]
    assert await office.addresses(role=people.Role.CONTENT_CREATOR) == ["author@x.org"]
    assert await office.addresses(group="eVENING") == ["author@x.org"]
    assert await office.addresses(group=str(evening), search="author") == ["author@x.org"]
    assert await office.addresses(group="Morning") == []
    assert len(await office.addresses(show=people.Show.ALL)) == 6
    counts = await office.good(people.COUNTS, people.CountsRequest())
    assert counts == {"present": 5, "students": 3, "authors": 1, "admins": 1, "invited": 1, "archived": 1}
    assert (await office.good(people.COUNTS, people.CountsRequest(group="evening")))["present"] == 1
    line = (await office.good(people.LIST, people.ListRequest(search="new@")))["people"][0]
    assert (line["first_name"], line["role"], line["archived"]) == ("Nora", "STUDENT", False)
    assert line["invited_until"]


async def test_one_person_with_groups_enrolments_and_what_they_did(office: Office) -> None:
    own = office.add("ada@x.org")
    course = office.house.course(office.admin, "Tea")
    db = office.house.db
    db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (own, course))
    db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed)"
        " SELECT %s, l.id, ch.id, true, true FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " WHERE l.title = 'Lesson 1.1'",
        (own,),
    )
    db.execute("INSERT INTO quiz_attempts (user_id, lesson_id) SELECT %s, id FROM lessons LIMIT 1", (own,))
    db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (office.group("Evening"), own))
    found = await office.person("ADA@x.org")
    assert found == await office.person(own)
    assert found["has_come"] is True
    assert found["invitation"] is None
    assert [group["name"] for group in found["groups"]] == ["Evening"]
    (taken,) = found["enrolments"]
    assert (taken["title"], taken["completed_lessons"], taken["lessons"]) == ("Tea", 1, 4)
    assert (found["open_attempts"], found["teaches"], found["only_admin"]) == (1, 0, False)
    assert found["last_activity"]
    boss = await office.person(office.admin)
    assert (boss["teaches"], boss["only_admin"]) == (1, True)
    office.add("Ada@X.org")
    assert code(await office.ask(people.PERSON, people.PersonRequest(who="ADA@X.ORG"))) == "not_found"
    assert (await office.person("ada@x.org"))["id"] == str(own)
