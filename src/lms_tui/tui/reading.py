"""Keeping where a lesson's text is left, on this machine and with the service, while it is read and when it is left.

A place is written some seconds after one has moved on, in a thread, so that whatever ends the program loses seconds;
at rest nothing happens. The service, which has it for the learner's other machines, is told when the lesson is left,
and every half minute at most while it is read. That is no answer and goes by no outbox: where nobody is reached the
place waits on this machine, is told with the next one, and nothing is said on the screen.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from lms_tui.client.errors import ClientError
from lms_tui.client.positions import Kept, micros, newer
from lms_tui.tui.opened import opened_name, reading_name
from lms_tui.tui.text.place import Place
from lms_tui.wire import learning

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.desk import Places

KEEP_SECONDS: Final = 2.0
"""Between a move and the writing of the place: as much is lost by a kill at most."""
TELL_SECONDS: Final = 30.0
"""Between two times that the service is told while one reads."""
LAST_MOMENT: Final = 0.5
"""Seconds that the end of the program waits for the service to take the last place."""


class Alarm(Protocol):
    """What was set to go off."""

    def stop(self) -> None:
        """Let it not go off."""
        ...


class Timers(Protocol):
    """What sets a timer: the app."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Alarm:
        """Call `callback` once, in `delay` seconds."""
        ...


Tell = Callable[[Kept], Coroutine[Any, Any, int | None]]
"""Tells the service a place and returns since when it has it, in microseconds; None where it did not take it."""


class Reading:
    """The reading of one lesson, from its opening until it is left."""

    def __init__(
        self, name: str, lesson: learning.Lesson, places: "Places", timers: Timers, tasks: "Tasks", tell: Tell | None
    ) -> None:
        """Begin at the newer one of the place kept in `places` under `name` and the one in the reply `lesson`.

        Without `tell` the place is kept in `places` alone.
        """
        self._name, self._places, self._timers, self._tasks, self._tell = name, places, timers, tasks, tell
        numbers = places.numbers(name)
        self._kept = newer(Kept(*numbers[:4]), lesson.reading, _now())
        self._alarm: Alarm | None = None
        self._telling: Alarm | None = None
        self._told = time.monotonic()
        if self._kept.waits:
            self._tell_later()

    @property
    def place(self) -> Place:
        """Where to show the text: where it was left, or has come to."""
        return Place(self._kept.block, self._kept.letters)

    @property
    def opened(self) -> bool:
        """Whether the lesson's film, page or file was opened from this machine, or its address taken."""
        return bool(self._places.get(opened_name(self._name)))

    def note_opened(self) -> None:
        """Keep that it was."""
        self._places.note(opened_name(self._name), 1)
        self._tasks.begin(asyncio.to_thread(self._places.save))

    def moved(self, place: Callable[[], Place]) -> None:
        """Take note that one moves in the text; `place` tells in a moment where that has led."""
        if self._alarm is None:
            self._alarm = self._timers.set_timer(KEEP_SECONDS, partial(self._keep, place))

    def come_to(self, place: Place) -> None:
        """Have `place` on disk as where one has come to just now, whatever was kept before."""
        self._set(Kept(*place, moved_at=_now()))
        self._tasks.begin(asyncio.to_thread(self._places.save))

    def leave(self, place: Place) -> None:
        """Keep the place at which the lesson is left, on disk at once, and have the service told."""
        for alarm in (self._alarm, self._telling):
            if alarm is not None:
                alarm.stop()
        if self._take(place):
            self._places.save()
        if self._tell is not None and self._kept.waits:
            self._tasks.begin(self._send(self._tell))

    def _keep(self, place: Callable[[], Place]) -> None:
        self._alarm = None
        if self._take(place()):
            self._tasks.begin(asyncio.to_thread(self._places.save))
            self._tell_later()

    def _take(self, place: Place) -> bool:
        """Have `place` in memory; False where one is still there."""
        if place == self.place:
            return False
        self._set(Kept(*place, moved_at=_now()))
        return True

    def _set(self, kept: Kept) -> None:
        self._kept = kept
        self._places.note(self._name, kept.block, kept.letters, kept.known_at, kept.moved_at)

    def _tell_later(self) -> None:
        if self._tell is not None and self._telling is None:
            pause = max(0.0, self._told + TELL_SECONDS - time.monotonic())
            self._telling = self._timers.set_timer(pause, partial(self._tell_now, self._tell))

    def _tell_now(self, tell: Tell) -> None:
        self._telling = None
        self._told = time.monotonic()
        if self._kept.waits:
            self._tasks.begin(self._send(tell))

    async def _send(self, tell: Tell) -> None:
        """Tell the service the place of now, and keep since when it has it, if one has not moved on meanwhile."""
        sent = self._kept
        known_at = await tell(sent)
        if known_at is not None and self._kept == sent:
            self._set(Kept(sent.block, sent.letters, known_at, sent.moved_at))
            await asyncio.to_thread(self._places.save)


class Tasks:
    """What goes on behind the screens, also when the one that began it is closed."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, task: Coroutine[Any, Any, None]) -> None:
        """Do it, beside everything else."""
        running = asyncio.create_task(task, name="reading place")
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def close(self, *, offline: bool) -> None:
        """Give what goes on a last moment, then end it; `offline` there is nobody to wait for.

        A place that was not told waits on this machine: what is being written there is written.
        """
        if self._running:
            _, late = await asyncio.wait({*self._running}, timeout=0 if offline else LAST_MOMENT)
            for task in late:
                task.cancel()


def learners(app: "LmsApp", lesson: learning.Lesson, tasks: Tasks, user: str) -> Reading:
    """Begin reading `lesson` as `user`, a learner who is told of elsewhere where they are enrolled."""

    async def tell(kept: Kept) -> int | None:
        request = learning.PositionRequest(lesson_id=lesson.id, block=kept.block, letters=kept.letters)
        try:  # past the app, which would show in the status that nobody is there
            backend = await app.backend()
            if str(backend.user.id) != user:  # somebody else signed in meanwhile: it is no place of theirs
                return None
            reply = await backend.api.call(learning.POSITION, request)
        except ClientError:
            return None
        return None if reply.updated_at is None else micros(reply.updated_at)

    return Reading(reading_name(user, lesson.id), lesson, app.places, app, tasks, tell if lesson.enrolled else None)


def _now() -> int:
    return time.time_ns() // 1000
