"""The theme chosen with f2 is there at the next start, unless the user names another; a kiosk keeps none."""

import asyncio
from pathlib import Path

import pytest

from lms_tui.tui import kept_theme, themes
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import Backend
from lms_tui.tui.look import Look, look_of
from lms_tui.tui.screens.theme_picker import ThemePickerScreen
from lms_tui.tui.start import StartConfig, look

pytestmark = pytest.mark.anyio

COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "LMS_TUI_THEME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in COLOURS.items():
        monkeypatch.setenv(name, value)


async def nobody(_tell: object, _ask_sign_in: object) -> Backend:
    return await asyncio.Future()


async def choose(seen: Look, folder: Path, *keys: str) -> tuple[str, str]:
    """Start with a look, choose in the picker by keys; return the theme at the start and the one at the end."""
    app = LmsApp(nobody, seen, folder)
    async with app.run_test() as pilot:
        await pilot.pause()
        before = app.theme
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, ThemePickerScreen)
        await pilot.press(*keys)
        await pilot.pause()
        while any(work.name == "action_theme" and not work.is_finished for work in app.workers):
            await pilot.pause(0.02)
        return before, app.theme


async def test_a_theme_chosen_is_there_at_the_next_start_and_one_only_looked_at_is_not(tmp_path: Path) -> None:
    before, chosen = await choose(look(StartConfig(state=tmp_path)), tmp_path, "up", "enter")
    assert before == themes.DEFAULT != chosen
    assert await choose(look(StartConfig(state=tmp_path)), tmp_path, "up", "escape") == (chosen, chosen)
    assert look(StartConfig(state=tmp_path)).theme == chosen


async def test_a_kiosk_neither_reads_nor_writes_it(tmp_path: Path) -> None:
    kept_theme.write(tmp_path, "paper")
    before, chosen = await choose(look(StartConfig(state=tmp_path, kiosk=True)), tmp_path, "up", "enter")
    assert before == themes.DEFAULT != chosen
    assert kept_theme.read(tmp_path) == "paper"


def test_flag_environment_and_file_come_first(tmp_path: Path) -> None:
    kept_theme.write(tmp_path, "paper")
    assert look_of(COLOURS, kept_in=tmp_path).theme == "paper"
    assert look_of(COLOURS, "ember", kept_in=tmp_path).theme == "ember"
    assert look_of({**COLOURS, "LMS_TUI_THEME": "fjord"}, kept_in=tmp_path).theme == "fjord"
    assert look_of({"TERM": "linux"}, kept_in=tmp_path).load_theme().name == themes.SIXTEEN_COLOURS


def test_one_that_is_gone_or_broken_gives_way_and_one_that_was_named_does_not(tmp_path: Path) -> None:
    kept_theme.write(tmp_path, "mine")
    ours = themes.load(themes.DEFAULT)
    assert look_of(COLOURS, own=tmp_path, kept_in=tmp_path).load_theme() == ours
    (tmp_path / "mine.toml").write_text("name = [")
    assert look_of(COLOURS, own=tmp_path, kept_in=tmp_path).load_theme() == ours
    with pytest.raises(themes.ThemeError, match="cannot be read as TOML"):
        look_of(COLOURS, "mine", own=tmp_path, kept_in=tmp_path).load_theme()
    kept_theme.write(tmp_path, themes.DEFAULT)
    (tmp_path / f"{themes.DEFAULT}.toml").write_text("name = [")  # the user's own hides ours
    assert look_of(COLOURS, own=tmp_path, kept_in=tmp_path).load_theme() == ours


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff", b"x" * 4000, b"../../evening", b"a\x00b"])
def test_a_file_that_holds_no_name_costs_only_the_theme(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "theme").write_bytes(content)
    (tmp_path / "theme").chmod(0o600)
    assert look_of(COLOURS, kept_in=tmp_path).load_theme().name == themes.DEFAULT


async def test_a_theme_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    app = LmsApp(nobody, look(StartConfig(state=tmp_path)), tmp_path)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("f2", "up", "enter")
        while "could not be kept" not in "\n".join(strip.text for strip in app.screen._compositor.render_strips()):
            await pilot.pause(0.02)
        assert app.theme != themes.DEFAULT
