"""kill -9 of the service at random moments of the mentor's answers: what stands is true, and asking again mends it.

    LMS_TUI_KILLS=20 LMS_TUI_KILLS_SEED=7 pytest tests/service/test_mentor_kills.py -n 0 -s

`lms-tui serve` as real processes, killed hard as a whole from the moment that an answer is asked for until it has come.
LMS_TUI_KILLS is the number of kills: 2 where it is not said. A seed that was printed repeats a run.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

import httpx
import psycopg
import pytest

from lms_tui.service.tokens import Tokens, keys_in
from tests.mentor.replies import Answer
from tests.mentor.stub import Stub

from .conftest import House
from .mentor_asking import Tutored, tutored
from .mentor_kit import add_message, add_thread
from .test_serve import SECONDS, Serve, Served, serve

__all__ = ["serve"]
KILLS = int(os.environ.get("LMS_TUI_KILLS", "2"))
WORDS = "".join(f"word{number:03} " for number in range(60))
LONGEST = 1.4
"""Seconds from asking for an answer to a kill: an answer takes about one."""


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A learner, in a database that services come and go on; they are told of a provider."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    slow = Answer(WORDS, per=8, pace=0.015, wait=0.15)
    with Stub(slow) as stub, psycopg.connect(database_url, autocommit=True) as db:
        monkeypatch.setenv("LMS_TUI_MENTOR_BASE", stub.base)
        monkeypatch.setenv("LMS_TUI_MENTOR_MODEL", "stub-1")
        house = House(cast("Any", None), cast("Any", None), db)
        yield tutored(house)


def started(serve: Serve, here: Tutored, folder: Path) -> tuple[Served, dict[str, str]]:
    """Start the service; return it with a session of the learner's."""
    served = serve("--port", "0", "--secrets", folder, workers=1)
    row = here.house.db.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    token = Tokens(keys_in(folder)).sign("access", here.learner, row[0])
    return served, {"authorization": f"Bearer {token}"}


def killed(served: Served) -> None:
    """Kill all of it at once: who supervises, and who works."""
    workers = served.workers()
    os.kill(served.process.pid, signal.SIGKILL)
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
    served.process.wait(SECONDS)
    for worker in workers:
        worker.wait(SECONDS)


def read(http: httpx.Client, headers: dict[str, str], message: UUID, number: int) -> str:
    """Have an answer; return what came of it, though the service be killed."""
    came = ""
    with suppress(httpx.TransportError):
        url = f"/v1/mentor/messages/{message}/answers"
        with http.stream("POST", url, json={"number": number}, headers=headers) as reply:
            assert reply.status_code == 200, reply.read()
            for piece in reply.iter_text():
                came += piece
    return came


def test_a_service_that_is_killed_in_an_answer(serve: Serve, here: Tutored, tmp_path: Path) -> None:
    seed = os.environ.get("LMS_TUI_KILLS_SEED") or str(time.time_ns())
    print(f"LMS_TUI_KILLS_SEED={seed}")  # noqa: T201 - to repeat it
    rng, seen = random.Random(seed), Counter[str]()  # noqa: S311 - nothing secret
    served, headers = started(serve, here, tmp_path / "secrets")
    thread = str(uuid4())
    for number in range(KILLS):
        message, text = uuid4(), f"Question {number}"
        with served.client() as http, ThreadPoolExecutor(1) as pool:
            place = f"/v1/lessons/{here.lesson}/mentor/messages/{message}"
            body = {"thread_id": thread, "text": text}
            assert http.put(place, json=body, headers=headers).status_code == 200
            coming = pool.submit(read, http, headers, message, 1)
            time.sleep(rng.uniform(0.0, LONGEST))
            killed(served)
            came = coming.result(SECONDS)
        served, headers = started(serve, here, tmp_path / "secrets")
        stands = here.house.db.execute(
            "SELECT content, model_version FROM ai_mentor_thread_messages WHERE id = %s", (uuid5(message, "1"),)
        ).fetchall()
        asked = [row for row in here.said(thread) if row[:2] == ("user", text)]
        assert len(asked) == 1, "the question is there, once"
        if stands:
            content, model = stands[0]
            assert WORDS.startswith(content)
            assert model == ("stub-1" if content == WORDS else "stub-1!cut")
        seen["whole" if stands and stands[0][0] == WORDS else "cut" if stands else "nothing"] += 1
        here.house.db.execute("UPDATE lms_tui.mentor_streams SET seen_at = seen_at - interval '1 min'")
        with served.client() as http:  # as a client does: the question once more, then the next answer to it
            told = http.put(place, json=body, headers=headers).json()
            assert told["message"]["tries"] == len(stands)
            again = 1 if not stands or stands[0][0] == WORDS else 2
            assert '"message":' in read(http, headers, message, again)
        answers = [row for row in here.said(thread) if row[0] == "assistant"][-(len(stands) or 1) :]
        assert [row[1:] for row in here.said(thread)][-1] == (WORDS, "stub-1"), "and one new answer is whole"
        assert len(answers) <= 2
        assert came == "" or "data:" in came
    assert len([row for row in here.said(thread) if row[0] == "user"]) == KILLS
    assert len(here.threads()) == 1
    print(f"{KILLS} kills: {dict(seen)}")  # noqa: T201 - the proof


