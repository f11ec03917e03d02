"""Home: what a newcomer sees, where the key c leads, and what is said while the service is not there."""

import asyncio

import pytest
from tests.tui.library import Library, reading

from lms_tui.client.errors import Unreachable
from lms_tui.tui.backend import AskSignIn, Backend, Tell
from lms_tui.tui.screens.catalog import CatalogScreen
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.lesson import LessonScreen

pytestmark = pytest.mark.anyio

JOINS = {"Joins": [("Inner joins", "text", "# Inner"), ("Outer joins", "text", "# Outer")]}


async def test_a_newcomer_is_invited_to_the_catalog(library: Library) -> None:
    library.course("Relational databases", JOINS)
    async with reading(library) as reader:
        await reader.shows("Welcome", "You have not taken a course yet", "Browse the catalog", "1 course")
        assert "continue" not in reader.lines[-1]
        await reader.press("enter")
        await reader.shows("Relational databases")
        assert isinstance(reader.screen, CatalogScreen)


async def test_one_key_goes_on_where_the_learner_stopped(library: Library) -> None:
    library.course("Relational databases", JOINS, enrolled=True)
    async with reading(library) as reader:
        await reader.shows("Continue", "Inner joins", "Relational databases › Joins", "next: Inner joins", "  0 %")
        await reader.press("c")
        await reader.shows("1 Joins › Inner joins")
        assert reader.is_on(LessonScreen)
        await reader.press("escape")
        await reader.shows("Continue")
        await reader.press("enter")
        await reader.shows("My courses › Relational databases")
        assert reader.is_on(CourseScreen)


async def test_progress_is_told_until_the_service_is_there(library: Library) -> None:
    async def never(tell: Tell, _ask: AskSignIn) -> Backend:
        tell("Making your database…")
        tell("[@click=app.bell]Starting[/] \x1b[31mit…")
        await asyncio.sleep(0)
        raise Unreachable("The service on this machine did not start. Its log is /x.")

    async with reading(library, connect=never) as reader:
        await reader.shows("The service on this machine did not start", "Press r to try again")
        assert "r try again" in reader.lines[-1]
        reader.app.here._connect = library.connect()
        await reader.press("r")
        await reader.shows("Welcome")
        assert "try again" not in reader.text


async def test_q_leaves_from_home(library: Library) -> None:
    async with reading(library) as reader:
        await reader.shows("Welcome")
        await reader.press("q")
        await reader.until(lambda: not reader.app.is_running)
        assert reader.app.return_code == 0


async def test_a_completed_course_says_what_is_new_and_c_leads_to_the_first_of_it(library: Library) -> None:
    course = library.course("Relational databases", JOINS, enrolled=True)
    library.db.execute(
        "INSERT INTO student_lesson_progress (user_id, chapter_id, lesson_id, is_started, is_completed, completed_at)"
        " SELECT %s, chapter_id, id, true, true, now() FROM lessons",
        (library.me,),
    )
    library.db.execute("UPDATE student_courses SET completed_at = now()")
    library.db.execute(
        "INSERT INTO lessons (chapter_id, type, title, description, display_order, created_at)"
        " SELECT id, 'text', 'Lateral joins ' || n, '# New', 50 + n, clock_timestamp()"
        " FROM chapters, generate_series(1, 2) n WHERE course_id = %s",
        (course,),
    )
    async with reading(library) as reader:
        await reader.shows("completed, 2 new lessons", "Lateral joins 1")
        await reader.press("enter")
        await reader.shows("2 new lessons since then")
        assert [line for line in reader.lines if line.endswith("new")], "each says so itself"
        await reader.press("c")
        await reader.shows("› Lateral joins 1")
        await reader.press("d")
        await reader.shows("Done.")
        await reader.press("escape")
        await reader.shows("1 new lesson since then")
        await reader.press("escape")
        await reader.shows("completed, 1 new lesson")


async def test_a_start_that_goes_on_does_so_once_and_stays_at_home_where_there_is_nothing(library: Library) -> None:
    course = library.course("Relational databases", JOINS)
    async with reading(library) as reader:
        await reader.shows("Welcome")
        reader.app.go_on = True
        reader.screen.load()  # type: ignore[attr-defined]
        await reader.until(lambda: not reader.app.go_on)
        library.enrol(course)
        reader.app.go_on = True
        reader.screen.load()  # type: ignore[attr-defined]
        await reader.shows("1 Joins › Inner joins")
        await reader.press("escape")
        await reader.shows("Continue")
        assert not reader.is_on(LessonScreen)
