"""A conversation of before with the mentor, to read."""

from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK
from lms_tui.tui.kept_threads import keep, kept_thread
from lms_tui.tui.screens.conversation import ConversationScreen, own_page
from lms_tui.tui.widgets.talk_line import TalkLine
from lms_tui.wire.mentor import Thread
from lms_tui.wire.mentor_threads import THREAD, ThreadPage, ThreadRequest


class MentorThreadScreen(ConversationScreen[None]):
    """Shows it from its end; nothing can be asked in it."""

    DEFAULT_CSS = "MentorThreadScreen Conversation { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, thread: Thread) -> None:
        """Show `thread`; it loads by itself."""
        super().__init__("Mentor", thread.title or "A conversation of before")
        self._thread = thread
        self._line = TalkLine()

    def body(self) -> ComposeResult:
        """Yield what was said."""
        yield self._view
        yield self._line

    @work(exclusive=True, group="thread")
    async def load(self) -> None:
        """Ask for the newest of it."""
        self.show_calm(f"Opening{glyphs.ELLIPSIS}")
        try:
            page = await self.desk.call(THREAD, ThreadRequest(thread_id=self._thread.id))
        except Unreachable as error:
            if (kept := await kept_thread(self.desk, self._thread.id)) is None:
                self.show_error(error)
            else:
                self._show(kept, earlier=False)
        except ClientError as error:
            self.show_error(error)
        else:
            self._show(page, earlier=page.earlier)
            await keep(self.desk, page)

    def _show(self, page: ThreadPage, *, earlier: bool) -> None:
        self.show_body()
        self.set_path(page.lesson_title, "Mentor", page.thread.title or "A conversation of before")
        self._view.show(self.turns_of(page), earlier=earlier)
        self._view.focus()
        self._line.show("A conversation of before: to read only.")

    async def page_before(self, message: UUID) -> ThreadPage:
        """Ask for it, and keep it on this machine."""
        return await own_page(self.desk, self._thread.id, message)
