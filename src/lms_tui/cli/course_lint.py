"""`lms-tui course lint COURSE|PATH`: what in a course its author would want to mend, in the database or in files.

A path that is there is read here, and nothing of it is sent; anything else is a course that one manages, by its id or
its title. Exit codes: 0 nothing to mend, 1 problems (or a fault for which the course cannot be read), 2 wrongly asked.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.course import print_refusal
from lms_tui.cli.taught import taught
from lms_tui.config import Config
from lms_tui.courses.model import CourseError
from lms_tui.wire.lint import LINT, LintRequest, Problem
from lms_tui.wire.text import clean_line


def run(args: argparse.Namespace) -> int:
    """Lint; return the exit code."""
    path = Path(args.source)
    if path.exists():
        try:
            problems = in_files(path.resolve())
        except CourseError as error:
            return print_refusal(error.faults, as_json=args.json)
    else:
        problems = asyncio.run(_in_database(args.config, args.source))
    if args.json:
        print_json(problems)
    else:
        print_problems(problems)
        number = len(problems)
        print(f"{number} {'problem' if number == 1 else 'problems'}." if problems else "Nothing to mend.")
    return 1 if problems else 0


def in_files(path: Path) -> list[Problem]:
    """Return the problems of the course at `path`. Raises CourseError where it cannot be read."""
    from lms_tui.courses.lint import lint_files
    from lms_tui.courses.read import read

    course, _ = read(path)
    return lint_files(course, path if path.is_dir() else path.parent)


async def _in_database(config: Config, source: str) -> list[Problem]:
    async with signed_in(config) as (api, _):
        found = await api.call(
            LINT, LintRequest(course_id=await taught(api, source, "There is no such file or folder. "))
        )
    return found.problems


def print_problems(problems: Sequence[Problem], behind: str = "") -> None:
    """Print a line for each, with `behind` at its end."""
    for problem in problems:
        print(clean_line(f"{problem_line(problem)}{behind}"))


def problem_line(problem: Problem) -> str:
    """Return where a problem is, what it is, and its rule."""
    return f"{_place(problem)}: {problem.sentence} [{problem.rule}]"


def _place(problem: Problem) -> str:
    """Return where it is: as compilers write it where the file is known, else by titles from the widest."""
    if problem.file:
        return problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    if not problem.chapter_title:
        return "course"
    question = f"question {problem.question}" if problem.question is not None else ""
    line = f"line {problem.line}" if problem.line is not None else ""
    return " › ".join(filter(None, (problem.chapter_title, problem.lesson_title, question or line)))
