"""The state of a search in a lesson: what is looked for, where it stands, and which of the matches one is at."""

from collections.abc import Sequence

from lms_tui.tui.text.find import Match


class Finding:
    """Matches of one search, from the top; `at` is the number of the present one, from 0."""

    def __init__(self, words: str, matches: Sequence[Match], top: int) -> None:
        """Begin at the first match that stands in the line `top` or below, or at the first of all."""
        self.words, self.matches = words, matches
        self.at = next((number for number, match in enumerate(matches) if match[0][0] >= top), 0)
        self._by_line: dict[int, list[tuple[int, int, int]]] = {}
        for number, match in enumerate(matches):
            for line, start, end in match:
                self._by_line.setdefault(line, []).append((start, end, number))

    @property
    def here(self) -> Match | None:
        """The present match."""
        return self.matches[self.at] if self.matches else None

    @property
    def count(self) -> str:
        """Where one is among the matches: "3/17", or that there are none."""
        return f"{self.at + 1}/{len(self.matches)}" if self.matches else "nothing found"

    def step(self, way: int) -> None:
        """Go to the next match or the one before, around both ends."""
        if self.matches:
            self.at = (self.at + way) % len(self.matches)

    def spans(self, line: int) -> list[tuple[int, int, bool]]:
        """Return from which to which cell of `line` a match stands, and whether it is the present one."""
        return [(start, end, number == self.at) for start, end, number in self._by_line.get(line, ())]
