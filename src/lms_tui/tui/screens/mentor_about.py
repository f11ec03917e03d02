"""What the mentor is told of the learner, and who can read what is said."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from lms_tui.tui.commands import BACK
from lms_tui.tui.mentor_words import about
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.wire.mentor_threads import Opened


class MentorAboutScreen(FramedScreen[None]):
    """Says it of a mentor that was opened."""

    DEFAULT_CSS = "MentorAboutScreen Panel { margin: 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, opened: Opened) -> None:
        """Say it of `opened`."""
        super().__init__(opened.lesson_title, "Mentor", "What it sees")
        self._opened = opened

    def body(self) -> ComposeResult:
        """Yield the paragraphs."""
        with VerticalScroll():
            yield Panel(about(self._opened))
