"""`lms-tui course import PATH|builtin:NAME`, `course validate PATH|builtin:NAME`, `course lint COURSE|PATH`,
`course list`.

The course is read here first, so that its faults are told without sending it. Then it goes as a tar to the service,
which opens no path of ours; a course of the program is only named. Exit codes: 0 done, 1 refused, or lint has found
something.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.client.errors import CourseRefused
from lms_tui.config import Config, ConfigError
from lms_tui.courses.model import CourseError
from lms_tui.local.errors import LocalError
from lms_tui.local.paths import places, private_folder
from lms_tui.tui.course_words import state
from lms_tui.tui.words import price
from lms_tui.wire.courses import (
    BUILTIN,
    LIST,
    BuiltinRequest,
    ImportNote,
    ImportReport,
    Level,
    ListRequest,
    ManagedCourse,
    note_line,
)
from lms_tui.wire.lint import Problem
from lms_tui.wire.text import clean_line

PREFIX: Final = "builtin:"
_TOLD: Final = (Level.SPLIT, Level.ADAPTED, Level.SKIPPED, Level.REFUSED)
"""What a report for people names one by one; each lesson that simply came in is only counted."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `course` with its actions."""
    from lms_tui.cli import course_acts, course_mentor, enrolments

    course = subparsers.add_parser("course", help="import, check and list courses, and say how they stand")
    actions = course.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, summary in (
        ("import", "bring a course in from its files, or up to date"),
        ("validate", "say what an import would do; nothing is written"),
    ):
        action = actions.add_parser(name, help=summary)
        action.add_argument("source", metavar="PATH", help="a course folder, a book, a GIFT file, or builtin:NAME")
        action.add_argument("--json", action="store_true", help="print the report as JSON")
    linting = actions.add_parser("lint", help="say what an author would want to mend; 1 where there is something")
    what = "a course of yours by its id or title, or a course folder, a book, a GIFT file"
    linting.add_argument("source", metavar="COURSE|PATH", help=what)
    linting.add_argument("--json", action="store_true", help="print the problems as JSON")
    listing = actions.add_parser("list", help="list your courses; an administrator's list has everybody's")
    listing.add_argument("--json", action="store_true", help="print the list as JSON")
    course_acts.add_actions(actions)
    enrolments.add_actions(actions)
    course_mentor.add_actions(actions)


def run(args: argparse.Namespace) -> int:
    """Do what is asked; return the exit code."""
    if "act" in args:
        code: int = args.act(args)
        return code
    if args.action == "list":
        return asyncio.run(_list(args.config, as_json=args.json))
    from lms_tui.cli import course_lint

    if args.action == "lint":
        return course_lint.run(args)
    dry_run = args.action == "validate"
    try:
        report = asyncio.run(_import(args.config, args.source, dry_run=dry_run))
    except CourseError as error:
        return print_refusal(error.faults, as_json=args.json)
    except CourseRefused as error:
        return print_refusal(error.problem.notes, as_json=args.json)
    problems: Sequence[Problem] = ()
    if dry_run and not args.source.startswith(PREFIX):
        problems = course_lint.in_files(Path(args.source).resolve())
    if args.json:
        print_json({**msgspec.structs.asdict(report), "warnings": problems} if dry_run else report)
        return 0
    _print_report(report)
    if problems:
        course_lint.print_problems(problems, " [warning]")
    return 0


async def _import(config: Config, source: str, *, dry_run: bool) -> ImportReport:
    """Send the course at `source`. Raises CourseError with every fault that is found here, CourseRefused with every
    one that is found there."""
    if source.startswith(PREFIX):
        async with signed_in(config) as (api, _):
            return await api.call(BUILTIN, BuiltinRequest(name=source.removeprefix(PREFIX), dry_run=dry_run))
    path = await asyncio.to_thread(_prepare, source, write=not dry_run)
    from lms_tui.client.course_sources import send

    async with signed_in(config) as (api, _):
        report = await send(api, path, dry_run=dry_run)
    if not dry_run and not config.kiosk:
        _keep_source(config, path, report)
    return report


def _keep_source(config: Config, path: Path, report: ImportReport) -> None:
    """Keep on this machine where the course came from, so that its preview can open its files."""
    from lms_tui.client.course_sources import CourseSources

    try:
        CourseSources(private_folder(places().state), service=config.place).keep(path, report)
    except (OSError, LocalError) as error:
        said = f"Imported; but where its files lie could not be kept, so the preview does not open them: {error}"
        print(said, file=sys.stderr)


def _prepare(source: str, *, write: bool) -> Path:
    """Read the course for its faults, and at a first import (`write`) write its id into course.toml; return where
    it is."""
    from lms_tui.courses.folder_toml import write_id
    from lms_tui.courses.read import read

    path = Path(source).resolve()
    course, _ = read(path)
    if course.id_is_new and write:
        try:
            write_id(path, course.id)
        except (OSError, ValueError) as error:
            raise ConfigError(f"The course's id cannot be written into course.toml: {error}") from error
        said = f'Wrote id = "{course.id}" into course.toml: keep it, the next import finds the course by it.'
        print(said, file=sys.stderr)
    return path


async def _list(config: Config, *, as_json: bool) -> int:
    courses: list[ManagedCourse] = []
    async with signed_in(config) as (api, _):
        while True:
            page = await api.call(LIST, ListRequest(offset=len(courses)))
            courses += page.courses
            if not page.courses or len(courses) >= page.total:
                break
    if as_json:
        print_json(courses)
        return 0
    for course in courses:
        print(clean_line(_line(course)))
    if not courses:
        print("No courses yet. Bring one in: lms-tui course import PATH")
    return 0


def _line(course: ManagedCourse) -> str:
    parts = (
        f"{course.chapters} chapters",
        f"{course.lessons} lessons",
        f"{course.enrolled} enrolled",
        state(course),
        price(course.price_in_cents, course.currency),
        course.author,
    )
    return f"{course.id}  {course.title}  ({', '.join(parts)})"


def _print_report(report: ImportReport) -> None:
    _print_notes(report.notes)
    would = "Would import" if report.created else "Would bring up to date"
    done = "Imported" if report.created else "Brought up to date"
    counts = f"{report.chapters} chapters, {report.lessons} lessons, {report.questions} questions, {report.files} files"
    print(clean_line(f"{would if report.dry_run else done}: {report.title} ({counts})."))


def print_refusal(notes: Sequence[ImportNote], *, as_json: bool) -> int:
    """Print the faults; return the exit code."""
    if as_json:
        print_json({"refused": notes})
        return 1
    _print_notes(notes)
    print(f"Nothing was imported: {len(notes)} {'fault' if len(notes) == 1 else 'faults'}.")
    return 1


def _print_notes(notes: Sequence[ImportNote]) -> None:
    for note in notes:
        if note.level in _TOLD:
            print(clean_line(f"{note_line(note)} [{note.level}]"))
