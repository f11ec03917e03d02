"""kill -9 of a sending process at every point where it writes: nothing lost, nothing doubled, no hand needed after.

`LMS_TUI_EVERY_POINT=1 pytest -n 0 -s tests/outbox/test_killed_senders.py` walks through every point; without it each
seventh is taken.
"""

import asyncio
import multiprocessing
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lms_tui.client.api import Api
from lms_tui.client.errors import AttemptClosed
from lms_tui.client.outbox import Outbox
from lms_tui.wire import quizzes
from lms_tui.wire.operation import Operation, Request
from tests.outbox import dying_sender
from tests.outbox.conftest import World
from tests.outbox.test_outbox import choosing, opened, started

pytestmark = pytest.mark.anyio
STEP = 1 if os.environ.get("LMS_TUI_EVERY_POINT") else 7
Write = tuple[Operation[Any, Any], Request]


def writes_of(attempt: quizzes.Attempt) -> list[Write]:
    """What the learner gives: an answer, another, the first one changed, and the submission."""
    named = quizzes.SubmitRequest(attempt_id=attempt.id, questions=[question.id for question in attempt.questions])
    return [
        (quizzes.ANSWER, choosing(attempt, 0, 2)),
        (quizzes.ANSWER, choosing(attempt, 1, 1)),
        (quizzes.ANSWER, choosing(attempt, 0, 0)),
        (quizzes.SUBMIT, named),
    ]


async def killed(world: World, folder: Path, api: Api, attempt: quizzes.Attempt, points: int) -> tuple[int, bool]:
    """Let a process send until it dies at the point, and return how many writes it had kept, and whether it died."""
    written = [(operation.name, msgspec.json.encode(request)) for operation, request in writes_of(attempt)]
    session = msgspec.json.encode(api.session)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([dying_sender.__name__])
    sender = context.Process(target=dying_sender.send, args=(folder, world.socket, session, written, points))
    sender.start()
    await asyncio.to_thread(sender.join, 60)
    assert sender.exitcode in (0, -9), f"point {points}: {sender.exitcode}"
    kept = folder / "kept"
    return (kept.stat().st_size if kept.exists() else 0), sender.exitcode == -9


async def sent(outbox: Outbox) -> None:
    """Wait, as a learner who does nothing, until all has gone."""
    done = asyncio.Event()
    unsubscribe = outbox.subscribe(done.set)
    async with asyncio.timeout(30):
        while outbox.counts().waiting:
            done.clear()
            await done.wait()
    unsubscribe()


def chosen(attempt: quizzes.Attempt, writes: list[Write]) -> dict[UUID, UUID]:
    """What the answers among `writes` come to."""
    return {
        request.question_id: request.answer.chosen[0]
        for _, request in writes
        if isinstance(request, quizzes.AnswerRequest)
    }


def stored(world: World, attempt: quizzes.Attempt) -> tuple[dict[UUID, UUID], int | None]:
    """The answers of the attempt, of which none may be there twice, and its score."""
    rows = world.db.execute(
        "SELECT question_id, selected_option_id FROM student_question_answers WHERE quiz_attempt_id = %s"
        " AND selected_option_id IS NOT NULL",
        (attempt.id,),
    ).fetchall()
    assert len(rows) == len(dict(rows)), "an answer is doubled"
    score = world.db.execute("SELECT score FROM quiz_attempts WHERE id = %s", (attempt.id,)).fetchone()
    assert score is not None
    return dict(rows), score[0]


async def test_a_sender_killed_where_it_writes_loses_and_doubles_nothing(world: World, tmp_path: Path) -> None:
    api = await world.owner()
    assert api.session is not None
    points, died, deaths, kept_before = 1, True, 0, set()
    while died:
        attempt = await started(api, world.quiz_lessons(api.session.user.id, 1, 2)[0])
        folder = tmp_path / f"at{points}"
        kept, died = await killed(world, folder, api, attempt, points)
        writes = writes_of(attempt)
        deaths += died
        kept_before.add(kept)
        outbox = await opened(folder / "outbox.sqlite", api)  # the next start
        await sent(outbox)
        assert outbox.counts().refused == 0, f"point {points}"
        answers, score = stored(world, attempt)
        mine = chosen(attempt, writes[:kept])
        # what was being kept when it died may be there or not; what was kept must be
        assert answers in (mine, chosen(attempt, writes[: kept + 1])), f"point {points}, {kept} kept"
        assert score == (50 if kept == len(writes) else None) or (kept == len(writes) - 1 and score == 50)
        await goes_on(api, outbox, attempt, writes[kept:])
        await outbox.close()
        assert stored(world, attempt) == (chosen(attempt, writes), 50), f"point {points}"
        points += STEP
    await api.aclose()
    assert kept_before == set(range(5)) or STEP > 1  # it died before each of the four and after them
    counted = world.db.execute("SELECT count(*), count(score) FROM quiz_attempts").fetchone()
    assert counted == (deaths + 1, deaths + 1)
    print(f"killed at {deaths} points (every {STEP}), {deaths + 1} attempts submitted once each")  # noqa: T201


async def goes_on(api: Api, outbox: Outbox, attempt: quizzes.Attempt, writes: list[Write]) -> None:
    """The learner comes back to the attempt, sees what is stored, and gives what they had not given."""
    try:
        now = await api.call(quizzes.ATTEMPT, quizzes.AttemptRequest(attempt_id=attempt.id))
    except AttemptClosed:
        return
    bases = {saved.question_id: saved.updated_at for saved in now.answers}
    for operation, request in writes:
        if isinstance(request, quizzes.AnswerRequest):
            request = msgspec.structs.replace(request, base=bases.get(request.question_id))  # noqa: PLW2901
        await outbox.put(operation, request)
    await sent(outbox)
    assert outbox.counts().refused == 0
