"""A worker that is killed while it answers: its learner's turn is over at once, and nobody else's is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from lms_tui.service.mentor_workers import FAMILY_BYTES, is_gone, new_family, new_turn
from lms_tui.service.tokens import Tokens, keys_in
from tests.mentor.replies import Answer
from tests.mentor.stub import Stub

from .conftest import House
from .mentor_asking import Tutored, tutored
from .test_mentor_kills import read
from .test_progress import enrolled
from .test_serve import SECONDS, Serve, Served, eventually, serve

__all__ = ["serve"]
WORDS = "".join(f"word{number:03} " for number in range(120))
SOON = 20.0
"""Seconds, with a worker's start on a busy machine in them; a turn that nobody ends is one for 25 at least."""


@dataclass
class Answering:
    """A service of two workers that both answer, slowly: who asked what, and at which worker."""

    here: Tutored
    served: Served
    headers: dict[UUID, dict[str, str]] = field(default_factory=dict)
    asked: dict[UUID, tuple[str, UUID]] = field(default_factory=dict)
    coming: dict[UUID, Future[str]] = field(default_factory=dict)

    def turns(self) -> dict[UUID, int]:
        """Return at which worker, by its process, each learner has a turn."""
        rows = self.here.house.db.execute("SELECT user_id, turn FROM lms_tui.mentor_streams").fetchall()
        return {user: int.from_bytes(turn.bytes[FAMILY_BYTES : FAMILY_BYTES + 4]) for user, turn in rows}

    def begin(self, pool: ThreadPoolExecutor, tokens: Tokens) -> None:
        """Have one more learner ask and be answered."""
        learner = enrolled(self.here.house, self.here.course)
        row = self.here.house.db.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        headers = {"authorization": f"Bearer {tokens.sign('access', learner, row[0])}"}
        message = uuid4()
        place = f"/v1/lessons/{self.here.lesson}/mentor/messages/{message}"
        self.headers[learner], self.asked[learner] = headers, (place, message)
        with self.served.client() as http:
            body = {"thread_id": str(uuid4()), "text": "Why?"}
            assert http.put(place, json=body, headers=headers).status_code == 200
        self.coming[learner] = pool.submit(self.answer, learner, 1)
        eventually(lambda: learner in self.turns())

    def answer(self, learner: UUID, number: int) -> str:
        """Have a learner's question answered; return what came of it."""
        with self.served.client() as http:
            return read(http, self.headers[learner], self.asked[learner][1], number)

    def refusal(self, learner: UUID, number: int) -> str:
        """Ask for another answer and hang up at its first word; return why there is none, '' where one comes."""
        url = f"/v1/mentor/messages/{self.asked[learner][1]}/answers"
        with (
            self.served.client() as http,
            http.stream("POST", url, json={"number": number}, headers=self.headers[learner]) as reply,
        ):
            if reply.status_code == httpx.codes.OK:
                return ""
            return str(httpx.Response(reply.status_code, content=reply.read()).json()["code"])


@pytest.fixture
def answering(serve: Serve, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Answering]:
    """Learners who are being answered at both workers."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    with (
        Stub(Answer(WORDS, per=8, pace=0.08)) as stub,
        psycopg.connect(database_url, autocommit=True) as db,
        ThreadPoolExecutor(16) as pool,
    ):
        monkeypatch.setenv("LMS_TUI_MENTOR_BASE", stub.base)
        monkeypatch.setenv("LMS_TUI_MENTOR_MODEL", "stub-1")
        here = tutored(House(cast("Any", None), cast("Any", None), db))
        served = serve("--port", "0", "--secrets", tmp_path / "secrets", workers=2)
        eventually(lambda: len(served.workers()) == 2)
        answering = Answering(here, served)
        tokens = Tokens(keys_in(tmp_path / "secrets"))
        while len(set(answering.turns().values())) < 2:
            assert len(answering.coming) < 12
            answering.begin(pool, tokens)
        eventually(lambda: len(stub.asked) == len(answering.coming))
        stub.replies = [Answer("Here it is.")]
        yield answering


def test_the_turns_of_a_worker_that_is_killed_are_over_and_those_of_the_other_go_on(answering: Answering) -> None:
    before = answering.turns()
    killed = next(iter(before.values()))
    theirs = {learner for learner, worker in before.items() if worker == killed}
    others = before.keys() - theirs
    learner = next(iter(theirs))
    answering.here.house.db.execute("UPDATE lms_tui.mentor_streams SET tokens = 77")
    os.kill(killed, signal.SIGKILL)
    began = time.monotonic()
    number = 1
    while why := answering.refusal(learner, number):
        assert why == "mentor_busy"
        assert time.monotonic() - began < SOON
        time.sleep(0.05)
        rows = answering.here.house.db.execute(
            "SELECT count(*) FROM ai_mentor_thread_messages m JOIN ai_mentor_threads t ON t.id = m.thread_id"
            " WHERE t.user_id = %s AND m.role = 'assistant'",
            (learner,),
        ).fetchone()
        number = 1 + rows[0] if rows else 1
    print(f"asked again {time.monotonic() - began:.2f} s after the kill")  # noqa: T201 - the figure
    turns = answering.turns()
    for other in others - turns.keys():
        assert answering.coming[other].result(2.0), "a turn of one who lives is over only with its answer"
    for other in others:
        assert WORDS.split()[-1] in answering.coming[other].result(SECONDS), "who was answered elsewhere still is"
    used = answering.here.house.db.execute("SELECT user_id FROM lms_tui.mentor_usage").fetchall()
    assert theirs <= {user for (user,) in used}, "what its row said counts"


def test_the_worker_in_its_place_ends_them_though_nobody_asks_here(answering: Answering) -> None:
    before = answering.turns()
    killed = next(iter(before.values()))
    answering.here.house.db.execute("UPDATE lms_tui.mentor_streams SET tokens = 77")
    os.kill(killed, signal.SIGKILL)
    began = time.monotonic()
    while killed in answering.turns().values():
        assert time.monotonic() - began < SOON
        time.sleep(0.05)
    print(f"ended {time.monotonic() - began:.2f} s after the kill")  # noqa: T201 - the figure
    used = dict(answering.here.house.db.execute("SELECT user_id, tokens FROM lms_tui.mentor_usage").fetchall())
    for learner, worker in before.items():
        if worker == killed:
            assert used[learner] == 77, "what its row said counts"
        else:
            assert WORDS.split()[-1] in answering.coming[learner].result(SECONDS)


def test_only_a_worker_of_the_family_that_has_ended_is_gone() -> None:
    family = new_family()
    program = f"from lms_tui.service.mentor_workers import new_turn; print(new_turn(bytes.fromhex('{family.hex()}')))"
    turn = UUID(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    )
    assert is_gone(turn, family)
    assert not is_gone(turn, new_family()), "another machine's, as far as one can know"
    assert not is_gone(turn, b""), "of a service of one process"
    assert not is_gone(new_turn(family), family)
    assert new_turn(family) != new_turn(family)
    assert not new_turn(b"").bytes.startswith(family)
