"""The outbox, seen: each write that waits or was refused, with its age, what it is and why it is still here."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.css.query import NoMatches

from lms_tui.client.errors import ClientError
from lms_tui.client.outbox_export import export
from lms_tui.client.outbox_items import MENDABLE, Counts, Kept, State
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.desk import LearnersDesk
from lms_tui.tui.outbox_words import beginning, hints_of, name_of, refused_question, row_of, sum_of
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import VirtualList
from lms_tui.wire import mentor, quizzes

_SECONDS: Final = 5.0  # between two looks at ages and pauses, which change by themselves
_OPEN = Command(
    "outbox.open",
    "enter",
    "open its quiz",
    "open",
    "Open the attempt that this belongs to, a submission at its review.",
)
_TAKE = Command(
    "outbox.take_back",
    "enter",
    "take it back",
    "take_back",
    "Take a refused question back to where you type to its mentor; it leaves here when you ask it anew.",
)
_RETRY = Command("outbox.retry", "t", "try now", "try_now", "Send this now, also what was refused.")
_SAVE = Command("outbox.save", "w", "write to a file", "save", "Save what was refused as a file in your home folder.")
_DROP = Command("outbox.drop", "d", "drop", "drop", "Throw away what was refused; this asks.")


class OutboxScreen(FramedScreen[None]):
    """What this person has given here and the service does not have. Nothing is dropped but by their own yes."""

    DEFAULT_CSS = "OutboxScreen Panel { margin: 1 1 1 1; }"
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (_OPEN, _TAKE, _RETRY, _SAVE, _DROP, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("lms-tui", "Outbox")
        self._kept: list[Kept] = []
        self._counts = Counts(0, 0, 0)
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
        if command is _TAKE:
            return here is not None and _question_of(here) is not None
        if command is _DROP:
            return here is not None and _is_droppable(here)
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
        self._counts = outbox.counts()
        rows = self.query_one(VirtualList)
        rows.set_rows([row_of(one, time.time()) for one in kept], cursor=max(0, rows.cursor))
        self.set_position(f"{rows.cursor + 1}/{len(kept)}" if kept else "")
        self._show_cursor()

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Offer what can be done with the write under the cursor."""
        self.set_position(f"{event.index + 1}/{len(self._kept)}")
        self._show_cursor()

    def _show_cursor(self) -> None:
        """Say how all stands, of a refused question under the cursor what it was and why, and what can be done."""
        here, counts = self._here, self._counts
        asked = _question_of(here) if here is not None else None
        hints = hints_of(counts) if asked is None or here is None else refused_question(here, asked)
        self.query_one(Panel).show((sum_of(counts), "strong"), *hints)
        self.refresh_commands()

    def on_virtual_list_selected(self) -> None:
        """Open what the write under the cursor belongs to."""
        if self.allows(_TAKE):
            self.action_take_back()
        else:
            self.action_open()

    def action_open(self) -> None:
        """Open the attempt of a write that the learner has to mend."""
        here = self._here
        if here is not None and self.allows(_OPEN) and (attempt := _attempt_of(here)) is not None:
            from lms_tui.tui.screens.quiz import QuizScreen  # noqa: PLC0415 - imported when opened

            screen = QuizScreen(attempt, at_review=isinstance(here.request, quizzes.SubmitRequest))
            screen.desk = LearnersDesk(self.lms)  # also over a preview: it was given in earnest
            self.app.push_screen(screen)

    def action_take_back(self) -> None:
        """Have the refused question under the cursor where one types to its mentor; it stays here until it is asked."""
        asked = _question_of(self._here) if self._here is not None else None
        if asked is None:
            return
        from lms_tui.tui.screens.mentor import MentorScreen  # noqa: PLC0415 - imported when opened

        for screen in reversed(self.app.screen_stack):
            if not isinstance(screen, MentorScreen) or not isinstance(screen.desk, LearnersDesk):
                continue  # in a preview it would be forgotten
            if screen.lesson_id == asked.lesson_id:
                screen.take_back(asked)  # two of one mentor would both want the answer
                self.dismiss()
                return
        opened = MentorScreen(asked.lesson_id, takes=asked)
        opened.desk = LearnersDesk(self.lms)
        self.app.push_screen(opened)

    @work(exclusive=True, group="outbox-drop")
    async def action_drop(self) -> None:
        """Throw the refused write under the cursor away, after a question."""
        here = self._here
        if here is None or not self.allows(_DROP):
            return
        asked = _question_of(here)
        details = (beginning(asked.text),) if asked is not None else ()
        if not await self.app.push_screen_wait(
            ConfirmScreen(f"Throw away “{name_of(here)}”?", "Throw it away, for good", "Keep it", *details)
        ):
            return
        try:
            gone = await (await self.lms.backend()).outbox.discard(here.id)
        except ClientError as error:
            self.tell(error.sentence, "error")
            return
        self.tell("Thrown away." if gone else "It is not refused any more: it was not thrown away.")
        self.load()

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


def _question_of(kept: Kept) -> mentor.AskRequest | None:
    """Return the question to a mentor that was refused; None for all else."""
    request = kept.request
    return request if kept.state is State.REFUSED and isinstance(request, mentor.AskRequest) else None


def _is_droppable(kept: Kept) -> bool:
    """Tell whether a write was refused and holds no submission up: that one would go at once, without the answer."""
    if kept.state is not State.REFUSED or kept.problem is None:
        return False
    return not (isinstance(kept.request, quizzes.AnswerRequest) and kept.problem.code in MENDABLE)
