"""Parsers of commands and actions, as all of those that print JSON look."""

import argparse


def add(
    parsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    """Add the parser of `name`, which does `what`, with `--json`."""
    parser = parsers.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
    parser.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")
    return parser
