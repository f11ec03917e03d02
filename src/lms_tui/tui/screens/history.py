"""The history of a quiz: every attempt with date, score and time taken, a plot of the scores, and ways into each."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.moments import span
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.opening import open_attempt
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.score_plot import Point, ScorePlot
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import history
from lms_tui.wire.history import PastAttempt, PastState


class HistoryScreen(FramedScreen[None]):
    """All attempts at one quiz. Enter opens one; two are compared by their marks, or one with the one before it."""

    DEFAULT_CSS = """
    HistoryScreen ScorePlot { margin: 0 1; }
    HistoryScreen Panel { margin: 1 1; }
    """
    SCREEN_COMMANDS = (
        Command(
            "history.compare",
            "c",
            "compare",
            "compare",
            "Compare this attempt with the marked one, or the last before it.",
        ),
        Command("history.mark", "m", "mark", "mark", "Mark this attempt, to compare another one with it."),
        BACK,
    )

    def __init__(self, lesson_id: UUID) -> None:
        """Make the history of a lesson's quiz."""
        super().__init__("Quiz", "History")
        self._lesson_id = lesson_id
        self._history: history.History | None = None
        self._marked: UUID | None = None

    def body(self) -> ComposeResult:
        """Yield the plot, the sums and the list."""
        yield ScorePlot()
        yield Panel()
        yield VirtualList(message="No attempt has been made yet.")

    def allows(self, command: Command) -> bool:
        """Offer to compare what can be compared: attempts that count, two of them at least."""
        if command.id == "history.mark":
            return (here := self._here) is not None and here.state is PastState.COUNTS and self._comparable > 1
        if command.id == "history.compare":
            return self._pair is not None
        return super().allows(command)

    def on_screen_resume(self) -> None:
        """Load again when the learner comes back: an attempt may have been submitted."""
        if self._history is not None:
            self.load()

    @work(exclusive=True, group="history")
    async def load(self) -> None:
        """Ask for the attempts."""
        request = history.HistoryRequest(lesson_id=self._lesson_id)
        found = await self.fetch(
            history.HISTORY, request, "" if self._history else f"Opening the history{glyphs.ELLIPSIS}"
        )
        if found is not None:
            self._show(found)

    def on_virtual_list_highlighted(self) -> None:
        """Offer what can be done with the attempt under the cursor."""
        self.refresh_commands()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open the result, go on with the open attempt, or say why neither is."""
        if self._history is None:
            return
        attempt = self._history.attempts[event.index]
        match attempt.state:
            case PastState.OPEN:
                open_attempt(self.lms, attempt.id)
            case PastState.SET_ASIDE:
                self.tell("Your instructor has given you a fresh start: this attempt does not count any more.")
            case PastState.COUNTS:
                from lms_tui.tui.screens.result import ResultScreen  # noqa: PLC0415 - imported when opened

                self.app.push_screen(ResultScreen(attempt.id))

    def action_mark(self) -> None:
        """Mark the attempt, or take its mark away."""
        if (here := self._here) is not None and self._history is not None:
            self._marked = None if self._marked == here.id else here.id
            self._show(self._history)

    def action_compare(self) -> None:
        """Show what changed between two attempts."""
        if (pair := self._pair) is not None:
            from lms_tui.tui.screens.compare import CompareScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(CompareScreen(*pair))

    @property
    def _here(self) -> PastAttempt | None:
        """The attempt under the cursor."""
        cursor = self.query_one(VirtualList).cursor if self._history is not None else -1
        return self._history.attempts[cursor] if self._history is not None and cursor >= 0 else None

    @property
    def _comparable(self) -> int:
        return sum(one.state is PastState.COUNTS for one in self._history.attempts) if self._history else 0

    @property
    def _pair(self) -> tuple[UUID, UUID] | None:
        """The two attempts to compare: the one here and the marked one, else the one that counts and came before."""
        here = self._here
        if here is None or here.state is not PastState.COUNTS or self._history is None:
            return None
        if self._marked is not None and self._marked != here.id:
            return self._marked, here.id
        counted = [one.id for one in self._history.attempts if one.state is PastState.COUNTS]
        before = counted[counted.index(here.id) + 1 :]
        return (before[0], here.id) if before else None

    def _show(self, found: history.History) -> None:
        first, self._history = self._history is None, found
        self.set_path(found.course_title, found.title, "History")
        counted = [one for one in found.attempts if one.state is PastState.COUNTS]
        plot, listed = self.query_one(ScorePlot), self.query_one(VirtualList)
        plot.display = bool(counted)
        points = [Point(one.number or 0, one.score or 0, one.is_passed) for one in reversed(counted)]
        plot.show(points, found.threshold)
        self.query_one(Panel).show((_sums(found, counted), "strong"))
        rows = [_row(one, marked=one.id == self._marked) for one in found.attempts]
        listed.set_rows(rows, cursor=0 if first else max(0, listed.cursor))
        self.refresh_commands()


def _sums(found: history.History, counted: Sequence[PastAttempt]) -> str:
    """Return in one line what all attempts came to."""
    if found.best_score is None:
        best = "no result yet"
    else:
        best = f"best {found.best_score} %, {'passed' if found.is_passed else 'not passed yet'}"
    used = count(len(counted), "attempt")
    if found.attempts_limit:
        used = f"{len(counted)} of {count(found.attempts_limit, 'attempt')} used"
    return dotted(best, used, f"needs {found.threshold} %" if found.threshold else "any submission passes")


def _row(attempt: PastAttempt, *, marked: bool) -> Row:
    local = (attempt.completed_at or attempt.started_at).astimezone()
    when = f"{local.day} {local:%B %Y %H:%M}"
    name = dotted(f"Attempt {attempt.number}" if attempt.number else "Attempt", when)
    if attempt.state is PastState.OPEN:
        return Row(name, right="open: Enter goes on", mark=glyphs.HERE, tone="accent")
    took = span(timedelta(seconds=attempt.seconds or 0))
    if attempt.state is PastState.SET_ASIDE:
        return Row(name, right=dotted("set aside by a fresh start", took), mark=glyphs.LOCKED, dimmed=True)
    verdict = "passed" if attempt.is_passed else "not passed"
    return Row(
        name,
        right=dotted("marked" if marked else "", verdict, took, f"{attempt.score} %"),
        mark=glyphs.DONE if attempt.is_passed else glyphs.WRONG,
        tone="success" if attempt.is_passed else "warning",
    )
