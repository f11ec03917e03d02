"""Two answers to one question, given on two terminals: both are shown, and the learner says which one stands."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, question_title
from lms_tui.tui.typed_ahead import Unhurried
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire.quizzes import Answer, Question, SavedAnswer

_ALIKE: Final = 60
"""Characters that two answers may begin alike with before only their end is shown."""
_LEAD: Final = 24
_LONGEST: Final = 240


class ConflictScreen(Unhurried, ModalScreen[bool | None]):
    """Its result: True where the answer given here stands, False for the other, None when it is put off."""

    DEFAULT_CSS = """
    ConflictScreen { align: center middle; background: $background; }
    ConflictScreen > Vertical {
        width: 84; max-width: 100%; height: auto; max-height: 100%; border: round $accent; padding: 0 2;
    }
    ConflictScreen Panel { max-height: 18; }
    ConflictScreen VirtualList { height: 3; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,m", "decide(True)", show=False, id="conflict.mine"),
        Binding("2,o", "decide(False)", show=False, id="conflict.other"),
        Binding("escape,q", "leave", show=False, id="conflict.later"),
    ]

    def __init__(self, number: int, question: Question, mine: Answer, stored: SavedAnswer) -> None:
        """Ask about the question of that `number`: `mine` was given here, `stored` on another terminal."""
        super().__init__()
        self._number, self._question = number, question
        self._mine, self._other = apart(answer_words(question, mine), answer_words(question, stored.answer))
        self._at = f"{stored.updated_at.astimezone():%H:%M}"

    def compose(self) -> ComposeResult:
        """Yield the question, both answers and the choice."""
        with Vertical():
            yield Panel(
                [
                    (f"Question {self._number} was answered on another terminal too. Which answer stands?", "strong"),
                    (question_title(self._question), "muted"),
                    ("", "text"),
                    ("Here, not saved yet:", "accent"),
                    (self._mine, "text"),
                    ("", "text"),
                    (f"On the other terminal, saved at {self._at}:", "accent"),
                    (self._other, "text"),
                ]
            )
            yield VirtualList()

    def on_mount(self) -> None:
        """Put the cursor on the answer that was given here: it is the one that would be lost."""
        rows = [
            Row("The answer from here stands", right="1"),
            Row("The answer from the other terminal stands", right="2"),
            Row("Decide later", right="esc"),
        ]
        self.query_one(VirtualList).set_rows(rows, cursor=0)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Decide by the list."""
        self.dismiss((True, False, None)[event.index])

    def action_decide(self, mine: bool) -> None:
        """Decide by a key."""
        self.dismiss(mine)

    def action_leave(self) -> None:
        """Decide later."""
        self.dismiss(None)


def apart(one: str, other: str) -> tuple[str, str]:
    """Return two texts as they are shown beside each other: from shortly before where they begin to differ, where that
    is far from their start, and no longer than a few lines."""
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = alike - _LEAD if alike > _ALIKE else 0
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    shown = (glyphs.ELLIPSIS if start else "") + text[start:]
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + glyphs.ELLIPSIS
