"""Each fault of the mentor as a learner at a terminal sees it, and what the mentor's four tables hold before and after.

    python -m tests.mentor.table > table.md

A service of its own in a home of its own, the app's mentor in a real pseudo-terminal, the stub on a real socket. Of
each fault: what stands on the screen under the question; the rows of lessons, threads, messages and progress before the
question is asked and after it was answered or not; and whether asking again made one answer. Some faults are not the
provider's: the service is killed (-9), and the learner's terminal is closed, both in mid-stream; nobody is at the
address; none is set up.
"""

# ruff: noqa: T201 - a program

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from lms_tui.local import service
from lms_tui.local.postmaster import server_url
from lms_tui.service.mentor_turns import STALE_SECONDS
from tests.e2e.terminal import Terminal
from tests.mentor.faults import BAD, GOOD, ODD
from tests.mentor.replies import Answer
from tests.mentor.stub import MODEL, Stub, nobody

_QUESTION = "Which rows does a LEFT JOIN keep?"
_SHOWN = {**BAD, "500 once": GOOD["500 once"], **ODD}
_STILL_SECONDS = 2.5
"""After which nothing more is waited for: longer than the provider may be silent here."""
_STREAMING = Answer("word " * 200, pace=0.05)


def database() -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection to the embedded database, found as its server says."""
    data = Path(os.environ["LMS_TUI_HOME"]) / "data" / "postgres" / "data-18"
    folder = (data / "postmaster.pid").read_text().splitlines()[4]
    return psycopg.connect(server_url(Path(folder)), autocommit=True)


class Learner:
    """Somebody in a lesson with a mentor, on the embedded database."""

    def __init__(self) -> None:
        service.ensure_service(progress=lambda _: None)
        self.db = database()
        self.course, self.lesson = self._one(
            "SELECT ch.course_id, l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE l.type = 'text'"
            " ORDER BY ch.display_order, l.display_order LIMIT 1"
        )
        self.db.execute(
            "INSERT INTO ai_mentor_lessons (lesson_id, ai_prompt, learning_objectives)"
            " SELECT l.id, 'Be kind.', 'Knows what a join keeps.' FROM lessons l WHERE l.id = %(lesson)s"
            " AND NOT EXISTS (SELECT FROM ai_mentor_lessons WHERE lesson_id = l.id)",
            {"lesson": self.lesson},
        )
        said = subprocess.run([*_PROGRAM, "enrol", str(self.course)], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr

    def mentor(self) -> Terminal:
        """Open the app, go on to the lesson and to its mentor, and ask."""
        app = Terminal(_PROGRAM, os.environ, columns=100, rows=30)
        app.see("Browse the catalog")
        app.press("c")
        app.see("m mentor")
        app.press("m")
        if app.see("Ask about this lesson|No mentor is set up here")[0].startswith("Ask"):
            app.press(_QUESTION, "enter")
            app.see("You +[0-9]")
        return app

    def terminal(self, *words: str) -> Terminal:
        """Run a command in a terminal: ask the question, where none is given."""
        words = words or ("ask", str(self.lesson), _QUESTION)
        return Terminal([*_PROGRAM, *words], os.environ, columns=200, rows=40)

    def rows(self) -> str:
        """What the tables hold, in words."""
        lessons, threads, progress = self._one(
            "SELECT (SELECT count(*) FROM ai_mentor_lessons), (SELECT count(*) FROM ai_mentor_threads),"
            " (SELECT count(*) FROM ai_mentor_student_lesson_progress)"
        )
        messages = self.db.execute(
            "SELECT role, length(content), model_version FROM ai_mentor_thread_messages ORDER BY created_at"
        ).fetchall()
        said = ", ".join(f"{role} {size}{' ' + model if model else ''}" for role, size, model in messages)
        return f"{lessons} / {threads} / {len(messages)}{': ' + said if said else ''} / {progress}"

    def begin_anew(self) -> None:
        """Take away what was said."""
        self.db.execute("DELETE FROM ai_mentor_threads")

    def _one(self, statement: str) -> tuple[Any, ...]:
        row = self.db.execute(statement).fetchone()
        assert row is not None
        return row


_PROGRAM = [sys.executable, "-m", "lms_tui"]


@contextmanager
def home() -> Iterator[None]:
    """A home of its own, whose service is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="lms-table", ignore_cleanup_errors=True) as folder:
        os.environ |= {
            "LMS_TUI_HOME": folder,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "LMS_TUI_MENTOR_MODEL": MODEL,
            "LMS_TUI_MENTOR_READ_SECONDS": "1",
            "LMS_TUI_MENTOR_TOKENS_PER_DAY": "0",
        }
        try:
            yield
        finally:
            service.stop_service()


