"""The bar under the top bar of a preview's screens: that nothing is recorded, its keys, and what is to be said."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from rich.segment import Segment

from lms_tui.tui import glyphs
from lms_tui.tui.desk import Bar
from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.fitted import Fitted
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.tui.commands import Command
    from lms_tui.tui.screens.base import FramedScreen

Said = tuple[str, str]
"""A sentence, foreign text, and the colour that it is said in."""

_WORDS: Final = " preview: nothing is recorded  "


class PreviewBar(Fitted, Bar):
    """One line, and under it the sentences that `said` has for the screen as it stands."""

    DEFAULT_CSS = "PreviewBar { padding: 0; max-height: 6; }"

    def __init__(
        self,
        said: "Callable[[FramedScreen[Any]], Sequence[Said]]",
        offers: "Callable[[Command, FramedScreen[Any]], bool]",
    ) -> None:
        """Make the bar of one screen; it shows the keys of what is allowed there and `offers` has."""
        super().__init__()
        self._ask, self._offers = said, offers
        self._said: tuple[Said, ...] = ()
        self._keys: tuple[tuple[str, str], ...] = ()

    def show_for(self, screen: "FramedScreen[Any]") -> None:
        """Show the desk's keys that work on `screen` now, their last names where letters are text, and what is said."""
        usable = list(screen.commands())
        typing = screen.focused is not None and screen.focused.check_consume_key("a", "a")
        keys = tuple(
            (command.keys.split(",")[-1 if typing else 0], command.label)
            for command in screen.desk.commands
            if command in usable and self._offers(command, screen)
        )
        said = tuple((clean_line(text), tone) for text, tone in self._ask(screen))
        if (keys, said) != (self._keys, self._said):
            higher = said != self._said
            self._keys, self._said = keys, said
            self.refresh(layout=higher)

    def lines(self, width: int) -> list[list[Segment]]:
        """Return the lines at `width`."""
        palette = Palette.of(self)
        first = [Segment(shorten(_WORDS, width), palette.bar + palette.warning)]
        room = width - cell_len(_WORDS)
        for key, label in self._keys:
            name, words = glyphs.key_label(key), f" {label}  "
            if (room := room - cell_len(name) - cell_len(words)) < 0:
                break
            first += [Segment(name, palette.bar + palette.accent), Segment(words, palette.bar + palette.muted)]
        used = sum(cell_len(segment.text) for segment in first)
        lines = [[*first, Segment(" " * (width - used), palette.bar)]]
        for text, tone in self._said:
            lines += [[Segment(f" {line}", palette.tone(tone))] for line in wrapped(text, width - 2)]
        return lines
