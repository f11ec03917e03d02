"""The pages before and after a quiz: what they say of attempts and time, and where their keys lead."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.tui.quiz_service import ATTEMPT, LESSON, QuizService, refusal, screen_text, settled, taking

from lms_tui.tui.moments import span
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.wire.errors import Code
from lms_tui.wire.quizzes import Answer, Standing, StartRequest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("standing", "sentence", "starts"),
    [
        (Standing.READY, "Attempt 2 begins when you start.", True),
        (Standing.OPEN, "Your attempt is open: 0 of 6 questions answered.", True),
        (Standing.USED_UP, "All attempts are used.", False),
        (Standing.COOLDOWN, "in 3 h 12 min.", False),
        (Standing.NO_QUESTIONS, "has no questions yet", False),
    ],
)
@pytest.mark.parametrize("key", ["s", "enter"])
async def test_the_start_page_says_how_things_stand_and_starts_only_then(
    tmp_path: Path, standing: Standing, sentence: str, starts: bool, key: str
) -> None:
    service = QuizService(standing=standing, opens_in=timedelta(hours=3, minutes=12))
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizStartScreen(LESSON))
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert sentence in text
        assert "about what you have just read with read." in text  # its Markdown is read, not shown
        assert "6 questions · 12 points · needs 70 % to pass" in text
        assert "1 of 3 attempts used, 2 left · 24 hours between attempts" in text
        assert "not passed 58 %" in text
        await pilot.press(key)
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, QuizScreen) is starts
        assert len(service.requests(StartRequest)) == starts


async def test_a_start_that_is_refused_says_why_and_stays(tmp_path: Path) -> None:
    service = QuizService()
    service.refuse["quizzes.start"] = refusal(Code.ATTEMPTS_USED_UP, "All attempts are used up meanwhile.")
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizStartScreen(LESSON))
        await settled(app, pilot, outbox)
        await pilot.press("s")
        await settled(app, pilot, outbox)
        assert "used up meanwhile" in screen_text(app)
        assert isinstance(app.screen, QuizStartScreen)
        await pilot.press("s")
        await settled(app, pilot, outbox)
        first, second = service.requests(StartRequest)
        assert first.attempt_id == second.attempt_id


async def test_the_history_opens_a_result(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizStartScreen(LESSON))
        await settled(app, pilot, outbox)
        await pilot.press("down", "enter")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)


async def test_a_passed_result_shows_score_threshold_and_right_answers(tmp_path: Path) -> None:
    service = QuizService()
    service.answered_elsewhere(0, Answer(chosen=[service.questions[0].options[0].id]))
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(ResultScreen(ATTEMPT))
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "82 %   ✓ passed" in text
        assert "↑ needs 70 %" in text
        assert "you: rows of the right table without a partner" in text
        assert "n goes on to “Subqueries”." in text
        await pilot.press("enter")
        await pilot.pause()
        text = screen_text(app)
        assert "(•) rows of the right table without a partner  ✗ your answer" in text
        assert "( ) rows of the left table without a partner  ✓ right" in text
        assert "✗ wrong, 0 of 2 points" in text
        await pilot.press("n", "n", "n")
        await pilot.pause()
        assert "Right: * · ORDER or order" in screen_text(app)


async def test_a_failed_result_hides_right_answers_and_says_when_to_try_again(tmp_path: Path) -> None:
    service = QuizService(score=58)
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(ResultScreen(ATTEMPT))
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "58 %   not passed yet" in text
        assert "in 1 d. 1 attempt left." in text
        assert "Right answers show once you pass" in text
        assert "right:" not in text
        await pilot.press("enter")
        await pilot.pause()
        assert "✓ right" not in screen_text(app)
        await pilot.press("escape", "r")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, QuizStartScreen)


async def test_without_an_attempt_left_there_is_no_again(tmp_path: Path) -> None:
    service = QuizService(score=58, attempts_left=0)
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(ResultScreen(ATTEMPT))
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "No attempt is left." in text
        assert "not passed" in text
        assert "yet" not in text, "there is no later one"
        await pilot.press("r")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.2, "1 s"), (59, "59 s"), (60, "1 min"), (61, "2 min"), (3600, "1 h"), (11_520, "3 h 12 min"),
     (86_400, "1 d"), (90_000, "1 d 1 h")],
)  # fmt: skip
def test_a_span_is_said_in_two_units_and_never_too_short(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words
