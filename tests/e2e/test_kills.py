"""kill -9 at random moments of a quiz: no answer that the screen called saved is lost, none is stored twice.

A long quiz of all kinds of question is taken by keys in a real terminal on the embedded database. At a random moment,
from the press of a key to 1.5 seconds after it, the victim gets SIGKILL: the app, the service, the postmaster, or a
backend of PostgreSQL. The app is then opened again, or goes on by itself; nothing but `c` (go on) is pressed for it.

    LMS_TUI_KILLS=20 LMS_TUI_KILLS_SEED=7 pytest tests/e2e/test_kills.py -n 0 -s

LMS_TUI_KILLS is the number of kills of each victim: 2 where it is not said, so that the suite stays short; the proof
takes 20. LMS_TUI_KILLS_SEED repeats a run whose seed was printed: the same keys and delays, though not the same
scheduling. Kills hit the press of an answer, of going on, and, the last one of each journey, of the submission.
"""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lms_tui.local import postgres, service
from tests.e2e.kill_quiz import TITLE, Asked, write_course
from tests.e2e.terminal import Terminal

KILLS = int(os.environ.get("LMS_TUI_KILLS", "2"))
LONGEST = 1.5
"""Seconds after a key press within which the kill comes."""
_HAND = re.compile(
    "doctor|Please answer it again|answered elsewhere|another terminal|not saved: |would not take|not be kept"
    "|Remove it|Stop it|ended while starting|did not start|Traceback"
)
"""What the app says where somebody has to do something."""
_GO_ON = "An attempt is open: c goes on with it"


