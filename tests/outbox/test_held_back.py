"""A submission waits for the learner when an answer of its attempt was refused; and no password in any file."""

import asyncio
from pathlib import Path

import pytest

from lms_tui.client.delivery import Delivered
from lms_tui.config import Config
from lms_tui.tui import connect
from lms_tui.tui.backend import SignIn
from lms_tui.tui.start import StartConfig
from lms_tui.wire import quizzes
from lms_tui.wire.accounts import User
from tests.outbox.conftest import World
from tests.outbox.test_outbox import choosing, emptied, opened, started

pytestmark = pytest.mark.anyio


def submission(attempt: quizzes.Attempt) -> quizzes.SubmitRequest:
    return quizzes.SubmitRequest(attempt_id=attempt.id, questions=[question.id for question in attempt.questions])


async def test_an_attempt_is_not_submitted_before_a_refused_answer_is_given_again(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    lessons = world.quiz_lessons(api.session.user.id, 2, 2)
    attempt, other = [await started(api, lesson) for lesson in lessons]
    stands = await api.call(quizzes.ANSWER, choosing(attempt, 0, 1))  # another terminal was here
    outbox = await opened(tmp_path / "outbox.sqlite", api)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 0))
    await outbox.put(quizzes.SUBMIT, submission(attempt))
    await outbox.put(quizzes.SUBMIT, submission(other))
    await outbox.settled()
    while outbox.counts().waiting > 1:
        await outbox.settled()
    await outbox.close()
    outbox = await opened(tmp_path / "outbox.sqlite", api)  # nor does another start send it
    await outbox.settled()
    counts = outbox.counts()
    assert (counts.waiting, counts.held, counts.refused) == (1, 1, 1)
    graded = "SELECT lesson_id, score FROM quiz_attempts WHERE completed_at IS NOT NULL"
    assert world.db.execute(graded).fetchall() == [(lessons[1], 0)]
    ((refused, why),) = await outbox.refused(quizzes.ANSWER)
    assert (refused.answer, why.stored) == (choosing(attempt, 0, 0).answer, stands)
    ended: list[Delivered] = []
    outbox.follow(ended.append)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 0, stands))
    await emptied(outbox)
    await outbox.close()
    await api.aclose()
    saved, result = (delivered.outcome for delivered in ended)
    assert isinstance(saved, quizzes.SavedAnswer)
    assert isinstance(result, quizzes.Result)
    assert result.score == 50


async def test_a_question_that_is_gone_holds_no_submission(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 2)[0])
    await api.call(quizzes.ANSWER, choosing(attempt, 0, 1))
    outbox = await opened(tmp_path / "outbox.sqlite", api)
    await outbox.put(quizzes.ANSWER, choosing(attempt, 0, 0))
    await emptied(outbox)
    gone = attempt.questions[0].id
    world.db.execute("UPDATE questions SET archived = true WHERE id = %s", (gone,))
    await outbox.put(quizzes.SUBMIT, quizzes.SubmitRequest(attempt_id=attempt.id, questions=[attempt.questions[1].id]))
    async with asyncio.timeout(20):
        await emptied(outbox)
    await outbox.close()
    await api.aclose()
    assert world.db.execute("SELECT count(score) FROM quiz_attempts").fetchone() == (1,)


@pytest.mark.parametrize("password", ["s3cret", "an0ther"])
async def test_rows_belong_to_the_database_and_no_password_is_in_a_file(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """The same rows under either password; what the app keeps on disk has neither."""
    api = await world.owner()
    assert api.session is not None
    ada = api.session.user

    class Reached:
        def __init__(self, _database: str | None) -> None: ...

        async def address(self, _tell: object) -> str:
            return f"unix:{world.socket}"

    async def nobody_needed(_sign_in: SignIn, _service: str) -> User:
        return ada

    monkeypatch.setattr(connect, "Reaching", Reached)
    url = f"postgresql://u:{password}@h/x"
    config = StartConfig(place=Config(database=url).place, state=tmp_path / "state", database=url)
    backend = await connect.connector(config)(lambda _sentence: None, nobody_needed)
    attempt = await started(api, world.quiz_lessons(ada.id, 1, 1)[0])
    await backend.outbox.put(quizzes.SUBMIT, submission(attempt))
    files = [file for file in (tmp_path / "state").rglob("*") if file.is_file()]
    assert any(b"database:h:5432/x" in file.read_bytes() for file in files)
    assert [file.name for file in files if password.encode() in file.read_bytes()] == []
    await backend.close()
    await api.aclose()
