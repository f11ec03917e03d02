"""What is written to a terminal that is gone."""

import contextlib
import os
import pty
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from lms_tui.tui.writer import Writer


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """Both ends of a terminal; a test closes the first."""
    master, slave = pty.openpty()
    file = os.fdopen(slave, "w", encoding="utf-8")
    yield master, file
    with contextlib.suppress(OSError):  # what was not written yet cannot be
        file.close()


def ended(work: threading.Thread) -> bool:
    work.start()
    work.join(10)
    return not work.is_alive()


def test_what_is_written_arrives_in_order_and_is_all_there_when_it_is_stopped(terminal: tuple[int, TextIO]) -> None:
    master, file = terminal
    writer = Writer(file)
    writer.start()
    for number in range(100):
        writer.write(f"{number} ")
    writer.stop()
    assert os.read(master, 4096).decode() == "".join(f"{number} " for number in range(100))
    os.close(master)


@pytest.mark.parametrize("written", [0, 1, 200])
def test_nobody_waits_for_a_terminal_that_is_gone(terminal: tuple[int, TextIO], written: int) -> None:
    master, file = terminal
    writer = Writer(file)
    writer.start()
    os.close(master)

    def work() -> None:
        for _ in range(written):
            writer.write("x")
        writer.stop()

    assert ended(threading.Thread(target=work, daemon=True)), "who writes waits"
    assert not writer.is_alive()
