"""The service for real use: several worker processes on one listening socket, watched over by this one.

uvicorn's own supervisor starts the workers and replaces one that died or hangs. Ours is what it leaves open: the
sockets close as soon as the end begins, so that nobody is left waiting in a queue that no worker reads; workers end
when the supervisor was killed hard; a fault at the start is an exit code; all workers sign with the same keys, and
with new ones only when all of them know these.

A worker speaks uvicorn's plain protocol, which never marks a request as the owner's (see `service/app.py`).
"""

import logging
import multiprocessing
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Any, Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from lms_tui.service.app import create_app
from lms_tui.service.connections import Guarded, Limits, Watch
from lms_tui.service.descriptors import connections_for
from lms_tui.service.forwarded import UNIX, App, behind
from lms_tui.service.logs import log_to_stderr
from lms_tui.service.mentor_workers import new_family
from lms_tui.service.settings import Certificate, Settings
from lms_tui.service.tls import CertificateError, context
from lms_tui.service.tokens import Tokens, stored_keys

GRACE_SECONDS: Final = 30
"""How long requests in flight may go on after SIGTERM; as long as the longest statement (see `database.py`)."""

_START_SECONDS: Final = 60
"""How long a worker may give no sign of life: it gives none while it loads, which is slow on a busy small machine."""

_log = logging.getLogger(__name__)


def serve(
    settings: Settings,
    listening: socket.socket,
    workers: int,
    *,
    certificate: Certificate | None = None,
    proxies: tuple[str, ...] = (),
) -> int:
    """Serve on `listening`, bound and listening, until SIGTERM or SIGINT; return the exit code.

    With a `certificate` it speaks https alone; `proxies` are those whose word on where a request comes from is taken.
    Requests in flight are finished, for GRACE_SECONDS at most. SIGHUP takes up the keys of sessions as they stand in
    the folder of secrets now and replaces the workers one by one, which read the certificate anew; where the first of
    them cannot, the old ones go on. 1 means that a worker could not start, which would befall the next one too. Logs
    are JSON on standard error. `settings` goes to the workers through a pipe, never by argument or environment. Closes
    `listening`.
    """
    log_to_stderr()
    settings = replace(settings, family=new_family())
    if settings.mail is None:
        said = (
            "no mail is sent: nobody can ask for a new password, and codes are printed by lms-tui user create and reset"
        )
        _log.warning(said, extra={"fields": {"event": "no_mail"}})
    config = uvicorn.Config(
        partial(_application, settings, proxies),
        factory=True,
        workers=workers,
        http=partial(Guarded, _watch(proxies)),  # type: ignore[arg-type]
        loop="lms_tui.service.loop:Loop",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # uvicorn's trusts this machine, where any client could choose whom the throttle counts
        ssl_context_factory=partial(_tls, certificate) if certificate else None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=_START_SECONDS,
    )
    supervisor = _Supervisor(config, [listening], settings, proxies)
    supervisor.run()
    return int(any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes))


class _Supervisor(Multiprocess):
    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], settings: Settings, proxies: tuple[str, ...]
    ) -> None:
        super().__init__(config, sockets)
        self._settings, self._proxies = settings, proxies

    def handle_hup(self) -> None:
        """Replace the workers one by one, with the keys of sessions that stand in the file now.

        Where these sign with a key that the workers do not know yet, they are replaced twice: first by those that know
        it and sign as before, so that no session is begun that a worker beside would refuse.
        """
        for keys in rotation(self._settings.session_keys, _keys_now(self._settings)):
            settings = replace(self._settings, session_keys=keys)
            self.config.app = partial(_application, settings, self._proxies)
            before = self.processes[:]
            self.restart_all()
            if any(process in before for process in self.processes):
                return  # it was said why; the next SIGHUP begins anew
            self._settings = settings

    def keep_subprocess_alive(self) -> None:
        """Leave each worker its end of the pipe alone: one that dies with a sign of life asked of it is seen at once.

        With our copy of that end open, the supervisor waits for all of _START_SECONDS, and watches nobody meanwhile.
        """
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()

    def terminate_all(self) -> None:
        """Close our copy of the sockets first: a client that comes now is refused at once, not kept in the queue."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


def rotation(old: tuple[bytes, ...], new: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """Yield the keys for each time that all workers are replaced, on the way from `old` to `new`."""
    if new[0] not in old:
        yield *old, *(key for key in new if key not in old)
    yield new


def _keys_now(settings: Settings) -> tuple[bytes, ...]:
    """Return the keys in the file now; the present ones, and the reason in the log, where they cannot be used."""
    try:
        keys = stored_keys(settings.secrets)
        Tokens(keys)
    except (OSError, ValueError) as error:
        _log.error("the keys of sessions stay as they are: %s", error, extra={"fields": {"event": "keys_refused"}})
        return settings.session_keys
    _log.info("keys of sessions read", extra={"fields": {"event": "keys", "keys": len(keys)}})
    return keys


def _watch(proxies: tuple[str, ...]) -> Watch:
    """Return what watches the connections of a worker; those through a proxy are of many clients."""
    return Watch(Limits(most=connections_for(Limits.most)), [one for one in proxies if one != UNIX])


def _tls(certificate: Certificate, *_: Any) -> ssl.SSLContext:
    """Return what encrypts, as uvicorn asks for it in each worker; one that cannot ends with a line in the log."""
    log_to_stderr()
    try:
        return context(certificate)
    except CertificateError as error:
        _log.error(str(error), extra={"fields": {"event": "certificate_refused"}})
        sys.exit(STARTUP_FAILURE)


def _application(settings: Settings, proxies: tuple[str, ...]) -> App:
    """Return the application of one worker, in that worker."""
    log_to_stderr()
    Thread(target=_end_with_the_supervisor, daemon=True).start()
    return behind(create_app(settings), proxies)


def _end_with_the_supervisor() -> None:
    """End this worker gracefully when its supervisor is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
