"""How long somebody studied, told by the moments of their input. Pure: it reads no clock and sets no timer."""

from typing import Final

IDLE_AFTER: Final = 300.0
"""Seconds after the last input until which time counts (domain.md, Progress, study time)."""
_MINUTE: Final = 60.0


class StudyClock:
    """Counts while there is input, up to IDLE_AFTER beyond the last of it; `at` are seconds of one steady clock.

        clock = StudyClock()
        clock.input(0.0)     # opened, or a key
        clock.take(61.0)     # 1 whole minute; what is over it stays for later
        clock.stop(75.0)     # left

    Times that go back, as after a change of the clock, count nothing.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._counted_to = 0.0
        self._last: float | None = None

    def input(self, at: float) -> None:
        """Note that there was input at `at`: it begins to count, or goes on."""
        self._count(at)
        self._counted_to = at
        self._last = at

    def stop(self, at: float) -> None:
        """Note that the learner left at `at`: nothing counts until the next input."""
        self._count(at)
        self._last = None

    def is_running(self, at: float) -> bool:
        """Whether time counts at `at`."""
        return self._last is not None and 0 <= at - self._last < IDLE_AFTER

    def take(self, at: float) -> int:
        """Return the whole minutes studied until `at` and not taken before."""
        self._count(at)
        whole = int(self._seconds // _MINUTE)
        self._seconds -= whole * _MINUTE
        return whole

    def end(self, at: float) -> int:
        """Note that all studying ends at `at`, and return the whole seconds not taken before, below a minute too."""
        self.stop(at)
        whole = int(self._seconds)
        self._seconds = 0.0
        return whole

    def _count(self, at: float) -> None:
        if self._last is None:
            return
        until = min(at, self._last + IDLE_AFTER)
        if until > self._counted_to:
            self._seconds += until - self._counted_to
            self._counted_to = until
