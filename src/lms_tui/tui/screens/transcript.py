"""What a learner and the mentor said in a thread, for who teaches the course: to be read only."""

from dataclasses import replace
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui.commands import BACK
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.talk import turn_of
from lms_tui.tui.turns import Turn
from lms_tui.tui.widgets.conversation import Conversation
from lms_tui.wire.mentor import Thread
from lms_tui.wire.mentor_results import TRANSCRIPT, Transcript, TranscriptRequest


class TranscriptScreen(FramedScreen[None]):
    """Shows it from its end; what was said before comes as one scrolls up."""

    DEFAULT_CSS = "TranscriptScreen Conversation { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, course_id: UUID, thread: Thread) -> None:
        """Make the screen of a thread in a course; it loads by itself."""
        super().__init__("Mentor", thread.title)
        self._course_id, self._thread = course_id, thread
        self._said = Conversation()

    def body(self) -> ComposeResult:
        """Yield what was said."""
        yield self._said

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
        self._said.show(_turns(page), earlier=page.earlier)
        self._said.focus()

    def _request(self, before: UUID | None = None) -> TranscriptRequest:
        return TranscriptRequest(course_id=self._course_id, thread_id=self._thread.id, before=before)

    @work(exclusive=True, group="transcript-earlier")
    async def on_conversation_earlier_wanted(self) -> None:
        """Bring what was said before."""
        try:
            page = await self.desk.call(TRANSCRIPT, self._request(self._said.turns[0].id))
        except ClientError as error:
            self._said.not_earlier()
            self.tell(error.sentence, "warning")
            return
        self._said.put_before(_turns(page), earlier=page.earlier)


def _turns(page: Transcript) -> list[Turn]:
    return [replace(turn_of(message), who=page.learner) for message in page.messages]
