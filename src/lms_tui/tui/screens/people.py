"""The people of the school: search, where they stand, role and group, and a list of any length; Enter opens one."""

import asyncio
from typing import Final
from uuid import UUID

from msgspec import structs
from textual import work
from textual.app import ComposeResult
from textual.containers import Container

from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.paging import Paging
from lms_tui.tui.people_acts import Told, told_by
from lms_tui.tui.people_rows import about, line_of, rows_expected
from lms_tui.tui.people_words import ROLES, called
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.people_list import PeopleListScreen
from lms_tui.tui.screens.searching import SearchingScreen
from lms_tui.tui.widgets.category_line import CategoryLine
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import dotted
from lms_tui.wire.people import COUNTS, LIST, Counts, CountsRequest, ListRequest, Person, PersonLine, Role, Show
from lms_tui.wire.text import clean_line

_PAUSE: Final = 0.25
"""Seconds for which a search's page stands until the numbers are asked for: who types on has no use for them."""
_SHOWS: Final = list(Show)
_ROLES: Final = [None, *Role]

_INVITE = Command("people.invite", "i", "invite", "invite", "Invite somebody by their address.")
_SEARCH = Command("people.search", "slash", "search", "search", "Search for names, or a piece of an address.")
_ROLE = Command("people.role", "t", "role", "role", "Show everybody, or the learners, authors or administrators.")
_GROUP = Command("people.group", "f", "group", "group", "Show the members of a group of this person's, or everybody.")
_CLEAR = Command("people.clear", "x", "everybody", "show_all", "Take role and group away; the search stays.")
_NEXT = Command("people.next", "right,l", "invited", "show(1)", "Go to the invited, the archived, all.")
_PREVIOUS = Command("people.previous", "left,h", "before", "show(-1)", "Go back among them.", shown=False)


