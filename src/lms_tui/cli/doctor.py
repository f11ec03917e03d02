"""`lms-tui doctor`: what is wrong on this machine, and what to do about each fault.

Each finding is told in words; `--json` gives the same as a list. The exit code is 1 when there is a fault, 0
otherwise (a warning is not a fault: the program works, with less).
"""

import argparse
import asyncio
import enum
import locale
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import msgspec

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import outbox_file, service_address, token_store
from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError
from lms_tui.config import Config, config_path
from lms_tui.local.errors import LocalError
from lms_tui.wire.text import clean_line


class Grade(enum.StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    about: str
    grade: Grade
    found: str
    todo: str = ""
    """What to do, where there is something to do."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor`."""
    parser = subparsers.add_parser("doctor", help="find out what is wrong, and what to do about it")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(args: argparse.Namespace) -> int:
    """Look at everything, print what was found; return 1 when there is a fault."""
    findings = asyncio.run(examine(args.config))
    if args.json:
        print_json(findings)
    else:
        for finding in findings:
            print(f"{finding.grade:<8} {finding.about:<14} {clean_line(finding.found)}")
            if finding.todo:
                print(f"{'':<24}{clean_line(finding.todo)}")
    return int(any(finding.grade is Grade.FAULT for finding in findings))


async def examine(config: Config) -> list[Finding]:
    """Return every finding, those about this machine first."""
    findings = [*_terminal(), *_configuration(config), await _keyring(config), _outbox()]
    findings += [finding async for finding in _service(config)]
    if config.service is None:
        findings.append(await asyncio.to_thread(_mail, config))
        findings += [finding async for finding in _issuers(config)]
        findings.append(await _mentor(config))
    return findings


def _terminal() -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    if not sys.stdout.isatty():
        yield Finding("terminal", Grade.OK, "the output is not a terminal, so its size and colours were not looked at")
    elif term in ("", "dumb"):
        yield Finding("terminal", Grade.FAULT, f"TERM is {term!r}", "Set TERM to what your terminal is.")
    else:
        size = shutil.get_terminal_size()
        small = size.columns < 80 or size.lines < 24
        yield Finding(
            "terminal",
            Grade.WARNING if small else Grade.OK,
            f"{term}, {size.columns} columns, {size.lines} rows",
            "Make the window at least 80 columns by 24 rows." if small else "",
        )
    coding = locale.getencoding()
    if coding.replace("-", "").lower() == "utf8":
        yield Finding("characters", Grade.OK, coding)
    else:
        yield Finding(
            "characters", Grade.WARNING, coding, "Set LANG to a UTF-8 locale, such as C.UTF-8, or use --ascii."
        )


def _configuration(config: Config) -> Iterator[Finding]:
    path = config_path(os.environ)
    yield Finding("configuration", Grade.OK, f"{path}{'' if path.exists() else ' (none; not needed)'}")
    for name, where in sorted(config.sources.items()):
        yield Finding("configuration", Grade.OK, f"{name} from {where}")


async def _keyring(config: Config) -> Finding:
    if config.kiosk:
        return Finding("keyring", Grade.OK, "a kiosk keeps no session")
    if await token_store(config).probe() == "keyring":
        return Finding("keyring", Grade.OK, "sessions are kept in the keyring")
    return Finding(
        "keyring",
        Grade.WARNING,
        "no keyring can be used: sessions are kept in a file that only you can read",
        "On a desktop, unlock the keyring (Secret Service, KWallet, macOS Keychain). Elsewhere this is in order.",
    )


def _outbox() -> Finding:
    """Look at the outbox without touching it: is the file whole, and what does it hold."""
    path = outbox_file()
    if not path.exists():
        return Finding("outbox", Grade.OK, "empty")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5.0)) as file:
            whole = file.execute("PRAGMA quick_check(1)").fetchone()[0]
            waiting, refused = file.execute(
                "SELECT count(*) FILTER (WHERE problem IS NULL), count(*) FILTER (WHERE problem IS NOT NULL) FROM items"
            ).fetchone()
    except sqlite3.Error as error:
        whole, waiting, refused = str(error), 0, 0
    if whole != "ok":
        todo = f"Move {path} away, keep it, and start again: it may hold answers that were not sent."
        return Finding("outbox", Grade.FAULT, f"{path} is damaged: {whole}", todo)
    grade = Grade.WARNING if refused else Grade.OK
    todo = "Open the app: each refused item says why." if refused else ""
    return Finding("outbox", grade, f"{waiting} waiting, {refused} refused", todo)


