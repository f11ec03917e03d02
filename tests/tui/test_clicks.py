"""What takes the focus, and clicks on what takes none: the keys go on to work."""

from pathlib import Path
from typing import Any

import pytest
from tests.tui.quiz_service import LESSON, QuizService, settled, taking
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Static

from lms_tui.tui.commands import RETRY, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.widgets.bars import KeyBar, TopBar
from lms_tui.tui.widgets.panel import Panel

pytestmark = pytest.mark.anyio


class Plain(FramedScreen[None]):
    """A screen on which nothing takes the focus."""

    BINDINGS = [Binding("z", "nothing", "nothing")]  # noqa: RUF012 - Textual's own form

    def body(self) -> ComposeResult:
        """Yield some words."""
        yield Static("Words.")


class Apart(Plain, inherit_css=False, inherit_bindings=False, can_focus=True):
    """A screen that says all by itself."""

    SCREEN_COMMANDS = (Command("apart.act", "a", "act", "act", "Act."),)


def keys(screen: type[FramedScreen[Any]]) -> set[str]:
    return set(screen._merged_bindings.key_to_bindings) if screen._merged_bindings is not None else set()


def test_a_screen_takes_no_focus_and_what_it_asks_of_textual_by_name_is_what_it_gets() -> None:
    assert not Plain.can_focus
    assert Plain.can_focus_children
    assert Plain._inherit_css
    assert "z" in keys(Plain)
    assert Apart.can_focus
    assert not Apart._inherit_css
    assert keys(Apart) == {"a", RETRY.keys}


@pytest.mark.parametrize("clicked", [TopBar, Panel, KeyBar])
async def test_enter_works_whatever_was_clicked(tmp_path: Path, clicked: type[Widget]) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizStartScreen(LESSON))
        await settled(app, pilot, outbox)
        await pilot.click(clicked, offset=(3, 0))
        await pilot.press("enter")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, QuizScreen)


@pytest.mark.parametrize("step", ["tab", "shift+tab"])
async def test_tab_and_clicks_give_the_focus_to_the_body_and_never_to_the_screen(tmp_path: Path, step: str) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizStartScreen(LESSON))
        await settled(app, pilot, outbox)
        await pilot.press("enter")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, QuizScreen)
        for _ in range(4):
            before = app.screen.focused
            await pilot.click(TopBar, offset=(3, 0))
            assert app.screen.focused is before
            await pilot.press(step)
            assert app.screen.focused is not None
            assert app.screen.focused is not app.screen
