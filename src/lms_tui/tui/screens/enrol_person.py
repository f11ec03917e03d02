"""Letting a person into a course, which is named by its title or words of it."""

from collections.abc import Iterator
from uuid import uuid4, uuid5

from lms_tui.tui.people_words import who
from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.courses import LIST, ListRequest, ManagedCourse
from lms_tui.wire.enrolments import GIVE, Given, GiveRequest, Outcome, Wanted
from lms_tui.wire.people import Person
from lms_tui.wire.text import clean_line

_MOST = 3
"""Titles that are told where words fit several."""


class EnrolPersonScreen(FormScreen[Given | None]):
    """Asks for the course; its result is what became of the person, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)
    HINT = "Enter lets them in, also into a priced course or a draft."

    def __init__(self, person: Person) -> None:
        """Let `person` into a course."""
        self._person, self._own = person, uuid4()
        super().__init__("Administration", "People", "Courses")

    def head(self) -> list[Paragraph]:
        """Return who it is."""
        return [("Let into a course", "strong"), (who(self._person), "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        yield Field("course", "Course", "Its title, or words of it.", longest=100)

    async def give(self) -> None:
        """Find the course, and let them in; sent again after a lost answer it is the same act."""
        typed = self.value("course")
        page = await self.desk.call(LIST, ListRequest(search=typed))
        wanted = clean_line(typed).strip().casefold()
        exactly = [course for course in page.courses if clean_line(course.title).strip().casefold() == wanted]
        found = exactly or page.courses
        if len(found) != 1:
            self.refuse("course", _which(found))
            return
        course = found[0].id
        request = GiveRequest(
            id=uuid5(self._own, str(course)), course_id=course, people=[Wanted(line=1, who=str(self._person.id))]
        )
        done = await self.desk.call(GIVE, request)
        if done.lines[0].outcome is Outcome.REFUSED:
            self.refuse("course", done.lines[0].reason)
        else:
            self.dismiss(done)


def _which(found: list[ManagedCourse]) -> str:
    """Return in a sentence that no course, or which of them, was found."""
    if not found:
        return "There is no such course."
    told = "; ".join(clean_line(course.title) for course in found[:_MOST])
    return f"This fits several: {told}{'; …' if len(found) > _MOST else '.'} Type more of the title."
