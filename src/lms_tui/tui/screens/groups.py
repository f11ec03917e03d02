"""The groups of the school: a list of any length with a search, in use, archived or all; Enter opens one."""

from typing import Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import group_words as words
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.asking import AskingScreen, FillScreen
from lms_tui.tui.screens.group import fields_of
from lms_tui.tui.screens.searching import SearchingScreen
from lms_tui.tui.widgets.category_line import CategoryLine
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import dotted
from lms_tui.wire import groups as wire
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.groups import GroupLine, Groups, ListRequest, Show
from lms_tui.wire.text import clean_line

_SIZE: Final = PageSize.LARGE
_SHOWS: Final = {Show.PRESENT: "In use", Show.ARCHIVED: "Archived", Show.ALL: "All"}

_NEW = Command("groups.new", "n", "new", "new", "Make a group.")
_SEARCH = Command("groups.search", "slash", "search", "search", "Search in names and characteristics.")
_NEXT = Command("groups.next", "right,l", "archived", "show(1)", "Go to the archived groups, to all.")
_PREVIOUS = Command("groups.previous", "left,h", "before", "show(-1)", "Go back among them.", shown=False)


class GroupsScreen(SearchingScreen, AskingScreen):
    """A list that is narrowed; rows far from the screen are not here."""

    DEFAULT_CSS = """
    GroupsScreen VirtualList { height: 1fr; margin-top: 1; }
    """
    SCREEN_COMMANDS = (_NEW, _SEARCH, _NEXT, _PREVIOUS, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Administration", "Groups")
        self._search, self._show, self._total = "", Show.PRESENT, -1
        self._groups: dict[int, GroupLine] = {}
        self._asking: set[int] = set()
        self._line, self._list = CategoryLine(), VirtualList()

    def body(self) -> ComposeResult:
        """Yield the line to search in, which groups are shown, and the list."""
        yield self.search_line()
        yield self._line
        yield self._list

    def allows(self, command: Command) -> bool:
        """Offer nothing of the list where there is none."""
        if command.id.startswith("groups.") and (self._total < 0 or self._failed or self.acting):
            return False
        return (command is not _SEARCH or self.focused is not self._words) and super().allows(command)

    def on_mount(self) -> None:
        """Follow the cursor."""
        self.watch(self._list, "cursor", self._show_here, init=False)

    def on_screen_resume(self) -> None:
        """Ask anew when one comes back: a group may be another now."""
        if self._total >= 0:
            self.load()

    @work(exclusive=True, group="groups")
    async def load(self) -> None:
        """Ask for the page around the cursor; the old list stays until it is there."""
        first, wanted = self._total < 0, (self._search, self._show)
        offset = max(0, self._list.cursor) // _SIZE * _SIZE
        page = await self.fetch(wire.LIST, self._request(offset), "Opening the groups…" if first else "")
        if page is not None and wanted == (self._search, self._show):
            self._groups.clear()
            self._take(offset, page)
            narrowed = self._search or self._show is not Show.PRESENT
            self._list.set_message("There is no such group." if narrowed else "There is no group yet: n makes one.")
            self._list.set_source(page.total, self._row, cursor=max(0, self._list.cursor))
            self._line.show(list(_SHOWS.values()), list(_SHOWS).index(self._show), "")
            self._show_here()

    def on_virtual_list_rows_needed(self, event: VirtualList.RowsNeeded) -> None:
        """Bring the rows that the list is about to show."""
        for offset in range(event.first // _SIZE * _SIZE, event.last + 1, _SIZE):
            if offset not in self._asking and offset not in self._groups:
                self._bring(offset)

    @work(group="groups-pages")
    async def _bring(self, offset: int) -> None:
        wanted = (self._search, self._show)
        self._asking.add(offset)
        try:
            page = await self.desk.call(wire.LIST, self._request(offset))
        except ClientError as error:
            self.tell(f"{error.sentence} Move to try again.", "warning")
            return
        finally:
            self._asking.discard(offset)
        if wanted == (self._search, self._show):
            self._take(offset, page)
            self._list.rows_arrived()
            self._show_here()

    def _request(self, offset: int) -> ListRequest:
        return ListRequest(search=self._search, show=self._show, offset=offset, size=_SIZE)

    def _take(self, offset: int, page: Groups) -> None:
        self._total = page.total
        self._groups |= dict(enumerate(page.groups, offset))

    def _row(self, index: int) -> Row | None:
        group = self._groups.get(index)
        if group is None:
            return None
        right = dotted(words.state(group), words.people(group.members))
        return Row(group.name, right=right, dimmed=group.archived)

    def _show_here(self) -> None:
        self.set_position(f"{self._list.cursor + 1:,}/{self._total:,}" if self._total > 0 else "")
        self.refresh_commands()

    def on_virtual_list_selected(self) -> None:
        """Open the group."""
        if (group := self._groups.get(self._list.cursor)) is not None:
            self._open(group.id, group.name)

    def _open(self, group: UUID, name: str) -> None:
        from lms_tui.tui.screens.group import GroupScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(GroupScreen(group, clean_line(name)))

    def action_new(self) -> None:
        """Make a group, and open it."""
        self.begin(self._new)

    async def _new(self) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> wire.GroupChanged:
            ask = wire.CreateRequest(
                id=own, name=values.get("name", ""), characteristic=values.get("characteristic", "")
            )
            return await self.desk.call(wire.CREATE, ask)

        path = ("Administration", "Groups", "New")
        made = await self.fill(FillScreen(path, ("A new group",), fields_of("", ""), give, "Enter makes it."))
        if made is None:
            return None
        self._open(made.group_id, made.name)
        return f"The group {made.name} is made."

    def action_show(self, way: int) -> None:
        """Show those in use, the archived, or all."""
        shows = list(_SHOWS)
        self._narrow(self._search, shows[(shows.index(self._show) + way) % len(shows)])

    def look_for(self, search: str) -> None:
        """Show the groups with these words, of those that are shown."""
        self._narrow(search, self._show)

    def _narrow(self, search: str, show: Show) -> None:
        if (search, show) != (self._search, self._show):
            self._search, self._show = search, show
            self._list.move_to(0)
            self.load()
