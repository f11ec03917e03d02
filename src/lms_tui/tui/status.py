"""How things stand, at the right of the top bar: said in words, and true at every moment."""

from datetime import datetime

import msgspec

from lms_tui.client.outbox_items import Counts
from lms_tui.tui import glyphs


class Status(msgspec.Struct, frozen=True):
    """Words, and a colour of the palette."""

    text: str = ""
    tone: str = "muted"


def status_of(counts: Counts | None, offline: bool, saved_at: datetime | None) -> Status:
    """Return what to say: what is not saved yet comes before being offline, and that before what was saved last.

    Of `counts`, None while no outbox is open, held writes wait for the learner's answer (the quiz says which), and
    refused ones for a look into the outbox.
    """
    waiting, held, refused = (counts.waiting, counts.held, counts.refused) if counts is not None else (0, 0, 0)
    if waiting or refused:
        words = f"{glyphs.WAITING} {waiting} waiting" if waiting else ""
        words += f", {held} for your answer" if held else ""
        words += (", " if words else "! ") + f"{refused} refused" if refused else ""
        return Status(f"{words}, offline" if offline else words, "warning")
    if offline:
        return Status("offline", "warning")
    if saved_at is not None:
        return Status(f"{glyphs.HERE} saved {saved_at.astimezone():%H:%M}", "success")
    return Status()
