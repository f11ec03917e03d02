"""What stands over the text of a lesson that is somewhere else, is no lesson for a terminal, or has no text."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms_tui.tui import glyphs
from lms_tui.wire.learning import Lesson
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp

Words = tuple[tuple[str, str], ...]
"""Paragraphs with their tones; none where the lesson's text says it all."""

_KINDS = {"video": "Video", "external": "Elsewhere", "text": "File"}
_PACKAGE = (
    (
        "This lesson is a SCORM package, a small program for a browser. lms-tui cannot play packages yet; a later "
        "version will. Until then take it where your course can be opened in a browser; what it reports counts here."
    ),
    "It is complete when the package reports it; no key here can say so. n goes on to the next lesson.",
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A lesson's address: `address` as it would be opened, `refused` why it never is, `program` what opens it here."""

    address: str
    refused: str = ""
    program: tuple[str, ...] = ()
    why: str = ""
    """Why nothing opens it here, in a sentence."""

    @property
    def name(self) -> str:
        """What the program is called."""
        return self.program[0].rpartition("/")[2] if self.program else ""

    @staticmethod
    def of(lesson: Lesson, app: "LmsApp") -> "Elsewhere | None":
        """Return where the lesson is, and what `app` would open it with; None for one that is only its text."""
        if lesson.link is None:
            return None
        from lms_tui.tui import opener  # noqa: PLC0415 - most lessons are only their text

        try:
            address = opener.checked(lesson.link)
        except opener.OpenError as error:
            return Elsewhere(clean_line(lesson.link), refused=str(error))
        kind = "video" if lesson.type == "video" else "link"
        words = opener.program(kind, app.open_with, os.environ, kiosk=app.kiosk)
        why = "" if words else opener.reason(os.environ, kiosk=app.kiosk)
        return Elsewhere(address, program=tuple(words or ()), why=why)


def head(lesson: Lesson, there: Elsewhere | None, *, opened: bool, by_hand: bool) -> Words:
    """Return the words over the text; `by_hand` whether the key for done can be used now."""
    done = " Mark it done with d when you are through." if by_hand else ""
    if there is not None:
        return _address(lesson, there, opened=opened, done=done)
    if lesson.file_kind is not None:
        return ()  # what is said of files says it
    match lesson.type:
        case "text":
            return () if lesson.text.strip() else ((f"This lesson has no text yet.{done}", "muted"),)
        case "scorm":
            return (("Package", "strong"), *((text, "text") for text in _PACKAGE))
        case "video" | "external":
            return (
                (
                    f"{_KINDS[lesson.type]}: this lesson has no address yet; ask the course's author for it.{done}",
                    "muted",
                ),
            )
        case kind:
            unknown = f"A kind of lesson that lms-tui does not know: {clean_line(kind) or 'without a name'}."
            below = " What its author says of it stands below." if lesson.text.strip() else ""
            return ((f"{unknown}{below}{done}", "muted"),)


def _address(lesson: Lesson, there: Elsewhere, *, opened: bool, done: str) -> Words:
    kind = _KINDS.get(lesson.type, clean_line(lesson.type))
    if there.refused:
        return ((kind, "muted"), (there.refused, "warning"), ("y copies it.", "muted"))
    opens = f"o opens it in {there.name}" if there.program else "o shows how to open it elsewhere"
    keys = f"{opens}, q shows its QR code, y copies it."
    state = (
        (f"{glyphs.DONE} opened.{done}", "success") if opened else (keys + (done and " Then d marks it done."), "muted")
    )
    return ((kind, "muted"), (there.address, "accent"), state)
