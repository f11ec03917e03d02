"""Signing in and choosing a theme, by keys."""

from pathlib import Path

import pytest
from tests.tui.door import ADA, Door, refused
from tests.tui.library import type_ahead
from tests.tui.quiz_service import QuizService, screen_text, taking

from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.screens.theme_picker import ThemePickerScreen
from lms_tui.wire.accounts import User
from lms_tui.wire.errors import Code

pytestmark = pytest.mark.anyio


def door() -> Door:
    """One that lets Ada in."""

    def sign_in(given: tuple[str, str]) -> User | Exception:
        right = given == ("ada@x.org", "right horse")
        return ADA if right else refused(Code.SIGN_IN_FAILED, "Address and password do not go together.")

    return Door({"accounts.sign_in": sign_in})


async def test_signing_in_masks_the_password_says_what_is_wrong_and_gives_who_it_is(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        came: list[User | None] = []
        app.push_screen(SignInScreen(door(), "https://learn.example.org"), came.append)
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert screen_text(app).count("This is still empty.") == 1
        await pilot.press(*"ada@x.org", "enter", *"secret")
        assert "ada@x.org" in screen_text(app)
        assert "secret" not in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "do not go together" in screen_text(app)
        assert came == []
        await pilot.press(*"right", "space", *"horse", "enter")
        await pilot.pause()
        assert came == [ADA]


async def test_what_is_typed_ahead_goes_into_the_field_it_is_meant_for(tmp_path: Path) -> None:
    """All keys come before the screen has seen the first: the password never stands in the address."""
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        came: list[User | None] = []
        app.push_screen(SignInScreen(door(), "https://learn.example.org"), came.append)
        await pilot.pause()
        type_ahead(app, *"ada@x.org", "enter", *"right horse", "enter")
        await pilot.pause()
        await pilot.pause()
        assert came == [ADA]


async def test_leaving_the_sign_in_signs_nobody_in(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        came: list[User | None] = []
        app.push_screen(SignInScreen(door(), "https://learn.example.org"), came.append)
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert came == [None]


async def test_a_theme_is_seen_while_choosing_and_escape_takes_the_old_one_back(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        came: list[str | None] = []
        before = app.theme
        app.push_screen(ThemePickerScreen(), came.append)
        await pilot.pause()
        await pilot.press("down")
        await pilot.pause()
        seen = app.theme
        assert seen != before
        await pilot.press("escape")
        await pilot.pause()
        assert (app.theme, came) == (before, [None])
        app.push_screen(ThemePickerScreen(), came.append)
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert (app.theme, came) == (seen, [None, seen])
