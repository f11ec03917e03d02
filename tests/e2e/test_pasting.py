"""Pasted text never acts as keys, whatever is in it: pasted into a real terminal, piece by piece too."""

import time

import pytest
from textual.events import Paste

from lms_tui.tui.pasting import PastingParser
from tests.e2e.terminal import Terminal

START, END = "\x1b[200~", "\x1b[201~"
HOSTILE = "one\x1bq\x1b[q two\x1b\x1bq\x1b/\x1b[Bq"
"""`q` leaves the program, `/` opens the catalog."""


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
def test_an_escape_in_what_is_pasted_makes_no_key_of_it(waiting: Terminal, pieces: tuple[str, ...]) -> None:
    waiting.see("Waiting for ever")
    for piece in pieces:
        waiting.press(piece)
        time.sleep(0.3)  # longer than Textual waits for the rest of a sequence
    assert "Waiting for ever" in waiting.text
    assert not waiting.ended()
    waiting.press("/")
    waiting.see("Opening the catalog")
    waiting.press("escape")
    waiting.see("Waiting for ever")
    waiting.press("q")
    assert waiting.wait() == 0
    parser = PastingParser()
    (pasted,) = [message for piece in pieces for message in parser.feed(piece)]
    assert isinstance(pasted, Paste)
    text = "".join(pieces).removeprefix(START).removesuffix(END)
    assert pasted.text == text.replace("\x1b[20", "[20").replace("\x1b", "")
