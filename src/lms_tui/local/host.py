"""The child process that is the local service: PostgreSQL if it is ours, migrations, the application, an end.

    python -P -m lms_tui.local.host REPORT_FD  < task.json

Started by `service.py`, detached. The task, with the database's URL and so perhaps a password, comes by standard
input: arguments and environment can be seen by others. Sentences for the screen go to REPORT_FD, one a line
(`say …`, then `ready` or `error …`).

SIGTERM and SIGINT stop it; SIGHUP ends it when no client is connected; it ends itself LMS_TUI_IDLE_SECONDS
(default 600) after the last connection. Killed hard, it leaves nothing that the next start does not clear: the
kernel stops PostgreSQL (see `drop.py`), locks fall, a stale socket is replaced under the lock. A PostgreSQL that
dies is started again; one whose folder was removed is not, and the service ends with it.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from lms_tui.local.errors import LocalError
from lms_tui.local.lock import try_lock
from lms_tui.local.paths import private_folder

if TYPE_CHECKING:
    from lms_tui.config import Config
    from lms_tui.local.postgres import Server
    from lms_tui.service.settings import Mentor

IDLE_SECONDS = 600.0
_PREDECESSOR_SECONDS = 30.0

Say = Callable[[str, str], None]


def _reporter(descriptor: int) -> Say:
    """Return what tells the starting process; it may be gone, which changes nothing for us."""

    def say(kind: str, sentence: str = "") -> None:
        with suppress(OSError):
            os.write(descriptor, f"{kind} {' '.join(sentence.split())}\n".encode())

    return say


def bind_private(path: Path) -> socket.socket:
    """Bind and listen on a Unix socket that only its owner may open (0600), in place of a stale one.

    Called with the service's lock held, so what is there is nobody's.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(os.fspath(path))
    finally:
        os.umask(before)
    listening.listen(128)
    listening.setblocking(False)
    return listening


def unlink_own(path: Path, bound: os.stat_result) -> None:
    """Remove the socket that was `bound` at `path`, not the one that somebody has made in its place: the folder may
    have been removed and made again by a service that is in use now."""
    with suppress(FileNotFoundError):
        if os.path.samestat(bound, path.lstat()):
            path.unlink()


