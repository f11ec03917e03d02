"""Reaching the local service for the app: found or started in a thread, the owner signed in, the outbox opened."""

import asyncio
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.client.outbox import Outbox
from lms_tui.local.errors import LocalError
from lms_tui.local.paths import private_folder
from lms_tui.local.service import Endpoint, ensure_service, site
from lms_tui.tui.backend import Backend, Connect
from lms_tui.tui.start import StartConfig
from lms_tui.wire import accounts

OUTBOX: Final = "outbox.sqlite"
Done = TypeVar("Done")


def local_service(config: StartConfig) -> Connect:
    """Return what reaches the service on this machine as its owner, or with `as_email` as somebody else."""

    async def connect(tell: Callable[[str], None]) -> Backend:
        try:
            endpoint: Endpoint = await _in_thread(lambda: ensure_service(config.database, progress=tell))
            key = site(config.database).key
        except LocalError as error:
            raise Unreachable(str(error)) from error
        api = Api(f"unix:{endpoint.socket}")
        request = accounts.OwnerRequest(as_email=config.as_email)

        async def renew(_used: accounts.Session) -> accounts.Session:
            return await api.call(accounts.OWNER, request)

        try:
            await api.check()
            session = await api.call(accounts.OWNER, request)
            api.take(session)
            api.renew = renew
            outbox = Outbox(private_folder(config.state) / OUTBOX, api, service=key, user=session.user.id)
            await outbox.open()
        except ClientError:
            await api.aclose()
            raise

        async def close() -> None:
            await outbox.close()
            await api.aclose()

        return Backend(api, outbox, session.user, close)

    return connect


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
