"""The palette: every command that can be used now, found by typing a part of its name."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from lms_tui.tui import glyphs
from lms_tui.tui.commands import Command
from lms_tui.tui.widgets.virtual_list import Row, VirtualList


class PaletteScreen(ModalScreen[Command | None]):
    """Lets the user choose one of `commands`; its result is the command, None when left without."""

    DEFAULT_CSS = """
    PaletteScreen { align: center top; background: $background; }
    PaletteScreen > Vertical { width: 72; max-width: 100%; height: 100%; padding: 1 1; }
    PaletteScreen Input { margin-bottom: 1; height: 1; border: none; padding: 0 1; background: $panel; }
    PaletteScreen Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, id="palette.leave"),
        Binding("down", "move(1)", show=False, priority=True, id="palette.down"),
        Binding("up", "move(-1)", show=False, priority=True, id="palette.up"),
    ]

    def __init__(self, commands: tuple[Command, ...]) -> None:
        """Make the palette of `commands`."""
        super().__init__()
        same: dict[str, Command] = {}
        for command in commands:  # leaving from home has a key of its own, and stands here once
            same.setdefault(command.action.removeprefix("app."), command)
        self._commands = tuple(same.values())
        self._found: list[Command] = []

    def compose(self) -> ComposeResult:
        """Yield a line to type in and the list under it."""
        with Vertical():
            search = Input(placeholder="Type a part of what you want to do")
            search.cursor_blink = False
            yield search
            yield VirtualList(message="No command has that in its name.")

    def on_mount(self) -> None:
        """Show all."""
        self.query_one(VirtualList).can_focus = False
        self._find("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the commands that hold all the words typed."""
        self._find(event.value)

    def on_input_submitted(self) -> None:
        """Choose the command under the cursor."""
        cursor = self.query_one(VirtualList).cursor
        self.dismiss(self._found[cursor] if 0 <= cursor < len(self._found) else None)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Choose a command by a click."""
        self.dismiss(self._found[event.index])

    def action_move(self, step: int) -> None:
        """Move in the list while typing."""
        self.query_one(VirtualList).action_move(step)

    def action_leave(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)

    def _find(self, words: str) -> None:
        wanted = words.lower().split()
        self._found = [
            command
            for command in self._commands
            if all(word in f"{command.label} {command.help}".lower() for word in wanted)
        ]
        self.query_one(VirtualList).set_rows(
            [Row(command.help, right=glyphs.key_label(command.keys) if command.keys else "") for command in self._found]
        )
