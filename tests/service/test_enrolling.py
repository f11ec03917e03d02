"""Many people into many courses at once: new rows alone, and statistics that are true."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import anyio
import pytest

from lms_tui.service import enrolling
from lms_tui.service.statistics import refresh

from .conftest import House
from .statement_kit import counted

pytestmark = pytest.mark.anyio


def classes(house: House, people: int, courses: int) -> tuple[list[UUID], list[UUID]]:
    """People and courses, priced ones."""
    author = house.person("CONTENT_CREATOR")
    return [house.person() for _ in range(people)], [house.course(author, f"C{n}", price=900) for n in range(courses)]


async def let_in(house: House, users: list[UUID], courses: list[UUID]) -> set[tuple[UUID, UUID]]:
    async with house.service.shared.pools.writer.connection() as tx:
        return await enrolling.let_in(tx, users, courses)


async def test_many_come_into_many_courses_once_and_come_back_with_their_dates(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, courses = classes(house, 40, 3)
    with counted(monkeypatch) as few:
        assert len(await let_in(house, users[:1], courses[:1])) == 1
    with counted(monkeypatch) as many:
        assert len(await let_in(house, users, courses)) == 119
    assert len(few) == len(many)
    assert await let_in(house, users, courses) == set()
    house.db.execute("UPDATE student_courses SET enrolled_at = '2024-01-01', completed_at = '2024-02-01'")
    await refresh(house.service.shared.pools)
    async with house.service.shared.pools.writer.connection() as tx:
        assert await enrolling.take_out(tx, users[0], courses[0])
        assert not await enrolling.take_out(tx, users[0], courses[0])
    await let_in(house, users[:1], courses[:1])
    dates = "SELECT DISTINCT enrolled_at::date::text, completed_at::date::text FROM student_courses"
    assert house.db.execute(dates).fetchall() == [("2024-01-01", "2024-02-01")]
    assert (await refresh(house.service.shared.pools)).mended == 0


async def test_who_is_let_in_by_several_at_once_is_in_once_and_counted_once(house: House) -> None:
    users, courses = classes(house, 12, 2)
    made: list[int] = []

    async def one(call: Awaitable[set[Any]]) -> None:
        made.append(len(await call))

    async with anyio.create_task_group() as group:
        for turn in range(6):
            group.start_soon(one, let_in(house, users[:: -1 if turn % 2 else 1], courses[:: -1 if turn % 3 else 1]))
    assert sum(made) == 24
    assert (await refresh(house.service.shared.pools)).mended == 0
