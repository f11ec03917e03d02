"""`lms-tui next`, `courses` and `progress`: what home, catalog and course show, for scripts and screen readers.

The columns of the lists and the exit codes are a promise, kept in docs/cli.md. `--json` prints what the service says.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import looking_around, signed_in
from lms_tui.cli.naming import NAMED, resolve
from lms_tui.cli.printing import is_terminal, print_list, say
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.rules.progress import percent
from lms_tui.tui.words import price
from lms_tui.wire import catalog, learning
from lms_tui.wire.finding import Kind
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

NOTHING: Final = 3
"""Exit code of `next` where there is nothing to go on with."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three."""
    following = parsers.add(subparsers, "next", "tell where to go on")
    following.add_argument("--go", action="store_true", help="start the app there instead, as `c` would at home")
    courses = parsers.add(subparsers, "courses", "list the catalog, or your own courses")
    courses.add_argument("--mine", action="store_true", help="the courses that you take, those opened last first")
    courses.add_argument("--search", metavar="WORDS", help="words of a title, a description or an author's name")
    courses.add_argument("--category", metavar="NAME", help="only of this category")
    courses.add_argument("--price", choices=[one.value for one in catalog.Price], help="only free, or only priced ones")
    courses.add_argument(
        "--sort", choices=[one.value for one in catalog.Sort], help="the order; what fits a search best unless given"
    )
    courses.add_argument("--limit", type=_positive, metavar="N", help="no more than N courses")
    progress = parsers.add(subparsers, "progress", "list how far you are in your courses, or in each lesson of one")
    progress.add_argument("name", metavar="COURSE", nargs="?", help=NAMED)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Do one of the three; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    for_guests = args.command == "courses" and not args.mine
    async with (looking_around if for_guests else signed_in)(args.config) as (api, _):
        match args.command:
            case "next":
                return await _next(api, as_json=args.json)
            case "courses":
                return await (_mine(api, args) if args.mine else _catalog(api, args))
            case _:
                return await (_progress(api, as_json=args.json) if args.name is None else _lessons(api, args))


async def _next(api: "Api", *, as_json: bool) -> int:
    resume = (await api.call(learning.HOME, learning.HomeRequest())).resume
    if as_json:
        print_json(resume)
    elif resume is None:
        say("There is nothing to go on with: every course that you took is done. See: lms-tui courses")
    else:
        doing = "an attempt is open" if resume.attempt_id is not None else resume.lesson_type
        say(clean_line(f"{resume.lesson_title} ({doing})"))
        say(clean_line(f"in {resume.course_title}, chapter {resume.chapter_title}"))
    return NOTHING if resume is None else 0


async def _catalog(api: "Api", args: argparse.Namespace) -> int:
    """List the catalog; into a pipe page by page, so that `| head` does not wait for a hundred thousand courses."""
    ask = catalog.PageRequest(
        search=args.search or "",
        category_id=await _category(api, args.category),
        sort=catalog.Sort(args.sort or catalog.Sort.RELEVANCE),
        price=catalog.Price(args.price or catalog.Price.ALL),
        size=catalog.PageSize.LARGE,
    )
    cards: list[catalog.Card] = []
    async for page in _pages(api, ask, args.limit):
        if args.json or is_terminal():
            cards += page
        else:
            print_list(_COURSES, map(_card_row, page))
    if args.json:
        print_json(cards)
    elif cards:
        print_list(_COURSES, map(_card_row, cards))
    elif is_terminal():
        say("No course is like that.")
    return 0


async def _pages(api: "Api", ask: catalog.PageRequest, limit: int | None) -> AsyncIterator[list[catalog.Card]]:
    """Yield the courses page by page, `limit` at most in all."""
    left = limit
    while True:
        page = await api.call(catalog.PAGE, ask)
        if page.corrected is not None:
            print(clean_line(f"Nothing for “{ask.search}”: showing “{page.corrected}”."), file=sys.stderr)
            ask.search = page.corrected
        yield page.courses if left is None else page.courses[:left]
        left = None if left is None else left - len(page.courses)
        if page.next is None or (left is not None and left <= 0):
            return
        ask.after = page.next


_COURSES: Final = ("ID", "TITLE", "AUTHOR", "CATEGORY", "LESSONS", "DONE", "STATE", "PRICE")


def _card_row(card: catalog.Card) -> tuple[object, ...]:
    state = "completed" if card.completed_at else "enrolled" if card.enrolled else "-"
    cost = price(card.price_in_cents, card.currency)
    return card.id, card.title, card.author, card.category, card.lessons, card.completed_lessons, state, cost


async def _category(api: "Api", name: str | None) -> UUID | None:
    """Return the id of the category that `name` is, or alone begins. Raises WronglyAskedError."""
    if name is None:
        return None
    wanted = clean_line(name).casefold()
    there = (await api.call(catalog.COUNTS, catalog.CountsRequest())).categories
    titles = {one.id: clean_line(one.name) for one in there}
    found = [id_ for id_, title in titles.items() if title.casefold() == wanted]
    found = found or [id_ for id_, title in titles.items() if title.casefold().startswith(wanted)]
    if len(found) != 1:
        why = "fits several" if found else "is no category with courses"
        raise WronglyAskedError(f"“{clean_line(name)}” {why}. There are:", *sorted(titles.values()))
    return found[0]


async def _mine(api: "Api", args: argparse.Namespace) -> int:
    if any((args.search, args.category, args.price, args.sort)):
        raise WronglyAskedError("--mine lists the courses that you take; it goes with --limit alone.")
    mine = (await api.call(learning.HOME, learning.HomeRequest())).courses[: args.limit]
    if args.json:
        print_json(mine)
    else:
        print_list(_COURSES, map(_mine_row, mine))
    return 0


def _mine_row(one: learning.MyCourse) -> tuple[object, ...]:
    return one.id, one.title, one.author, one.category, one.lessons, one.completed_lessons, _state(one), "-"


def _state(one: learning.MyCourse) -> str:
    return "unavailable" if not one.available else "completed" if one.completed_at else "enrolled"


async def _progress(api: "Api", *, as_json: bool) -> int:
    mine = (await api.call(learning.HOME, learning.HomeRequest())).courses
    if as_json:
        print_json(mine)
        return 0
    rows = (
        (
            one.id,
            one.title,
            percent(one.completed_lessons, one.lessons),
            one.completed_lessons,
            one.lessons,
            _state(one),
            one.next_lesson_title or "-",
        )
        for one in mine
    )
    print_list(("ID", "TITLE", "PERCENT", "DONE", "LESSONS", "STATE", "NEXT"), rows)
    return 0


async def _lessons(api: "Api", args: argparse.Namespace) -> int:
    """List the lessons of one course with how the caller stands in each."""
    found = await resolve(api, args.name, Kind.COURSE)
    course = await api.call(catalog.COURSE, catalog.CourseRequest(course_id=found.id))
    if args.json:
        print_json(course)
        return 0
    rows = (
        (
            lesson.id,
            f"{number}.{place}",
            lesson.title,
            lesson.type,
            _lesson_state(lesson),
            "-" if lesson.best_score is None else lesson.best_score,
        )
        for number, chapter in enumerate(course.chapters, 1)
        for place, lesson in enumerate(chapter.lessons, 1)
    )
    print_list(("ID", "NUMBER", "LESSON", "TYPE", "STATE", "BEST"), rows)
    return 0


def _lesson_state(lesson: catalog.LessonLine) -> str:
    if lesson.completed:
        return "done"
    return "started" if lesson.started else "new" if lesson.added_since_completion else "-"
