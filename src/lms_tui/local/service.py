"""The service as a child process, seen from the TUI and the command line: find it, or start it, and wait.

    endpoint = ensure_service(progress=show)                       # embedded database
    endpoint = ensure_service("postgresql://…", progress=show)     # your database, no PostgreSQL of ours
    Api(f"unix:{endpoint.socket}")                                # the client half

One service per user and database. It is found by its socket; whoever finds none takes the start lock and
starts one, detached, that lives on for the next TUI and ends itself some time after its last client.
A service of another build than this program's is replaced when nobody is connected to it.
Only the standard library, msgspec and modules of ours that need no more are imported here: the service half is loaded
in the child alone.
"""

import fcntl
import hashlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from lms_tui.build import build_id
from lms_tui.local.errors import LocalError, ServerFailedError
from lms_tui.local.paths import Places, places, private_folder, short_runtime, socket_fits
from lms_tui.wire import OLDEST_WIRE, WIRE_VERSION

START_SECONDS = 180.0
"""The longest wait for a word of a service that is starting: a first start and a migration on a slow card."""
RETIRE_SECONDS = 1.0
"""How long a service of another build may wait for its clients to leave before it stays, and is used as it is."""
HOST_MODULE = "lms_tui.local.host"
_LOG_LIMIT = 4_000_000


class Site(msgspec.Struct, frozen=True):
    """Where the one service of a user and database keeps its things. `key` tells databases apart."""

    key: str
    socket: Path
    lock: Path
    start_lock: Path
    log: Path


class Endpoint(msgspec.Struct, frozen=True):
    """A service that answered: its socket and what `/health` said."""

    socket: Path
    status: str
    build: str
    wire: int


def site(database: str | None = None, where: Places | None = None) -> Site:
    """Return the places of the service of `database` (None: the embedded one), and make their folders.

    The key of another database is a hash of its URL, which never appears in a file name or argument.
    """
    where = where or places()
    key = "embedded" if database is None else hashlib.sha256(database.encode()).hexdigest()[:12]
    run, logs = private_folder(where.runtime), private_folder(where.state)
    path = run / f"service-{key}.sock"
    if not socket_fits(path):
        digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
        path = private_folder(short_runtime()) / f"{digest}-{key}.sock"
    return Site(key, path, run / f"service-{key}.lock", run / f"service-{key}.start", logs / f"service-{key}.log")


