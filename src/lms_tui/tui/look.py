"""What the terminal can show and what the user wants to see, worked out once at start from environment and settings."""

import locale
from collections.abc import Mapping
from pathlib import Path

import msgspec
from textual.theme import Theme

from lms_tui.tui import kept_theme, themes


class Look(msgspec.Struct, frozen=True):
    """How the app draws. `colours` is 0 (`NO_COLOR`, dumb terminals), 16, 256 or 2**24; `own_themes` a folder.

    `named`: the user named the theme for this start, so one that cannot be used is an error. `kept_in` is the folder
    that keeps the theme chosen last, None for one that keeps nothing.
    """

    theme: str = themes.DEFAULT
    colours: int = 1 << 24
    ascii_only: bool = False
    own_themes: Path | None = None
    named: bool = False
    kept_in: Path | None = None
    pictures: str = "auto"
    """As the setting of that name: "auto", "kitty", "blocks", or "text" for none at all."""

    @property
    def start_theme(self) -> str:
        """The name of the theme to begin with on this terminal."""
        return themes.for_terminal(self.theme, self.colours)

    def load_theme(self) -> Theme:
        """Return the theme to begin with. Raises ThemeError where the user named one that cannot be used.

        One that was kept, and is gone or broken since, gives way to ours: the picker tells what is wrong with it.
        """
        try:
            return themes.load(self.start_theme, self.own_themes)
        except themes.ThemeError:
            if self.named:
                raise
            return themes.load(themes.for_terminal(themes.DEFAULT, self.colours))


def look_of(
    environment: Mapping[str, str],
    theme: str | None = None,
    ascii_only: bool | None = None,
    own: Path | None = None,
    kept_in: Path | None = None,
    pictures: str | None = None,
) -> Look:
    """Return the look for this environment; `theme` and `ascii_only` are the user's settings, None when not set.

    `LMS_TUI_THEME` and `LMS_TUI_ASCII` count when the settings do not say, and behind them the theme that the
    folder `kept_in` keeps; a locale that is not UTF-8 means ASCII.
    """
    asked = environment.get("LMS_TUI_ASCII", "")
    if ascii_only is None:
        ascii_only = asked not in {"", "0"} if asked else not _is_utf8()
    named = theme or environment.get("LMS_TUI_THEME")
    kept = kept_theme.read(kept_in) if not named and kept_in is not None else None
    wanted = named or kept or themes.DEFAULT
    return Look(wanted, _colours(environment), ascii_only, own, bool(named), kept_in, pictures or "auto")


def _is_utf8() -> bool:
    return locale.getencoding().replace("-", "").lower() == "utf8"


def _colours(environment: Mapping[str, str]) -> int:
    """Return how many colours the terminal shows (no-color.org; COLORTERM as terminals set it)."""
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR") or term in {"", "dumb"} or term.startswith("vt"):
        return 0
    if environment.get("COLORTERM", "") in {"truecolor", "24bit"} or "direct" in term:
        return 1 << 24
    if "256color" in term or term in {"xterm-kitty", "alacritty", "foot", "xterm-ghostty", "wezterm"}:
        return 256
    return 16
