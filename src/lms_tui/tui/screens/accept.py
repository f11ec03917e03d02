"""Accepting an invitation: its code, then whose it is, the names that are missing, and a password."""

from collections.abc import Iterator

from lms_tui.client.errors import ClientError, Refused
from lms_tui.tui.backend import SignIn
from lms_tui.tui.commands import BACK
from lms_tui.tui.moments import day
from lms_tui.tui.new_password import password_fields
from lms_tui.tui.screens.code_form import TO_SIGN_IN, CodeForm
from lms_tui.tui.screens.form import ENTER, SHOW
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire import joining
from lms_tui.wire.errors import Code
from lms_tui.wire.text import clean_line


class AcceptScreen(CodeForm):
    """Looks an invitation up, and accepts it."""

    SCREEN_COMMANDS = (ENTER, BACK, TO_SIGN_IN, SHOW)
    HINT = "Enter looks the invitation up; that does not use the code."
    FIRST = ("code",)

    def __init__(self, sign_in: SignIn, service: str) -> None:
        """Accept by `sign_in` at what `service` names for the user."""
        self._invitation: joining.Invitation | None = None
        super().__init__(sign_in, service, "Accept an invitation")

    def head(self) -> list[Paragraph]:
        """Return whose invitation it is, as soon as that is known."""
        invitation = self._invitation
        if invitation is None:
            return [(self._what, "strong"), (self._service, "muted")]
        name = clean_line(f"{invitation.first_name} {invitation.last_name}")
        until = invitation.expires_at.astimezone()
        return [
            (f"Welcome, {name}." if name else "Welcome.", "strong"),
            (f"The invitation of {clean_line(invitation.email)} is open until {day(until)}, {until:%H:%M}.", "muted"),
        ]

    def fields(self) -> Iterator[Field]:
        """Yield the code, and what the second step may ask for."""
        yield from self.code_field("Code of the invitation")
        yield Field("first_name", "First name")
        yield Field("last_name", "Last name")
        yield from password_fields("Choose a password")

    async def give(self) -> None:
        """Look the invitation up, or accept it."""
        if self._invitation is None:
            found = await self._sign_in.ask(joining.LOOK, joining.InvitationLook(code=self.code))
            self._invitation, self.address = found, found.email
            missing = [name for name in ("first_name", "last_name") if not getattr(found, name)]
            self.show_step(*missing, "password", "again", hint="Enter accepts the invitation and signs you in.")
            return
        request = joining.AcceptRequest(
            code=self.code,
            password=self.value("password"),
            first_name=self.value("first_name"),
            last_name=self.value("last_name"),
        )
        self.dismiss(await self._sign_in.begin(joining.ACCEPT, request))

    def refused(self, error: ClientError) -> None:
        """Go back to a code that has ended meanwhile."""
        ended = isinstance(error, Refused) and error.code == Code.CODE_REFUSED and not self._unsure
        if ended and self._invitation is not None:
            self._to_code()
        super().refused(error)

    async def action_back(self) -> None:
        """Go back to the code, and from there to the sign-in."""
        if self._invitation is not None:
            self._to_code()
        else:
            self.dismiss(None)

    def _to_code(self) -> None:
        self._invitation = None
        self.show_step("code")
