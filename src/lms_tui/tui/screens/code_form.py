"""Forms that use a code up: what they say of it as it is typed, and when nobody knows whether it was used."""

from collections.abc import Iterator
from typing import Final

from textual.widgets import Input

from lms_tui.client.errors import ClientError, Refused, Unreachable
from lms_tui.tui.backend import SignIn
from lms_tui.tui.code_words import TYPED, code_read, code_to_send
from lms_tui.tui.commands import Command
from lms_tui.tui.new_password import password_fault
from lms_tui.tui.screens.form import FormScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.wire.accounts import User
from lms_tui.wire.errors import Code

_LONGEST: Final = 200

TO_SIGN_IN: Final = Command(
    "form.sign_in", "f7", "sign in", "sign_in", "Sign in with the password that you chose here."
)


class CodeForm(FormScreen[User | None]):
    """A form that ends with a code and a new password; its result is who is signed in by it, None when left."""

    def __init__(self, sign_in: SignIn, service: str, what: str) -> None:
        """Come in by `sign_in` to what `service` names for the user."""
        self._sign_in, self._service, self._what = sign_in, service, what
        self._unsure = False
        """Whether a code was sent and no answer came: it may have been used."""
        self.address = ""
        """Whose code it is, as far as is known: with that one signs in."""
        super().__init__("lms-tui", what)

    def code_field(self, label: str) -> Iterator[Field]:
        """Yield the field of the code."""
        yield Field("code", label, TYPED, longest=_LONGEST)

    @property
    def code(self) -> str:
        """The code that was typed."""
        return code_to_send(self.field("code").value)

    def check(self) -> tuple[str, str] | None:
        """Look at the passwords, where they are asked for."""
        if not self.field("password").display:
            return None
        return password_fault(self.value("password"), self.value("again"))

    def allows(self, command: Command) -> bool:
        """Offer to sign in with the chosen password where it may stand already."""
        return (command is not TO_SIGN_IN or self._unsure) and super().allows(command)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the code as it is read."""
        if event.input is self.field("code").entry:
            self.field("code").note(*code_read(event.value))

    def refused(self, error: ClientError) -> None:
        """Say what is wrong, and where the code may have been used without an answer, how to go on."""
        if self.field("password").display:
            if isinstance(error, Unreachable):
                self._unsure = True
                self.refresh_commands()
                self.say(f"{error.sentence} Enter tries again. Perhaps it arrived: then f7 signs you in.", "error")
                return
            if self._unsure and isinstance(error, Refused) and error.code == Code.CODE_REFUSED:
                said = "The code is used: your first try most likely arrived. f7: sign in with the password you chose."
                self.say(said, "warning")
                return
        super().refused(error)

    def action_sign_in(self) -> None:
        """Leave for the sign-in."""
        self.dismiss(None)
