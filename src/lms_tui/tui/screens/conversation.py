"""A screen on which a conversation is read: what was said before comes as one scrolls up to it."""

from collections.abc import Sequence
from uuid import UUID

from textual import work

from lms_tui.client.errors import ClientError
from lms_tui.tui.desk import Desk
from lms_tui.tui.kept_threads import keep
from lms_tui.tui.screens.base import FramedScreen, Outcome
from lms_tui.tui.talk import turn_of
from lms_tui.tui.turns import Turn
from lms_tui.tui.widgets.conversation import Conversation
from lms_tui.wire.mentor_threads import THREAD, ThreadPage, ThreadRequest


class ConversationScreen(FramedScreen[Outcome]):
    """A screen with a `Conversation`; it says which page stands before a message."""

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar."""
        super().__init__(*path)
        self._view = Conversation()

    async def page_before(self, message: UUID) -> ThreadPage:
        """Return what was said before a message. Raises ClientError."""
        raise NotImplementedError

    def turns_of(self, page: ThreadPage) -> Sequence[Turn]:
        """Return a page as it is shown."""
        return [turn_of(message) for message in page.messages]

    @work(exclusive=True, group="earlier")
    async def on_conversation_earlier_wanted(self) -> None:
        """Show what was said before, unless another turn has become the first meanwhile."""
        first = self._view.turns[0].id
        try:
            page = await self.page_before(first)
        except ClientError as error:
            self._view.not_earlier()
            self.tell(f"What was said before cannot be shown now: {error.sentence}", "warning")
            return
        if [turn.id for turn in self._view.turns[:1]] == [first]:
            self._view.put_before(self.turns_of(page), earlier=page.earlier)
        else:
            self._view.not_earlier()


async def own_page(desk: Desk, thread: UUID, before: UUID) -> ThreadPage:
    """Return a page of one's own thread, which is kept on this machine from now on. Raises ClientError."""
    page = await desk.call(THREAD, ThreadRequest(thread_id=thread, before=before))
    await keep(desk, page, before)
    return page
