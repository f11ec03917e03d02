"""`lms-tui practice`: what there is to practise today, and when there is more."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.printing import is_terminal, print_list, say
from lms_tui.config import Config
from lms_tui.local.paths import places, private_folder
from lms_tui.tui.words import count

if TYPE_CHECKING:
    from lms_tui.client.practice import Practice
    from lms_tui.client.practice_spacing import Plan
    from lms_tui.wire.practice import PracticeQuestion


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it."""
    what = "list the questions you got wrong that are due today"
    parsers.add(subparsers, "practice", what)


def run(args: argparse.Namespace) -> int:
    """Print the list; return the exit code, 0 also where nothing is due."""
    return asyncio.run(_run(args.config, as_json=args.json))


async def _run(config: Config, *, as_json: bool) -> int:
    from lms_tui.client.practice import FILE, Practice

    async with signed_in(config) as (api, user):
        file = None if config.kiosk else private_folder(places().state) / FILE
        practice = Practice(file, service=config.place, user=user.id)
        plan = await practice.plan(api)
        found = await practice.questions(api, plan.today) if plan.today else []
    if as_json:
        _print_json(found, plan, practice)
    else:
        _print(found, plan, practice)
    return 0


def _print_json(found: "list[PracticeQuestion]", plan: "Plan", practice: "Practice") -> None:
    since = {each.question_id: each.due for each in plan.today}
    print_json(
        {
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
            "kept_in": None if practice.kept_in is None else str(practice.kept_in),
        }
    )


def _print(found: "list[PracticeQuestion]", plan: "Plan", practice: "Practice") -> None:
    """Print the list; a terminal is told the sum, what comes next and where the days are kept too."""
    from lms_tui.tui.practice_words import NOTHING, kept_words, next_words

    if is_terminal():
        if note := practice.take_note():
            say(note)
        say(f"{count(len(found), 'question')} to practise today." if found else NOTHING)
    if found:
        since = {each.question_id: each.due for each in plan.today}
        print_list(
            ("ID", "TITLE", "COURSE", "LESSON", "DUE"),
            (
                (
                    each.question.id,
                    each.question.title or each.question.description,
                    each.course_title,
                    each.lesson_title,
                    since[each.question.id],
                )
                for each in found
            ),
        )
    if is_terminal():
        if plan.next_day is not None or not found:
            say(next_words(plan, practice.today))
        say(kept_words(practice.kept_in))
