"""`lms-tui course mentor COURSE [--lesson LESSON | --learner PERSON | --thread THREAD]`: for who teaches the course.

What its learners make of the mentors, lesson by lesson; who talked with one, and how their newest check came out; one
learner's checks and threads; and what was said in a thread.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.naming import typed_id
from lms_tui.cli.printing import moment, print_list, say, width
from lms_tui.cli.said import from_beginning, print_said
from lms_tui.cli.taught import TAUGHT, lesson_named, taught
from lms_tui.cli.whos import WHO
from lms_tui.client.learner_lines import joined
from lms_tui.tui.words import count, dotted
from lms_tui.wire import mentor_results as wire
from lms_tui.wire.course_statistics import CourseRequest
from lms_tui.wire.enrolments import LOOK, LookRequest
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

_LESSONS: Final = ("ID", "CHAPTER", "LESSON", "LEARNERS", "MESSAGES", "CHECKED", "PASSED", "UNDERSTOOD", "ENGAGED")
_LEARNERS: Final = ("ID", "NAME", "ADDRESS", "THREADS", "MESSAGES", "UNDERSTOOD", "ENGAGED", "PASSED", "LAST")


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it to the actions of `course`."""
    action = parsers.add(actions, "mentor", "what learners make of a course's mentors, their checks, and what was said")
    action.add_argument("name", metavar="COURSE", help=TAUGHT)
    which = action.add_mutually_exclusive_group()
    which.add_argument("--lesson", metavar="LESSON", help="who talked with the mentor of this lesson: its id or title")
    which.add_argument("--learner", metavar="PERSON", help=f"one learner's checks and threads: {WHO}")
    which.add_argument("--thread", metavar="THREAD", help="what was said in a learner's thread: its id")
    action.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Print it; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        course = await taught(api, args.name)
        if args.thread is not None:
            await _thread(api, course, args)
        elif args.learner is not None:
            await _learner(api, course, args)
        else:
            found = await api.call(wire.COURSE, CourseRequest(course_id=course))
            if args.lesson is not None:
                await _learners(api, found, args)
            elif args.json:
                print_json(found)
            else:
                print_list(_LESSONS, map(_lesson_row, found.lessons))
    return 0


def _lesson_row(line: wire.LessonMentor) -> tuple[object, ...]:
    return (
        line.id,
        line.chapter,
        line.title,
        line.learners,
        line.messages,
        line.checked,
        line.passed,
        _number(line.average_understanding),
        _number(line.average_engagement),
    )


def _number(value: float | None) -> object:
    return "-" if value is None else value


async def _learners(api: "Api", course: wire.CourseMentor, args: argparse.Namespace) -> None:
    """List all who talked with the mentor of a lesson, page by page."""
    ask = wire.TalkersRequest(course_id=course.id, lesson_id=_lesson(course, args.lesson))
    learners: list[wire.Talker] = []
    while True:
        page = await api.call(wire.TALKERS, ask)
        learners += page.learners
        if page.next is None:
            break
        ask.after = page.next
    if args.json:
        print_json(learners)
    else:
        print_list(_LEARNERS, map(_learner_row, learners))


def _lesson(course: wire.CourseMentor, said: str) -> UUID:
    """Return the lesson with a mentor that is meant. Raises WronglyAskedError."""
    return lesson_named(said, {line.id: line.title for line in course.lessons}, "is no lesson with a mentor")


def _learner_row(line: wire.Talker) -> tuple[object, ...]:
    check = line.check
    result: tuple[object, ...] = ("-", "-", "-")
    if check is not None:
        result = (_number(check.understanding), _number(check.engagement), _passed(check))
    return line.id, line.name, line.email, line.threads, line.messages, *result, moment(line.last_at)


def _passed(check: wire.Check) -> str:
    return "passed" if check.passed else "not passed"


async def _learner(api: "Api", course: UUID, args: argparse.Namespace) -> None:
    """Print a learner's newest check in each lesson in full, and the threads by their ids."""
    person = await api.call(LOOK, LookRequest(course_id=course, learner=args.learner))
    ask = wire.LearnerMentorRequest(course_id=course, user_id=person.learner_id)
    found = await api.call(wire.LEARNER, ask)
    while found.next is not None:
        ask.after = found.next
        page = await api.call(wire.LEARNER, ask)
        found.lessons, found.next = joined(found.lessons, page.lessons), page.next
    if args.json:
        print_json(found)
        return
    say(clean_line(dotted(found.name, found.email if found.email != found.name else "", found.course_title)))
    if not found.lessons:
        say("Has not talked with a mentor of this course.")
    for lesson in found.lessons:
        say()
        say(clean_line(dotted(lesson.title, lesson.chapter)))
        _print_check(lesson)
        for line in lesson.threads:
            state = "active" if line.thread.active else "closed"
            about = (state, moment(line.thread.created_at), count(line.messages, "message"))
            say(f"  {line.thread.id}  {clean_line(dotted(*about, line.thread.title or line.begins))}")


def _print_check(lesson: wire.LearnerMentorLesson) -> None:
    from lms_tui.tui.text.plain import plain, plain_each

    if not lesson.checks:
        say("  not checked")
        return
    check, number = lesson.checks[0], len(lesson.checks)
    marks = f"understanding {_number(check.understanding)} of 10", f"engagement {_number(check.engagement)} of 100"
    say("  " + dotted(_passed(check), *marks, moment(check.at), count(number, "check")))
    for line in (*plain(check.insights, width() - 2), *plain_each(check.recommended, width() - 2)):
        if line:
            say(f"  {line}")


async def _thread(api: "Api", course: UUID, args: argparse.Namespace) -> None:
    """Print a thread from its beginning."""
    thread = typed_id(args.thread, "a thread", "lms-tui course mentor COURSE --learner PERSON")
    ask = wire.TranscriptRequest(course_id=course, thread_id=thread)
    page = await api.call(wire.TRANSCRIPT, ask)
    await from_beginning(page, api, wire.TRANSCRIPT, ask)
    if args.json:
        print_json(page)
        return
    say(clean_line(dotted(page.learner, page.thread.title, page.lesson_title, page.course_title)))
    print_said(page.messages, page.learner)
