"""Categories that administrators make: named once, put in order, archived; deleted only where no course stands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

from lms_tui.wire import catalog, course_acts
from lms_tui.wire import categories as wire

from .import_kit import Folder, imported
from .people_kit import Office, code, opened
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio

T = TypeVar("T")


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An administrator at work."""
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


async def create(office: Office, name: str, own: UUID | None = None, description: str = "") -> Any:
    """Make a category; return the reply."""
    return await office.ask(wire.CREATE, wire.CreateRequest(id=own or uuid4(), name=name, description=description))


async def made(office: Office, *names: str) -> list[UUID]:
    """Make categories; return their ids."""
    return [UUID((await create(office, name)).json()["category_id"]) for name in names]


async def listed(office: Office) -> list[str]:
    """Names in their order."""
    found = await office.good(wire.LIST, wire.ListRequest())
    return [one["name"] for one in found["categories"]]


async def place(office: Office, one: UUID, before: UUID | None, own: UUID | None = None) -> Any:
    """Put a category before another."""
    return await office.ask(wire.PLACE, wire.PlaceRequest(id=own or uuid4(), category_id=one, before=before))


async def delete(office: Office, one: UUID, own: UUID | None = None) -> Any:
    """Delete a category, or archive it; return the reply."""
    return await office.ask(wire.DELETE, wire.DeleteRequest(id=own or uuid4(), category_id=one))


async def test_a_category_is_made_once_and_edited_and_its_name_given_once(office: Office) -> None:
    own = uuid4()
    first, again = [(await create(office, " Data ", own, "of all kinds")).json() for _ in range(2)]
    assert first == again
    assert (first["name"], first["description"]) == ("Data", "of all kinds")
    assert code(await create(office, "Data 2", own)) == "id_taken"
    for name in ("DATA", " ", "a\x9bb", "x" * 101):
        assert code(await create(office, name)) == "name_refused"
    assert code(await create(office, "Long", description="x" * 501)) == "name_refused"
    replies = await at_once(create(office, f"{'wW'[n % 2]}eb") for n in range(8))
    assert sorted(reply.status_code for reply in replies) == [200, *[422] * 7]
    one = UUID(first["category_id"])
    edited = wire.EditRequest(id=uuid4(), category_id=one, name="Databases")
    first, again = [await office.good(wire.EDIT, edited) for _ in range(2)]
    assert first == again
    assert (first["name"], first["description"]) == ("Databases", "of all kinds")
    taken = wire.EditRequest(id=uuid4(), category_id=one, name="web")
    assert code(await office.ask(wire.EDIT, taken)) == "name_refused"
    same = wire.EditRequest(id=uuid4(), category_id=one, name="Databases", description=" of all kinds ")
    assert (await office.good(wire.EDIT, same))["changed"] is False
    assert [action for _, action, _ in office.audits()] == ["categories.create"] * 2 + ["categories.edit"]


async def test_the_order_is_that_of_the_catalog_and_is_the_same_whoever_moves_at_once(office: Office) -> None:
    a, b, c, d = await made(office, "A", "B", "C", "D")
    office.house.db.execute("UPDATE categories SET display_order = 7 WHERE name = 'D'")  # by another program
    assert await listed(office) == ["D", "A", "B", "C"]
    own = uuid4()
    first, again = [(await place(office, c, a, own)).json() for _ in range(2)]
    assert first == again
    assert await listed(office) == ["D", "C", "A", "B"]
    assert (await place(office, c, a)).json()["changed"] is False
    assert (await place(office, c, c)).json()["changed"] is False
    assert (await place(office, d, None)).json()["changed"] is True
    assert await listed(office) == ["C", "A", "B", "D"]
    assert code(await place(office, d, uuid4())) == "not_found"
    await made(office, "E")  # behind those that were numbered
    replies = await at_once(place(office, one, before) for one, before in ((b, c), (d, a), (c, None), (a, b)) * 3)
    assert {reply.status_code for reply in replies} == {200}
    orders = office.house.db.execute("SELECT display_order FROM categories ORDER BY 1").fetchall()
    assert [order for (order,) in orders] == [1, 2, 3, 4, 5]
    for name in await listed(office):
        course = office.house.course(office.admin, name)
        moved = "UPDATE courses SET category_id = (SELECT id FROM categories WHERE name = %s) WHERE id = %s"
        office.house.db.execute(moved, (name, course))
    counts = await office.good(catalog.COUNTS, catalog.CountsRequest())
    assert [one["name"] for one in counts["categories"]] == [
        name for name in await listed(office) if not name.startswith("About")
    ]


