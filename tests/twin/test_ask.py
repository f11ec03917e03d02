"""`lms-tui ask`: the answer as it comes, pieces as lines of JSON, and every end that it can come to."""

import asyncio
import json
from uuid import UUID, uuid4, uuid5

import pytest

from lms_tui.cli import ask
from lms_tui.client.api import Api
from lms_tui.config import resolve
from lms_tui.wire import mentor
from lms_tui.wire.accounts import User
from tests.client.wire_server import session
from tests.mentor.faults import HOSTILE
from tests.mentor.replies import Answer, refusal
from tests.mentor.stub import Stub
from tests.service.mentor_kit import add_mentor

from .conftest import ADA, Twin
from .test_doing import NOBODY
from .test_mentor_check import stub

__all__ = ["stub"]


@pytest.fixture
def lesson(twin: Twin) -> UUID:
    """A lesson with a mentor, of a course that Ada takes."""
    course = twin.house.course(twin.house.person("CONTENT_CREATOR"), "Joins")
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))
    own = twin.lessons(course)["Lesson 1.1"]
    add_mentor(twin.house, own)
    return own


def said(twin: Twin) -> list[tuple[str, str, str | None]]:
    statement = "SELECT role, content, model_version FROM ai_mentor_thread_messages ORDER BY created_at"
    return twin.house.db.execute(statement).fetchall()


def test_an_answer_is_printed_as_it_comes(
    twin: Twin, stub: Stub, lesson: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert twin.say("ask", "joins/lesson 1.1", "What is a join?") == f"{Answer().text}\n"
    assert said(twin) == [("user", "What is a join?", None), ("assistant", Answer().text, "stub-1")]
    assert "language: de-DE" in stub.asked[-1].messages[1]["content"]
    twin.typed("And from\nstandard input?\n")
    events = [json.loads(line) for line in twin.say("ask", str(lesson), "-", "--json").splitlines()]
    assert "".join(event.get("text", "") for event in events) == Answer().text
    (row,) = twin.house.db.execute(
        "SELECT id, content FROM ai_mentor_thread_messages WHERE role = 'user' ORDER BY created_at DESC LIMIT 1"
    ).fetchall()
    assert row[1] == "And from\nstandard input?"
    assert events[-1]["message"]["id"] == str(uuid5(row[0], "1"))
    assert twin.house.db.execute("SELECT count(*) FROM ai_mentor_threads").fetchone() == (1,)


def test_what_breaks_is_said_and_what_came_is_printed(twin: Twin, stub: Stub, lesson: UUID) -> None:
    stub.replies = [refusal(401, "bad key"), Answer("One two three", per=4, pace=0.05, breaks_after=2)]
    assert twin.say("ask", str(lesson), "Why?", code=1) == ""
    assert twin.errors.startswith("lms-tui: ")
    assert twin.say("ask", str(lesson), "Why?", code=1) == "One two \n"
    assert twin.errors.startswith("lms-tui: ")
    assert [row[0] for row in said(twin)] == ["user", "user", "assistant"]


def test_nothing_of_an_answer_acts_on_the_terminal(twin: Twin, stub: Stub, lesson: UUID) -> None:
    stub.replies = [Answer(HOSTILE, per=5)]
    shown = twin.say("ask", str(lesson), "Why?")
    assert "[@click=app.quit]here[/]" in shown
    assert not {letter for letter in shown if ord(letter) < 32 and letter not in "\n\t"}
    assert "\x9b" not in shown


@pytest.mark.parametrize("question", ["", "  ", "x" * 20_001])
def test_what_is_no_question(twin: Twin, lesson: UUID, question: str) -> None:
    assert twin.say("ask", str(lesson), question, code=2) == ""
    assert said(twin) == []


def test_without_a_provider_or_a_mentor(twin: Twin, lesson: UUID) -> None:
    assert twin.say("ask", str(lesson), "Why?", code=1) == ""
    assert "No mentor is set up" in twin.errors
    assert said(twin) == [("user", "Why?", None)], "and the question is kept"
    twin.house.db.execute("DELETE FROM ai_mentor_lessons")
    assert twin.say("ask", str(lesson), "Why?", code=1) == ""
    assert "There is no such mentor." in twin.errors


def test_while_the_service_is_away_the_question_waits(twin: Twin, stub: Stub, lesson: UUID) -> None:
    user = User(id=twin.learner, email=ADA, first_name="", last_name="", role="STUDENT")
    question = mentor.AskRequest(lesson_id=lesson, message_id=uuid4(), thread_id=uuid4(), text="Why?\x1b[31m")

    async def put() -> mentor.Asked | None:
        api = Api(NOBODY)
        api.use(session())
        try:
            assert await ask._lesson(api, str(lesson)) == lesson
            return await ask._stored(resolve(), api, user, question)
        finally:
            await api.aclose()

    assert asyncio.run(put()) is None
    (row,) = twin.columns("outbox", "list")
    assert "To the mentor: Why?[31m" in row
    assert twin.say("outbox", "send") == "All is with the service.\n"
    assert [row[:2] for row in said(twin)] == [("user", "Why?\x1b[31m")]
