"""The mentor in a preview: what the learner's screen asks is answered from a conversation that this run has in memory.

Each time the mentor is opened it begins anew: what was said before is forgotten.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError
from lms_tui.wire import mentor, mentor_threads
from lms_tui.wire.preview import LessonRequest
from lms_tui.wire.preview_mentor import MENTOR

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.client.trial import Trial
    from lms_tui.tui.app import LmsApp


class MentorTrying:
    """The conversation of one preview: one at a time."""

    def __init__(self, app: "LmsApp", tell: Callable[[Delivered], None]) -> None:
        """Ask through `app`; `tell` has whoever follows writes know what became of a question."""
        self._app, self._tell = app, tell
        self._opened: mentor_threads.Opened | None = None
        self._trial: Trial | None = None

    async def open(self, request: mentor_threads.OpenRequest) -> mentor_threads.Opened:
        """Begin a conversation, and return what its first frame shows. Raises ClientError."""
        from lms_tui.client.trial import Trial  # noqa: PLC0415 - what reads events is loaded with the first mentor

        self._opened = await self._app.call(MENTOR, LessonRequest(lesson_id=request.lesson_id))
        self._trial = Trial(request.lesson_id)
        return self._opened

    async def earlier(self, request: mentor_threads.ThreadRequest) -> mentor_threads.ThreadPage:
        """Return what was said before a message that a long conversation still shows. Raises ClientError."""
        trial, opened = self._here(), self._opened
        if opened is None or request.before is None:
            raise ClientError(_NOT_BEGUN)
        return mentor_threads.ThreadPage(
            thread=trial.thread,
            lesson_title=opened.lesson_title,
            course_title=opened.course_title,
            messages=trial.before(request.before),
            earlier=False,
        )

    def ask(self, request: mentor.AskRequest) -> None:
        """Take a question as if the service had stored it. Raises ClientError."""
        self._tell(Delivered(mentor.ASK, request, self._here().ask(request)))

    async def answer(self, request: mentor.AnswerRequest) -> AsyncGenerator[mentor.AnswerEvent, None]:
        """Yield the answer to the last question. Raises ClientError."""
        api = cast("Api", (await self._app.backend()).api)
        async with aclosing(self._here().answer(api, request)) as coming:
            async for event in coming:
                yield event

    def _here(self) -> "Trial":
        if self._trial is None:
            raise ClientError(_NOT_BEGUN)
        return self._trial


_NOT_BEGUN = "There is no conversation in this preview: open the mentor again."
