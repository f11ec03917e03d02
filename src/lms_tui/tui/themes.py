"""Themes: TOML files of one form for ours (`themes/`) and a user's own, and the styles that widgets draw with.

A file has `name`, `label`, `dark`, optionally `colours = 16` or `0` for a theme of the terminal's own colours, a
table `[palette]` with every name of `COLOUR_NAMES`. Colours are `#rrggbb` or, in a theme of 16 or no colours,
Textual's `ansi_…` names.

Only the file of the wanted theme is read at start: `load` finds it by its name, which is the name of the file.
"""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import Theme

from lms_tui import places

COLOUR_NAMES = (
    "background",
    "surface",
    "panel",
    "foreground",
    "muted",
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
)
"""The colours of a theme: the first three lie under text, the others are text on them."""

DEFAULT = "evening"
SIXTEEN_COLOURS = "sixteen"
MONOCHROME = "mono"
PLACE = "themes"

# What sits on what. The styles of Textual's own widgets are named so that none of its derived shades is unreadable.
_VARIABLES = {
    "muted": "muted",
    "text": "foreground",
    "text-muted": "muted",
    "text-disabled": "muted",
    "text-primary": "primary",
    "text-secondary": "secondary",
    "text-accent": "accent",
    "text-success": "success",
    "text-warning": "warning",
    "text-error": "error",
    "foreground-muted": "muted",
    "border": "accent",
    "border-blurred": "muted",
    "block-cursor-foreground": "background",
    "block-cursor-background": "accent",
    "input-cursor-foreground": "background",
    "input-cursor-background": "foreground",
    "input-selection-foreground": "background",
    "input-selection-background": "secondary",
    "screen-selection-foreground": "background",
    "screen-selection-background": "secondary",
    "button-foreground": "foreground",
    "button-color-foreground": "background",
    "footer-key-foreground": "accent",
    "link-color": "accent",
    "scrollbar": "muted",
    "scrollbar-background": "background",
}

# On the terminal's own colours a cursor is the text reversed: no pair of them is surely readable. The first two
# are missing from what Textual 8.2.8 makes of an ANSI theme, and its own styles name them.
_ANSI_VARIABLES = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "block-cursor-foreground": "ansi_default",
    "block-cursor-background": "ansi_default",
    "block-cursor-text-style": "reverse",
    "input-cursor-foreground": "ansi_default",
    "input-cursor-background": "ansi_default",
    "input-cursor-text-style": "reverse",
    "button-color-foreground": "ansi_default",
}

CSS = """
Input:ansi > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse underline; }
Input:ansi > .input--selection { background: ansi_default; color: ansi_default; text-style: reverse; }
"""
"""What no variable of a theme reaches: Textual 8.2.8 gives a field's cursor on an ANSI theme fixed colours, which
reversed are those of the text on a dark terminal, and its selection no style at all."""


class ThemeError(ValueError):
    """A theme file cannot be used; the message names the file, the key, what is wrong and what to do."""


class ThemeFile(msgspec.Struct, frozen=True):
    """A theme that can be chosen: its name, where its file is, and whether it is the user's own."""

    name: str
    path: Path
    own: bool


def available(own_folder: Path | None = None) -> list[ThemeFile]:
    """Return the themes there are, by name, without reading them; a user's own hides one of ours of its name."""
    found = {path.stem: ThemeFile(path.stem, path, own=False) for path in places.shipped(PLACE).glob("*.toml")}
    if own_folder is not None and own_folder.is_dir():
        found |= {path.stem: ThemeFile(path.stem, path, own=True) for path in own_folder.glob("*.toml")}
    return [found[name] for name in sorted(found)]


def load(name: str, own_folder: Path | None = None) -> Theme:
    """Return the theme `name`, the user's own first; only its file is read.

    Raises ThemeError when there is none of that name or its file is wrong.
    """
    candidates = [] if own_folder is None else [own_folder / f"{name}.toml"]
    candidates.append(places.shipped(PLACE) / f"{name}.toml")
    if Path(name).name == name:
        for path in candidates:
            if path.is_file():
                return read(path)
    known = ", ".join(theme.name for theme in available(own_folder))
    raise ThemeError(f"There is no theme {name!r}. Choose one of: {known}.")


def for_terminal(wanted: str, colours: int) -> str:
    """Return the name of the theme to start with on a terminal of `colours` colours (0 also under `NO_COLOR`)."""
    if colours == 0:
        return MONOCHROME
    return SIXTEEN_COLOURS if colours <= 16 and wanted not in {MONOCHROME, SIXTEEN_COLOURS} else wanted


def read(path: Path) -> Theme:
    """Return the theme that the file at `path` describes. Raises ThemeError, naming the file and the key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{path}: cannot be read as TOML: {error}.") from error
    _refuse_unknown(path, table, {"name", "label", "dark", "colours", "palette"}, "")
    name = _value(path, table, "name", str)
    if name != path.stem:
        raise ThemeError(f"{path}: name is {name!r}; it must be that of the file, {path.stem!r}.")
    count = table.get("colours", 256)
    if count not in {0, 16, 256} or isinstance(count, bool):
        raise ThemeError(f"{path}: colours is {count!r}; it must be 0, 16 or 256, or be left out.")
    colours = _value(path, table, "palette", dict)
    _refuse_unknown(path, colours, set(COLOUR_NAMES), "palette.")
    chosen = {key: _colour(path, colours, key, count) for key in COLOUR_NAMES}
    return Theme(
        name=name,
        dark=_value(path, table, "dark", bool),
        ansi=count < 256,
        **{key: value for key, value in chosen.items() if key != "muted"},  # type: ignore[arg-type]
        variables={variable: chosen[colour] for variable, colour in _VARIABLES.items()}
        | (_ANSI_VARIABLES if count < 256 else {}),
    )


def _value(path: Path, table: dict[str, Any], key: str, kind: type[Any]) -> Any:
    value = table.get(key)
    if not isinstance(value, kind):
        wanted = {str: "a text", bool: "true or false", dict: "a table"}[kind]
        problem = "is missing" if value is None else f"is {value!r}"
        raise ThemeError(f"{path}: {key} {problem}; it must be {wanted}.")
    return value


def _colour(path: Path, colours: dict[str, Any], key: str, count: int) -> str:
    value = colours.get(key)
    form = '"#rrggbb"' if count == 256 else '"ansi_…", such as "ansi_blue", or "ansi_default"'
    if value is None:
        raise ThemeError(f"{path}: palette.{key} is missing; give it a colour: {form}.")
    try:
        parsed = Color.parse(value) if isinstance(value, str) else None
    except ColorParseError:
        parsed = None
    if parsed is None or (parsed.ansi is None) != (count == 256) or parsed.a != 1:
        raise ThemeError(f"{path}: palette.{key} is {value!r}; it must be a colour of the form {form}.")
    return str(value)


def _refuse_unknown(path: Path, table: dict[str, Any], known: set[str], prefix: str) -> None:
    if unknown := sorted(table.keys() - known):
        raise ThemeError(f"{path}: {prefix}{unknown[0]} is not a key of a theme; known are {', '.join(sorted(known))}.")
