"""A lesson: what opening, reading and finishing it records, and the ways through it."""

from uuid import UUID

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.widgets.lesson_text import LessonText

pytestmark = pytest.mark.anyio

PART = "## Part {0}\n\nSee [the manual](https://example.org/{0}).\n\n" + "words " * 90
LONG = "# Joins\n\n" + "\n\n".join(PART.format(part) for part in range(9))
CHAPTERS = {"Joins": [("Inner joins", "text", LONG), ("A film", "video", "https://example.org/film")]}
PROGRESS = "SELECT {} FROM student_lesson_progress WHERE user_id = %s AND lesson_id = %s"


async def opened(reader: Reader, library: Library, title: str) -> UUID:
    lesson: UUID = library.one("SELECT id FROM lessons WHERE title = %s", title)
    await reader.shows("Browse the catalog")
    reader.app.push_screen(LessonScreen(lesson))
    await reader.shows(f"1 Joins › {title}")
    return lesson


async def test_opening_and_finishing_are_recorded(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        lesson = await opened(reader, library, "Inner joins")
        await reader.shows("● saved")
        assert library.one(PROGRESS.format("is_started"), library.me, lesson) is True
        assert library.one(PROGRESS.format("is_completed"), library.me, lesson) is False
        await reader.press("end")
        await reader.shows("The end of this lesson: d marks it done.")
        await reader.press("d")
        await reader.shows("Done. n goes on to “A film”.", "✓ done 1/2")
        await reader.until(lambda: library.one(PROGRESS.format("is_completed"), library.me, lesson) is True)
        await reader.press("n")
        await reader.shows("1 Joins › A film", "https://example.org/film", "y copies it")
        await reader.press("p")
        await reader.shows("1 Joins › Inner joins", "✓ done 1/2")


async def test_what_is_done_while_the_service_is_away_waits_and_goes_by_itself(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        lesson = await opened(reader, library, "A film")
        await reader.shows("● saved")
        library.away = True
        await reader.press("y", "d")
        await reader.shows("✓ done 2/2", "◌ 1 waiting")
        assert library.one(PROGRESS.format("is_completed"), library.me, lesson) is False
        library.away = False
        await reader.shows("● saved")
        await reader.lacks("waiting")
        assert library.one(PROGRESS.format("is_completed"), library.me, lesson) is True


async def test_the_last_lesson_done_completes_the_course_when_the_service_says_so(library: Library) -> None:
    course = library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        await opened(reader, library, "A film")
        await reader.press("y", "d")
        await reader.shows("Done: the last lesson.", "● saved")  # the last in order; the first is not done
        assert "completed" not in reader.text
        await reader.press("p")
        await reader.shows("1 Joins › Inner joins", "● saved")
        library.away = True
        await reader.press("d")
        await reader.shows("◌ 1 waiting")
        assert "completed" not in reader.text
        library.away = False
        await reader.shows("Done. You have completed this course.")
        at = library.one("SELECT completed_at FROM student_courses WHERE course_id = %s", course).astimezone()
        reader.app.push_screen(CourseScreen(course))
        await reader.shows(f"✓ completed on {at.day} {at:%B %Y}")


async def test_reading_without_being_enrolled_records_nothing(library: Library) -> None:
    library.course("Databases", CHAPTERS)
    async with reading(library) as reader:
        await opened(reader, library, "Inner joins")
        await reader.shows("nothing is recorded")
        await reader.press("d", "end")
        assert "done" not in reader.lines[-1]
        assert library.one("SELECT count(*) FROM student_lesson_progress") == 0


async def test_headings_links_and_the_place_are_found_again(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        lesson = await opened(reader, library, "Inner joins")
        await reader.shows("Part 0")
        await reader.press("x")
        await reader.shows("1 https://example.org/0", "9 https://example.org/8", "none is opened")
        await reader.press("escape")
        await reader.shows("1 Joins › Inner joins")
        await reader.until(lambda: reader.app.screen._text.complete)  # type: ignore[attr-defined]
        await reader.press("t")
        await reader.shows("Headings", "Part 8")
        await reader.press(*["down"] * 6, "enter")
        await reader.until(lambda: "Part 5" in reader.lines[2], "part 5 on top")
        await reader.press("escape")
        await reader.shows("Browse the catalog")
    async with reading(library) as reader:
        assert await opened(reader, library, "Inner joins") == lesson
        await reader.until(lambda: "Part 5" in reader.lines[2], "part 5 on top again")


async def test_words_are_found_gone_through_and_let_go(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        await opened(reader, library, "Inner joins")
        await reader.shows("Part 0")
        across = reader.screen.query_one(LessonText).size.width
        await reader.press("slash", *"part")
        await reader.shows("1/9", "▸ Part 0")
        assert reader.screen.query_one(LessonText).size.width == across, "nothing is wrapped anew"
        await reader.press("down")
        await reader.shows("2/9", "▸ Part 1")
        await reader.press("enter", "n", "n")
        await reader.shows("4/9", "▸ Part 3", "n next match  N previous match  esc end finding")
        await reader.press("N", "N", "N", "N")
        await reader.shows("9/9", "▸ Part 8")
        assert reader.is_on(LessonScreen)
        await reader.press("slash", *" 77", "enter")
        await reader.shows("nothing found", "Nothing found.")
        await reader.press("escape")
        await reader.lacks("nothing found")
        await reader.shows("n next", "1/2")
        assert "▸" not in reader.text
        await reader.press("n")
        await reader.shows("1 Joins › A film")


async def test_what_is_typed_ahead_into_the_line_to_find_in_does_nothing_to_the_lesson(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        await opened(reader, library, "Inner joins")
        await reader.shows("Part 0")
        await reader.press_ahead(*"/dn/d")
        await reader.shows("dn/d")
        assert "Inner joins" in reader.lines[0]
    assert library.one("SELECT count(*) FROM student_lesson_progress WHERE is_completed") == 0


async def test_a_lesson_is_left_and_found_again_to_the_line(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library, (60, 24)) as reader:
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.app.screen._text.complete)  # type: ignore[attr-defined]
        await reader.press(*["down"] * 9)
        top = reader.lines[2]
        assert top.split()[0] == "words"
        place = reader.app.screen._text.place  # type: ignore[attr-defined]
        assert place.letters > 0
        await reader.press("escape")
        await reader.shows("Browse the catalog")
    async with reading(library, (100, 24)) as reader:
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.app.screen._text.line > 0)  # type: ignore[attr-defined]
        assert reader.app.screen._text.place == place  # type: ignore[attr-defined]
