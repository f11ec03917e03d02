"""How things stand, at the right of the top bar: said in words, and true at every moment."""

from dataclasses import dataclass
from datetime import datetime

from lms_tui.tui import glyphs


@dataclass(frozen=True, slots=True)
class Status:
    """Words, and a colour of the palette."""

    text: str = ""
    tone: str = "muted"


def status_of(waiting: int, offline: bool, saved_at: datetime | None, held: int = 0) -> Status:
    """Return what to say: what waits comes before being offline, and that before what was saved last.

    `held` of the waiting are submissions that wait for the learner: an answer was refused (the quiz says which).
    """
    if waiting:
        words = f"{glyphs.WAITING} {waiting} waiting" + (f", {held} for your answer" if held else "")
        return Status(f"{words}, offline" if offline else words, "warning")
    if offline:
        return Status("offline", "warning")
    if saved_at is not None:
        return Status(f"{glyphs.HERE} saved {saved_at.astimezone():%H:%M}", "success")
    return Status()
