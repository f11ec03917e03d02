"""A film opened from a real terminal: the player gets its words, and the terminal is left in peace."""

import os
import sys
from pathlib import Path

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.e2e.terminal import Terminal, until
from tests.e2e.test_main_job import database
from tests.tui.scanner import scanned

FILM = "https://example.org/watch?v=1&list=2"
PLAYER = """#!/bin/sh
echo noise; echo noise >&2; printf '\\033[2Jnoise'
[ -t 0 ] && echo "a terminal" > "{folder}/said" || printf '%s\\n' "$@" > "{folder}/said"
sleep 3
"""


def seen(terminal: Terminal) -> list[Strip]:
    """The terminal's screen as strips, for the scanner."""
    rows = []
    for y in range(terminal.screen.lines):
        cells = [terminal.screen.buffer[y][x] for x in range(terminal.screen.columns)]
        rows.append(Strip([Segment(cell.data or " ", _style(cell.fg, cell.bg)) for cell in cells]))
    return rows


def _style(ink: str, ground: str) -> Style:
    return Style.from_color(*(None if name == "default" else Color.parse(f"#{name}") for name in (ink, ground)))


def test_a_player_is_opened_beside_the_terminal(home: Path, tmp_path: Path) -> None:
    player = tmp_path / "player"
    player.write_text(PLAYER.format(folder=tmp_path))
    player.chmod(0o755)
    config = tmp_path / "config.toml"
    config.write_text(f'[open]\nvideo = "{player} --fs {{}}"\n')
    terminal = Terminal([sys.executable, "-m", "lms_tui"], {**os.environ, "LMS_TUI_CONFIG": str(config)})
    try:
        terminal.see(r"Browse the catalog[^$]*2 courses", 120)
        with database(home) as db:
            db.execute("UPDATE lessons SET type = 'video', file_s3_key = %s WHERE type = 'text'", (FILM,))
        terminal.press("enter")
        terminal.see("Welcome to lms-tui")
        terminal.press("down", "enter")
        terminal.see("Not enrolled")
        terminal.press("e")
        terminal.see("You are enrolled")
        terminal.press("enter")
        terminal.see("o opens it in player")
        assert FILM in terminal.text
        before = terminal.text
        terminal.press("o")
        terminal.see("Opened in player")
        assert (tmp_path / "said").read_text().splitlines() == ["--fs", FILM]
        terminal.press("q")
        terminal.see("with a phone:|scan")
        terminal.press("down")
        until(terminal, lambda: scanned(seen(terminal)) == FILM, "the code, drawn in full")
        assert terminal.output.count(f";{FILM}\x1b\\".encode()) >= 1
        terminal.press("escape")
        terminal.see("✓ opened")
        assert "noise" not in terminal.text
        assert terminal.text.splitlines()[1:4] == before.splitlines()[1:4]
        length = len(terminal.output)
        terminal.press("ctrl+l")
        terminal.see("opened")
        assert b"]8;" not in terminal.output[length:]
    finally:
        terminal.close()
