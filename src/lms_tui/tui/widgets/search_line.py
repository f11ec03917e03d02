"""The line that a list is searched in."""

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Input


class SearchLine(Input):
    """Where the words to search for are typed; down and Enter lead into the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down,enter", "screen.to_list", "List"),
        ("escape", "screen.clear", "Clear"),
    ]
