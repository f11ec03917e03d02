"""The end of a set of practice: what was right, and when each question comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from textual.app import ComposeResult

from lms_tui.client.practice import Verdict
from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import question_title
from lms_tui.tui.commands import BACK
from lms_tui.tui.practice_words import back_words, kept_words
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire.practice import PracticeQuestion
from lms_tui.wire.quizzes import Answer


@dataclass(frozen=True, slots=True)
class Practised:
    """A question that was practised."""

    asked: PracticeQuestion
    answer: Answer
    verdict: Verdict


class PracticeDoneScreen(FramedScreen[None]):
    """Sums a set up."""

    DEFAULT_CSS = "PracticeDoneScreen Panel { margin: 1 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, done: Sequence[Practised], today: date, kept_in: Path | None) -> None:
        """Show `done`, practised on the day `today`."""
        super().__init__("Practice", "Done for today")
        self._done, self._today, self._kept_in = done, today, kept_in

    def body(self) -> ComposeResult:
        """Yield the sum, and a row for each question."""
        right = sum(each.verdict.checked.is_correct for each in self._done)
        yield Panel(
            (
                (f"{right} of {count(len(self._done), 'question')} right.", "strong"),
                (f"{kept_words(self._kept_in)} Your attempts and your statistics are as they were.", "muted"),
            )
        )
        yield VirtualList(row_height=2)

    def on_mount(self) -> None:
        """Show the rows."""
        self.query_one(VirtualList).set_rows([_row(each, self._today) for each in self._done])


def _row(each: Practised, today: date) -> Row:
    right = each.verdict.checked.is_correct
    return Row(
        question_title(each.asked.question),
        detail=dotted(each.asked.course_title, each.asked.lesson_title),
        right=back_words(each.verdict.line, today),
        mark=glyphs.DONE if right else glyphs.WRONG,
        tone="success" if right else "error",
    )
