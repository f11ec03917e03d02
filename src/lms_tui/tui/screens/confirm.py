"""A question before something that is not easily taken back."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lms_tui.tui.typed_ahead import Unhurried
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire.text import clean_line


class ConfirmScreen(Unhurried, ModalScreen[bool]):
    """Asks `question`; True only when the first answer is chosen (Enter on it, or `y`)."""

    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; background: $background; }
    ConfirmScreen > Vertical { width: 64; max-width: 100%; height: auto; border: round $accent; padding: 1 2; }
    ConfirmScreen VirtualList { height: 2; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", show=False, id="confirm.yes"),
        Binding("escape,n,q", "answer(False)", show=False, id="confirm.no"),
    ]

    def __init__(self, question: str, yes: str, no: str, *details: str) -> None:
        """Ask `question` with `details` under it; `yes` and `no` are the answers, as the user would say them."""
        super().__init__()
        self._question, self._details, self._answers = question, details, (yes, no)

    def compose(self) -> ComposeResult:
        """Yield the question and the two answers."""
        details: Sequence[tuple[str, str]] = [(detail, "muted") for detail in self._details]
        with Vertical():
            yield Panel([(clean_line(self._question), "strong"), *details])
            yield VirtualList()

    def on_mount(self) -> None:
        """Put the cursor on the careful answer."""
        yes, no = self._answers
        rows = [Row(yes, right="y", mark="!", tone="warning"), Row(no, right="esc", mark=" ")]
        self.query_one(VirtualList).set_rows(rows, cursor=1)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Answer."""
        self.dismiss(event.index == 0)

    def action_answer(self, yes: bool) -> None:
        """Answer by a key."""
        self.dismiss(yes)
