"""`lms-tui mentor test`: a message to the AI provider of this machine's service, and what is wrong where it fails."""

import argparse
import asyncio
import logging
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

import msgspec

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.config import Config
    from lms_tui.mentor.settings import ProviderSettings
    from lms_tui.mentor.turns import ProviderFault

_MESSAGE: Final = "Say hello to a learner, in one short sentence."
_ENOUGH: Final = 1_000
"""Characters after which is hung up: a model that does not stop writes for minutes, and has shown what it can."""


class Tried(msgspec.Struct, frozen=True):
    """How a provider answered the test message."""

    base: str
    model: str
    """As the provider names it."""
    answer: str
    first_seconds: float
    """Until the first piece, thinking too."""
    seconds: float
    tokens: int
    thinking: int
    """Characters that it thought."""
    full: bool
    """False where it did not end by itself."""


class Failed(msgspec.Struct, frozen=True):
    """What went wrong, for those who run the service."""

    base: str
    trouble: str
    seen: str
    """Status and the provider's words."""
    todo: str


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `test` to the actions of `mentor`."""
    tested = parsers.add(actions, "test", "send a test message to the AI provider of this machine's service")
    tested.set_defaults(act=run)


def run(args: argparse.Namespace) -> int:
    """Send it; return 1 when no answer came. Raises WronglyAskedError, LocalError."""
    settings = configured(args.config)
    return tell(try_out(settings), as_json=args.json)


def configured(config: "Config") -> "ProviderSettings":
    """Return the provider of this machine's service. Raises WronglyAskedError where none is set up, LocalError."""
    from lms_tui.local.mentor import mentor_of

    if config.service is not None:
        raise WronglyAskedError("The AI provider belongs to the service, which runs somewhere else: ask there.")
    mentor = mentor_of(config)
    if mentor is None:
        raise WronglyAskedError("No AI provider is set up. Do it with: lms-tui mentor setup")
    return mentor.provider


def try_out(settings: "ProviderSettings") -> Tried | Failed:
    """Send the test message, and wait for the end of its answer."""
    logging.getLogger("lms_tui.mentor").addHandler(logging.NullHandler())  # the fault is told, not logged
    return asyncio.run(_try_out(settings))


def failed(settings: "ProviderSettings", fault: "ProviderFault") -> Failed:
    """Return a fault as an administrator is told it."""
    from lms_tui.mentor.faults import todo

    return Failed(settings.base, fault.trouble, fault.seen, todo(fault.trouble))


def tell(found: Tried | Failed, *, as_json: bool) -> int:
    """Print it; return the exit code."""
    if as_json:
        print_json(found)
    elif isinstance(found, Failed):
        print(f"{clean_line(found.base)} does not answer as it should: {clean_line(found.seen).rstrip('.')}.")
        print(found.todo)
    else:
        print(f"{clean_line(found.model)} answers: {clean_line(found.answer)[:200]}")
        thought = f" thought {found.thinking} characters," if found.thinking else ""
        when = f"First word after {found.first_seconds:.1f} s, all after {found.seconds:.1f} s,"
        print(f"{when}{thought} {found.tokens} tokens.")
        if not found.full:
            print("It did not stop by itself: does its server know the model's own chat template?")
    return int(isinstance(found, Failed))


async def _try_out(settings: "ProviderSettings") -> Tried | Failed:
    from lms_tui.mentor.provider import Provider
    from lms_tui.mentor.tokens import estimate, estimate_turns
    from lms_tui.mentor.turns import End, ProviderFault, Turn

    provider, asked, began = Provider(settings), Turn("user", _MESSAGE), time.monotonic()
    answer, thinking, first = "", 0, 0.0
    try:
        async with aclosing(provider.stream([asked])) as stream:
            async for piece in stream:
                first = first or time.monotonic() - began
                if isinstance(piece, End):
                    end = piece
                    break
                answer += piece.text
                thinking += len(piece.thinking)
                if len(answer) >= _ENOUGH:
                    end = End(settings.model, estimate_turns([asked]) + estimate(answer), full=False)
                    break
        told = (round(first, 3), round(time.monotonic() - began, 3))
        return Tried(settings.base, end.model, answer, *told, end.tokens, thinking, end.full)
    except ProviderFault as fault:
        return failed(settings, fault)
    finally:
        await provider.aclose()