JUDGED = json.dumps(
    {"understanding": 9, "engagement": 60, "insights": "You told it well. " * 20, "recommended_actions": []}
)


def test_a_service_that_is_killed_in_a_check(
    serve: Serve, here: Tutored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result and the completed lesson are there both or neither; the same check again makes one of each."""
    seed = os.environ.get("LMS_TUI_KILLS_SEED") or str(time.time_ns())
    print(f"LMS_TUI_KILLS_SEED={seed}")  # noqa: T201 - to repeat it
    rng, seen = random.Random(seed), Counter[str]()  # noqa: S311 - nothing secret
    add_message(here.house, add_thread(here.house, here.learner, here.lesson), "It pairs rows.")
    with Stub(Answer(JUDGED, per=6, pace=0.01, wait=0.15)) as stub:
        monkeypatch.setenv("LMS_TUI_MENTOR_BASE", stub.base)
        served, headers = started(serve, here, tmp_path / "secrets")
        for _ in range(max(1, KILLS // 2)):
            place = f"/v1/lessons/{here.lesson}/mentor/checks/{uuid4()}"
            with served.client() as http, ThreadPoolExecutor(1) as pool:
                coming = pool.submit(checked, http, headers, place)
                time.sleep(rng.uniform(0.0, LONGEST))
                killed(served)
                coming.result(SECONDS)
            both = standing(here)
            assert both in ((0, 0), (1, 1))
            seen["whole" if both[0] else "nothing"] += 1
            here.house.db.execute("UPDATE lms_tui.mentor_streams SET seen_at = seen_at - interval '1 min'")
            served, headers = started(serve, here, tmp_path / "secrets")
            with served.client() as http:
                assert '"is_passed":true' in checked(http, headers, place)
            assert standing(here) == (1, 1)
            here.house.db.execute("DELETE FROM ai_mentor_student_lesson_progress")
            here.house.db.execute("UPDATE student_lesson_progress SET is_completed = false, completed_at = NULL")
    print(f"kills: {dict(seen)}")  # noqa: T201 - the proof


def checked(http: httpx.Client, headers: dict[str, str], place: str) -> str:
    """Ask for a check; return what came of it, though the service be killed."""
    came = ""
    with suppress(httpx.TransportError), http.stream("POST", place, json={}, headers=headers) as reply:
        assert reply.status_code == 200, reply.read()
        for piece in reply.iter_text():
            came += piece
    return came


def standing(here: Tutored) -> tuple[int, int]:
    """How many results there are, and how many lessons are complete."""
    counts = here.house.db.execute(
        "SELECT (SELECT count(*) FROM ai_mentor_student_lesson_progress),"
        " (SELECT count(*) FROM student_lesson_progress WHERE is_completed)"
    ).fetchone()
    assert counts is not None
    return counts[0], counts[1]
