"""`lms-tui serve`: the service for other programs and people: over https, or on this machine alone.

With a certificate it listens where it is told; without one on a loopback address or a Unix socket, for a reverse proxy
on the same machine. No listener of this command knows the owner of the machine: everybody signs in.
"""

import argparse
import fcntl
import ipaddress
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.cli.db import add_database_argument, complain, configured_database, require_version

if TYPE_CHECKING:
    from lms_tui.service.settings import Certificate

MOST_WORKERS = 64


class ServeError(Exception):
    """The service cannot listen as it was told; the message is a sentence for the user."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `serve`."""
    what = "run the service over https, or for this machine alone"
    parser = subparsers.add_parser("serve", help=what, description=what[:1].upper() + what[1:] + ".")
    add_database_argument(parser)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=_port, metavar="N", help="listen on this port of --host; 0 takes a free one")
    where.add_argument("--socket", type=Path, metavar="PATH", help="listen on a Unix socket that you alone may open")
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        help="an address to listen on, with --port (default: 127.0.0.1); any with a certificate, else a loopback one",
    )
    parser.add_argument(
        "--workers", type=_workers, default=1, metavar="N",
        help="processes; each opens up to 20 connections to the database (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=_rate, default=20, metavar="N",
        help="requests a second of one person, at each worker; 0: any number (default: 20)",
    )  # fmt: skip
    parser.add_argument(
        "--secrets", type=Path, metavar="DIR",
        help="folder with the keys of sessions, made if missing (LMS_TUI_SECRETS; default: in the data folder)",
    )  # fmt: skip
    parser.add_argument(
        "--tls-certificate", type=Path, metavar="FILE", help="speak https: certificate and chain in PEM"
    )
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its key in PEM, readable by you alone")
    parser.add_argument(
        "--trusted-proxy", type=_proxy, action="append", default=[], metavar="ADDRESS",
        help="believe X-Forwarded-For of this address or network, or of who opens the --socket: unix (repeatable)",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Serve the configured database until SIGTERM or SIGINT; return the exit code."""
    from lms_tui.db.version import MigrationError
    from lms_tui.local.errors import LocalError

    try:
        return _serve(args)
    except (ServeError, MigrationError, LocalError) as error:
        complain(str(error))
    return 1


def _serve(args: argparse.Namespace) -> int:
    from lms_tui.local.mail import mail_of
    from lms_tui.local.mentor import mentor_of
    from lms_tui.local.sso import issuers_of
    from lms_tui.local.stores import bucket, folder
    from lms_tui.service.serve import serve
    from lms_tui.service.settings import Settings
    from lms_tui.service.tokens import Tokens, keys_in

    if args.socket is not None and args.host is not None:
        raise ServeError("--host goes with --port, not with --socket.")
    certificate = _certificate(args)
    host = (any_address if certificate else loopback)(args.host or "127.0.0.1")
    database = configured_database(args)
    if database is None:
        raise ServeError("This needs a database of yours: --database postgresql://… or LMS_TUI_DATABASE.")
    require_version(database)
    secrets = _secrets(args.secrets)
    try:
        keys = keys_in(secrets)
        Tokens(keys)  # which refuses keys that are too short, here instead of in every worker
    except PermissionError as error:
        raise ServeError(f"{error}." if error.strerror is None else f"{secrets}: {error.strerror}.") from error
    except OSError as error:
        raise ServeError(f"The folder for the keys of sessions, {secrets}: {error.strerror}.") from error
    except ValueError as error:
        raise ServeError(
            f"{secrets / 'session-keys'} must hold lines of 64 or more random hexadecimal digits."
        ) from error
    settings = Settings(
        database,
        secrets,
        session_keys=keys,
        files_folder=folder(args.config),
        bucket=bucket(args.config),
        mail=mail_of(args.config),
        rate=args.rate,
        issuers=issuers_of(args.config),
        mentor=mentor_of(args.config),
    )
    scheme = "http" if certificate is None else "https"
    with listening_at(args.socket) if args.socket is not None else _on_port(scheme, host, args.port) as listening:
        return serve(settings, listening, args.workers, certificate=certificate, proxies=tuple(args.trusted_proxy))


def _certificate(args: argparse.Namespace) -> "Certificate | None":
    """Return the two files, seen to be a certificate and its key. Raises ServeError."""
    from lms_tui.service.settings import Certificate
    from lms_tui.service.tls import CertificateError, context

    if args.tls_certificate is None and args.tls_key is None:
        return None
    if args.tls_certificate is None or args.tls_key is None:
        raise ServeError("--tls-certificate and --tls-key go together.")
    if args.socket is not None:
        raise ServeError("A certificate goes with --port, not with --socket: nobody can listen in on a socket.")
    certificate = Certificate(args.tls_certificate.absolute(), args.tls_key.absolute())
    try:
        context(certificate)
    except CertificateError as error:
        raise ServeError(str(error)) from error
    return certificate


def any_address(host: str) -> str:
    """Return `host` as an address. Raises ServeError for a name, but for `localhost`: it may mean several."""
    try:
        return str(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise ServeError(f"--host is an address, as in 0.0.0.0 or ::, not {host!r}.") from None


def loopback(host: str) -> str:
    """Return `host` as an address. Raises ServeError unless it is one of the loopback interface.

    A name would be looked up, and may mean something else tomorrow: `localhost` alone is taken, as 127.0.0.1.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or not (
        address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.ip_address("::1")
    ):
        raise ServeError(
            f"Without a certificate the service listens on this machine alone (127.0.0.1, ::1 or --socket), not on"
            f" {host}. Give --tls-certificate and --tls-key, or put a reverse proxy in front of it (docs/serving.md)."
        )
    return str(address)


@contextmanager
def listening_at(path: Path) -> Iterator[socket.socket]:
    """Listen on a Unix socket that only its owner may open, in place of a stale one, and remove it at the end.

    Raises ServeError when another service answers there, or something that is not a socket stands there.
    """
    from lms_tui.local.host import bind_private, unlink_own
    from lms_tui.local.paths import SOCKET_PATH_LIMIT, socket_fits

    path = path.absolute()
    if not socket_fits(path):
        raise ServeError(f"The path {path} is too long for a socket: {SOCKET_PATH_LIMIT} bytes at most.")
    try:
        with _folder_locked(path.parent):
            if _is_taken(path):
                raise ServeError(f"Another service listens on {path} already.")
            listening = bind_private(path)
            ours = path.lstat()
    except OSError as error:
        raise ServeError(f"The socket {path} cannot be made: {error.strerror}.") from error
    try:
        _log_address(f"unix:{path}")
        yield listening
    finally:
        listening.close()
        with _folder_locked(path.parent):
            unlink_own(path, ours)


def _is_taken(path: Path) -> bool:
    """Tell whether somebody listens on `path`. Raises ServeError when what stands there is not a socket."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ServeError(f"{path} exists and is not a socket. Choose another path.")
    except FileNotFoundError:
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            return False
        return True


@contextmanager
def _folder_locked(folder: Path) -> Iterator[None]:
    """Let nobody else look for a stale socket in `folder` meanwhile: two could take each other's for one."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _on_port(scheme: str, host: str, port: int) -> Iterator[socket.socket]:
    """Listen on a port of an address. Raises ServeError when it is taken or may not be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ServeError(f"Port {port} of {host} cannot be had: {error.strerror}.") from error
    with listening:
        _log_address(f"{scheme}://[{host}]" if ":" in host else f"{scheme}://{host}", listening.getsockname()[1])
        yield listening


def _log_address(address: str, port: int | None = None) -> None:
    """Tell in the log, as JSON, where the service is to be found."""
    import logging

    from lms_tui.service.logs import log_to_stderr

    log_to_stderr()
    found = address if port is None else f"{address}:{port}"
    logging.getLogger(__name__).info("listening", extra={"fields": {"event": "listening", "address": found}})


def _secrets(given: Path | None) -> Path:
    """Return the folder of the keys: the flag's, the environment's, the one that the local service uses too."""
    from lms_tui.local.paths import places, private_folder

    named = given or os.environ.get("LMS_TUI_SECRETS")
    if named:
        return Path(named).expanduser().absolute()
    return private_folder(private_folder(places().data) / "secrets")


def _port(text: str) -> int:
    return _between(text, 0, 65_535, "port")


def _proxy(text: str) -> str:
    from lms_tui.service.forwarded import proxy

    try:
        return proxy(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a proxy is an address, a network or unix, not {text!r}") from None


def _rate(text: str) -> int:
    return _between(text, 0, 1_000_000, "number of requests")


def _workers(text: str) -> int:
    return _between(text, 1, MOST_WORKERS, "number of workers")


def _between(text: str, least: int, most: int, what: str) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"a {what} is a whole number from {least} to {most}, not {text!r}")
    return int(text)
