"""Opening the mentor of a lesson: what was said, from the service, or without it from this machine."""

import asyncio
from typing import Final, cast
from uuid import UUID

import msgspec
from textual import work

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.tui import glyphs
from lms_tui.tui.kept_threads import keep, kept_threads
from lms_tui.tui.mentor_words import about
from lms_tui.tui.screens.base import Outcome
from lms_tui.tui.screens.conversation import own_page
from lms_tui.tui.screens.mentor_talk import TalkScreen
from lms_tui.tui.talk import State, last_question, questions_of, turn_of
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.question_box import QuestionBox
from lms_tui.wire import mentor
from lms_tui.wire.mentor_threads import OPEN, Opened, OpenRequest, ThreadPage

_LOOK_AGAIN: Final = 5.0
"""Seconds after which a service that was away is asked again."""


class MentorOpening(TalkScreen[Outcome]):
    """A talk that is opened, with what the mentor is over it, and where a question is typed."""

    def __init__(self, lesson_id: UUID) -> None:
        """Open the mentor of a lesson."""
        super().__init__(lesson_id, "Mentor")
        self._opened: Opened | None = None
        self._messages: list[mentor.Message] = []
        self._offline = False
        self._keeping = asyncio.Lock()
        self._about, self._box = Panel(), QuestionBox(mentor.QUESTION_LIMIT)

    @property
    def lesson_title(self) -> str:
        """What the lesson is called."""
        return self._opened.lesson_title if self._opened is not None else "a lesson"

    @property
    def may_ask(self) -> bool:
        """Whether there is anybody to ask; who is offline may ask, and it waits."""
        return self._opened is None or bool(self._opened.model)

    @property
    def is_opening(self) -> bool:
        """Whether it is not known yet what was said, and nothing is wrong so far; or the focus has yet to come."""
        return self._focusing or (self._opened is None and not self._offline and not self._failed)

    @work(exclusive=True, group="mentor")
    async def load(self) -> None:
        """Ask for the conversation; without the service show what this machine has kept of it."""
        if self._opened is None and not self._offline:
            self.show_calm(f"Opening the mentor{glyphs.ELLIPSIS}")
        try:
            opened = await self.desk.call(OPEN, OpenRequest(lesson_id=self._lesson_id))
        except Unreachable as error:
            await self._show_kept(error)
        except ClientError as error:
            self.show_error(error)
        else:
            self._offline = False
            await self._show(opened)

    async def _show(self, opened: Opened) -> None:
        self._opened, self._messages = opened, list(opened.messages)
        self._thread = opened.thread.id if opened.thread is not None else None
        self.set_path(opened.course_title, opened.lesson_title, "Mentor")
        self._about.show(*about(opened))
        await self._show_messages(earlier=opened.earlier)
        self.desk.begin_studying(self, opened.course_id)
        self._keep_page()
        question = self._question
        waits = question is not None and not question.answered and not question.tries
        if waits and opened.ready and self._state is State.READY:
            self.have_answered()

    async def _show_messages(self, *, earlier: bool) -> None:
        """Show what was said, and behind it what waits to be sent."""
        turns = [turn_of(message) for message in self._messages]
        self._view.show(turns, earlier=earlier)
        self._question, self._answer = last_question(self._messages, turns), None
        self._state = State.READY
        self._about.display = not turns and self._opened is not None
        self._box.remember(questions_of(self._messages))
        self.show_body()
        self._box.display = self.may_ask
        (self._box if self.may_ask else self._view).focus()
        await self.follow()
        known = {message.id for message in self._messages}
        for request in await (await self.desk.outbox()).pending(mentor.ASK):
            if request.lesson_id == self._lesson_id and request.message_id not in known:
                self.show_waiting(request)
        self.state_changed()

    async def _show_kept(self, error: Unreachable) -> None:
        """Show what this machine has kept, where it has; look again in a moment whether the service is back."""
        pages = await kept_threads(self.desk, self._lesson_id)
        page = next((page for page in pages if page.thread.active), None)
        if self._opened is not None or page is None:
            if self._opened is None:
                self.show_error(error)
            return
        self.set_timer(_LOOK_AGAIN, self._look_again)
        if not self._offline:
            self._offline, self._thread, self._messages = True, page.thread.id, list(page.messages)
            self.set_path(page.course_title, page.lesson_title, "Mentor")
            await self._show_messages(earlier=False)

    def _look_again(self) -> None:
        """Open the mentor where that has not been done meanwhile."""
        if self._offline:
            self.load()

    @property
    def is_outdated(self) -> bool:
        """Whether what is shown is what this machine had kept."""
        return self._offline

    @work(group="mentor-keeping")
    async def _keep_page(self) -> None:
        """Keep the newest messages on this machine, for when the service is away."""
        async with self._keeping:  # one after the other, or what is kept would lack what came last
            opened = self._opened
            if opened is None or opened.thread is None:
                return
            page = ThreadPage(
                thread=opened.thread,
                lesson_title=opened.lesson_title,
                course_title=opened.course_title,
                messages=list(self._messages),
                earlier=opened.earlier,
            )
            await keep(self.desk, page)

    def thread_changed(self) -> None:
        """Show the thread that is active now."""
        self._opened = None if self._offline else self._opened
        self.load()

    def stored(self, message: mentor.Message, thread: mentor.Thread | None = None) -> None:
        """Take note of what was said."""
        self._messages.append(message)
        if self._opened is not None:
            used = self._opened.tokens_today + (message.tokens or 0)
            self._opened = msgspec.structs.replace(
                self._opened, tokens_today=used, thread=thread or self._opened.thread
            )
        self._keep_page()

    async def page_before(self, message: UUID) -> ThreadPage:
        """Ask for it, and keep it on this machine."""
        return await own_page(self.desk, cast("UUID", self._thread), message)  # what has earlier turns has a thread