async def _service(config: Config) -> AsyncIterator[Finding]:
    try:
        address = await asyncio.to_thread(service_address, config)
    except LocalError as error:
        yield Finding("service", Grade.FAULT, str(error), "See the log that is named, then start again.")
        return
    api = Api(address, ca=config.ca)
    try:
        health = await api.check()
    except ClientError as error:
        todo = "Check the address and the network, or ask who runs the service." if config.service else ""
        yield Finding("service", Grade.FAULT, error.sentence, todo)
        return
    finally:
        await api.aclose()
    yield Finding("service", Grade.OK, f"{address}, build {health.build}, wire {health.wire}")
    if health.status == "ok":
        yield Finding("database", Grade.OK, "answers")
    else:
        yield Finding(
            "database", Grade.FAULT, "does not answer the service", "Is PostgreSQL running, and the address right?"
        )
    if config.database is not None:
        yield await asyncio.to_thread(_migrations, config.database)
    elif config.service is None:
        yield Finding("migrations", Grade.OK, "the embedded database upgrades itself")


def _mail(config: Config) -> Finding:
    """Go up to the mail server's door, and no further: nothing is sent."""
    from lms_tui.local.mail import mail_of
    from lms_tui.service.smtp import AwayError, Line

    try:
        mail = mail_of(config)
        if mail is None:
            return Finding("mail", Grade.OK, "none is sent; lms-tui user create and user reset print codes")
        line = Line(mail)
    except (LocalError, AwayError) as error:
        return Finding("mail", Grade.FAULT, str(error), "See docs/mail.md.")
    line.end()
    entered = "no sign-in" if mail.user is None else f"signed in as {mail.user}"
    return Finding("mail", Grade.OK, f"{mail.host}:{mail.port}, {line.encryption}, {entered}; nothing was sent")


async def _issuers(config: Config) -> AsyncIterator[Finding]:
    """Ask each issuer what it publishes of itself; nobody is signed in by that."""
    if not config.sso:
        yield Finding("sso", Grade.OK, "people sign in by passwords alone")
        return
    from lms_tui.local.sso import issuers_of
    from lms_tui.service.sso_issuer import AwayError, BrokenError, Provider

    try:
        issuers = issuers_of(config)
    except LocalError as error:
        yield Finding("sso", Grade.FAULT, str(error), "See docs/sso.md.")
        return
    for issuer in issuers:
        provider = Provider(issuer)
        try:
            keys = await provider.look()
        except (AwayError, BrokenError) as error:
            yield Finding("sso", Grade.FAULT, f"{issuer.name}, {issuer.issuer}: {error}", "See docs/sso.md.")
        else:
            yield Finding("sso", Grade.OK, f"{issuer.name}, {issuer.issuer}: signs devices in, {keys} keys")
        finally:
            await provider.aclose()


async def _mentor(config: Config) -> Finding:
    """Ask the AI provider which models it has, which costs nothing; the model itself is asked nothing."""
    from lms_tui.local.mentor import mentor_of

    try:
        mentor = await asyncio.to_thread(mentor_of, config)
    except LocalError as error:
        return Finding("mentor", Grade.FAULT, str(error), "See docs/mentor.md.")
    if mentor is None:
        return Finding("mentor", Grade.OK, "not set up: no AI provider answers learners; lms-tui mentor setup")
    from lms_tui.mentor.faults import todo
    from lms_tui.mentor.provider import Provider
    from lms_tui.mentor.turns import ProviderFault, Trouble

    settings, provider = mentor.provider, Provider(mentor.provider)
    try:
        models = await provider.models()
    except ProviderFault as fault:
        if fault.trouble in (Trouble.REFUSED, Trouble.UNREADABLE):  # some have no list
            models = []
        else:
            return Finding("mentor", Grade.FAULT, f"{settings.base}: {fault.seen}", todo(fault.trouble))
    finally:
        await provider.aclose()
    if {settings.model, f"{settings.model}:latest"} & set(models):
        return Finding("mentor", Grade.OK, f"{settings.base} answers and has {settings.model}; it was asked nothing")
    found = f"{settings.base} answers, and does not list {settings.model}"
    return Finding("mentor", Grade.WARNING, found, "Whether it answers all the same: lms-tui mentor test")


def _migrations(url: str) -> Finding:
    from lms_tui.db import migrate, version

    try:
        faults = migrate.check(url)
    except version.EncodingError as error:
        return Finding("migrations", Grade.FAULT, error.found, error.todo)
    except Exception as error:  # noqa: BLE001 - whatever a database does, the other findings are wanted
        return Finding("migrations", Grade.FAULT, f"could not be checked ({type(error).__name__})")
    if not faults:
        return Finding("migrations", Grade.OK, "up to date")
    what = ", ".join(fault.name for fault in faults[:5])
    return Finding("migrations", Grade.FAULT, f"{len(faults)} differences: {what}", "Run: lms-tui db upgrade")
