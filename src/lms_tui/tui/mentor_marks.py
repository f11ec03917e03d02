"""What a check found of a learner, in words, the same on every screen of staff."""

from lms_tui.tui import glyphs
from lms_tui.tui.words import dotted
from lms_tui.wire.mentor_results import Check


def verdict(check: Check | None) -> tuple[str, str, str]:
    """Return the mark of a check, its colour, and in words how it came out."""
    if check is None:
        return glyphs.OPEN, "muted", "not checked"
    if check.passed:
        return glyphs.DONE, "success", "passed"
    return glyphs.WRONG, "warning", "not passed"


def marks(check: Check) -> str:
    """Return what was found in numbers, for a row: "understanding 7 · engagement 60"."""
    return dotted(
        f"understanding {check.understanding}" if check.understanding is not None else "",
        f"engagement {check.engagement}" if check.engagement is not None else "",
    )
