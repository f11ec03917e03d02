"""Where a question is typed: some lines high, sent by Enter, with the questions of before behind the up key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from lms_tui.wire.text import clean


class QuestionBox(TextArea):
    """A text of at most `limit` characters. Says `Entered` at Enter and `Overflowed` where a paste did not fit."""

    DEFAULT_CSS = """
    QuestionBox {
        height: auto; min-height: 1; max-height: 6; border: none; border-left: outer $panel; padding: 0 1;
        background: $surface; scrollbar-size: 0 0;
    }
    QuestionBox:focus { border: none; border-left: outer $accent; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,alt+enter,shift+enter", "new_line", "New line", show=False, id="question.new_line"),
        Binding("up", "history(-1)", "Up", show=False, id="question.up"),
        Binding("down", "history(1)", "Down", show=False, id="question.down"),
    ]

    @dataclass
    class Entered(Message):
        """Enter was pressed: the text is to be sent."""

        box: "QuestionBox"

        @property
        def control(self) -> "QuestionBox":
            """The box that sent this."""
            return self.box

    @dataclass
    class Overflowed(Entered):
        """A paste did not fit as a whole: `left_out` characters of it are not in the text."""

        left_out: int

    def __init__(self, limit: int) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", highlight_cursor_line=False)
        self.cursor_blink = False
        self.placeholder = "Ask about this lesson"
        self._limit = limit
        self._history: list[str] = []
        self._at: int | None = None
        """Which question of before stands here, from 0; None: what is being typed."""
        self._draft = ""

    @property
    def draft(self) -> str:
        """What is being typed, also while a question of before stands in its place."""
        self._keep_edited()
        return self._draft if self._at is not None else self.text

    def put(self, text: str) -> None:
        """Have `text` here, cleaned, with the cursor at its end."""
        self._at = None
        self._set(text)

    def insert_block(self, text: str) -> None:
        """Put `text`, whole lines, before what is typed, on lines of its own."""
        before = self.draft
        self.put(f"{text}\n\n{before}" if before.strip() else f"{text}\n\n")

    def remember(self, questions: Sequence[str]) -> None:
        """Have these behind the up key, the newest last."""
        self._keep_edited()
        if self._at is not None:
            self._set(self._draft)
        self._history, self._at = [clean(question) for question in questions if question.strip()], None

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.type("\n")

    def action_history(self, way: int) -> None:
        """Move up or down; from the first line to the question before, from the last one back towards the draft."""
        at_edge = self.navigator.is_first_wrapped_line if way < 0 else self.navigator.is_last_wrapped_line
        if not at_edge(self.cursor_location):
            there = self.get_cursor_up_location() if way < 0 else self.get_cursor_down_location()
            self.move_cursor(there, record_width=False)
            return
        self._keep_edited()
        at = len(self._history) if self._at is None else self._at
        wanted = at + way
        if not 0 <= wanted <= len(self._history) or wanted == at:
            return
        if self._at is None:
            self._draft = self.text
        self._at = wanted if wanted < len(self._history) else None
        self._set(self._draft if self._at is None else self._history[wanted])

    async def _on_key(self, event: events.Key) -> None:
        """Take Enter and what is too much; all else is the text area's, whose handler comes next."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Entered(self))
        elif event.is_printable and len(self.text) - len(self.selected_text) >= self._limit:
            event.stop()
            event.prevent_default()
            self.post_message(self.Overflowed(self, 1))

    async def _on_paste(self, event: events.Paste) -> None:
        """Take what fits of what was pasted, cleaned; the rest is told."""
        event.stop()
        event.prevent_default()
        self.type(clean(event.text))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines; while the box is being removed its colours are gone, and it shows nothing."""
        return super().render_lines(crop) if self.is_attached else [Strip.blank(crop.width)] * crop.height

    def type(self, text: str) -> None:
        """Put `text` where the cursor is, as far as there is room."""
        room = max(0, self._limit - len(self.text) + len(self.selected_text))
        if text[:room] and (result := self._replace_via_keyboard(text[:room], *self.selection)) is not None:
            self.move_cursor(result.end_location)
        if len(text) > room:
            self.post_message(self.Overflowed(self, len(text) - room))

    def _set(self, text: str) -> None:
        self.load_text(clean(text))
        self.move_cursor(self.document.end)

    def _keep_edited(self) -> None:
        """Make a question of before that was changed the draft; the draft of before stands among the others."""
        if self._at is not None and self.text != self._history[self._at]:
            if self._draft.strip():
                self._history.append(self._draft)
            self._at = None
