"""What the forms of an account have in common: fields one after another, Enter, and what the service refuses.

A form yields its fields in `fields()` and gives what was typed in `give()`. A form of two steps hides the fields that
are not asked for yet: what is not shown counts for nothing here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key, Paste

from lms_tui.client.errors import ClientError, Refused
from lms_tui.tui import glyphs
from lms_tui.tui.commands import SIGN_IN, Command
from lms_tui.tui.screens.base import FramedScreen, Outcome
from lms_tui.tui.widgets.field import Entry, Field
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.wire.errors import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTER: Final = Command(
    "form.enter",
    "enter",
    "next",
    "enter",
    "Go to the next field, and from the last on.",
    shown=False,
    priority=True,
)
SHOW: Final = Command("form.show", "f4", "show password", "show_secrets", "Show the passwords typed, or hide them.")
LEAVE: Final = Command("back", "escape", "leave", "back", "Leave; nothing is changed.")


class _Head(Panel):
    """What the form is for."""


class _Said(Panel):
    """What is going on."""


class FormScreen(FramedScreen[Outcome]):
    """A form in the middle of the screen. Nothing that was typed is lost by an error.

    Enter comes to the form before the field has seen it (a priority command), so that what was typed ahead of a slow
    screen goes into the field that it is meant for: a password never into a field where it could be read. While the
    service is asked keys are kept, and go where the form then stands; a refusal throws them away.
    """

    DEFAULT_CSS = """
    FormScreen { align: center middle; }
    FormScreen > Vertical {
        width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; overflow: hidden auto;
        scrollbar-size: 0 0;
    }
    FormScreen _Head { margin-bottom: 1; }
    FormScreen _Said { height: auto; max-height: 4; min-height: 2; }
    """
    HINT = "Enter goes on."
    FIRST: tuple[str, ...] = ()
    """The fields of the first step; all where there is one step."""

    def __init__(self, *path: str) -> None:
        """Make the form with `path` in its top bar."""
        super().__init__(*path)
        self._asking, self._entered = False, False
        """Whether the service is being asked; whether it will be as soon as the field has seen its keys."""
        self._ahead: list[Key | Paste] = []
        self._hint = self.HINT
        self._goes_on = False
        """Whether what was asked for last was done, so that what was typed ahead of it is meant for what stands now."""
        self._head, self._said = _Head(self.head()), _Said([(self.HINT, "muted")])
        self._fields = {field.id or "": field for field in self.fields()}
        for name, field in self._fields.items():
            field.display = not self.FIRST or name in self.FIRST

    def head(self) -> "Sequence[Paragraph]":
        """Return what stands over the fields: a title, and to whom they go."""
        raise NotImplementedError

    def fields(self) -> Iterator[Field]:
        """Yield the fields, in order."""
        raise NotImplementedError

    def check(self) -> tuple[str, str] | None:
        """Return the field that cannot be sent as it stands, and why; None where all can."""
        return None

    async def give(self) -> None:
        """Send what was typed, and dismiss the form or show its next step. Raises ClientError."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """Yield the form."""
        with Vertical():
            yield self._head
            yield from self._fields.values()
            yield self._said

    def on_mount(self) -> None:
        """Begin with the first field that is empty."""
        self.begin()

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return how one goes from field to field."""
        return (("up,down", "and tab: the field before, the next"), ("enter", "The next field, and from the last on."))

    def allows(self, command: Command) -> bool:
        """Offer to show passwords only where one is asked for, and to sign in nowhere: it may be this form."""
        if command is SIGN_IN:
            return False
        return (command is not SHOW or any(field.is_secret for field in self.shown)) and super().allows(command)

    @property
    def shown(self) -> list[Field]:
        """The fields that are asked for now."""
        return [field for field in self._fields.values() if field.display]

    def field(self, name: str) -> Field:
        """Return the field `name`."""
        return self._fields[name]

    def value(self, name: str) -> str:
        """Return what was typed into the field `name`, nothing where it is not asked for."""
        field = self._fields[name]
        return field.value if field.display else ""

    def show_step(self, *names: str, hint: str = "") -> None:
        """Ask for these fields and no others, beginning with the first that is empty."""
        for name, field in self._fields.items():
            field.display = name in names
        self._head.show(*self.head())
        self._hint = hint or self.HINT
        self.say(self._hint)
        self.refresh_commands()
        self.begin()

    def begin(self) -> None:
        """Go to the first field that is empty, where all are filled to the first."""
        shown = self.shown
        self.set_focus(next((field for field in shown if not field.value), shown[0]).entry)

    def say(self, sentence: str, tone: str = "muted") -> None:
        """Say under the fields what is going on."""
        self._said.show((sentence, tone))

    def refuse(self, name: str, sentence: str) -> None:
        """Say at the field `name` what is wrong with it, and go there."""
        field = self._fields[name]
        field.refuse(sentence)
        self.say(self._hint)
        self.set_focus(field.entry)

    def refused(self, error: ClientError) -> None:
        """Say what the service would not do, at the field that it is about."""
        name = error.problem.field if isinstance(error, Refused) else None
        if name in self._fields and self._fields[name].display:
            self.refuse(name, error.sentence)
        else:
            self.say(sentence_of(error), "error")

    def action_enter(self) -> None:
        """Go to the next field that is empty, and from the last one give what was typed."""
        focused, entries = self.focused, [field.entry for field in self.shown]
        if not isinstance(focused, Entry) or focused not in entries:
            return
        if self._asking or self._entered:
            focused.post_message(Key("enter", "\r"))  # behind the keys that the field has not seen yet
            return
        behind = entries[entries.index(focused) + 1 :]
        following = next((entry for entry in behind if not entry.value), None)
        if following is not None:
            self.set_focus(following)
        else:
            self._entered = True
            focused.call_later(self._submit)

    def _submit(self) -> None:
        """Give what was typed, where it can be."""
        self._entered = False
        if self._asking or not self.is_current:
            return
        empty = (field for field in self.shown if not field.value and not field.is_optional)
        wrong = next(((field.id or "", "This is still empty.") for field in empty), None)
        wrong = wrong or self.check()
        if wrong is not None:
            self.refuse(*wrong)
            return
        self._busy(asking=True)
        self.say(f"One moment{glyphs.ELLIPSIS}")
        self._give()

    @work(exclusive=True, group="form")
    async def _give(self) -> None:
        self._goes_on = False
        try:
            await self.give()
            self._goes_on = self.is_current
        except ClientError as error:
            if self.is_attached:
                self.refused(error)
        finally:
            self._busy(asking=False)
            ahead, self._ahead = self._ahead, []
            for event in ahead if self._goes_on else ():
                self.app.post_message(event)

    def on_entry_typed(self, message: Entry.Typed) -> None:
        """Keep what is typed ahead, until it is known what it is for."""
        event = message.event
        again = Key(event.key, event.character) if isinstance(event, Key) else Paste(event.text)
        if self._asking:
            self._ahead.append(again)
        elif self._goes_on:
            self.app.post_message(again)

    def action_show_secrets(self) -> None:
        """Show the passwords typed here, or hide them again."""
        secrets = [field.entry for field in self.shown if field.is_secret]
        hidden = any(entry.password for entry in secrets)
        for entry in secrets:
            entry.password = not hidden

    async def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)

    def _busy(self, *, asking: bool) -> None:
        self._asking = asking
        for field in self._fields.values():
            field.entry.busy = asking


def sentence_of(error: ClientError) -> str:
    """Return the service's own sentence, with the time to wait where it asks for one."""
    if isinstance(error, Refused) and error.problem.code == Code.TOO_MANY_REQUESTS and error.problem.retry_after:
        return f"{error.sentence} Try again in {round(error.problem.retry_after)} s."
    return error.sentence
