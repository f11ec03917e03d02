"""The administrators' menu: one line for each area of the school, with what it holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.desk import Desk
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire import categories, groups, people
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.courses import LIST, ListRequest


@dataclass(frozen=True, slots=True)
class Area:
    """A line of the menu: its key, what it says, what leads there, and what asks how much it holds.

    `holds` makes one cheap call and returns its answer in words; None where there is nothing to count.
    """

    command: Command
    title: str
    about: str
    open: Callable[[], Screen[Any]]
    """Makes the screen; it imports it, so that nothing is imported that is not opened."""
    holds: Callable[[Desk], Awaitable[str]] | None = None


def _area(name: str, key: str, label: str, help_: str) -> Command:
    return Command(f"administration.{name}", key, label, f"open('{name}')", help_)


def _people() -> Screen[Any]:
    from lms_tui.tui.screens.people import PeopleScreen  # noqa: PLC0415

    return PeopleScreen()


async def _how_many_people(desk: Desk) -> str:
    there = await desk.call(people.COUNTS, people.CountsRequest())
    return dotted(
        f"{there.present:,} {'person' if there.present == 1 else 'people'}",
        count(there.authors, "author") if there.authors else "",
        count(there.admins, "administrator"),
        f"{there.invited:,} invited" if there.invited else "",
        f"{there.archived:,} archived" if there.archived else "",
    )


def _courses() -> Screen[Any]:
    from lms_tui.tui.screens.teach import TeachScreen  # noqa: PLC0415

    return TeachScreen("Administration", "Courses")


async def _how_many_courses(desk: Desk) -> str:
    return count((await desk.call(LIST, ListRequest(size=PageSize.SMALL))).total, "course")


def _overview() -> Screen[Any]:
    from lms_tui.tui.screens.overview import OverviewScreen  # noqa: PLC0415

    return OverviewScreen()


def _groups() -> Screen[Any]:
    from lms_tui.tui.screens.groups import GroupsScreen  # noqa: PLC0415

    return GroupsScreen()


async def _how_many_groups(desk: Desk) -> str:
    there = await desk.call(groups.LIST, groups.ListRequest(size=PageSize.SMALL))
    return count(there.total, "group")


def _categories() -> Screen[Any]:
    from lms_tui.tui.screens.categories import CategoriesScreen  # noqa: PLC0415

    return CategoriesScreen()


async def _how_many_categories(desk: Desk) -> str:
    there = (await desk.call(categories.LIST, categories.ListRequest())).categories
    archived = sum(one.archived for one in there)
    return dotted(count(len(there) - archived, "category"), f"{archived:,} archived" if archived else "")


def _settings() -> Screen[Any]:
    from lms_tui.tui.screens.settings import SettingsScreen  # noqa: PLC0415

    return SettingsScreen()


AREAS: Final[dict[str, Area]] = {
    "people": Area(
        _area("people", "p", "people", "Show the people: invite them, roles, archiving, groups, resets."),
        "People",
        "invite, roles, archive, groups, new passwords",
        _people,
        _how_many_people,
    ),
    "courses": Area(
        _area("courses", "c", "courses", "Show all courses: publish, archive, price, move, hand over, learners."),
        "Courses",
        "publish, archive, price, move, hand over, learners",
        _courses,
        _how_many_courses,
    ),
    "groups": Area(
        _area("groups", "u", "groups", "Show the groups: who is in them, letting them into courses, archiving."),
        "Groups",
        "who is in them, into courses, archive",
        _groups,
        _how_many_groups,
    ),
    "categories": Area(
        _area("categories", "t", "categories", "Show the categories of courses: names, order, archiving."),
        "Categories",
        "names, order, archive",
        _categories,
        _how_many_categories,
    ),
    "settings": Area(
        _area("settings", "s", "settings", "Show the settings: the school's name and logo, guests, signing in."),
        "Settings",
        "the school's name, address and logo, guests, signing in",
        _settings,
    ),
    "overview": Area(
        _area("overview", "o", "overview", "Show people, courses, who learns, mail, database and versions."),
        "Overview",
        "people, courses, activity, mail, database, versions, last acts",
        _overview,
    ),
}
"""The menu, from top to bottom."""


class AdministrationScreen(FramedScreen[None]):
    """Shows the menu at once; what each area holds comes as it is answered."""

    DEFAULT_CSS = "AdministrationScreen VirtualList { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (*(area.command for area in AREAS.values()), BACK)

    def __init__(self) -> None:
        """Make the menu; it asks by itself."""
        super().__init__("lms-tui", "Administration")
        self._held: dict[str, str] = {}
        self._list = VirtualList(row_height=3)

    def body(self) -> ComposeResult:
        """Yield the menu."""
        yield self._list

    def on_mount(self) -> None:
        """Show what is known without asking."""
        self._show()

    def on_screen_resume(self) -> None:
        """Ask anew when one comes back: something may have been done."""
        if self._held:
            self.load()

    @work(exclusive=True, group="administration")
    async def load(self) -> None:
        """Ask what the areas hold, one after the other."""
        for name, area in AREAS.items():
            if area.holds is None:
                continue
            try:
                self._held[name] = await area.holds(self.desk)
            except Unreachable:
                return  # the status at the top says that nobody answers, and each area tries again by itself
            except ClientError as error:
                self.show_error(error)
                return
            self.show_body()
            self._show()

    def _show(self) -> None:
        rows = [
            Row(area.title, detail=area.about, more=self._held.get(name, ""), right=area.command.keys)
            for name, area in AREAS.items()
        ]
        self._list.set_rows(rows, cursor=max(0, self._list.cursor))

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open the area."""
        self.action_open(list(AREAS)[event.index])

    def action_open(self, name: str) -> None:
        """Open an area."""
        self.app.push_screen(AREAS[name].open())
