"""A text as words alone: laid out as the app draws a lesson, without colours."""

from collections.abc import Iterator

from rich.cells import cell_len

from lms_tui.tui.palette import Palette
from lms_tui.tui.text import parse
from lms_tui.tui.text.lines import render
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean


def laid_out(text: str, width: int, text_format: parse.TextFormat = "markdown") -> Iterator[str]:
    """Yield the lines of a text; code and tables keep their own width. They hold no control character of `text`."""
    for line in render(parse.parse(text, text_format), width, Palette.plain()):
        if not line.hint:  # it says how to scroll sideways
            yield line.text.rstrip()


def plain(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a short text in Markdown, as a model's judgement is, none wider than `width` cells.

    Marks of emphasis and code are not in them; lists keep their bullets, "" parts paragraphs.
    """
    for line in laid_out(text, width):
        yield from [line] if cell_len(line) <= width else wrapped(line, width)


def plain_each(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text each of whose lines stands for itself, as in what a check recommends.

    (`rules.mentor_actions` has its form.) As `plain`, of each line; what follows a dash is set off from it.
    """
    for line in clean(text).strip().split("\n"):
        dash = "- " if line.startswith("- ") else ""
        first, *rest = [*plain(line.removeprefix(dash), max(1, width - len(dash)))] or [""]
        yield dash + first
        yield from (" " * len(dash) + part for part in rest)
