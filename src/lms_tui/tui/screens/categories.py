"""The categories of courses in their order, and what can be done with each."""

from uuid import UUID, uuid4

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import category_words as words
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.asking import Act, AskingScreen, FillScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire import categories as wire
from lms_tui.wire.categories import LONGEST_DESCRIPTION, Category
from lms_tui.wire.groups import LONGEST_NAME
from lms_tui.wire.text import clean_line

_NEW = Command("categories.new", "n", "new", "new", "Make a category.")
_EDIT = Command("categories.edit", "e", "edit", "act('edit')", "Give it another name or description; so does Enter.")
_UP = Command("categories.up", "K", "up", "act('up')", "Put it before the one above it.")
_DOWN = Command("categories.down", "J", "down", "act('down')", "Put it behind the one below it.")
_ARCHIVE = Command("categories.archive", "x", "archive", "act('archive')", "Archive it; its courses stay in it.")
_RESTORE = Command("categories.restore", "u", "use again", "act('restore')", "Take it out of the archive.")
_DELETE = Command("categories.delete", "d", "delete", "act('delete')", "Delete it; one with courses is archived.")


class CategoriesScreen(AskingScreen):
    """All of them, archived ones too: they have their place in the order."""

    DEFAULT_CSS = "CategoriesScreen VirtualList { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (_NEW, _EDIT, _UP, _DOWN, _ARCHIVE, _RESTORE, _DELETE, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Administration", "Categories")
        self._found: list[Category] | None = None
        self._keep: UUID | None = None
        """The category to which the cursor goes when they are shown again."""
        self._list = VirtualList(row_height=2, message="There is no category yet: n makes one.")

    @property
    def category(self) -> Category | None:
        """The category under the cursor."""
        cursor, found = self._list.cursor, self._found or []
        return found[cursor] if 0 <= cursor < len(found) else None

    def body(self) -> ComposeResult:
        """Yield the list."""
        yield self._list

    def allows(self, command: Command) -> bool:
        """Offer what can be done with the one under the cursor, one thing at a time."""
        if not command.id.startswith("categories."):
            return super().allows(command)
        if self._found is None or self.acting or self._failed:
            return False
        one = self.category
        if command is _NEW or one is None:
            return command is _NEW
        return {_ARCHIVE: not one.archived, _RESTORE: one.archived}.get(command, True)

    def on_mount(self) -> None:
        """Follow the cursor."""
        self.watch(self._list, "cursor", self.refresh_commands, init=False)

    @work(exclusive=True, group="categories")
    async def load(self) -> None:
        """Ask for all."""
        found = await self.fetch(wire.LIST, wire.ListRequest(), "" if self._found else "Opening the categories…")
        if found is not None:
            self._found = found.categories
            places = [at for at, one in enumerate(self._found) if one.id == self._keep]
            self._list.set_rows([*map(_row, self._found)], cursor=places[0] if places else max(0, self._list.cursor))
            self.refresh_commands()

    def on_virtual_list_selected(self) -> None:
        """Edit it."""
        self.action_act("edit")

    def action_new(self) -> None:
        """Make a category."""
        self.begin(self._new)

    def action_act(self, name: str) -> None:
        """Begin an act on the category that stands under the cursor now."""
        one = self.category
        if one is None:
            return
        self._keep = one.id
        acts: dict[str, Act] = {
            "edit": lambda: self._edit(one),
            "up": lambda: self._place(one, up=True),
            "down": lambda: self._place(one, up=False),
            "archive": lambda: self._archive(one),
            "restore": lambda: self._restore(one),
            "delete": lambda: self._delete(one),
        }
        self.begin(acts[name])

    async def _new(self) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> wire.CategoryChanged:
            ask = wire.CreateRequest(id=own, name=values.get("name", ""), description=values.get("description", ""))
            return await self.desk.call(wire.CREATE, ask)

        path = ("Administration", "Categories", "New")
        made = await self.fill(FillScreen(path, ("A new category",), _fields("", ""), give, "Enter makes it."))
        if made is None:
            return None
        self._keep = made.category_id
        return f"The category {made.name} is made."

    async def _edit(self, one: Category) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> wire.CategoryChanged:
            return await self.desk.call(wire.EDIT, wire.EditRequest(id=own, category_id=one.id, **values))

        fields, path = _fields(one.name, one.description), ("Administration", "Categories", "Edit")
        done = await self.fill(FillScreen(path, ("Edit the category",), fields, give, "Enter keeps it."))
        return None if done is None else f"The category {done.name} is so now."

    async def _place(self, one: Category, *, up: bool) -> str:
        done = await self.desk.call(wire.PLACE, words.moved(self._found or [], one.id, up=up))
        where = "first" if up else "last"
        return f"{done.name} is moved." if done.changed else f"{done.name} is the {where} one already."

    async def _archive(self, one: Category) -> str | None:
        if not await self.sure("Archive the category", one.name, "Archive it", *words.archiving(one)):
            return None
        await self.desk.call(wire.ARCHIVE, wire.ArchiveRequest(id=uuid4(), category_id=one.id))
        return f"The category {one.name} is archived."

    async def _restore(self, one: Category) -> str:
        await self.desk.call(wire.RESTORE, wire.RestoreRequest(id=uuid4(), category_id=one.id))
        return f"The category {one.name} is in use."

    async def _delete(self, one: Category) -> str | None:
        question, yes = ("Archive in place of deleting", "Archive it") if one.courses else ("Delete", "Delete it")
        if not await self.sure(question, one.name, yes, *words.deleting(one)):
            return None
        done = await self.desk.call(wire.DELETE, wire.DeleteRequest(id=uuid4(), category_id=one.id))
        return f"The category {done.name} {words.deleted(done)}."


def _fields(name: str, description: str) -> list[Field]:
    longest = LONGEST_DESCRIPTION
    return [
        Field("name", "Name", value=clean_line(name), longest=LONGEST_NAME),
        Field("description", "Description", value=clean_line(description), longest=longest, optional=True),
    ]


def _row(one: Category) -> Row:
    state = "archived" if one.archived else ""
    return Row(one.name, detail=one.description, right=words.holds(one), detail_right=state, dimmed=one.archived)
