"""Pasted text never acts as keys, whatever is in it: pasted into a real terminal, piece by piece too."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.events import Paste

from lms_tui.tui.pasting import PastingParser
from tests.e2e.terminal import Terminal

START, END = "\x1b[200~", "\x1b[201~"
HOSTILE = "one\x1bq\x1b[q two\x1b\x1bq\x1b/\x1b[Bq"
"""`q` leaves the program, `/` opens the catalog."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The app at home, with nobody there to answer it."""
    program = (
        "import sys, asyncio; from pathlib import Path; from lms_tui.tui.start import run, StartConfig\n"
        "async def connect(tell, ask):\n    tell('Waiting for ever'); await asyncio.sleep(999)\n"
        f"sys.exit(run(StartConfig(state=Path({str(tmp_path)!r})), connect))"
    )
    opened = Terminal([sys.executable, "-c", program], os.environ)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "pieces",
    [
        (START + HOSTILE + END,),
        (START + "one\x1b", "q two\x1b[", "q\x1b/" + END),
        (START + "one\x1b[20", "1x q" + END[:1], END[1:3], END[3:]),
        (START + "q" * 40 + "\x1b", END),
    ],
    ids=["whole", "escape at the end of a piece", "the end in pieces", "escape right before the end"],
)
def test_an_escape_in_what_is_pasted_makes_no_key_of_it(terminal: Terminal, pieces: tuple[str, ...]) -> None:
    terminal.see("Waiting for ever")
    for piece in pieces:
        terminal.press(piece)
        time.sleep(0.3)  # longer than Textual waits for the rest of a sequence
    assert "Waiting for ever" in terminal.text
    assert not terminal.ended()
    terminal.press("/")
    terminal.see("Opening the catalog")
    terminal.press("escape")
    terminal.see("Waiting for ever")
    terminal.press("q")
    assert terminal.wait() == 0
    parser = PastingParser()
    (pasted,) = [message for piece in pieces for message in parser.feed(piece)]
    assert isinstance(pasted, Paste)
    text = "".join(pieces).removeprefix(START).removesuffix(END)
    assert pasted.text == text.replace("\x1b[20", "[20").replace("\x1b", "")
