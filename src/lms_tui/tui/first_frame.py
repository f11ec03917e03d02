"""A plain first frame, written by hand before anything is imported: 200 ms before Textual's.

Imported before everything else, so it imports nothing that a bare interpreter has not loaded already.
"""

import sys

_ALTERNATE_SCREEN, _ORDINARY_SCREEN = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"


def show() -> None:
    """Write the frame, where Textual will write too, if that is a terminal."""
    _write(f"{_ALTERNATE_SCREEN} lms-tui\r\n\r\n  Starting...")


def leave() -> None:
    """Give the terminal back when Textual has not come to it."""
    _write(_ORDINARY_SCREEN)


def _write(text: str) -> None:
    stream = sys.__stderr__
    if stream is not None and stream.isatty():
        stream.write(text)
        stream.flush()
