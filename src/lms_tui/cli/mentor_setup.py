"""`lms-tui mentor setup`: which AI provider the mentor of this machine's service speaks by.

At a terminal it asks; what was given as an option is not asked for, and with `--json` or without a terminal nothing is.
Nothing is written before the provider has answered a test message. Then `[mentor]` of the configuration file is
changed, the key kept in the keyring or in a file of its own, and a service of this machine that nobody uses is ended,
so that the next one knows.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.mentor_presets import PRESETS, Preset
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.cli.mentor_key import Key
    from lms_tui.cli.mentor_trying import Failed
    from lms_tui.config import Config
    from lms_tui.config_mentor import MentorConfig
    from lms_tui.mentor.settings import ProviderSettings

_MOST_LISTED: Final = 30
_SERVICE: Final = {
    None: "It counts from the next start of the service on.",
    True: "The service of this machine ended, and starts anew with it when it is needed.",
    False: "The service of this machine is in use: it goes on as it was until all windows of lms-tui are closed.",
}


class Done(msgspec.Struct, frozen=True):
    """What was set up."""

    base: str
    model: str
    key: str
    """Where it is kept: `keyring`, the path of a file, `environment`, or `none`."""
    configuration: str
    service: str
    """What becomes of the service of this machine, in words."""


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `setup` to the actions of `mentor`."""
    setup = parsers.add(actions, "setup", "choose, try out and write down the AI provider of this machine's service")
    setup.add_argument("--preset", choices=PRESETS, help="one that is known by name")
    setup.add_argument("--base", metavar="URL", help="the address of the API, up to /v1")
    setup.add_argument("--model", metavar="NAME", help="the model; else one of those that the server has is chosen")
    key = setup.add_mutually_exclusive_group()
    key.add_argument("--key-stdin", action="store_true", help="read the key from standard input")
    key.add_argument("--key-file", type=Path, metavar="FILE", help="a file with the key, readable by you alone")
    setup.add_argument(
        "--keep-key-in", choices=("keyring", "file"), help="where a key that is typed is kept (default: the keyring,"
        " where one works)",
    )  # fmt: skip
    setup.add_argument(
        "--ca", type=Path, metavar="FILE", help="certificates to trust in place of the machine's, in PEM"
    )
    setup.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Set it up; return 1 when the provider does not answer. Raises WronglyAskedError, ConfigError, LocalError."""
    from lms_tui.cli.mentor_key import kept, key_from
    from lms_tui.cli.mentor_trying import Failed, tell, try_out
    from lms_tui.local.mentor import provider_of

    config: Config = args.config
    if config.service is not None:
        raise WronglyAskedError("The AI provider belongs to the service, which runs somewhere else: set it up there.")
    asks = sys.stdin.isatty() and not args.json and not args.key_stdin
    preset, base = _base(args, asks=asks)
    key = key_from(args, preset, base, asks=asks)
    ca = None if args.ca is None else str(args.ca.absolute())
    given = _given(config, base, args.model or "(to be chosen)", ca)
    if args.model is None:
        model = _model(given, key, asks=asks)
        if isinstance(model, Failed):
            return tell(model, as_json=args.json)
        given = _given(config, base, model, ca)
    if not args.json:
        print(f"Asking {clean_line(given.model)} at {given.base}…", flush=True)
    tried = try_out(provider_of(given, key.value))
    if isinstance(tried, Failed) or not args.json:
        code = tell(tried, as_json=args.json)
        if code:
            print("Nothing was written.", file=sys.stderr)
            return code
    _tell(_write(config, given, kept(key, base, args.keep_key_in), ca), as_json=args.json)
    return 0


def _base(args: argparse.Namespace, *, asks: bool) -> tuple[Preset, str]:
    """Return which provider is meant, and its address. Raises WronglyAskedError, ConfigError."""
    name = args.preset or ("other" if args.base else None)
    if name is None:
        if not asks:
            raise WronglyAskedError("Which provider? Name one: --preset NAME, or --base URL.", *PRESETS)
        name = _chosen("Which provider?", list(PRESETS), lambda one: PRESETS[one].title)
    preset = PRESETS[name]
    base = args.base or preset.base
    if asks:
        print(preset.hint)
    if asks and args.base is None:
        proposed = f" [{base}]" if base else ""
        base = input(f"Address{proposed}: ").strip() or base
    if not base:
        raise WronglyAskedError("This needs the address of the server: --base URL.")
    return preset, _checked(base)


def _checked(base: str) -> str:
    from lms_tui.config import ConfigError
    from lms_tui.config_mentor import check_base

    try:
        return check_base(base)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _given(config: "Config", base: str, model: str, ca: str | None) -> "MentorConfig":
    """Return all of `[mentor]` as it will be, but for the key. Raises ConfigError."""
    from lms_tui.config import ConfigError
    from lms_tui.config_mentor import read

    kept: dict[str, Any] = {name: value for name, value in config.mentor.items() if not name.startswith("key")}
    try:
        return read({**kept, "base": base, "model": model, **({} if ca is None else {"ca": ca})})
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _model(given: "MentorConfig", key: "Key", *, asks: bool) -> "str | Failed":
    """Return a model of those that the server has, as it is chosen. Raises WronglyAskedError where nobody can."""
    from lms_tui.cli.mentor_trying import failed
    from lms_tui.local.mentor import provider_of
    from lms_tui.mentor.turns import ProviderFault, Trouble

    settings = provider_of(given, key.value)
    try:
        models = asyncio.run(_models(settings))
    except ProviderFault as fault:
        if fault.trouble not in (Trouble.REFUSED, Trouble.UNREADABLE, Trouble.MODEL):
            return failed(settings, fault)
        models = []
    if len(models) == 1 and not asks:
        return models[0]
    if not asks:
        listed = [clean_line(model) for model in models[:_MOST_LISTED]]
        raise WronglyAskedError("Which model? Name one: --model NAME.", *listed)
    if not models:
        return _typed("The server lists no models. Name of the model: ")
    return _chosen("Which model?", models, str)


async def _models(settings: "ProviderSettings") -> list[str]:
    from lms_tui.mentor.provider import Provider

    provider = Provider(settings)
    try:
        return await provider.models()
    finally:
        await provider.aclose()


def _typed(prompt: str) -> str:
    while True:
        if typed := input(prompt).strip():
            return typed


def _chosen(question: str, names: list[str], title: Callable[[str], str]) -> str:
    """Have one of `names` chosen by its number or name; anything else narrows the list down."""
    shown = names
    while True:
        for number, name in enumerate(shown[:_MOST_LISTED], 1):
            print(f"{number:4}  {clean_line(title(name))}")
        if len(shown) > _MOST_LISTED:
            print(f"      … and {len(shown) - _MOST_LISTED} more: type a part of the name.")
        typed = _typed(f"{question} ")
        if typed in names:
            return typed
        if typed.isdecimal() and 1 <= int(typed) <= min(len(shown), _MOST_LISTED):
            return shown[int(typed) - 1]
        shown = [name for name in names if typed.lower() in f"{name} {title(name)}".lower()] or names


def _write(config: "Config", given: "MentorConfig", key: "Key", ca: str | None) -> Done:
    """Write the configuration file, and end a service that nobody uses. Raises LocalError."""
    from lms_tui.config import config_path
    from lms_tui.local.config_file import set_in_table
    from lms_tui.local.service import retire_service

    path = config_path(os.environ)
    set_in_table(
        path,
        "mentor",
        {
            "base": given.base,
            "model": given.model,
            "key_file": key.file,
            "key_keyring": True if key.keyring else None,
            **({} if ca is None else {"ca": ca}),
        },
    )
    where = "keyring" if key.keyring else key.file or ("environment" if key.value else "none")
    return Done(given.base, given.model, where, str(path), _SERVICE[retire_service(config.database)])


def _tell(done: Done, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    kept = {"none": "No key is needed.", "environment": "The key stays in LMS_TUI_MENTOR_KEY."}
    in_file = f"The key is in {done.key}, which only you can read."
    print(f"Written to {done.configuration}.")
    print("The key is in your keyring." if done.key == "keyring" else kept.get(done.key, in_file))
    print(done.service)
    for name in ("BASE", "MODEL", "CA"):
        if os.environ.get(f"LMS_TUI_MENTOR_{name}"):
            print(f"LMS_TUI_MENTOR_{name} in the environment counts before the file.")
