"""Keys that come all at once, as they do over a slow line: each goes to what the one before it has brought."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.tui.library import Library, Reader, reading, type_ahead
from textual.events import Paste

from lms_tui.tui import typed_ahead
from lms_tui.tui.screens.catalog import CatalogScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.statistics import StatisticsScreen
from lms_tui.tui.widgets.search_line import SearchLine
from lms_tui.wire.operation import Answered, Ask, Operation

pytestmark = pytest.mark.anyio
TEXT = "\n\n".join(f"## Part {number}\n\n" + "word " * 200 for number in range(240))
CHAPTERS = {"Joins": [("Inner joins", "text", TEXT), ("Outer joins", "text", TEXT)]}


@asynccontextmanager
async def at_home(library: Library) -> AsyncIterator[Reader]:
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        yield reader


def words(reader: Reader) -> str:
    return reader.screen.query_one(SearchLine).value


async def test_a_search_is_typed_on_a_screen_that_is_not_there_yet(library: Library) -> None:
    """On home `q` quits and `s` opens the statistics; on the list below the search line each letter does something."""
    library.course("Unix, quite slowly")
    library.course("Databases")
    async with at_home(library) as reader:
        type_ahead(reader.app, "slash", "slash", *"quite slow")
        await reader.shows("▌Unix, quite slowly", "1/1")
        assert words(reader) == "quite slow"


async def test_all_the_way_into_a_lesson_and_to_a_part_of_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_ahead, "_LONGEST_SECONDS", 30.0)
    library.course("Databases", CHAPTERS, enrolled=True)
    async with at_home(library) as reader:
        type_ahead(reader.app, "slash", "enter", "enter", "t", "end", "enter")
        await reader.until(lambda: reader.is_on(LessonScreen) and "Part 239" in reader.text, "the last part")
        type_ahead(reader.app, "n", "escape", "escape", "escape", "s")
        await reader.until(lambda: reader.is_on(StatisticsScreen))
        started = "SELECT count(*) FROM student_lesson_progress WHERE is_started"
        await reader.until(lambda: library.one(started) == 2, "both were opened")


async def test_no_letter_of_many_is_lost_or_in_another_place(library: Library) -> None:
    library.course("Databases")
    text = "".join(chr(ord("a") + number * 7 % 26) for number in range(60))
    async with at_home(library) as reader:
        type_ahead(reader.app, "slash", "slash", *text[:30])
        await reader.pilot.pause(0.05)
        type_ahead(reader.app, *text[30:])
        await reader.until(lambda: reader.is_on(CatalogScreen) and len(words(reader)) == len(text))
        assert words(reader) == text


async def test_letters_in_a_field_stay_in_order_with_the_keys_between_them(library: Library) -> None:
    library.course("Databases")
    async with at_home(library) as reader:
        await reader.press("slash")
        await reader.shows("▸ Title", "1/1")
        for _ in range(5):
            type_ahead(reader.app, "slash", *"abc", "backspace", "d", "left", "e", "enter", "s")
            await asyncio.sleep(0.002)
            type_ahead(reader.app, "slash", "end", *"fgh", "enter", "s")
            await reader.until(
                lambda: words(reader) == "abedfgh" and reader.app.focused is not reader.screen.query_one(SearchLine)
            )
            type_ahead(reader.app, "slash", "ctrl+u", "enter")
            await reader.until(lambda: words(reader) == "")


async def test_what_is_pasted_behind_a_key_is_behind_it(library: Library) -> None:
    library.course("Databases")
    async with at_home(library) as reader:
        type_ahead(reader.app, "slash", "slash", "a")
        reader.app.post_message(Paste("bc"))
        type_ahead(reader.app, "d")
        await reader.until(lambda: reader.is_on(CatalogScreen) and words(reader) == "abcd", "abcd")


async def test_nothing_typed_before_a_question_stood_there_answers_it(library: Library) -> None:
    course = library.course("Databases", CHAPTERS, enrolled=True)
    async with at_home(library) as reader:
        reader.app.push_screen(CourseScreen(course, "Databases"))
        await reader.shows("c continue")
        type_ahead(reader.app, "L", "y", "enter", "up", "enter")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.pilot.pause(0.2)
        assert reader.is_on(ConfirmScreen)
        first = reader.screen
        type_ahead(reader.app, "n", "L")
        await reader.until(lambda: reader.is_on(ConfirmScreen) and reader.screen is not first)
        type_ahead(reader.app, "up", "enter")
        await reader.until(lambda: library.one("SELECT count(*) FROM student_courses") == 0, "it is left")


async def test_what_is_slow_to_open_holds_keys_for_a_while_and_no_longer(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_ahead, "_LONGEST_SECONDS", 3.0)
    library.course("Databases")
    gate = asyncio.Event()
    async with at_home(library) as reader:
        call = reader.app.call

        async def slow(operation: Operation[Ask, Answered], request: Ask) -> Answered:
            await gate.wait()
            return await call(operation, request)

        reader.app.call = slow  # type: ignore[method-assign]
        type_ahead(reader.app, "slash", "escape")
        await reader.until(lambda: reader.is_on(CatalogScreen))
        await asyncio.sleep(0.2)
        type_ahead(reader.app, "s")  # behind the one that is held
        await asyncio.sleep(0.1)
        assert reader.is_on(CatalogScreen)
        await reader.until(lambda: reader.is_on(StatisticsScreen))
        assert not gate.is_set()
        gate.set()


async def test_a_key_that_comes_by_itself_is_not_held_nor_is_a_letter_behind_another(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = 0

    async def count(self: typed_ahead.TypedAhead) -> None:
        nonlocal waited
        waited += 1
        await all_is_quiet(self)

    all_is_quiet = typed_ahead.TypedAhead._all_is_quiet
    monkeypatch.setattr(typed_ahead.TypedAhead, "_all_is_quiet", count)
    library.course("Databases")
    async with at_home(library) as reader:
        for key in ("slash", "down", "up"):
            await reader.press(key)
            await reader.pilot.pause(0.1)
        assert waited == 0
        type_ahead(reader.app, "down", "up")
        await reader.pilot.pause(0.1)
        assert waited > 0
        before = waited
        type_ahead(reader.app, "slash", *"abcdefghij", "down")
        await reader.until(lambda: words(reader) == "abcdefghij")
        await reader.pilot.pause(0.1)
        assert waited <= before + 3, "letters in a field wait for nothing"


async def test_a_key_waits_while_the_one_before_is_still_being_dealt_with(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def slowly(_self: HomeScreen) -> None:
        await gate.wait()
        reader.app.push_screen(CatalogScreen())

    monkeypatch.setattr(HomeScreen, "action_browse", slowly)
    async with at_home(library) as reader:
        type_ahead(reader.app, "slash", "s")
        await asyncio.sleep(0.2)
        assert reader.is_on(HomeScreen)
        gate.set()
        await reader.until(lambda: reader.is_on(CatalogScreen))
        await reader.shows("▸ Newest")


async def test_a_screen_is_opening_until_the_focus_is_in_what_it_shows(library: Library) -> None:
    async with at_home(library) as reader:
        home = reader.screen
        assert isinstance(home, HomeScreen)
        home.set_focus(None)
        home.show_body()
        assert home.is_opening
        await reader.until(lambda: home.focused is not None)
        assert not home.is_opening


async def test_the_app_ends_with_keys_that_wait(library: Library) -> None:
    async with at_home(library) as reader:
        await reader.until(lambda: reader.app._typed._letting is None)
        type_ahead(reader.app, "slash", "s", "q")
        await reader.until(lambda: reader.app._typed._letting is not None)
        waits = reader.app._typed._letting
        reader.app.exit()
    assert waits is not None
    await asyncio.wait_for(waits, 0.5)
    assert reader.app._exception is None
