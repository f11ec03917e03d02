"""The styles that line widgets draw with, made once per theme from its colours.

A widget asks `Palette.of(self)` in each render; nothing has to be told that the theme changed.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from rich.color import Color as RichColor
from rich.style import Style

if TYPE_CHECKING:
    from textual.dom import DOMNode

_TONES = ("muted", "primary", "secondary", "accent", "success", "warning", "error")
_NAMES = ("background", "surface", "panel", "foreground", *_TONES)
_FALLBACK = {"muted": "foreground"}  # Textual's own themes have no `muted`


class Palette(msgspec.Struct, frozen=True):
    """Rich styles by purpose. `base`, `bar` and `code` carry a background, the others a front colour only."""

    base: Style
    bar: Style
    text: Style
    strong: Style
    muted: Style
    primary: Style
    secondary: Style
    accent: Style
    success: Style
    warning: Style
    error: Style
    cursor: Style
    code: Style

    @staticmethod
    def of(node: "DOMNode") -> "Palette":
        """Return the palette of the theme that is in force for `node`."""
        variables = node.app.theme_variables
        colours = tuple(variables.get(name) or variables[_FALLBACK[name]] for name in _NAMES)
        return _palette(colours)

    @staticmethod
    def plain() -> "Palette":
        """Return a palette that colours nothing, for text that goes elsewhere than to the app."""
        return Palette(**dict.fromkeys(Palette.__struct_fields__, Style()))

    def tone(self, name: str) -> Style:
        """Return the style called `name`, one of the colours above ("success", "muted")."""
        style = getattr(self, name)
        if not isinstance(style, Style):
            raise KeyError(name)
        return style


@lru_cache(16)
def _palette(colours: tuple[str, ...]) -> Palette:
    parsed = dict(zip(_NAMES, (_rich(colour) for colour in colours), strict=True))
    text = Style(color=parsed["foreground"])
    tones = {name: Style(color=parsed[name]) for name in _TONES}
    if parsed["muted"] == parsed["foreground"]:  # a theme without colours tells muted text by dimming it
        tones["muted"] += Style(dim=True)
    return Palette(
        base=Style(color=parsed["foreground"], bgcolor=parsed["background"]),
        bar=Style(color=parsed["foreground"], bgcolor=parsed["panel"]),
        text=text,
        strong=text + Style(bold=True),
        **tones,
        cursor=Style(color=parsed["accent"], bold=True),
        code=Style(color=parsed["foreground"], bgcolor=parsed["surface"]),
    )


def _rich(colour: str) -> RichColor:
    from textual.color import Color  # noqa: PLC0415 - lessons are also shown without an app, by the command line

    parsed = Color.parse(colour)
    return RichColor.default() if parsed.a == 0 else parsed.rich_color