def _take_lock(path: Path) -> int | None:
    """Take the service's lock, waiting for one that is ending; None when another service stays."""
    deadline = time.monotonic() + _PREDECESSOR_SECONDS
    while (descriptor := try_lock(path)) is None:
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _wait_then_tell(server: "Server", loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    server.wait()
    with suppress(RuntimeError):  # the loop is closed: the service has ended in the meantime
        loop.call_soon_threadsafe(ended.set)


@contextmanager
def embedded(data: Path, say: Say) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Run the embedded PostgreSQL: yields its URL and a function that waits for its end and revives it."""
    from lms_tui.local import postgres  # noqa: PLC0415 - not needed with --database

    folder = private_folder(data) / "postgres"
    server = postgres.start(folder, progress=lambda sentence: say("say", sentence), end_with_us=True)

    async def keep() -> None:
        nonlocal server
        loop = asyncio.get_running_loop()
        while True:
            ended = asyncio.Event()
            # A daemon thread: the loop's own executor would be waited for before the server is told to stop.
            Thread(target=_wait_then_tell, args=(server, loop, ended), daemon=True).start()
            await ended.wait()
            if server.is_homeless():
                raise LocalError(
                    f"{folder} was removed while its database ran. What is there now is not this service's."
                )
            server.forget()
            # Here, in the main thread: the kernel ties the server's life to the thread that started it.
            server = postgres.start(folder, end_with_us=True)

    try:
        yield server.url(), keep
    finally:
        server.stop()


async def serve(
    app: Callable[..., Any],
    path: Path,
    *,
    keep: Callable[[], Any] | None = None,
    idle_seconds: float = IDLE_SECONDS,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the ASGI `app` on the private socket `path` until a signal or the end of all use."""
    import uvicorn  # noqa: PLC0415 - the starting process never comes here

    from lms_tui.local.doorkeeper import Presence, door  # noqa: PLC0415

    class QuietServer(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to us: uvicorn raises SIGTERM again after serving, which would skip our clean-up."""
            yield

    presence = Presence(idle_seconds)
    config = uvicorn.Config(
        app, http=door(presence), ws="none", lifespan="on", log_config=None, access_log=False,
        timeout_graceful_shutdown=5, server_header=False,
    )  # fmt: skip
    server = QuietServer(config)

    def leave(*_: object) -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number, action in ((signal.SIGTERM, leave), (signal.SIGINT, leave), (signal.SIGHUP, presence.retire)):
        loop.add_signal_handler(number, action)
    tasks = [asyncio.ensure_future(presence.until_idle()), *([asyncio.ensure_future(keep())] if keep else [])]
    for begun in tasks:
        begun.add_done_callback(leave)
    listening, bound = bind_private(path), path.lstat()  # noqa: ASYNC240 - a moment, before anybody is served
    on_ready()
    try:
        await server.serve(sockets=[listening])
    finally:
        for begun in tasks:
            begun.cancel()
        listening.close()
        unlink_own(path, bound)
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):  # not a cancellation: the database could not be revived
            raise outcome


def migrate_embedded(url: str, backups: Path, say: Say) -> None:
    """Bring the embedded database to this program's version; what was there is backed up first.

    Alembic and SQLAlchemy are loaded only when there is something to do: their import is longer than all the rest of a
    warm start. Raises LocalError with a sentence.
    """
    from lms_tui.db import version  # noqa: PLC0415 - the service half is loaded in the child alone

    try:
        found = version.current(url)
        if found == version.head():
            return
        from lms_tui.db.dump import backup_before_migration  # noqa: PLC0415
        from lms_tui.db.migrate import upgrade  # noqa: PLC0415

        say("say", "Bringing the database up to date…")
        if found is not None:
            backup_before_migration(url, backups, found)
        upgrade(url)
    except version.MigrationError as error:
        raise LocalError(str(error)) from error


def _load() -> None:
    """Import the service half, while PostgreSQL is starting."""
    import uvicorn  # noqa: F401, PLC0415

    import lms_tui.local.doorkeeper  # noqa: PLC0415
    import lms_tui.service.app  # noqa: F401, PLC0415


def _own_config() -> "Config":
    """Read where the files of courses are kept, by which server mail goes out and by which AI provider the mentor
    answers: in this process, so that no secret passes through a task or argument.

    Raises LocalError with a sentence.
    """
    from lms_tui.config import ConfigError, resolve  # noqa: PLC0415 - not needed to find a service

    try:
        return resolve()
    except ConfigError as error:
        raise LocalError(str(error)) from error


def _mentor(config: "Config", say: Say) -> "Mentor | None":
    """Return the mentor's provider. Without its key the service starts all the same: a locked keyring keeps nobody
    from learning, and `lms-tui doctor` says what is wrong."""
    from lms_tui.local.mentor import mentor_of  # noqa: PLC0415

    try:
        return mentor_of(config)
    except LocalError as error:
        say("say", f"{error} Until then there is no mentor.")
        return None


def run(task: dict[str, Any], say: Say) -> None:
    """Run the service that `task` describes until its end. Raises LocalError with a sentence."""
    loading = Thread(target=_load, daemon=True)
    loading.start()
    data = private_folder(Path(task["data"]))
    secrets = private_folder(data / "secrets")
    with nullcontext((task["database"], None)) if task["database"] else embedded(data, say) as (url, keep):
        if keep is not None:  # only the embedded database upgrades itself (domain.md)
            migrate_embedded(url, data / "postgres" / "backups", say)
        loading.join()
        import logging  # noqa: PLC0415 - loaded by now, as all of the service is

        from lms_tui.local.mail import mail_of  # noqa: PLC0415
        from lms_tui.local.sso import issuers_of  # noqa: PLC0415
        from lms_tui.local.stores import bucket, folder  # noqa: PLC0415
        from lms_tui.service.app import create_app  # noqa: PLC0415 - loaded by now
        from lms_tui.service.courses import seed  # noqa: PLC0415
        from lms_tui.service.logs import log_to_stderr  # noqa: PLC0415
        from lms_tui.service.settings import Settings  # noqa: PLC0415

        log_to_stderr(logging.WARNING)  # the log keeps what went wrong, with its fields
        config = _own_config()
        settings = Settings(
            url,
            secrets,
            files_folder=folder(config),
            bucket=bucket(config),
            mail=mail_of(config),
            issuers=issuers_of(config),
            mentor=_mentor(config, say),
            alone=keep is not None,
        )
        if keep is not None:  # the courses that ship with the program are in the embedded database from the start
            asyncio.run(seed(settings, lambda: say("say", "Bringing in the courses that come with the program…")))
        idle = float(os.environ.get("LMS_TUI_IDLE_SECONDS", IDLE_SECONDS))
        app, path = create_app(settings), Path(task["site"]["socket"])
        asyncio.run(serve(app, path, keep=keep, idle_seconds=idle, on_ready=lambda: say("ready", "")))


def main(arguments: list[str], run: Callable[[dict[str, Any], Say], None] = run) -> int:
    """Detach, take the lock, run; 1 when no service could be had."""
    task = json.load(sys.stdin)
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    say = _reporter(int(arguments[0]))
    lock = _take_lock(Path(task["site"]["lock"]))
    if lock is None:
        say("ready", "")  # another one stayed: the starter asks it
        return 0
    try:
        run(task, say)
    except LocalError as error:
        say("error", str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
