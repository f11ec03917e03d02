"""Many answers that were given offline: all of them go, in order within an attempt, several attempts at once.

On a PostgreSQL that writes to the disk as it does in use. The proof of the figure (5,000 answers in under 60 s) is
`LMS_TUI_QUEUED=5000 pytest -n 0 -s tests/outbox/test_many.py`; without it there are few, and no time is looked at.
"""

import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from lms_tui.client.api import Api
from lms_tui.client.delivery import Delivered
from lms_tui.db.migrate import upgrade
from lms_tui.local.cluster import ROLE, SUPERUSER
from lms_tui.local.postgres import Server, start
from lms_tui.wire import quizzes
from tests.outbox.conftest import World, serving
from tests.outbox.test_outbox import choosing, emptied, opened, started

pytestmark = pytest.mark.anyio
QUEUED = int(os.environ.get("LMS_TUI_QUEUED", "60"))
QUESTIONS = 50 if QUEUED >= 1_000 else 6
SECONDS = 60.0


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL with its durability."""
    server = start(tmp_path / "pg", end_with_us=True)
    yield server
    server.stop()


@pytest.fixture
async def durable_world(durable: Server, tmp_path: Path) -> AsyncIterator[World]:
    """The service on it."""
    with psycopg.connect(durable.url("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE many OWNER {ROLE} TEMPLATE template0")
    upgrade(durable.url("many"))
    async with serving(durable.url("many"), tmp_path) as world:
        yield world


async def test_what_was_queued_goes_in_order_and_in_time(durable_world: World, tmp_path: Path) -> None:
    api = await durable_world.owner()
    assert api.session is not None
    assert durable_world.db.execute("SHOW fsync").fetchone() == ("on",)
    lessons = durable_world.quiz_lessons(api.session.user.id, QUEUED // QUESTIONS, QUESTIONS)
    attempts = [await started(api, lesson) for lesson in lessons]
    nowhere = Api(f"unix:{tmp_path / 'nobody.sock'}")
    nowhere.take(api.session)
    offline = await opened(tmp_path / "outbox.sqlite", nowhere)
    began = time.monotonic()
    wanted = {}
    for place in range(QUESTIONS):
        for number, attempt in enumerate(attempts):
            request = choosing(attempt, place, (place + number) % 3)
            wanted[request.question_id] = request.answer.chosen[0]
            await offline.put(quizzes.ANSWER, request, f"Answer to question {place + 1}")
    await offline.close()
    queued = time.monotonic() - began
    arrived: list[Delivered] = []
    began = time.monotonic()
    outbox = await opened(tmp_path / "outbox.sqlite", api)
    outbox.follow(arrived.append)
    await emptied(outbox)
    took = time.monotonic() - began
    await outbox.close()
    await api.aclose()
    await nowhere.aclose()
    print(f"{len(wanted)} answers of {len(attempts)} attempts queued in {queued:.1f} s, sent in {took:.1f} s")  # noqa: T201
    assert len(arrived) == len(wanted)
    rows = durable_world.db.execute(
        "SELECT question_id, selected_option_id FROM student_question_answers ORDER BY created_at"
    ).fetchall()
    assert len(rows) == len(wanted)
    assert dict(rows) == wanted
    stored = {question: at for at, (question, _) in enumerate(rows)}
    for attempt in attempts:  # as they were given
        order = [stored[question.id] for question in attempt.questions]
        assert order == sorted(order)
    if QUEUED >= 5_000:
        assert took < SECONDS
