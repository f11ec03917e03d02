"""Where a screen asks the service and gives what the learner did: one set of screens for learning and for preview.

A screen says `self.desk`, and does not know at which one it stands. It takes the desk of the screen that opened it.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from textual.widget import Widget

from lms_tui.client.delivery import Delivered
from lms_tui.client.line import Sink
from lms_tui.tui.commands import Command
from lms_tui.wire import mentor
from lms_tui.wire.errors import Problem
from lms_tui.wire.operation import Answered, Ask, Operation, Told

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.client.mentor_file import MentorFile
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.reading import Reading
    from lms_tui.tui.screens.base import FramedScreen
    from lms_tui.wire import learning


class Places(Protocol):
    """Where things were left: numbers by name, 0 where nothing was."""

    def get(self, name: str) -> int:
        """Return the place kept under `name`."""
        ...

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return all that is kept under `name`."""
        ...

    def put(self, name: str, *numbers: int) -> None:
        """Keep `numbers` under `name`."""
        ...

    def note(self, name: str, *numbers: int) -> None:
        """Keep `numbers` under `name`, to be written by `save`."""
        ...

    def save(self) -> None:
        """Write what was noted; may be called from any thread."""
        ...


class Given(Protocol):
    """What of the outbox a screen needs: to follow what becomes of a write, and what became of earlier ones."""

    def follow(self, listener: Callable[[Delivered], None]) -> Callable[[], None]:
        """Call `listener` for each write that was taken or refused; returns what ends it."""
        ...

    async def pending(self, operation: Operation[Ask, Answered]) -> Sequence[Ask]:
        """Return the writes of `operation` that are not delivered yet, the oldest first."""
        ...

    async def refused(self, operation: Operation[Ask, Answered]) -> Sequence[tuple[Ask, Problem]]:
        """Return the writes of `operation` that were refused, each with why."""
        ...


class Bar(Widget):
    """A bar under the top bar that a desk puts on each of its screens."""

    def show_for(self, screen: "FramedScreen[Any]") -> None:
        """Show what is to be said on `screen` as it stands now."""
        raise NotImplementedError


