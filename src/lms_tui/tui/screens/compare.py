"""The change between two attempts: per question what was right or wrong then and now, and both answers."""

from collections import Counter
from typing import Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, question_title
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import dotted
from lms_tui.wire import history
from lms_tui.wire.history import Change, ComparedQuestion, PastAttempt
from lms_tui.wire.quizzes import QuestionResult

_SAID: Final[dict[Change, tuple[str, str, str]]] = {
    Change.GAINED: ("+", "success", "right now"),
    Change.LOST: ("-", "error", "wrong now"),
    Change.STILL_RIGHT: (glyphs.DONE, "muted", "right both times"),
    Change.STILL_WRONG: (glyphs.WRONG, "warning", "wrong both times"),
    Change.ONLY_LATER: (glyphs.HERE, "accent", "asked only now"),
    Change.ONLY_EARLIER: (glyphs.OPEN, "muted", "asked only then"),
}
"""Mark, colour and words of each change."""
_SAME: Final = frozenset({Change.STILL_RIGHT, Change.STILL_WRONG})


class CompareScreen(FramedScreen[None]):
    """Two attempts side by side, question by question."""

    DEFAULT_CSS = "CompareScreen Panel { margin: 1 1; }"
    SCREEN_COMMANDS = (
        Command("compare.changed", "f", "changes or all", "changed", "Show only what went otherwise, or all again."),
        BACK,
    )

    def __init__(self, attempt_id: UUID, other_id: UUID) -> None:
        """Compare two attempts, named in either order."""
        super().__init__("Quiz", "Change")
        self._pair = attempt_id, other_id
        self._comparison: history.Comparison | None = None
        self._changed_only = False
        self._shown: list[int] = []

    def body(self) -> ComposeResult:
        """Yield the sums and the questions."""
        yield Panel()
        yield VirtualList(message="Every question went as before.", row_height=3)

    @work(exclusive=True, group="compare")
    async def load(self) -> None:
        """Ask for the change."""
        request = history.CompareRequest(attempt_id=self._pair[0], other_id=self._pair[1])
        found = await self.fetch(history.COMPARE, request, f"Comparing the attempts{glyphs.ELLIPSIS}")
        if found is not None:
            self._comparison = found
            self._show()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Show one question with both answers in full."""
        if self._comparison is not None:
            from lms_tui.tui.screens.compared import ComparedScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(ComparedScreen(self._comparison, self._shown[event.index]))

    def action_changed(self) -> None:
        """Show only what changed, or all again."""
        self._changed_only = not self._changed_only
        self._show()

    def _show(self) -> None:
        if (found := self._comparison) is None:
            return
        self.set_path(found.course_title, found.title, "Change")
        self.query_one(Panel).show(*_sums(found))
        self._shown = [at for at, one in enumerate(found.questions) if not (self._changed_only and one.change in _SAME)]
        self.query_one(VirtualList).set_rows([_row(at, found.questions[at]) for at in self._shown], cursor=0)
        self.refresh_commands()


def change_words(change: Change) -> tuple[str, str, str]:
    """Return mark, colour and words of a change."""
    return _SAID[change]


def attempt_words(attempt: PastAttempt) -> str:
    """Return number, day and score of an attempt."""
    at = (attempt.completed_at or attempt.started_at).astimezone()
    return f"attempt {attempt.number} of {at.day} {at:%B}, {attempt.score} %"


def _sums(found: history.Comparison) -> list[Paragraph]:
    """Return which attempts these are and what changed, in words."""
    how = Counter(one.change for one in found.questions)
    words = [
        f"{how[Change.GAINED]} better",
        f"{how[Change.LOST]} worse",
        f"{how[Change.STILL_RIGHT]} right both times",
        f"{how[Change.STILL_WRONG]} wrong both times",
        f"{how[Change.ONLY_LATER]} new" if how[Change.ONLY_LATER] else "",
        f"{how[Change.ONLY_EARLIER]} gone" if how[Change.ONLY_EARLIER] else "",
    ]
    said: list[Paragraph] = [
        (f"Was: {attempt_words(found.earlier)}   Now: {attempt_words(found.later)}", "strong"),
        (dotted(*words), "muted"),
    ]
    if not found.reveals:
        said.append(("Right answers show once you pass, or when no attempt is left.", "muted"))
    return said


def _row(at: int, one: ComparedQuestion) -> Row:
    mark, tone, words = _SAID[one.change]
    shown = one.later or one.earlier
    title = question_title(shown.question) if shown is not None else ""
    return Row(
        f"{at + 1:>2}  {title}",
        detail=f"was {_answered(one.earlier)}",
        more=f"now {_answered(one.later)}",
        indent=1,
        right=words,
        mark=mark,
        tone=tone,
    )


def _answered(side: QuestionResult | None) -> str:
    """Return what one attempt had for a question."""
    if side is None:
        return "not asked"
    return f"{glyphs.DONE if side.is_correct else glyphs.WRONG} {answer_words(side.question, side.answer)}"
