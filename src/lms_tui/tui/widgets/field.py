"""A field of a form: its name, what is typed, and under it a rule, or what is wrong with it."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import Input

from lms_tui.tui.widgets.panel import Panel
from lms_tui.wire.joining import LONGEST_NAME

LONGEST_SECRET: Final = 1024
_TYPED: Final = frozenset({"enter", "tab", "backspace"})
"""Keys besides letters that belong to what is typed."""


class Entry(Input):
    """The line in which one types; arrows go to the next field and the one before.

    While the form asks the service, keys are not for what stands here: the form keeps them for what comes.
    """

    DEFAULT_CSS = """
    Entry, Entry:focus {
        height: 1; padding: 0 1 0 0; background: $panel; border: none; border-left: outer $panel;
    }
    Entry:focus { border-left: outer $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next field", show=False, id="form.down"),
        Binding("up", "app.focus_previous", "Field before", show=False, id="form.up"),
    ]

    class Typed(Message):
        """A key or a paste came while the form is busy."""

        def __init__(self, event: Key | Paste) -> None:
            self.event = event
            super().__init__()

    busy = False

    def _on_key(self, event: Key) -> None:  # type: ignore[override]  # Textual calls the one of Input after it
        if self.busy:
            if event.is_printable or event.key in _TYPED:  # Escape leaves, also a service that does not answer
                self._hand_on(event)
        elif event.key == "enter":  # the form's, sent here to keep its turn, and the form has not gone on
            event.stop()
            event.prevent_default()

    def _on_paste(self, event: Paste) -> None:
        event.text = event.text.lstrip("\r\n")  # of several lines the first is taken
        if self.busy:
            self._hand_on(event)

    def _hand_on(self, event: Key | Paste) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(self.Typed(event))


class Field(Vertical):
    """One field; `name` is that of the request's field, by which the service says what it refuses."""

    DEFAULT_CSS = """
    Field { height: auto; }
    Field.-noted { margin-bottom: 1; }
    Field > Panel { height: auto; min-height: 1; }
    """

    def __init__(
        self,
        name: str,
        label: str,
        note: str = "",
        *,
        value: str = "",
        longest: int = LONGEST_NAME,
        secret: bool = False,
        optional: bool = False,
    ) -> None:
        """Make the field `name`; `note` stands under it while nothing is wrong. What is `optional` may stay empty."""
        super().__init__(id=name, classes="-noted" if note else None)
        self.is_secret, self.is_optional = secret, optional
        self._note = note
        self._refused: str | None = None
        self._label = Panel([(label, "muted")])
        self._under = Panel([(note, "muted")])
        self.entry = Entry(value, password=secret, max_length=longest, select_on_focus=secret)
        self.entry.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Yield the three lines."""
        yield self._label
        yield self.entry
        yield self._under

    @property
    def value(self) -> str:
        """What was typed, without spaces at its ends; a password as it was typed."""
        return self.entry.value if self.is_secret else self.entry.value.strip()

    def note(self, note: str, tone: str = "muted") -> None:
        """Let `note` stand under the field."""
        self._note = note
        self._under.show((note, tone))

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with it, until it is changed; what is typed takes the place of a password."""
        self._refused = self.entry.value
        if self.is_secret:
            self.entry.select_all()
        self._under.show((sentence, "error"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say the rule again; a change from before the refusal may be told after it."""
        if self._refused is not None and event.value != self._refused:
            self._refused = None
            self._under.show((self._note, "muted"))
