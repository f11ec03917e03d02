"""A hundred learners whom the mentor answers at once, from one worker on this machine, and a quiz beside them.

    python bench/mentor.py [--learners N] [--size N] [--pace MS] [--within S] [--json PATH] [--folder PATH]

`lms-tui serve` with one worker on a port, PostgreSQL on a disk with fsync on, and a stub of a provider that sends so
many characters in pieces of 20 to everybody (`tests/mentor/stub.py`): it speaks the protocol over a socket, in a
process of its own. Four others save answers of a quiz meanwhile, some four times a second each; the same is measured
before without the streams. All ask within some seconds, so that their answers come at once for most of their
length. To hold: the slowest stream within twice the median, p99 of a save within twice that
without streams. CPU is that of the worker; memory what it has more at its most, for each stream.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import psutil
import psycopg

import load
import measuring
import rows
import servers
import streamers

GOAL: Final = 2.0
SAVERS: Final = 4
_QUIET_SECONDS: Final = 30.0
_ROOT: Final = Path(__file__).resolve().parent.parent


class Figures(msgspec.Struct):
    """What a run came to; seconds, but for those in milliseconds."""

    learners: int
    characters: int
    first_median: float
    first_slowest: float
    median: float
    slowest: float
    slowest_to_median: float
    whole: int
    kib_a_stream: float
    cpu_seconds: float
    quiet_saves: int
    quiet_p50_ms: float
    quiet_p99_ms: float
    saves: int
    p50_ms: float
    p99_ms: float
    p99_ratio: float


def fill(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make courses, learners, and a mentor of a lesson that all of them take."""
    rows.add_people(connection)
    rows.add_courses(connection, 1, 1_000)
    rows.add_learning(connection)
    connection.execute(
        "INSERT INTO ai_mentor_lessons (lesson_id, ai_prompt, learning_objectives, difficulty_level)"
        " SELECT l.id, 'Be kind.', 'Knows what a join is.', 'beginner' FROM lessons l JOIN chapters ch"
        " ON ch.id = l.chapter_id WHERE ch.course_id = %s ORDER BY l.id LIMIT 1",
        (rows.course(1),),
    )
    connection.execute(
        "INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM users ON CONFLICT DO NOTHING",
        (rows.course(1),),
    )


def questions(url: str, learners: list[UUID]) -> list[str]:
    """Store a question of each learner; return their ids."""
    asked = [str(uuid4()) for _ in learners]
    with psycopg.connect(url, autocommit=True) as connection:
        lesson = connection.execute("SELECT lesson_id FROM ai_mentor_lessons").fetchall()[0][0]
        for learner, question in zip(learners, asked, strict=True):
            thread = uuid4()
            connection.execute(
                "INSERT INTO ai_mentor_threads (id, user_id, lesson_id) VALUES (%s, %s, %s)", (thread, learner, lesson)
            )
            connection.execute(
                "INSERT INTO ai_mentor_thread_messages (id, thread_id, role, content) VALUES (%s, %s, 'user', 'Why?')",
                (question, thread),
            )
    return asked


