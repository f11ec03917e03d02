"""Where a learner left a lesson's text: who may keep it, that it can be sent twice, and that nothing depends on it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from .conftest import House
from .test_learning import lesson
from .test_progress import enrolled, lessons_of

pytestmark = pytest.mark.anyio


async def put(house: House, user: UUID, lesson_id: UUID, block: Any, letters: Any = 0) -> tuple[int, dict[str, Any]]:
    reply = await house.http.put(
        f"/v1/lessons/{lesson_id}/position", json={"block": block, "letters": letters}, headers=house.session(user)
    )
    return reply.status_code, reply.json()


def rows(house: House) -> list[Any]:
    return house.db.execute("SELECT user_id, lesson_id, block, letters FROM lms_tui.reading_positions").fetchall()


async def test_a_place_is_set_and_comes_with_the_lesson(house: House) -> None:
    course = house.course(house.person(), "One")
    user, other = enrolled(house, course), enrolled(house, course)
    here = lessons_of(house, course)["Lesson 1.1"]
    assert (await lesson(house, user, here))[1]["reading"] is None
    status, told = await put(house, user, here, 3, 14)
    assert status == 200
    reading = (await lesson(house, user, here))[1]["reading"]
    assert (reading["block"], reading["letters"], reading["updated_at"]) == (3, 14, told["updated_at"])
    age = datetime.fromisoformat(reading["told_at"]) - datetime.fromisoformat(reading["updated_at"])
    assert timedelta() < age < timedelta(minutes=5)
    assert abs(datetime.fromisoformat(reading["told_at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert (await lesson(house, other, here))[1]["reading"] is None, "of somebody else nothing is told"
    assert await put(house, user, here, 3, 14) == (200, told), "the same place again changes nothing"
    later = (await put(house, user, here, 3, 15))[1]
    assert datetime.fromisoformat(later["updated_at"]) > datetime.fromisoformat(told["updated_at"])
    await put(house, other, here, 1)
    assert sorted(rows(house)) == sorted([(user, here, 3, 15), (other, here, 1, 0)])


async def test_only_learners_of_the_lesson_keep_places(house: House) -> None:
    author = house.person("CONTENT_CREATOR")
    course, draft = house.course(author, "One"), house.course(author, "Draft", published=False)
    here, there = (lessons_of(house, one)["Lesson 1.1"] for one in (course, draft))
    reader, learner = house.person(), enrolled(house, draft)
    for user, where, status, code in (
        (reader, here, 403, "enrol_first"),  # may read it, as it is free
        (author, here, 403, "enrol_first"),
        (learner, there, 403, "course_unavailable"),
        (reader, there, 404, "not_found"),
        (reader, uuid4(), 404, "not_found"),
    ):
        answered, told = await put(house, user, where, 1)
        assert (answered, told["code"]) == (status, code)
    member = enrolled(house, course)
    for block, letters in ((-1, 0), (0, -1), (2**31, 0), ("x", 0)):
        assert (await put(house, member, here, block, letters))[0] == 400
    assert rows(house) == []
    assert (await put(house, member, here, 2**31 - 1, 2**31 - 1))[0] == 200
    house.db.execute("DELETE FROM student_courses WHERE user_id = %s", (member,))
    assert (await lesson(house, member, here))[1]["reading"] is None, "who left the course is told none"


@pytest.mark.parametrize("lack", ["TABLE lms_tui.reading_positions", "SCHEMA lms_tui CASCADE"])
async def test_lessons_are_read_where_the_database_keeps_no_places(house: House, lack: str) -> None:
    author = house.person("CONTENT_CREATOR")
    course = house.course(author, "One")
    user = enrolled(house, course)
    here = lessons_of(house, course)["Lesson 1.1"]
    house.db.execute(f"DROP {lack}".encode())
    status, told = await lesson(house, user, here)
    assert (status, told["title"], told["reading"]) == (200, "Lesson 1.1", None)
    assert await put(house, user, here, 3) == (200, {"updated_at": None})
    assert (await put(house, house.person(), here, 3))[1]["code"] == "enrol_first"
    assert (await put(house, user, uuid4(), 3))[1]["code"] == "not_found"
    seen = await house.http.get(f"/v1/preview/lessons/{here}", headers=house.session(author))
    assert (seen.status_code, seen.json()["reading"]) == (200, None)
