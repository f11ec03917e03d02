"""Who is here: the app reaches the service, asks who it is, has guests come in, and lets go of who leaves."""

import asyncio
import shutil
from typing import TYPE_CHECKING
from uuid import UUID

from lms_tui.client.errors import ClientError, SignInNeeded, Unreachable
from lms_tui.tui.backend import GUEST, Backend, Connect, SignIn
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.wire.accounts import User
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.guests import Stay


class Here:
    """The client half of whoever is here. `connect` reaches the service when somebody first asks."""

    def __init__(self, app: "LmsApp", connect: Connect) -> None:
        """Begin with nobody."""
        self._app, self._connect = app, connect
        self._connecting: asyncio.Future[Backend] | None = None
        self._user: UUID | None = None
        """Who was signed in last."""
        self._goodbye = ""
        """What the next sign-in says of the last one's end."""
        self._stay: Stay | None = None
        """While a guest is here."""

    @property
    def reached(self) -> Backend | None:
        """The client half, if the service has been reached and somebody is signed in."""
        task = self._connecting
        done = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task is not None and done else None

    async def backend(self) -> Backend:
        """Return the client half, waiting until the service is reached; after a failure this tries again.

        Raises ClientError when the service cannot be reached.
        """
        if self._connecting is None or (self._connecting.done() and self.reached is None):
            self._connecting = asyncio.create_task(self._reach(), name="reach the service")
        return await asyncio.shield(self._connecting)

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask the service. Raises ClientError; whether the service could be reached shows in the status.

        What becomes of a call of whoever has left meanwhile says nothing of whoever is here.
        """
        standing, backend = self._app.standing, None
        try:
            backend = await self.backend()
            reply = await backend.api.call(operation, request)
        except SignInNeeded:
            standing.offline = False
            standing.show()
            if backend is not None and backend is self.reached:  # the next try asks who is there
                self._connecting = None
                await backend.close()
            raise
        except ClientError as error:
            if backend is None or backend is self.reached:
                standing.note(offline=isinstance(error, Unreachable))
            raise
        if backend is self.reached:
            standing.note(offline=False)
        return reply

    async def close(self) -> None:
        """Let go of the service, as the app ends."""
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
        await self._let_go(self.reached, for_good=True)
        if self._stay is not None:
            await self._stay.end()

    async def leave(self, goodbye: str) -> None:
        """Let go of whoever is signed in, whose session is over, and ask who is there, after saying `goodbye`."""
        app, backend, nobody = self._app, self.reached, asyncio.get_running_loop().create_future()
        self._connecting = nobody  # whoever asks meanwhile waits
        await self._let_go(backend, for_good=True)
        if app.kiosk:
            app.places, app.theme = ReadingPlaces(None), app.look.load_theme().name
        self._goodbye, self._user = goodbye, None
        await self._show_anew(nobody)

    async def rename(self, user: User) -> None:
        """Take note that whoever is signed in is called otherwise now."""
        if (backend := self.reached) is not None:
            backend.user = user
            if backend.session is not None:
                await backend.session.rename(user)

    async def come_in(self) -> None:
        """Let a guest sign in, and show the very same place as it is to them."""
        from lms_tui.tui.screens.sign_in import SignInScreen  # noqa: PLC0415

        backend = self.reached
        if backend is None or (guest := backend.guest) is None:
            return
        user = await self._app.push_screen_wait(SignInScreen(guest.session, guest.service))
        if user is None:
            return

        async def met() -> Backend:
            try:
                return await self._met(await guest.enter(user))
            except BaseException:
                await backend.close()
                raise

        self._connecting = asyncio.create_task(met(), name="come in")
        await asyncio.wait([self._connecting])  # what went wrong, each screen is told as it loads
        self._app.standing.note(offline=False)
        for screen in self._app.screen_stack:
            if isinstance(screen, FramedScreen):
                screen.came_in()
                screen.refresh_commands()

    async def _reach(self) -> Backend:
        return await self._met(await self._connect(self._app.tell_progress, self._ask_sign_in))

    async def _met(self, backend: Backend) -> Backend:
        """Begin with the client half of whoever is here now."""
        app = self._app
        if self._stay is not None:
            stay, self._stay = self._stay, None
            await stay.end()
        if backend.guest is not None:
            from lms_tui.tui.guests import Stay  # noqa: PLC0415 - for guests alone

            self._stay = Stay(app)
        backend.outbox.subscribe(app.standing.show)
        backend.outbox.follow(app.standing.delivered)
        before, self._user = self._user, backend.user.id
        if before not in (None, GUEST.id, self._user):
            app.call_later(self._show_anew)  # nothing of the one before is for this one to see
        app.call_later(app.standing.show)  # what waits is shown while nobody has answered yet
        return backend

    async def _let_go(self, backend: Backend | None, *, for_good: bool = False) -> None:
        """End what goes on for whoever is signed in by `backend`, and close it; a kiosk keeps nothing `for_good`."""
        await self._app.attending.close(backend, offline=self._app.standing.offline)
        if backend is not None:
            if for_good and self._app.kiosk and backend.forget is not None:
                await backend.forget()
            await backend.close()
        if for_good and self._app.kiosk:
            await asyncio.to_thread(shutil.rmtree, self._app.files_folder, ignore_errors=True)

    async def _show_anew(self, nobody: asyncio.Future[Backend] | None = None) -> None:
        """Show home alone, with nothing of what was shown before; who waits for `nobody` is gone with that."""
        from lms_tui.tui.screens.home import HomeScreen  # noqa: PLC0415

        app = self._app
        with app.batch_update():
            while len(app.screen_stack) > 1:
                await app.pop_screen()
            app.attending.forget()
            if nobody is not None:
                self._connecting = None
                app.standing.begin_anew()
                nobody.cancel()
            app.standing.show()
            await app.switch_screen(HomeScreen())

    async def _ask_sign_in(self, sign_in: SignIn, service: str) -> User | None:
        """Let the user sign in, on a screen over whatever waits for the service."""
        from lms_tui.tui.screens.sign_in import SignInScreen  # noqa: PLC0415

        answered: asyncio.Future[User | None] = asyncio.get_running_loop().create_future()
        goodbye, self._goodbye = self._goodbye, ""
        self._app.push_screen(SignInScreen(sign_in, service, said=goodbye), answered.set_result)
        return await answered
