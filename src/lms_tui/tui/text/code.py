"""Code in colours of the theme; the language's lexer is loaded when the first code of that language is shown."""

from collections.abc import Iterator
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, String, _TokenType
from pygments.util import ClassNotFound
from rich.segment import Segment
from rich.style import Style

from lms_tui.tui.palette import Palette

_TONES = (
    (Comment, "muted"),
    (Keyword, "primary"),
    (String, "success"),
    (Number, "secondary"),
    (Literal, "secondary"),
    (Name.Function, "accent"),
    (Name.Class, "accent"),
    (Name.Decorator, "accent"),
    (Name.Tag, "primary"),
    (Name.Builtin, "secondary"),
    (Generic.Prompt, "muted"),
    (Generic.Output, "muted"),
    (Generic.Inserted, "success"),
    (Generic.Deleted, "error"),
)


def coloured(code: str, language: str, palette: Palette) -> Iterator[list[Segment]]:
    """Yield the lines of `code`, tabs as spaces; plain when nobody knows `language`.

    A generator, so that the first lines of a long piece are there before the last one is coloured.
    """
    code = code.removesuffix("\n").expandtabs(4)
    lexer = _lexer(language)
    if lexer is None:
        yield from ([Segment(line, palette.text)] for line in code.split("\n"))
        return
    line: list[Segment] = []
    for token, text in lexer.get_tokens(code):
        style = _style(token, palette)
        first, *others = text.split("\n")
        line.append(Segment(first, style))
        for other in others:
            yield line
            line = [Segment(other, style)]
    if any(text for text, _, _ in line):
        yield line


@lru_cache(64)
def _lexer(language: str) -> Lexer | None:
    words = language.replace("{", " ").replace(",", " ").split()
    if not words:
        return None
    try:
        return get_lexer_by_name(words[0].lower().lstrip("."), stripnl=False, ensurenl=True)
    except ClassNotFound:
        return None


@lru_cache(512)
def _style(token: _TokenType, palette: Palette) -> Style:
    tone = next((name for kind, name in _TONES if _is(token, kind)), "text")
    style = palette.tone(tone)
    return style + Style(italic=True) if _is(token, Comment) else style


def _is(token: _TokenType, kind: _TokenType) -> bool:
    """Tell whether `token` is of `kind`: a token type is a tuple that begins with its parents."""
    return bool(token[: len(kind)] == kind)
