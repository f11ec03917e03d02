"""Opening an address outside of this terminal, in the program that the learner chose.

    [open]
    video = "mpv {}"
    link = "xdg-open {}"

`{}` is where the address goes; without it the address comes last. The words are taken apart as a shell would, and no
shell ever sees them. Without a choice it is what is there: mpv or vlc for a film, xdg-open (`open` on a Mac), and
these only where there is a display and nobody came over SSH. A kiosk opens nothing. Where nothing opens, the address
is shown to be taken elsewhere (`screens.address`).
"""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from lms_tui.wire.text import clean_line

_LONGEST: Final = 2000
_FAILS_WITHIN: Final = 1.0
"""Seconds in which a program that cannot open it usually says so by its exit code."""
_SAFE: Final = "%/:=&?~#+!$,;'@()*[]"


class OpenError(Exception):
    """An address was not opened; the message is a sentence for the learner."""


def checked(address: str, cache: Path | None = None) -> str:
    """Return `address` as it may be given to a program: in ASCII, what is not percent-encoded.

    It is one of http or https, or the path of a file below `cache`, which our own program wrote there. Raises
    OpenError, with the address in the sentence, for any other, and for one with control characters.
    """
    if clean_line(address) != address or not address.isprintable() or len(address) > _LONGEST:
        raise OpenError(f"This address is not opened, as it holds more than an address: {clean_line(address)[:200]}")
    if cache is not None and Path(address).is_absolute() and Path(address).resolve().is_relative_to(cache.resolve()):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise OpenError(f"Only addresses that begin with http:// or https:// are opened, not {address}")
    try:
        host = parts.netloc.encode("idna").decode()  # letters that look like others show what they are
    except UnicodeError:
        host = parts.netloc
    return quote(parts._replace(netloc=host).geturl(), safe=_SAFE)


def program(kind: str, chosen: Mapping[str, str], environment: Mapping[str, str], *, kiosk: bool) -> list[str] | None:
    """Return the words of the program that opens a `kind` ("video" or "link") here, or None where nothing does.

    A program that the learner chose counts over SSH too: it may be one that reaches back.
    """
    if kiosk:
        return None
    if words := shlex.split(chosen.get(kind, "")):
        return words
    seen = "DISPLAY" in environment or "WAYLAND_DISPLAY" in environment or sys.platform == "darwin"
    if not seen or "SSH_CONNECTION" in environment:
        return None
    there = [name for name in ("mpv", "vlc") if kind == "video"]
    there.append("open" if sys.platform == "darwin" else "xdg-open")
    path = environment.get("PATH", os.defpath)
    return next(([name] for name in there if shutil.which(name, path=path) is not None), None)


def reason(environment: Mapping[str, str], *, kiosk: bool) -> str:
    """Return in a sentence why `program` found nothing."""
    if kiosk:
        return "On this machine lms-tui opens no other program."
    if "SSH_CONNECTION" in environment:
        return "You are here over SSH: what is opened would show on the other machine."
    return "No program was found that opens it here; [open] in config.toml can name one."


async def start(words: list[str], address: str) -> None:
    """Start the program on a `checked` address, apart from this terminal: it reads no key and writes nothing here.

    Raises OpenError when it cannot be started, or ends with a failure within a second.
    """
    command = [word.replace("{}", address) for word in words]
    if command == words:
        command.append(address)
    name = Path(words[0]).name
    try:
        process = await asyncio.to_thread(_apart, command)
    except OSError as error:
        why = "it is not there" if isinstance(error, FileNotFoundError) else str(error.strerror)
        raise OpenError(f"{name} could not be started: {why}.") from error
    threading.Thread(target=process.wait, daemon=True).start()  # when it ends, somebody has to take note
    try:
        code = await asyncio.to_thread(process.wait, _FAILS_WITHIN)
    except subprocess.TimeoutExpired:
        return
    if code:
        how = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise OpenError(f"{name} ended at once with {how}: it did not open the address.")


def _apart(command: list[str]) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)
