"""The app: what all screens share, and how the program looks, starts, fails and ends. Screens do the rest."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import BindingType
from textual.events import Event, InputEvent, Key, Paste, Resize
from textual.filter import LineFilter
from textual.reactive import var
from textual.screen import Screen
from textual.theme import Theme

from lms_tui.tui import crash, themes
from lms_tui.tui.attending import Attending
from lms_tui.tui.backend import Backend, Connect
from lms_tui.tui.commands import EVERYWHERE, PREVIEW, SIGN_IN, Command, bindings
from lms_tui.tui.everywhere import Everywhere
from lms_tui.tui.filters import line_filters
from lms_tui.tui.here import Here
from lms_tui.tui.look import Look
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.standing import Standing
from lms_tui.tui.status import Status
from lms_tui.tui.thrift import ThriftyDriver
from lms_tui.tui.typed_ahead import TypedAhead
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.client.practice import Practice
    from lms_tui.tui.graphics import Drawing, Graphics


class LmsApp(Everywhere):
    """lms-tui in a terminal. `connect` reaches the service; it runs once the first frame is on the screen."""

    TITLE = "lms-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS = themes.CSS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EVERYWHERE), *bindings(PREVIEW)]
    status: var[Status] = var(Status())
    progress: var[str] = var("Starting…")
    """What reaching the service is at, in a sentence."""
    deliveries: var[int] = var(0)
    """Grows with each write of the outbox that the service took or refused: what is shown may be older."""

    def __init__(self, connect: Connect, look: Look, state: Path) -> None:
        """Make the app; the folder `state` keeps its log and where lessons were left."""
        self._safety, *rest = line_filters(ascii_only=look.ascii_only, colours=look.colours)
        self._filters_of_terminal: tuple[LineFilter, ...] = (self._safety, *rest)
        super().__init__(driver_class=ThriftyDriver)
        self.animation_level = "none"
        self.look = look
        self._crash_log = state / "tui.log"
        self.files_folder = state / "fetched"
        """Where files of courses are kept that were fetched (`tui.lesson_files`)."""
        self.places = ReadingPlaces(state / "places.json")
        self.here, self.standing, self.attending = Here(self, connect), Standing(self), Attending(self)
        self._typed = TypedAhead(self)
        self._graphics: Graphics | None = None
        self.open_with: Mapping[str, str] = {}
        """What the learner chose to open a "video" and a "link" with."""
        self.kiosk = False
        self.go_on = False
        """Whether home, the first time that it knows where to go on, goes there by itself."""
        self._begin_with(look.load_theme())

    def _begin_with(self, theme: Theme) -> None:
        """Have `theme` in force before any style is read: to assign it would have all of them read once more."""
        self.register_theme(theme)
        self.set_reactive(App.theme, theme.name)
        self.set_class(theme.dark, "-dark-mode", update=False)
        self.set_class(not theme.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> Screen[None]:
        """Return the first screen, which stays below all others; what it asks for waits for the service."""
        from lms_tui.tui.screens.home import HomeScreen  # noqa: PLC0415 - screens are imported when opened

        home = HomeScreen()
        home._push_result_callback(self, None)  # noqa: SLF001 - as Textual does when it pushes one: to switch it needs it
        return home

    async def on_unmount(self) -> None:
        """Let go of the service."""
        await self.here.close()

    async def action_quit(self) -> None:
        """Leave. A kiosk, which keeps nothing, first sends what somebody did, and asks where that cannot be done."""
        if self.kiosk and not self.is_guest:
            from lms_tui.tui.leaving import begin_to_leave  # noqa: PLC0415 - for kiosks alone

            begin_to_leave(self)
        else:
            self.exit()

    @property
    def reached(self) -> Backend | None:
        """The client half, if the service has been reached and somebody is signed in."""
        return self.here.reached

    async def backend(self) -> Backend:
        """Return the client half, waiting until the service is reached. Raises ClientError when it cannot be."""
        return await self.here.backend()

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask the service. Raises ClientError; whether the service could be reached shows in the status."""
        return await self.here.call(operation, request)

    async def keep(self, operation: Operation[Ask, Answered], request: Ask, label: str) -> None:
        """Give a write to the outbox, which keeps it on disk and sends it by itself; `label` says there what it is."""
        backend = await self.backend()
        await backend.outbox.put(operation, request, label)

    async def on_event(self, event: Event) -> None:
        """Take input in its turn and note it where study time counts, and draw all anew in a new size: what was drawn
        meanwhile, for the old one, stands anywhere."""
        if isinstance(event, Resize) and isinstance(self._driver, ThriftyDriver):
            self._driver.resized()
            if event.size == self.screen.outer_size:  # away and back at once: Textual finds nothing to draw
                self.screen.refresh()
        if isinstance(event, InputEvent):
            self.attending.input()
        if not isinstance(event, Key | Paste):
            await super().on_event(event)
        elif event.is_forwarded or not self._typed.holds(event):
            with self._typed.dealing():
                await super().on_event(event)

    async def practice(self) -> "Practice":
        """Return the practice of whoever is signed in. Raises ClientError where the service cannot be reached."""
        return (await self.backend()).practice()

    @property
    def first_name(self) -> str:
        """The name to greet the learner by; empty while it is not known."""
        backend = self.reached
        return backend.user.first_name if backend is not None else ""

    @property
    def is_guest(self) -> bool:
        """Whether one looks around without signing in."""
        return self.reached is not None and self.reached.guest is not None

    def offers(self, command: Command) -> bool:
        """Tell whether a command is for who is here: guests sign in, and what is personal is for everybody else."""
        return self.is_guest if command is SIGN_IN else not (command.personal and self.is_guest)

    @property
    def is_staff(self) -> bool:
        """Whether the person makes courses, CONTENT_CREATOR or ADMIN, so that they are shown the ways to theirs.

        Only what is shown depends on it; what one may do is the service's to decide.
        """
        backend = self.reached
        return backend is not None and backend.user.role.upper() in {"ADMIN", "CONTENT_CREATOR"}

    @property
    def is_admin(self) -> bool:
        """Whether the person is an ADMIN, so that they are shown the way to the administration, as for `is_staff`."""
        return self.reached is not None and self.reached.user.role.upper() == "ADMIN"

    def tell_progress(self, sentence: str) -> None:
        """Show progress; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(setattr, self, "progress", sentence)

    def get_line_filters(self) -> tuple[LineFilter, ...]:
        """Return what every rendered line goes through on its way out."""
        return tuple(self._filters_of_terminal)

    def let_through(self, address: str | None) -> None:
        """Let lines link to `address`, which has to be ASCII and clean, and to nothing else; None: to nothing."""
        self._safety.link = address

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing: an address is shown, and the reader decides (architecture.md, text is data)."""

    def drawing(self) -> "Drawing":
        """Return what makes the pictures of one screen, as this terminal shows them."""
        from lms_tui.tui.graphics import Drawing, Graphics  # noqa: PLC0415 - with the first picture

        if self._graphics is None and isinstance(self._driver, ThriftyDriver):
            self._graphics = Graphics(self, self._driver)
        return Drawing(self._graphics)

    def _handle_exception(self, error: Exception) -> None:
        """End with one sentence; Textual's own page would show the values of variables."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._exit_renderables.append(Text(crash.record(error, self._crash_log)))
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """Never show Textual's page with values of variables."""
        self._close_messages_no_wait()