class Memory(threading.Thread):
    """The most that a process has held."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self._process, self._over = process, threading.Event()
        self.most = self.before = process.memory_info().rss

    def run(self) -> None:
        """Look ten times a second."""
        while not self._over.wait(0.1):
            self.most = max(self.most, self._process.memory_info().rss)

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def stub(folder: Path, size: int, pace: float) -> "tuple[subprocess.Popen[str], str]":
    """Start the provider; return its process and its address."""
    text = folder / "answer.md"
    text.write_text(
        ("Rows of the left table without a partner stay, with NULL beside them. " * (size // 70 + 1))[:size]
    )
    words = [sys.executable, "-m", "tests.mentor.stub", "--text-file", str(text), "--pace", str(pace)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdout is not None
    return process, process.stdout.readline().split()[0]


def run(plan: streamers.Plan) -> streamers.Measured:
    """Let the learners in."""
    return measuring.ran(streamers, plan, plan.seconds + 300, streamers.Measured)


def measure(args: Any, ground: measuring.Ground, url: str, port: int, worker: psutil.Process) -> Figures:
    """Measure quiet, then with the streams."""
    learners = [rows.learner(number) for number in range(1, args.learners + 1)]
    savers = [rows.learner(number) for number in range(1, SAVERS + 1)]
    options = [str(rows.option(number)) for number in range(1, 5)]
    paths = [f"/v1/attempts/{rows.attempt(number)}/answers/{rows.question()}" for number in range(1, SAVERS + 1)]

    def saves() -> list[load.Connection]:
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM student_question_answers")
        return [
            load.Connection(token, save=load.Save(path, options))
            for token, path in zip(ground.tokens(url, savers), paths, strict=True)
        ]

    run(streamers.Plan(port, 2.0, [], saves()))  # connections to the database, plans
    warm = [streamers.Stream(ground.tokens(url, learners[-1:])[0], questions(url, learners[-1:])[0])]
    run(streamers.Plan(port, 0.0, warm, []))  # the provider's library
    quiet = run(streamers.Plan(port, _QUIET_SECONDS, [], saves()))
    tokens = ground.tokens(url, learners)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM ai_mentor_threads")
    streams = [streamers.Stream(*pair) for pair in zip(tokens, questions(url, learners), strict=True)]
    memory, before = Memory(worker), measuring.cpu(worker)
    memory.start()
    beside = run(streamers.Plan(port, 0.0, streams, saves(), args.within))
    memory.stop()
    times, firsts = [one.last for one in beside.streams], [one.first for one in beside.streams]
    return Figures(
        learners=args.learners,
        characters=args.size,
        first_median=median(firsts),
        first_slowest=max(firsts),
        median=median(times),
        slowest=max(times),
        slowest_to_median=max(times) / median(times),
        whole=sum(one.whole for one in beside.streams),
        kib_a_stream=(memory.most - memory.before) / 1024 / args.learners,
        cpu_seconds=(measuring.cpu(worker) - before) / 1000,
        quiet_saves=len(quiet.saves),
        quiet_p50_ms=median(quiet.saves),
        quiet_p99_ms=_p99(quiet.saves),
        saves=len(beside.saves),
        p50_ms=median(beside.saves),
        p99_ms=_p99(beside.saves),
        p99_ratio=_p99(beside.saves) / _p99(quiet.saves),
    )


def _p99(ordered: list[float]) -> float:
    return ordered[int(0.99 * (len(ordered) - 1))]


def main() -> int:
    """Measure and tell; return 0 whatever the figures are: a busy machine is no failure."""
    parser = measuring.arguments("Measure what many answers at once do to each other and to everybody else.")
    parser.add_argument("--learners", type=int, default=100, metavar="N", help="answers at once")
    parser.add_argument("--size", type=int, default=8_000, metavar="N", help="characters of each answer")
    parser.add_argument("--pace", type=float, default=50.0, metavar="MS", help="between two pieces of 20 characters")
    parser.add_argument("--within", type=float, default=3.0, metavar="S", help="seconds in which all ask; 0: at once")
    args = parser.parse_args()
    with ExitStack() as stack:
        ground = stack.enter_context(measuring.ground(args.folder, connections=60))
        url = servers.database(ground.server, "bench", fill)
        process, base = stub(ground.folder, args.size, args.pace / 1000)
        stack.callback(process.kill)
        os.environ |= {"LMS_TUI_MENTOR_BASE": base, "LMS_TUI_MENTOR_MODEL": "stub-1", "LMS_TUI_MENTOR_STREAMS": "1000"}
        port = stack.enter_context(servers.on_port(ground.folder, "mentor", url))
        time.sleep(1.0)
        figures = measure(args, ground, url, port, _worker())
    for name, value in msgspec.structs.asdict(figures).items():
        print(f"{name.replace('_', ' '):22}{value:>12.2f}" if isinstance(value, float) else f"{name:22}{value:>12}")
    measuring.keep(args.json, {"goal": GOAL, "figures": figures})
    return 0


def _worker() -> psutil.Process:
    """Return the one worker of the service that we have started."""
    found = [
        one for one in psutil.Process().children(recursive=True) if "--multiprocessing-fork" in " ".join(one.cmdline())
    ]
    return found[0]


if __name__ == "__main__":
    sys.exit(main())
