"""Clicks on what takes no focus: the keys go on to work."""

from pathlib import Path

import pytest
from tests.tui.quiz_service import LESSON, QuizService, settled, taking
from textual.widget import Widget

from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.widgets.bars import KeyBar, TopBar
from lms_tui.tui.widgets.panel import Panel

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("clicked", [TopBar, Panel, KeyBar])
async def test_enter_works_whatever_was_clicked(tmp_path: Path, clicked: type[Widget]) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, outbox):
        app.push_screen(QuizStartScreen(LESSON))
        await settled(app, pilot, outbox)
        await pilot.click(clicked, offset=(3, 0))
        await pilot.press("enter")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, QuizScreen)
