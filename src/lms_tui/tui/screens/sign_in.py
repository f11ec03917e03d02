"""Signing in: an address and a password. The password is masked, and is nowhere but in the request."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from lms_tui.client.errors import ClientError, Refused, Unreachable
from lms_tui.tui import glyphs
from lms_tui.tui.backend import SignIn
from lms_tui.tui.commands import Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.wire.accounts import User
from lms_tui.wire.errors import Code


class _Said(Panel):
    """What is going on."""


class SignInScreen(FramedScreen[User | None]):
    """Asks for address and password until the service takes them; its result is who signed in, None when left."""

    DEFAULT_CSS = """
    SignInScreen { align: center middle; }
    SignInScreen > Vertical { width: 56; max-width: 100%; height: auto; padding: 0 2; }
    SignInScreen Input { height: 1; border: none; padding: 0 1; margin-bottom: 1; background: $panel; }
    SignInScreen Input:focus { border: none; background: $panel; }
    SignInScreen _Said { height: auto; max-height: 4; min-height: 2; }
    """
    SCREEN_COMMANDS = (
        Command("sign_in.go", "ctrl+s", "sign in", "sign_in", "Sign in, also by Enter in the password.", shown=False),
        Command(
            "sign_in.enter", "enter", "next", "enter", "Go to the password, and sign in.", shown=False, priority=True
        ),
        Command("back", "escape", "leave", "back", "Leave without signing in."),
    )

    def __init__(self, sign_in: SignIn, service: str, address: str = "") -> None:
        """Sign in by `sign_in` to what `service` names for the user; `address` fills the first field."""
        super().__init__("lms-tui", "Sign in")
        self._sign_in, self._service, self._address = sign_in, service, address
        self._asking = False

    def body(self) -> ComposeResult:
        """Yield the two fields, and under them what is going on."""
        with Vertical():
            yield Panel([("Sign in", "strong"), (self._service, "muted"), ("", "text"), ("E-mail address", "muted")])
            yield _field(Input(self._address, id="address", select_on_focus=False, max_length=254))
            yield Panel([("Password", "muted")])
            yield _field(Input(password=True, id="password", max_length=1024))
            yield _Said([("Enter signs you in.", "muted")])

    def on_mount(self) -> None:
        """Begin with the field that is empty."""
        self.query_one("#password" if self._address else "#address", Input).focus()

    def action_enter(self) -> None:
        """Go to the password, and from there sign in.

        The key comes here before the field has seen it, so that what was typed ahead of a slow screen goes into the
        field it is meant for, a password never into the address, where it could be read.
        """
        password, field = self.query_one("#password", Input), self.focused
        if field is not password and not password.value:
            self.set_focus(password)
        elif field is not None:
            field.call_later(self.action_sign_in)  # behind the keys that the field has not seen yet

    @work(exclusive=True, group="sign-in")
    async def action_sign_in(self) -> None:
        """Ask the service; a failure never tells which of the two was wrong (domain.md, sign-in failure)."""
        if self._asking:
            return
        address, password = self.query_one("#address", Input), self.query_one("#password", Input)
        missing = next((field for field in (address, password) if not field.value.strip()), None)
        if missing is not None:
            self._say("Type your address and your password.", "warning")
            missing.focus()
            return
        self._asking = True
        self._say(f"Signing in{glyphs.ELLIPSIS}", "muted")
        try:
            user = await self._sign_in(address.value.strip(), password.value)
        except ClientError as error:
            if not isinstance(error, Unreachable):
                password.value = ""
            password.focus()
            self._say(_sentence(error), "error")
        else:
            password.value = ""
            self.dismiss(user)
        finally:
            self._asking = False

    async def action_back(self) -> None:
        """Leave without being signed in."""
        self.dismiss(None)

    def _say(self, sentence: str, tone: str) -> None:
        self.query_one(_Said).show((sentence, tone))


def _sentence(error: ClientError) -> str:
    """Return the service's own sentence, with the time to wait where it asks for one."""
    if isinstance(error, Refused) and error.problem.code == Code.TOO_MANY_REQUESTS and error.problem.retry_after:
        return f"{error.sentence} Try again in {round(error.problem.retry_after)} s."
    return error.sentence


def _field(field: Input) -> Input:
    field.cursor_blink = False
    return field
