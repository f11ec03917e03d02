"""A sentence above the key bar that tells what has just happened, and goes by itself."""

from textual.timer import Timer

from lms_tui.tui.widgets.panel import Paragraphs
from lms_tui.wire.text import clean_line

_SECONDS = 6.0


class Notice(Paragraphs):
    """Tells a sentence over the last lines of the body, which stays where it is."""

    DEFAULT_CSS = """
    Notice {
        layer: notice; dock: bottom; max-height: 4; margin-bottom: 1; display: none; border-top: solid $accent;
    }
    """

    def __init__(self) -> None:
        """Make it hidden."""
        super().__init__()
        self._timer: Timer | None = None

    def tell(self, sentence: str, tone: str = "text") -> None:
        """Show `sentence`, foreign text, in the colour `tone` for a few seconds."""
        if self._timer is not None:
            self._timer.stop()
        self.show((clean_line(sentence), tone))
        self.display = True
        self._timer = self.set_timer(_SECONDS, self._go)

    def _go(self) -> None:
        self.display = False
