"""The main job: from nothing to a finished quiz by keys, the rows as the screen said, and kill -9 on the way."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lms_tui.local import service
from lms_tui.local.postmaster import server_url
from tests.e2e.terminal import Terminal

QUESTIONS = 11  # of the tour's quiz


@pytest.fixture
def opened(home: Path) -> Iterator[list[Terminal]]:
    """Terminals that a test opened; all are closed."""
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


def database(home: Path) -> psycopg.Connection[tuple[object, ...]]:
    """Return a connection to the embedded database, found as its server says."""
    folder = (home / "data" / "postgres" / "data-18" / "postmaster.pid").read_text().splitlines()[4]
    return psycopg.connect(server_url(Path(folder)), autocommit=True)


def start(opened: list[Terminal]) -> Terminal:
    terminal = Terminal([sys.executable, "-m", "lms_tui"], os.environ)
    opened.append(terminal)
    return terminal


def begin_quiz(terminal: Terminal) -> None:
    """Go from an empty home to the first question of the tour's quiz."""
    terminal.see(r"Browse the catalog[^$]*2 courses", 120)
    terminal.press("enter")
    terminal.see("Welcome to lms-tui")
    terminal.press("down", "enter")
    terminal.see("Not enrolled")
    terminal.press("e")
    terminal.see("You are enrolled")
    terminal.press("end", "enter")
    terminal.see("Start attempt 1")
    terminal.press("enter")
    terminal.see(f"question 1 of {QUESTIONS}")


def answer(terminal: Terminal, number: int) -> str:
    """Answer the question on the screen, whatever its kind, wait until the service has it, and return the kind."""
    terminal.see(rf"question {number} of {QUESTIONS} · not answered yet")
    kind = terminal.see("choose one|choose all|fill in|true or false|choose a step|write freely")[0]
    if kind == "true or false":
        terminal.see(r"4 \[  \?  \]")  # the tour's has four statements, drawn a moment after the head
        terminal.press(*["t"] * 4)
    else:
        terminal.press("x" if kind in ("fill in", "write freely") else "1")
    terminal.see(rf"question {number} of {QUESTIONS} · ● saved")
    return kind


def test_from_nothing_to_a_finished_quiz_and_the_rows_are_what_the_screen_said(
    home: Path, opened: list[Terminal]
) -> None:
    terminal = start(opened)
    begin_quiz(terminal)
    for number in range(1, QUESTIONS + 1):
        kind = answer(terminal, number)
        if number < QUESTIONS:
            terminal.press("enter" if kind == "fill in" else "right")
    terminal.press("escape")
    terminal.see("r review")  # an Escape with a key right behind it would be that key with Alt
    terminal.press("r")
    terminal.see(f"{QUESTIONS} of {QUESTIONS} answered · all saved")
    terminal.press("s")
    shown = terminal.see(r"(\d+) of 11 points · (\d+) of 11 questions right · attempt 1")
    earned, right = int(shown[1]), int(shown[2])
    score = int(terminal.see(r"(\d+) %   (not passed yet|passed)")[1])
    with database(home) as db:
        attempt = db.execute("SELECT score, is_passed, completed_at IS NOT NULL FROM quiz_attempts").fetchall()
        assert attempt == [(score, score >= 60, True)]
        assert score == 100 * earned // 11
        judged = db.execute(
            "SELECT count(DISTINCT question_id), sum(points_earned),"
            " count(DISTINCT question_id) FILTER (WHERE is_correct) FROM student_question_answers"
        ).fetchone()
        assert judged == (QUESTIONS, earned, right)
        lesson = db.execute(
            "SELECT p.is_started, p.is_completed, p.is_quiz_passed, p.attempts FROM student_lesson_progress p"
            " JOIN lessons l ON l.id = p.lesson_id WHERE l.type = 'quiz'"
        ).fetchall()
        assert lesson == [(True, score >= 60, score >= 60, 1)]
        assert db.execute("SELECT count(*) FROM student_chapter_progress WHERE is_completed").fetchone() == (0,)
        assert db.execute("SELECT count(*), count(completed_at) FROM student_courses").fetchone() == (1, 0)
    terminal.press("ctrl+q")
    assert terminal.wait() == 0
    assert terminal.output.rstrip().endswith(b"\x1b[?1049l") or b"\x1b[?1049l" in terminal.output[-200:]


@pytest.mark.parametrize("victim", ["tui", "service", "postgres"])
def test_kill_9_in_the_middle_of_a_quiz_loses_no_acknowledged_answer(
    home: Path, opened: list[Terminal], victim: str
) -> None:
    terminal = start(opened)
    begin_quiz(terminal)
    for number in (1, 2, 3):
        answer(terminal, number)
        terminal.press("right")
    terminal.see(f"question 4 of {QUESTIONS}")
    if victim == "service":
        os.kill(service._holder(service.site()), signal.SIGKILL)
    elif victim == "postgres":
        pid = (home / "data" / "postgres" / "data-18" / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(pid), signal.SIGKILL)
    terminal.kill()
    again = start(opened)
    again.see("An attempt is open: c goes on with it", 120)
    again.press("c")
    again.see(f"question 4 of {QUESTIONS} · not answered yet")
    assert again.see(r"✓ ✓ ✓ ● ○")
    with database(home) as db:
        found = db.execute("SELECT count(DISTINCT question_id) FROM student_question_answers").fetchone()
        assert found == (3,)
        assert db.execute("SELECT count(*) FROM quiz_attempts").fetchone() == (1,)
