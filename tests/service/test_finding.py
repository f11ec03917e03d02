"""Names typed on the command line: what they find, what goes first, and what nobody may find."""

from typing import Any
from uuid import UUID

import pytest

from lms_tui.service.finding import ids_from

from .conftest import House
from .test_progress import enrolled, lessons_of

pytestmark = pytest.mark.anyio


async def find(house: House, user: UUID, name: str, **more: Any) -> tuple[list[str], bool]:
    """Return the titles that a name finds, and whether there are more."""
    params = {"name": name} | {key: str(value) for key, value in more.items()}
    reply = await house.http.get("/v1/find", params=params, headers=house.session(user))
    assert reply.status_code == 200, reply.text
    return [one["title"] for one in reply.json()["found"]], reply.json()["more"]


async def test_an_id_goes_before_a_title_a_title_before_a_beginning_and_that_before_words(house: House) -> None:
    author = house.person()
    user = house.person()
    joins = house.course(author, "Joins")
    hexed = str(joins)[:6]
    for title in ("joins, the second part", "More of joins", f"{hexed} and more", "Other"):
        house.course(author, title)
    assert await find(house, user, "JOINS") == (["Joins"], False)
    assert await find(house, user, " join ") == (["Joins", "joins, the second part"], False)
    assert await find(house, user, "of join") == (["More of joins"], False)
    assert await find(house, user, "second JOINS") == (["joins, the second part"], False)
    both = {f"{hexed} and more", "Joins"}
    assert set((await find(house, user, hexed.upper()))[0]) == both, "what may be either is not guessed"
    assert await find(house, user, str(joins)[:9]) == (["Joins"], False)
    assert await find(house, user, f"{hexed} and more") == ([f"{hexed} and more"], False)
    assert await find(house, user, str(joins)) == (["Joins"], False)
    assert await find(house, user, str(joins).replace("-", "")[:20]) == (["Joins"], False)
    for nothing in ("", "  ", "*", "%", "oins", "' or true --", "nothing"):
        assert await find(house, user, nothing) == ([], False), nothing


async def test_lessons_are_found_by_title_in_ones_own_courses_and_by_id_in_all_that_one_sees(house: House) -> None:
    author = house.person()
    one, two, draft = house.course(author, "One"), house.course(author, "Two"), house.course(author, "Draft")
    house.db.execute("UPDATE courses SET is_published = false WHERE id = %s", (draft,))
    user = enrolled(house, one)
    lessons = lessons_of(house, two)
    assert await find(house, user, "lesson 1.1") == (["Lesson 1.1"], False), "of the course One alone"
    assert await find(house, user, "lesson") == (["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"], False)
    assert await find(house, user, str(lessons["Lesson 2.2"])) == (["Lesson 2.2"], False)
    assert await find(house, user, "lesson 2.2", course_id=two) == (["Lesson 2.2"], False)
    assert await find(house, user, str(lessons["Lesson 2.2"]), course_id=one) == ([], False)
    assert await find(house, user, str(lessons["Lesson 2.2"]), kind="course") == ([], False)
    assert await find(house, user, "one", kind="lesson") == ([], False)
    archived = house.db.execute(
        "SELECT l.id::text FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.archived LIMIT 1"
    ).fetchone()
    assert archived is not None
    assert await find(house, user, archived[0]) == ([], False)
    hidden = lessons_of(house, draft)["Lesson 1.1"]
    for name in ("draft", str(draft), str(hidden)):
        assert await find(house, user, name) == ([], False), "a draft is no stranger's to find"
    assert await find(house, user, "lesson 1.1", course_id=draft) == ([], False)
    assert await find(house, enrolled(house, draft), "draft") == (["Draft"], False)


async def test_many_are_cut_and_said_to_be_more(house: House) -> None:
    author = house.person()
    for number in range(21):
        house.course(author, f"Course {number:02}")
    titles, more = await find(house, author, "course")
    assert (titles, more) == ([f"Course {number:02}" for number in range(20)], True)
    assert (await find(house, author, "course 07"))[0] == ["Course 07"]


def test_the_ids_that_begin_so() -> None:
    low, high = ids_from("AB12-3")
    assert (str(low), str(high)) == ("ab123000-0000-0000-0000-000000000000", "ab123fff-ffff-ffff-ffff-ffffffffffff")
    for none in ("ab1", "", "----", "xyz12", "abcd" * 9):
        low, high = ids_from(none)
        assert low > high
