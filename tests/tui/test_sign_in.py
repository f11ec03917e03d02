"""Signing in and choosing a theme, by keys."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.tui.quiz_service import QuizService, refusal, screen_text, taking
from textual.events import Key

from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.screens.theme_picker import ThemePickerScreen
from lms_tui.wire.accounts import User
from lms_tui.wire.errors import Code

pytestmark = pytest.mark.anyio

ADA = User(id=UUID(int=4), email="ada@example.org", first_name="Ada", last_name="L.", role="STUDENT")


async def sign_in(address: str, password: str) -> User:
    if (address, password) != ("ada@x.org", "right horse"):
        raise refusal(Code.SIGN_IN_FAILED, "Address and password do not go together.")
    return ADA


async def test_signing_in_masks_the_password_says_what_is_wrong_and_gives_who_it_is(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        came: list[User | None] = []
        app.push_screen(SignInScreen(sign_in, "https://learn.example.org"), came.append)
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert "Type your address and your password." in screen_text(app)
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
        app.push_screen(SignInScreen(sign_in, "https://learn.example.org"), came.append)
        await pilot.pause()
        for key in (*"ada@x.org", "enter", *"right horse", "enter"):
            app.post_message(Key("space" if key == " " else key, key if len(key) == 1 else "\r"))
        await pilot.pause()
        await pilot.pause()
        assert came == [ADA]


async def test_leaving_the_sign_in_signs_nobody_in(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        came: list[User | None] = []
        app.push_screen(SignInScreen(sign_in, "https://learn.example.org"), came.append)
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
