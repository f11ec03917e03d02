"""`lms-tui practice`: what there is to practise today, and when there is more."""

import argparse
import asyncio
from typing import TYPE_CHECKING, Any

from lms_tui.client.errors import SignInNeeded
from lms_tui.config import Config

if TYPE_CHECKING:
    from lms_tui.client.practice import Practice
    from lms_tui.client.practice_spacing import Plan


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it."""
    practice = subparsers.add_parser("practice", help="list the questions you got wrong that are due today")
    practice.add_argument("--json", action="store_true", help="as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Print the list; return the exit code, 0 also where nothing is due."""
    return asyncio.run(_list(args.config, as_json=args.json))


async def _list(config: Config, *, as_json: bool) -> int:
    from lms_tui.cli.connect import connected, is_owner
    from lms_tui.client.practice import FILE, Practice
    from lms_tui.local.paths import places, private_folder

    async with connected(config) as (api, sign_in):
        user = await (sign_in.owner(config.as_email) if is_owner(config) else sign_in.restore())
        if user is None:
            raise SignInNeeded("Nobody is signed in. Sign in with: lms-tui sign-in")
        file = None if config.kiosk else private_folder(places().state) / FILE
        practice = Practice(file, service=config.place, user=user.id)
        plan = await practice.plan(api)
        found = await practice.questions(api, plan.today) if plan.today else []
        await sign_in.settled()
    since = {each.question_id: each.due for each in plan.today}
    listed = {
        "due": len(found),
        "questions": [
            {
                "id": each.question.id,
                "title": each.question.title or each.question.description,
                "course": each.course_title,
                "lesson": each.lesson_title,
                "due": since[each.question.id],
            }
            for each in found
        ],
        "next": None if plan.next_day is None else {"day": plan.next_day, "questions": plan.next_count},
        "kept_in": None if file is None else str(file),
    }
    if as_json:
        from lms_tui.cli.as_json import print_json

        print_json(listed)
    else:
        _print(listed, practice.take_note(), plan, practice)
    return 0


def _print(listed: dict[str, Any], note: str, plan: "Plan", practice: "Practice") -> None:
    from lms_tui.tui.practice_words import NOTHING, kept_words, next_words
    from lms_tui.tui.words import count
    from lms_tui.wire.text import clean_line

    if note:
        print(note)
    print(f"{count(listed['due'], 'question')} to practise today:" if listed["due"] else NOTHING)
    for each in listed["questions"]:
        print(f"  {clean_line(each['title'])} ({clean_line(each['course'])}, {clean_line(each['lesson'])})")
    if plan.next_day is not None or not listed["due"]:
        print(next_words(plan, practice.today))
    print(kept_words(practice.kept_in))
