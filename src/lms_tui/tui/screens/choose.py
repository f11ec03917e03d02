"""A list over the screen to choose one of: headings, links, categories."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from lms_tui.tui import glyphs
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList


class Narrowing(Input):
    """Where a part of what is looked for is typed; the keys that an input has no use for move in the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "screen.in_list('move', 1)", show=False),
        Binding("up", "screen.in_list('move', -1)", show=False),
        Binding("pagedown", "screen.in_list('page', 1)", show=False),
        Binding("pageup", "screen.in_list('page', -1)", show=False),
    ]


class ChooseScreen(ModalScreen[int | None]):
    """Its result is the index of the row chosen, None when left without."""

    DEFAULT_CSS = """
    ChooseScreen { align: center middle; background: $background; }
    ChooseScreen > Vertical { width: 84; max-width: 100%; height: 100%; padding: 1 1; }
    ChooseScreen Panel { margin-bottom: 1; }
    ChooseScreen Input { margin-bottom: 1; height: 1; border: none; padding: 0 1; background: $panel; }
    ChooseScreen Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", show=False, id="choose.leave")]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        *,
        cursor: int = 0,
        row_height: int = 1,
        typed: str = "",
        does: str = "chooses it",
    ) -> None:
        """Make the list under `title`, with the cursor on the row `cursor`.

        `does` says what Enter does with a row. With `typed`, which says what to type, a line over the list narrows it
        to the rows that have all words typed.
        """
        super().__init__()
        self._title, self._rows, self._cursor, self._row_height = title, rows, cursor, row_height
        self._typed, self._does = typed, does
        self._found: Sequence[int] = range(len(rows))

    def compose(self) -> ComposeResult:
        """Yield the title and the list."""
        with Vertical():
            yield Panel(
                [(self._title, "strong"), (f"{glyphs.KEY_LABELS['enter']} {self._does}   esc goes back", "muted")]
            )
            if self._typed:
                line = Narrowing(placeholder=f"Type {self._typed}")
                line.cursor_blink = False
                yield line
            yield VirtualList(row_height=self._row_height, message="Nothing has that in its name.")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one(VirtualList).set_rows(self._rows, cursor=self._cursor)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the rows that have all the words typed; the first of them is chosen by Enter."""
        words = event.value.casefold().split()
        self._found = [
            index for index, row in enumerate(self._rows) if all(word in row.title.casefold() for word in words)
        ]
        cursor = self._found.index(self._cursor) if not words else 0
        self.query_one(VirtualList).set_rows([self._rows[index] for index in self._found], cursor=cursor)

    def on_input_submitted(self) -> None:
        """Give back the row under the cursor."""
        cursor = self.query_one(VirtualList).cursor
        if cursor >= 0:
            self.dismiss(self._found[cursor])

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Give the chosen row back."""
        self.dismiss(self._found[event.index])

    def action_in_list(self, action: str, *given: int) -> None:
        """Move in the list while typing."""
        moves = self.query_one(VirtualList)
        {"move": moves.action_move, "page": moves.action_page}[action](*given)

    def action_leave(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)
