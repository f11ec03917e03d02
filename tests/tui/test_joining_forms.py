"""Coming in by a code, by keys: an invitation accepted, a password chosen anew; and what forms do with keys."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.tui.door import ADA, Door, refused
from tests.tui.library import type_ahead
from tests.tui.quiz_service import QuizService, screen_text, taking
from textual.events import Paste
from textual.pilot import Pilot

from lms_tui.client.errors import Unreachable
from lms_tui.tui.app import LmsApp
from lms_tui.tui.code_words import code_read, code_to_send
from lms_tui.tui.screens.accept import AcceptScreen
from lms_tui.tui.screens.reset import ResetScreen
from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.wire import joining
from lms_tui.wire.accounts import User
from lms_tui.wire.errors import Code

pytestmark = pytest.mark.anyio

CODE = "7K3QM-2ABCD-EFGHJ-KMNPQ-RSTVWX"
GONE = "This code does not work."
AWAY = "The service does not answer."


def invitation(first: str = "", last: str = "") -> joining.Invitation:
    until = datetime(2026, 12, 5, 12, tzinfo=UTC)
    return joining.Invitation(email="ada@example.org", first_name=first, last_name=last, expires_at=until)


@dataclass
class AtTheDoor:
    """The sign-in over the app, its door, and what came of it."""

    app: LmsApp
    pilot: Pilot[None]
    door: Door
    came: list[User | None] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(screen_text(self.app).split())

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def words(self, words: str) -> None:
        """Type words, and Enter."""
        await self.press(*("space" if letter == " " else letter for letter in words), "enter")

    async def until(self, holds: Callable[[], bool]) -> None:
        with anyio.move_on_after(5):
            while not holds():
                await self.pilot.pause(0.01)
        assert holds(), screen_text(self.app)

    async def shows(self, words: str) -> None:
        await self.until(lambda: words in self.text)

    def asked(self, operation: str) -> list[Any]:
        """What the door was given for it."""
        return [request for name, request in self.door.given if name == operation]

    def value(self, name: str) -> str:
        """What stands in a field of the form on top."""
        screen = self.app.screen
        assert isinstance(screen, SignInScreen | AcceptScreen | ResetScreen)
        return screen.field(name).entry.value


@asynccontextmanager
async def at_the_door(tmp_path: Path, **answers: Any) -> AsyncIterator[AtTheDoor]:
    """The sign-in; operations of accounts by their names."""
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        door = Door({f"accounts.{name}": answer for name, answer in answers.items()})
        here = AtTheDoor(app, pilot, door)
        app.push_screen(SignInScreen(door, "https://learn.example.org"), here.came.append)
        await pilot.pause()
        yield here


async def test_an_invitation_is_looked_up_and_accepted_with_the_names_that_are_missing(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, invitation=invitation(first="Ada"), accept=ADA) as here:
        await here.press("f5", *"7k3qm2abcd")
        assert "7K3QM-2ABCD · 10 of 26" in here.text
        here.app.post_message(Paste("\n efghj–kmnpq rstvwx"))
        await here.shows(f"✓ {CODE}")
        await here.press("enter")
        await here.shows("Welcome, Ada.")
        assert "The invitation of ada@example.org is open until 5 December 2026" in here.text
        assert "First name" not in here.text
        assert "8 to 128 characters" in here.text
        await here.words("Lovelace")
        await here.words("two horses")
        assert "two horses" not in here.text
        await here.press("f4")
        assert "two horses" in here.text
        await here.press("f4")
        assert "two horses" not in here.text
        await here.words("two horses")
        await here.until(lambda: here.came == [ADA])
        assert here.asked("accounts.invitation") == [joining.InvitationLook(code=CODE)]
        assert here.asked("accounts.accept") == [
            joining.AcceptRequest(code=CODE, password="two horses", last_name="Lovelace")
        ]


async def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    answers = iter([refused(Code.CODE_REFUSED, GONE, "code"), invitation()])
    async with at_the_door(tmp_path, invitation=lambda _: next(answers), accept=ADA) as here:
        await here.press("f5")
        await here.words(CODE)
        await here.shows(GONE)
        assert here.value("code") == CODE
        await here.press("backspace")
        assert GONE not in here.text
        await here.words("X")
        await here.shows("Welcome.")
        await here.words("Ada")
        await here.words("L.")
        await here.words("short")
        await here.words("short")
        await here.shows("this one has 5.")
        here.door.answers["accounts.accept"] = refused(Code.PASSWORD_REFUSED, "This is a common one.", "password")
        await here.words("password1")  # what is refused is marked as a whole: typing takes its place
        await here.shows("The two passwords differ.")
        await here.words("password1")
        await here.shows("This is a common one.")
        assert [here.value(name) for name in ("first_name", "last_name", "password", "again")] == [
            "Ada", "L.", "password1", "password1",
        ]  # fmt: skip
        here.door.answers["accounts.accept"] = refused(Code.BAD_REQUEST, "No such name.", "last_name")
        await here.press("enter")
        await here.shows("No such name.")
        assert here.app.focused is here.app.screen.query_one("#last_name Entry")


async def test_after_a_lost_answer_one_signs_in_with_the_password_chosen(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, invitation=invitation("Ada", "L."), accept=Unreachable(AWAY)) as here:
        await here.press("f5")
        await here.words(CODE)
        await here.shows("Welcome, Ada L.")
        assert "f7" not in here.text
        await here.words("two horses")
        await here.words("two horses")
        await here.shows(f"{AWAY} Enter tries again. Perhaps it arrived: then f7 signs you in.")
        here.door.answers["accounts.accept"] = refused(Code.CODE_REFUSED, GONE, "code")
        await here.press("enter")
        await here.shows("sign in with the password you chose")
        await here.press("f7")
        await here.until(lambda: isinstance(here.app.screen, SignInScreen))
        assert here.value("email") == "ada@example.org"
        assert here.app.focused is here.app.screen.query_one("#password Entry")


async def test_a_code_that_ends_in_the_middle_is_asked_for_again(tmp_path: Path) -> None:
    answer = refused(Code.CODE_REFUSED, GONE, "code")
    async with at_the_door(tmp_path, invitation=invitation("Ada", "L."), accept=answer) as here:
        await here.press("f5")
        await here.words(CODE)
        await here.words("two horses")
        await here.words("two horses")
        await here.shows(GONE)
        assert here.value("code") == CODE
        assert "Choose a password" not in here.text


async def test_escape_goes_back_by_a_step_and_then_to_the_sign_in(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, invitation=invitation("Ada", "L.")) as here:
        await here.press("f5")
        await here.words(CODE)
        await here.shows("Choose a password")
        await here.press("escape")
        assert here.value("code") == CODE
        await here.press("escape")
        await here.until(lambda: isinstance(here.app.screen, SignInScreen))
        assert here.came == []


async def test_a_code_is_asked_for_by_address_and_used(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, ask_reset=joining.ResetAsked(minutes=60), reset=ADA) as here:
        await here.press(*"ada@x.org", "f6")
        assert here.value("email") == "ada@x.org"
        await here.press("enter")
        await here.shows("If somebody here has the address ada@x.org, a mail with a code is on its way.")
        assert "The code works for 60 minutes." in here.text
        await here.words(CODE.lower().replace("-", " "))
        await here.words("two horses")
        await here.words("two mules")
        await here.shows("The two passwords differ.")
        await here.words("two horses")
        await here.until(lambda: here.came == [ADA])
        assert here.asked("accounts.ask_reset") == [joining.AskResetRequest(email="ada@x.org")]
        assert here.asked("accounts.reset") == [joining.ResetRequest(code=CODE, password="two horses")]


async def test_a_service_that_sends_no_mail_says_so_and_takes_a_code_that_one_has(tmp_path: Path) -> None:
    answer = refused(Code.NO_MAIL, "This service sends no mail. Ask your administrator for a code.")
    async with at_the_door(tmp_path, ask_reset=answer, reset=ADA) as here:
        await here.press("f6")
        await here.words("ada@x.org")
        await here.shows("This service sends no mail.")
        await here.press("f5")
        await here.words(CODE)
        await here.words("two horses")
        await here.words("two horses")
        await here.until(lambda: here.came == [ADA])


async def test_keys_typed_while_the_service_is_asked_go_where_the_form_then_stands(tmp_path: Path) -> None:
    """All at once: the code, then the passwords, before the first field was shown; none stands where it is read."""
    async with at_the_door(tmp_path, invitation=invitation("Ada", "L."), accept=ADA) as here:
        here.door.opened = anyio.Event()
        await here.press("f5")
        type_ahead(here.app, *CODE, "enter", *"two horses", "enter", *"two horses", "enter")
        await here.until(lambda: bool(here.door.given))
        await here.pilot.pause()
        assert here.value("code") == CODE
        here.door.opened.set()
        await here.until(lambda: here.came == [ADA])
        assert here.asked("accounts.accept")[0].password == "two horses"


async def test_one_can_leave_while_nobody_answers(tmp_path: Path) -> None:
    async with at_the_door(tmp_path, sign_in=ADA) as here:
        here.door.opened = anyio.Event()
        await here.words("ada@x.org")
        await here.words("two horses")
        await here.shows("One moment")
        await here.press("x", "escape")
        await here.until(lambda: here.came == [None])


async def test_keys_typed_ahead_of_a_refusal_are_thrown_away(tmp_path: Path) -> None:
    answer = refused(Code.CODE_REFUSED, GONE, "code")
    async with at_the_door(tmp_path, invitation=answer) as here:
        here.door.opened = anyio.Event()
        await here.press("f5")
        type_ahead(here.app, *CODE, "enter", *"two horses", "enter")
        await here.until(lambda: bool(here.door.given))
        await here.pilot.pause()
        here.door.opened.set()
        await here.shows(GONE)
        await here.pilot.pause()
        assert here.value("code") == CODE
        assert len(here.asked("accounts.invitation")) == 1


def test_a_code_is_read_in_any_spelling_and_one_of_another_program_as_it_is() -> None:
    assert code_read("7k3qm 2oil") == ("7K3QM-2011 · 9 of 26", "muted")
    assert code_read(CODE.lower()) == (f"✓ {CODE}", "success")
    assert code_read("AbC_raw")[0] == code_read("")[0] == code_read("7" * 27)[0]
    assert code_to_send(f" {CODE.lower()}\n") == CODE
    assert code_to_send(CODE.replace("-", "\u2013")) == CODE
    assert code_to_send(" AbC-raw ") == "AbC-raw"
    assert code_to_send("abcdefghjk" * 4) == "abcdefghjk" * 4
