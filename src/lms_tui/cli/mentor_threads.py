"""`lms-tui mentor threads | show | rename | start-over`: one's threads with the mentor of a lesson, in text.

What was read is kept on this machine (`client.mentor_file`), and told from there where the service cannot be reached.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.naming import LESSON_NAMED, resolve_lesson, typed_id
from lms_tui.cli.printing import moment, print_list, say
from lms_tui.cli.said import from_beginning, print_said
from lms_tui.client.errors import NotFound, NotKept, Unreachable
from lms_tui.tui.words import count, dotted
from lms_tui.wire import mentor_threads as wire
from lms_tui.wire.mentor import Thread
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.client.mentor_file import MentorFile
    from lms_tui.config import Config
    from lms_tui.wire.accounts import User

_COLUMNS: Final = ("ID", "STATE", "BEGUN", "MESSAGES", "TITLE", "BEGINS")
_AWAY: Final = "The service cannot be reached. This is what this machine keeps of it."
_ID: Final = "its id, as `mentor threads` has it"


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four to the actions of `mentor`."""
    listed = parsers.add(actions, "threads", "list your threads with the mentor of a lesson, the newest first")
    listed.add_argument("name", metavar="LESSON", help=LESSON_NAMED)
    shown = parsers.add(actions, "show", "show what was said in a thread")
    what = f"a thread: {_ID}; or a lesson, whose active thread it is then: {LESSON_NAMED}"
    shown.add_argument("name", metavar="THREAD|LESSON", help=what)
    named = parsers.add(actions, "rename", "give a thread another title")
    named.add_argument("thread", metavar="THREAD", help=_ID)
    named.add_argument("title", metavar="TITLE", help="200 characters at most; '' takes the title away")
    begun = parsers.add(actions, "start-over", "begin a new thread; the one before can still be read")
    begun.add_argument("name", metavar="LESSON", help=LESSON_NAMED)
    for action in (listed, shown, named, begun):
        action.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Do one of the four; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, user):
        match args.action:
            case "threads":
                await _threads(args, api, _file(args.config, user))
            case "show":
                await _show(args, api, _file(args.config, user))
            case "rename":
                own = typed_id(args.thread, "a thread", "lms-tui mentor threads LESSON")
                ask = wire.RenameRequest(thread_id=own, title=args.title)
                _tell(await api.call(wire.RENAME, ask), "It is called so now.", as_json=args.json)
            case _:
                lesson = await resolve_lesson(api, args.name)
                over = wire.StartOverRequest(lesson_id=lesson.id, thread_id=uuid4())
                _tell(await api.call(wire.START_OVER, over), "A new thread has begun.", as_json=args.json)
    return 0


def _file(config: "Config", user: "User") -> "MentorFile":
    """Return what this machine keeps of the person's threads."""
    from lms_tui.client.kept_here import MENTOR
    from lms_tui.client.mentor_file import MentorFile
    from lms_tui.local.paths import places, private_folder

    return MentorFile(None if config.kiosk else private_folder(places().state) / MENTOR, (config.place, str(user.id)))


def _tell(thread: Thread, sentence: str, *, as_json: bool) -> None:
    print_json(thread) if as_json else say(f"{sentence} {thread.id}")


async def _threads(args: argparse.Namespace, api: "Api", file: "MentorFile") -> None:
    """List them, all pages of them."""
    from lms_tui.client.mentor_file import line_of

    try:
        lesson = await resolve_lesson(api, args.name)
        lines = await _all_threads(api, lesson.id)
    except Unreachable:
        if not (kept := _kept(file, args.name)):
            raise
        lines = [line_of(page) for page in kept]
        print(_AWAY, file=sys.stderr)
    if args.json:
        print_json(lines)
        return
    print_list(_COLUMNS, map(_row, lines))


async def _all_threads(api: "Api", lesson: UUID) -> list[wire.ThreadLine]:
    ask = wire.ThreadsRequest(lesson_id=lesson)
    lines: list[wire.ThreadLine] = []
    while True:
        page = await api.call(wire.THREADS, ask)
        lines += page.threads
        if not page.earlier:
            return lines
        ask.before = lines[-1].thread.id


def _row(line: wire.ThreadLine) -> tuple[object, ...]:
    thread = line.thread
    state = "active" if thread.active else "closed"
    return str(thread.id), state, moment(thread.created_at), line.messages, thread.title or "-", line.begins or "-"


async def _show(args: argparse.Namespace, api: "Api", file: "MentorFile") -> None:
    """Print a thread from its beginning, or what is kept of it."""
    try:
        page = await _whole(args.name, api, file)
    except Unreachable:
        kept = _kept(file, args.name)
        if not kept:
            raise
        page = next((one for one in kept if one.thread.active), kept[0])
        print(_AWAY, file=sys.stderr)
    if args.json:
        print_json(page)
    elif page is None:
        say("Nothing has been said with this mentor yet.")
    else:
        _print(page)


async def _whole(said: str, api: "Api", file: "MentorFile") -> wire.ThreadPage | None:
    """Return the thread that is meant with all its messages, and keep it; None where there is none about the lesson."""
    page = await _newest(said, api)
    if page is None:
        return None
    await from_beginning(page, api, wire.THREAD, wire.ThreadRequest(thread_id=page.thread.id))
    try:
        await asyncio.to_thread(file.keep, page)
    except NotKept as error:
        print(clean_line(error.sentence), file=sys.stderr)
    return page


async def _newest(said: str, api: "Api") -> wire.ThreadPage | None:
    """Return the newest page of the thread with the id `said`, or of the active thread about the lesson of that name,
    of the newest where none is active. Raises WronglyAskedError.
    """
    try:
        return await api.call(wire.THREAD, wire.ThreadRequest(thread_id=UUID(said)))
    except (ValueError, NotFound):
        lesson = await resolve_lesson(api, said)
    found = await api.call(wire.THREADS, wire.ThreadsRequest(lesson_id=lesson.id))
    if not found.threads:
        return None
    threads = [line.thread for line in found.threads]
    chosen = next((thread for thread in threads if thread.active), threads[0])
    return await api.call(wire.THREAD, wire.ThreadRequest(thread_id=chosen.id))


def _kept(file: "MentorFile", said: str) -> Sequence[wire.ThreadPage]:
    """Return the kept threads that `said` means: a thread's or a lesson's id, or a lesson's title."""
    wanted = clean_line(said).casefold()

    def fits(page: wire.ThreadPage) -> bool:
        course, lesson = (clean_line(title).casefold() for title in (page.course_title, page.lesson_title))
        return wanted in (str(page.thread.id), str(page.thread.lesson_id), lesson, f"{course}/{lesson}")

    return [page for page in file.threads() if fits(page)]


def _print(page: wire.ThreadPage) -> None:
    thread = page.thread
    say(clean_line(dotted(thread.title or page.lesson_title, page.course_title)))
    state = "active" if thread.active else "closed, it can be read"
    say(dotted(state, f"begun {moment(thread.created_at)}", count(len(page.messages), "message")))
    if page.earlier:
        say("What was said before is not here.")
    print_said(page.messages, "You")
