"""The mentor's check of a lesson, "am I done?": asked by a key, judged while one waits, and what came of it."""

from contextlib import aclosing, suppress
from uuid import UUID, uuid4

import msgspec
from textual import events, work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.client.language import local_language
from lms_tui.tui import check_words as words
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.opening import open_lesson
from lms_tui.tui.widgets.page import Page
from lms_tui.tui.widgets.score import ScoreLine
from lms_tui.wire.mentor_check import (
    CHECK,
    RESULT,
    Checked,
    CheckEvent,
    CheckRequest,
    Recommended,
    Result,
    ResultRequest,
)

_STOP = Command("check.stop", "escape", "stop", "stop", "Stop the check; nothing is kept of it.")
_ASK = Command("check.ask", "c", "check", "ask", "Have the mentor check whether you are done.")
_GO = Command("check.go", "enter", "go there", "go(0)", "Go to the first lesson that is recommended.")
_MENTOR = Command("check.mentor", "m", "mentor", "mentor", "Go on talking with the mentor.")
_EARLIER = Command("check.earlier", "p", "earlier", "step(1)", "Show the check before this one.")
_LATER = Command("check.later", "n", "later", "step(-1)", "Show the check after this one.")


class MentorCheckScreen(FramedScreen[None]):
    """What the checks of a lesson came to, the newest first, and asking for another."""

    DEFAULT_CSS = "MentorCheckScreen > Page { height: 1fr; margin: 0 2; }"
    SCREEN_COMMANDS = (_STOP, _ASK, _GO, _MENTOR, _EARLIER, _LATER, BACK)

    def __init__(self, lesson_id: UUID, *, begin: bool = False, in_talk: bool = False) -> None:
        """Show the checks of a lesson; `begin` asks for one at once, `in_talk`: the mentor is the screen under it."""
        super().__init__("Check")
        self._lesson_id, self._begin, self._in_talk = lesson_id, begin, in_talk
        self._result: Result | None = None
        self._at, self._judging = 0, False
        self._note: tuple[str, str] | None = None
        self._score, self._page = ScoreLine(), Page()

    def body(self) -> ComposeResult:
        """Yield the score, and under it what the mentor found."""
        yield self._score
        yield self._page

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the page."""
        return (
            ("up,down", "The lines"),
            ("space", "The next page"),
            ("1", "to 9: the lesson that this number leads to"),
        )

    def allows(self, command: Command) -> bool:
        """Offer what can be done now."""
        result = self._result
        idle = result is not None and not self._judging
        offered = {
            "check.stop": self._judging,
            "back": not self._judging,
            "check.ask": idle and result is not None and not result.cannot and result.has_said,
            "check.go": idle and bool(self._leading),
            "check.mentor": idle,
            "check.earlier": idle and result is not None and self._at + 1 < len(result.checks),
            "check.later": idle and self._at > 0,
        }
        return offered[command.id] if command.id in offered else super().allows(command)

    @work(exclusive=True, group="check")
    async def load(self) -> None:
        """Ask what the checks came to; then, where that is wanted, for another."""
        request = ResultRequest(lesson_id=self._lesson_id)
        result = await self.fetch(RESULT, request, "" if self._result else f"Opening the check{glyphs.ELLIPSIS}")
        if result is None:
            return
        self._result = result
        self._show()
        if self._begin:
            self._begin = False
            if self.allows(_ASK):
                self.action_ask()

    def on_screen_resume(self) -> None:
        """Look again when one comes back: something may have been said, or done."""
        if self._result is not None and not self._judging:
            self.load()

    @property
    def _check(self) -> Checked | None:
        """The check that is shown."""
        checks = self._result.checks if self._result is not None else []
        return checks[self._at] if self._at < len(checks) else None

    @property
    def _leading(self) -> list[Recommended]:
        """What of it leads to lessons."""
        return [each for each in self._check.actions if each.lesson_id is not None] if self._check is not None else []

    def _show(self) -> None:
        result, check = self._result, self._check
        if result is None:
            return
        self.set_path(result.course_title, result.title, "Check")
        self._score.display = check is not None
        self._page.styles.margin = (0 if check is not None else 1, 2, 0, 2)  # the score has a line under it
        if check is not None:
            said, tone = words.verdict(check)
            number, of = len(result.checks) - self._at, len(result.checks)
            self._score.show(10 * (check.understanding or 0), result.needs, said, tone, words.facts(check, number, of))
        note = self._note
        self._page.show(lambda width: words.page(result, check, note, width))
        self._page.action_end(False)
        self.show_body()

    # Asking

    def action_ask(self) -> None:
        """Have it checked."""
        if self._result is not None and not self._judging:
            self._judging, self._note, self._at = True, None, 0
            self.show_calm(f"{words.READING}{glyphs.ELLIPSIS}", words.progress_words(CheckEvent()))
            self._ask(
                CheckRequest(
                    lesson_id=self._lesson_id,
                    id=uuid4(),
                    seen=self._result.progress_id,
                    language=local_language(),
                )
            )

    @work(exclusive=True, group="asking")
    async def _ask(self, request: CheckRequest) -> None:
        try:
            over = await self._hear(request)
        except ClientError as error:
            over = None
            again = " c asks again." if isinstance(error, Unreachable) else ""
            self._note = f"{error.sentence}{again}", "warning"
        self._judging = False
        if over is not None and over.result is not None and self._result is not None:
            done = self._result.completed or over.progress is not None
            checks = [over.result, *self._result.checks]
            self._result = msgspec.structs.replace(self._result, checks=checks, completed=done, by_hand=False)
            if over.progress is not None and over.progress.course_completed:
                self._note = "You have completed this course.", "success"
        else:
            if over is not None and over.problem is not None:
                self._note = over.problem.detail, "warning"
            with suppress(ClientError):  # whether it may be done by hand now; what was known before stands else
                self._result = await self.desk.call(RESULT, ResultRequest(lesson_id=self._lesson_id))
        self._show()

    async def _hear(self, request: CheckRequest) -> CheckEvent:
        """Hear how far the check is, and return its end. Raises ClientError."""
        async with aclosing(self.desk.events(CHECK, request)) as coming:
            async for event in coming:
                if not event.is_last:
                    said = words.AGAIN if event.again else words.READING
                    self.show_calm(f"{said}{glyphs.ELLIPSIS}", words.progress_words(event))
        return event

    def action_stop(self) -> None:
        """Stop it, which hangs up: the service keeps nothing of it."""
        self.workers.cancel_group(self, "asking")
        self._judging, self._note = False, (words.STOPPED, "warning")
        self._show()

    # Going on

    def on_key(self, event: events.Key) -> None:
        """Take a digit as the number of what to do."""
        check = self._check
        if check is None or self._judging or not event.key.isdigit() or len(event.key) > 1:
            return
        if 1 <= (number := int(event.key)) <= len(check.actions):
            event.stop()
            self._go(check.actions[number - 1])

    def action_go(self, index: int) -> None:
        """Go to one of the lessons that are recommended."""
        self._go(self._leading[index])

    def _go(self, action: Recommended) -> None:
        if action.lesson_id is None:
            self.tell("This leads to no lesson: it is for you to do.")
        elif action.lesson_id == self._lesson_id:
            self.dismiss()
        else:
            open_lesson(self.lms, action.lesson_id, action.lesson_type)

    def action_step(self, way: int) -> None:
        """Show an earlier check, or a later one."""
        self._at, self._note = self._at + way, None
        self._show()
        self.refresh_commands()

    def action_mentor(self) -> None:
        """Go to the conversation."""
        if self._in_talk:
            self.dismiss()
        else:
            from lms_tui.tui.screens.mentor import MentorScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(MentorScreen(self._lesson_id))
