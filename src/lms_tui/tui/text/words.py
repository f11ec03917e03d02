"""The words of a short text in Markdown, for a place that shows words alone: a model's judgement is written in it."""

from rich.cells import cell_len

from lms_tui.tui.palette import Palette
from lms_tui.tui.text import parse
from lms_tui.tui.text.lines import render
from lms_tui.tui.wrapping import wrapped


def words(text: str, width: int) -> list[str]:
    """Return lines of at most `width` cells, without marks of emphasis and code; lists keep their bullets, "" parts
    paragraphs. It holds no control character of `text`."""
    lines: list[str] = []
    for line in render(parse.parse(text), width, Palette.plain()):
        shown = line.text.rstrip()
        if not line.hint:  # of a block that is too wide: here it is broken
            lines += [shown] if cell_len(shown) <= width else wrapped(shown, width)
    return lines
