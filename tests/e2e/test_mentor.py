"""A learner's talk with the mentor by keys in a real terminal, at a real service whose provider is a stub."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_tui.cli.main import main
from lms_tui.local import service
from tests.e2e.terminal import Terminal
from tests.mentor.replies import Answer, refusal
from tests.mentor.stub import Stub

SLOW = Answer("First words. " + "More words of the answer. " * 400, pace=0.02)
CODE = Answer("Look at the **left** rows:\n\n```sql\nSELECT 1;\n```\n\nThen count.")
COURSE = """title = "Joins"
category = "Databases"
published = true

[[chapters]]
title = "One"
folder = "one"
lessons = ["a.md"]
"""
LESSON = '+++\ntitle = "Outer joins"\n[mentor]\nobjectives = "Joins."\n+++\n\nAn outer join keeps rows.\n'


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The provider."""
    with Stub() as running:
        yield running


@pytest.fixture
def lesson(stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """A course that the owner of `home` takes, whose one lesson has a mentor."""
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LMS_TUI_MENTOR_BASE", stub.base)
    monkeypatch.setenv("LMS_TUI_MENTOR_MODEL", "stub-1")
    folder = tmp_path / "course"
    (folder / "one").mkdir(parents=True)
    (folder / "course.toml").write_text(COURSE)
    (folder / "one" / "a.md").write_text(LESSON)
    assert main(["course", "import", str(folder)]) == 0
    assert main(["enrol", "Joins"]) == 0
    return home


def at_the_mentor(columns: int, rows: int) -> Terminal:
    terminal = Terminal([sys.executable, "-m", "lms_tui"], os.environ, columns=columns, rows=rows)
    terminal.see("Continue")
    terminal.press("c")
    terminal.see("m mentor")
    terminal.press("m")
    terminal.see("› Mentor")
    terminal.see("send")
    return terminal


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_ask_stop_again_edit_threads_and_a_terminal_that_is_closed(
    columns: int, rows: int, lesson: Path, stub: Stub
) -> None:
    stub.replies = [SLOW, CODE, Answer("Asked anew."), SLOW, CODE]
    terminal = at_the_mentor(columns, rows)
    try:
        terminal.see("It is told")
        if columns >= 110:
            terminal.see("An outer join keeps rows")
        else:
            assert "An outer join keeps rows" not in terminal.text
        stop_and_ask_again(terminal, stub)
        edit_and_read_the_old_one(terminal)
        terminal.press(*"more", "enter")
        terminal.see("First words")
        terminal.kill(signal.SIGHUP)
        assert stub.asked[3].over.wait(10)
        assert stub.asked[3].hung_up, "who listens no more stops the answer"
        for ended in (b"\x1b[?1049l", b"\x1b[?25h"):
            assert ended in terminal.output, "the terminal is as it was"
    finally:
        terminal.close()
    terminal = at_the_mentor(columns, rows)
    try:
        terminal.see("It broke off here")
        terminal.press("ctrl+r")
        terminal.see("Then count")
        terminal.see("tokens today")  # it is over: until then escape stops it
        terminal.press("escape")
        terminal.see("m mentor")
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
    finally:
        terminal.close()
    assert len(stub.asked) == 5, "nothing is asked by itself"


def stop_and_ask_again(terminal: Terminal, stub: Stub) -> None:
    terminal.press(*"why?", "enter")
    terminal.see("First words.")
    terminal.see("answering")
    terminal.press("escape")
    terminal.see("Stopped")
    assert stub.asked[0].over.wait(10)
    assert stub.asked[0].hung_up, "the provider is let go"
    terminal.press("ctrl+r")
    terminal.see("SELECT 1;")
    terminal.see("Then count")
    terminal.see("tokens today")


def edit_and_read_the_old_one(terminal: Terminal) -> None:
    terminal.press("f4")
    terminal.see("You edit your last question")
    terminal.press(*"!", "enter")
    terminal.see("why\\?!")
    terminal.see("Asked anew")
    terminal.see("tokens today")
    terminal.press("ctrl+t")
    terminal.see("going on · 2 messages")
    terminal.press("down", "enter")
    terminal.see("to read only")
    terminal.see("Then count")
    terminal.press("escape")
    terminal.see("going on")
    terminal.press("escape")
    terminal.see("Asked anew")


def test_the_log_of_the_service_of_this_machine_has_what_the_provider_said(lesson: Path, stub: Stub) -> None:
    stub.replies = [refusal(400, "Invalid value: 'tool'.")]
    assert main(["ask", "Outer joins", "Why?"]) == 1
    (told,) = (json.loads(line) for line in service.site().log.read_text().splitlines() if "mentor_fault" in line)
    assert (told["trouble"], told["seen"], told["level"]) == (
        "refused",
        "status 400: Invalid value: 'tool'.",
        "warning",
    )
