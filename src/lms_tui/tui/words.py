"""How numbers, prices and states are said, the same on every screen."""

from lms_tui.tui import glyphs
from lms_tui.wire.text import clean_line


def count(number: int, one: str) -> str:
    """Return "1 lesson", "41 lessons", "100,000 lessons"; the plural of `one` is made by an s or, for -y, by ies.

    A vowel before the y keeps it: "2 days".
    """
    many = f"{one[:-1]}ies" if one.endswith("y") and one[-2:-1] not in "aeiou" else f"{one}s"
    return f"{number:,} {one if number == 1 else many}"


def price(cents: int, currency: str) -> str:
    """Return what a course costs, "49.00 USD", and "free" where it costs nothing (domain.md, courses, price)."""
    return f"{cents // 100:,}.{cents % 100:02} {currency.upper()}" if cents > 0 else "free"


def completed(new_lessons: int) -> str:
    """Return that a course is completed, and how much has come since: "completed, 2 new lessons"."""
    return f"completed, {count(new_lessons, 'new lesson')}" if new_lessons else "completed"


def dotted(*parts: str) -> str:
    """Return the parts that say anything on one line, parted by dots; they may be foreign."""
    return f" {glyphs.DOT} ".join(said for part in parts if (said := clean_line(part)))


def size(bytes_: int) -> str:
    """Return how large a file is, in three figures at most: "840 bytes", "3.1 MB", "210 MB"."""
    if bytes_ < 1000:
        return count(bytes_, "byte")
    amount, units = bytes_ / 1000, ["kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.1f} {units[0]}" if amount < 9.95 else f"{amount:.0f} {units[0]}"
