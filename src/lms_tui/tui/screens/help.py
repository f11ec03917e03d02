"""The help page: what can be done on the screen that it was asked from, and everywhere."""

from textual.app import ComposeResult

from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, EVERYWHERE, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.virtual_list import Row, VirtualList

_MOVING = (
    ("up,down", "j and k too: move by a row or a line"),
    ("pageup,pagedown", "b and space too: move by a screenful"),
    ("home,end", "g and G too: the first, the last"),
    ("enter", "Open what the cursor is on."),
)

_SENT_FOR_SHIFT = {f"f{number}" for number in range(13, 25)}
"""What some terminals send for an F key with shift."""


class HelpScreen(FramedScreen[None]):
    """Lists the commands of the screen below, with their keys."""

    SCREEN_COMMANDS = (BACK,)

    def __init__(self, commands: tuple[Command, ...], moving: tuple[tuple[str, str], ...] = ()) -> None:
        """Make the page for `commands`; `moving` are the keys of what has the focus, those of a list if not given."""
        super().__init__("lms-tui", "Help")
        self._commands, self._moving = commands, moving or _MOVING

    def body(self) -> ComposeResult:
        """Yield the list."""
        yield VirtualList()

    def on_mount(self) -> None:
        """Fill the list; the keys stand in a column of their own."""
        here = [(command.keys, command.help) for command in self._commands if command not in EVERYWHERE]
        everywhere = [(command.keys, command.help) for command in EVERYWHERE if self.lms.offers(command)]
        rows: list[Row] = []
        for title, pairs in (("On this screen", here), ("On every screen", everywhere), ("Moving", self._moving)):
            rows += [Row("", heading=True), Row(title, heading=True)]
            rows += [Row(text, mark=f"{_label(keys):>9} ", tone="accent") for keys, text in pairs if keys]
        self.query_one(VirtualList).set_rows(rows[1:])


def _label(keys: str) -> str:
    """Return how `keys` are written, without those that no keyboard has."""
    return glyphs.key_label(",".join(key for key in keys.split(",") if key not in _SENT_FOR_SHIFT))