class PeopleScreen(SearchingScreen, PeopleListScreen):
    """A list that is narrowed; beside it, where there is room, who is under the cursor."""

    DEFAULT_CSS = """
    PeopleScreen Container { height: 1fr; margin-top: 1; }
    PeopleScreen.-searching Container { margin-top: 0; }
    PeopleScreen Panel { display: none; }
    PeopleScreen.-wide Panel { display: block; dock: right; width: 44; height: 100%; padding: 0 1 0 3; }
    """
    SCREEN_COMMANDS = (_INVITE, _SEARCH, _ROLE, _GROUP, _CLEAR, _NEXT, _PREVIOUS, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Administration", "People")
        self._ask = ListRequest()
        """What is looked for."""
        self._counts: Counts | None = None
        self._paging = Paging(self._ask)
        self._opens = False
        """Whether Enter was pressed while the list was still that of an earlier search."""
        self._line = CategoryLine()
        self._about, self._list = Panel(), VirtualList(row_height=2)

    def body(self) -> ComposeResult:
        """Yield the line to search in, where people stand, the list, and who is under the cursor."""
        yield self.search_line()
        yield self._line
        with Container():
            yield self._about
            yield self._list

    def allows(self, command: Command) -> bool:
        """Offer nothing of the list where there is none, and a group where somebody is in one."""
        if command.id.startswith("people.") and (self._counts is None or self._failed):
            return False
        if command is _SEARCH:
            return self.focused is not self._words
        if command is _CLEAR:
            return self._ask.role is not None or bool(self._ask.group)
        if command is _GROUP:
            return bool(self._ask.group) or bool(self._person is not None and self._person.groups)
        return super().allows(command)

    @property
    def _is_old(self) -> bool:
        """Whether the list is still that of an earlier search."""
        return self._paging.first is not self._ask

    def on_mount(self) -> None:
        """Follow the cursor."""
        self.watch(self._list, "cursor", self._show_here, init=False)

    def on_resize(self) -> None:
        """Fill the panel beside the list when the screen has become wide enough for it."""
        self.call_after_refresh(self._show_here)

    @work(exclusive=True, group="people")
    async def load(self) -> None:
        """Ask for the first page and the numbers; the old list stays until the page is there."""
        ask, first = self._ask, self._counts is None
        page = await self.fetch(LIST, ask, "Opening the people…" if first else "")
        if page is None or ask is not self._ask:
            return
        self._paging = Paging(ask)
        self._paging.take_first(page.people, page.next)
        self._list.set_message("Nobody is like that." if ask != ListRequest() else "There is nobody yet.")
        self._list.set_source(self._paging.count, self._row)
        self._show_here()
        if self._opens:
            self._opens = False
            self._open(self._person)
        if not first and ask.search:
            await asyncio.sleep(_PAUSE)
        await self._count()

    async def _count(self) -> None:
        """Ask for the numbers, and have the list be as long as they say."""
        ask = self._ask
        counts = await self.fetch(COUNTS, CountsRequest(search=ask.search, group=ask.group))
        if counts is None or ask is not self._ask or self._is_old:
            return
        self._counts = counts
        if (there := rows_expected(ask, counts)) is not None:
            self._paging.expect(there)
        self._lengthen()
        self._show_line()
        self._show_here()

    def _show_line(self) -> None:
        """Show where people stand, each with how many, and by what the list is narrowed."""
        there = self._counts
        if there is None:
            return
        everybody = there.present + there.archived
        numbers = {"People": there.present, "Invited": there.invited, "Archived": there.archived, "All": everybody}
        role = self._ask.role
        group = f"in {clean_line(self._ask.group)}" if self._ask.group else ""
        right = dotted(f"only {ROLES[role]}s" if role else "", group)
        self._line.show([f"{name} {n:,}" for name, n in numbers.items()], _SHOWS.index(self._ask.show), right)

    def _show_here(self) -> None:
        """Show the position, and beside the list who is there."""
        cursor, paging, one = self._list.cursor, self._paging, self._person
        self.set_position(f"{cursor + 1:,}/{f'{paging.count:,}' if paging.is_counted else '…'}" if paging.count else "")
        if self.has_class("-wide"):
            self._about.show(*(about(one) if one is not None else ()))
        self.refresh_commands()

    def _narrow(self, **to: object) -> None:
        """Look for something else."""
        ask = structs.replace(self._ask, **to)
        if ask != self._ask:
            self._ask, self._opens = ask, False
            self._show_line()
            self.load()

    def on_virtual_list_selected(self) -> None:
        """Open the person; where the list of what was just typed is still to come, the first of that one."""
        if self._is_old:
            self._opens = True
        else:
            self._open(self._person)

    def _open(self, one: PersonLine | None) -> None:
        if one is not None:
            self._show_person(one.id, called(one))

    def _show_person(self, person: UUID, name: str, code: Told | None = None) -> None:
        from lms_tui.tui.screens.person import PersonScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(PersonScreen(person, name, code), self._came_back)

    def _came_back(self, person: Person | None) -> None:
        """Show in their row what was done to a person; the list stays as it is."""
        if person is not None and self._paging.put(line_of(person)):
            self._list.rows_arrived()
        self._recount()

    @work(exclusive=True, group="people-count")
    async def _recount(self) -> None:
        await self._count()

    def action_show(self, way: int) -> None:
        """Show the present, the invited, the archived or all."""
        self._narrow(show=_SHOWS[(_SHOWS.index(self._ask.show) + way) % len(_SHOWS)])

    def action_role(self) -> None:
        """Everybody, one role after the other, and round again."""
        self._narrow(role=_ROLES[(_ROLES.index(self._ask.role) + 1) % len(_ROLES)])

    @work(exclusive=True, group="people-group")
    async def action_group(self) -> None:
        """The members of a group of the person under the cursor, or everybody again."""
        one, name = self._person, ""
        if not self._ask.group and one is not None and one.groups:
            name = one.groups[0]
            if len(one.groups) > 1:
                rows = [Row(group) for group in one.groups]
                chosen = await self.app.push_screen_wait(ChooseScreen("Members of which group?", rows))
                if chosen is None:
                    return
                name = one.groups[chosen]
        self._narrow(group=name)

    def action_show_all(self) -> None:
        """Take role and group away."""
        self._narrow(role=None, group="")

    @work(exclusive=True, group="people-invite")
    async def action_invite(self) -> None:
        """Invite somebody, and show them with their code."""
        from lms_tui.tui.screens.invite import InviteScreen  # noqa: PLC0415 - imported when opened

        invited = await self.app.push_screen_wait(InviteScreen())
        if invited is not None:
            self.load()
            self._show_person(invited.person_id, clean_line(invited.email), told_by(invited))

    def look_for(self, search: str) -> None:
        """Show who has these words, of those who are shown."""
        self._narrow(search=search)
