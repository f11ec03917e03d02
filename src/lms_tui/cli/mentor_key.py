"""Where the key of an AI provider comes from when one is set up, and where it is kept then."""

import argparse
import asyncio
import getpass
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lms_tui.cli.mentor_presets import Preset
    from lms_tui.config import Config

_KEY_FILE: Final = "mentor-key"


@dataclass(frozen=True)
class Key:
    """A key, and where it is or is to be kept."""

    value: str | None = None
    file: str | None = None
    keyring: bool = False
    new: bool = False
    """Whether it was typed just now, and is kept nowhere yet."""


def key_from(args: argparse.Namespace, preset: "Preset", base: str, *, asks: bool) -> Key:
    """Return the key: of the option, the environment, as it is typed, or as it is kept. Raises LocalError."""
    from lms_tui.local.secret_file import secret_in

    if args.key_file is not None:
        path = args.key_file.absolute()
        return Key(_sound(secret_in(path, "The key of the AI provider")), file=str(path))
    if args.key_stdin:
        return Key(_sound(sys.stdin.readline()), new=True)
    if os.environ.get("LMS_TUI_MENTOR_KEY"):
        return Key(_sound(os.environ["LMS_TUI_MENTOR_KEY"]))
    kept = _kept_for(args.config, base)
    if not asks or not (preset.key or kept.value):
        return kept
    what = "Enter keeps the one that is there" if kept.value else "Enter: none"
    typed = getpass.getpass(f"Key ({what}): ").strip()
    return Key(_sound(typed), new=True) if typed else kept


def _kept_for(config: "Config", base: str) -> Key:
    """Return the key that is configured for this very address; none where it cannot be had."""
    from lms_tui.config_mentor import read
    from lms_tui.local.errors import LocalError
    from lms_tui.local.mentor import key_of

    if not config.mentor or (given := read(config.mentor)).base != base:
        return Key()
    try:
        return Key(key_of(given), given.key_file, given.key_keyring)
    except LocalError as error:
        print(error, file=sys.stderr)
        return Key()


def _sound(key: str) -> str:
    from lms_tui.config_mentor import check_key
    from lms_tui.local.errors import LocalError

    try:
        return check_key(key, "What was given as the key")
    except ValueError as error:
        raise LocalError(str(error)) from None


def kept(key: Key, base: str, wanted: str | None) -> Key:
    """Keep a key that was typed; return where it is. Raises LocalError."""
    from lms_tui.client.private_file import write_private
    from lms_tui.client.ring import NoKeyringError, on_ring, write_and_read
    from lms_tui.local.errors import LocalError
    from lms_tui.local.mentor import ring_user
    from lms_tui.local.paths import places

    if not key.new or key.value is None:
        return key
    value = key.value
    if wanted != "file":
        try:
            asyncio.run(on_ring(lambda ring: write_and_read(ring, ring_user(base), value)))
        except (NoKeyringError, TimeoutError):
            if wanted == "keyring":
                raise LocalError("No keyring can be used here. Leave out --keep-key-in keyring.") from None
        else:
            return Key(value, keyring=True)
    folder = places().data / "secrets"
    try:
        write_private(folder, _KEY_FILE, f"{value}\n".encode())
    except OSError as error:
        raise LocalError(f"The key cannot be kept in {folder}: {error.strerror or error}.") from error
    return Key(value, file=str(folder / _KEY_FILE))
