"""`c` leads to the exact place from home, course and catalog, also after kill -9: the question, its flags, the line."""

import os
import re
import signal
import sys
import time

from lms_tui.tui.reading import KEEP_SECONDS
from tests.e2e.terminal import Terminal
from tests.service.quiz_kit import Quiz
from tests.twin.conftest import Twin, twin

__all__ = ["twin"]


def open_attempt(twin: Twin) -> None:
    """Let the learner have begun a quiz of four questions."""
    course = twin.house.course(twin.house.person(), "Joins")
    quiz = Quiz(twin.house, course, twin.lessons(course)["Lesson 1.2"], twin.learner, {}, {})
    for number in range(1, 5):
        quiz.question(str(number), "true-false", ("True", True), ("False", False), title=f"Number {number} asks this.")
    quiz.enrol(twin.learner)
    twin.house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id, created_at) VALUES (%s, %s, clock_timestamp())",
        (twin.learner, quiz.lesson),
    )


def test_c_comes_back_to_the_same_question_and_its_flags_after_a_kill(twin: Twin) -> None:
    open_attempt(twin)
    terminal = Terminal([sys.executable, "-m", "lms_tui"], os.environ)

    def again() -> Terminal:
        """Kill the app, and open it anew."""
        terminal.kill(signal.SIGKILL)
        terminal.close()
        opened = Terminal([sys.executable, "-m", "lms_tui"], os.environ)
        opened.see("An attempt is open: c goes on with it")
        return opened

    try:
        terminal.see("An attempt is open: c goes on with it")
        terminal.press("c")
        terminal.see("question 1 of 4")
        terminal.press("1")
        terminal.see("question 1 of 4 · ● saved")
        terminal.press("right")
        terminal.see("question 2 of 4")
        terminal.press("right")
        terminal.see("question 3 of 4")
        terminal.press("f")
        terminal.see("flagged · question 3 of 4")
        terminal = again()
        terminal.press("c")  # from home
        terminal.see("flagged · question 3 of 4")
        terminal.see("Number 3 asks this")
        terminal = again()
        terminal.press("enter")
        terminal.see("My courses › Joins")
        terminal.press("c")  # from the course
        terminal.see("flagged · question 3 of 4")
        terminal = again()
        terminal.press("/")
        terminal.see(r"\[All 1\][^$]*enrolled")
        terminal.press("c")  # from the catalog
        terminal.see("flagged · question 3 of 4")
        terminal.kill(signal.SIGKILL)
        terminal.close()
        terminal = Terminal([sys.executable, "-m", "lms_tui", "next", "--go"], os.environ)  # from the shell
        terminal.see("flagged · question 3 of 4")
        terminal.press("escape")
        terminal.see("An attempt is open: c goes on with it")
        (places,) = (twin.home / "state").glob("*places*.json")
        places.unlink()  # as on another machine
        terminal = again()
        terminal.press("c")
        terminal.see("question 2 of 4")
        assert "flagged" not in terminal.text, "what is flagged is kept on the machine alone"
    finally:
        terminal.close()


def text_to_read(twin: Twin) -> None:
    """Let the learner have a text that is longer than the screen."""
    course = twin.house.course(twin.house.person(), "Prose")
    text = "\n\n".join(" ".join(f"word{number}.{word}" for word in range(50)) for number in range(40))
    lesson = twin.lessons(course)["Lesson 1.1"]
    twin.house.db.execute("UPDATE lessons SET type = 'text', description = %s WHERE id = %s", (text, lesson))
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))


def test_a_kill_while_reading_loses_seconds_and_keeping_the_place_writes_nothing(twin: Twin) -> None:
    text_to_read(twin)
    command = [sys.executable, "-m", "lms_tui", "next", "--go"]
    terminal = Terminal(command, os.environ)
    try:
        terminal.see(r"word0\.0 ")
        terminal.see("● saved")
        terminal.press(*["pagedown"] * 3, *["down"] * 4)
        while terminal._read(0.3):
            pass
        top, written = terminal.text.splitlines()[2], len(terminal.output)
        time.sleep(KEEP_SECONDS + 1)
        while terminal._read(0.3):
            pass
        assert len(terminal.output) == written, "keeping it says nothing to the terminal"
        assert top.split()[0].startswith("word")
        assert not top.split()[0].endswith(".0"), "in the middle of a paragraph"
        terminal.kill(signal.SIGKILL)
        terminal.close()
        terminal = Terminal(command, os.environ)
        terminal.see(re.escape(top.strip()), seconds=20)
        assert terminal.text.splitlines()[2] == top
    finally:
        terminal.close()
