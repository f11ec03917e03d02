"""A question on one scrolling sheet: text, how it is answered, and options to choose from, drawn by lines.

Options are chosen by their number, or by moving to them: space chooses, and so does Enter after a move. With ten
options and more a number only moves, since "1" may be the first half of "12". Backspace clears the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.tui.text.question import Drawn
from lms_tui.tui.widgets.choices import Choices
from lms_tui.tui.widgets.line_view import LineView
from lms_tui.tui.widgets.question_lines import Place, margin_of, sheet_lines
from lms_tui.wire.quizzes import Answer, Kind, Question

_KEPT_IN_SIGHT = 2


class QuestionSheet(LineView, can_focus=True):
    """The sheet of one question; give it with `set_question`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="question.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="question.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="question.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="question.page_up"),
        Binding("space", "choose", "Choose", show=False, id="question.choose"),
        Binding("enter", "enter", "Choose or go on", show=False, id="question.enter"),
        Binding("backspace,delete", "clear", "Clear", show=False, id="question.clear"),
    ]

    @dataclass
    class Chosen(Message):
        """The learner changed the choice."""

        sheet: "QuestionSheet"
        answer: Answer

        @property
        def control(self) -> "QuestionSheet":
            """The sheet that sent this."""
            return self.sheet

    @dataclass
    class Entered(Message):
        """Enter was pressed and there was nothing to choose by it."""

        sheet: "QuestionSheet"

        @property
        def control(self) -> "QuestionSheet":
            """The sheet that sent this."""
            return self.sheet

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self._choices = Choices(Kind.TEXT, ())
        self._notes: Mapping[UUID, tuple[str, str]] | None = None
        self._cursor = 0
        self._moved = False
        self._typed_number = 0
        self._drawn: list[tuple[Drawn, Place | None]] = []
        self._drawn_for: tuple[object, ...] = ()

    @property
    def cursor(self) -> int:
        """The option under the cursor, from 0."""
        return self._cursor

    def set_question(
        self, question: Question, answer: Answer, *, notes: Mapping[UUID, tuple[str, str]] | None = None
    ) -> None:
        """Show `question` with `answer`. With `notes`, words and a colour by option, it is shown as judged: such a
        sheet is not answered any more."""
        self._question, self._notes = question, notes
        self._choices = Choices.of(question, answer)
        self.can_focus = notes is None
        self._cursor, self._moved, self._typed_number = self._choices.first_chosen, False, 0
        self._drawn_for = ()
        self._draw()
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh(layout=True)

    def set_answer(self, answer: Answer) -> None:
        """Show another answer to the same question."""
        self._choices.answer = answer
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the number of lines, for a sheet that is as high as its text."""
        return len(self._lines_for(width)) if self._question is not None else 1

    def on_resize(self) -> None:
        """Wrap anew when the width changed."""
        self._draw()
        if self._cursor and self._choices.count:
            self._show_cursor()

    def watch_has_focus(self, focused: bool) -> None:
        """Draw the cursor bright or quiet."""
        super().watch_has_focus(focused)
        self._refresh_option(self._cursor)

    def on_key(self, event: events.Key) -> None:
        """Choose by number, or mark a statement true or false."""
        marks = {"t": True, "f": False}
        if event.key.isdigit() and len(event.key) == 1 and self._choices.count:
            event.stop()
            self._number(int(event.key))
        elif event.key in marks and self._choices.kind is Kind.STATEMENTS:
            event.stop()
            self._changed(self._choices.marked(self._cursor, marks[event.key]))
            self._go(self._cursor + 1)

    def action_move(self, way: int) -> None:
        """Move to the next option; where text below or above is out of sight, read on first."""
        below = self.scroll_offset.y + self.size.height
        option = self._extent(self._cursor)
        if not self._choices.count or (way > 0 and option[0] >= below):
            self._scroll(way * (self.size.height - _KEPT_IN_SIGHT if self._choices.count else 1))
        elif (way < 0 and self._cursor == 0) or (way > 0 and self._cursor == self._choices.count - 1):
            self._scroll(way)
        else:
            self._go(self._cursor + way)

    def action_page(self, way: int) -> None:
        """Scroll by a screenful."""
        self._scroll(way * (self.size.height - _KEPT_IN_SIGHT))

    def action_choose(self) -> None:
        """Choose the option under the cursor, or take it back where several can be chosen."""
        if self._choices.count:
            self._choose(self._cursor)

    def action_enter(self) -> None:
        """Choose the option that the learner just moved to, or go on."""
        if self._moved and self._choices.kind is not Kind.STATEMENTS and not self._choices.is_chosen(self._cursor):
            self._choose(self._cursor)
        else:
            self.post_message(self.Entered(self))

    def action_clear(self) -> None:
        """Take the answer back."""
        if self._choices.count and not self._choices.answer.is_empty:
            self._changed(Answer())
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the option under the pointer."""
        at = event.y + self.scroll_offset.y
        place = self._drawn[at][1] if at < len(self._drawn) else None
        if place is not None and self.can_focus:
            option = place.option_at(event.x)
            self._go(option)
            self._choose(option)

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        palette, width = Palette.of(self), self.size.width
        at = y + self.scroll_offset.y
        if not self._drawn or self._drawn_for != self._key(width):
            self._draw()
        if at >= len(self._drawn):
            return Strip.blank(width, palette.base)
        text, place = self._drawn[at]
        segments: list[Segment] = [Segment(" " * self._margin)] if place is None else []
        if place is None:
            segments += text
        elif place.row:
            segments += self._row_line(place, palette)
        else:
            segments += self._option_line(place, text, palette)
        return Strip(segments).apply_style(palette.base).crop_extend(0, width, palette.base).simplify()

    # What one line of an option looks like

    def _option_line(self, place: Place, text: Drawn, palette: Palette) -> list[Segment]:
        option, here = place.options[0], place.options[0] == self._cursor and self.can_focus
        chosen = self._choices.is_chosen(option)
        bar = palette.cursor if self.has_focus else palette.muted
        lead = [Segment(" " * (self._margin - 1) + (glyphs.CURSOR_BAR if here else " "), bar)]
        if place.part:
            lead.append(Segment(" " * place.indent))
        else:
            mark = self._choices.mark(option)
            lead += [
                Segment(f"{option + 1:>2} ", palette.muted),
                Segment(mark, palette.accent if chosen else palette.muted),
                Segment(" "),
            ]
        style = palette.cursor if here and self.has_focus else Style(bold=here or None)
        body = [Segment(content, (own or palette.text) + style) for content, own, _ in text]
        if (note := (self._notes or {}).get(self._choices.ids[option])) and place.last:
            body.append(Segment(f"  {note[0]}", palette.tone(note[1])))
        return lead + body

    def _row_line(self, place: Place, palette: Palette) -> list[Segment]:
        """Return all options of a scale that fit in one line."""
        segments = [Segment(" " * (self._margin - 1))]
        for option, label in zip(place.options, place.labels, strict=True):
            here = option == self._cursor and self.can_focus
            style = palette.cursor if here and self.has_focus else palette.text + Style(bold=here or None)
            note = (self._notes or {}).get(self._choices.ids[option])
            segments += [
                Segment(glyphs.CURSOR_BAR if here else " ", palette.cursor if self.has_focus else palette.muted),
                Segment(
                    self._choices.mark(option), palette.accent if self._choices.is_chosen(option) else palette.muted
                ),
                Segment(f" {label}  ", palette.tone(note[1]) if note else style),
            ]
        return segments

    # Choosing and moving

    def _number(self, digit: int) -> None:
        count = self._choices.count
        if count < 10:
            if 1 <= digit <= count:
                self._go(digit - 1)
                self._choose(digit - 1)
            return
        number = self._typed_number * 10 + digit
        number = number if 1 <= number <= count else digit
        self._typed_number = number
        if 1 <= number <= count:
            self._go(number - 1, typed=number)

    def _choose(self, option: int) -> None:
        self._moved = False
        self._changed(self._choices.chosen(option))

    def _changed(self, answer: Answer) -> None:
        if answer == self._choices.answer:
            return
        self._choices.answer = answer
        self._typed_number = 0
        for option in range(self._choices.count):
            self._refresh_mark(option)
        self.post_message(self.Chosen(self, answer))

    def _go(self, option: int, *, typed: int = 0) -> None:
        option = max(0, min(option, self._choices.count - 1))
        self._typed_number = typed
        if option != self._cursor:
            old, self._cursor, self._moved = self._cursor, option, True
            self._refresh_option(old)
            self._refresh_option(option)
        self._show_cursor()

    # Lines and scrolling

    @property
    def _margin(self) -> int:
        return margin_of(self.size.width)

    def _key(self, width: int) -> tuple[object, ...]:
        return width, Palette.of(self), id(self._question)

    def _lines_for(self, width: int) -> list[tuple[Drawn, Place | None]]:
        if self._question is None or width <= 0:
            return []
        return sheet_lines(self._question, self._choices, width - 2 * margin_of(width), Palette.of(self), self._notes)

    def _draw(self) -> None:
        """Make the lines for this question and width, if they are not."""
        width = self.size.width
        if not width or self._drawn_for == self._key(width):
            return
        self._drawn, self._drawn_for = self._lines_for(width), self._key(width)
        self.virtual_size = Size(width, len(self._drawn))
        self.refresh()

    def _extent(self, option: int) -> tuple[int, int]:
        """Return the first line of an option and the line after its last; (0, 0) when it is not drawn."""
        lines = [at for at, (_, place) in enumerate(self._drawn) if place is not None and option in place.options]
        return (lines[0], lines[-1] + 1) if lines else (0, 0)

    def _show_cursor(self) -> None:
        top, (first, end), height = self.scroll_offset.y, self._extent(self._cursor), self.size.height
        if self._cursor == 0 and end <= height:
            first = 0
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif end > top + height:
            self.scroll_to(y=min(first, end - height), animate=False, force=True)

    def _scroll(self, lines: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, force=True)

    def _refresh_option(self, option: int) -> None:
        first, end = self._extent(option)
        if end:
            self.refresh(Region(0, first - self.scroll_offset.y, self.size.width, end - first))

    def _refresh_mark(self, option: int) -> None:
        first, end = self._extent(option)
        place = self._drawn[first][1] if end else None
        if place is not None:
            width = self.size.width if place.row else self._margin + place.indent
            self.refresh(Region(0, first - self.scroll_offset.y, width, 1))
