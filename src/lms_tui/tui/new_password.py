"""Choosing a password in a form: its two fields, and what can be said of it before the service is asked."""

from collections.abc import Iterator
from typing import Final

from lms_tui.tui.widgets.field import LONGEST_SECRET, Field
from lms_tui.wire.joining import LONGEST_PASSWORD, SHORTEST_PASSWORD

RULES: Final = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; the most common are refused."


def password_fields(label: str) -> Iterator[Field]:
    """Yield the field of the new password and the one in which it is typed again."""
    yield Field("password", label, RULES, longest=LONGEST_SECRET, secret=True)
    yield Field("again", "Once more", longest=LONGEST_SECRET, secret=True)


def password_fault(chosen: str, again: str) -> tuple[str, str] | None:
    """Return the field that is wrong, and why; None where nothing is, as far as it can be told here."""
    if not SHORTEST_PASSWORD <= len(chosen) <= LONGEST_PASSWORD:
        length = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        return "password", f"A password has {length}; this one has {len(chosen)}."
    if chosen != again:
        return "again", "The two passwords differ. f4 shows them."
    return None