class Desk(Protocol):
    """Asking and giving, as one learner or as nobody."""

    @property
    def places(self) -> Places:
        """Where attempts were left."""
        ...

    @property
    def drafts(self) -> dict["UUID", str]:
        """What was typed to the mentor of a lesson and not sent, in this run."""
        ...

    @property
    def taken_back(self) -> dict["UUID", list["UUID"]]:
        """Of what was typed to the mentor of a lesson: the refused questions in it, which lie in the outbox still."""
        ...

    @property
    def mentor_file(self) -> "MentorFile | None":
        """What this machine keeps of threads with mentors; None: nothing."""
        ...

    @property
    def notice(self) -> tuple[str, str] | None:
        """Words and their colour that stand at the top right in place of how the outbox stands; None: that stands."""
        ...

    @property
    def commands(self) -> Sequence[Command]:
        """What can be done on each screen at this desk, besides what the screen has."""
        ...

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask the service. Raises ClientError."""
        ...

    def events(self, operation: Operation[Ask, Told], request: Ask) -> AsyncGenerator[Told, None]:
        """Yield the events of an operation; close it to hang up. Raises ClientError."""
        ...

    async def fetch(self, link: str, into: Sink) -> None:
        """Get the file that a link of the service opens. Raises ClientError."""
        ...

    async def keep(self, operation: Operation[Ask, Answered], request: Ask, label: str) -> None:
        """Give a write that may wait. Raises ClientError."""
        ...

    async def outbox(self) -> Given:
        """Return what follows writes. Raises ClientError."""
        ...

    async def drop_questions(self, questions: "Sequence[UUID]") -> None:
        """Have refused questions to mentors in the outbox no more: what was written in them was asked otherwise.

        Raises ClientError.
        """
        ...

    def note_saved(self, at: datetime) -> None:
        """Take note that a write was acknowledged at `at`."""
        ...

    def read(self, lesson: "learning.Lesson") -> "Reading":
        """Begin reading a lesson, where it was left."""
        ...

    def begin_studying(self, screen: object, course: UUID) -> None:
        """Count study time of `course` for `screen`."""
        ...

    def end_studying(self, screen: object) -> None:
        """Count no more for `screen`."""
        ...

    def allows(self, command: Command, screen: "FramedScreen[Any]") -> bool:
        """Tell whether a command, of the screen's or one's own, has a meaning at this desk."""
        ...

    def bar(self) -> Bar | None:
        """Return a new bar for a screen, None where there is none."""
        ...

    async def do(self, what: str, screen: "FramedScreen[Any]") -> None:
        """Do what one of `commands` is for, whose action is `app.preview(what)`."""
        ...


class LearnersDesk:
    """The desk of whoever is signed in: what is done at it counts."""

    notice = None
    commands: Sequence[Command] = ()

    def __init__(self, app: "LmsApp") -> None:
        """Ask and give through `app`."""
        self._app = app

    @property
    def places(self) -> Places:
        """Where attempts were left, kept on this machine."""
        return self._app.places

    @property
    def drafts(self) -> dict["UUID", str]:
        """What was typed and not sent, until somebody else is here."""
        return self._app.attending.questions

    @property
    def taken_back(self) -> dict["UUID", list["UUID"]]:
        """What of it lies in the outbox, until somebody else is here."""
        return self._app.attending.taken_back

    @property
    def mentor_file(self) -> "MentorFile | None":
        """The file of whoever is signed in; None for guests, and before the service was reached."""
        backend = self._app.reached
        return None if backend is None or backend.mentor is None else backend.mentor()

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask the service. Raises ClientError."""
        return await self._app.call(operation, request)

    async def events(self, operation: Operation[Ask, Told], request: Ask) -> AsyncGenerator[Told, None]:
        """Yield what the service says. Raises ClientError."""
        from lms_tui.client.events import events  # noqa: PLC0415 - loaded with the first question to a mentor

        api = cast("Api", (await self._app.backend()).api)
        async with aclosing(events(api, operation, request)) as coming:
            async for event in coming:
                yield event

    async def fetch(self, link: str, into: Sink) -> None:
        """Get the file that a link of the service opens. Raises ClientError."""
        await (await self._app.backend()).api.fetch(link, into)

    async def keep(self, operation: Operation[Ask, Answered], request: Ask, label: str) -> None:
        """Give a write to the outbox. Raises ClientError."""
        await self._app.keep(operation, request, label)

    async def outbox(self) -> Given:
        """Return the outbox. Raises ClientError where the service cannot be reached."""
        return (await self._app.backend()).outbox

    async def drop_questions(self, questions: "Sequence[UUID]") -> None:
        """Take them out of the outbox. Raises ClientError."""
        outbox = (await self._app.backend()).outbox
        for kept in await outbox.kept():
            if isinstance(kept.request, mentor.AskRequest) and kept.request.message_id in questions:
                await outbox.discard(kept.id)

    def note_saved(self, at: datetime) -> None:
        """Show at the top right that the service has acknowledged a write at `at`."""
        self._app.standing.saved(at)

    def read(self, lesson: "learning.Lesson") -> "Reading":
        """Begin reading a lesson, where it was left on this machine or another."""
        return self._app.attending.read(lesson)

    def begin_studying(self, screen: object, course: UUID) -> None:
        """Count study time of `course`."""
        self._app.attending.begin_studying(screen, course)

    def end_studying(self, screen: object) -> None:
        """Count no more for `screen`."""
        self._app.attending.end_studying(screen)

    def allows(self, command: Command, screen: "FramedScreen[Any]") -> bool:  # noqa: ARG002
        """Allow whatever the screen does."""
        return True

    def bar(self) -> Bar | None:
        """Put nothing on a learner's screens."""
        return None

    async def do(self, what: str, screen: "FramedScreen[Any]") -> None:
        """Do nothing: a learner's desk has no commands."""
