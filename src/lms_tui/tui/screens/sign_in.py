"""Signing in: an address and a password. The password is masked, and is nowhere but in the request."""

from collections.abc import Iterator

from textual import work

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.tui.backend import GUEST, SignIn
from lms_tui.tui.commands import Command
from lms_tui.tui.screens.form import ENTER, SHOW, FormScreen, sentence_of
from lms_tui.tui.widgets.field import LONGEST_SECRET, Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.accounts import User
from lms_tui.wire.joining import LONGEST_ADDRESS
from lms_tui.wire.text import clean_line


class SignInScreen(FormScreen[User | None]):
    """Asks for address and password until the service takes them; its result is who signed in, or GUEST."""

    SCREEN_COMMANDS = (
        ENTER,
        Command("back", "escape", "leave", "back", "Leave without signing in."),
        Command("sign_in.code", "f5", "I have a code", "accept", "Accept an invitation with the code that you got."),
        Command("sign_in.forgot", "f6", "forgot password", "reset", "Choose a new password by a code."),
        Command(
            "sign_in.guest", "f8", "look around", "look_around", "Look around without signing in; nothing is kept."
        ),
        Command("sign_in.issuer", "f9", "organisation", "by_issuer", "Sign in by your organisation, in a browser."),
        SHOW,
    )
    HINT = "Enter signs you in."

    def __init__(self, sign_in: SignIn, service: str, address: str = "", said: str = "") -> None:
        """Sign in by `sign_in` to what `service` names for the user; `address` fills the first field.

        `said` tells what has just happened.
        """
        self._sign_in, self._service, self._address = sign_in, service, address
        if sign_in.guests:
            self.HINT = "Enter signs you in; f8 looks around without signing in."
        if sign_in.issuers_only:
            self.HINT = "Passwords are switched off here: f9 signs you in by your organisation."
        elif sign_in.issuers:
            self.HINT = self.HINT.removesuffix(".") + "; f9 does by your organisation."
        super().__init__(clean_line(sign_in.company) or "lms-tui", "Sign in")
        if said:
            self.say(said, "success")

    def allows(self, command: Command) -> bool:
        """Offer to look around where guests are let in, one's organisation where there is one, and codes where
        passwords are chosen by them."""
        missing = {
            "sign_in.guest": not self._sign_in.guests,
            "sign_in.issuer": not self._sign_in.issuers,
            "sign_in.code": self._sign_in.issuers_only,
            "sign_in.forgot": self._sign_in.issuers_only,
        }
        return not missing.get(command.id, False) and super().allows(command)

    def on_mount(self) -> None:
        """Go straight to one's organisation where there is no other way in."""
        if self._sign_in.issuers_only and self._sign_in.issuers:
            self.action_by_issuer()

    def head(self) -> list[Paragraph]:
        """Return where one signs in."""
        company = clean_line(self._sign_in.company)
        return [(f"Sign in at {company}" if company else "Sign in", "strong"), (self._service, "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the two fields."""
        yield Field("email", "E-mail address", value=self._address, longest=LONGEST_ADDRESS)
        yield Field("password", "Password", longest=LONGEST_SECRET, secret=True)

    async def give(self) -> None:
        """Ask the service."""
        self.dismiss(await self._sign_in.sign_in(self.value("email"), self.value("password")))

    def refused(self, error: ClientError) -> None:
        """Say so; a failure never tells which of the two was wrong (domain.md, sign-in failure)."""
        password = self.field("password").entry
        if not isinstance(error, Unreachable):
            password.value = ""
        self.set_focus(password)
        self.say(sentence_of(error), "error")

    def action_look_around(self) -> None:
        """Go on as a guest."""
        self.dismiss(GUEST)

    @work(exclusive=True, group="come")
    async def action_accept(self) -> None:
        """Accept an invitation."""
        from lms_tui.tui.screens.accept import AcceptScreen  # noqa: PLC0415 - for the few who have a code

        screen = AcceptScreen(self._sign_in, self._service)
        self._come(await self.app.push_screen_wait(screen), screen.address)

    @work(exclusive=True, group="come")
    async def action_reset(self) -> None:
        """Choose a new password."""
        from lms_tui.tui.screens.reset import ResetScreen  # noqa: PLC0415

        screen = ResetScreen(self._sign_in, self._service, self.value("email"))
        self._come(await self.app.push_screen_wait(screen), screen.address)

    @work(exclusive=True, group="come")
    async def action_by_issuer(self) -> None:
        """Sign in by an organisation, chosen where there are several."""
        from lms_tui.tui.screens.sso import SsoScreen  # noqa: PLC0415 - for those who sign in so

        names, index = self._sign_in.issuers, 0
        if len(names) > 1:
            from lms_tui.tui.screens.choose import ChooseScreen  # noqa: PLC0415
            from lms_tui.tui.widgets.virtual_list import Row  # noqa: PLC0415

            rows = [Row(clean_line(name)) for name in names]
            chosen = await self.app.push_screen_wait(ChooseScreen("Sign in by", rows, does="signs you in by it"))
            if chosen is None:
                return
            index = chosen
        user = await self.app.push_screen_wait(SsoScreen(self._sign_in, names[index]))
        if user is not None:
            self.dismiss(user)
        elif self._sign_in.issuers_only:
            self.say(self.HINT)

    def _come(self, user: User | None, address: str) -> None:
        """End as whoever came in by a code; else sign in at the address that is known by now."""
        if user is not None:
            self.dismiss(user)
        elif address and clean_line(address) == address:  # one that could have been typed
            self.field("email").entry.value = address
            self.set_focus(self.field("password").entry)
