"""How things stand with the service, as the top right tells it: saved, waiting, out of reach."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import Refused
from lms_tui.tui.arrivals import arrival
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.status import Status, status_of

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp


class Standing:
    """What is known of the service and of the writes to it."""

    def __init__(self, app: "LmsApp") -> None:
        """Know nothing yet."""
        self._app = app
        self._saved_at: datetime | None = None
        self._answered = False
        """Whether the service has answered since whoever is here came."""
        self.offline = False
        """Whether the last call found no service."""

    def begin_anew(self) -> None:
        """Know nothing again: somebody else may come."""
        self._saved_at, self.offline, self._answered = None, False, False

    def saved(self, at: datetime) -> None:
        """Show that the service has acknowledged a write at `at`."""
        self._saved_at = at
        self.note(offline=False)

    def note(self, *, offline: bool) -> None:
        """Show how things stand; when the service is there, or back, what waits goes at once."""
        back, self.offline = self.offline and not offline, offline
        self.show()
        backend = self._app.reached
        if offline or backend is None:
            return
        if back:
            backend.outbox.hurry()
        if (back or not self._answered) and backend.study is not None:
            self._app.run_worker(backend.study.tell_all(), group="study")  # what an earlier run left
        self._answered = True

    def show(self) -> None:
        """Show how things stand, with what waits now."""
        backend = self._app.reached
        counts = backend.outbox.counts() if backend is not None else None
        nobody = Status("guest, f7 signs in") if self._app.is_guest and not self.offline else None
        self._app.status = nobody or status_of(counts, self.offline, self._saved_at)

    def delivered(self, write: Delivered) -> None:
        """Tell the truth about a write that has reached the service, or was refused by it.

        The screen that it was given on tells it itself, as long as it is open.
        """
        back = self.offline
        if not isinstance(write.outcome, Refused):
            self.saved(datetime.now(UTC))
        screens = [screen for screen in self._app.screen_stack if isinstance(screen, FramedScreen)]
        told = arrival(write)
        if told is not None and screens and not any(screen.shows(write) for screen in screens):
            screens[-1].tell(*told)
        self.note(offline=False)
        self._app.deliveries += 1
        if back and screens:
            screens[-1].load_if_failed()
