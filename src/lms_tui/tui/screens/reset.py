"""Choosing a new password without the old one: asking for a code by mail, then the code and the password."""

from collections.abc import Iterator
from typing import Final

from lms_tui.client.errors import ClientError, Refused
from lms_tui.tui.backend import SignIn
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.new_password import password_fields
from lms_tui.tui.screens.code_form import TO_SIGN_IN, CodeForm
from lms_tui.tui.screens.form import ENTER, SHOW
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.tui.words import count
from lms_tui.wire import joining
from lms_tui.wire.errors import Code
from lms_tui.wire.text import clean_line

_HAVE: Final = Command("reset.code", "f5", "I have a code", "code", "Go on with a code that you have.")


class ResetScreen(CodeForm):
    """Asks for a code, and sets a new password by it."""

    SCREEN_COMMANDS = (ENTER, BACK, _HAVE, TO_SIGN_IN, SHOW)
    HINT = "Enter asks for a code. f5 goes on with one that you have."
    FIRST = ("email",)

    def __init__(self, sign_in: SignIn, service: str, address: str = "") -> None:
        """Reset by `sign_in` at what `service` names for the user; `address` fills the first field."""
        self._first_address = address
        self._asked = ""
        super().__init__(sign_in, service, "Choose a new password")

    def head(self) -> list[Paragraph]:
        """Return what happens, and once a code was asked for, where it comes."""
        return [(self._what, "strong"), (self._asked or self._service, "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the address, and what the second step asks for."""
        yield Field(
            "email",
            "E-mail address",
            "A code is mailed to it.",
            value=self._first_address,
            longest=joining.LONGEST_ADDRESS,
        )
        yield from self.code_field("Code")
        yield from password_fields("New password")

    def allows(self, command: Command) -> bool:
        """Offer to go on with a code where one is not asked for yet."""
        return (command is not _HAVE or self.field("email").display) and super().allows(command)

    async def give(self) -> None:
        """Ask for a code, or use one."""
        if self.field("email").display:
            self.address = self.value("email")
            asked = await self._sign_in.ask(joining.ASK_RESET, joining.AskResetRequest(email=self.address))
            self._asked = (
                f"If somebody here has the address {clean_line(self.address)}, a mail with a code is on its way. "
                f"The code works for {count(asked.minutes, 'minute')}."
            )
            self._to_code()
            return
        request = joining.ResetRequest(code=self.code, password=self.value("password"))
        self.dismiss(await self._sign_in.begin(joining.RESET, request))

    def refused(self, error: ClientError) -> None:
        """Say at the address why no code can be asked for."""
        if (
            self.field("email").display
            and isinstance(error, Refused)
            and error.code in (Code.NO_MAIL, Code.BAD_REQUEST)
        ):
            self.refuse("email", error.sentence)
        else:
            super().refused(error)

    def action_code(self) -> None:
        """Go on with a code that one has."""
        self.address, self._asked = self.value("email"), ""
        self._to_code()

    async def action_back(self) -> None:
        """Go back to the address, and from there to the sign-in."""
        if self.field("email").display:
            self.dismiss(None)
        else:
            self.show_step("email")

    def _to_code(self) -> None:
        hint = "Enter sets the password, ends all your sessions and signs you in here."
        self.show_step("code", "password", "again", hint=hint)
