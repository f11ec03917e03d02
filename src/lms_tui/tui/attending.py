"""What goes on for whoever is here while they read and study: places that are kept, minutes that are counted."""

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.backend import Backend
    from lms_tui.tui.reading import Reading, Tasks
    from lms_tui.tui.studying import Studying
    from lms_tui.wire import learning


class Attending:
    """The lessons that are read and the courses that are studied; what keeps them is imported with the first lesson."""

    def __init__(self, app: "LmsApp") -> None:
        """Begin with nothing."""
        self._app = app
        self._reading: Tasks | None = None
        self.studying: Studying | None = None
        self.questions: dict[UUID, str] = {}
        """What was typed to the mentor of a lesson and not sent, in this run."""
        self.taken_back: dict[UUID, list[UUID]] = {}
        """Of what was typed to the mentor of a lesson: the refused questions in it, which lie in the outbox still."""

    def read(self, lesson: "learning.Lesson") -> "Reading":
        """Begin reading a lesson, whose place is kept for whoever is signed in."""
        from lms_tui.tui import reading  # noqa: PLC0415 - imported with the first lesson

        if self._reading is None:
            self._reading = reading.Tasks()
        reached = self._app.reached
        return reading.learners(self._app, lesson, self._reading, str(reached.user.id) if reached is not None else "")

    def begin_studying(self, screen: object, course: UUID) -> None:
        """Count study time of `course`, in which the learner is enrolled, until `end_studying` with `screen`."""
        backend = self._app.reached
        if backend is None or (study := backend.study) is None:
            return
        if self.studying is None:
            from lms_tui.tui.studying import Studying  # noqa: PLC0415 - imported with the first lesson

            def keep(course: UUID, minutes: int) -> None:
                self._app.run_worker(study.add(course, minutes), group="study")

            self.studying = Studying(self._app, keep)
        self.studying.begin(screen, course)

    def end_studying(self, screen: object) -> None:
        """Count no more for `screen`."""
        if self.studying is not None:
            self.studying.end(screen)

    def input(self) -> None:
        """Note that somebody did something, where study time counts."""
        if self.studying is not None:
            self.studying.input()

    async def close(self, backend: "Backend | None", *, offline: bool) -> None:
        """Keep what is not kept yet of the places, and of the time for whoever is signed in by `backend`."""
        if self._reading is not None:
            await self._reading.close(offline=offline)
        if self.studying is not None and backend is not None and backend.study is not None:
            await self.studying.close(backend.study.keep)

    def forget(self) -> None:
        """Begin with nothing again: somebody else comes."""
        self._reading = self.studying = None
        self.questions, self.taken_back = {}, {}
