"""The courses that one teaches: who is shown the way there, what stands there, and that a long list comes by pages."""

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.teach import TeachScreen
from lms_tui.wire.accounts import User

pytestmark = pytest.mark.anyio


async def teaching(reader: Reader, *texts: str) -> None:
    """Go to the list and wait for `texts`."""
    await reader.shows("Browse the catalog")
    await reader.press("m")
    await reader.shows("Teaching", *texts)
    assert reader.is_on(TeachScreen)


async def test_it_has_drafts_published_and_archived_courses_with_who_is_enrolled(library: Library) -> None:
    joins = {"Joins": [("Inner joins", "text", "# Inner")]}
    for title in ("A draft", "Published", "Thrown away"):
        library.course(title, joins)
    library.enrol(library.one("SELECT id FROM courses WHERE title = 'Published'"))
    library.db.execute("UPDATE courses SET is_published = title <> 'A draft', archived = title = 'Thrown away'")
    async with reading(library) as reader:
        await teaching(reader, "draft", "published", "archived", "1 enrolled", "Edgar Codd", "1 chapter", "1/3")
        assert "o open" not in reader.lines[-1]  # a draft opens for no learner
        await reader.press("o", "down")
        await reader.shows("2/3", "o open")
        assert reader.is_on(TeachScreen)
        await reader.press("o")
        await reader.shows("Inner joins")
        assert reader.is_on(CourseScreen)
        await reader.lacks("preview")
        library.db.execute("UPDATE courses SET title = 'Published anew' WHERE title = 'Published'")
        await reader.press("escape")
        await reader.shows("Published anew")


async def test_ten_thousand_courses_come_by_pages_and_both_ends_are_near(library: Library) -> None:
    library.shelf(10_000)
    async with reading(library) as reader:
        await teaching(reader, "Course 0001", "1/10000")
        await reader.press("end")
        await reader.shows("10000/10000", "Course 9999")
        await reader.press("home")
        await reader.shows("1/10000", "Course 0001")
        screen = reader.screen
        assert isinstance(screen, TeachScreen)
        assert len(screen._courses) <= 300


async def test_a_search_narrows_the_list_and_escape_ends_it(library: Library) -> None:
    library.shelf(300)
    async with reading(library) as reader:
        await teaching(reader, "1/300")
        await reader.press("end")
        await reader.shows("300/300")
        await reader.press("slash", *"number 299")
        await reader.shows("Course 0299", "1/1")
        await reader.press("enter", "slash", "escape")
        await reader.shows("1/300")
        await reader.press("slash", *"zzz", "enter")
        await reader.shows("No course has all of these words: zzz")


@pytest.mark.parametrize(("role", "shown"), [("STUDENT", False), ("Content_Creator", True), ("ADMIN", True)])
async def test_only_staff_are_shown_the_way(library: Library, role: str, shown: bool) -> None:
    connect = library.connect()

    async def as_role(tell: object, ask: object) -> object:
        backend = await connect(tell, ask)  # type: ignore[arg-type]
        user = User(id=backend.user.id, email="a@b.org", first_name="A", last_name="B", role=role)
        return type(backend)(backend.api, backend.outbox, user, backend.close, backend.practice)

    async with reading(library, connect=as_role) as reader:  # type: ignore[arg-type]
        await reader.shows("Browse the catalog")
        assert ("m teach" in reader.lines[-1]) is shown
        await reader.press("m")
        assert reader.is_on(TeachScreen if shown else HomeScreen)
