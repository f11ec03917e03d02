"""What a learner and the mentor said in a thread, for who teaches the course: to be read only."""

from dataclasses import replace
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.tui.commands import BACK
from lms_tui.tui.screens.conversation import ConversationScreen
from lms_tui.tui.turns import Turn
from lms_tui.wire.mentor import Thread
from lms_tui.wire.mentor_results import TRANSCRIPT, Transcript, TranscriptRequest
from lms_tui.wire.mentor_threads import ThreadPage


class TranscriptScreen(ConversationScreen[None]):
    """Shows it from its end; what was said before comes as one scrolls up."""

    DEFAULT_CSS = "TranscriptScreen Conversation { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, course_id: UUID, thread: Thread) -> None:
        """Make the screen of a thread in a course; it loads by itself."""
        super().__init__("Mentor", thread.title)
        self._course_id, self._thread = course_id, thread

    def body(self) -> ComposeResult:
        """Yield what was said."""
        yield self._view

    @work(exclusive=True, group="transcript")
    async def load(self) -> None:
        """Ask for the newest of it."""
        page = await self.fetch(TRANSCRIPT, self._request(), "Opening what was said…")
        if page is None:
            return
        self.set_path(page.lesson_title, page.learner, page.thread.title or "Mentor")
        if not page.messages:
            self.show_calm("Nothing was said in it.")
            return
        self._view.show(self.turns_of(page), earlier=page.earlier)
        self._view.focus()

    def _request(self, before: UUID | None = None) -> TranscriptRequest:
        return TranscriptRequest(course_id=self._course_id, thread_id=self._thread.id, before=before)

    async def page_before(self, message: UUID) -> ThreadPage:
        """Ask for it."""
        return await self.desk.call(TRANSCRIPT, self._request(message))

    def turns_of(self, page: ThreadPage) -> list[Turn]:
        """Return a page with the learner's name at what they said."""
        learner = page.learner if isinstance(page, Transcript) else ""
        return [replace(turn, who=learner) for turn in super().turns_of(page)]
