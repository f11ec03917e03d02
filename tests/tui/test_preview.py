"""The preview of a course on the learner's screens: that nothing is recorded, and what its keys show."""

from typing import cast
from uuid import UUID

import msgspec
import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.preview_walk import hashes, walk

from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError
from lms_tui.client.session import SignIn
from lms_tui.client.study import StudyTold
from lms_tui.client.study_file import StudyFile
from lms_tui.tui.backend import AskSignIn, Backend, Connect, Tell
from lms_tui.tui.preview import Preview
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.tui.screens.review import ReviewScreen
from lms_tui.tui.screens.teach import TeachScreen
from lms_tui.wire import learning, quizzes
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


def counting(library: Library) -> Connect:
    """What the app reaches the library by, with study time counted as in the real one."""
    connect = library.connect()

    async def with_study(tell: Tell, ask: AskSignIn) -> Backend:
        backend = await connect(tell, ask)
        file = StudyFile(library.folder / "study.sqlite", service="library", user=backend.user.id)
        return msgspec.structs.replace(backend, study=StudyTold(file, cast("Api", backend.api)))

    return with_study


async def previewing(reader: Reader) -> None:
    """Open the preview of the first course one teaches."""
    await reader.shows("Browse the catalog")
    await reader.press("m")
    await reader.shows("Teaching", "v preview")
    await reader.press("enter")
    await reader.until(lambda: reader.is_on(CourseScreen))
    await reader.shows(RECORDED_NOWHERE, "preview: nothing is recorded", "1 ")


async def test_a_whole_course_with_its_quizzes_leaves_every_row_outbox_and_place_as_it_was(builtin: Library) -> None:
    async with reading(builtin, connect=counting(builtin)) as reader:
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
        assert reader.app.attending.studying is None, "study time is being counted"
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(TeachScreen))
        await reader.lacks(RECORDED_NOWHERE)
    assert hashes(builtin.db, builtin.folder) == before


async def test_the_same_walk_as_a_learner_is_seen_by_the_hashes(builtin: Library) -> None:
    """The proof proves something: outside of a preview the same keys change what is hashed."""
    async with reading(builtin, connect=counting(builtin)) as reader:
        await reader.shows("Continue")
        before = hashes(builtin.db, builtin.folder)
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(CourseScreen))
        await reader.shows("c continue")
        await reader.press("c")
        await reader.until(lambda: not reader.is_on(CourseScreen))
        await reader.press("end", "d")
        assert reader.app.attending.studying is not None
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
        with pytest.raises(ClientError, match="no such attempt in this preview"):
            await screen.desk.call(quizzes.RESULT, quizzes.AttemptRequest(attempt_id=UUID(int=1)))
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


async def test_from_problem_to_problem_of_the_course_by_one_key(builtin: Library) -> None:
    """A question without a right option, a dead link, a chapter without lessons: each is opened and said."""
    quiz = builtin.one(
        "SELECT l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE l.type = 'quiz'"
        " ORDER BY ch.display_order, l.display_order LIMIT 1"
    )
    third = builtin.one("SELECT id FROM questions WHERE lesson_id = %s ORDER BY display_order OFFSET 2 LIMIT 1", quiz)
    builtin.db.execute("UPDATE questions SET type = 'multiple-choice' WHERE id = %s", (third,))
    builtin.db.execute("UPDATE question_answer_options SET is_correct = false WHERE question_id = %s", (third,))
    first = builtin.one(
        "SELECT l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " ORDER BY ch.display_order, l.display_order LIMIT 1"
    )
    builtin.db.execute("UPDATE lessons SET description = '[x](#nowhere)' WHERE id = %s", (first,))
    builtin.db.execute(
        "INSERT INTO chapters (course_id, title, display_order)"
        " SELECT course_id, 'Nothing yet', 99 FROM chapters LIMIT 1"
    )
    async with reading(builtin) as reader:
        await reader.shows("Continue")
        before = hashes(builtin.db, builtin.folder)
        await previewing(reader)
        await reader.press("]")
        await reader.shows("Problem 1 of 3", "'#nowhere' leads to no heading")
        assert reader.is_on(LessonScreen)
        await reader.press("]")
        await reader.shows("Problem 2 of 3", "question 3 of", "No option is marked as right")
        assert reader.is_on(QuizScreen)
        assert len(reader.app.screen_stack) == 4  # home, the list, the outline, the quiz
        await reader.press("a")
        await reader.shows("No answer is right here")
        await reader.press("f8")
        await reader.shows("Problem 3 of 3", "Nothing yet: The chapter has no lessons")
        assert reader.is_on(CourseScreen)
        await reader.until(lambda: "Nothing yet" in reader.here)
        await reader.press("]")
        await reader.shows("Problem 1 of 3")
        await reader.press("[", "[")
        await reader.shows("Problem 2 of 3", "question 3 of")
        await reader.press("right")
        await reader.press("!")
        await reader.shows("3 problems", "No option is marked as right")
        await reader.press("down", "enter")
        await reader.shows("Problem 3 of 3")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(TeachScreen))
        assert hashes(builtin.db, builtin.folder) == before


async def test_the_cursor_is_on_the_chapter_of_a_problem_and_behind_a_page_on_its_lesson(builtin: Library) -> None:
    """A title that lists cut is on its heading, which nothing else reaches, and the next problem takes it away."""
    second = builtin.one(
        "SELECT l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " WHERE ch.display_order = 3 AND l.display_order = 2"
    )
    builtin.db.execute("UPDATE chapters SET title = %s WHERE display_order = 2", ("Far too long " * 6,))
    builtin.db.execute("UPDATE lessons SET description = '[x](#nowhere)', title = 'L2' WHERE id = %s", (second,))
    async with reading(builtin) as reader:
        await previewing(reader)
        await reader.press("]")
        await reader.shows("Problem 1 of 2", "The chapter's title has 77 characters")
        await reader.until(lambda: reader.here.startswith("▌! 2 Far too long"))
        await reader.press("enter")  # opens nothing
        await reader.press("down", "up", "up")
        assert not reader.here.startswith("▌! 2")
        await reader.press("]")
        await reader.shows("Problem 2 of 2")
        assert reader.is_on(LessonScreen)
        await reader.press("escape")
        await reader.until(lambda: " L2 " in reader.here)
        assert "! 3 Joins" not in reader.text
        await reader.press(*["up"] * 12)
        assert "! 2 Far" not in reader.text
        await reader.press("[")
        await reader.until(lambda: reader.here.startswith("▌! 2 Far too long"))


async def test_a_submission_without_the_service_is_not_kept_and_says_so(builtin: Library) -> None:
    """It would wait for ever: only the service grades, and a preview has no outbox."""
    async with reading(builtin) as reader:
        await previewing(reader)
        await to_first_quiz(reader, builtin)
        before = hashes(builtin.db, builtin.folder)
        builtin.away = True
        await reader.press("r")
        await reader.until(lambda: reader.is_on(ReviewScreen))
        await reader.press("s")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.press("y")
        await reader.shows("A preview keeps nothing: submit again when the service is back.")
        builtin.away = False
        assert hashes(builtin.db, builtin.folder) == before
        await reader.press("s")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.press("y")
        await reader.until(lambda: reader.is_on(ResultScreen))


async def test_a_course_without_problems_says_so(builtin: Library) -> None:
    async with reading(builtin) as reader:
        await previewing(reader)
        await reader.press("]")
        await reader.shows("There is nothing to mend in this course.")
        assert reader.is_on(CourseScreen)
