"""The only door by which foreign text enters a widget.

Textual parses every `str` that a widget, a border title, `notify` or the palette is given as markup, and an
`[@click=…]` in it runs an action. `Content` made here from cleaned text holds no markup and no control character.
tests/guards/test_markup_lint.py refuses any other way.
"""

from textual.content import Content

from lms_tui.wire.text import clean, clean_line


def plain(text: str, style: str = "") -> Content:
    """Return foreign `text`, line feeds kept, as content that shows exactly what it says.

    `style` is a Textual style of ours ("bold $accent"), never foreign text.
    """
    return Content.styled(clean(text), style) if style else Content(clean(text))


def line(text: str, style: str = "") -> Content:
    """Return foreign `text` as content of a single line, for titles, options, buttons and notices."""
    return Content.styled(clean_line(text), style) if style else Content(clean_line(text))


def joined(*parts: str | Content) -> Content:
    """Return the parts one after another; a `str` among them is taken as foreign text of a single line.

    Spaces at the ends of a `str` part stay, so that `joined("by ", author)` reads well.
    """
    return Content("").join(
        part if isinstance(part, Content) else Content(clean(part).replace("\n", " ").replace("\t", " "))
        for part in parts
    )
