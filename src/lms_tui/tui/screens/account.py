"""One's own account: who one is, where the session is kept, and the ways to change it and to leave."""

from typing import Final

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError, Refused, SignInNeeded
from lms_tui.client.tokens import KEPT
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.leaving import begin_to_go, begin_to_sign_out
from lms_tui.tui.people_words import role_of
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.names import NamesScreen
from lms_tui.tui.screens.password import PasswordScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire.accounts import ME, MeRequest, User
from lms_tui.wire.erasing import OWN_LOOK, OwnErasureLook
from lms_tui.wire.sso import WAYS, Ways, WaysRequest
from lms_tui.wire.text import clean_line

_OWNERS: Final = (
    "This database is this machine's own. Whoever has this account of the machine needs no password for it, "
    "and there is nothing to sign out of."
)

NAMES: Final = Command("account.names", "n", "names", "names", "Change your names.")
PASSWORD: Final = Command("account.password", "p", "password", "password", "Choose a new password.")
DATA: Final = Command("account.data", "d", "data", "data", "Save all that the service holds of you into a file.")
ERASE: Final = Command(
    "account.erase", "x", "erase", "erase", "Erase yourself; it says what goes and what stays.", shown=False
)
SIGN_OUT: Final = Command(
    "account.sign_out", "o", "sign out", "sign_out", "Sign out on this machine. What waits to be sent is kept."
)
EVERYWHERE: Final = Command(
    "account.everywhere", "e", "everywhere", "everywhere", "End all your sessions, on every machine."
)
_ROWS: Final = (
    (NAMES, "Change your names", "as your teachers and fellow learners see them"),
    (PASSWORD, "Change your password", "your sessions elsewhere end, this one goes on"),
    (DATA, "Save your data", "all that the service holds of you, into a file"),
    (SIGN_OUT, "Sign out", "on this machine; what waits to be sent is kept"),
    (EVERYWHERE, "Sign out everywhere", "ends all your sessions, this one too"),
    (ERASE, "Erase yourself", "for ever; scores and statistics stay, of nobody any more"),
)


class AccountScreen(FramedScreen[None]):
    """Shows who is signed in; what is known stands there at once, what the service says of it follows."""

    DEFAULT_CSS = """
    AccountScreen > Panel { border: round $border; margin: 1 1 1 1; padding: 0 1; max-height: 10; }
    AccountScreen > VirtualList { height: 1fr; }
    """
    SCREEN_COMMANDS = (NAMES, PASSWORD, DATA, SIGN_OUT, EVERYWHERE, ERASE, BACK)

    def __init__(self) -> None:
        """Make the screen."""
        super().__init__("lms-tui", "Account")
        self._card, self._ways = Panel(), VirtualList(row_height=2)
        self._how: Ways | None = None
        """By what one signs in, once the service has said so."""

    def body(self) -> ComposeResult:
        """Yield who it is, and what can be done."""
        self._card.border_title = "You"
        yield self._card
        yield self._ways

    def allows(self, command: Command) -> bool:
        """Offer what needs a session only to those who have one, which the machine's owner has not, and a new password
        to who has one."""
        if command is PASSWORD and self._how is not None and not self._how.password:
            return False
        return (command not in (PASSWORD, SIGN_OUT, EVERYWHERE, ERASE) or self._signs_in) and super().allows(command)

    @property
    def _signs_in(self) -> bool:
        backend = self.lms.reached
        return backend is not None and backend.session is not None

    def on_mount(self) -> None:
        """Show what is known."""
        backend = self.lms.reached
        if backend is not None:
            self._show(backend.user)

    @work(exclusive=True, group="account")
    async def load(self) -> None:
        """Ask who one is by now: names and role may have been changed elsewhere."""
        try:
            user = await self.desk.call(ME, MeRequest())
            self._how = await self._ask_how() if self._signs_in else None
        except SignInNeeded as error:
            self.show_error(error)
        except ClientError:
            return  # what was known stands there, and the status tells that nobody answers
        else:
            await self.lms.here.rename(user)
            self.show_body()
            self._show(user)

    async def _ask_how(self) -> Ways | None:
        try:
            return await self.desk.call(WAYS, WaysRequest())
        except Refused:
            return None  # a service of before, by which everybody has a password

    def _show(self, user: User) -> None:
        backend = self.lms.reached
        session = None if backend is None else backend.session
        name = clean_line(f"{user.first_name} {user.last_name}")
        kept = _OWNERS if session is None else KEPT[session.kept]
        self._card.show(
            (name or "No name yet", "strong"),
            (clean_line(user.email), "text"),
            (role_of(user.role), "text"),
            *([(how, "text")] if (how := _how_words(self._how)) else []),
            ("", "text"),
            (kept, "muted"),
        )
        ways = [Row(words, detail=detail, right=way.keys) for way, words, detail in _ROWS if self.allows(way)]
        self._ways.set_rows(ways, cursor=max(0, self._ways.cursor))
        self.refresh_commands()

    async def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Do what the row says."""
        command = [way for way, _, _ in _ROWS if self.allows(way)][event.index]
        await self.run_action(command.action)

    @work(exclusive=True, group="change")
    async def action_names(self) -> None:
        """Change one's names."""
        backend = self.lms.reached
        if backend is None:
            return
        user = await self.app.push_screen_wait(NamesScreen(backend.user))
        if user is not None:
            self._show(user)
            self.tell("Your names are changed.", "success")

    @work(exclusive=True, group="change")
    async def action_password(self) -> None:
        """Choose a new password."""
        backend = self.lms.reached
        if backend is None or backend.session is None:
            return
        if await self.app.push_screen_wait(PasswordScreen(backend.session, backend.user.email)) is not None:
            self._show(backend.user)
            self.tell("The new password stands. Your sessions elsewhere have ended.", "success")

    @work(exclusive=True, group="change")
    async def action_data(self) -> None:
        """Save all that is held of oneself."""
        from lms_tui.tui.screens.export import ExportScreen  # noqa: PLC0415 - imported when opened

        if (path := await self.app.push_screen_wait(ExportScreen())) is not None:
            self.tell(f"Saved: {path}", "success")

    @work(exclusive=True, group="change")
    async def action_erase(self) -> None:
        """Erase oneself."""
        from lms_tui.tui.erasing_words import refusal  # noqa: PLC0415 - for whoever wants it
        from lms_tui.tui.screens.erase import EraseScreen  # noqa: PLC0415

        try:
            facts = await self.desk.call(OWN_LOOK, OwnErasureLook())
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        if why := refusal(facts):
            self.tell(why, "warning")
        elif await self.app.push_screen_wait(EraseScreen(facts)):
            begin_to_go(self.lms)

    def action_sign_out(self) -> None:
        """Sign out here."""
        begin_to_sign_out(self.lms)

    def action_everywhere(self) -> None:
        """Sign out everywhere."""
        begin_to_sign_out(self.lms, everywhere=True)


def _how_words(ways: Ways | None) -> str:
    """Return by which organisation one signs in, and that there is no password where there is none; '' by passwords."""
    if ways is None or not ways.came:
        return ""
    by = f"Signs in by {clean_line(ways.came[0].issuer)}"
    return by if ways.password else f"{by}, without a password"
