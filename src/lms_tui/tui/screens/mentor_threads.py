"""The learner's conversations with the mentor of a lesson: old ones to read, titles to give, a new one to begin."""

from uuid import UUID, uuid4

from msgspec import structs
from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.client.mentor_file import line_of
from lms_tui.tui import glyphs
from lms_tui.tui.commands import Command
from lms_tui.tui.kept_threads import kept_threads
from lms_tui.tui.screens.asking import FillScreen
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import mentor_threads as wire
from lms_tui.wire.mentor import Thread
from lms_tui.wire.text import clean_line

_RENAME = Command("threads.rename", "e", "rename", "rename", "Give this conversation another title.")
_NEW = Command(
    "threads.new", "n", "new conversation", "new", "Begin a new conversation; the present one can still be read."
)
_BACK = Command("back", "escape", "back", "back", "Go back to the mentor.")


class MentorThreadsScreen(FramedScreen[bool]):
    """Lists them, the newest first. Its result is whether another one is active now."""

    DEFAULT_CSS = "MentorThreadsScreen VirtualList { margin-top: 1; }"
    SCREEN_COMMANDS = (_RENAME, _NEW, _BACK)

    def __init__(self, lesson_id: UUID) -> None:
        """List those about a lesson; it loads by itself."""
        super().__init__("Mentor", "Conversations")
        self._lesson_id = lesson_id
        self._lines: list[wire.ThreadLine] = []
        self._earlier = self._another = self._offline = False
        self._new_thread = uuid4()

    def body(self) -> ComposeResult:
        """Yield the list."""
        yield VirtualList(row_height=2, message="No conversation yet.")

    def allows(self, command: Command) -> bool:
        """Offer what can be done with the one under the cursor."""
        if command is _RENAME:
            return self._here is not None and not self._offline
        if command is _NEW:
            return not self._offline and any(line.thread.active and line.messages for line in self._lines)
        return super().allows(command)

    @property
    def _here(self) -> wire.ThreadLine | None:
        at = self.query_one(VirtualList).cursor
        return self._lines[at] if 0 <= at < len(self._lines) else None

    @work(exclusive=True, group="threads")
    async def load(self) -> None:
        """Ask for the newest of them."""
        if not self._lines:
            self.show_calm(f"Opening{glyphs.ELLIPSIS}")
        try:
            page = await self.desk.call(wire.THREADS, wire.ThreadsRequest(lesson_id=self._lesson_id))
        except Unreachable as error:
            await self._show_kept(error)
        except ClientError as error:
            self.show_error(error)
        else:
            self.set_path(page.lesson_title, "Mentor", "Conversations")
            self._lines, self._earlier, self._offline = list(page.threads), page.earlier, False
            self.show_body()
            self._show()

    async def _show_kept(self, error: Unreachable) -> None:
        """Show those that this machine has kept, to be read."""
        pages = await kept_threads(self.desk, self._lesson_id)
        if not pages:
            self.show_error(error)
            return
        self.set_path(pages[0].lesson_title, "Mentor", "Conversations")
        active = next((page.thread.id for page in pages if page.thread.active), None)  # an older one is over since
        self._lines, self._earlier, self._offline = [_kept_line(page, active) for page in pages], False, True
        self.show_body()
        self._show()
        self.tell("The service cannot be reached: these are kept on this machine.", "warning")

    def _show(self) -> None:
        shown = self.query_one(VirtualList)
        shown.set_rows([_row(line) for line in self._lines], cursor=max(0, shown.cursor))
        shown.focus()
        self.refresh_commands()

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Show where one is, and fetch older ones near the end."""
        self.set_position(f"{event.index + 1}/{len(self._lines)}{'+' if self._earlier else ''}")
        if self._earlier and event.index >= len(self._lines) - 2:
            self._fetch_older()

    @work(exclusive=True, group="threads-older")
    async def _fetch_older(self) -> None:
        request = wire.ThreadsRequest(lesson_id=self._lesson_id, before=self._lines[-1].thread.id)
        try:
            page = await self.desk.call(wire.THREADS, request)
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        self._lines, self._earlier = [*self._lines, *page.threads], page.earlier
        self._show()

    async def on_virtual_list_selected(self) -> None:
        """Read the one under the cursor; the active one is where one came from."""
        if (here := self._here) is None:
            return
        if here.thread.active:
            await self.action_back()
            return
        from lms_tui.tui.screens.mentor_thread import MentorThreadScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(MentorThreadScreen(here.thread))

    @work(exclusive=True, group="threads-form")
    async def action_rename(self) -> None:
        """Ask for another title."""
        if (here := self._here) is None:
            return

        async def give(_own: UUID, changed: dict[str, str]) -> Thread:
            title = changed.get("title", here.thread.title)
            return await self.desk.call(wire.RENAME, wire.RenameRequest(thread_id=here.thread.id, title=title))

        field = Field("title", "Title", value=clean_line(here.thread.title))
        form: FillScreen[Thread] = FillScreen(
            ("Mentor", "Conversations", "Rename"),
            ("What shall this conversation be called?", _begins(here)),
            [field],
            give,
        )
        if await self.app.push_screen_wait(form) is not None:
            self.load()

    @work(exclusive=True, group="threads-form")
    async def action_new(self) -> None:
        """Begin a new one, after a question; two presses begin one."""
        sure = await self.app.push_screen_wait(
            ConfirmScreen(
                "Begin a new conversation?",
                "Begin a new one",
                "Stay with this one",
                "The mentor will not know what was said in this one. You can still read it here.",
            )
        )
        if not sure:
            return
        request = wire.StartOverRequest(lesson_id=self._lesson_id, thread_id=self._new_thread)
        try:
            await self.desk.call(wire.START_OVER, request)
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        self._another = True
        self.dismiss(self._another)

    async def action_back(self) -> None:
        """Go back to the mentor."""
        self.dismiss(self._another)


def _kept_line(page: wire.ThreadPage, active: UUID | None) -> wire.ThreadLine:
    return line_of(structs.replace(page, thread=structs.replace(page.thread, active=page.thread.id == active)))


def _begins(line: wire.ThreadLine) -> str:
    return f"It begins: {clean_line(line.begins)}" if line.begins.strip() else "Nothing was said in it yet."


def _row(line: wire.ThreadLine) -> Row:
    thread, local = line.thread, line.thread.updated_at.astimezone()
    begins = clean_line(line.begins)
    return Row(
        clean_line(thread.title) or begins or "A conversation without a word",
        detail=begins if clean_line(thread.title) else "",
        right=dotted("going on" if thread.active else "", count(line.messages, "message")),
        detail_right=f"{local.day} {local:%B %Y}",
        mark=glyphs.HERE if thread.active else " ",
        tone="success" if thread.active else "muted",
    )
