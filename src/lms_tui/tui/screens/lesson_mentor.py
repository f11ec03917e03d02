"""The way from a lesson to its mentor and its check, and back; what shows them is imported when it is first opened."""

from contextlib import suppress

from textual import work

from lms_tui.client.errors import ClientError
from lms_tui.tui.commands import Command
from lms_tui.tui.screens.lesson_opening import DONE, LessonOpeningScreen
from lms_tui.tui.text.place import Place
from lms_tui.wire import learning

MENTOR = Command("lesson.mentor", "m", "mentor", "mentor", "Ask the mentor of this lesson.")
QUOTE = Command("lesson.quote", "M", "quote", "quote", "Quote a passage of this lesson to its mentor.", shown=False)
CHECK = Command("lesson.check", "c", "check", "check", "Ask the mentor whether you are done with this lesson.")
NOT_BY_HAND = Command(
    "lesson.not_by_hand",
    "d",
    "done",
    "not_by_hand",
    "Tell what completes this lesson: the mentor's check.",
    shown=False,
)
MENTORING = (NOT_BY_HAND, MENTOR, CHECK)
_BY_CHECK = "m, then c: the mentor's check completes this lesson."


class LessonMentorScreen(LessonOpeningScreen):
    """A screen of one lesson, which may have a mentor."""

    def allows(self, command: Command) -> bool:
        """Offer the mentor where the lesson has one: to its learners, and others are told."""
        lesson = self._lesson
        if command.id == "lesson.mentor":
            return lesson is not None and lesson.has_mentor
        if command.id == "lesson.quote":
            return lesson is not None and lesson.has_mentor and lesson.enrolled and bool(lesson.text.strip())
        if command.id == "lesson.check":
            return lesson is not None and lesson.enrolled and lesson.completes_by_check
        if command.id == "lesson.not_by_hand":
            return self.waits_for_check
        return super().allows(command)

    @property
    def waits_for_check(self) -> bool:
        """Whether the lesson is to be completed by the check, and can be by nothing else now."""
        lesson = self._lesson
        if lesson is None or not lesson.enrolled or lesson.completed:
            return False
        return lesson.completes_by_check and not lesson.completes_by_hand

    @property
    def words_at_end(self) -> str:
        """What completes the lesson, for the end of its text; '' where nothing is to be done."""
        if self.allows(DONE):
            return "The end of this lesson: d marks it done."
        return f"The end of this lesson. {_BY_CHECK}" if self.waits_for_check else ""

    def take(self, lesson: learning.Lesson) -> None:
        """Take the lesson as it stands now; its text is the same."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Look whether the check, which may have been asked for meanwhile, has completed the lesson."""
        if self._lesson is not None and self._lesson.completes_by_check and not self._lesson.completed:
            self._look_again(self._lesson)

    @work(exclusive=True, group="lesson-again")
    async def _look_again(self, lesson: learning.Lesson) -> None:
        with suppress(ClientError):
            self.take(await self.desk.call(learning.LESSON, learning.LessonRequest(lesson_id=lesson.id)))

    def action_not_by_hand(self) -> None:
        """Tell what completes the lesson."""
        self.tell(_BY_CHECK)

    def action_check(self) -> None:
        """Show what the checks came to, and ask for another from there."""
        from lms_tui.tui.screens.mentor_check import MentorCheckScreen  # noqa: PLC0415 - imported when opened

        if self._lesson is not None:
            self.app.push_screen(MentorCheckScreen(self._lesson.id))

    def action_mentor(self) -> None:
        """Open the mentor; come back to the same place, or to where one has read on beside it."""
        self._open_mentor()

    @work(exclusive=True, group="lesson-chooser")
    async def action_quote(self) -> None:
        """Choose a passage, the one that is read first, and open the mentor with it."""
        from lms_tui.tui.screens.quote_passage import choose_passage  # noqa: PLC0415 - imported when opened

        if (lesson := self._lesson) is not None:
            quote = await choose_passage(self.app, lesson.text, lesson.format.value, self._text.place.block)
            if quote is not None:
                self._open_mentor(quote)

    def _open_mentor(self, quote: str = "") -> None:
        from lms_tui.tui.screens.mentor import Beside, MentorScreen  # noqa: PLC0415 - imported when opened

        lesson = self._lesson
        if lesson is None:
            return
        if not lesson.enrolled:
            self.tell("The mentor is for those who take this course: enrol first.")
            return
        beside = Beside(lesson.text, lesson.format.value, self._text.place)
        self.app.push_screen(MentorScreen(lesson.id, beside, quote), self._read_on)

    def _read_on(self, place: Place | None) -> None:
        if place is not None:
            self._text.goto_place(place)
