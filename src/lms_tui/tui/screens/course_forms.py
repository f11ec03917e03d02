"""What is typed to a course of one's own: its price, its category, its next author, and who is to come in."""

from collections.abc import Iterator
from uuid import UUID, uuid4, uuid5

from lms_tui.tui.course_words import standing
from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.tui.words import price
from lms_tui.wire import course_acts, enrolments
from lms_tui.wire.course_acts import CourseChanged, CourseFacts
from lms_tui.wire.enrolments import Given, GiveRequest, Outcome, Wanted
from lms_tui.wire.inviting_many import MOST_AT_ONCE
from lms_tui.wire.joining import LONGEST_ADDRESS
from lms_tui.wire.prices import HOW, typed_price
from lms_tui.wire.text import clean_line

_STAYS = "It stands over later imports of the course's files."


class CourseForm(FormScreen[CourseChanged | None]):
    """A form of one field about a course; its result is how the course stands then, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)
    SAYS: str

    def __init__(self, facts: CourseFacts) -> None:
        """Ask about the course of `facts`."""
        self._facts, self._own = facts, uuid4()
        super().__init__("Courses", facts.title, self.SAYS)

    def head(self) -> list[Paragraph]:
        """Return which course it is."""
        return [(self.SAYS, "strong"), (clean_line(self._facts.title), "text"), (standing(self._facts), "muted")]

    def act(self, name: str) -> tuple[UUID, str]:
        """Return what was typed, and the id of the act: sent again after a lost answer it is the same one."""
        typed = self.value(name)
        return uuid5(self._own, typed), typed


class PriceScreen(CourseForm):
    """Asks what a course is to cost."""

    SAYS = "Price"
    HINT = f"Enter sets it. Whoever is enrolled stays so. {_STAYS}"

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        now = price(self._facts.price_in_cents, self._facts.currency)
        yield Field("price", "Price", f"49.00 USD, or free. It is {now} now.", longest=20)

    def check(self) -> tuple[str, str] | None:
        """Refuse what is no price."""
        return None if typed_price(self.value("price")) else ("price", HOW)

    async def give(self) -> None:
        """Set it."""
        own, typed = self.act("price")
        found = typed_price(typed)
        assert found is not None  # noqa: S101 - checked before
        request = course_acts.PriceRequest(id=own, course_id=self._facts.id, price_in_cents=found[0], currency=found[1])
        self.dismiss(await self.desk.call(course_acts.PRICE, request))


class MoveScreen(CourseForm):
    """Asks into which category a course is to go."""

    SAYS = "Category"
    HINT = f"Enter moves it. {_STAYS}"

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        yield Field("category", "Category", f"Its name. It is {clean_line(self._facts.category)} now.", longest=100)

    async def give(self) -> None:
        """Move it."""
        own, typed = self.act("category")
        request = course_acts.MoveRequest(id=own, course_id=self._facts.id, category=typed)
        self.dismiss(await self.desk.call(course_acts.MOVE, request))


class HandOverScreen(CourseForm):
    """Asks who is to be the author of a course."""

    SAYS = "Hand over"
    HINT = "Enter hands it over. An author or an administrator can have courses."

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        now = f"It is {clean_line(self._facts.author_email)}'s now, who will not see it among theirs any more."
        yield Field("to", "E-mail address", now, longest=LONGEST_ADDRESS)

    async def give(self) -> None:
        """Hand it over."""
        own, typed = self.act("to")
        request = course_acts.HandOverRequest(id=own, course_id=self._facts.id, to=typed)
        self.dismiss(await self.desk.call(course_acts.HAND_OVER, request))


class LetInScreen(FormScreen[Given | None]):
    """Asks who is to come into a course; its result is what became of each, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)
    HINT = "Enter lets them in, also into a priced course or a draft. Who is in already stays so."

    def __init__(self, course_id: UUID, title: str) -> None:
        """Ask for the course."""
        self._course_id, self._course_title, self._own = course_id, title, uuid4()
        self._done: Given | None = None
        super().__init__("Courses", title, "Let in")

    def head(self) -> list[Paragraph]:
        """Return which course it is."""
        many = "Many, from a table: lms-tui course enrol COURSE --csv FILE"
        return [("Let people in", "strong"), (clean_line(self._course_title), "text"), (many, "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        yield Field("people", "E-mail addresses", "With commas or blanks between them.", longest=4000)

    def check(self) -> tuple[str, str] | None:
        """Refuse more than go into one request, and none."""
        number = len(self._typed())
        if not number:
            return "people", "This is still empty."
        return ("people", f"{MOST_AT_ONCE} at most at once.") if number > MOST_AT_ONCE else None

    def _typed(self) -> list[str]:
        return self.value("people").replace(",", " ").replace(";", " ").split()

    async def give(self) -> None:
        """Let them in; who cannot be is named, and the form stays with their addresses alone."""
        whos = self._typed()
        people = [Wanted(line=line, who=who) for line, who in enumerate(whos, 1)]
        own = uuid5(self._own, "\n".join(whos))
        done = await self.desk.call(enrolments.GIVE, GiveRequest(id=own, course_id=self._course_id, people=people))
        not_in = [clean_line(line.who) for line in done.lines if line.outcome is Outcome.REFUSED]
        if not not_in:
            self.dismiss(done)
            return
        if any(line.outcome is Outcome.ENROLLED for line in done.lines):
            self._done = done
        field = self.field("people")
        field.entry.value = ", ".join(not_in)
        field.entry.cursor_position = len(field.entry.value)
        others = " The others are in." if len(not_in) < len(whos) else ""
        self.refuse("people", f"Not known here, or archived.{others}")

    async def action_back(self) -> None:
        """Leave; whoever is in stays in, and the list behind has to know."""
        self.dismiss(self._done)