def ask_health(path: Path, seconds: float = 5.0) -> Endpoint | None:
    """Return what the service behind the socket says of itself, or None when nothing answers."""
    reply = bytearray()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            connection.connect(os.fspath(path))
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: lms-tui\r\nConnection: close\r\n\r\n")
            while piece := connection.recv(65536):
                reply += piece
        head, _, body = bytes(reply).partition(b"\r\n\r\n")
        if head.split(b" ")[1:2] != [b"200"]:
            return None
        said = msgspec.json.decode(body)
        return Endpoint(path, str(said["status"]), str(said["build"]), int(said["wire"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ensure_service(
    database: str | None = None,
    *,
    progress: Callable[[str], None],
    where: Places | None = None,
) -> Endpoint:
    """Return the running service of `database` (None: embedded), started if there is none. Blocks.

    `progress` gets sentences for the screen while it starts. A service of another build than this program's is
    replaced when it has no client; otherwise it is returned as it is, if both speak the same wire.
    Raises LocalError with a sentence when no service can be had.
    """
    place, build = site(database, where), build_id()
    found = ask_health(place.socket)
    if found is not None and found.build == build:
        return found
    with _start_lock(place, progress):
        found = ask_health(place.socket)
        if found is not None:
            if found.build == build or not _retire(place):
                return _understood(found)
            progress("lms-tui was updated: starting its service again…")
        _start(place, database, where or places(), progress)
    found = ask_health(place.socket, 15.0)
    if found is None:
        raise ServerFailedError(f"The local service started but does not answer. Its log is {place.log}.")
    return _understood(found)


def _understood(found: Endpoint) -> Endpoint:
    """Return `found`. Raises LocalError when it speaks a wire version that this program does not."""
    if OLDEST_WIRE <= found.wire <= WIRE_VERSION:
        return found
    raise LocalError(
        f"Another version of lms-tui is open, and its service speaks version {found.wire} of the wire, this program "
        f"version {WIRE_VERSION}. Close the other window and start this one again."
    )


def stop_service(database: str | None = None, *, where: Places | None = None, seconds: float = 30.0) -> bool:
    """Ask the service of `database` to stop, and wait; True when none runs any more."""
    return _signal_and_wait(site(database, where), signal.SIGTERM, seconds)


def retire_service(database: str | None = None, *, where: Places | None = None) -> bool | None:
    """Ask the service of `database` to end unless it is in use: the next start reads the configuration anew.

    True when it has ended, False when it stays, None when none ran.
    """
    place = site(database, where)
    return _retire(place) if _holder(place) else None


@contextmanager
def _start_lock(place: Site, progress: Callable[[str], None]) -> Iterator[None]:
    descriptor = os.open(place.start_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        deadline, told = time.monotonic() + START_SECONDS, False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    progress("Another window is starting the service…")
                    told = True
                if time.monotonic() > deadline:
                    raise LocalError(f"Another lms-tui has been starting for too long. See {place.log}.") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _holder(place: Site) -> int:
    """Return the process that holds the service's lock, or 0 when it is free."""
    try:
        descriptor = os.open(place.lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(descriptor, 32, 0).strip()
        return int(text) if text.isdigit() else 0
    else:
        return 0
    finally:
        os.close(descriptor)


def _signal_and_wait(place: Site, number: signal.Signals, seconds: float) -> bool:
    pid = _holder(place)
    if pid:
        with suppress(ProcessLookupError):  # it ended by itself just now
            os.kill(pid, number)
    deadline = time.monotonic() + seconds
    while _holder(place):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _retire(place: Site) -> bool:
    """Ask the service to end unless somebody is connected; False when it stays.

    One that does not answer any more is on its way out (PostgreSQL may take its time): its follower waits for the lock.
    """
    return _signal_and_wait(place, signal.SIGHUP, RETIRE_SECONDS + 0.5) or ask_health(place.socket) is None


def _start(place: Site, database: str | None, where: Places, progress: Callable[[str], None]) -> None:
    """Start the child and read its sentences until it serves. Raises ServerFailedError with its last one."""
    if place.log.exists() and place.log.stat().st_size > _LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".log.1"))
    task = {"database": database, "data": os.fspath(where.data), "site": _as_words(place)}
    reading, writing = os.pipe()
    try:
        log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", HOST_MODULE, str(writing)],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                start_new_session=True,
            )
        finally:
            os.close(log)
            os.close(writing)
        with child:  # it forks at once and ends, so that nobody has to wait for the service itself
            if child.stdin is not None:
                child.stdin.write(msgspec.json.encode(task))
        _follow(reading, place, progress)
    finally:
        os.close(reading)


def _as_words(place: Site) -> dict[str, str]:
    return {"socket": os.fspath(place.socket), "lock": os.fspath(place.lock)}


def _follow(reading: int, place: Site, progress: Callable[[str], None]) -> None:
    deadline, pending = time.monotonic() + START_SECONDS, b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(reading, 65536) if ready else b""
        if not piece:
            why = "ended while starting" if ready else "did not start in time"
            raise ServerFailedError(f"The local service {why}. Its log is {place.log}.")
        *lines, pending = (pending + piece).split(b"\n")
        for line in lines:
            kind, _, sentence = line.decode().partition(" ")
            if kind == "ready":
                return
            if kind == "error":
                raise ServerFailedError(sentence)
            progress(sentence)
            deadline = time.monotonic() + START_SECONDS  # it lives: a large database may be on its way to a new major
