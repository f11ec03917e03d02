"""`lms-tui quiz history LESSON`, `quiz show ATTEMPT`, `quiz compare ATTEMPT ATTEMPT`: attempts that were made, in text.

What is revealed of right answers is the service's to decide, as in the app.
"""

import argparse
import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.naming import NAMED, resolve, typed_id
from lms_tui.cli.printing import moment, print_list, say
from lms_tui.tui.answer_words import answer_words, question_title, right_words
from lms_tui.tui.moments import span
from lms_tui.tui.words import dotted
from lms_tui.wire import history, quizzes
from lms_tui.wire.finding import Kind
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `quiz` with its three actions."""
    quiz = subparsers.add_parser("quiz", help="your attempts at quizzes: list, look at, compare")
    actions = quiz.add_subparsers(dest="action", metavar="ACTION", required=True)
    listed = actions.add_parser("history", help="list your attempts at a quiz, the newest first")
    listed.add_argument("name", metavar="LESSON", help=NAMED)
    shown = actions.add_parser("show", help="show an attempt: each question, your answer, right or wrong")
    shown.add_argument("attempt", metavar="ATTEMPT", help="its id, as `quiz history` has it")
    compared = actions.add_parser("compare", help="show what changed between two attempts")
    compared.add_argument("attempt", metavar="ATTEMPT", help="its id, as `quiz history` has it")
    compared.add_argument("other", metavar="ATTEMPT", help="that of another attempt at the same quiz")
    for action in (listed, shown, compared):
        action.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Do one of the three; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _user):
        if args.action == "history":
            await _history(args, api)
        elif args.action == "show":
            asked = quizzes.AttemptRequest(attempt_id=attempt_id(args.attempt))
            result = await api.call(quizzes.RESULT, asked)
            print_json(result) if args.json else _show(result)
        else:
            pair = history.CompareRequest(attempt_id=attempt_id(args.attempt), other_id=attempt_id(args.other))
            comparison = await api.call(history.COMPARE, pair)
            print_json(comparison) if args.json else _compare(comparison)
    return 0


def attempt_id(said: str) -> UUID:
    """Return the id that was typed. Raises WronglyAskedError for anything else."""
    return typed_id(said, "an attempt", "lms-tui quiz history LESSON")


async def _history(args: argparse.Namespace, api: "Api") -> None:
    found = await resolve(api, args.name, Kind.LESSON)
    told = await api.call(history.HISTORY, history.HistoryRequest(lesson_id=found.id))
    if args.json:
        print_json(told)
        return
    headings = ("id", "attempt", "state", "score", "passed", "time taken", "at")
    print_list(headings, (_line(attempt) for attempt in told.attempts))


def _line(attempt: history.PastAttempt) -> tuple[object, ...]:
    counts = attempt.state is history.PastState.COUNTS
    return (
        str(attempt.id),
        attempt.number or "-",
        attempt.state.replace("_", " "),
        f"{attempt.score} %" if attempt.score is not None else "-",
        ("passed" if attempt.is_passed else "not passed") if counts else "-",
        span(timedelta(seconds=attempt.seconds)) if attempt.seconds is not None else "-",
        moment(attempt.completed_at or attempt.started_at),
    )


def _show(result: quizzes.Result) -> None:
    say(clean_line(dotted(result.title, result.course_title, f"attempt {result.number}")))
    verdict = "passed" if result.is_passed else "not passed"
    needs = f"needs {result.threshold} %" if result.threshold else "any submission passes"
    say(dotted(f"{result.score} %, {verdict}", needs, moment(result.completed_at)))
    for number, each in enumerate(result.questions, 1):
        say()
        say(clean_line(f"{number}. {question_title(each.question)}"))
        say(f"   {_answered(each)}")
        right = right_words(each.question, each.correct, each.accepted)
        if right and not each.is_correct:
            say(f"   right: {clean_line(right)}")


def _compare(found: history.Comparison) -> None:
    say(clean_line(dotted(found.title, found.course_title)))
    for when, attempt in (("was", found.earlier), ("now", found.later)):
        at = moment(attempt.completed_at or attempt.started_at)
        say(dotted(f"{when}: attempt {attempt.number}", f"{attempt.score} %", at))
    for number, one in enumerate(found.questions, 1):
        shown = one.later or one.earlier
        say()
        title = question_title(shown.question) if shown is not None else ""
        say(clean_line(f"{number}. {title} ({one.change.replace('_', ' ')})"))
        for when, side in (("was", one.earlier), ("now", one.later)):
            say(f"   {when} {'not asked' if side is None else _answered(side)}")


def _answered(each: quizzes.QuestionResult) -> str:
    """Return verdict, points and answer of one question on one line."""
    verdict = "right" if each.is_correct else "wrong"
    said = clean_line(answer_words(each.question, each.answer))
    return f"{verdict} ({each.points_earned}/{each.points}): {said}"
