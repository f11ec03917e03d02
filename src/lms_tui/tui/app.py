"""The app: what all screens share, and how the program looks, starts, fails and ends. Screens do the rest."""

import asyncio
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from rich.text import Text
from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.events import Event, InputEvent, Resize
from textual.filter import LineFilter
from textual.reactive import var
from textual.screen import Screen

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, Refused, SignInNeeded, Unreachable
from lms_tui.tui import crash, kept_theme, themes
from lms_tui.tui.arrivals import arrival
from lms_tui.tui.backend import GUEST, Backend, Connect, SignIn
from lms_tui.tui.commands import EVERYWHERE, PALETTE, PREVIEW, SIGN_IN, Command, bindings
from lms_tui.tui.filters import line_filters
from lms_tui.tui.look import Look
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.status import Status, status_of
from lms_tui.tui.thrift import ThriftyDriver
from lms_tui.wire.accounts import User
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.client.practice import Practice
    from lms_tui.tui.graphics import Drawing, Graphics
    from lms_tui.tui.guests import Stay
    from lms_tui.tui.reading import Reading, Tasks
    from lms_tui.tui.studying import Studying
    from lms_tui.wire import learning


class LmsApp(App[None]):
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
        self._connect = connect
        self._crash_log = state / "tui.log"
        self.files_folder = state / "fetched"
        """Where files of courses are kept that were fetched (`tui.lesson_files`)."""
        self.places = ReadingPlaces(state / "places.json")
        self._connecting: asyncio.Future[Backend] | None = None
        self._user: UUID | None = None
        """Who was signed in last."""
        self._goodbye = ""
        """What the next sign-in says of the last one's end."""
        self._saved_at: datetime | None = None
        self._offline = False
        self._answered = False
        """Whether the service has answered since the start."""
        self._studying: Studying | None = None
        self._reading: Tasks | None = None
        self._graphics: Graphics | None = None
        self._stay: Stay | None = None
        """While a guest is here."""
        self.open_with: Mapping[str, str] = {}
        """What the learner chose to open a "video" and a "link" with."""
        self.kiosk = False
        self.go_on = False
        """Whether home, the first time that it knows where to go on, goes there by itself."""
        theme = look.load_theme()
        self.register_theme(theme)
        self.theme = theme.name

    def on_mount(self) -> None:
        """Open the first screen; what it asks for waits for the service."""
        from lms_tui.tui.screens.home import HomeScreen  # noqa: PLC0415 - screens are imported when opened

        self.push_screen(HomeScreen())

    async def on_unmount(self) -> None:
        """Let go of the service."""
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
        await self._let_go(self.reached)
        if self._stay is not None:
            await self._stay.end()

    async def _let_go(self, backend: Backend | None, *, for_good: bool = False) -> None:
        """End what goes on for whoever is signed in by `backend`, and close it; a kiosk keeps nothing `for_good`."""
        if self._reading is not None:
            await self._reading.close(offline=self._offline)
        if backend is not None:
            if self._studying is not None and backend.study is not None:
                await self._studying.close(backend.study.keep)
            if for_good and self.kiosk and backend.forget is not None:
                await backend.forget()
            await backend.close()

    async def leave(self, goodbye: str) -> None:
        """Let go of whoever is signed in, whose session is over, and ask who is there, after saying `goodbye`."""
        backend, nobody = self.reached, asyncio.get_running_loop().create_future()
        self._connecting = nobody  # whoever asks meanwhile waits
        await self._let_go(backend, for_good=True)
        if self.kiosk:
            await asyncio.to_thread(shutil.rmtree, self.files_folder, ignore_errors=True)
            self.places, self.theme = ReadingPlaces(None), self.look.load_theme().name
        self._goodbye, self._user = goodbye, None
        await self._show_anew(nobody)

    async def _show_anew(self, nobody: asyncio.Future[Backend] | None = None) -> None:
        """Show home alone, with nothing of what was shown before; who waits for `nobody` is gone with that."""
        from lms_tui.tui.screens.home import HomeScreen  # noqa: PLC0415

        with self.batch_update():
            while len(self.screen_stack) > 1:
                await self.pop_screen()
            self._studying = self._reading = None
            if nobody is not None:
                self._connecting, self._saved_at, self._offline, self._answered = None, None, False, False
                nobody.cancel()
            self._show_status()
            await self.push_screen(HomeScreen())

    async def rename(self, user: User) -> None:
        """Take note that whoever is signed in is called otherwise now."""
        if (backend := self.reached) is not None:
            backend.user = user
            if backend.session is not None:
                await backend.session.rename(user)

    async def backend(self) -> Backend:
        """Return the client half, waiting until the service is reached; after a failure this tries again.

        Raises ClientError when the service cannot be reached.
        """
        if self._connecting is None or (self._connecting.done() and self.reached is None):
            self._connecting = asyncio.create_task(self._reach(), name="reach the service")
        return await asyncio.shield(self._connecting)

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask the service. Raises ClientError; whether the service could be reached shows in the status."""
        try:
            reply = await (await self.backend()).api.call(operation, request)
        except SignInNeeded:
            self._offline = False
            self._show_status()
            if (backend := self.reached) is not None:  # the next try asks who is there
                self._connecting = None
                await backend.close()
            raise
        except ClientError as error:
            self._note(offline=isinstance(error, Unreachable))
            raise
        self._note(offline=False)
        return reply

    async def keep(self, operation: Operation[Ask, Answered], request: Ask, label: str) -> None:
        """Give a write to the outbox, which keeps it on disk and sends it by itself; `label` says there what it is."""
        backend = await self.backend()
        await backend.outbox.put(operation, request, label)

    async def on_event(self, event: Event) -> None:
        """Note input where study time counts, and draw all anew in a new size: what was drawn meanwhile, for the old
        one, stands anywhere."""
        if isinstance(event, Resize) and isinstance(self._driver, ThriftyDriver):
            self._driver.resized()
        if self._studying is not None and isinstance(event, InputEvent):
            self._studying.input()
        await super().on_event(event)

    def read(self, lesson: "learning.Lesson") -> "Reading":
        """Begin reading a lesson, whose place is kept for whoever is signed in."""
        from lms_tui.tui import reading  # noqa: PLC0415 - imported with the first lesson

        if self._reading is None:
            self._reading = reading.Tasks()
        user = str(self.reached.user.id) if self.reached is not None else ""
        return reading.learners(self, lesson, self._reading, user)

    def begin_studying(self, screen: object, course: UUID) -> None:
        """Count study time of `course`, in which the learner is enrolled, until `end_studying` with `screen`."""
        backend = self.reached
        if backend is None or (study := backend.study) is None:
            return
        if self._studying is None:
            from lms_tui.tui.studying import Studying  # noqa: PLC0415 - imported with the first lesson

            def keep(course: UUID, minutes: int) -> None:
                self.run_worker(study.add(course, minutes), group="study")

            self._studying = Studying(self, keep)
        self._studying.begin(screen, course)

    def end_studying(self, screen: object) -> None:
        """Count no more for `screen`."""
        if self._studying is not None:
            self._studying.end(screen)

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
    def reached(self) -> Backend | None:
        """The client half, if the service has been reached and somebody is signed in."""
        task = self._connecting
        done = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task is not None and done else None

    async def _reach(self) -> Backend:
        return await self._met(await self._connect(self._tell, self._ask_sign_in))

    async def _met(self, backend: Backend) -> Backend:
        """Begin with the client half of whoever is here now."""
        if self._stay is not None:
            stay, self._stay = self._stay, None
            await stay.end()
        if backend.guest is not None:
            from lms_tui.tui.guests import Stay  # noqa: PLC0415 - for guests alone

            self._stay = Stay(self)
        backend.outbox.subscribe(self._outbox_changed)
        backend.outbox.follow(self._delivered)
        before, self._user = self._user, backend.user.id
        if before not in (None, GUEST.id, self._user):
            self.call_later(self._show_anew)  # nothing of the one before is for this one to see
        self.call_later(self._outbox_changed)  # what waits is shown while nobody has answered yet
        return backend

    def _tell(self, sentence: str) -> None:
        """Show progress; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(setattr, self, "progress", sentence)

    async def _ask_sign_in(self, sign_in: SignIn, service: str) -> User | None:
        """Let the user sign in, on a screen over whatever waits for the service."""
        from lms_tui.tui.screens.sign_in import SignInScreen  # noqa: PLC0415

        answered: asyncio.Future[User | None] = asyncio.get_running_loop().create_future()
        goodbye, self._goodbye = self._goodbye, ""
        self.push_screen(SignInScreen(sign_in, service, said=goodbye), answered.set_result)
        return await answered

    @work(exclusive=True, group="sign-in")
    async def action_sign_in(self) -> None:
        """Let a guest sign in, and show the very same place as it is to them."""
        from lms_tui.tui.screens.sign_in import SignInScreen  # noqa: PLC0415

        backend = self.reached
        if backend is None or (guest := backend.guest) is None:
            return
        user = await self.push_screen_wait(SignInScreen(guest.session, guest.service))
        if user is None:
            return

        async def come_in() -> Backend:
            try:
                return await self._met(await guest.enter(user))
            except BaseException:
                await backend.close()
                raise

        self._connecting = asyncio.create_task(come_in(), name="come in")
        await asyncio.wait([self._connecting])  # what went wrong, each screen is told as it loads
        self._note(offline=False)
        for screen in self.screen_stack:
            if isinstance(screen, FramedScreen):
                screen.came_in()
                screen.refresh_commands()

    def _outbox_changed(self) -> None:
        self._show_status()

    def _delivered(self, write: Delivered) -> None:
        """Tell the truth about a write that has reached the service, or was refused by it.

        The screen that it was given on tells it itself, as long as it is open.
        """
        back = self._offline
        if not isinstance(write.outcome, Refused):
            self.note_saved(datetime.now(UTC))
        screens = [screen for screen in self.screen_stack if isinstance(screen, FramedScreen)]
        told = arrival(write)
        if told is not None and screens and not any(screen.shows(write) for screen in screens):
            screens[-1].tell(*told)
        self._note(offline=False)
        self.deliveries += 1
        if back and screens:
            screens[-1].load_if_failed()

    def note_saved(self, at: datetime) -> None:
        """Show that the service has acknowledged a write at `at`."""
        self._saved_at = at
        self._note(offline=False)

    def _note(self, *, offline: bool) -> None:
        """Show how things stand; when the service is there, or back, what waits goes at once."""
        back, self._offline = self._offline and not offline, offline
        self._show_status()
        backend = self.reached
        if offline or backend is None:
            return
        if back:
            backend.outbox.hurry()
        if (back or not self._answered) and backend.study is not None:
            self.run_worker(backend.study.tell_all(), group="study")  # what an earlier run left
        self._answered = True

    def _show_status(self) -> None:
        counts = self.reached.outbox.counts() if self.reached is not None else None
        nobody = Status("guest, f7 signs in") if self.is_guest and not self._offline else None
        self.status = nobody or status_of(counts, self._offline, self._saved_at)

    def get_line_filters(self) -> tuple[LineFilter, ...]:
        """Return what every rendered line goes through on its way out."""
        return tuple(self._filters_of_terminal)

    def let_through(self, address: str | None) -> None:
        """Let lines link to `address`, which has to be ASCII and clean, and to nothing else; None: to nothing."""
        self._safety.link = address

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing: an address is shown, and the reader decides (architecture.md, text is data)."""

    def action_help(self) -> None:
        """Show what can be done here."""
        from lms_tui.tui.screens.help import HelpScreen  # noqa: PLC0415

        if isinstance(self.screen, FramedScreen) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(tuple(self.screen.commands()), self.screen.moving()))

    def action_palette(self) -> None:
        """Let the user find a command by its name, and do it on the screen below."""
        from lms_tui.tui.screens.palette import PaletteScreen  # noqa: PLC0415

        screen = self.screen
        if isinstance(screen, FramedScreen):
            commands = tuple(command for command in screen.commands() if command is not PALETTE)
            self.push_screen(PaletteScreen(commands), partial(self._do, screen))

    async def _do(self, screen: Screen[object], command: Command | None) -> None:
        if command is not None:
            await self.run_action(command.action, screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the keys of a preview act only in one, and those of guests and of people only for them."""
        if action in {"preview", "sign_in", "outbox"}:
            screen, given = self.screen, f"({parameters[0]!r})" if parameters else ""
            commands = screen.commands() if isinstance(screen, FramedScreen) else ()
            return any(command.action == f"app.{action}{given}" for command in commands)
        return super().check_action(action, parameters)

    @work(exclusive=True, group="preview")
    async def action_preview(self, what: str) -> None:
        """Do `what` a command of the preview is for, in which the screen stands."""
        if isinstance(self.screen, FramedScreen):
            await self.screen.desk.do(what, self.screen)

    def action_outbox(self) -> None:
        """Show what waits and what was refused."""
        from lms_tui.tui.screens.outbox import OutboxScreen  # noqa: PLC0415

        if not isinstance(self.screen, OutboxScreen):
            self.push_screen(OutboxScreen())

    def drawing(self) -> "Drawing":
        """Return what makes the pictures of one screen, as this terminal shows them."""
        from lms_tui.tui.graphics import Drawing, Graphics  # noqa: PLC0415 - with the first picture

        if self._graphics is None and isinstance(self._driver, ThriftyDriver):
            self._graphics = Graphics(self, self._driver)
        return Drawing(self._graphics)

    def action_redraw(self) -> None:
        """Write the whole screen anew, after something else has written over it."""
        if isinstance(self._driver, ThriftyDriver):
            self._driver.redraw()
        self.screen.refresh()

    @work
    async def action_theme(self) -> None:
        """Let the user choose the colours, for the next start too."""
        from lms_tui.tui.screens.theme_picker import ThemePickerScreen  # noqa: PLC0415

        chosen, folder = await self.push_screen_wait(ThemePickerScreen()), self.look.kept_in
        if chosen is None or folder is None:
            return
        try:
            await asyncio.to_thread(kept_theme.write, folder, chosen)
        except OSError as error:
            if isinstance(self.screen, FramedScreen):
                self.screen.tell(f"The theme could not be kept for the next start: {error}.", "warning")

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
