"""One group, for administrators: who is in it, what they take, and all that can be done with it."""

from typing import Final
from uuid import UUID, uuid4

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import group_words as words
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.paging import Paging
from lms_tui.tui.people_words import called, who
from lms_tui.tui.screens.asking import Act, AskingScreen, FillScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.people_list import PeopleListScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire import courses, people
from lms_tui.wire import group_members as members
from lms_tui.wire import groups as wire
from lms_tui.wire.enrolments import Wanted
from lms_tui.wire.groups import LONGEST_CHARACTERISTIC, LONGEST_NAME, Group
from lms_tui.wire.people import ListRequest, PersonLine, Show
from lms_tui.wire.text import clean_line

_COURSES: Final = 4
"""As many of those that they take are named."""
_LONGEST: Final = 2000
"""Characters of the addresses typed at once."""

_ADD = Command("group.add", "a", "add people", "act('add')", "Put people into the group by their addresses.")
_OUT = Command("group.out", "d", "out", "act('out')", "Take the person under the cursor out of the group.")
_ENROL = Command("group.enrol", "c", "into a course", "act('enrol')", "Let all of them into a course; it asks first.")
_EDIT = Command("group.edit", "e", "edit", "act('edit')", "Give the group another name or characteristic.")
_ARCHIVE = Command("group.archive", "x", "archive", "act('archive')", "Archive the group; it says what that touches.")
_RESTORE = Command("group.restore", "u", "take out of the archive", "act('restore')", "Take it out of the archive.")


def fields_of(name: str, characteristic: str) -> list[Field]:
    """Return the fields of a group's form, filled."""
    note = "What they have in common; the mentor is told it."
    return [
        Field("name", "Name", value=clean_line(name), longest=LONGEST_NAME),
        Field(
            "characteristic",
            "Characteristic",
            note,
            value=clean_line(characteristic),
            longest=LONGEST_CHARACTERISTIC,
            optional=True,
        ),
    ]


