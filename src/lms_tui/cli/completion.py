"""`lms-tui completion bash | zsh | fish`: a script for the shell, made from the whole command line by shtab.

It is static: completing starts no lms-tui. Print it again after an update.
"""

import argparse
from collections.abc import Iterator
from typing import Final

SHELLS: Final = ("bash", "zsh", "fish")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `completion`."""
    what = "print what completes commands and options in your shell"
    parser = subparsers.add_parser("completion", help=what, description=f"{what[:1].upper()}{what[1:]}.")
    parser.add_argument("shell", choices=SHELLS, help="which shell it is for")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from lms_tui.cli.main import COMMANDS, parser

    whole = parser(COMMANDS)
    for action in _actions(whole):
        if action.metavar in ("PATH", "FILE"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(whole, shell=args.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments and options of `parser` and of all parsers below it."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to walk through them
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for below in action.choices.values():
                yield from _actions(below)
