"""Counting study time in the app: input on the lesson and quiz screens of a course in which the learner is enrolled.

Nothing is drawn for it. There is one timer, once a minute, and only while there is input: five minutes after the last
key it is gone, and the next key sets it again.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, Protocol
from uuid import UUID

from lms_tui.client.study_clock import StudyClock

SECONDS: Final = 60.0
"""Between two times that the minutes are kept on disk and told: as much is lost by a kill at most."""


class Timers(Protocol):
    """What sets a timer: the app."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call `callback` once, in `delay` seconds."""
        ...


class Studying:
    """The clocks of the courses that are being studied; `keep` takes whole minutes of a course."""

    def __init__(self, timers: Timers, keep: Callable[[UUID, int], None], now: Callable[[], float] = monotonic) -> None:
        self._timers, self._keep, self._now = timers, keep, now
        self._clocks: dict[UUID, StudyClock] = {}
        self._screens: dict[object, UUID] = {}
        self._ticking = False

    def begin(self, screen: object, course: UUID) -> None:
        """Count the input from now on for `course`, until `screen` ends; the screen that began last counts."""
        self._screens.pop(screen, None)
        self._screens[screen] = course
        self.input()

    def end(self, screen: object) -> None:
        """Count no more for `screen`; where another goes on with the same course, so does its clock."""
        course = self._screens.pop(screen, None)
        if course is not None and course != self._course:
            self._clocks[course].stop(self._now())
            self._hand_on(course)

    def input(self) -> None:
        """Note a key, a click or a turn of the wheel."""
        if (course := self._course) is None:
            return
        at = self._now()
        for other, clock in self._clocks.items():
            if other != course:
                clock.stop(at)
        self._clocks.setdefault(course, StudyClock()).input(at)
        if not self._ticking:
            self._ticking = True
            self._timers.set_timer(SECONDS, self._tick)

    async def close(self, keep: Callable[[UUID, int], Awaitable[None]]) -> None:
        """End all counting; `keep` takes the seconds that are left of each course."""
        at, self._screens = self._now(), {}
        for course, clock in self._clocks.items():
            if seconds := clock.end(at):
                await keep(course, seconds)

    @property
    def _course(self) -> UUID | None:
        return next(reversed(self._screens.values()), None)

    def _tick(self) -> None:
        self._ticking = False
        for course in self._clocks:
            self._hand_on(course)
        at = self._now()
        if any(clock.is_running(at) for clock in self._clocks.values()):
            self._ticking = True
            self._timers.set_timer(SECONDS, self._tick)

    def _hand_on(self, course: UUID) -> None:
        if minutes := self._clocks[course].take(self._now()):
            self._keep(course, minutes)
