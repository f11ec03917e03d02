"""Signing in by one's organisation, by keys: the code, the wait, what ends it, and leaving."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.tui.door import ADA, Door, refused
from tests.tui.quiz_service import QuizService, screen_text, taking
from tests.tui.test_joining_forms import AtTheDoor

from lms_tui.client.errors import Unreachable
from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.screens.sso import SsoScreen
from lms_tui.wire import sso
from lms_tui.wire.accounts import Session
from lms_tui.wire.errors import Code

pytestmark = pytest.mark.anyio

ADDRESS = "https://id.example.org/device"
SESSION = Session(
    access="a",
    access_expires_at=datetime(2026, 12, 5, tzinfo=UTC),
    refresh="r",
    refresh_expires_at=datetime(2026, 12, 5, tzinfo=UTC),
    user=ADA,
)
PENDING = refused(Code.SSO_PENDING, "Nobody has confirmed the sign-in yet.", retry_after=0.2)


def begun(seconds: float = 600.0) -> sso.Begun:
    """A sign-in that has so long."""
    return sso.Begun(
        address=ADDRESS,
        user_code="WDJB-MJHT",
        complete_address=f"{ADDRESS}?user_code=WDJB-MJHT",
        interval=0,
        expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
        seconds_left=seconds,
    )


def linked(here: AtTheDoor) -> str | None:
    """The one address that the terminal may make a link of."""
    return here.app._safety.link


@asynccontextmanager
async def at_the_door(tmp_path: Path, *issuers: str, only: bool = False, **answers: Any) -> AsyncIterator[AtTheDoor]:
    """The sign-in of a service with these issuers; operations of sso by their names."""
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        door = Door({f"sso.{name}": answer for name, answer in answers.items()}, issuers=issuers, issuers_only=only)
        here = AtTheDoor(app, pilot, door)
        app.push_screen(SignInScreen(door, "https://learn.example.org"), here.came.append)
        await pilot.pause()
        yield here


async def test_the_code_stands_there_until_it_was_confirmed(tmp_path: Path) -> None:
    answers: list[Any] = [PENDING, Unreachable("The service does not answer."), PENDING]
    confirmed = anyio.Event()

    def poll(_: Any) -> Any:
        if answers:
            return answers.pop(0)
        return SESSION if confirmed.is_set() else PENDING

    async with at_the_door(tmp_path, "school", begin=begun(), poll=poll) as here:
        await here.press("f9")
        await here.shows("WDJB-MJHT")
        text = here.text
        assert ADDRESS in text
        assert f"{ADDRESS}?" not in text, "that one is in the QR code"
        assert "10 minutes left" in text
        assert linked(here) == ADDRESS
        await here.until(lambda: len(answers) <= 1)
        await here.shows("does not answer; asking on")
        screen = here.app.screen
        assert isinstance(screen, SsoScreen)
        assert screen._sign_in.wait == 5.0
        screen._sign_in.wait = 0.0
        confirmed.set()
        screen.load()  # as n does; the wait after no answer is long
        await here.until(lambda: here.came == [ADA])
        assert ("come_in", SESSION) in here.door.given
        assert linked(here) is None
    begins = here.asked("sso.begin")
    assert len({request.id for request in begins}) == len(begins) == 2
    assert len(begins[0].secret) >= sso.SHORTEST_SECRET


async def test_leaving_signs_nobody_in_whatever_comes_later(tmp_path: Path) -> None:
    answered = anyio.Event()

    def begin(_: Any) -> sso.Begun:
        here.door.opened = answered  # the poll that follows is under way until then
        return begun()

    async with at_the_door(tmp_path, "school", begin=begin, poll=SESSION) as here:
        await here.press("f9")
        await here.until(lambda: bool(here.asked("sso.poll")))
        await here.press("escape")
        await here.shows("E-mail address")
        answered.set()
        await here.pilot.pause(0.1)
        assert "come_in" not in [name for name, _ in here.door.given]
        assert here.came == []


@pytest.mark.parametrize("code", [Code.SSO_DENIED, Code.SSO_EXPIRED, Code.SSO_REFUSED])
async def test_what_ends_it_is_said_and_r_begins_anew(tmp_path: Path, code: Code) -> None:
    answers: list[Any] = [refused(code, "It is over."), SESSION]
    async with at_the_door(tmp_path, "school", begin=begun(), poll=lambda _: answers.pop(0)) as here:
        await here.press("f9")
        await here.shows("It is over. r begins anew, esc goes back")
        assert here.came == []
        await here.press("r")
        await here.until(lambda: here.came == [ADA])


async def test_of_several_one_is_chosen_and_escape_leads_back(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, "school", "guild", begin=begun(), poll=PENDING) as here:
        await here.press("f9")
        await here.shows("guild")
        await here.press("escape")
        await here.shows("E-mail address")
        await here.press("f9", "down", "enter")
        await here.shows("WDJB-MJHT")
        assert [request.issuer for request in here.asked("sso.begin")] == ["guild"]
        await here.press("y")
        await here.shows("Copied")
        await here.press("n")
        await here.until(lambda: len(here.asked("sso.begin")) == 2)


async def test_where_passwords_are_switched_off_one_is_there_at_once(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, "school", only=True, begin=begun(55.0), poll=PENDING) as here:
        await here.shows("WDJB-MJHT")
        assert "60 seconds left" in screen_text(here.app)
        await here.press("escape")
        await here.shows("Passwords are switched off here: f9 signs you in by your organisation.")


async def test_without_an_issuer_there_is_no_such_key(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, begin=begun()) as here:
        assert "organisation" not in here.text
        await here.press("f9")
        assert not here.asked("sso.begin")
