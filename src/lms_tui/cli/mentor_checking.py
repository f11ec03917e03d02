"""`lms-tui mentor check LESSON`: am I done? The mentor's judgement, in text; the exit code tells whether it passed."""

import argparse
import asyncio
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.naming import LESSON_NAMED, resolve_lesson
from lms_tui.cli.printing import complain, say, width
from lms_tui.client.language import local_language
from lms_tui.wire.errors import Code
from lms_tui.wire.mentor_check import CHECK, RESULT, Checked, CheckEvent, CheckRequest, Result, ResultRequest
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

NOT_PASSED: Final = 7
"""The exit code of a check that did not pass."""


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `check` to the actions of `mentor`."""
    what = "have the mentor check whether a lesson is done"
    parser = parsers.add(actions, "check", what)
    parser.add_argument("name", metavar="LESSON", help=LESSON_NAMED)
    parser.add_argument("--last", action="store_true", help="show what the last check came to, and ask no model")
    parser.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Check it; return the exit code: 0 passed, NOT_PASSED, 1 where no check could be had."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        lesson = await resolve_lesson(api, args.name)
        stands = await api.call(RESULT, ResultRequest(lesson_id=lesson.id))
        if args.last:
            if not stands.checks:
                complain("Nothing has been checked in this lesson yet.")
                return 1
            return _told(stands, stands.checks[0], as_json=args.json)
        request = CheckRequest(lesson_id=lesson.id, id=uuid4(), seen=stands.progress_id, language=local_language())
        over = await _over(api, request)
    if over.result is not None:
        return _told(stands, over.result, as_json=args.json)
    detail, by_hand = "Nothing came of it.", ""
    if over.problem is not None:
        detail = over.problem.detail
        if over.problem.code == Code.MENTOR_FAULT:
            by_hand = f" Until a check can be had, the lesson may be marked as done: lms-tui done {lesson.id}"
    complain(f"{detail}{by_hand}")
    return 1


async def _over(api: "Api", request: CheckRequest) -> CheckEvent:
    """Return the end of a check, and tell a terminal that it goes on. Raises ClientError."""
    from lms_tui.client.events import events

    if sys.stderr.isatty():
        print("The mentor reads what you have said…", file=sys.stderr)
    async with aclosing(events(api, CHECK, request)) as coming:
        async for event in coming:
            over = event
    return over


def _told(stands: Result, check: Checked, *, as_json: bool) -> int:
    """Print what a check came to; return the exit code."""
    if as_json:
        print_json(check)
    else:
        for line in _lines(stands, check):
            say(line)
    return 0 if check.is_passed else NOT_PASSED


def _lines(stands: Result, check: Checked) -> list[str]:
    from lms_tui.tui.text.plain import laid_out, plain

    verdict = "passed" if check.is_passed else f"not passed yet: it takes {stands.needs} %"
    lines = [f"{stands.title}: {verdict}"]
    if check.understanding is not None:
        lines.append(f"understanding {check.understanding} of 10")
    if check.engagement is not None:
        lines.append(f"engagement {check.engagement} of 100")
    lines += ["", *filter(None, plain(check.insights, width()))] if check.insights else []
    if check.actions:
        lines += ["", "What to do next:"]
    for number, action in enumerate(check.actions, 1):
        leads = f"  [{action.lesson_title}: lms-tui show {action.lesson_id}]" if action.lesson_id is not None else ""
        lines.append(f"{number}. {' '.join(filter(None, laid_out(action.action, 10_000)))}{leads}")
    return [clean_line(line) for line in lines]
