"""A terminal that draws pictures in cells as kitty does, as far as a program can tell: it answers and decodes."""

import io
import os
import re
from base64 import standard_b64decode
from collections.abc import Mapping, Sequence

from PIL import Image
from pyte.graphics import FG_BG_256

from lms_tui.tui.kitty import MARKS, PLACE
from tests.e2e.terminal import Terminal

KITTY = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.35.2)\x1b\\\x1b[6;20;10t\x1b[?62;c"
_COMMAND = re.compile(rb"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\")
ASKED = b"\x1b[c"


class Painted(Terminal):
    """Answers the question with `answer`, in pieces of `piece` bytes, with the keys `typed` between them."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        answer: bytes = b"",
        *,
        piece: int = 999,
        typed: str = "",
    ) -> None:
        self.images: dict[int, Image.Image] = {}
        """What the terminal holds, by number; in `info["cells"]` how many columns and rows each takes."""
        self.sent = 0
        """How many pictures came."""
        self._answer, self._piece, self._typed = answer, piece, typed
        self._begun, self._content = b"", b""
        self._about: dict[str, str] = {}
        super().__init__(command, environment)

    def shown(self) -> dict[int, set[tuple[int, int]]]:
        """Return the parts of the pictures that are held, as (row, column) by number, each where it belongs."""
        return {number: parts for number, parts in self._parts().items() if number in self.images}

    def strays(self) -> set[int]:
        """Return the numbers whose cells are on the screen, and which the terminal does not hold.

        While a picture is made anew there may be some for a moment: a terminal shows nothing in such cells.
        """
        return self._parts().keys() - self.images.keys()

    def _parts(self) -> dict[int, set[tuple[int, int]]]:
        found: dict[int, set[tuple[int, int]]] = {}
        corners: dict[int, tuple[int, int]] = {}
        for y in range(self.screen.lines):
            for x in range(self.screen.columns):
                cell = self.screen.buffer[y][x]
                if cell.data.startswith(PLACE):
                    row, column, upper = (MARKS.index(mark) for mark in cell.data[1:])
                    number = upper << 24 | 16 + FG_BG_256[16:].index(cell.fg)
                    assert corners.setdefault(number, (y - row, x - column)) == (y - row, x - column)
                    found.setdefault(number, set()).add((row, column))
        return found

    def answer(self, answer: bytes) -> None:
        """Answer, later than one should."""
        os.write(self._fd, answer)
        self._read(0.05)

    def _draw(self, piece: bytes) -> None:
        """Take pictures out of what came, and draw the rest; a command that is not whole waits."""
        data, self._begun = self._begun + piece, b""
        start = data.rfind(b"\x1b_")
        if start >= 0 and data.find(b"\x1b\\", start) < 0:
            data, self._begun = data[:start], data[start:]
        for command in _COMMAND.finditer(data):
            self._obey(dict(part.split("=") for part in command[1].decode().split(",")), command[2] or b"")
        super()._draw(_COMMAND.sub(b"", data))
        if self._answer and ASKED in data:
            answer, self._answer = self._answer, b""
            for at in range(0, len(answer), self._piece):
                os.write(self._fd, answer[at : at + self._piece])
                super()._read(0.004)
            os.write(self._fd, self._typed.encode())

    def _obey(self, keys: dict[str, str], content: bytes) -> None:
        if keys.get("a") == "d":
            assert keys["d"] == "I"
            del self.images[int(keys["i"])]
        elif keys.get("a") != "q":
            if "a" in keys:
                assert keys["a"] == "T"
                assert keys["U"] == "1"
                self._about, self._content = keys, b""
            self._content += content
            assert len(content) <= 4096
            if keys["m"] == "0":
                image = Image.open(io.BytesIO(standard_b64decode(self._content)))
                image.info["cells"] = int(self._about["c"]), int(self._about["r"])
                self.images[int(self._about["i"])] = image
                self.sent += 1
