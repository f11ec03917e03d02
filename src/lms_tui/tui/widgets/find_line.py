"""The line at the bottom of a lesson in which one says what to find."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FindLine(Input):
    """A field that is there while one finds. Enter goes back to the text; arrows go through the matches."""

    DEFAULT_CSS = """
    FindLine, FindLine:focus { display: none; height: 1; padding: 0 1; }
    """
    # no margin: Textual takes the widest margin of all that stands under each other from each width, and the text of
    # the lesson would be wrapped anew whenever the line comes and goes
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next match", show=False, id="find.next"),
        Binding("up", "step(-1)", "Previous match", show=False, id="find.previous"),
    ]

    @dataclass
    class Stepped(Message):
        """An arrow was pressed; `way` is 1 or -1."""

        way: int

    def __init__(self) -> None:
        """Make it, hidden."""
        super().__init__(placeholder="Find in this lesson", max_length=200, compact=True)
        self.cursor_blink = False  # as in every other field: it is always seen, and nothing is sent while one reads

    def action_step(self, way: int) -> None:
        """Ask for the next match or the one before."""
        self.post_message(self.Stepped(way))
