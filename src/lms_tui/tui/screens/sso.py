"""Signing in by one's organisation: an address and a code to confirm in a browser, while this screen waits."""

import asyncio
import math

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical

from lms_tui.client.errors import ClientError
from lms_tui.client.sso import SsoSignIn
from lms_tui.tui import glyphs
from lms_tui.tui.backend import SignIn
from lms_tui.tui.commands import SIGN_IN, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.address_card import AddressCard
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.tui.words import count
from lms_tui.wire.accounts import User
from lms_tui.wire.sso import Begun
from lms_tui.wire.text import clean_line

_COPY = Command("sso.copy", "y", "copy address", "copy", "Copy the address, with the code in it, to the clipboard.")
_ANEW = Command("sso.anew", "n", "new code", "anew", "Begin anew, with another code.")
_CANCEL = Command("back", "escape", "cancel", "back", "Leave; nobody is signed in.")


class SsoScreen(FramedScreen[User | None]):
    """Waits until the sign-in was confirmed; its result is who is signed in, None when left.

    While it stands the terminal may make a link of the address shown, and of no other. The words change once a minute,
    and in the last minute every ten seconds: nothing else is written while one waits.
    """

    DEFAULT_CSS = """
    SsoScreen > Vertical { height: 1fr; }
    """
    SCREEN_COMMANDS = (_COPY, _ANEW, _CANCEL)

    def __init__(self, way: SignIn, issuer: str) -> None:
        """Sign in by `issuer`, one of `way.issuers`."""
        super().__init__("lms-tui", "Sign in", clean_line(issuer))
        self._way, self._issuer = way, issuer
        self._sign_in = SsoSignIn(way, issuer)
        self._begun: Begun | None = None
        self._place = Vertical()
        self._coming = False

    def body(self) -> ComposeResult:
        """Yield where the card comes."""
        yield self._place

    def on_mount(self) -> None:
        """Tell the time that is left."""
        self.set_interval(1.0, self._show_state)

    def on_unmount(self) -> None:
        """Let no link through any more."""
        self.lms.let_through(None)

    def allows(self, command: Command) -> bool:
        """Offer to copy what is there; to sign in nowhere: this is it."""
        if command is SIGN_IN or (command in (_COPY, _ANEW) and self._begun is None):
            return False
        return super().allows(command)

    def what_to_do(self, error: ClientError) -> str:  # noqa: ARG002
        """Return what to do about an error."""
        return "r begins anew, esc goes back"

    @work(exclusive=True, group="sso")
    async def load(self) -> None:
        """Begin, and ask until it is over. Leaving ends the asking: what comes later signs nobody in."""
        self._begun, self._sign_in = None, SsoSignIn(self._way, self._issuer)
        self.show_calm(f"Asking {clean_line(self._issuer)}{glyphs.ELLIPSIS}")
        try:
            await self._show(await self._sign_in.begin())
            session = None
            while session is None:
                await asyncio.sleep(self._sign_in.wait)
                session = await self._sign_in.poll()
                self._show_state()
            self._coming = True
            self.dismiss(await self._way.come_in(session))
        except ClientError as error:
            self._begun, self._coming = None, False
            self.lms.let_through(None)
            self.show_error(error)

    async def _show(self, begun: Begun) -> None:
        self._begun = begun
        address, coded = clean_line(begun.address), clean_line(begun.complete_address)
        self.lms.let_through(address)
        before: list[Paragraph] = [("Open this in a browser, or on a phone:", "text")]
        card = AddressCard(address, before, self._words(begun), coded=coded, ascii_only=self.lms.look.ascii_only)
        await self._place.remove_children()
        await self._place.mount(card)
        self.show_body()

    def _words(self, begun: Begun) -> list[Paragraph]:
        """Return what stands under the address: the code, and how things are."""
        code = [("and confirm this code there:", "text"), ("", "text"), (clean_line(begun.user_code), "strong")]
        state = (
            ("The service does not answer; asking on.", "warning")
            if self._sign_in.away
            else (f"Waiting for you to confirm it{glyphs.ELLIPSIS}", "accent")
        )
        return [*code, ("", "text"), state, (f"{_left(self._sign_in.seconds_left)} left", "muted")]

    def _show_state(self) -> None:
        if self._begun is not None and self._place.children:
            self._place.query_one(AddressCard).say(*self._words(self._begun))

    def action_copy(self) -> None:
        """Copy the address, the one with the code in it where there is one."""
        if self._begun is not None:
            address = clean_line(self._begun.complete_address or self._begun.address)
            self.app.copy_to_clipboard(address)
            self.tell(f"Copied, if your terminal allows it: {address}")

    def action_anew(self) -> None:
        """Begin anew."""
        self.load()

    async def action_back(self) -> None:
        """Leave, unless one is just coming in."""
        if not self._coming:
            self.dismiss(None)


def _left(seconds: float) -> str:
    """Return a time to wait in words that seldom change."""
    if seconds > 60:
        return count(math.ceil(seconds / 60), "minute")
    return count(10 * max(1, math.ceil(seconds / 10)), "second")
