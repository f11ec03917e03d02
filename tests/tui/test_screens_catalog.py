"""The catalog: any number of courses from both ends, searching while typing, narrowing, and what is said when not."""

import psycopg
import pytest
from tests.tui.library import Library, reading

from lms_tui.tui.screens import catalog
from lms_tui.tui.screens.course import CourseScreen

pytestmark = pytest.mark.anyio


async def test_from_the_first_to_the_last_and_back(library: Library) -> None:
    library.shelf(230)
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("[All 230]", "▌Course 0001", "1/230")
        await reader.press("end")
        await reader.shows("▌Course 0230", "230/230")
        for _ in range(230 // 8):
            await reader.press("pageup")
            await reader.until(lambda: " …" not in reader.text.replace(" …", "", 0) or reader.here.strip(" ▌") != "…")
        await reader.press("home")
        await reader.shows("▌Course 0001", "1/230")
        for number in range(2, 62):
            await reader.press("down")
            if number % 20 == 0:
                await reader.shows(f"▌Course {number:04}")


async def test_searching_while_typing(library: Library) -> None:
    library.shelf(30)
    library.course("The shell, slowly", category="Unix", description="pipes and files")
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("▌Course 0001")
        await reader.shows("/ search", "? help")
        await reader.press("slash", *"shel")
        await reader.shows("The shell, slowly", "[All 1]", "⏎ to the list  esc clear  f1 help")
        await reader.lacks("f category")
        await reader.lacks("Course 0001")
        await reader.press(*" zzz")
        await reader.shows("No course has all of these words: shel zzz")
        await reader.press("escape")
        await reader.shows("Course 0001")
        await reader.press(*"pipes", "enter")
        await reader.shows("▌The shell, slowly", "f category", "? help")
        await reader.press("enter")
        await reader.shows("Catalog › The shell, slowly")
        assert isinstance(reader.screen, CourseScreen)


async def test_what_is_typed_ahead_into_the_search_takes_no_course(library: Library) -> None:
    library.course("Dee and more")
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("▌Dee and more")
        await reader.press_ahead(*"/dee/e")
        await reader.shows("dee/e")
    assert library.one("SELECT count(*) FROM student_courses") == 0


async def test_narrowing_and_ordering(library: Library) -> None:
    library.shelf(30)
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("[All 30] · Databases 20 · Unix 10", "▸ Title")
        await reader.press("right", "right")
        await reader.shows("[Unix 10]", "▌Course 0003", "1/10")
        await reader.press("dollar_sign")
        await reader.shows("only free", "1/8")
        await reader.press("dollar_sign")
        await reader.shows("only paid", "▌Course 0015", "49.00 USD", "1/2")
        await reader.press("dollar_sign", "left", "left", "s", "s")
        await reader.shows("▸ Price", "1/30")
        await reader.press("f")
        await reader.shows("Categories", "10 courses")
        await reader.press(*"uni", "enter")
        await reader.shows("[Unix 10]", "1/10")
        await reader.press("f", "up", "enter")
        await reader.shows("[Databases 20]", "1/20")


async def test_all_filters_together_are_shown_and_taken_away_by_one_key(library: Library) -> None:
    library.shelf(30)
    library.course("Mine", category="Unix", enrolled=True)
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("[All 31]", "1/31")
        await reader.press("t")
        await reader.shows("not taken · ▸ Title", "[All 30]", "1/30")
        await reader.press("t")
        await reader.shows("taken · ▸ Title", "[All 1]", "▌Mine")
        await reader.press("t")
        await reader.shows("completed", "No course here.", "x takes all filters away.")
        await reader.press("t", "a", "dollar_sign")
        await reader.shows("by Edgar Codd", "only free", "[All 25]")
        await reader.press("slash", *"codd 0003", "enter")
        await reader.shows("by Edgar Codd", "▸ Best", "▌Course 0003", "1/1")
        await reader.press("x")
        await reader.lacks("by Edgar Codd")
        await reader.shows("▌Course 0003", "▸ Best")
        assert "x all courses" not in reader.lines[-1]


async def test_what_is_found_is_shown_at_once_and_counted_when_nobody_types_on(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.shelf(120)
    monkeypatch.setattr(catalog, "_PAUSE", 1.0)  # long enough to be seen
    async with reading(library, size=(120, 40)) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("1/120", "About number 1")
        await reader.press("slash", *"0003")
        await reader.shows("▌Course 0003", "1/1", "About number 3")
        await reader.press("ctrl+u", *"course")
        await reader.shows("1/…")
        await reader.shows("1/120", "[All 120]")
        await reader.press(*"zzz")
        await reader.shows("No course has all of these words: coursezzz")
        await reader.lacks("About number")


async def test_a_slip_is_corrected_and_said(library: Library) -> None:
    library.course("Python, slowly")
    library.course("[/]Other")
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("1/2")
        await reader.press("slash", *"pyhton")
        await reader.shows("nothing for “pyhton”: showing “python”", "▌Python, slowly", "1/1")
        await reader.press("backspace")
        await reader.shows("No course has all of these words: pyhto")
        await reader.lacks("showing")


async def test_a_key_ends_the_search_before_it(library: Library) -> None:
    library.course("Python, slowly")
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("1/1")
        with psycopg.connect(library.database_url) as blocker:
            blocker.execute("LOCK TABLE courses")
            await reader.press("slash", *"pyt")
            await reader.shows("Search …")
            await reader.until(lambda: _waiting(library) == 1)
            await reader.press("h")
            await reader.until(lambda: _waiting(library) == 1)
            await reader.press("o", "n", "z")
            await reader.until(lambda: _waiting(library) == 1, "the searches before it are cancelled in the database")
        await reader.shows("nothing for “pythonz”: showing “python”")
        await reader.lacks("Search …")


def _waiting(library: Library) -> int:
    """How many statements wait for the lock."""
    found: int = library.one("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return found


async def test_a_course_in_progress_says_where_it_goes_on_and_says_it_anew_after_a_lesson(library: Library) -> None:
    lessons = [("Rows", "text", "# Rows"), ("Keys that hold tables together for ever", "text", "# Keys")]
    library.course("Databases", {"Tables": lessons}, enrolled=True)
    async with reading(library) as reader:
        await reader.shows("Browse the catalog", "next: Rows")
        await reader.press("slash")
        await reader.shows("▌Databases", "0 %", "enrolled")
        await reader.press("c")
        await reader.shows("1 Tables › Rows", "● saved")
        await reader.press("escape")
        await reader.shows("lms-tui › Catalog", "continue: Rows")
        await reader.press("c")
        await reader.shows("1 Tables › Rows", "d done")
        await reader.press("d")
        await reader.shows("✓ done 1/2", "● saved")
        await reader.press("escape")
        await reader.shows("lms-tui › Catalog", "50 %", "continue: Keys that hold tables t…")
        await reader.press("c")
        await reader.shows("Keys that hold", "● saved", "d done")
        await reader.press("d")
        await reader.shows("You have completed this course.")
        await reader.press("escape")
        await reader.shows("lms-tui › Catalog", "100 %", " completed")
        await reader.press("enter")
        await reader.shows("My courses › Databases")
        await reader.press("L")
        await reader.shows("Leave “Databases”?")
        await reader.press("y")
        await reader.shows("You have left the course.")
        await reader.press("escape")
        await reader.shows("lms-tui › Catalog")
        await reader.lacks("100 %")
        assert "c continue" not in reader.lines[-1]


async def test_the_description_stands_beside_the_list_on_a_wide_screen(library: Library) -> None:
    library.course("Query plans", description="Why a plan is slow.")
    async with reading(library, (120, 40)) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("▌Query plans", "Why a plan is slow.")
        await reader.pilot.resize_terminal(80, 24)
        await reader.lacks("Why a plan is slow.")


async def test_a_hostile_title_is_only_text(library: Library) -> None:
    library.course("[@click=app.quit]x[/] \x1b[31mred", {"[/b] one": [("[b]", "text", "[/]")]}, description="[/]")
    async with reading(library, (120, 40)) as reader:
        await reader.shows("Browse the catalog")
        await reader.press("slash")
        await reader.shows("[@click=app.quit]x[/] [31mred")
        await reader.press("enter")
        await reader.shows("Catalog › [@click=app.quit]x[/] [31mred", "1 [/b] one", "○ [b]")


async def test_a_service_that_goes_away_is_told_and_comes_back(library: Library) -> None:
    library.shelf(5)
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        library.away = True
        await reader.press("slash")
        await reader.shows("r try again", "offline")
        library.away = False
        await reader.press("r")
        await reader.shows("▌Course 0001", "1/5")
        await reader.lacks("offline")
