"""What is to be mended in a course that is previewed: each problem with its place; Enter goes there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from lms_tui.tui.commands import BACK
from lms_tui.tui.problem_words import place_words
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count
from lms_tui.wire.lint import Problem

if TYPE_CHECKING:
    from lms_tui.tui.problem_tour import ProblemTour


class ProblemsScreen(FramedScreen[None]):
    """The problems of a course in the order in which a learner would meet them."""

    DEFAULT_CSS = "ProblemsScreen Panel { margin: 1 1 1 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, tour: "ProblemTour", problems: Sequence[Problem]) -> None:
        """Show `problems`, at least one, as `tour` has them."""
        super().__init__("Preview", "To mend")
        self._tour, self._problems = tour, problems
        self._about, self._list = Panel(), VirtualList(row_height=2)

    def body(self) -> ComposeResult:
        """Yield how many there are, and the list."""
        yield self._about
        yield self._list

    def on_mount(self) -> None:
        """Show the list, with the cursor on the problem that was looked at last."""
        number = len(self._problems)
        self._about.show(
            (count(number, "problem"), "strong"),
            ("Enter goes to the place. None of them keeps a course from learners.", "muted"),
        )
        self._list.set_rows([_row(problem) for problem in self._problems], cursor=self._tour.at or 0)
        self.watch(self._list, "cursor", self._show_position)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Go to the place of the problem."""
        self.app.run_worker(self._tour.go_to(event.index), group="preview", exclusive=True)  # this screen closes

    def _show_position(self, cursor: int) -> None:
        self.set_position(f"{cursor + 1}/{len(self._problems)}")


def _row(problem: Problem) -> Row:
    return Row(problem.sentence, detail=place_words(problem), mark="!", tone="warning")
