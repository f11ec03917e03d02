"""Lists and text on a real terminal: aligned, no wider than it, without colours; and into a pipe, whole."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

from rich.cells import cell_len

from .conftest import Twin

COLUMNS = 60


def on_terminal(*words: str) -> str:
    """Return what a command writes to a terminal of COLUMNS columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    process = subprocess.Popen([sys.executable, "-m", "lms_tui", *words], stdin=theirs, stdout=theirs, env=environment)
    os.close(theirs)
    written = b""
    while True:
        try:
            got = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        written += got
    os.close(ours)
    assert process.wait(60) == 0
    return written.decode().replace("\r\n", "\n")


def test_a_terminal_gets_aligned_columns_that_fit_and_a_pipe_gets_all(twin: Twin) -> None:
    author = twin.house.person()
    wide = twin.house.course(author, "関係データベースの基礎からの長い題名 and then some more of it")
    short = twin.house.course(author, "Joins")
    twin.house.db.execute("UPDATE courses SET description = %s", ("漢字 " * 60,))
    shown = on_terminal("courses")
    lines = shown.splitlines()
    assert lines[0].startswith("ID        TITLE")
    assert [line[:8] for line in lines[1:]] == [str(short)[:8], str(wide)[:8]]
    assert all(cell_len(line) <= COLUMNS for line in lines), shown
    starts = {cell_len(line[: re.search(r" (free|PRICE)$", line).start()]) for line in lines}  # type: ignore[union-attr]
    assert len(starts) == 1, "the last column stands in line, whatever is as wide as two"
    assert "\x1b" not in shown
    assert twin.columns("courses")[1][:2] == [
        str(wide),
        "関係データベースの基礎からの長い題名 and then some more of it",
    ]
    outline = on_terminal("show", str(wide)[:8])
    assert all(cell_len(line) <= COLUMNS for line in outline.splitlines()[3:]), outline
    assert "\x1b" not in outline
    assert on_terminal("outbox", "list") == "Nothing waits, and nothing was refused.\n"
