"""Choosing a new password with the present one."""

from collections.abc import Iterator

from lms_tui.client.errors import ClientError, SignInNeeded, Unreachable
from lms_tui.tui.backend import SignIn
from lms_tui.tui.new_password import password_fault, password_fields
from lms_tui.tui.screens.form import ENTER, LEAVE, SHOW, FormScreen
from lms_tui.tui.widgets.field import LONGEST_SECRET, Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.accounts import User
from lms_tui.wire.joining import PASSWORD, PasswordRequest
from lms_tui.wire.text import clean_line


class PasswordScreen(FormScreen[User | None]):
    """Asks for the present password and a new one; its result is who is signed in, None when left.

    A new password ends all sessions but the one that its answer brings. Where that answer was lost this session is
    over too, and one signs in with the new password.
    """

    SCREEN_COMMANDS = (ENTER, LEAVE, SHOW)
    HINT = "Enter changes it. Your sessions elsewhere end, this one goes on."

    def __init__(self, session: SignIn, address: str) -> None:
        """Change the password of whoever `session` belongs to, who signs in with `address`."""
        self._session, self._address = session, address
        self._unsure = False
        """Whether a new password was sent and no answer came."""
        super().__init__("lms-tui", "Account", "Your password")

    def head(self) -> list[Paragraph]:
        """Return whose password it is."""
        return [("Your password", "strong"), (clean_line(self._address), "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the present password and the new one."""
        yield Field("current", "Present password", longest=LONGEST_SECRET, secret=True)
        yield from password_fields("New password")

    def check(self) -> tuple[str, str] | None:
        """Look at the new password."""
        return password_fault(self.value("password"), self.value("again"))

    async def give(self) -> None:
        """Change it."""
        request = PasswordRequest(current=self.value("current"), password=self.value("password"))
        self.dismiss(await self._session.begin(PASSWORD, request))

    def refused(self, error: ClientError) -> None:
        """Say what is wrong; a session that is over leads to the sign-in."""
        if isinstance(error, Unreachable):
            self._unsure = True
            self.say(f"{error.sentence} Enter tries again; perhaps the new password stands already.", "error")
        elif isinstance(error, SignInNeeded):
            stands = "Your first try most likely arrived: sign in with the new password."
            self.app.run_worker(self.lms.here.leave(stands if self._unsure else error.sentence), group="sign-out")
        else:
            super().refused(error)