class GroupScreen(PeopleListScreen, AskingScreen):
    """Its members come page by page, by address."""

    DEFAULT_CSS = """
    GroupScreen > Panel { margin: 1 1 0 0; max-height: 9; }
    GroupScreen > VirtualList { height: 1fr; margin-top: 1; }
    """
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (_ADD, _OUT, _ENROL, _EDIT, _ARCHIVE, _RESTORE, BACK)

    def __init__(self, group_id: UUID, name: str) -> None:
        """Make the page of a group, which is called `name` until it has loaded."""
        super().__init__("Administration", "Groups", name)
        self._group_id = group_id
        self._group: Group | None = None
        self._paging = Paging(self._first)
        self._about, self._list = Panel(), VirtualList(row_height=2, message="Nobody is in it: a adds people.")

    @property
    def _first(self) -> ListRequest:
        return ListRequest(group=str(self._group_id), show=Show.ALL)

    def body(self) -> ComposeResult:
        """Yield what the group is, and who is in it."""
        yield self._about
        yield self._list

    def allows(self, command: Command) -> bool:
        """Offer what can be done with it as it stands, one thing at a time."""
        group = self._group
        if not command.id.startswith("group."):
            return super().allows(command)
        if group is None or self.acting or self._failed:
            return False
        return {
            _ADD: not group.archived,
            _OUT: self._person is not None,
            _ENROL: not group.archived and group.members > 0,
            _EDIT: True,
            _ARCHIVE: not group.archived,
            _RESTORE: group.archived,
        }[command]

    def on_mount(self) -> None:
        """Follow the cursor."""
        self.watch(self._list, "cursor", self._show_here, init=False)

    @work(exclusive=True, group="group")
    async def load(self) -> None:
        """Ask for the group and the first of its members."""
        group = await self.fetch(
            wire.GROUP, wire.GroupRequest(group=str(self._group_id)), "" if self._group else "Opening the group…"
        )
        page = None if group is None else await self.fetch(people.LIST, self._first)
        if group is None or page is None:
            return
        self._group, self._paging = group, Paging(self._first)
        self._paging.take_first(page.people, page.next)
        self._paging.expect(group.members + group.archived_members)
        self.set_path("Administration", "Groups", clean_line(group.name))
        self._about.show(*_about(group))
        self._list.set_source(self._paging.count, self._row, cursor=max(0, self._list.cursor))
        self._show_here()

    def _show_here(self) -> None:
        count = self._paging.count
        self.set_position(f"{self._list.cursor + 1:,}/{count:,}" if count else "")
        self.refresh_commands()

    def on_virtual_list_selected(self) -> None:
        """Open the person."""
        if (one := self._person) is not None:
            from lms_tui.tui.screens.person import PersonScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(PersonScreen(one.id, called(one)), self._came_back)

    def _came_back(self, _person: people.Person | None) -> None:
        """Ask anew: the person may be in it no more."""
        self.load()

    def action_act(self, name: str) -> None:
        """Begin an act on the group, and the person, who stand here now."""
        group, person = self._group, self._person
        if group is None:
            return
        acts: dict[str, Act] = {
            "add": lambda: self._add(group),
            "out": lambda: self._out(group, person),
            "enrol": lambda: self._enrol(group),
            "edit": lambda: self._edit(group),
            "archive": lambda: self._archive(group),
            "restore": lambda: self._restore(group),
        }
        self.begin(acts[name])

    async def _add(self, group: Group) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> members.MembersChanged:
            whos = [who for part in values.get("people", "").split(",") if (who := part.strip())]
            wanted = [Wanted(line=line, who=who) for line, who in enumerate(whos, 1)]
            ask = members.MembersRequest(id=own, group_id=group.id, people=wanted)
            return await self.desk.call(members.MEMBERS, ask)

        about = (f"Add people to {group.name}", "A table of them: lms-tui group add GROUP --csv FILE")
        field = Field("people", "E-mail addresses", "With commas between them.", longest=_LONGEST)
        path = ("Administration", "Groups", "Add")
        done = await self.fill(FillScreen(path, about, [field], give, "Enter puts them in. Nobody is invited."))
        return None if done is None else words.changed(done)

    async def _out(self, group: Group, person: PersonLine | None) -> str | None:
        if person is None:
            return None
        question = f"Out of the group {clean_line(group.name)}:"
        if not await self.sure(question, who(person), "Take them out", *words.leaving(1)):
            return None
        wanted = [Wanted(line=1, who=str(person.id))]
        ask = members.MembersRequest(id=uuid4(), group_id=group.id, people=wanted, remove=True)
        return words.changed(await self.desk.call(members.MEMBERS, ask))

    async def _enrol(self, group: Group) -> str | None:
        course = await self._course(group)
        if course is None:
            return None
        check = members.EnrolRequest(id=uuid4(), group_id=group.id, courses=[course], check=True)
        look = await self.desk.call(members.ENROL, check)
        if any(one.enrolled for one in look.courses):
            touches = map(clean_line, words.enrolling(look))
            if not await self.sure("Enrol the group", group.name, "Enrol them", *touches):
                return None
        ask = members.EnrolRequest(id=uuid4(), group_id=group.id, courses=[course])
        return words.enrolled(await self.desk.call(members.ENROL, ask))

    async def _course(self, group: Group) -> UUID | None:
        """Let a course be named, and chosen where several have these words."""

        async def give(_own: UUID, values: dict[str, str]) -> courses.ManagedCourses:
            page = await self.desk.call(courses.LIST, courses.ListRequest(search=values.get("course", "")))
            if not page.courses:
                raise ClientError("No course has all of these words in its title or description.")
            return page

        about = (f"Let {group.name} into a course", "Also a priced one or a draft. It asks before it does.")
        field = Field("course", "Course", "Words of its title.", longest=100)
        found = await self.fill(FillScreen(("Administration", "Groups", "Course"), about, [field], give))
        if found is None or len(found.courses) == 1:
            return found.courses[0].id if found is not None else None
        rows = [Row(course.title, detail=course.author) for course in found.courses]
        chosen = await self.app.push_screen_wait(
            ChooseScreen("Into which course?", rows, row_height=2, typed="a part of its title")
        )
        return None if chosen is None else found.courses[chosen].id

    async def _edit(self, group: Group) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> wire.GroupChanged:
            return await self.desk.call(wire.EDIT, wire.EditRequest(id=own, group_id=group.id, **values))

        fields = fields_of(group.name, group.characteristic)
        path = ("Administration", "Groups", "Edit")
        done = await self.fill(FillScreen(path, ("Edit the group",), fields, give, "Enter keeps it."))
        return None if done is None else f"The group {done.name} is so now."

    async def _archive(self, group: Group) -> str | None:
        if not await self.sure("Archive the group", group.name, "Archive it", *words.archiving(group)):
            return None
        await self.desk.call(wire.ARCHIVE, wire.ArchiveRequest(id=uuid4(), group_id=group.id))
        return f"The group {group.name} is archived."

    async def _restore(self, group: Group) -> str | None:
        await self.desk.call(wire.RESTORE, wire.RestoreRequest(id=uuid4(), group_id=group.id))
        return f"The group {group.name} is in use."


def _about(group: Group) -> tuple[Paragraph, ...]:
    """Return what the group is, and what most of its members take."""
    more = f", and {len(group.courses) - _COURSES} more" if len(group.courses) > _COURSES else ""
    taken = ", ".join(f"{clean_line(one.title)} ({one.members:,})" for one in group.courses[:_COURSES])
    return (
        (clean_line(group.name), "strong"),
        (words.who_is_in(group), "text"),
        *([("Archived: nobody comes into it, and no list shows it.", "warning")] if group.archived else []),
        *([(clean_line(group.characteristic), "text")] if group.characteristic else []),
        (f"They take: {taken}{more}" if taken else "They take no course.", "muted"),
    )
