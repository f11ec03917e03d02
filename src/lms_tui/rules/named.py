"""What a group or a category may be called, and what may be said about it (schema.md, VARCHAR(n))."""

from lms_tui.wire.groups import LONGEST_NAME


def fault_of_name(name: str) -> str | None:
    """Return a sentence on what is wrong with `name`, trimmed; None where nothing is."""
    if not name:
        return "A name is needed."
    if not name.isprintable():
        return "A name has no control characters."
    if len(name) > LONGEST_NAME:
        return f"A name has {LONGEST_NAME} characters at most; this one has {len(name)}."
    return None


def fault_of_text(text: str, longest: int) -> str | None:
    """Return a sentence on what is wrong with `text` of several lines, trimmed; None where nothing is."""
    if not text.replace("\n", "").isprintable():
        return "There are control characters in it."
    if len(text) > longest:
        return f"It has {longest} characters at most; this one has {len(text)}."
    return None
