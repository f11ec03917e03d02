"""`lms-tui ask COURSE/LESSON "…"`: ask the mentor of a lesson, and print the answer as it comes.

The question is kept first. Where the service is away it waits in the outbox, as in the app, and is answered when the
mentor is opened, or by the same command, later.

With `--try` whoever teaches the course tries its mentor, and nothing is kept: several questions are one conversation.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import outbox_of, signed_in
from lms_tui.cli.naming import LESSON_NAMED, resolve_lesson
from lms_tui.cli.outbox import WAITS
from lms_tui.cli.parsers import add
from lms_tui.cli.printing import complain, say
from lms_tui.cli.taught import taught_lesson
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.client.errors import Unreachable
from lms_tui.client.language import local_language
from lms_tui.wire import mentor
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.config import Config
    from lms_tui.wire.accounts import User


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ask`."""
    parser = add(subparsers, "ask", "ask the mentor of a lesson something")
    parser.add_argument("name", metavar="COURSE/LESSON", help=LESSON_NAMED)
    told = "what to ask; - reads it from standard input; with --try several, which are one conversation"
    parser.add_argument("question", metavar="QUESTION", nargs="+", help=told)
    told = "try the mentor of a course of yours, of a draft too, as a learner would meet it; nothing is kept"
    parser.add_argument("--try", dest="is_try", action="store_true", help=told)


def run(args: argparse.Namespace) -> int:
    """Ask; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from lms_tui.client.events import events

    texts = [_text(each) for each in args.question]
    if len(texts) > 1 and not args.is_try:
        raise WronglyAskedError("Ask one question: put it in quotes.")
    async with signed_in(args.config) as (api, user):
        if args.is_try:
            return await _tried(api, args.name, texts, as_json=args.json)
        question = _question(await _lesson(api, args.name), texts[0])
        asked = await _stored(args.config, api, user, question)
        if asked is None:
            complain("The service is away. The question waits in the outbox and goes out as soon as it is there.")
            return WAITS
        request = mentor.AnswerRequest(
            message_id=asked.message.id, number=asked.message.tries + 1, language=local_language()
        )
        return await _printed(events(api, mentor.ANSWER, request), as_json=args.json)


def _text(said: str) -> str:
    """Return a question as it is meant. Raises WronglyAskedError for one that cannot be asked."""
    text = sys.stdin.read() if said == "-" else said
    if not text.strip():
        raise WronglyAskedError("There is nothing asked: write the question behind the lesson, in quotes.")
    if len(text) > mentor.QUESTION_LIMIT:
        raise WronglyAskedError(f"A question has at most {mentor.QUESTION_LIMIT} characters; this one has {len(text)}.")
    return text.strip()


def _question(lesson: UUID, text: str) -> mentor.AskRequest:
    return mentor.AskRequest(lesson_id=lesson, message_id=uuid4(), thread_id=uuid4(), text=text)


async def _lesson(api: "Api", name: str) -> UUID:
    """Return the lesson that is meant; an id is taken as it is, so that one can ask without the service too."""
    with suppress(ValueError):
        return UUID(name)
    return (await resolve_lesson(api, name)).id


async def _stored(config: "Config", api: "Api", user: "User", question: mentor.AskRequest) -> mentor.Asked | None:
    """Store the question; None where it waits in the outbox, since the service is away."""
    try:
        return await api.call(mentor.ASK, question)
    except Unreachable:
        async with outbox_of(config, api, user) as outbox:
            await outbox.put(mentor.ASK, question, f"To the mentor: {clean_line(question.text)[:60]}")
        return None


async def _tried(api: "Api", name: str, texts: Sequence[str], *, as_json: bool) -> int:
    """Have one question after the other answered in a conversation that nobody keeps; return the exit code."""
    from lms_tui.client.trial import Trial

    trial = Trial(await taught_lesson(api, name))
    for number, text in enumerate(texts):
        if number and not as_json:
            print()
        asked = trial.ask(_question(trial.thread.lesson_id, text))
        request = mentor.AnswerRequest(message_id=asked.message.id, number=1, language=local_language())
        if code := await _printed(trial.answer(api, request), as_json=as_json):
            return code
    return 0


async def _printed(answer: AsyncGenerator[mentor.AnswerEvent, None], *, as_json: bool) -> int:
    """Print an answer as it comes; return the exit code."""
    told = ""
    async with aclosing(answer) as coming:
        async for event in coming:
            if as_json:
                print_json(event)
                sys.stdout.flush()
            elif event.text:
                say(event.text, end="")
                told = event.text
            if event.problem is not None:
                if told and not as_json:
                    print()
                complain(event.problem.detail)
                return 1
    if not as_json:
        print()
    return 0
