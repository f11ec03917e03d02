"""The last things that happen to a rendered line before it is written to the terminal.

`App.get_line_filters` returns `line_filters(…)`. Textual keeps the filtered line beside the rendered one, so each
line is filtered once; a clean line costs one `str.isprintable` per piece.

What Textual 8.2.8 does by itself, and why it is not enough: ESC, C1 and bidi overrides pass through it; a link in
a style goes out as OSC 8; `NO_COLOR` makes greys (still colours) unless the first theme is an ANSI one; on a
terminal of 16 colours Rich picks the nearest of each colour by itself, and text can vanish on its background.
"""

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from lms_tui.tui.glyphs import ASCII_LOOKALIKES

# Everything that str.isprintable() refuses and that acts on a terminal or has no agreed width. Joiners inside
# words and emoji, combining marks and non-ASCII spaces pass: they were weighed in wire.text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_NOT_ASCII = re.compile("[^\x20-\x7e]")
_DEFAULT_COLOURS = Style.from_color(RichColor.default(), RichColor.default())


class SafetyFilter(LineFilter):
    """Takes control characters and links out of every line, keeping its width: the last net of the program.

    A character that was counted as a cell becomes U+FFFD, one without width vanishes. The address in `link`, which a
    screen shows because the learner asked for it, is the only one that stays a link.
    """

    link: str | None = None

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return `segments` safe to write; the same list when nothing had to be done."""
        for text, style, control in segments:
            if not text.isprintable() or control is not None or (style is not None and style.link is not None):
                return [self._safe(segment) for segment in segments]
        return segments

    def _safe(self, segment: Segment) -> Segment:
        text, style, _ = segment
        if style is not None and style.link is not None and style.link != self.link:
            style = style.update_link(None)
        return Segment(_UNSAFE.sub(lambda match: "\ufffd" * cell_len(match[0]), text), style)


class AsciiFilter(LineFilter):
    """Replaces every character outside ASCII by look-alikes of the same width.

    Strict on purpose: a terminal that is not UTF-8 may read the second byte of a letter as a control character.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return `segments` in ASCII; the same list when they are already."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [
            segment if segment.text.isascii() else Segment(to_ascii(segment.text), segment.style)
            for segment in segments
        ]


class SixteenColours(LineFilter):
    """Maps true colours to the 16 of the terminal, and drops a background that would swallow its text."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return `segments` with ANSI colours only."""
        return [Segment(text, None if style is None else _sixteen(style)) for text, style, _ in segments]


class NoColours(LineFilter):
    """Takes every colour away, keeping bold, underline and reverse: what `NO_COLOR` asks for (no-color.org)."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return `segments` in the terminal's own two colours."""
        return [Segment(text, None if style is None else _colourless(style)) for text, style, _ in segments]


def line_filters(*, ascii_only: bool, colours: int) -> tuple[SafetyFilter, *tuple[LineFilter, ...]]:
    """Return the filters for a terminal, in the order in which they have to run; make them once, not per line.

    `colours` is how many the terminal shows: 0 under `NO_COLOR` or without any, 16, or more for all of them. With
    0 or 16 start with an ANSI theme (`themes.for_terminal`), so that nothing is lost in the mapping.
    """
    filters: list[LineFilter] = []
    if ascii_only:
        filters.append(AsciiFilter())
    if colours == 0:
        filters.append(NoColours())
    elif colours <= 16:
        filters.append(SixteenColours())
    return SafetyFilter(), *filters


@lru_cache(4096)
def to_ascii(text: str) -> str:
    """Return `text` in ASCII, each character replaced by as many cells as it fills: "é" is "e", "漢" is "??"."""
    return _NOT_ASCII.sub(lambda match: _ascii(match[0]), text)


@lru_cache(4096)
def _ascii(character: str) -> str:
    if (mark := ASCII_LOOKALIKES.get(character)) is not None:
        return mark
    width = cell_len(character)
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == width and plain.isprintable() else "?" * width


@lru_cache(1024)
def _sixteen(style: Style) -> Style:
    front = None if style.color is None else style.color.downgrade(ColorSystem.STANDARD)
    back = None if style.bgcolor is None else style.bgcolor.downgrade(ColorSystem.STANDARD)
    if front is not None and back is not None and not front.is_default and front.number == back.number:
        back = RichColor.default()
        if front.number in {0, 15, 7, 8}:
            front = RichColor.default()
    return style + Style.from_color(front, back)


@lru_cache(1024)
def _colourless(style: Style) -> Style:
    return style + _DEFAULT_COLOURS
