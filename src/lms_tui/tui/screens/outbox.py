"""The outbox, seen: each write that waits or was refused, with its age, what it is and why it is still here."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.css.query import NoMatches

from lms_tui.client.errors import ClientError
from lms_tui.client.outbox_export import export
from lms_tui.client.outbox_items import Counts, Kept, State
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.desk import LearnersDesk
from lms_tui.tui.moments import span
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count
from lms_tui.wire import learning, quizzes

_SECONDS: Final = 5.0  # between two looks at ages and pauses, which change by themselves
_NAMES: Final = {
    quizzes.ANSWER.name: "An answer",
    quizzes.SUBMIT.name: "A submission",
    learning.START.name: "A lesson opened",
    learning.COMPLETE.name: "A lesson done",
}
_MARKS: Final = {
    State.SENDING: (glyphs.SORT, "accent"),
    State.NEXT: (glyphs.WAITING, "warning"),
    State.BEHIND: (glyphs.WAITING, "muted"),
    State.HELD: ("!", "warning"),
    State.REFUSED: (glyphs.WRONG, "error"),
}

_OPEN = Command(
    "outbox.open",
    "enter",
    "open its quiz",
    "open",
    "Open the attempt that this belongs to, a submission at its review.",
)
_RETRY = Command("outbox.retry", "t", "try now", "try_now", "Send this now, also what was refused.")
_SAVE = Command("outbox.save", "w", "write to a file", "save", "Save what was refused as a file in your home folder.")


class OutboxScreen(FramedScreen[None]):
    """What this person has given here and the service does not have. Nothing is ever dropped."""

    DEFAULT_CSS = "OutboxScreen Panel { margin: 1 1 1 1; }"
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (_OPEN, _RETRY, _SAVE, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("lms-tui", "Outbox")
        self._kept: list[Kept] = []
        self._unsubscribe: Callable[[], None] | None = None

    def body(self) -> ComposeResult:
        """Yield a sentence for all of it, and the list."""
        yield Panel()
        yield VirtualList(row_height=2, message="Nothing waits, and nothing was refused.\nAll that you did is saved.")

    def on_mount(self) -> None:
        """Look again now and then: ages and pauses change by themselves."""
        self.set_interval(_SECONDS, self._look_if_any)

    def on_unmount(self) -> None:
        """Follow the outbox no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def allows(self, command: Command) -> bool:
        """Offer what can be done with the write under the cursor; a locked profile writes no files."""
        here = self._here
        if command is _OPEN:
            return here is not None and here.state in {State.REFUSED, State.HELD} and _attempt_of(here) is not None
        if command is _RETRY:
            return here is not None and here.state is not State.HELD
        if command is _SAVE:
            return here is not None and here.state is State.REFUSED and self.lms.look.kept_in is not None
        return super().allows(command)

    @work(exclusive=True, group="outbox")
    async def load(self) -> None:
        """Show all that lies there."""
        try:
            outbox = (await self.lms.backend()).outbox
            kept = await outbox.kept()
        except ClientError as error:
            self.show_error(error)
            return
        if self._unsubscribe is None:
            self._unsubscribe = outbox.subscribe(self._changed)
        self._kept = list(kept)
        self.show_body()
        self.query_one(Panel).show((_sum(outbox.counts()), "strong"), *_hints(outbox.counts()))
        rows = self.query_one(VirtualList)
        rows.set_rows([_row(one, time.time()) for one in kept], cursor=max(0, rows.cursor))
        self.set_position(f"{rows.cursor + 1}/{len(kept)}" if kept else "")
        self.refresh_commands()

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Offer what can be done with the write under the cursor."""
        self.set_position(f"{event.index + 1}/{len(self._kept)}")
        self.refresh_commands()

    def on_virtual_list_selected(self) -> None:
        """Open what the write under the cursor belongs to."""
        self.action_open()

    def action_open(self) -> None:
        """Open the attempt of a write that the learner has to mend."""
        here = self._here
        if here is not None and self.allows(_OPEN) and (attempt := _attempt_of(here)) is not None:
            from lms_tui.tui.screens.quiz import QuizScreen  # noqa: PLC0415 - imported when opened

            screen = QuizScreen(attempt, at_review=isinstance(here.request, quizzes.SubmitRequest))
            screen.desk = LearnersDesk(self.lms)  # also over a preview: it was given in earnest
            self.app.push_screen(screen)

    @work(group="outbox-writes")
    async def action_try_now(self) -> None:
        """Send the write under the cursor."""
        if (here := self._here) is None:
            return
        try:
            await (await self.lms.backend()).outbox.retry(here.id)
        except ClientError as error:
            self.tell(error.sentence, "error")
        else:
            self.load()

    @work(group="outbox-writes")
    async def action_save(self) -> None:
        """Save the refused write under the cursor as a file."""
        if (here := self._here) is None:
            return
        try:
            path = await asyncio.to_thread(export, here, Path.home())
        except FileExistsError as error:
            self.tell(f"It is saved already: {error.filename}")
        except OSError as error:
            self.tell(f"The file could not be written: {error.strerror}.", "error")
        else:
            self.tell(f"Saved as {path}", "success")

    @property
    def _here(self) -> Kept | None:
        try:
            cursor = self.query_one(VirtualList).cursor
        except NoMatches:  # the screen is not made yet
            return None
        return self._kept[cursor] if 0 <= cursor < len(self._kept) else None

    def _changed(self) -> None:
        self.load()

    def _look_if_any(self) -> None:
        if self._kept and self.is_current:
            self.load()


def _attempt_of(kept: Kept) -> UUID | None:
    """Return the attempt that a write belongs to; None for what is no part of a quiz."""
    request = kept.request
    return request.attempt_id if isinstance(request, quizzes.AnswerRequest | quizzes.SubmitRequest) else None


def _sum(counts: Counts) -> str:
    if not counts.waiting and not counts.refused:
        return "All saved"
    waiting = f"{count(counts.waiting, 'thing')} on the way to the service" if counts.waiting else ""
    refused = f"{count(counts.refused, 'thing')} refused" if counts.refused else ""
    return ", ".join(filter(None, (waiting, refused)))


def _hints(counts: Counts) -> list[tuple[str, str]]:
    hints = []
    if counts.waiting:
        hints.append("It goes by itself as soon as the service can be reached, in the order in which you gave it.")
    if counts.refused:
        hints.append("What was refused stays here and holds nothing up. Mend it where it belongs, or try it again.")
    if counts.others:
        hints.append(f"{count(counts.others, 'thing')} of other people or services wait on this machine too.")
    return [(hint, "muted") for hint in hints]


def _row(kept: Kept, now: float) -> Row:
    mark, tone = _MARKS[kept.state]
    return Row(
        kept.label or _NAMES.get(kept.operation.name, kept.operation.name),
        detail=_why(kept, now),
        right=_age(max(0.0, now - kept.created)),
        mark=mark,
        tone=tone,
    )


def _age(seconds: float) -> str:
    return "just now" if seconds < 60 else f"{span(timedelta(seconds=seconds))} ago"


def _why(kept: Kept, now: float) -> str:
    """Return in words why it is still here."""
    match kept.state:
        case State.REFUSED:
            return f"refused: {kept.problem.detail if kept.problem is not None else ''}"
        case State.HELD:
            return "waits for you: an answer of this attempt was refused, answer it again"
        case State.BEHIND:
            return "goes after what you gave before it"
        case State.SENDING:
            return "on its way"
        case State.NEXT:
            tried = f"tried {count(kept.tries, 'time')} without an answer, " if kept.tries else ""
            wait = max(0.0, kept.due - now)
            return f"{tried}{f'next try in {wait:.0f} s' if wait >= 1 else 'goes now'}"
