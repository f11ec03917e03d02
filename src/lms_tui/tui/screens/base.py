"""What all screens have in common: the two bars, their commands, and the designed states around the body.

A screen says its `SCREEN_COMMANDS`, gives its widgets in `body()`, and loads in `load()`, a worker:

    class CourseScreen(FramedScreen[None]):
        SCREEN_COMMANDS = (Command("course.enrol", "e", "enrol", "enrol", "Take this course."), BACK)

        def body(self) -> ComposeResult:
            yield VirtualList()

        @work(exclusive=True, group="course")
        async def load(self) -> None:
            course = await self.fetch(catalog.COURSE, CourseRequest(course_id=self._course_id), "Opening the course…")
            if course is not None:
                ...
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual._context import NoActiveAppError
from textual.actions import parse
from textual.app import ComposeResult, ScreenStackError
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import Worker, WorkerCancelled

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.tui.commands import EVERYWHERE, HELP, RETRY, Command, bindings
from lms_tui.tui.desk import Bar, Desk, LearnersDesk
from lms_tui.tui.glyphs import is_typed
from lms_tui.tui.widgets.bars import KeyBar, TopBar
from lms_tui.tui.widgets.calm import Calm
from lms_tui.tui.widgets.notice import Notice
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from uuid import UUID

    from lms_tui.tui.app import LmsApp
    from lms_tui.wire.quizzes import Question

_LONGEST_PAUSE = 30.0  # seconds between two tries of a screen that found nobody there

Outcome = TypeVar("Outcome")
SIDE_PANEL_FROM = 110
"""Columns from which a screen has a second pane beside its first."""


class FramedScreen(Screen[Outcome]):
    """A screen between the top bar and the key bar.

    In place of the body stands, when there is cause, a calm sentence (`show_calm`): while loading, when there is
    nothing, after an error, offline. From 110 columns the screen has the class `-wide`, below `-narrow`.
    """

    DEFAULT_CSS = """
    FramedScreen { layers: default notice; overflow: hidden; }
    FramedScreen > Calm { display: none; }
    FramedScreen.-calm > * { display: none; }
    FramedScreen.-calm > TopBar, FramedScreen.-calm > Bar { display: block; }
    FramedScreen.-calm > KeyBar, FramedScreen.-calm > Calm { display: block; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (SIDE_PANEL_FROM, "-wide")]  # noqa: RUF012 - Textual's own form
    SCREEN_COMMANDS: ClassVar[tuple[Command, ...]] = ()
    """What can be done here, the most important first (Textual's own `COMMANDS` is for its palette)."""

    def __init_subclass__(cls, **given: Any) -> None:
        """Make the key bindings out of the commands; what is `given` is Textual's, by its names."""
        if "SCREEN_COMMANDS" in cls.__dict__:
            cls.BINDINGS = [*bindings(cls.SCREEN_COMMANDS), RETRY.binding]
        super().__init_subclass__(**given)

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar; more is known once it has loaded."""
        super().__init__()
        self._failed, self._failures, self._in_field, self._focusing = False, 0, False, False
        self._loading: Worker[None] | None = None
        self._again: Timer | None = None
        self._desk: Desk | None = _desk_of_opener(self)
        self._bar: Bar | None = None
        self._top, self._keys, self._calm, self._notice = TopBar(path), KeyBar(), Calm(), Notice()

    @property
    def desk(self) -> Desk:
        """Where this screen asks and gives: a learner's, or that of the preview in which it stands."""
        if self._desk is None:
            self._desk = LearnersDesk(self.lms)
        return self._desk

    @desk.setter
    def desk(self, desk: Desk) -> None:
        """Put the screen, which is not shown yet, at another desk."""
        self._desk = desk

    @property
    def question_here(self) -> "Question | None":
        """The question that stands on this screen, if one does."""
        return None

    @property
    def source_here(self) -> tuple["UUID", int] | None:
        """The lesson that stands on this screen, and the number of its question from 1, 0 for none; None: no lesson."""
        return None

    @property
    def lms(self) -> "LmsApp":
        """The app, by its own type."""
        return cast("LmsApp", self.app)

    def compose(self) -> ComposeResult:
        """Return the bars with the body between them, styled for this width at once and not after the first layout."""
        wide = self.app.size.width >= SIDE_PANEL_FROM
        self.set_class(wide, "-wide", update=False)
        self.set_class(not wide, "-narrow", update=False)
        yield self._top
        self._bar = self.desk.bar()
        if self._bar is not None:
            yield self._bar
        yield from self.body()
        yield self._calm
        yield self._keys
        yield self._notice

    def body(self) -> ComposeResult:
        """Yield what is between the bars."""
        raise NotImplementedError

    @property
    def is_opening(self) -> bool:
        """Whether what it shows, or the focus in it, has yet to come: keys that are typed ahead are for that."""
        return self._focusing or (self._loading is not None and not self._loading.is_finished)

    def load(self) -> Worker[None] | None:
        """Ask for everything that this screen shows; overridden by a worker. Called at mount and by `r`."""
        return None

    async def load_again(self) -> None:
        """Load what is another now, and stay at the same place; returns when it is shown, or is loaded once more."""
        if (loading := self.load()) is None:
            return
        try:
            await loading.wait()
        except WorkerCancelled:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # `wait` takes what ends us for the end of the loading
                raise asyncio.CancelledError from None

    def came_in(self) -> None:
        """Show the same place as it is to who has just signed in, in place of a guest."""
        self.load()

    def delivered(self) -> None:
        """Called when a write of the outbox has reached the service: what is shown here may be older."""

    def shows(self, write: Delivered) -> bool:  # noqa: ARG002
        """Tell whether this screen itself tells what became of a write: else the app does."""
        return False

    def allows(self, command: Command) -> bool:
        """Tell whether `command` can be used now; what cannot is not shown and its key does nothing."""
        return command is not RETRY or self._failed

    def on_mount(self) -> None:
        """Show the status and start loading.

        Textual calls the handler of each class by itself, this one after a screen's own, which must not call it too.
        """
        self.watch(self.app, "status", self._show_status)
        self.watch(self.app, "deliveries", self.delivered, init=False)
        self.refresh_commands()
        self._loading = self.load()

    def commands(self) -> Iterator[Command]:
        """Yield the commands that can be used now: trying again after an error, this screen's, those of everywhere."""
        yield from (
            command
            for command in (RETRY, *self.SCREEN_COMMANDS, *self.desk.commands, *EVERYWHERE)
            if self._usable(command)
        )

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the body that are no commands, with what they do, for help; (): those of a list."""
        return ()

    def refresh_commands(self) -> None:
        """Show in the key bar what can be done now; call it when `allows` would answer otherwise than before."""
        self._in_field = self.focused is not None and self.focused.check_consume_key("a", "a")
        shown = [command for command in self.commands() if command.shown and command is not HELP]
        named = [(self._key_now(command), command.label) for command in (*shown, HELP)]
        self._keys.set_keys([(key, label) for key, label in named if key])
        if self._bar is not None:
            self._bar.show_for(self)

    def _key_now(self, command: Command) -> str:
        """Return the first key of a command, in a field the first that is no letter of the text; "" for none."""
        keys = command.keys.split(",")
        return next((key for key in keys if not (self._in_field and is_typed(key))), "")

    def on_descendant_focus(self) -> None:
        """Show other keys when a field is come to or left."""
        if self._in_field != (self.focused is not None and self.focused.check_consume_key("a", "a")):
            self.refresh_commands()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key act only where its command is allowed."""
        for command in (*self.SCREEN_COMMANDS, RETRY):
            _, name, given = parse(command.action)
            if (name, given) == (action, parameters) and not self._usable(command):
                return False
        return super().check_action(action, parameters)

    def set_path(self, *path: str) -> None:
        """Show where this is, from the widest place to the nearest."""
        self._top.set_path(*path)

    def set_position(self, position: str) -> None:
        """Show a position, such as 3/128, at the right of the key bar."""
        self._keys.set_position(position)

    def show_calm(self, sentence: str, hint: str = "", *, failed: bool = False) -> None:
        """Show `sentence` and `hint` in place of the body; `failed` offers to try again."""
        self._calm.say(sentence, hint)
        self._failed = failed
        self._set_calm(True)
        self.refresh_commands()

    def show_body(self) -> None:
        """Show the body again, with the focus in it."""
        self._failed, self._failures = False, 0
        self._set_calm(False)
        self.refresh_commands()
        if self.focused is None and self.is_mounted:
            self._focusing = True
            self.call_after_refresh(self._focus_body)

    def _set_calm(self, calm: bool) -> None:
        """Let the calm sentence stand in place of the body or not, which is a matter of the widgets between the bars:
        for a class of its own that changes Textual paints the screen from end to end, and then once more in its layout.
        """
        if self.has_class("-calm") != calm:
            self.set_class(calm, "-calm", update=False)
            self.app.stylesheet.update_nodes(self.children)

    def tell(self, sentence: str, tone: str = "text") -> None:
        """Show for a few seconds, above the key bar, what has just happened; `tone` is a colour of the palette."""
        self._notice.tell(sentence, tone)

    async def fetch(self, operation: Operation[Ask, Answered], request: Ask, loading: str = "") -> Answered | None:
        """Return the reply, and show the body; on an error show its sentence with a way to try again, and None.

        With `loading` that sentence stands in place of the body until the reply is there.
        """
        if loading:
            self.show_calm(loading)
        try:
            reply = await self.desk.call(operation, request)
        except ClientError as error:
            self.show_error(error)
            return None
        self.show_body()
        return reply

    def show_error(self, error: ClientError) -> None:
        """Show what went wrong in place of the body, and what to do about it.

        Where nobody answered it is tried again by itself, after 2 seconds and then less and less often: a service
        or database that was killed comes back without a hand.
        """
        if self._again is not None:
            self._again.stop()
        if isinstance(error, Unreachable):
            self._again = self.set_timer(min(_LONGEST_PAUSE, 2.0 * 2**self._failures), self.load_if_failed)
            self._failures += 1
        self.show_calm(error.sentence, self.what_to_do(error), failed=True)

    def what_to_do(self, error: ClientError) -> str:
        """Return what to do about `error`, for under its sentence."""
        return (
            "Press r to try again. What you have done is kept." if isinstance(error, Unreachable) else "r tries again"
        )

    def on_screen_resume(self) -> None:
        """Try again what failed, now that it is looked at."""
        self.load_if_failed()

    def load_if_failed(self) -> None:
        """Load where that failed the last time and the screen is shown: the service may be back."""
        if self._failed and self.is_current:
            self.load()

    async def action_back(self) -> None:
        """Leave this screen."""
        self.dismiss()

    def action_retry(self) -> None:
        """Load again."""
        self.load()

    def _usable(self, command: Command) -> bool:
        """Tell whether `command` can be used; after an error its key means trying again, whatever else it means."""
        taken = self._failed and command is not RETRY and RETRY.keys in command.keys.split(",")
        return not taken and self.lms.offers(command) and self.desk.allows(command, self) and self.allows(command)

    def _focus_body(self) -> None:
        self._focusing = False
        if self.focused is None:
            self.focus_next()

    def _show_status(self) -> None:
        self._top.set_status(*(self.desk.notice or (self.lms.status.text, self.lms.status.tone)))


def _desk_of_opener(screen: FramedScreen[Any]) -> Desk | None:
    """Return the desk of the screen that is shown while `screen` is made: what a preview opens is in the preview."""
    try:
        opener = screen.app.screen
    except (NoActiveAppError, ScreenStackError):
        return None
    return opener.desk if isinstance(opener, FramedScreen) else None
