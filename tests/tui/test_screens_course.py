"""A course: its outline in marks and words, enrolling, leaving after a question, and going on."""

import asyncio

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.wire import catalog
from lms_tui.wire.operation import Answered, Ask, Operation

pytestmark = pytest.mark.anyio

CHAPTERS = {
    "Tables": [("Rows", "text", "# Rows"), ("A film", "video", "https://example.org/film")],
    "Joins": [("Inner joins", "text", "# Inner"), ("Check yourself", "quiz", "")],
}


async def opened(reader: Reader, course: object) -> None:
    await reader.until(lambda: reader.app.first_name != "" or "Welcome" in reader.text or "Continue" in reader.text)
    reader.app.push_screen(CourseScreen(course))  # type: ignore[arg-type]
    await reader.shows("Joins")


async def test_the_outline_tells_each_lesson_in_a_mark_and_a_word(library: Library) -> None:
    course = library.course("Databases", CHAPTERS, enrolled=True, description="From the ground up.")
    library.db.execute(
        "INSERT INTO student_lesson_progress (user_id, chapter_id, lesson_id, is_started, is_completed)"
        " SELECT %s, chapter_id, id, true, title = 'Rows' FROM lessons WHERE title IN ('Rows', 'A film')",
        (library.me,),
    )
    async with reading(library) as reader:
        await opened(reader, course)
        await reader.shows("From the ground up.", "25 % · 1 of 4 lessons done")
        rows = {line.strip(" ▌").partition("  ")[0]: line for line in reader.lines}
        assert rows["✓ Rows"].endswith("done")
        assert rows["● A film"].endswith("video · started")
        assert rows["○ Inner joins"].endswith("○ Inner joins")
        assert rows["○ Check yourself"].endswith("quiz")
        assert rows["1 Tables"].endswith("1/2")
        assert "A film" in reader.here
        await reader.press("c")
        await reader.shows("https://example.org/film")
        assert isinstance(reader.screen, LessonScreen)


async def test_enrolling_and_leaving(library: Library) -> None:
    course = library.course("Databases", CHAPTERS)
    enrolled = "SELECT count(*) FROM student_courses WHERE user_id = %s AND course_id = %s"
    async with reading(library) as reader:
        await opened(reader, course)
        await reader.shows("Not enrolled: e takes this course.")
        await reader.press("end", "enter")
        await reader.shows("Enrol first (e)")
        await reader.press("e")
        await reader.shows("You are enrolled", "0 of 4 lessons done")
        assert library.one(enrolled, library.me, course) == 1
        await reader.press("L")
        await reader.shows("Leave “Databases”?", "Your progress is kept")
        await reader.press("enter")
        await reader.until(lambda: not isinstance(reader.screen, ConfirmScreen))
        assert library.one(enrolled, library.me, course) == 1
        await reader.press("L")
        await reader.shows("Leave “Databases”?")
        await reader.press("y")
        await reader.shows("You have left the course.", "Not enrolled")
        assert library.one(enrolled, library.me, course) == 0


@pytest.mark.parametrize("leaves", [False, True])
async def test_what_is_loaded_once_more_or_left_while_it_loads_ends_nothing(library: Library, *, leaves: bool) -> None:
    """A delivery of the outbox has the course loaded while what follows the enrolment waits for it."""
    course = library.course("Databases", CHAPTERS)
    async with reading(library) as reader:
        await opened(reader, course)
        await reader.shows("Not enrolled: e takes this course.")
        call, gate, asked = reader.app.call, asyncio.Event(), asyncio.Event()

        async def held(operation: Operation[Ask, Answered], request: Ask) -> Answered:
            if operation.name == catalog.COURSE.name:
                asked.set()
                await gate.wait()
            return await call(operation, request)

        reader.app.call = held  # type: ignore[method-assign]
        await reader.press("e")
        await asked.wait()
        screen = reader.screen
        assert isinstance(screen, CourseScreen)
        if leaves:
            waits = asyncio.create_task(screen.load_again())
            await asyncio.sleep(0)
            waits.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waits
            await reader.press("escape")
            await reader.until(lambda: not reader.is_on(CourseScreen))
        else:
            screen.delivered()
            gate.set()
            await reader.shows("You are enrolled. c begins.")
    assert reader.app._exception is None


async def test_a_priced_course_says_who_can_let_one_in(library: Library) -> None:
    course = library.course("Query plans", CHAPTERS, price=4900)
    async with reading(library) as reader:
        await opened(reader, course)
        await reader.shows("49.00 USD", "staff can let you in")
        await reader.press("e")
        await reader.until(lambda: reader.app.screen._notice.display)  # type: ignore[attr-defined]
        assert library.one("SELECT count(*) FROM student_courses") == 0
        assert "Not enrolled" in reader.text


async def test_leaving_a_priced_course_says_that_only_staff_can_let_one_in_again(library: Library) -> None:
    course = library.course("Query plans", CHAPTERS, price=4900, enrolled=True)
    async with reading(library) as reader:
        await opened(reader, course)
        await reader.press("L")
        await reader.shows("Leave “Query plans”?", "Your progress is kept", "only staff can let you in")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(CourseScreen))
        assert library.one("SELECT count(*) FROM student_courses") == 1, "only asked, nobody has left"