class Attentive(Terminal):
    """Notes each sentence on the screen that asks for a hand."""

    asked: str = ""

    def _read(self, seconds: float) -> bool:
        got = super()._read(seconds)
        if got and (found := _HAND.search(self.text)):
            self.asked = f"{found[0]!r} on\n{self.text}"
        return got

    def watch(self, seconds: float) -> None:
        """Read what is written for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def drain(self) -> None:
        """Read what a program wrote before it was killed: a terminal shows that too."""
        while self._read(0.05):
            pass


class Journey:
    """One person, one quiz, one victim."""

    def __init__(self, home: Path, questions: list[Asked], victim: str, rng: random.Random) -> None:
        self.home, self.questions, self.victim, self.rng = home, questions, victim, rng
        self.terminals: list[Attentive] = []
        self.saved: set[int] = set()
        """Numbers of the questions whose whole answer the screen called saved."""
        self.kills = self.kills_after_saved = 0
        self.recoveries: list[float] = []
        self.unchecked = False
        """Whether the service was killed and nothing has been asked of it since: the next answer brings it back."""

    @property
    def terminal(self) -> Attentive:
        """The terminal in use."""
        return self.terminals[-1]

    def open(self) -> None:
        """Open the app in a new terminal."""
        self.terminals.append(Attentive([sys.executable, "-m", "lms_tui"], os.environ))

    # --- what a person does

    def begin(self) -> None:
        """Go from home to the first question."""
        self.open()
        self.terminal.see(r"Browse the catalog[^$]*3 courses", 120)
        self.terminal.press("enter")
        self.terminal.see(TITLE)
        self.terminal.press("enter")
        self.terminal.see("Not enrolled")
        self.terminal.press("e")
        self.terminal.see("You are enrolled")
        self.terminal.press("end", "enter")
        self.terminal.see("Start attempt 1")
        self.terminal.press("enter")

    def take(self) -> None:
        """Answer all questions and submit, with kills on the way."""
        doomed = self.rng.sample(self.questions[:-1], KILLS - 1)
        moving = {question for question in doomed if self.rng.random() < 0.25}
        for question in self.questions:
            self.answer(question, killed=question in doomed and question not in moving)
            if question is not self.questions[-1]:
                self.go_on(question, killed=question in moving)
        self.submit()

    def answer(self, question: Asked, *, killed: bool) -> None:
        """Give the answer, whatever of it stands there already, and wait until it is called saved."""
        self.arrive(question)
        began = time.monotonic()
        for _ in range(4):
            if not (keys := question.missing(self.terminal.text)):
                break
            self.terminal.press(*keys[:-1])
            os.write(self.terminal._fd, keys[-1].encode())
            if killed:
                killed = False
                self.kill_after_a_while(question)
                self.arrive(question)
            self.see_keys_taken(question)
        assert not question.missing(self.terminal.text), f"the keys do not give the answer:\n{self.terminal.text}"
        self.terminal.see(self.here(question) + r" · ● saved", 120)
        self.saved.add(question.number)
        if self.unchecked and service._holder(service.site()):  # else the kill came behind the acknowledgement
            self.unchecked = False
            self.check_stored()
            self.recoveries.append(time.monotonic() - began)

    def see_keys_taken(self, question: Asked) -> None:
        """Wait until the screen shows the whole answer, or, after a kill that came before the keys, for a moment."""
        deadline = time.monotonic() + 3
        while question.missing(self.terminal.text) and time.monotonic() < deadline:
            self.terminal.watch(0.1)

    def go_on(self, question: Asked, *, killed: bool) -> None:
        """Go to the next question."""
        following = self.questions[question.number]
        os.write(self.terminal._fd, b"\x0e" if question.is_typed else b"\x1b[C")
        if killed:
            self.kill_after_a_while(question)
            shown = self.terminal.see(rf"question (\d+) of {len(self.questions)}", 120)
            if int(shown[1]) == question.number:
                assert following.number not in self.seen, "it was on the next question, and came back to the one before"
                self.terminal.press("\x0e" if question.is_typed else "right")
        self.arrive(following)

    def submit(self) -> None:
        """Submit; the kill comes at that key."""
        self.to_the_review()
        self.terminal.press("s")
        self.kill_after_a_while(None)
        for _ in range(20):
            found = self.terminal.see(rf"points · |s tries again|{_GO_ON}|Everything you took is done", 120)[0]
            if found == "s tries again":
                self.terminal.watch(2)
                self.terminal.press("s")
                self.terminal.watch(1)
            elif found == _GO_ON:
                self.terminal.press("c")
                self.to_the_review()
                self.terminal.press("s")
            else:
                return
        raise AssertionError(f"it is not submitted after all this time:\n{self.terminal.text}")

    def to_the_review(self) -> None:
        """Open the review from any question."""
        total = len(self.questions)
        shown = int(self.terminal.see(rf"question (\d+) of {total}", 120)[1])
        self.arrive(self.questions[shown - 1])
        if self.questions[shown - 1].is_typed:
            self.terminal.press("escape")
            self.terminal.see("r review")
        self.terminal.press("r")
        self.terminal.see(f"{total} of {total} answered · all saved", 120)

    def here(self, question: Asked) -> str:
        """Return what the top bar has at a question."""
        return f"question {question.number} of {len(self.questions)}"

    def arrive(self, question: Asked) -> None:
        """Wait until a question is on the screen to its end, with a tick for each one before it."""
        self.terminal.see(self.here(question), 120)
        deadline = time.monotonic() + 30
        while not question.is_drawn(self.terminal.text):
            assert time.monotonic() < deadline, f"it is not drawn:\n{self.terminal.text}"
            self.terminal.watch(0.1)
        if before := question.number - 1:
            self.terminal.see(r"✓ " * before + "●")

    # --- the kills

    def kill_after_a_while(self, question: Asked | None) -> None:
        """Kill the victim up to LONGEST seconds from now, and let the app go on, or open it again."""
        pid = self.victims_pid()
        self.terminal.watch(self.rng.uniform(0, LONGEST))
        if pid:
            os.kill(pid, signal.SIGKILL)
            while self.victim == "service" and service._holder(service.site()) == pid:
                self.terminal._read(0.01)  # it holds its lock for as long as the kernel takes it apart
            self.terminal._read(0)
        else:
            self.terminal.kill()
            self.terminal.drain()
        self.kills += 1
        text = self.terminal.text
        self.seen = {int(number) for number in re.findall(r"question (\d+) of", text)}
        is_saved = question is not None and f"{self.here(question)} · ● saved" in text and question.is_drawn(text)
        if question is not None and is_saved and not question.missing(text):
            self.saved.add(question.number)
            self.kills_after_saved += 1
        began = time.monotonic()
        if not pid or self.rng.random() < 0.25:
            self.reopen(pid)
        elif self.victim == "service":
            self.unchecked = True
            return
        self.check_stored()
        self.recoveries.append(time.monotonic() - began)

    def victims_pid(self) -> int:
        """Return the process to kill; 0: the app itself."""
        if self.victim == "tui":
            return 0
        if self.victim == "service":
            deadline = time.monotonic() + 60  # the answer just given may be starting it
            while not (pid := service._holder(service.site())):
                assert time.monotonic() < deadline, "the app does not start the service again"
                self.terminal.watch(0.1)
            return pid
        if self.victim == "postmaster":
            self.rows("SELECT")
            with self.database() as db:
                return int((Path(db.info.host) / ".s.PGSQL.5432.lock").read_text().split("\n")[0])
        connected = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        ours = self.rows(f"{connected} AND backend_type = 'client backend' ORDER BY backend_start")
        return int(self.rng.choice(ours or self.rows(connected))[0])  # not connected again yet: the checkpointer, say

    def reopen(self, pid: int) -> None:
        """Leave the app if it still runs, open it, and press `c` where an attempt is open."""
        if pid:
            self.terminal.press("ctrl+q")
            assert self.terminal.wait() == 0
        self.open()
        if self.terminal.see(f"{_GO_ON}|Everything you took is done", 120)[0] == _GO_ON:
            self.terminal.press("c")
            self.terminal.see(r"question \d+ of", 120)

    # --- the rows

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection to the embedded database; raises OperationalError while there is none."""
        if url := postgres.find(self.home / "data" / "postgres"):
            return psycopg.connect(url, autocommit=True)
        raise psycopg.OperationalError("no server is ready")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database answers, once it is back."""
        deadline = time.monotonic() + 120
        while True:
            try:
                with self.database() as db:
                    return db.execute(sql).fetchall()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "the database does not come back"
                self.terminal.watch(0.1)

    def check_stored(self) -> None:
        """All that the screen called saved is in the database as it was given, and nothing is there twice."""
        rows = defaultdict(list)
        for title, text, option in self.rows(
            "SELECT q.title, a.answer_text, o.option_text FROM student_question_answers a"
            " JOIN questions q ON q.id = a.question_id"
            " LEFT JOIN question_answer_options o ON o.id = a.selected_option_id"
        ):
            number = int(title.split()[1])
            rows[number].append((text, None if option is None else option.lower()))
        lost = [number for number in self.saved if sorted(rows[number], key=str) != self.stored(number)]
        doubled = [number for number, found in rows.items() if max(Counter(found).values()) > 1]
        many = [number for number, found in rows.items() if len(found) > len(self.stored(number))]
        assert (lost, doubled, many) == ([], [], []), f"{dict(rows)} after {self.kills} kills"

    def stored(self, number: int) -> list[tuple[str | None, str | None]]:
        """Return the rows that the answer to a question has to have."""
        return sorted(self.questions[number - 1].stored, key=str)


@pytest.mark.parametrize("victim", ["tui", "service", "postmaster", "backend"])
def test_kill_9_at_random_moments_of_a_quiz_loses_nothing(home: Path, tmp_path: Path, victim: str) -> None:
    seed = int(os.environ.get("LMS_TUI_KILLS_SEED", random.randrange(10**6)))  # noqa: S311 - no secret
    print(f"\n{victim}: LMS_TUI_KILLS={KILLS} LMS_TUI_KILLS_SEED={seed}", flush=True)  # noqa: T201 - to repeat it
    questions = write_course(tmp_path / "course", max(12, KILLS + 4))
    command = [sys.executable, "-m", "lms_tui", "course", "import", str(tmp_path / "course")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    journey, began = Journey(home, questions, victim, random.Random(seed)), time.monotonic()  # noqa: S311
    try:
        journey.begin()
        journey.take()
        assert journey.saved == {question.number for question in questions}
        if not journey.terminal.ended():
            journey.terminal.press("ctrl+q")
            assert journey.terminal.wait() == 0
        journey.open()
        journey.terminal.see("Everything you took is done", 120)
        journey.check_stored()
        assert journey.rows("SELECT count(*), count(completed_at) FROM quiz_attempts") == [(1, 1)]
        with closing(sqlite3.connect(home / "state" / "outbox.sqlite")) as outbox:
            assert outbox.execute("SELECT count(*) FROM items").fetchone() == (0,)
        assert [terminal.asked for terminal in journey.terminals if terminal.asked] == []
    finally:
        for terminal in journey.terminals:
            terminal.close()
    times = sorted(journey.recoveries)
    assert journey.kills == KILLS
    print(  # noqa: T201 - the proof
        f"{victim}: {journey.kills} kills, {journey.kills_after_saved} of them after the acknowledgement;"
        f" {len(journey.saved)} answers acknowledged, 0 lost, 0 doubled, 1 attempt submitted, outbox empty;"
        f" back after {times[len(times) // 2]:.1f} s (median), {times[-1]:.1f} s (longest);"
        f" {time.monotonic() - began:.0f} s in all"
    )
