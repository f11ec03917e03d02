"""The way from a lesson to its mentor and back; what shows the mentor is imported when it is first opened."""

from textual import work

from lms_tui.tui.commands import Command
from lms_tui.tui.screens.lesson_opening import LessonOpeningScreen

MENTOR = Command("lesson.mentor", "m", "mentor", "mentor", "Ask the mentor of this lesson.")
QUOTE = Command("lesson.quote", "M", "quote", "quote", "Quote a passage of this lesson to its mentor.", shown=False)


class LessonMentorScreen(LessonOpeningScreen):
    """A screen of one lesson, which may have a mentor."""

    def allows(self, command: Command) -> bool:
        """Offer the mentor where the lesson has one: to its learners, and others are told."""
        lesson = self._lesson
        if command.id == "lesson.mentor":
            return lesson is not None and lesson.has_mentor
        if command.id == "lesson.quote":
            return lesson is not None and lesson.has_mentor and lesson.enrolled and bool(lesson.text.strip())
        return super().allows(command)

    @work(exclusive=True, group="lesson-chooser")
    async def action_mentor(self) -> None:
        """Open the mentor; come back to the same place, or to where one has read on beside it."""
        await self._open_mentor()

    @work(exclusive=True, group="lesson-chooser")
    async def action_quote(self) -> None:
        """Choose a passage, the one that is read first, and open the mentor with it."""
        from lms_tui.tui.screens.quote_passage import choose_passage  # noqa: PLC0415 - imported when opened

        if (lesson := self._lesson) is not None:
            quote = await choose_passage(self.app, lesson.text, lesson.format.value, self._text.place.block)
            if quote is not None:
                await self._open_mentor(quote)

    async def _open_mentor(self, quote: str = "") -> None:
        from lms_tui.tui.screens.mentor import Beside, MentorScreen  # noqa: PLC0415 - imported when opened

        lesson = self._lesson
        if lesson is None:
            return
        if not lesson.enrolled:
            self.tell("The mentor is for those who take this course: enrol first.")
            return
        beside = Beside(lesson.text, lesson.format.value, self._text.place)
        place = await self.app.push_screen_wait(MentorScreen(lesson.id, beside, quote))
        if place is not None:
            self._text.goto_place(place)
