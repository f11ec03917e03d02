"""Each shipped theme is readable, and a wrong file of a user gets a sentence that says what to do."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import LineFilter
from textual.widgets import Input
from textual.widgets.input import Selection

from lms_tui import places
from lms_tui.tui import themes
from lms_tui.tui.app import LmsApp
from lms_tui.tui.filters import NoColours
from lms_tui.tui.themes import COLOUR_NAMES, ThemeError

pytestmark = pytest.mark.anyio
NAMES = [theme.name for theme in themes.available()]


def _luminance(colour: Color) -> float:
    parts = [value / 255 for value in colour.rgb]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted(_luminance(Color.parse(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_the_kinds_that_everybody_needs_are_there() -> None:
    assert {themes.DEFAULT, "daylight", "contrast", themes.SIXTEEN_COLOURS, themes.MONOCHROME} <= set(NAMES)
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_text_of_every_colour_is_readable_on_every_ground(name: str) -> None:
    theme = themes.load(name)
    if theme.ansi:
        grounds = {getattr(theme, ground) for ground in COLOUR_NAMES[:3]}
        assert grounds == {"ansi_default"}, "on the terminal's own ground its own colours are readable"
        return
    fronts = {key: getattr(theme, key, None) or theme.variables[key] for key in COLOUR_NAMES[3:]}
    least = 7.0 if name == "contrast" else 4.5
    for ground in COLOUR_NAMES[:3]:
        for key, front in fronts.items():
            ratio = _contrast(front, getattr(theme, ground))
            assert ratio >= least, f"{name}: {key} on {ground} has {ratio:.2f}"


@pytest.mark.parametrize("name", NAMES)
async def test_textual_takes_each_theme(name: str) -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        app.register_theme(themes.load(name))
        app.theme = name
        await pilot.pause()
        assert app.theme_variables["muted"] == themes.load(name).variables["muted"]


def _own(folder: Path, change: tuple[str, str]) -> Path:
    text = (places.shipped("themes") / "evening.toml").read_text("utf-8").replace('"evening"', '"mine"')
    assert change[0] in text
    path = folder / "mine.toml"
    path.write_text(text.replace(*change), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('muted = "#96a2b0"', ""), "palette.muted is missing; give it a colour"),
        (('"#96a2b0"', '"grey-ish"'), "palette.muted is 'grey-ish'; it must be a colour of the form"),
        (('"#96a2b0"', "7"), "palette.muted is 7; it must be a colour"),
        (('"#96a2b0"', '"ansi_red"'), "palette.muted is 'ansi_red'; it must be a colour of the form \"#rrggbb\""),
        (("dark = true", 'dark = "yes"'), "dark is 'yes'; it must be true or false"),
        (("dark = true", "dark = true\ncolours = 8"), "colours is 8; it must be 0, 16 or 256"),
        (("muted =", "mutted ="), "palette.mutted is not a key of a theme"),
        (('name = "mine"', 'name = "other"'), "name is 'other'; it must be that of the file, 'mine'"),
        (("[palette]", "[palette"), "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_file_key_and_reason(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = _own(tmp_path, change)
    with pytest.raises(ThemeError) as refusal:
        themes.load("mine", tmp_path)
    assert str(path) in str(refusal.value)
    assert says in str(refusal.value)


def test_a_users_own_theme_comes_first_and_an_unknown_name_tells_the_known(tmp_path: Path) -> None:
    _own(tmp_path, ("#f0b35a", "#ffffff"))
    assert themes.load("mine", tmp_path).accent == "#ffffff"
    assert [theme.own for theme in themes.available(tmp_path) if theme.name == "mine"] == [True]
    with pytest.raises(ThemeError, match=r"There is no theme 'none'\. Choose one of: contrast, .*mine"):
        themes.load("none", tmp_path)
    with pytest.raises(ThemeError, match="no theme"):
        themes.load("../evening", tmp_path / "deeper")


def test_the_terminal_decides_where_it_must() -> None:
    assert themes.for_terminal("ember", 1 << 24) == "ember"
    assert themes.for_terminal("ember", 16) == themes.SIXTEEN_COLOURS
    assert themes.for_terminal("mono", 16) == "mono"
    assert themes.for_terminal("ember", 0) == themes.MONOCHROME


class Field(App[None]):
    """A field with a text, under what the program itself adds to the styles."""

    CSS = LmsApp.CSS

    def compose(self) -> ComposeResult:
        """Yield the field."""
        yield Input("abc", select_on_focus=False)


@pytest.mark.parametrize("name", [name for name in NAMES if themes.load(name).ansi])
@pytest.mark.parametrize("filters", [(), (NoColours(),)], ids=["colours", "no colours"])
async def test_cursor_and_selection_of_a_field_are_seen_on_the_terminals_own_colours(
    name: str, filters: tuple[LineFilter, ...]
) -> None:
    app = Field()
    app.register_theme(themes.load(name))
    app.theme = name
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.cursor_blink = False
        field.selection = Selection(2, 0)  # "ab", with the cursor on the "a"
        await pilot.pause()
        segments = [*field.render_line(0)]
        for each in filters:
            segments = each.apply(segments, Color(0, 0, 0))
        styles = {letter: style for text, style, _ in segments if style is not None for letter in text.strip()}
        for letter, (reverse, underline) in {"a": (True, True), "b": (True, False), "c": (False, False)}.items():
            style = styles[letter]
            assert (bool(style.reverse), bool(style.underline)) == (reverse, underline), letter
            assert all(colour is None or colour.is_default for colour in (style.color, style.bgcolor)), letter
