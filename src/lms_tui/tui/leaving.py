"""Signing out, here or everywhere, and leaving a kiosk: what still waits is sent if it can be, and asked about if not.
Going for good."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from lms_tui.client.errors import ClientError
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.words import count
from lms_tui.wire.joining import EVERYWHERE, EverywhereRequest

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.backend import Backend

_GROUP: Final = "sign-out"
_SENDING: Final = 3.0
"""Seconds that signing out waits for what can still be sent."""


def begin_to_sign_out(app: "LmsApp", *, everywhere: bool = False) -> None:
    """Sign out whoever is signed in; with `everywhere` all their other sessions end too. Goes on behind all screens."""
    if not any(worker.group == _GROUP and not worker.is_finished for worker in app.workers):
        app.run_worker(_sign_out(app, everywhere=everywhere), group=_GROUP)


async def _sign_out(app: "LmsApp", *, everywhere: bool) -> None:
    backend = app.reached
    if backend is None or (session := backend.session) is None:
        return
    left = await _left(app, backend)
    if (left or everywhere) and not await _is_sure(app, left, everywhere=everywhere):
        return
    try:
        if everywhere:
            await app.call(EVERYWHERE, EverywhereRequest())
        if backend.mentor is not None:
            await asyncio.to_thread(backend.mentor().forget)
        await session.sign_out()
    except ClientError as error:
        _tell(app, error.sentence)
        return
    except OSError as error:
        _tell(app, f"Your session is still on this machine: {error}.")
        return
    await app.here.leave("You are signed out everywhere." if everywhere else "You are signed out.")


def begin_to_go(app: "LmsApp") -> None:
    """Let whoever was erased go, with all that this machine keeps of them. Goes on behind all screens."""
    app.run_worker(_go(app), group=_GROUP)


async def _go(app: "LmsApp") -> None:
    """What is kept is taken away last: letting go of somebody writes what was noted of them."""
    backend, kept = app.reached, app.places
    if backend is None:
        return
    try:
        if backend.session is not None:
            await backend.session.sign_out()
        await app.here.leave("You are erased, here too.")
        await asyncio.to_thread(kept.forget, backend.user.id)
        if backend.forget_all is not None:
            await backend.forget_all()
    except ClientError as error:
        _tell(app, error.sentence)
    except OSError as error:
        _tell(app, f"Your session is still on this machine: {error}.")


def begin_to_leave(app: "LmsApp") -> None:
    """Leave a kiosk, where what one did and the service does not have goes with the program."""
    if not any(worker.group == _GROUP and not worker.is_finished for worker in app.workers):
        app.run_worker(_leave(app), group=_GROUP)


async def _leave(app: "LmsApp") -> None:
    left = 0 if app.reached is None else await _left(app, app.reached)
    if not left or await app.push_screen_wait(
        ConfirmScreen("Leave?", "Leave, and lose them", "Stay", _lost(app, left))
    ):
        app.exit()


def _lost(app: "LmsApp", left: int) -> str:
    what = "A kiosk keeps nothing: they are lost." if app.kiosk else "They stay here, and go when you sign in again."
    return f"Not at the service yet: {count(left, 'thing')} that you did. {what}"


async def _left(app: "LmsApp", backend: "Backend") -> int:
    """Return how much of what was done would stay behind, after a last try to send it."""
    if backend.outbox.counts().waiting:
        backend.outbox.hurry()
        with suppress(TimeoutError):
            async with asyncio.timeout(_SENDING):
                await backend.outbox.settled()
    counts = backend.outbox.counts()
    return counts.waiting + (counts.refused if app.kiosk else 0)


async def _is_sure(app: "LmsApp", left: int, *, everywhere: bool) -> bool:
    details = []
    if everywhere:
        details.append("All your sessions end at once, here and on every other machine. Your password stays.")
    yes = "Sign out everywhere" if everywhere else "Sign out"
    if left:
        details.append(_lost(app, left))
        yes += ", and lose them" if app.kiosk else ""
    question = ConfirmScreen("Sign out everywhere?" if everywhere else "Sign out?", yes, "Stay signed in", *details)
    sure: bool = await app.push_screen_wait(question)
    return sure


def _tell(app: "LmsApp", sentence: str) -> None:
    if isinstance(app.screen, FramedScreen):
        app.screen.tell(sentence, "error")
