"""The outbox, seen: what waits and why, what was refused, and that it goes by itself when the service is back."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.tui.quiz_service import ATTEMPT, QuizService, refusal, screen_text, settled, taking
from textual.pilot import Pilot

from lms_tui.client.outbox import Outbox
from lms_tui.tui.app import LmsApp
from lms_tui.tui.look import Look
from lms_tui.tui.screens.outbox import OutboxScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code

pytestmark = pytest.mark.anyio
ANSWER_1 = "Answer to question 1 of Check yourself ("


async def answered(app: LmsApp, pilot: Pilot[None], outbox: Outbox, *keys: str) -> None:
    """Open the quiz, press `keys` and look into the outbox."""
    app.push_screen(QuizScreen(ATTEMPT))
    await settled(app, pilot, outbox)
    await pilot.press(*keys)
    await settled(app, pilot, outbox)
    await pilot.press("f3")
    await settled(app, pilot, outbox)
    assert isinstance(app.screen, OutboxScreen)


async def test_an_empty_outbox_says_that_all_is_saved(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, outbox):
        await answered(app, pilot, outbox)
        assert "All saved" in screen_text(app)
        assert "Nothing waits, and nothing was refused." in screen_text(app)


async def test_what_waits_is_named_with_its_age_and_the_reason_and_goes_when_told(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizScreen(ATTEMPT))
        await settled(app, pilot, outbox)
        service.away = True
        await pilot.press("2", "right", "1")
        await settled(app, pilot, outbox)
        await pilot.press("f3")
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "2 things on the way to the service" in text
        assert ANSWER_1 in text
        assert "just now" in text
        assert "goes after what you gave before it" in text  # the second answer of the same attempt
        assert "tried 1 time without an answer" in text or "tried 2 times without an answer" in text
        service.away = False
        await pilot.press("t")
        await settled(app, pilot, outbox)
        assert "All saved" in screen_text(app)
        assert service.said(0) is not None
        assert service.said(1) is not None


async def test_what_was_refused_is_in_the_status_and_can_be_saved_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    service = QuizService()
    service.refuse["quizzes.answer"] = refusal(Code.BAD_REQUEST, "This question takes one choice.")
    async with taking(service, tmp_path, look=Look(kept_in=tmp_path)) as (app, pilot, outbox):
        await answered(app, pilot, outbox, "2")
        text = screen_text(app)
        assert "! 1 refused" in text.splitlines()[0]
        assert "1 thing refused" in text
        assert "refused: This question takes one choice." in text
        await pilot.press("w")
        await settled(app, pilot, outbox)
        (saved,) = (tmp_path / "home").iterdir()
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        content = json.loads(saved.read_text())
        assert content["refused"] == {"code": "bad_request", "why": "This question takes one choice."}
        assert content["content"]["answer"] == {"chosen": [str(service.questions[0].options[1].id)]}
        await pilot.press("w")
        await settled(app, pilot, outbox)
        assert "It is saved already" in screen_text(app)
        await pilot.press("t")
        await settled(app, pilot, outbox)
        assert "All saved" in screen_text(app)
        assert service.said(0) is not None


async def test_a_locked_profile_writes_no_file(tmp_path: Path) -> None:
    service = QuizService()
    service.refuse["quizzes.answer"] = refusal(Code.BAD_REQUEST, "This question takes one choice.")
    async with taking(service, tmp_path, look=Look(kept_in=None)) as (app, pilot, outbox):
        await answered(app, pilot, outbox, "2")
        assert "t try now  esc back" in screen_text(app)


async def test_all_goes_at_once_when_the_service_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms_tui.client.outbox.FIRST_PAUSE", 3600.0)
    monkeypatch.setattr("lms_tui.client.outbox.LONGEST_PAUSE", 3600.0)
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizScreen(ATTEMPT))
        await settled(app, pilot, outbox)
        service.away = True
        await pilot.press("2")
        await settled(app, pilot, outbox)
        app.standing.note(offline=True)  # as a call that finds nobody does
        assert outbox.counts().waiting == 1
        service.away = False
        await app.call(quizzes.QUIZ, quizzes.QuizRequest(lesson_id=ATTEMPT))
        await settled(app, pilot, outbox)
        assert outbox.counts().waiting == 0
        assert service.said(0) is not None


async def test_a_refused_write_gives_way_to_a_newer_one_that_waits(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await answered(app, pilot, outbox)
        (question, *_), refused = service.questions, refusal(Code.BAD_REQUEST, "No.")
        one, other = (quizzes.Answer(chosen=[option.id]) for option in question.options[:2])
        service.refuse["quizzes.answer"] = refused
        request = quizzes.AnswerRequest(attempt_id=ATTEMPT, question_id=question.id, answer=one)
        await outbox.put(quizzes.ANSWER, request, "the first")
        await settled(app, pilot, outbox)
        (kept,) = await outbox.kept()
        service.away = True
        # as another window of the same account would keep it: beside the refused one
        with closing(sqlite3.connect(tmp_path / "outbox.sqlite", isolation_level=None)) as file:
            file.execute(
                "INSERT INTO items (service, user, operation, lane, slot, body, created)"
                " SELECT service, user, operation, lane, slot, replace(body, ?, ?), created FROM items",
                (str(one.chosen[0]), str(other.chosen[0])),
            )
        await outbox.retry(kept.id)
        left = [one.request for one in await outbox.kept()]
        assert [each.answer for each in left if isinstance(each, quizzes.AnswerRequest)] == [other]
