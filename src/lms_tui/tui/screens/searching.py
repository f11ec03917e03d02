"""A list that is searched: the line to search in shows when it is wanted, and the list narrows as one types."""

from typing import Final

from textual.timer import Timer

from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.search_line import SearchLine
from lms_tui.tui.widgets.virtual_list import VirtualList

_DEBOUNCE: Final = 0.15
"""Seconds without a key until the search leaves."""


class SearchingScreen(FramedScreen[None]):
    """Has `_words` to search in and the keys that lead there and back; `look_for` is what a search does."""

    DEFAULT_CSS = """
    SearchingScreen SearchLine { display: none; border: round $border-blurred; height: 3; padding: 0 1; }
    SearchingScreen SearchLine { background: $background; }
    SearchingScreen SearchLine:focus { border: round $border; }
    SearchingScreen.-searching SearchLine { display: block; }
    """
    AUTO_FOCUS = "VirtualList"
    _list: VirtualList

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar."""
        super().__init__(*path)
        self._typed: Timer | None = None
        self._words = SearchLine(select_on_focus=False)

    def look_for(self, search: str) -> None:
        """Show what has all of these words, parted by one blank; the same as before changes nothing."""
        raise NotImplementedError

    def search_line(self) -> SearchLine:
        """Return the line to search in, for the screen to yield."""
        self._words.cursor_blink = False
        self._words.border_title = "Search"
        return self._words

    def action_search(self) -> None:
        """Show the line to search in, and go there."""
        self.add_class("-searching")
        self.set_focus(self._words)

    def action_to_list(self) -> None:
        """Search now, and go into the list."""
        self._look()
        self._list.focus()
        self.set_class(bool(self._words.value), "-searching")

    def action_clear(self) -> None:
        """Clear the search, and go into the list."""
        self._words.value = ""
        self.action_to_list()

    def on_input_changed(self) -> None:
        """Search as soon as the typing pauses."""
        if self._typed is not None:
            self._typed.stop()
        self._typed = self.set_timer(_DEBOUNCE, self._look)

    def _look(self) -> None:
        self.look_for(" ".join(self._words.value.split()))
