"""Reaching the service for the app: found or started in a thread, somebody signed in, the outbox opened."""

import asyncio
import threading
from collections.abc import Callable
from typing import BinaryIO, Final, TypeVar

from lms_tui.client.api import Api
from lms_tui.client.errors import SignInNeeded, Unreachable
from lms_tui.client.outbox import Outbox
from lms_tui.client.session import SignIn
from lms_tui.client.tokens import TokenStore
from lms_tui.local.errors import LocalError
from lms_tui.local.paths import private_folder
from lms_tui.local.service import ensure_service
from lms_tui.tui.backend import AskSignIn, Backend, Connect, Tell
from lms_tui.tui.start import StartConfig
from lms_tui.wire.operation import Answered, Ask, Operation

OUTBOX: Final = "outbox.sqlite"
Done = TypeVar("Done")


def connector(config: StartConfig) -> Connect:
    """Return what reaches the service that `config` means, and signs in: the owner of the embedded database without
    a question, everybody else by the session that was kept, or by address and password."""

    async def connect(tell: Tell, ask_sign_in: AskSignIn) -> Backend:
        try:
            folder = private_folder(config.state)
            api = Api(config.service) if config.service else LocalApi(config, await _local_service(config, tell))
        except (LocalError, ValueError) as error:
            raise Unreachable(str(error)) from error
        owner = config.service is None and config.database is None
        store = None if owner else TokenStore(folder / "sessions", kiosk=config.kiosk)
        session = SignIn(api, config.place, store)
        try:
            await api.check()
            user = await (session.owner(config.as_email) if owner else session.restore())
            if user is None:
                user = await ask_sign_in(session.sign_in, config.service or "your database")
            if user is None:
                raise SignInNeeded("You are not signed in.")  # noqa: TRY301 - closed like after any other failure
            outbox = Outbox(folder / OUTBOX, api, service=config.place, user=user.id)
            await outbox.open()
        except BaseException:
            await api.aclose()
            raise

        async def close() -> None:
            await outbox.close()
            await session.settled()
            await api.aclose()

        return Backend(api, outbox, user, close)

    return connect


class LocalApi(Api):
    """Calls to the service on this machine, which is ours to start: one that died is started anew by the first call
    that finds nobody there, and that call is made once more, as everything may be sent twice."""

    def __init__(self, config: StartConfig, address: str) -> None:
        super().__init__(address)
        self._config = config
        self._reviving: asyncio.Task[str] | None = None

    async def call(
        self, operation: Operation[Ask, Answered], request: Ask, *, upload: BinaryIO | None = None
    ) -> Answered:
        """As in Api; raises Unreachable also when the service cannot be started."""
        try:
            return await super().call(operation, request, upload=upload)
        except Unreachable:
            if self._reviving is None or self._reviving.done():
                self._reviving = asyncio.create_task(_local_service(self._config, _quietly), name="revive the service")
            try:
                await asyncio.shield(self._reviving)
            except LocalError as error:
                raise Unreachable(str(error)) from error
        return await super().call(operation, request, upload=upload)


def _quietly(_sentence: str) -> None:
    """A service that is started again behind the screen says nothing: the status tells what waits."""


async def _local_service(config: StartConfig, tell: Tell) -> str:
    """Return the address of the service on this machine, found or started."""
    endpoint = await _in_thread(lambda: ensure_service(config.database, progress=tell))
    return f"unix:{endpoint.socket}"


async def _in_thread(work: Callable[[], Done]) -> Done:
    """Return what `work` returns, from a thread that nobody has to wait for when the program ends before it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Done] = loop.create_future()

    def settle(result: Done | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def body() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as problem:  # noqa: BLE001 - handed to whoever waits
            error = problem
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=body, daemon=True, name="start service").start()
    return await future