async def test_an_archived_category_keeps_its_courses_in_the_catalog_and_takes_no_other(office: Office) -> None:
    course, other = office.house.course(office.admin, "Joins"), office.house.course(office.admin, "Other")
    one = office.one("SELECT category_id FROM courses WHERE id = %s", course)
    ask = wire.ArchiveRequest(id=uuid4(), category_id=one)
    first, again = [await office.good(wire.ARCHIVE, ask) for _ in range(2)]
    assert first == again
    found = (await office.good(wire.LIST, wire.ListRequest()))["categories"]
    assert [(c["name"], c["archived"], c["courses"], c["shown"]) for c in found] == [
        ("About Joins", True, 1, 1),
        ("About Other", False, 1, 1),
    ]
    shown = await office.good(catalog.COUNTS, catalog.CountsRequest())
    assert [category["name"] for category in shown["categories"]] == ["About Joins", "About Other"]
    move = course_acts.MoveRequest(id=uuid4(), course_id=other, category="About Joins")
    assert code(await office.ask(course_acts.MOVE, move)) == "no_category"
    assert code(await create(office, "about joins")) == "name_refused"
    office.house.db.execute("INSERT INTO categories (name) VALUES ('about joins')")  # as an import does
    restore = wire.RestoreRequest(id=uuid4(), category_id=one)
    assert code(await office.ask(wire.RESTORE, restore)) == "name_refused"
    office.house.db.execute("DELETE FROM categories WHERE name = 'about joins'")
    assert (await office.good(wire.RESTORE, restore))["archived"] is False


async def test_one_without_courses_is_deleted_and_one_with_courses_archived_instead(office: Office) -> None:
    (empty,) = await made(office, "Empty")
    course = office.house.course(office.admin, "Joins")
    full = office.one("SELECT category_id FROM courses WHERE id = %s", course)
    own = uuid4()
    first, again = [(await delete(office, empty, own)).json() for _ in range(2)]
    assert first == again
    assert (first["deleted"], first["archived"], first["courses"]) == (True, False, 0)
    assert code(await delete(office, empty)) == "not_found"
    kept = (await delete(office, full)).json()
    assert (kept["deleted"], kept["archived"], kept["courses"], kept["changed"]) == (False, True, 1, True)
    assert (await delete(office, full)).json()["changed"] is False
    assert office.one("SELECT archived FROM categories WHERE id = %s", full) is True
    assert [action for _, action, _ in office.audits()][1:] == ["categories.delete"] * 2


async def test_a_category_is_not_deleted_under_a_course_that_is_on_its_way_into_it(office: Office) -> None:
    (own,) = await made(office, "Data")
    course = office.house.course(office.admin, "Joins")
    async with held_back(office, "UPDATE courses SET category_id = %s WHERE id = %s", own, course) as let_go:
        reply = await let_go(delete(office, own))
    assert reply.status_code == 200, reply.text
    assert (reply.json()["deleted"], reply.json()["archived"], reply.json()["courses"]) == (False, True, 1)


async def test_a_course_is_not_imported_into_a_category_that_is_on_its_way_out(office: Office, tmp_path: Path) -> None:
    (own,) = await made(office, "Tests")
    folder = Folder(tmp_path / "course")

    async def import_it() -> dict[str, Any]:
        return await imported(office.house, office.admin, folder.root)

    async with held_back(office, "DELETE FROM categories WHERE id = %s", own) as let_go:
        await let_go(import_it())
    assert office.one("SELECT k.name FROM courses c JOIN categories k ON k.id = c.category_id") == "Tests"


@asynccontextmanager
async def held_back(
    office: Office, statement: str, *values: object
) -> AsyncIterator[Callable[[Awaitable[T]], Awaitable[T]]]:
    """Run `statement` in a transaction that ends only once what is awaited by what this yields waits for it."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(office.house.service.shared.settings.database_url) as other:
        other.execute(statement.encode(), values)

        async def let_go(call: Awaitable[T]) -> T:
            task = asyncio.ensure_future(call)
            async with asyncio.timeout(10):
                while not office.one(waiting):  # noqa: ASYNC110 - the database tells no event
                    await asyncio.sleep(0.01)
            other.commit()
            return await task

        yield let_go
