"""The preview of a course on the learner's screens: that nothing is recorded, and what its keys show."""

import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.preview_walk import hashes, walk

from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError
from lms_tui.client.session import SignIn
from lms_tui.tui.preview import Preview
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.teach import TeachScreen
from lms_tui.wire import learning
from lms_tui.wire.courses import BUILTIN, BuiltinRequest

pytestmark = pytest.mark.anyio

RECORDED_NOWHERE = "preview, nothing recorded"


@pytest.fixture
async def builtin(library: Library) -> Library:
    """A library with the course on databases that ships with the program; the owner is its author and its learner."""
    api = Api(f"unix:{library.socket}")
    await SignIn(api, "library", None).owner()
    report = await api.call(BUILTIN, BuiltinRequest(name="databases"))
    await api.aclose()
    library.enrol(report.course_id)
    return library


async def previewing(reader: Reader) -> None:
    """Open the preview of the first course one teaches."""
    await reader.shows("Browse the catalog")
    await reader.press("m")
    await reader.shows("Teaching", "v preview")
    await reader.press("enter")
    await reader.until(lambda: reader.is_on(CourseScreen))
    await reader.shows(RECORDED_NOWHERE, "preview: nothing is recorded", "1 ")


async def test_a_whole_course_with_its_quizzes_leaves_every_row_outbox_and_place_as_it_was(builtin: Library) -> None:
    async with reading(builtin) as reader:
        await reader.shows("Continue")
        before = hashes(builtin.db, builtin.folder)
        await previewing(reader)
        seen = await walk(reader)
        assert {"LessonScreen", "QuizStartScreen", "QuizScreen", "ReviewScreen", "ResultScreen"} <= set(seen)
        lessons = builtin.one(
            "SELECT count(*) FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.archived IS NOT TRUE"
        )
        assert seen.count("LessonScreen") + seen.count("QuizStartScreen") == lessons
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(CourseScreen))
        await reader.shows("done", RECORDED_NOWHERE)
        assert hashes(builtin.db, builtin.folder) == before
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(TeachScreen))
        await reader.lacks(RECORDED_NOWHERE)
    assert hashes(builtin.db, builtin.folder) == before


async def test_the_same_walk_as_a_learner_is_seen_by_the_hashes(builtin: Library) -> None:
    """The proof proves something: outside of a preview the same keys change what is hashed."""
    async with reading(builtin) as reader:
        await reader.shows("Continue")
        before = hashes(builtin.db, builtin.folder)
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(CourseScreen))
        await reader.shows("c continue")
        await reader.press("c")
        await reader.until(lambda: not reader.is_on(CourseScreen))
        await reader.press("end", "d")
        await reader.shows("saved")
        after = hashes(builtin.db, builtin.folder)
        assert {name for name in before if after[name] != before[name]} >= {"public.student_lesson_progress"}


async def to_first_quiz(reader: Reader, library: Library) -> None:
    """Open the first quiz of the course that is previewed, and start it."""
    title = library.one(
        "SELECT l.title FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE l.type = 'quiz'"
        " ORDER BY ch.display_order, l.display_order LIMIT 1"
    )
    await reader.until(lambda: reader.is_on(CourseScreen))
    while title not in reader.here:
        await reader.press("down")
        await reader.pilot.pause()
    await reader.press("enter")
    await reader.shows("Start attempt 1", RECORDED_NOWHERE)
    await reader.press("s")
    await reader.shows("question 1 of", RECORDED_NOWHERE)


async def test_one_key_shows_right_answers_and_hides_them_and_they_follow_the_questions(builtin: Library) -> None:
    async with reading(builtin) as reader:
        await previewing(reader)
        assert "answers" not in reader.lines[1]
        await to_first_quiz(reader, builtin)
        assert "Right:" not in reader.text
        assert "a answers" in reader.lines[1]
        await reader.press("a")
        await reader.shows("Right: ")
        first = reader.lines[2]
        await reader.press("right")
        await reader.shows("question 2 of")
        await reader.until(lambda: reader.lines[2].startswith(" Right: ") and reader.lines[2] != first)
        await reader.press("a")
        await reader.lacks("Right: ")


async def test_an_attempt_is_kept_while_the_preview_lasts_and_no_longer(builtin: Library) -> None:
    async with reading(builtin) as reader:
        await previewing(reader)
        await to_first_quiz(reader, builtin)
        await reader.press("2", "escape")
        await reader.until(lambda: reader.is_on(CourseScreen))
        await reader.shows("started")
        await reader.press("enter")
        await reader.shows("Your attempt is open: 1 of")
        await reader.press("s")
        await reader.shows("question 1 of", "(•)")
        await reader.press("escape", "escape")
        await reader.until(lambda: reader.is_on(TeachScreen))
        await previewing_again(reader)
        assert "started" not in reader.text


async def previewing_again(reader: Reader) -> None:
    await reader.press("enter")
    await reader.until(lambda: reader.is_on(CourseScreen))
    await reader.shows(RECORDED_NOWHERE, "1 ")


async def test_what_would_record_is_refused_and_not_offered(builtin: Library) -> None:
    async with reading(builtin) as reader:
        await previewing(reader)
        screen = reader.screen
        assert isinstance(screen, CourseScreen)
        assert isinstance(screen.desk, Preview)
        offered = {command.id for command in screen.commands()}
        assert not {"course.enrol", "course.leave"} & offered
        with pytest.raises(ClientError, match="no part of a preview"):
            await screen.desk.call(learning.LEAVE, learning.LeaveRequest(course_id=screen.desk.course_id))
        with pytest.raises(ClientError, match="no part of a preview"):
            await screen.desk.call(learning.HOME, learning.HomeRequest())
        await reader.press("L")
        await reader.pilot.pause()
        assert reader.screen is screen


async def test_the_keys_of_the_preview_do_nothing_outside_of_it(builtin: Library) -> None:
    async with reading(builtin) as reader:
        await reader.shows("Continue")
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(CourseScreen))
        await reader.shows("c continue")
        shown = reader.text
        await reader.press("a", "f7")
        await reader.pilot.pause()
        assert reader.text == shown
        assert "preview" not in shown
