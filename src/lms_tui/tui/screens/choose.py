"""A list over the screen to choose one of: headings, links, categories."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lms_tui.tui import glyphs
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList


class ChooseScreen(ModalScreen[int | None]):
    """Its result is the index of the row chosen, None when left without."""

    DEFAULT_CSS = """
    ChooseScreen { align: center middle; background: $background; }
    ChooseScreen > Vertical { width: 84; max-width: 100%; height: 100%; padding: 1 1; }
    ChooseScreen Panel { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", show=False, id="choose.leave")]

    def __init__(self, title: str, rows: Sequence[Row], *, cursor: int = 0, row_height: int = 1) -> None:
        """Make the list under `title`, with the cursor on the row `cursor`."""
        super().__init__()
        self._title, self._rows, self._cursor, self._row_height = title, rows, cursor, row_height

    def compose(self) -> ComposeResult:
        """Yield the title and the list."""
        with Vertical():
            yield Panel([(self._title, "strong"), (f"{glyphs.KEY_LABELS['enter']} takes it   esc goes back", "muted")])
            yield VirtualList(row_height=self._row_height)

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one(VirtualList).set_rows(self._rows, cursor=self._cursor)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Give the chosen row back."""
        self.dismiss(event.index)

    def action_leave(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)
