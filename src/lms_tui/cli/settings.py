"""`lms-tui settings show | set NAME VALUE`: the settings of the school, for administrators."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.people_list import say_line
from lms_tui.cli.printing import agreed, print_list, warn
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.tui import school_words as words
from lms_tui.wire import school
from lms_tui.wire.school import MOST_LOGO_BYTES, LogoRequest, SetRequest, Settings, SettingsChanged

if TYPE_CHECKING:
    from lms_tui.client.api import Api

NAMES: Final = {
    "company": "the school's name",
    "mail": "the school's e-mail address",
    "logo": "a file with its picture: PNG, JPEG, GIF or WebP",
    "guests": "on or off: look around without signing in",
    "sso-only": "on or off: passwords are switched off",
}
"""As they are typed, and what each is."""
_SWITCH: Final = {"on": True, "off": False}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Make the parser of `settings`."""
    about = "the settings of the school"
    parser = subparsers.add_parser("settings", help=about, description=f"{about.capitalize()}.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="show all settings", description="Show all settings.")
    change = actions.add_parser(
        "set",
        help="change a setting",
        description="Change a setting.",
        epilog="; ".join(f"{name}: {what}" for name, what in NAMES.items())
        + ". '' takes a name, address or logo away.",
    )
    change.add_argument("name", metavar="NAME", choices=list(NAMES), help=", ".join(NAMES))
    change.add_argument("value", metavar="VALUE", help="what it is to be")
    change.add_argument("--yes", action="store_true", help="do not ask")
    for action in (show, change):
        action.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Do it at the service; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    request = None if args.action == "show" else _request(args.name, args.value)
    async with signed_in(args.config) as (api, _):
        settings = await api.call(school.SHOW, school.ShowRequest())
        if request is None:
            return _show(settings, as_json=args.json)
        if not _agreed(settings, request, yes=args.yes):
            return 1
        done = await _done(api, request)
    if args.json:
        print_json(done)
    else:
        say_line(f"{args.name} is {_value(done, args.name)} {'now' if done.changed else 'already'}.")
    return 0


def _show(settings: Settings, *, as_json: bool) -> int:
    if as_json:
        print_json(settings)
        return 0
    logo = settings.logo.name if settings.logo is not None else "(not in the store)" if settings.logo_missing else "-"
    rows = (settings.company_name or "-", settings.company_email or "-", logo)
    switches = words.on(settings.guests), words.on(settings.sso_only)
    print_list(("NAME", "VALUE"), list(zip(NAMES, (*rows, *switches), strict=True)))
    return 0


def _request(name: str, value: str) -> SetRequest | LogoRequest:
    """Return what sets `name` to `value`. Raises WronglyAskedError for a value that cannot be one."""
    own = uuid4()
    if name == "company":
        return SetRequest(id=own, company_name=value)
    if name == "mail":
        return SetRequest(id=own, company_email=value)
    if name == "logo":
        return LogoRequest(id=own, picture=_picture(value) if value else b"")
    if (on := _SWITCH.get(value.strip().lower())) is None:
        raise WronglyAskedError(f"{name} is on or off.")
    return SetRequest(id=own, guests=on) if name == "guests" else SetRequest(id=own, sso_only=on)


def _picture(name: str) -> bytes:
    """Return the file's content. Raises WronglyAskedError where it cannot be read, or is empty or too large."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(MOST_LOGO_BYTES + 1)
    except OSError as error:
        raise WronglyAskedError(f"{name} cannot be read: {error.strerror}.") from error
    if not data or len(data) > MOST_LOGO_BYTES:
        raise WronglyAskedError(f"A logo has {MOST_LOGO_BYTES // 1024} KiB at most, and is not empty.")
    return data


def _agreed(settings: Settings, request: SetRequest | LogoRequest, *, yes: bool) -> bool:
    """Say what a switch touches and ask, where it is not so already."""
    if isinstance(request, LogoRequest):
        return True
    if request.guests is not None and request.guests != settings.guests:
        warn(*words.letting_guests_in(on=request.guests))
        return agreed("Let guests in?" if request.guests else "Let no guests in?", yes=yes)
    if request.sso_only is not None and request.sso_only != settings.sso_only:
        if request.sso_only and not settings.may_enforce_sso:
            return True  # it is refused, and the refusal says why
        warn(*words.by_sso_alone(settings, on=request.sso_only))
        return agreed("Switch passwords off?" if request.sso_only else "Allow passwords?", yes=yes)
    return True


async def _done(api: "Api", request: SetRequest | LogoRequest) -> SettingsChanged:
    if isinstance(request, LogoRequest):
        return await api.call(school.LOGO, request)
    return await api.call(school.SET, request)


def _value(done: SettingsChanged, name: str) -> str:
    return {
        "company": f"“{done.company_name}”" if done.company_name else "empty",
        "mail": done.company_email or "empty",
        "logo": "set" if done.has_logo else "empty",
        "guests": words.on(done.guests),
        "sso-only": words.on(done.sso_only),
    }[name]
