"""What staff do to courses on screens: how a course stands, who is in it, and the system at a glance, by keys."""

import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.test_screens_people import add, audits, shows, to_person

from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course_learners import CourseLearnersScreen
from lms_tui.tui.screens.overview import OverviewScreen
from lms_tui.tui.screens.teach import TeachScreen

pytestmark = pytest.mark.anyio

HOSTILE = "Joins \x1b[31m[bold]\u202e"


async def to_courses(reader: Reader, *texts: str) -> None:
    """Go to all courses by the administrators' menu."""
    await shows(reader, "Browse the catalog")
    await reader.press("A")
    await shows(reader, "Courses", "publish, archive, price")
    await reader.press("c")
    await shows(reader, "Administration › Courses", *texts)
    await reader.until(lambda: reader.is_on(TeachScreen))


async def back(reader: Reader) -> None:
    await reader.until(lambda: reader.is_on(TeachScreen))


async def test_a_course_is_published_withdrawn_archived_and_restored_by_keys(library: Library) -> None:
    course = library.course(HOSTILE, {"One": [("Empty", "text", "")]})
    empty = library.course("Nothing yet")
    library.db.execute("UPDATE courses SET is_published = false")
    library.enrol(course)
    async with reading(library) as reader:
        await to_courses(reader, "draft", "1/2", "p publish", "x archive")
        await reader.press("p")
        await shows(reader, "Publish “Joins", "It stands in the catalog at once", "1 person is enrolled", "Empty:")
        await reader.press("enter")  # on the careful answer
        await back(reader)
        assert audits(library) == []
        await reader.press_ahead("p", "p", "y")  # typed before the question stood there: for nobody
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        assert audits(library) == []
        await reader.press_ahead("y", "p", "y", "x", "y")
        await shows(reader, "is published now.", "p draft")
        assert audits(library) == ["courses.publish"]
        await reader.press("p")
        await shows(reader, "Make a draft of “Joins", "1 of them have not completed it", "What they did stays")
        await reader.press("y")
        await shows(reader, "is draft now.", "p publish")
        await reader.press("x")
        await shows(reader, "Archive “Joins")
        await reader.press("y")
        await shows(reader, "is archived now.", "u restore")
        assert "p publish" not in reader.lines[-1]
        await reader.press("u")
        await shows(reader, "It is a draft then, as before.")
        await reader.press("y")
        await shows(reader, "is draft now.", "x archive")
        await reader.press("down", "p")
        await shows(reader, "Publish “Nothing yet”?")
        await reader.press("y")
        await shows(reader, "Nothing yet has no lesson yet: there is nothing to publish.")
        assert library.one("SELECT is_published FROM courses WHERE id = %s", empty) is False
        assert "\x1b" not in reader.text
        assert "\u202e" not in reader.text
    assert audits(library) == [f"courses.{name}" for name in ("publish", "draft", "archive", "restore")]


async def test_price_category_and_author_are_typed_and_refused_at_their_field(library: Library) -> None:
    library.course("Joins")
    library.category("Unix")
    add(library, "student@x.org")
    add(library, "heir@x.org", "Heir", "CONTENT_CREATOR")
    async with reading(library) as reader:
        await to_courses(reader, "1/1", "free")
        await reader.press("e")
        await shows(reader, "49.00 USD, or free. It is free now.")
        await reader.press(*"49", "enter")
        await shows(reader, "Write it as 49.00 USD")
        await reader.press(*".00 EUR", "enter")
        await shows(reader, "“Joins” costs 49.00 EUR now.", "0 chapters · 0 lessons · 49.00 EUR")
        await reader.press("c")
        await shows(reader, "It is Databases now.")
        await reader.press(*"unx", "enter")
        await shows(reader, "There is no category unx.")
        await reader.press("backspace", *"ix", "enter")
        await shows(reader, "“Joins” is in Unix now.", "· Unix ·")
        await reader.press("h")
        await shows(reader, "It is codd@example.org's now")
        await reader.press(*"student@x.org", "enter")
        await shows(reader, "is no author and no administrator")
        await reader.press(*["backspace"] * len("student@x.org"), *"heir@x.org", "enter")
        await shows(reader, "“Joins” is heir@x.org's now.", "Heir · Unix")
        await reader.press("e", "escape")
        await back(reader)
    assert audits(library) == ["courses.price", "courses.move", "courses.hand_over"]


