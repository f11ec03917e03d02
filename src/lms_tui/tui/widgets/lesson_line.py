"""One line of a lesson as it stands on the screen: moved sideways where it is wide, with what was found marked."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import Line

Found = Sequence[tuple[int, int, bool]]
"""From which cell to which a match stands, and whether it is the present one."""


def drawn(line: Line, room: int, margin: int, shift: int, found: Found, palette: Palette) -> Strip:
    """Return the line in `room` cells behind `margin` blank ones; a wide one is moved by `shift`, as far as it goes."""
    if line.hint:
        strip = Strip(_hint(line, room, shift, palette))
    else:
        strip = _with_matches(Strip(line.segments), found, palette)
    if line.wide and not line.hint:
        hidden = line.wide - room
        shift = max(0, min(shift, hidden))
        strip = _with_ends(strip.crop(shift, shift + room), shift > 0, hidden > shift, palette)
    left = Segment(" " * margin, palette.base)
    if any(present for _, _, present in found):
        left = Segment(f"{glyphs.SORT:>{margin - 1}} ", palette.base + palette.warning)
    return Strip([left, *strip.apply_style(palette.base)])


def _with_matches(strip: Strip, found: Found, palette: Palette) -> Strip:
    """Return the line with its matches underlined in bold, and the present one in reverse."""
    if not found:
        return strip
    parts: list[Strip] = []
    at = 0
    for start, end, present in found:
        parts.append(strip.crop(at, start))
        tone = (
            palette.warning + Style(reverse=True, bold=True)
            if present
            else palette.accent + Style(underline=True, bold=True)
        )
        parts.append(Strip([Segment(text, (style or Style()) + tone) for text, style, _ in strip.crop(start, end)]))
        at = end
    return Strip.join([*parts, strip.crop(at)])


def _hint(line: Line, room: int, shift: int, palette: Palette) -> list[Segment]:
    hidden = line.wide - room
    left = max(0, min(shift, hidden))
    words = [f"← {left}"] if left else []
    words += [f"→ {hidden - left} more characters"] if hidden > left else []
    return [Segment("   ".join(words), palette.muted)]


def _with_ends(strip: Strip, before: bool, behind: bool, palette: Palette) -> Strip:
    """Return a line that is cut off with a mark at each end where it goes on."""
    length = strip.cell_length
    parts = [strip.crop(int(before), length - int(behind))]
    if before:
        parts.insert(0, Strip([Segment("‹", palette.accent)]))
    if behind:
        parts.append(Strip([Segment("›", palette.accent)]))
    return Strip.join(parts)
