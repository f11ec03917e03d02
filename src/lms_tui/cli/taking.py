"""`lms-tui enrol COURSE`, `leave COURSE` and `done LESSON`: what a learner changes, one at a time.

`done` goes through the outbox, as in the app: what is kept there is sent later and never lost.
"""

import argparse
import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import outbox_of, places_file, signed_in
from lms_tui.cli.naming import add_name, resolve
from lms_tui.cli.outbox import REFUSED, WAITS
from lms_tui.cli.printing import agreed, complain, say
from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import CourseUnavailable, Refused
from lms_tui.tui.opened import waits_for_opening, was_opened
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.words import count
from lms_tui.wire import catalog, files, learning
from lms_tui.wire.finding import Found, Kind
from lms_tui.wire.operation import Reply
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.config import Config
    from lms_tui.wire.accounts import User


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three."""
    for name, argument, what in (
        ("enrol", "COURSE", "take a course: your progress is recorded from then on"),
        ("leave", "COURSE", "leave a course; your progress is kept, and comes back if you enrol again"),
        ("done", "LESSON", "mark a lesson as done"),
    ):
        parser = subparsers.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
        add_name(parser, argument)
        if name == "leave":
            parser.add_argument("--yes", action="store_true", help="do not ask")
        if name == "done":
            parser.add_argument("--in", dest="within", metavar="COURSE", help="the lesson's course")
        parser.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Do one of the three; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, user):
        if args.command == "done":
            return await _done(args, api, user)
        found = await resolve(api, args.name, Kind.COURSE)
        if args.command == "enrol":
            stands = await api.call(learning.ENROL, learning.EnrolRequest(course_id=found.id, id=uuid4()))
            said = f"You take “{found.title}” now."
        else:
            if not agreed(await _leaving(api, found, ask=not args.yes), yes=args.yes):
                return 1
            stands = await api.call(learning.LEAVE, learning.LeaveRequest(course_id=found.id))
            said = f"You do not take “{found.title}” any more. Your progress is kept."
    print_json(stands) if args.json else say(clean_line(said))
    return 0


async def _leaving(api: "Api", found: Found, *, ask: bool) -> str:
    """Return the question before leaving, with what it means in a priced course."""
    warning = ""
    if ask:
        with suppress(CourseUnavailable):  # a draft or archived course may be left too, but tells no price
            course = await api.call(catalog.COURSE, catalog.CourseRequest(course_id=found.id))
            if course.price_in_cents > 0:
                warning = " It has a price: only staff can let you in again."
    return f"Leave “{found.title}”?{warning}"


async def _done(args: argparse.Namespace, api: "Api", user: "User") -> int:
    within = None if args.within is None else (await resolve(api, args.within, Kind.COURSE)).id
    found = await resolve(api, args.name, Kind.LESSON, within)
    lesson = await api.call(learning.LESSON, learning.LessonRequest(lesson_id=found.id))
    if not lesson.enrolled:
        complain(f"You do not take this course. Take it first: lms-tui enrol {lesson.course_id}")
        return 1
    if lesson.completes_by_check and not lesson.completes_by_hand:
        complain(f"The mentor's check completes this lesson: lms-tui mentor check {lesson.id}")
        return 1
    if not lesson.completes_by_hand:
        complain(f"A {lesson.type} is done by what happens in it, in the app.")
        return 1
    if (first := await _to_open_first(api, user, lesson)) is not None:
        complain(first)
        return 1
    request = learning.ProgressRequest(
        lesson_id=lesson.id, id=lesson.progress_id or uuid4(), seen=lesson.progress_id, at=datetime.now(UTC)
    )
    told = await _delivered(args.config, api, user, request, f"Done: {lesson.title} ({lesson.course_title})")
    if told is None:
        complain("This is kept here, and goes to the service as soon as it can be reached: lms-tui outbox send")
        return WAITS
    if isinstance(told, Refused):
        complain(told.sentence)
        return REFUSED
    if args.json:
        print_json(told)
    elif isinstance(told, learning.LessonProgress):
        whole = " You have completed this course." if told.course_completed else ""
        rest = f"{told.completed_lessons} of {count(told.lessons, 'lesson')} of “{lesson.course_title}” are done."
        say(clean_line(f"“{lesson.title}” is done. {rest}{whole}"))
    return 0


async def _to_open_first(api: "Api", user: "User", lesson: learning.Lesson) -> str | None:
    """Return in a sentence how to open a lesson that may be done only then; None where it was, or cannot be."""
    if lesson.completed or not waits_for_opening(lesson):
        return None
    if was_opened(ReadingPlaces(places_file()), user.id, lesson.id):
        return None
    if lesson.link is not None:
        return f"Open it first. This shows its address: lms-tui show {lesson.id}"
    known = await api.call(files.LESSON, files.LessonFilesRequest(lesson_id=lesson.id))
    return None if known.file_missing else f"Open it first. This saves its file: lms-tui file save {lesson.id}"


async def _delivered(
    config: "Config", api: "Api", user: "User", request: learning.ProgressRequest, label: str
) -> Reply | Refused | None:
    """Put the write into the outbox and return what became of it; None while it still waits there."""
    ends: list[Delivered] = []
    async with outbox_of(config, api, user) as outbox:
        outbox.follow(ends.append)
        await outbox.put(learning.COMPLETE, request, label)
        await outbox.settled()
    mine = (end.outcome for end in ends if end.operation is learning.COMPLETE and end.request == request)
    return next(mine, None)
