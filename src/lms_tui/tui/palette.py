"""The styles that line widgets draw with, made once per theme from its colours.

A widget asks `Palette.of(self)` in each render; nothing has to be told that the theme changed.
"""

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.dom import DOMNode

_TONES = ("muted", "primary", "secondary", "accent", "success", "warning", "error")
_NAMES = ("background", "surface", "panel", "foreground", *_TONES)