def told(terminal: Terminal) -> str:
    """Return what stands on the screen at the end, in one line; long answers by their beginning."""
    terminal.wait()
    said = " ".join(terminal.text.split())
    return said if len(said) <= 300 else f"{said[:60]} […] {said[-180:]}"


def line(learner: Learner, stub: Stub, fault: str, see: Callable[[], str]) -> None:
    """Print one line of the table: `see` has the fault happen and returns the screen."""
    learner.begin_anew()
    before = learner.rows()
    screen = see()
    time.sleep(0.3)  # what was stopped has its say
    after = learner.rows()
    stub.replies = [Answer("Those of the left one.")]
    again = learner.terminal()
    answered = "one answer" if told(again).endswith("Those of the left one.") else "none"
    again.close()
    print(
        "|", " | ".join(word.replace("|", "\\|") for word in (fault, screen, before, after, answered)), "|", flush=True
    )


def shown(app: Terminal) -> str:
    """Return what stands under the question when nothing moves any more; long answers by their beginning."""
    while app.listen(_STILL_SECONDS):
        pass
    lines = [row.strip() for row in app.text.splitlines()[:-3]]
    at = max((number for number, row in enumerate(lines) if row.startswith(_QUESTION)), default=2)
    said = " ".join(" ".join(lines[at:]).removeprefix(_QUESTION).split())
    return said if len(said) <= 300 else f"{said[:80]} […] {said[-180:]}"


def asked(learner: Learner) -> str:
    """Ask in the app, and return what comes."""
    app = learner.mentor()
    try:
        return shown(app)
    finally:
        app.close()


def checked(learner: Learner, stub: Stub) -> str:
    """Ask, have an answer, and then whether one is done."""
    reply, stub.replies = stub.replies[0], [Answer()]
    first = learner.terminal()
    told(first)
    first.close()
    stub.replies = [reply]
    terminal = learner.terminal("mentor", "check", str(learner.lesson))
    try:
        return told(terminal)
    finally:
        terminal.close()


def killed(learner: Learner) -> str:
    """Kill the service while an answer comes; the app starts another."""
    app = learner.mentor()
    try:
        app.see("word word")
        os.kill(int(service.site().lock.read_text()), signal.SIGKILL)
        screen = shown(app)
    finally:
        app.close()
    learner.db.close()
    service.ensure_service(progress=lambda _: None)
    learner.db = database()
    time.sleep(STALE_SECONDS + 1)  # after which the turn of a service that has gone is over
    return screen


def closed(learner: Learner) -> str:
    """Close the terminal while an answer comes."""
    app = learner.mentor()
    app.see("word word")
    app.close()
    time.sleep(1)
    return "(closed)"


def main() -> None:
    """Print the table."""
    print("| fault | on the screen | lessons / threads / messages / progress before | after | asked again |")
    print("|---|---|---|---|---|")
    with home(), Stub() as stub:
        os.environ["LMS_TUI_MENTOR_BASE"] = stub.base
        learner = Learner()
        for fault, replies in _SHOWN.items():
            stub.replies = list(replies)
            line(learner, stub, fault, lambda: asked(learner))
        stub.replies = [Answer("You know it all! 10 out of 10.")]
        line(learner, stub, "no JSON at the check", lambda: checked(learner, stub))
        for fault, see in (("the terminal is closed", closed), ("the service is killed (-9)", killed)):
            stub.replies = [_STREAMING]
            line(learner, stub, fault, lambda see=see: see(learner))  # type: ignore[misc]
        learner.db.close()
        for fault, base in (("nobody at the address", nobody()), ("no provider", "")):
            service.stop_service()
            os.environ["LMS_TUI_MENTOR_BASE"] = base
            if not base:
                for name in [name for name in os.environ if name.startswith("LMS_TUI_MENTOR_")]:
                    del os.environ[name]
            service.ensure_service(progress=lambda _: None)
            learner.db = database()
            line(learner, stub, fault, lambda: asked(learner))
            learner.db.close()


if __name__ == "__main__":
    main()