async def test_learners_are_let_in_and_taken_out(library: Library) -> None:
    course = library.course("Joins", {"One": [("A", "text", "# A")]}, price=4900)
    for name in ("ada", "ben"):
        add(library, f"{name}@x.org", name.title())
    async with reading(library) as reader:
        await to_courses(reader, "1/1", "l learners")
        await reader.press("l")
        await shows(reader, "Nobody is enrolled here", "a let in")
        await reader.until(lambda: reader.is_on(CourseLearnersScreen))
        assert "d take out" not in reader.lines[-1]
        await reader.press("a")
        await shows(reader, "With commas or blanks between them.")
        await reader.press(*"ada@x.org,ben@x.org nobody@x.org", "enter")
        await shows(reader, "Not known here, or archived. The others are in.")
        await reader.lacks("ben@x.org")
        await reader.press("escape")
        await shows(reader, "2 let in; not known here: nobody@x.org.", "Ada", "Ben", "1/2", "d take out")
        await reader.press("d")
        await shows(reader, "Take ada@x.org out of the course?", "0 of 1 lesson", "only staff can let them in again")
        await reader.press_ahead("y", "d", "y", "d", "y")
        await shows(reader, "ada@x.org is not in “Joins” any more.", "Ben", "1/1")
        await reader.lacks("Ada")
    assert library.one("SELECT count(*) FROM student_courses WHERE course_id = %s", course) == 1
    assert audits(library) == ["enrolments.give", "enrolments.remove"]


async def test_a_person_is_let_into_a_course_and_out_of_the_one_under_the_cursor(library: Library) -> None:
    for title in ("Joins", "Joining in", "Files"):
        library.course(title, {"One": [("A", "text", "# A")]})
    add(library, "ada@x.org")
    async with reading(library) as reader:
        await to_person(reader, "ada", "Takes no course")
        await reader.press("n")
        await shows(reader, "Let into a course", "Ada L. <ada@x.org>")
        await reader.press(*"join", "enter")
        await shows(reader, "This fits several: Joining in; Joins.")
        await reader.press("s", "enter")
        await shows(reader, "ada@x.org takes “Joins”.", "Joins")
        await reader.press("end")
        await shows(reader, "d out")
        await reader.press("d")
        await shows(reader, "Take ada@x.org out of the course?", "comes back when they are let in again")
        await reader.press("y")
        await shows(reader, "ada@x.org is not in “Joins” any more.", "Takes no course")
    assert audits(library) == ["enrolments.give", "enrolments.remove"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_system_at_a_glance_is_a_page_to_scroll_through(library: Library, size: tuple[int, int]) -> None:
    course = library.course(HOSTILE)
    library.db.execute(
        "INSERT INTO lms_tui.audit (id, actor_id, action, object_id)"
        " VALUES (gen_random_uuid(), %s, 'courses.draft', %s)",
        (library.author(), course),
    )
    async with reading(library, size) as reader:
        await shows(reader, "Browse the catalog")
        await reader.press("A", "o")
        await shows(reader, "2 people · 0 learners · 1 author · 1 administrator", "this service sends none")
        assert reader.is_on(OverviewScreen)
        await reader.press("end")
        await shows(reader, "Largest tables", "codd@example.org courses.draft “Joins")
        assert "\x1b" not in reader.text
        assert "\u202e" not in reader.text
        library.away = True
        await reader.press("r")
        await shows(reader, "r try again")
        library.away = False
        await reader.press("r")
        await shows(reader, "administrator")
        await reader.press("r")
        await shows(reader, "This is how it is now.")
