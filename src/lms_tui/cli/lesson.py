"""`lms-tui lesson fresh-start LESSON LEARNER`: let one learner begin a lesson anew, for its course's author and admins.

Says first what it would take away and what stays, and asks.
"""

import argparse
import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.naming import NAMED, resolve
from lms_tui.cli.printing import agreed, say
from lms_tui.tui.words import count
from lms_tui.wire import fresh_start
from lms_tui.wire.finding import Kind
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `lesson` with its action."""
    lesson = subparsers.add_parser("lesson", help="give a learner a fresh start of a lesson")
    actions = lesson.add_subparsers(dest="action", metavar="ACTION", required=True)
    what = "let one learner begin a lesson anew: no attempt counts any more, the progress is empty"
    give = actions.add_parser("fresh-start", help=what, description=what[:1].upper() + what[1:] + ".")
    give.add_argument("name", metavar="LESSON", help=NAMED)
    give.add_argument("learner", metavar="LEARNER", help="the learner's e-mail address or id")
    give.add_argument("--yes", action="store_true", help="do not ask")
    give.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Give the fresh start; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _user):
        lesson = await _lesson(api, args.name)
        facts = await api.call(fresh_start.LOOK, fresh_start.FreshStartLook(lesson_id=lesson, learner=args.learner))
        for line in touched(facts):
            print(clean_line(line), file=sys.stderr)
        if not agreed("Give the fresh start?", yes=args.yes):
            return 1
        request = fresh_start.FreshStartRequest(id=uuid4(), lesson_id=lesson, learner_id=facts.learner_id)
        done = await api.call(fresh_start.GIVE, request)
    print_json(done) if args.json else say(clean_line(f"{facts.learner_email} begins “{facts.lesson_title}” anew."))
    return 0


async def _lesson(api: "Api", name: str) -> UUID:
    """Return the lesson that is meant; an id is taken as it is, since one's own drafts are not to be found by name."""
    with contextlib.suppress(ValueError):
        return UUID(name)
    return (await resolve(api, name, Kind.LESSON)).id


def touched(facts: fresh_start.FreshStartFacts) -> list[str]:
    """Return in sentences what a fresh start takes away, and what stays."""
    who = facts.learner_name or facts.learner_email
    lines = [f"{who} <{facts.learner_email}>, “{facts.lesson_title}” ({facts.course_title})"]
    if facts.is_nothing:
        return [*lines, "Nothing is recorded in this lesson: nothing would change."]
    if facts.attempts:
        lines.append(f"{count(facts.attempts, 'attempt')} will not count any more, the best {facts.best_score} %.")
    if facts.open_attempt:
        lines.append("The open attempt will be closed.")
    if facts.started:
        lines.append("The lesson will be " + ("incomplete" if facts.completed_at else "unopened") + " again.")
    stays = ["answers"]
    stays += ["the completed chapter"] if facts.chapter_completed_at else []
    stays += ["the completed course"] if facts.course_completed_at else []
    return [*lines, f"What stays: {', '.join(stays)}."]
