"""`lms-tui stats`: one's own statistics, those of a course for who teaches it, and counting anew.

    lms-tui stats                              how I fare
    lms-tui stats courses                      the courses that I teach
    lms-tui stats course COURSE                lesson by lesson
    lms-tui stats questions COURSE             the hardest questions, and what is chosen in them
    lms-tui stats learners COURSE              where each learner stands
    lms-tui stats refresh [--database URL]     count the three tables of statistics anew

`--csv` prints comma-separated values in UTF-8, row by row as they come, for a spreadsheet: a cell in which text of
others begins with what a spreadsheet would take for a formula gets an apostrophe before it.
"""

import argparse
import asyncio
import csv
import sys
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.printing import complain, is_terminal, print_list, say
from lms_tui.cli.taught import TAUGHT, taught
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.client.zone import local_zone
from lms_tui.wire import course_statistics as course
from lms_tui.wire import statistics
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
_LESSON: Final = (
    "chapter",
    "lesson",
    "type",
    "began",
    "done",
    "here",
    "stopped",
    "median_minutes",
    "attempts",
    "average_best",
    "passed",
)
_QUESTION: Final = ("question", "lesson", "type", "asked", "right", "blank", "option", "is_correct", "chosen")
_LEARNER: Final = (
    *("id", "name", "email", "enrolled_at", "completed_at", "completed_lessons", "lessons", "last_active_at"),
    *("stopped", "quizzes", "average_best", "study_minutes"),
)
_COURSE: Final = ("id", "title", "author", "enrolled", "completed", "average_hours", "average_score", "study_minutes")
_WEEK: Final = ("week_from", "lessons", "study_minutes", "attempts", "average_score")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `stats` with its actions."""
    stats = subparsers.add_parser("stats", help="how you fare, and how the learners of your courses do")
    _outputs(stats)
    stats.add_argument(
        "--weeks", type=int, choices=range(1, 54), default=12, metavar="N", help="of the last N weeks (12)"
    )
    actions = stats.add_subparsers(dest="action", metavar="ACTION")
    _outputs(actions.add_parser("courses", help="list how the courses that you teach do; for an administrator all"))
    for name, what in (
        ("course", "show a course lesson by lesson: who began, who is done, where they stop"),
        ("questions", "list a course's hardest questions with what is chosen in them"),
        ("learners", "list where each learner of a course stands"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("name", metavar="COURSE", help=TAUGHT)
        action.add_argument("--group", metavar="NAME", help="only learners of this group")
        _outputs(action)
    order = actions.choices["learners"]
    order.add_argument("--sort", choices=[one.value for one in course.LearnerSort], default="name", help="the order")
    order.add_argument("--descending", action="store_true", help="the largest first")
    refresh = actions.add_parser("refresh", help="count the three tables of statistics anew; administrators")
    refresh.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    refresh.add_argument("--database", dest="on_database", metavar="URL", help="on this database, without a service")


def _outputs(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_mutually_exclusive_group()
    given = False if parser.prog.endswith(" stats") else argparse.SUPPRESS  # one said before the action counts too
    kinds.add_argument("--json", action="store_true", default=given, help="print JSON")
    kinds.add_argument("--csv", action="store_true", default=given, help="print comma-separated values")


def run(args: argparse.Namespace) -> int:
    """Do what is asked; return the exit code."""
    if args.action == "refresh" and args.on_database is not None:
        return _refresh_database(args)
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        match args.action:
            case None:
                await _mine(api, args)
            case "courses":
                await _courses(api, args)
            case "course":
                await _course(api, args)
            case "questions":
                await _questions(api, args)
            case "learners":
                await _learners(api, args)
            case _:
                done = await api.call(statistics.REFRESH, statistics.RefreshRequest())
                _tell_refreshed(done, as_json=args.json)
    return 0


def _refresh_database(args: argparse.Namespace) -> int:
    """Count anew on a database itself, as who may connect to it; nobody needs to be signed in."""
    import psycopg

    from lms_tui.cli.db import require_version
    from lms_tui.db.version import MigrationError
    from lms_tui.service.database import open_pools
    from lms_tui.service.statistics import refresh

    async def count() -> statistics.Refreshed:
        pools = open_pools(args.on_database, 1)
        try:
            done = await refresh(pools)
        finally:
            await pools.close()
        return statistics.Refreshed(users=done.users, courses=done.courses, mended=done.mended)

    try:
        require_version(args.on_database)
        _tell_refreshed(asyncio.run(count()), as_json=args.json)
    except MigrationError as error:
        complain(str(error))
        return 1
    except psycopg.Error as error:
        complain(f"The database said: {str(error).strip().splitlines()[0]}")
        return 1
    return 0


def _tell_refreshed(done: statistics.Refreshed, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        mended = f"{done.mended} rows were wrong and are mended." if done.mended else "All was true already."
        say(f"Counted {done.users} people and {done.courses} courses. {mended}")


async def _mine(api: "Api", args: argparse.Namespace) -> None:
    mine = await api.call(statistics.MINE, statistics.MineRequest(zone=local_zone(), weeks=args.weeks))
    if args.json:
        print_json(mine)
        return
    weeks = [(week.begins, week.lessons, week.study_minutes, week.attempts, week.average_score) for week in mine.weeks]
    if args.csv:
        _write(_WEEK, weeks)
        return
    if not is_terminal():
        print_list(_WEEK, [[_cell(value) for value in row] for row in weeks])
        return
    streak = mine.streak
    today = "today is in it" if streak.active_today else "today is still to come"
    say(f"Streak: {streak.days} days ({today}), the longest {streak.longest}")
    say(
        f"{mine.study_minutes} minutes studied, {mine.lessons_completed} lessons completed,"
        f" {mine.courses_completed} of {mine.courses_enrolled} courses completed, scores {_cell(mine.average_score)}"
    )
    say()
    print_list(_WEEK, [[_cell(value) for value in row] for row in weeks])
    if mine.categories:
        say()
        rows = [(line.category, line.quizzes, _cell(line.average_best)) for line in mine.categories]
        print_list(("category", "quizzes", "average_best"), rows)


async def _courses(api: "Api", args: argparse.Namespace) -> None:
    lines: list[statistics.CourseLine] = []
    ask = statistics.CoursesRequest(size=PageSize.LARGE)
    writer = _writer(_COURSE) if args.csv else None
    while True:
        page = await api.call(statistics.COURSES, ask)
        if writer is not None:
            writer.writerows(_guarded(_fields(line, _COURSE)) for line in page.courses)
        else:
            lines += page.courses
        if page.next is None:
            break
        ask.after = page.next
    _print(args, _COURSE, lines)


def _print(args: argparse.Namespace, names: Sequence[str], lines: Sequence[Any]) -> None:
    """Print what was collected, as JSON or for people; CSV went out as it came."""
    if args.json:
        print_json(lines)
    elif not args.csv:
        print_list(names, [[_cell(value) for value in _fields(line, names)] for line in lines])


async def _course(api: "Api", args: argparse.Namespace) -> None:
    found = await api.call(course.COURSE, await _request(api, args))
    if args.json:
        print_json(found)
        return
    rows = [
        (
            line.chapter,
            line.title,
            line.type,
            line.started,
            line.completed,
            line.here,
            line.stopped,
            line.median_minutes,
            line.attempts,
            line.average_best,
            line.passed,
        )
        for line in found.lessons
    ]
    if args.csv:
        _write(_LESSON, rows)
        return
    if is_terminal():
        say(clean_line(found.title))
        say(
            f"{found.enrolled} enrolled, {found.completed} completed, {found.active} active in the last 14 days,"
            f" {found.stopped} stopped, {found.not_started} never began"
        )
        say(f"best scores {_cell(found.average_best)}, hours to completion {_cell(found.average_hours)}")
        say()
    print_list(_LESSON, [[_cell(value) for value in row] for row in rows])


async def _questions(api: "Api", args: argparse.Namespace) -> None:
    found = await api.call(course.QUESTIONS, await _request(api, args))
    if args.json:
        print_json(found)
        return
    rows: list[tuple[Any, ...]] = []
    for one in found.questions:
        about = (one.title, one.lesson, one.type, one.asked, one.right, one.blank)
        options = [(option.text, option.is_correct, option.chosen) for option in one.options]
        rows += [(*about, *option) for option in options] or [(*about, None, None, None)]
    if args.csv:
        _write(_QUESTION, rows)
    else:
        print_list(_QUESTION, [[_cell(value) for value in row] for row in rows])


async def _learners(api: "Api", args: argparse.Namespace) -> None:
    lines: list[course.LearnerLine] = []
    which = await _request(api, args)  # before a header is out
    writer = _writer(_LEARNER) if args.csv else None
    async for page in _pages(api, which, args):
        if writer is not None:
            writer.writerows(_guarded(_fields(line, _LEARNER)) for line in page)
        elif args.json or is_terminal():
            lines += page
        else:
            print_list(_LEARNER, [[_cell(value) for value in _fields(line, _LEARNER)] for line in page])
    if args.json or is_terminal():
        _print(args, _LEARNER, lines)


async def _pages(
    api: "Api", which: course.CourseRequest, args: argparse.Namespace
) -> AsyncIterator[list[course.LearnerLine]]:
    """Yield the learners page by page."""
    ask = course.LearnersRequest(
        course_id=which.course_id,
        group_id=which.group_id,
        sort=course.LearnerSort(args.sort),
        descending=args.descending,
        size=PageSize.LARGE,
    )
    while True:
        page = await api.call(course.LEARNERS, ask)
        yield page.learners
        if page.next is None:
            return
        ask.after = page.next


async def _request(api: "Api", args: argparse.Namespace) -> course.CourseRequest:
    """Return what is asked about: a course by its name, and a group by its own. Raises WronglyAskedError."""
    course_id = await taught(api, args.name)
    if args.group is None:
        return course.CourseRequest(course_id=course_id)
    found = await api.call(course.COURSE, course.CourseRequest(course_id=course_id))
    wanted = args.group.casefold()
    groups = [group for group in found.groups if group.name.casefold() == wanted or str(group.id) == wanted]
    if len(groups) == 1:
        return course.CourseRequest(course_id=course_id, group_id=groups[0].id)
    if groups:
        raise WronglyAskedError("Several groups are called so; give an id:", *(f"{g.id}  {g.name}" for g in groups))
    names = [clean_line(group.name) for group in found.groups]
    hint = f" There are: {', '.join(names)}." if names else " None of its learners is in a group."
    raise WronglyAskedError(f"No group with learners of this course is called “{clean_line(args.group)}”.{hint}")


def _fields(line: Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in names)


def _cell(value: Any) -> Any:
    """Return what stands in a list for people and pipes: a dash for nothing, days and hours without the seconds."""
    if value is None:
        return "-"
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "tzinfo") else value


def _writer(names: Sequence[str]) -> Any:
    """Return what writes rows of CSV to standard output, in UTF-8 whatever the locale says; the header is out."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="")
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(names)
    return writer


def _write(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    _writer(names).writerows(map(_guarded, rows))


def _guarded(row: Sequence[Any]) -> list[Any]:
    """Return a row whose texts no spreadsheet takes for a formula, and which holds no control character."""
    return [_safe(value) if isinstance(value, str) else "" if value is None else _plain(value) for value in row]


def _safe(text: str) -> str:
    text = clean_line(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
