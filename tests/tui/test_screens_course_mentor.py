"""What an author sees of the mentors of a course: by lesson, by learner, checks and transcripts, on a real service."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tests.service.mentor_kit import add_check, add_mentor, add_message, add_thread
from tests.tui.library import Library, Reader, reading

from lms_tui.tui.check_words import WIDEST
from lms_tui.tui.screens.course_learner import CourseLearnerScreen
from lms_tui.tui.screens.course_mentor import CourseMentorScreen
from lms_tui.tui.screens.course_statistics import CourseStatisticsScreen, Looking
from lms_tui.tui.screens.learner_mentor import LearnerCheckScreen, LearnerMentorScreen
from lms_tui.tui.screens.mentor_learners import MentorLearnersScreen
from lms_tui.tui.screens.transcript import TranscriptScreen
from lms_tui.wire.mentor_results import Check, LearnerMentorLesson

pytestmark = pytest.mark.anyio

HOSTILE = "x[/ [@click=app.quit]y[/]\x1b[66;6n\u202ez"


@pytest.fixture
def course(library: Library) -> UUID:
    """A course of which every text is hostile, with a mentor and 130 learners who talked with it, one of them much."""
    course = library.course(f"SQL {HOSTILE}", {f"C {HOSTILE}": [(f"T {HOSTILE}", "text", "x"), ("Other", "text", "x")]})
    lesson: UUID = library.one("SELECT id FROM lessons WHERE title <> 'Other'")
    add_mentor(library, lesson, f"Aims {HOSTILE}")
    library.db.execute(
        "WITH u AS (INSERT INTO users (email, first_name, last_name)"
        " SELECT n || '@x.org', 'P' || to_char(n, 'FM000'), %s FROM generate_series(1, 130) n RETURNING id),"
        " e AS (INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM u),"
        " t AS (INSERT INTO ai_mentor_threads (id, user_id, lesson_id, created_at)"
        " SELECT gen_random_uuid(), id, %s, '2026-01-01' FROM u RETURNING id)"
        " INSERT INTO ai_mentor_thread_messages (thread_id, role, content, created_at)"
        " SELECT id, 'user', 'Hello', '2026-01-01' FROM t",
        (HOSTILE, course, lesson),
    )
    first: UUID = library.one("SELECT id FROM users WHERE first_name = 'P001'")
    thread = add_thread(library, first, lesson, title=f"Title {HOSTILE}")
    for number in range(80):
        role = "assistant" if number % 2 else "user"
        add_message(library, thread, f"No. {number} {HOSTILE}", role, model="m-1!cut")
    add_check(library, first, lesson, 4)
    texts = {"insights": f"Found {HOSTILE}", "recommended": f"- go on {HOSTILE}"}
    add_check(library, first, lesson, 8, engagement=60, **texts)
    return course


def harmless(reader: Reader) -> None:
    assert "\x1b" not in reader.text
    assert "\u202e" not in reader.text
    assert "x[/" in reader.text, "the hostile text is seen as the text that it is"


async def test_from_the_course_to_what_was_said(library: Library, course: UUID) -> None:
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        reader.app.push_screen(CourseStatisticsScreen(Looking(course)))
        await reader.shows("130 learners enrolled")
        await reader.press("5")
        await reader.until(lambda: reader.is_on(CourseMentorScreen))
        await reader.shows("130 learners talked", "210 messages", "1 checked, 1 passed", "understanding 8.0")
        assert "Other" not in reader.text, "it has no mentor"
        harmless(reader)
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(MentorLearnersScreen))
        await reader.shows("130 learners", "Aims", "P001", "81 messages in 2 threads", "understanding 8", "1/130")
        harmless(reader)
        await reader.press("end")
        await reader.shows("100/130")
        await reader.press("end")
        await reader.shows("130/130")
        await reader.press("home", "enter")
        await reader.until(lambda: reader.is_on(LearnerMentorScreen))
        await reader.shows("check: passed", "check: not passed", "80 messages", "Hello")
        harmless(reader)
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(LearnerCheckScreen))
        await reader.shows("Passed, ", "Understanding 8 of 10.", "Engagement 60 of 100.", "Found", "go on", "Aims")
        harmless(reader)
        await reader.press("escape", "down", "down", "enter")
        await reader.until(lambda: reader.is_on(TranscriptScreen))
        await reader.shows("No. 79", "Mentor", "m-1", "It broke off here")
        harmless(reader)
        await reader.press("home")
        await reader.shows("No. 30")
        await reader.until(lambda: len(reader.screen.query_one("Conversation").turns) == 80)  # type: ignore[attr-defined]
        await reader.press("home")
        await reader.shows("No. 0 ", "P001")
        assert "You" not in reader.text, "it is somebody else who said it"


def test_a_part_of_a_check_that_is_blank_has_no_heading() -> None:
    lesson = LearnerMentorLesson(id=uuid4(), chapter="Joins", title="Outer", objectives=" \n", checks=[], threads=[])
    check = Check(
        at=datetime.now(UTC), understanding=8, engagement=None, passed=True, insights="**Well** done.", recommended=""
    )
    lines = ["".join(text for text, _ in line) for line in LearnerCheckScreen(lesson, check)._lines(60)]
    assert [line for line in lines if line][1:] == ["Understanding 8 of 10.", "What it found", "Well done."]


def test_what_a_check_found_is_no_wider_than_one_reads_with_ease() -> None:
    lesson = LearnerMentorLesson(
        id=uuid4(), chapter="Joins", title="Outer", objectives="A " * 90, checks=[], threads=[]
    )
    check = Check(
        at=datetime.now(UTC),
        understanding=8,
        engagement=60,
        passed=True,
        insights="B " * 90,
        recommended="- " + "C " * 90,
    )
    lines = ["".join(text for text, _ in line) for line in LearnerCheckScreen(lesson, check)._lines(200)]
    assert max(len(line) for line in lines) in (WIDEST - 1, WIDEST)
    assert next(line for line in lines if line.startswith("  C"))


async def test_from_a_learner_to_what_they_said(library: Library, course: UUID) -> None:
    first: UUID = library.one("SELECT id FROM users WHERE first_name = 'P001'")
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        reader.app.push_screen(CourseLearnerScreen(course, "SQL", first, "P001"))
        await reader.shows("m mentor")
        await reader.press("m")
        await reader.until(lambda: reader.is_on(LearnerMentorScreen))
        await reader.shows("check: passed")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
async def test_hundreds_of_threads_of_a_learner_come_as_one_goes_down(
    library: Library, course: UUID, size: tuple[int, int]
) -> None:
    first: UUID = library.one("SELECT id FROM users WHERE first_name = 'P001'")
    library.db.execute(
        "WITH t AS (INSERT INTO ai_mentor_threads (id, user_id, lesson_id, thread_title, is_active, created_at)"
        " SELECT gen_random_uuid(), %s, l.id, 'No. ' || n, false, timestamptz '2026-02-01' - n * interval '1 hour'"
        " FROM lessons l, generate_series(1, 150) n RETURNING id)"
        " INSERT INTO ai_mentor_thread_messages (thread_id, role, content) SELECT id, 'user', 'Why?' FROM t",
        (first,),
    )
    async with reading(library, size) as reader:
        await reader.shows("lms-tui")
        reader.app.push_screen(LearnerMentorScreen(course, first, "P001"))
        await reader.shows("check: passed", "1/101+")
        for _ in range(4):
            await reader.press("end")
            await reader.pilot.pause(0.3)
        await reader.shows("No. 150", "304/304")
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(TranscriptScreen))
        await reader.shows("Why?")
        await reader.press("escape", "home")
        await reader.shows("check: passed", "1/304")
