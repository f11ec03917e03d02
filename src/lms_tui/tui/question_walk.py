"""Walking through questions that were answered, one in full at a time, with words below."""

from textual.app import ComposeResult

from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.question_lines import margin_of
from lms_tui.tui.widgets.question_sheet import QuestionSheet


def walking(area: str) -> tuple[Command, ...]:
    """Return the commands of a walk; their names begin with `area`."""
    return (
        Command(f"{area}.next", "n,right,l", "next", "turn(1)", "Go to the next question."),
        Command(f"{area}.previous", "p,left,h", "previous", "turn(-1)", "Go to the question before."),
        Command(f"{area}.down", "down,j,pagedown,space", "scroll", "scroll(1)", "Read on.", shown=False),
        Command(f"{area}.up", "up,k,pageup,b", "scroll", "scroll(-1)", "Read back.", shown=False),
        BACK,
    )


class QuestionWalk(FramedScreen[None]):
    """The question of a position, the first is 0, in a `QuestionSheet` over a `Panel`; `show_question` fills them."""

    DEFAULT_CSS = """
    QuestionWalk QuestionSheet { margin-top: 1; height: auto; max-height: 1fr; }
    """

    def __init__(self, title: str, crumb: str, position: int, count: int) -> None:
        """Begin at `position` of `count` questions."""
        super().__init__(title, crumb)
        self._position, self._count = position, count

    def body(self) -> ComposeResult:
        """Yield the question and what is said of it."""
        yield QuestionSheet()
        yield Panel()

    def on_mount(self) -> None:
        """Show the question."""
        self._show()

    def on_resize(self) -> None:
        """Put the words under the question."""
        self.query_one(Panel).styles.margin = (1, margin_of(self.size.width) - 1)

    def action_turn(self, way: int) -> None:
        """Show a neighbouring question."""
        wanted = max(0, min(self._position + way, self._count - 1))
        if wanted != self._position:
            self._position = wanted
            self._show()

    def action_scroll(self, way: int) -> None:
        """Scroll the question."""
        self.query_one(QuestionSheet).action_move(way)

    def show_question(self, position: int) -> None:
        """Fill the sheet and the panel with the question of a position."""
        raise NotImplementedError

    def _show(self) -> None:
        self.show_question(self._position)
        self.set_position(f"{self._position + 1}/{self._count}")
