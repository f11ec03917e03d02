"""Before submission nothing tells a right answer: every reply of a whole walk through a quiz is looked at."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from tests.service.conftest import House
from tests.service.quiz_kit import SECRET, Quiz, full_quiz, good

from lms_tui.service.app import create_app
from lms_tui.service.settings import Settings

pytestmark = pytest.mark.anyio

TELLING = {"is_correct", "correct", "accepted", "points_earned", "reveals", "earned"}
"""Names of fields that tell; they are in results only."""


class Watch:
    """Takes every reply in while it is `on`."""

    def __init__(self) -> None:
        self.on = True
        self.seen: list[str] = []

    async def __call__(self, response: httpx.Response) -> None:
        await response.aread()
        if self.on and response.request.url.path != "/openapi.json":
            self.seen.append(f"{response.request.method} {response.request.url.path} {response.status_code}")
            assert SECRET not in response.text.lower(), self.seen[-1]
            assert not TELLING & set(_names(response.json())), self.seen[-1]


def _names(value: Any) -> Iterator[str]:
    """Yield the names of all fields in a JSON value."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def quiz(database_url: str, tmp_path: Path, watch: Watch) -> AsyncIterator[Quiz]:
    """A service on an empty database with a quiz in it, every reply of which is watched."""
    service = create_app(Settings(database_url=database_url, secrets=tmp_path / "secrets"))
    service.open()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=service), base_url="http://service", event_hooks={"response": [watch]}
    ) as http:
        with psycopg.connect(database_url, autocommit=True) as db:
            yield full_quiz(House(service, http, db))
    await service.close()


async def test_no_reply_before_submission_tells_and_none_after_a_failure_reveals(quiz: Quiz, watch: Watch) -> None:
    quiz.set(threshold_score=90, attempts_limit=2)
    for path in ("/v1/home", "/v1/catalog", f"/v1/courses/{quiz.course}", f"/v1/lessons/{quiz.lesson}"):
        good(await quiz.ask("GET", path))
    await quiz.page()
    attempt = (await quiz.start())["id"]
    for name in ("one", "all", "truth", "statements", "scale", "essay"):
        saved = good(await quiz.set_answer(attempt, name, quiz.right(name)))
        good(await quiz.set_answer(attempt, name, {}, saved["updated_at"]))
        assert (await quiz.set_answer(attempt, name, quiz.right(name))).status_code == 409
    good(await quiz.set_answer(attempt, "blanks", {"blanks": ["atlantis", "9"]}))
    assert (await quiz.set_answer(attempt, "blanks", {"blanks": ["atlantis", "8"]})).status_code == 409
    assert (await quiz.set_answer(attempt, "blanks", {"blanks": ["atlantis"]})).status_code == 400
    assert (await quiz.set_answer(attempt, "one", {"chosen": [str(uuid4())]})).status_code == 400
    assert (await quiz.try_submit(attempt, [])).status_code == 409
    assert (await quiz.result(attempt)).status_code == 404
    good(await quiz.ask("GET", f"/v1/attempts/{attempt}"))
    await quiz.page()
    assert len(watch.seen) > 30
    watch.on = False
    failed = await quiz.try_submit(attempt)
    assert not good(failed)["reveals"]
    assert SECRET not in failed.text
    assert all(one["correct"] is None and one["accepted"] == [] for one in failed.json()["questions"])
    watch.on = True
    await quiz.start()
    await quiz.page()
    good(await quiz.ask("GET", f"/v1/courses/{quiz.course}"))


async def test_practice_tells_nothing_before_an_answer_and_nothing_that_a_result_hides(
    quiz: Quiz, watch: Watch
) -> None:
    """Not of a limited quiz at all; elsewhere only the verdict on an answer that was given tells."""
    quiz.set(threshold_score=90, attempts_limit=2)
    attempt = (await quiz.start())["id"]
    watch.on = False
    good(await quiz.try_submit(attempt))
    watch.on = True
    asked = {"questions": [str(own) for own in quiz.questions.values()]}
    checks = [f"/v1/practice/questions/{own}/check" for own in quiz.questions.values()]
    for expected in (0, 5):  # an attempt is left; then neither limit nor cooldown
        assert len(good(await quiz.ask("GET", "/v1/practice"))["wrong"]) == expected
        assert len(good(await quiz.ask("POST", "/v1/practice/questions", asked))["questions"]) == expected
        if not expected:
            assert [(await quiz.ask("POST", path, {"answer": {}})).status_code for path in checks] == [404] * 7
        quiz.set(attempts_limit=None)
    watch.on = False
    for path in checks:
        reply = await quiz.ask("POST", path, {"answer": {}})
        assert SECRET not in reply.text
        assert reply.status_code == 404 or (reply.json()["correct"], reply.json()["accepted"]) == (None, [])
    watch.on = True
    await quiz.start()  # its answers are not to be tried out beside it
    assert [(await quiz.ask("POST", path, {"answer": {}})).status_code for path in checks] == [404] * 7


async def test_no_reply_depends_on_which_option_is_right(quiz: Quiz) -> None:
    """Right and wrong are exchanged behind the service's back: order, ids and replies stay the same bytes."""
    attempt = (await quiz.start())["id"]
    path = f"/v1/attempts/{attempt}"
    before = (await quiz.ask("GET", path)).content
    replies = []
    for _ in range(2):
        for name in ("one", "all", "truth", "statements", "blanks"):
            answer = quiz.right(name) if name != "blanks" else {"blanks": ["atlantis", "3"]}
            reply = good(await quiz.set_answer(attempt, name, answer))
            replies.append({**reply, "updated_at": None})
        quiz.house.db.execute("DELETE FROM student_question_answers")
        _exchange(quiz)
        assert (await quiz.ask("GET", path)).content == before
    assert replies[:5] == replies[5:]


def _exchange(quiz: Quiz) -> None:
    """Make other options right, as many as before."""
    for name, rights in (("one", {0}), ("all", {1, 2}), ("truth", {1}), ("statements", {1})):
        for place, option in enumerate(quiz.options[name]):
            quiz.house.db.execute(
                "UPDATE question_answer_options SET is_correct = %s WHERE id = %s", (place in rights, option)
            )
    quiz.house.db.execute("UPDATE question_answer_options SET option_text = '#9' WHERE option_text = '#3:0.5'")
