"""An attempt submitted while the service is away: kept like an answer, sent behind the answers, its result shown."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.client.outbox import Outbox
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.tui.screens.review import ReviewScreen
from lms_tui.wire import quizzes

pytestmark = pytest.mark.anyio


@pytest.fixture
def quiz(library: Library) -> Library:
    """A course whose one lesson is a quiz of two questions; the first option of each is right."""
    course = library.course("Relational databases", {"Joins": [("Check yourself", "quiz", "")]}, enrolled=True)
    lesson = library.one("SELECT l.id FROM lessons l JOIN chapters c ON c.id = chapter_id WHERE course_id = %s", course)
    library.db.execute("UPDATE lessons SET threshold_score = 50, attempts_limit = 3 WHERE id = %s", (lesson,))
    for place in (1, 2):
        question = uuid4()
        library.db.execute(
            "INSERT INTO questions (id, lesson_id, type, title, display_order) VALUES (%s, %s, 'scale', %s, %s)",
            (question, lesson, f"Question number {place}?", place),
        )
        for order, text in enumerate(("never", "always"), 1):
            library.db.execute(
                "INSERT INTO question_answer_options (question_id, option_text, is_correct, display_order)"
                " VALUES (%s, %s, %s, %s)",
                (question, text, order == 1, order),
            )
    return library


def graded(library: Library) -> list[tuple[int | None, int]]:
    """Score of each attempt, and how many right answers it has."""
    return library.db.execute(
        "SELECT score, (SELECT count(*) FROM student_question_answers WHERE quiz_attempt_id = a.id AND is_correct)"
        " FROM quiz_attempts a"
    ).fetchall()


async def taken(reader: Reader, library: Library) -> None:
    """Open the quiz, answer the first question, lose the service, answer the second, and go to the review."""
    await reader.shows("Check yourself")
    await reader.press("c")
    await reader.shows("Attempt 1 begins")
    await reader.press("s")
    await reader.shows("question 1 of 2")
    await reader.press("1")
    await reader.shows("● saved")
    await reader.press("right")
    await reader.shows("question 2 of 2")
    library.away = True
    await reader.press("1", "r")
    await reader.shows("2 of 2 answered", "1 not saved yet", "the submission goes after them")


async def test_it_is_kept_and_goes_by_itself_behind_the_answers(quiz: Library) -> None:
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        await reader.press("s")
        await reader.shows("Your submission is kept on this machine", "2 waiting")
        assert "s submit" not in reader.lines[-1]
        await reader.press("f3")
        await reader.shows("Submission of Check yourself (Relational databases)", "goes after what you gave before it")
        await reader.press("escape")
        quiz.away = False
        await reader.shows("100 %", "✓ passed")
        assert reader.is_on(ResultScreen)
    assert graded(quiz) == [(100, 2)]


async def test_an_answer_changed_while_it_waits_goes_before_it(quiz: Library) -> None:
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        await reader.press("s")
        await reader.shows("Your submission is kept on this machine")
        await reader.press("escape")
        await reader.press("p")
        await reader.shows("question 1 of 2")  # that answer has arrived long ago: the change is a write of its own
        await reader.press("2", "r")
        await reader.shows("Your submission is kept on this machine", "3 waiting")
        quiz.away = False
        await reader.shows("50 %", "✓ passed")
    assert graded(quiz) == [(50, 1)]


async def test_it_is_not_graded_before_the_answers_that_wait(quiz: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is back, and the last answer still pauses before its next try."""
    monkeypatch.setattr("lms_tui.client.outbox.FIRST_PAUSE", 3600.0)
    monkeypatch.setattr("lms_tui.client.outbox.LONGEST_PAUSE", 3600.0)
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        outbox = (await reader.app.backend()).outbox
        assert isinstance(outbox, Outbox)
        await outbox.settled()
        quiz.away = False
        await reader.press("s")
        await reader.shows("100 %", "✓ passed")
    assert graded(quiz) == [(100, 2)]


async def test_it_waits_for_a_disk_that_is_still_at_the_last_answer(
    quiz: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        keep, written = reader.app.keep, asyncio.Event()

        async def slowly(operation: Any, request: Any, label: str) -> None:
            if operation is quizzes.ANSWER:
                await written.wait()
            await keep(operation, request, label)

        monkeypatch.setattr(reader.app, "keep", slowly)
        await reader.press("escape")
        await reader.shows("question 2 of 2")
        await reader.press("2", "r")
        await reader.shows("2 of 2 answered")
        await reader.press("s")
        await reader.shows("Submitting")
        quiz.away = False
        await reader.pilot.pause(0.2)
        assert graded(quiz) == [(None, 0)]
        written.set()
        await reader.shows("50 %", "✓ passed")
    assert graded(quiz) == [(50, 1)]


async def test_the_next_start_sends_it_and_tells_the_result(quiz: Library) -> None:
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        await reader.press("s")
        await reader.shows("Your submission is kept on this machine")
    quiz.away = False
    async with reading(quiz) as reader:
        await reader.shows("“Check yourself” was submitted: 100 %, passed.")
        assert reader.is_on(HomeScreen)
    assert graded(quiz) == [(100, 2)]


async def test_a_quiz_that_changed_meanwhile_leads_back_to_the_review(quiz: Library) -> None:
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        await reader.press("s")
        await reader.shows("Your submission is kept on this machine")
        quiz.db.execute("UPDATE questions SET archived = true WHERE display_order = 1")
        quiz.away = False
        await reader.shows("The quiz has changed", "question 1 of 1")
        assert reader.is_on(QuizScreen)
        assert graded(quiz) == [(None, 0)]
        await reader.press("r")
        await reader.shows("Your submission was not taken", "1 refused")
        await reader.press("s")
        await reader.shows("100 %", "✓ passed")
        await reader.press("escape")
        await reader.lacks("refused")
    assert graded(quiz) == [(100, 1)]


async def test_one_that_was_refused_while_nobody_looked_is_opened_from_the_outbox(quiz: Library) -> None:
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        await reader.press("s")
        await reader.shows("Your submission is kept on this machine")
    quiz.db.execute("UPDATE questions SET archived = true WHERE display_order = 1")
    quiz.away = False
    async with reading(quiz) as reader:
        await reader.shows("leads back to what you submitted", "1 refused")
        await reader.press("f3")
        await reader.shows("refused: The quiz has changed", "open its quiz")
        await reader.press("enter")
        await reader.shows("Your submission was not taken: The quiz has changed", "1 of 1 answered")
        assert reader.is_on(ReviewScreen)
        await reader.press("s")
        await reader.shows("100 %", "✓ passed")
    assert graded(quiz) == [(100, 1)]


async def test_a_reply_that_is_lost_on_its_way_back_submits_once(quiz: Library) -> None:
    """The service has graded it already when the client gives up: what is kept then is answered by what stands."""
    async with reading(quiz) as reader:
        await taken(reader, quiz)
        attempt: UUID = quiz.one("SELECT id FROM quiz_attempts")
        await reader.press("s")
        await reader.shows("Your submission is kept on this machine")
        quiz.db.execute(
            "UPDATE quiz_attempts SET completed_at = now(), score = 100, is_passed = true WHERE id = %s", (attempt,)
        )
        quiz.db.execute("UPDATE student_question_answers SET is_correct = true, points_earned = 1")
        quiz.away = False
        await reader.shows("refused")  # the answer that came too late; the submission has its result
        await reader.shows("100 %")
