"""`lms-tui mentor`: the group of commands about mentors; each is a module of its own, loaded when it is asked for."""

import argparse


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `mentor` with its actions."""
    from lms_tui.cli import mentor_checking, mentor_setup, mentor_threads, mentor_trying

    mentor = subparsers.add_parser("mentor", help="conversations with the mentor of a lesson; its AI provider")
    actions = mentor.add_subparsers(dest="action", metavar="ACTION", required=True)
    mentor_threads.add_actions(actions)
    mentor_checking.add_actions(actions)
    mentor_setup.add_actions(actions)
    mentor_trying.add_actions(actions)


def run(args: argparse.Namespace) -> int:
    """Do one of them; return the exit code."""
    code: int = args.act(args)
    return code
