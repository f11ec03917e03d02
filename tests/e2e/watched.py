"""A terminal that is watched: every byte that comes out has to be of a kind that the program itself writes.

Textual draws with few sequences: colours, moves of the cursor, erasing of blanks; at its start and end it switches
modes of the terminal on and off and asks which it has. Those are listed here one by one. Anything else came out of
somebody's text.
"""

import base64
import os
import re
import time
import unicodedata
from collections.abc import Mapping, Sequence

from tests.e2e.hostile import NUMBERS, marker
from tests.e2e.terminal import Terminal

_TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[<-?]?[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\]52;c;(?P<copied>[A-Za-z0-9+/=]*)(?:\x07|\x1b\\)"
    r"|(?P<link>\x1b\]8;(?:id=[0-9]+)?;(?:http://evil\.example/x\d\dq[!-~]*)?\x1b\\)"  # where an address is shown
    r"|(?P<pointer>\x1b\]22;(?:default|text|pointer)\x07)"  # the shape of the mouse's pointer over a field
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)|(?P<line>[\r\n]|\x1bM)|(?P<foreign>[\s\S])"
)
_MODES = "25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048|7|1"
_SEQUENCES = re.compile(
    rf"[0-9]*;?[0-9]*H|[0-9]+[XC]|[0-9]+;[0-9]+r|r|2J|\?(?:{_MODES})[hl]|\?(?:2026|2048)\$p|>25u|<u"
)
_COLOURS = re.compile(r"(?:(?:0|1|2|3|4|7|9|2[1-9]|39|49|[34]8;2;\d+;\d+;\d+)(?:;|$))*")
_JOINED = re.compile("qq(nl|cr|tb|ls|ne)", re.IGNORECASE)
_MARKER = re.compile(r"x(\d\d)q\[/", re.IGNORECASE)
_NAMES = {number: name for name, number in NUMBERS.items()}
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def foreign(output: bytes) -> tuple[list[tuple[int, str]], list[str]]:
    """Return what the program would never write, each with where it stands, and the texts that it copied."""
    problems: list[tuple[int, str]] = []
    copied: list[str] = []
    for token in _TOKEN.finditer(text := output.decode()):
        written = token[0]
        if token["final"] is not None:
            said = f"{token['parameters']}{token['between']}{token['final']}"
            colours = token["final"] == "m" and _COLOURS.fullmatch(token["parameters"])
            wrong = not (colours or _SEQUENCES.fullmatch(said))
        elif token["copied"] is not None:
            copied.append(base64.b64decode(token["copied"]).decode())
            wrong = False
        elif token["text"] is not None:
            wrong = any(unicodedata.category(each) in _NEVER for each in set(written) if not each.isascii())
        else:
            wrong = token["foreign"] is not None
        if wrong:
            problems.append((len(text[: token.start()].encode()), text[token.start() - 20 : token.end() + 20]))
    return problems, copied


class Watched(Terminal):
    """A person who goes through the program, notes which columns each screen shows, and clicks on what looks live."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, columns: int = 80, rows: int = 24
    ) -> None:
        super().__init__(command, environment, columns=columns, rows=rows)
        self.seen: dict[str, set[str]] = {}
        self._looks: list[tuple[int, str]] = []

    def look(self, screen: str, *columns: str, bar: str = r"(\?|f1) help") -> None:
        """Wait until the screen shows all of `columns`, and note all that it shows.

        `bar` is what the last line of the screen has: text that is wider than it says would push it away.
        """
        deadline = time.monotonic() + 15
        while missing := [name for name in columns if marker(name) not in self.text.lower()]:
            alive = self._read(0.1) or not self.ended()
            assert alive, f"the program ended on {screen}:\n{self.text}"
            assert time.monotonic() < deadline, f"{screen} does not show {missing}:\n{self.text}"
        self.settle()
        for number in _MARKER.findall(self.text):
            self.seen.setdefault(_NAMES[int(number)], set()).add(screen)
        self._looks.append((len(self.output), screen))
        assert not (lost := _JOINED.search(self.text)), f"a line end was lost on {screen}: {lost}\n{self.text}"
        assert re.search(bar, self.text.split("\n")[-1]), f"the last line of {screen} has moved:\n{self.text}"

    def settle(self) -> None:
        """Read until nothing comes any more."""
        while self._read(0.12):
            pass
        assert not self.ended(), f"the program ended:\n{self.text}"

    def see(self, pattern: str, seconds: float = 15.0) -> re.Match[str]:
        """As in Terminal, for less long: the service runs already."""
        return super().see(pattern, seconds)

    def click(self, pattern: str) -> None:
        """Click with the mouse on the first place that matches."""
        places = [(row, found) for row, text in enumerate(self.text.split("\n")) if (found := re.search(pattern, text))]
        assert places, f"there is no {pattern!r} to click on:\n{self.text}"
        self._click(places[0][1].end() - 1, places[0][0])

    def click_markup(self, rows: slice = slice(None)) -> None:
        """Click on what would be an action if it were read as markup, in these rows: its ends and its text.

        Read as markup the brackets would be gone, so some have to be there; an action would end the program or
        ring the bell.
        """
        found = [
            (match.start(), match.end(), row)
            for row in range(len(self.screen.display))[rows]
            for match in re.finditer(r"\[@click=app\.\w+\]x\[/\]|x\d\dq\[/", self.text.split("\n")[row])
        ]
        assert found, f"there is no markup to click on:\n{self.text}"
        for start, end, row in found:
            for column in (start, end - 4, end - 1):
                self._click(column, row)
        self.settle()

    def paste(self, text: str) -> None:
        """Paste, as a terminal does it, once the field has the focus."""
        self.settle()
        os.write(self._fd, f"\x1b[200~{text}\x1b[201~".encode())
        self.settle()

    def screen_at(self, offset: int) -> str:
        """Return the name of the screen that was looked at next after this byte of the output."""
        return next((name for end, name in self._looks if offset <= end), "the end")

    def _click(self, column: int, row: int) -> None:
        place = f"{column + 1};{row + 1}"
        os.write(self._fd, f"\x1b[<0;{place}M\x1b[<0;{place}m".encode())
        self._read(0.01)
