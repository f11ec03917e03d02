"""Outbox faults that held a write up or lost one: claims of strangers, a second submission, a broken file."""

import asyncio
import os
import sqlite3
import time
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response

from lms_tui.client import outbox as module
from lms_tui.client.api import Api
from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import NotKept
from lms_tui.client.outbox import Outbox
from lms_tui.client.outbox_file import CLAIM_SECONDS
from lms_tui.wire import quizzes
from lms_tui.wire.errors import CONTENT_TYPE, Code, Problem
from tests.client.wire_server import ADA, Handler, reply, serving, session

pytestmark = pytest.mark.anyio
ATTEMPT, QUESTION = UUID(int=7), UUID(int=8)
ANSWER = quizzes.AnswerRequest(attempt_id=ATTEMPT, question_id=QUESTION, answer=quizzes.Answer(text="mine"))


@pytest.fixture
def offline(tmp_path: Path) -> Api:
    api = Api(f"unix:{tmp_path}/none")
    api.use(session())
    return api


async def opened(path: Path, api: Api) -> Outbox:
    box = Outbox(path, api, service="s", user=ADA.id)
    await box.open()
    return box


def claim(path: Path, pid: int, since: float) -> None:
    with sqlite3.connect(path) as file:
        file.execute("UPDATE items SET claimed_by = ?, claimed_at = ?, due = 0", (pid, since))
    file.close()


async def _saved(_request: Request) -> Response:
    return reply({"question_id": str(QUESTION), "answer": {"text": "mine"}, "updated_at": "2026-01-01T00:00:00+00:00"})


ROUTES: dict[str, Handler] = {"PUT /v1/attempts/{a}/answers/{q}": _saved}


