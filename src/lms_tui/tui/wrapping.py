"""Plain text into lines of so many cells, for sentences and paragraphs that are not a lesson's text."""

from textwrap import wrap

from rich.cells import cell_len


def wrapped(text: str, width: int) -> list[str]:
    """Return `text`, cleaned and of one paragraph, wrapped at words into lines of at most `width` cells.

    No text is no line. A character of two cells ("漢") counts as two: by letters its line would be cut at the edge.
    """
    if cell_len(text) == len(text):
        return wrap(text, max(1, width))
    from textual.content import Content  # noqa: PLC0415 - the command line has only a few texts that need it

    return [line.plain.rstrip() for line in Content(text).wrap(max(2, width))] if text.strip() else []
