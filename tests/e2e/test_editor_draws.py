"""An app that draws all the time, with an editor on its terminal: nothing of it is written, and it is there again."""

import os
import sys

from tests.e2e.terminal import Terminal

PROGRAM = """
import sys
from pathlib import Path
from textual.app import App
from textual.widgets import Static
from lms_tui.tui import editor
from lms_tui.tui.thrift import ThriftyDriver

class Drawing(App):
    number = 0

    def compose(self):
        yield Static("drawn 0 times")

    def on_mount(self):
        self.set_interval(0.02, self.draw)

    def draw(self):
        self.number += 1
        self.query_one(Static).update(f"drawn {self.number} times")

    def on_key(self, event):
        if event.key == "e":
            self.run_worker(editor.edit(self, sys.argv[1:], Path("/dev/null"), None))

Drawing(driver_class=ThriftyDriver).run()
"""
SECONDS = 3


def test_what_is_drawn_while_the_editor_has_the_terminal_is_written_nowhere() -> None:
    """Over a hundred frames: a driver that took them would write them, or wait for ever with its queue full."""
    terminal = Terminal([sys.executable, "-c", PROGRAM, "sh", "-c", "echo READY; read line"], os.environ)
    try:
        before = int(terminal.see(r"drawn (\d+) times")[1])
        terminal.press("e")
        terminal.see("READY")
        assert terminal.listen(SECONDS) == b""
        terminal.press("enter")
        after = int(terminal.see(r"\A(?![^$]*READY)[^$]*drawn (\d+) times", 20)[1])
        assert after > before + 30 * SECONDS, "it went on meanwhile"
    finally:
        terminal.close()
