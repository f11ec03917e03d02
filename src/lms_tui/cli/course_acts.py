"""`lms-tui course publish | draft | archive | restore | price | move | hand-over COURSE`.

An author does it to their own courses, an administrator to all; handing over is for administrators. What touches
learners is said first on standard error, and asked.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.course_lint import problem_line
from lms_tui.cli.printing import agreed, say, warn
from lms_tui.cli.taught import TAUGHT, taught
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.tui.course_words import about, publishing, state, withdrawing
from lms_tui.tui.words import price
from lms_tui.wire import course_acts
from lms_tui.wire.course_acts import CourseChanged, CourseFacts
from lms_tui.wire.lint import LINT, LintRequest
from lms_tui.wire.prices import FREE, HOW, typed_price
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

_MOST_PROBLEMS: Final = 10


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions of `course` that change how a course stands."""
    for name, what, asks in (
        ("publish", "publish a course, as far as it has a lesson; what it lacks is said first", True),
        ("draft", "make a course a draft again", True),
        ("archive", "archive a course; what its learners did stays", True),
        ("restore", "take a course out of the archive", False),
        ("price", "set what a course costs", False),
        ("move", "move a course to another category", False),
        ("hand-over", "make somebody else the author of a course; for administrators", True),
    ):
        action = actions.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
        action.add_argument("name", metavar="COURSE", help=TAUGHT)
        if name == "price":
            action.add_argument("price", metavar="PRICE", nargs="+", help="49.00 USD, or free")
        elif name == "move":
            action.add_argument("category", metavar="CATEGORY", help="name or id of one that is not archived")
        elif name == "hand-over":
            action.add_argument("to", metavar="PERSON", help="e-mail address or id of an author or administrator")
        if asks:
            action.add_argument("--yes", action="store_true", help="do not ask")
        action.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")
        action.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Do it at the service; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    cents, currency = _price(" ".join(args.price)) if args.action == "price" else FREE
    async with signed_in(args.config) as (api, _):
        facts = await api.call(course_acts.FACTS, course_acts.FactsRequest(course_id=await taught(api, args.name)))
        if not await _agreed(api, facts, args):
            return 1
        own, course = uuid4(), facts.id
        match args.action:
            case "publish":
                done = await api.call(course_acts.PUBLISH, course_acts.PublishRequest(id=own, course_id=course))
            case "draft":
                done = await api.call(course_acts.DRAFT, course_acts.DraftRequest(id=own, course_id=course))
            case "archive":
                done = await api.call(course_acts.ARCHIVE, course_acts.ArchiveRequest(id=own, course_id=course))
            case "restore":
                done = await api.call(course_acts.RESTORE, course_acts.RestoreRequest(id=own, course_id=course))
            case "price":
                ask = course_acts.PriceRequest(id=own, course_id=course, price_in_cents=cents, currency=currency)
                done = await api.call(course_acts.PRICE, ask)
            case "move":
                to = course_acts.MoveRequest(id=own, course_id=course, category=args.category)
                done = await api.call(course_acts.MOVE, to)
            case _:
                heir = course_acts.HandOverRequest(id=own, course_id=course, to=args.to)
                done = await api.call(course_acts.HAND_OVER, heir)
    print_json(done) if args.json else say(clean_line(_told(done, args.action)))
    return 0


async def _agreed(api: "Api", facts: CourseFacts, args: argparse.Namespace) -> bool:
    """Say what it touches and ask, where that is not so already and touches anybody."""
    match args.action:
        case "publish" if not facts.is_published and facts.lessons:
            warn(about(facts), *await _problems(api, facts), *publishing(facts))
            return agreed("Publish it?", yes=args.yes)
        case "draft" if facts.is_published:
            warn(about(facts), *withdrawing(facts))
            return agreed("Make it a draft?", yes=args.yes)
        case "archive" if not facts.archived:
            warn(about(facts), *withdrawing(facts))
            return agreed("Archive it?", yes=args.yes)
        case "hand-over":
            warn(about(facts), f"{facts.author_email} will not see it among their own courses any more.")
            return agreed(f"Make {args.to} its author?", yes=args.yes)
    return True


async def _problems(api: "Api", facts: CourseFacts) -> list[str]:
    """Return what lint finds in the course, ten problems at most."""
    found = (await api.call(LINT, LintRequest(course_id=facts.id))).problems
    more = [f"and {len(found) - _MOST_PROBLEMS:,} more: lms-tui course lint {facts.id}"]
    return [problem_line(one) for one in found[:_MOST_PROBLEMS]] + more * (len(found) > _MOST_PROBLEMS)


def _price(text: str) -> tuple[int, str]:
    """Return cents and currency. Raises WronglyAskedError."""
    found = typed_price(text)
    if found is None:
        raise WronglyAskedError(f"{text} is no price. {HOW}")
    return found


def _told(done: CourseChanged, action: str) -> str:
    cost = price(done.price_in_cents, done.currency)
    now = {
        "price": f"costs {cost}" if done.price_in_cents > 0 else "is free",
        "move": f"is in {done.category}",
        "hand-over": f"is {done.author_email}'s",
    }.get(action, f"is {state(done)}")
    return f"“{done.title}” {now} {'now' if done.changed else 'already'}."
