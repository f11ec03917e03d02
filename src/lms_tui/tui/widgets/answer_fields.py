"""The fields in which a learner types: one for each blank of a question, or one of many lines for a free text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input, Static, TextArea

from lms_tui.tui.content import line
from lms_tui.tui.widgets.question_lines import margin_of
from lms_tui.wire.text import clean, clean_line


class _Blank(Input):
    """One line to type in."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines; see `_nothing`."""
        return super().render_lines(crop) if self.is_attached else _nothing(crop)


class _Area(TextArea):
    """Many lines to type in."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines; see `_nothing`."""
        return super().render_lines(crop) if self.is_attached else _nothing(crop)


def _nothing(crop: Region) -> list[Strip]:
    """Return what a field that is being removed shows: Textual takes its colours away before the screen is laid out
    without it, and a screen painted in between would look for them and end the app."""
    return [Strip.blank(crop.width)] * crop.height


class AnswerFields(VerticalScroll, can_focus=False):
    """Fields for texts; says `Typed` at every change by the learner and `Entered` behind the last blank."""

    DEFAULT_CSS = """
    AnswerFields { height: 1fr; padding: 0 2; scrollbar-size: 0 0; }
    AnswerFields Horizontal { height: 1; margin-bottom: 1; }
    AnswerFields Static { width: 5; color: $text-muted; }
    AnswerFields Input { width: 1fr; max-width: 60; height: 1; border: none; padding: 0 1; background: $panel; }
    AnswerFields Input:focus { border: none; background: $panel; background-tint: $panel 0%; }
    AnswerFields TextArea {
        max-width: 88; height: 1fr; min-height: 4; max-height: 14; border: none; padding: 0 1; background: $panel;
    }
    AnswerFields TextArea:focus { border: none; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "field(1)", "Next field", show=False, id="fields.down"),
        Binding("up", "field(-1)", "Previous field", show=False, id="fields.up"),
    ]

    @dataclass
    class Typed(Message):
        """The learner changed a text; `texts` are those of all fields."""

        fields: "AnswerFields"
        texts: list[str]

        @property
        def control(self) -> "AnswerFields":
            """The fields that sent this."""
            return self.fields

    @dataclass
    class Entered(Typed):
        """Enter was pressed in the last blank."""

    def __init__(self, texts: Sequence[str], *, lines: bool = False) -> None:
        """Make a field for each of `texts`; with `lines` the first has many lines and is the only one."""
        super().__init__()
        self._lines = lines
        self._texts = [clean(texts[0])] if lines else [clean_line(text) for text in texts]

    @property
    def texts(self) -> list[str]:
        """What stands in the fields."""
        return list(self._texts)

    def compose(self) -> ComposeResult:
        """Yield the fields."""
        if self._lines:
            area = _Area(self._texts[0], soft_wrap=True, tab_behavior="focus", highlight_cursor_line=False)
            area.cursor_blink = False
            yield area
            return
        for at, text in enumerate(self._texts):
            with Horizontal():
                yield Static(line(f"{at + 1:>3} " if len(self._texts) > 1 else ""))
                yield _blank(text)

    def on_mount(self) -> None:
        """Stand under the text of the question at once, not only after the first layout: fields must not jump."""
        self.styles.padding = (0, margin_of(self.screen.size.width))

    def on_resize(self) -> None:
        """Stand there at another width. Within the padding the width would change with the padding itself."""
        self.styles.padding = (0, margin_of(self.outer_size.width))

    def focus_first_empty(self) -> None:
        """Put the focus into the first empty field, or the first."""
        fields = list(self.query("Input, TextArea"))
        empty = next((at for at, text in enumerate(self._texts) if not text.strip()), 0)
        if fields:
            fields[empty].focus()

    def action_field(self, way: int) -> None:
        """Move to a neighbouring blank."""
        fields = list(self.query(Input))
        at = next((at for at, field in enumerate(fields) if field.has_focus), None)
        if at is not None and 0 <= at + way < len(fields):
            fields[at + way].focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what was typed."""
        event.stop()
        self._take([field.value for field in self.query(Input)])

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell what was typed."""
        event.stop()
        self._take([event.text_area.text])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next blank, and from the last one on."""
        event.stop()
        if event.input is self.query(Input).last():
            self.post_message(self.Entered(self, self.texts))
        else:
            self.action_field(1)

    def _take(self, texts: list[str]) -> None:
        """Filling a field from what is stored also says `Changed`: only what differs was typed."""
        if texts != self._texts:
            self._texts = texts
            self.post_message(self.Typed(self, self.texts))


def _blank(text: str) -> Input:
    field = _Blank(text, select_on_focus=False)
    field.cursor_blink = False
    return field