@pytest.mark.parametrize(
    "age",
    [CLAIM_SECONDS + 1, -3600.0],
    ids=["long ago, as by a process whose number is another's now", "in the future"],
)
async def test_a_claim_that_is_over_holds_nothing_up(tmp_path: Path, offline: Api, age: float) -> None:
    path = tmp_path / "o"
    box = await opened(path, offline)
    await box.put(quizzes.ANSWER, ANSWER)
    await box.close()
    claim(path, os.getppid(), time.time() - age)
    async with serving(ROUTES, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        box = Outbox(path, api, service="s", user=ADA.id)
        done: asyncio.Future[Delivered] = asyncio.get_running_loop().create_future()
        box.follow(done.set_result)
        await box.open()
        async with asyncio.timeout(20):
            assert (await done).request == ANSWER
        await box.close()
        await api.aclose()


async def test_a_claim_of_a_living_process_is_left_to_it(tmp_path: Path, offline: Api) -> None:
    path = tmp_path / "o"
    box = await opened(path, offline)
    await box.put(quizzes.ANSWER, ANSWER)
    await box.close()
    claim(path, os.getppid(), time.time())
    async with serving(ROUTES, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        box = await opened(path, api)
        await box.settled()
        assert box.counts().waiting == 1
        await box.close()
        await api.aclose()


async def test_hurrying_while_something_is_on_its_way_counts_too(tmp_path: Path, offline: Api) -> None:
    arrived, release, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Response:
        arrived.set()
        await release.wait()
        return await _saved(_request)

    box = await opened(tmp_path / "o", offline)
    async with serving({"PUT /v1/attempts/{a}/answers/{q}": slow}, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        box._api = api
        await box.put(quizzes.ANSWER, ANSWER)
        await arrived.wait()
        other = msgspec.structs.replace(ANSWER, attempt_id=UUID(int=9))
        await box._on_disk(lambda: box._file.keep(quizzes.ANSWER, other))
        with sqlite3.connect(tmp_path / "o") as file:
            file.execute("UPDATE items SET due = ? WHERE claimed_by IS NULL", (time.time() + 3600,))
        file.close()
        box.follow(lambda delivered: done.set() if delivered.request == other else None)
        box.hurry()
        release.set()
        async with asyncio.timeout(20):
            await done.wait()
        await box.close()
        await api.aclose()


async def test_of_two_submissions_that_wait_the_newest_counts(tmp_path: Path, offline: Api) -> None:
    box = await opened(tmp_path / "o", offline)
    older = quizzes.SubmitRequest(attempt_id=ATTEMPT, questions=[uuid4()])
    newer = quizzes.SubmitRequest(attempt_id=ATTEMPT, questions=[*older.questions, uuid4()])
    await box.put(quizzes.SUBMIT, older)
    await box.put(quizzes.SUBMIT, newer)
    assert list(await box.pending(quizzes.SUBMIT)) == [newer]
    await box.close()


async def test_a_file_of_an_earlier_build_is_taken_up(tmp_path: Path, offline: Api) -> None:
    box = await opened(tmp_path / "o", offline)
    await box.put(quizzes.ANSWER, ANSWER)
    await box.close()
    with sqlite3.connect(tmp_path / "o") as file:
        file.execute("ALTER TABLE items DROP COLUMN claimed_at")
    file.close()
    box = await opened(tmp_path / "o", offline)
    assert list(await box.pending(quizzes.ANSWER)) == [ANSWER]
    await box.close()


async def test_a_file_that_cannot_be_used_is_said_by_its_name(tmp_path: Path, offline: Api) -> None:
    (tmp_path / "o").write_bytes(b"this is no database" * 100)
    with pytest.raises(NotKept, match=r"/o has a fault .*lms-tui doctor"):
        await opened(tmp_path / "o", offline)
    (tmp_path / "l").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotKept, match=r"/l has a fault"):
        await opened(tmp_path / "l", offline)


async def test_a_disk_that_fails_is_told_and_the_sender_goes_on(
    tmp_path: Path, offline: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.05)
    box = await opened(tmp_path / "o", offline)
    real, keep, failed = box._file.claim, box._file.keep, asyncio.Event()
    loop = asyncio.get_running_loop()

    def full() -> list[object]:
        loop.call_soon_threadsafe(failed.set)
        raise sqlite3.OperationalError("database or disk is full")

    box._file.keep = lambda *_: full()  # type: ignore[assignment,method-assign]
    with pytest.raises(NotKept, match="disk is full"):
        await box.put(quizzes.ANSWER, ANSWER)
    box._file.keep = keep  # type: ignore[method-assign]
    failed.clear()
    box._file.claim = full  # type: ignore[assignment,method-assign]
    box.hurry()
    await failed.wait()
    box._file.claim = real  # type: ignore[method-assign]
    async with serving(ROUTES, tmp_path / "s") as address:
        box._api = Api(address)
        box._api.use(session())
        done: asyncio.Future[Delivered] = loop.create_future()
        box.follow(done.set_result)
        await box.put(quizzes.ANSWER, ANSWER)
        async with asyncio.timeout(20):
            assert (await done).request == ANSWER
        await box._api.aclose()
        await box.close()


async def test_a_write_that_was_tried_thousands_of_times_ends_no_sending(tmp_path: Path, offline: Api) -> None:
    """Its pause would be 2 to the power of its tries, which no float holds."""
    box = await opened(tmp_path / "o", offline)
    await box.put(quizzes.ANSWER, ANSWER)
    await box.settled()
    with sqlite3.connect(tmp_path / "o") as file:
        file.execute("UPDATE items SET tries = 5000")
    file.close()
    box.hurry()
    await box.settled()
    (kept,) = await box.kept()
    assert kept.tries == 5001
    assert kept.due < time.time() + 2 * module.LONGEST_PAUSE
    assert box._sending is not None
    assert not box._sending.done()
    await box.close()


@pytest.mark.parametrize(("code", "status"), [(Code.TOO_MANY_REQUESTS, 429), (Code.UNAVAILABLE, 503)])
async def test_a_write_that_is_held_back_is_kept_and_goes_when_the_service_said(
    tmp_path: Path, code: Code, status: int
) -> None:
    told, came = 1.5, list[float]()

    async def later(request: Request) -> Response:
        came.append(time.monotonic())
        if len(came) > 1:
            return await _saved(request)
        what = Problem(status=status, code=code, title="No", detail="Not now.", retry_after=told)
        return Response(msgspec.json.encode(what), status_code=status, media_type=CONTENT_TYPE)

    async with serving({"PUT /v1/attempts/{a}/answers/{q}": later}, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        box = await opened(tmp_path / "o", api)
        done: asyncio.Future[Delivered] = asyncio.get_running_loop().create_future()
        box.follow(done.set_result)
        await box.put(quizzes.ANSWER, ANSWER)
        async with asyncio.timeout(20):
            assert isinstance((await done).outcome, quizzes.SavedAnswer)
        await box.close()
        await api.aclose()
    assert len(came) == 2
    assert came[1] - came[0] >= told


async def test_something_new_is_a_new_chance_for_what_waits_before_it_alone(tmp_path: Path, offline: Api) -> None:
    box = await opened(tmp_path / "o", offline)
    other = msgspec.structs.replace(ANSWER, attempt_id=UUID(int=9))
    for request in (ANSWER, other):
        await box.put(quizzes.ANSWER, request)
        await box.settled()
    with sqlite3.connect(tmp_path / "o") as file:
        file.execute("UPDATE items SET due = ?, tries = 7", (time.time() + 3600,))
    file.close()
    await box.put(quizzes.ANSWER, msgspec.structs.replace(ANSWER, question_id=UUID(int=10)))
    await box.settled()
    tried = [(kept.request, kept.tries) for kept in await box.kept() if kept.tries]
    assert tried == [(ANSWER, 8), (other, 7)]
    await box.close()
