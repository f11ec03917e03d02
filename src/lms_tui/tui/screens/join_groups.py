"""Putting a person into groups, by their names."""

from collections.abc import Iterator
from uuid import uuid4, uuid5

from lms_tui.tui.people_words import who
from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.people import Person
from lms_tui.wire.people_acts import GROUPS, GroupsChanged, GroupsRequest

LONGEST = 400


def names_of(typed: str) -> list[str]:
    """Return the names that were typed with commas between them."""
    return [name for part in typed.split(",") if (name := part.strip())]


class JoinGroupsScreen(FormScreen[GroupsChanged | None]):
    """Asks for the groups; its result is what changed, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)
    HINT = "Enter puts them in. A group that there is not is not made."

    def __init__(self, person: Person) -> None:
        """Put `person` into groups."""
        self._person, self._own = person, uuid4()
        super().__init__("Administration", "People", "Groups")

    def head(self) -> list[Paragraph]:
        """Return who it is."""
        return [("Add to groups", "strong"), (who(self._person), "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        yield Field("add", "Groups", "Names, in whatever case, with commas between them.", longest=LONGEST)

    async def give(self) -> None:
        """Put them in; sent again after a lost answer it is the same act."""
        typed = self.value("add")
        ask = GroupsRequest(id=uuid5(self._own, typed), person_id=self._person.id, add=names_of(typed))
        self.dismiss(await self.desk.call(GROUPS, ask))
