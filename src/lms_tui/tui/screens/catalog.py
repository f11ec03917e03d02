"""The catalog: search as you type, categories, order, free or paid, and a list of any length."""

import asyncio
import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Input

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.content import joined
from lms_tui.tui.listing import Filters, Listing
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.opening import open_course, resume_course
from lms_tui.tui.widgets.about_course import AboutCourse
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.category_line import CategoryLine
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import completed, count, dotted, price
from lms_tui.wire import catalog, learning
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.tui.thumbnails import Thumbnails

_THUMBNAIL = "catalog-thumbnail"
_DEBOUNCE = 0.08
"""Seconds without a key until the search leaves: less than a pause between two keys, more than a key's repetition."""
_SLOW = 0.25
"""Seconds after which a search that is under way is marked; most are there before, and nothing flickers."""
_PAUSE = 0.25
"""Seconds for which a search's page stands until the numbers are asked for: to count all costs the service more than to
find a page, and who types on has no use for it."""
_LONGEST_NAME = 16  # cells of an author's name among the filters
_LONGEST_TITLE = 24  # cells of the lesson to go on with: who wrote a course and how long it is stand beside it
_SORTS = list(catalog.Sort)
_SORT_WORDS = {
    catalog.Sort.RELEVANCE: "Best",
    catalog.Sort.TITLE: "Title",
    catalog.Sort.NEWEST: "Newest",
    catalog.Sort.PRICE: "Price",
}
_PRICES = list(catalog.Price)
_STATES = list(catalog.State)
_STATE_WORDS = {
    catalog.State.ALL: "",
    catalog.State.NOT_TAKEN: "not taken",
    catalog.State.TAKEN: "taken",
    catalog.State.COMPLETED: "completed",
}

_CONTINUE = Command("catalog.continue", "c", "continue", "resume", "Go on in the course under the cursor.")

_CLEAR = Command("catalog.clear", "x", "all courses", "show_all", "Take all filters away; the search stays.")
_NEXT = Command("catalog.next", "right,l", "next category", "category(1)", "Go to the next category.", shown=False)
_PREVIOUS = Command(
    "catalog.previous", "left,h", "previous category", "category(-1)", "Go to the previous category.", shown=False
)


class SearchLine(Input):
    """Where the words to search for are typed; down and Enter lead into the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down,enter", "screen.to_list", "List"),
        ("escape", "screen.clear", "Clear"),
    ]


class CatalogScreen(FramedScreen[None]):
    """All published courses under a search, a category, a price, a state, an author and an order."""

    DEFAULT_CSS = """
    CatalogScreen SearchLine { border: round $border-blurred; height: 3; padding: 0 1; background: $background; }
    CatalogScreen SearchLine:focus { border: round $border; }
    CatalogScreen Container { height: 1fr; }
    CatalogScreen Panel { display: none; }
    CatalogScreen.-wide Panel { display: block; dock: right; width: 44; height: 100%; padding: 0 1 0 3; }
    """
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (
        _CONTINUE,
        Command("catalog.search", "slash", "search", "search", "Search in titles, descriptions and names of authors."),
        Command("catalog.filter", "f", "filter", "filter", "Choose a category, by typing a part of its name."),
        _CLEAR,
        Command("catalog.sort", "s", "sort", "sort", "Order by what fits best, by title, by age or by price."),
        Command("catalog.price", "dollar_sign", "price", "price", "Show all courses, free ones or paid ones."),
        Command("catalog.state", "t", "taken", "state", "Show all courses, not taken, taken or completed ones."),
        Command("catalog.author", "a", "author", "author", "Show the courses of this course's author, or of all."),
        _NEXT,
        _PREVIOUS,
        BACK,
    )

    def __init__(self, mine: Iterable[learning.MyCourse] | None = None) -> None:
        """Make the screen; it loads by itself. `mine` are the learner's own courses, None while nobody knows them.

        They tell more than the cards, and stay true when the learner comes back from a course: the pages are not
        asked for again then.
        """
        super().__init__("lms-tui", "Catalog")
        self._mine = None if mine is None else {course.id: course for course in mine}
        self._filters = Filters()
        self._listing = Listing(self._filters, 0)
        self._counts: catalog.Counts | None = None
        self._asking = False
        self._typed: Timer | None = None
        self._thumbnails: Thumbnails | None = None
        self._words, self._categories = SearchLine(select_on_focus=False), CategoryLine()
        self._about, self._courses = AboutCourse(), VirtualList(row_height=2)

    def body(self) -> ComposeResult:
        """Yield the line to search in, the categories, the list, and what the course under the cursor is about."""
        self._words.cursor_blink = False
        self._words.border_title = "Search"
        yield self._words
        yield self._categories
        with Container():
            yield self._about
            yield self._courses

    def allows(self, command: Command) -> bool:
        """Offer to go on only in one's own courses, and nothing of the list where there is none."""
        if command.id.startswith("catalog.") and (self._counts is None or self._failed):
            return False
        if command is _CLEAR:
            return self._filters != self._filters.cleared
        if command is _CONTINUE:
            card = self._card()
            return card is not None and self._enrolled(card)
        return super().allows(command)

    def on_mount(self) -> None:
        """Show the position and the description of the course that the cursor comes to."""
        super().on_mount()
        self.watch(self._courses, "cursor", self._show_here, init=False)

    def on_screen_resume(self) -> None:
        """Ask anew where the learner stands: a lesson may have been done."""
        if self._counts is not None:
            self._ask_mine()

    def delivered(self) -> None:
        """Ask anew: progress has been recorded."""
        if self._counts is not None and self.is_current:
            self._ask_mine()

    @work(exclusive=True, group="catalog-mine")
    async def _ask_mine(self) -> None:
        try:
            home = await self.desk.call(learning.HOME, learning.HomeRequest())
        except ClientError:
            return  # what was known stays, and the status at the top says that nobody answers
        self._mine = {course.id: course for course in home.courses}
        self._courses.rows_arrived()
        self.refresh_commands()

    def on_resize(self) -> None:
        """Fill the panel beside the list when the screen has become wide enough for it."""
        self.call_after_refresh(self._show_here)

    @work(exclusive=True, group="catalog")
    async def load(self) -> None:
        """Ask for the first page of what is looked for and the numbers; the old list stays until the page is there.

        A key that is typed meanwhile ends this, with what it has asked the service.
        """
        filters, first = self._filters, self._counts is None
        counts = await self.fetch(catalog.COUNTS, filters.counts(), "Opening the catalog…") if first else None
        if first and counts is None:
            return
        slow = self.set_timer(_SLOW, self._mark_search)
        try:
            page = await self.fetch(catalog.PAGE, filters.first_page())
        finally:
            slow.stop()
            self._words.border_title = "Search"
        if page is None or filters != self._filters:
            return
        found = filters if page.corrected is None else dataclasses.replace(filters, search=page.corrected)
        listing = self._listing = Listing(found, counts.matching if counts is not None else 0, counts is not None)
        listing.take_first(page)
        self._words.border_subtitle = joined(_corrected(filters.search, page.corrected))
        self._courses.set_message(_nothing(filters))
        self._courses.set_source(listing.count, self._row)
        self._show_here()
        if counts is None:
            await asyncio.sleep(_PAUSE if found.search else 0)
            counts = await self.fetch(catalog.COUNTS, found.counts())
        if counts is None or filters != self._filters:
            return
        self._counts = counts
        listing.expect(counts.matching)
        if listing.count != self._courses.count:
            self._courses.set_source(listing.count, self._row, cursor=self._courses.cursor)
        self._show_filters()
        self._show_here()

    def _mark_search(self) -> None:
        self._words.border_title = "Search …"

    def on_virtual_list_rows_needed(self, event: VirtualList.RowsNeeded) -> None:
        """Bring the rows that the list is about to show."""
        if not self._asking:
            self._bring(self._listing, event.first, event.last)

    @work(group="catalog-pages")
    async def _bring(self, listing: Listing, first: int, last: int) -> None:
        request = listing.wanted(first, last)
        if request is None:
            return
        self._asking = True
        try:
            listing.take(request, await self.desk.call(catalog.PAGE, request))
        except ClientError as error:
            self.tell(f"{error.sentence} Move to try again.", "warning")
            return
        finally:
            self._asking = False
        if listing is self._listing:
            if listing.count != self._courses.count:
                self._courses.set_source(listing.count, self._row, cursor=self._courses.cursor)
            else:
                self._courses.rows_arrived()
            self._show_here()

    def _row(self, index: int) -> Row | None:
        card = self._listing.card(index)
        if card is None:
            return None
        return _row(card, self._mine.get(card.id) if self._mine else None, enrolled=self._enrolled(card))

    def _enrolled(self, card: catalog.Card) -> bool:
        return card.enrolled if self._mine is None else card.id in self._mine

    def _card(self) -> catalog.Card | None:
        cursor = self._courses.cursor
        return self._listing.card(cursor) if cursor >= 0 else None

    def _show_here(self) -> None:
        """Show the position, and beside the list the course under the cursor."""
        cursor, card, listing = self._courses.cursor, self._card(), self._listing
        self.set_position(f"{cursor + 1}/{listing.count if listing.is_counted else '…'}" if listing.count else "")
        if card is not None and self.has_class("-wide"):
            words = ((card.title, "strong"), (_facts(card), "muted"), ("", "text"), (card.description, "text"))
            if self._about.course != card.id:
                self.workers.cancel_group(self, _THUMBNAIL)
            self._about.show_course(card.id, *words)
        elif card is None and not listing.count:
            self._about.show_nothing()
        self.refresh_commands()

    @work(exclusive=True, group=_THUMBNAIL)
    async def on_about_course_rested(self, wanted: AboutCourse.Rested) -> None:
        """Show the picture of the course at which the cursor rests, where this terminal shows any."""
        from lms_tui.client.file_cache import FileCache  # noqa: PLC0415 - with the first picture
        from lms_tui.tui import pictures  # noqa: PLC0415
        from lms_tui.tui.palette import Palette  # noqa: PLC0415
        from lms_tui.tui.thumbnails import Thumbnails  # noqa: PLC0415

        if not pictures.are_shown(self.lms.look):
            return
        if self._thumbnails is None:
            self._thumbnails = Thumbnails(self.desk, FileCache(self.lms.files_folder))
        behind = Palette.of(self).base.bgcolor
        try:
            found = await self._thumbnails.picture(wanted.course_id, wanted.columns, wanted.rows, behind)
        except ClientError:
            return  # the status at the top says so when nobody answers
        if found is not None:
            self._about.show_picture(wanted.course_id, found.lines)

    def _show_filters(self) -> None:
        if self._counts is None:
            return
        labels = [f"All {self._counts.total:,}"]
        labels += [f"{category.name} {category.courses:,}" for category in self._counts.categories]
        filters = self._filters
        right = dotted(
            shorten(f"by {clean_line(filters.author)}", _LONGEST_NAME) if filters.author_id is not None else "",
            "" if filters.price is catalog.Price.ALL else f"only {filters.price.value}",
            _STATE_WORDS[filters.state],
            f"{glyphs.SORT} {_SORT_WORDS[filters.order]}",
        )
        self._categories.show(labels, self._category_at(), right)

    def _category_at(self) -> int:
        """Return the place of the chosen category on the line, 0 for all."""
        ids: list[UUID | None] = [None, *(category.id for category in self._counts.categories)] if self._counts else []
        return ids.index(self._filters.category_id) if self._filters.category_id in ids else 0

    def _narrow(self, filters: Filters) -> None:
        """Look for something else."""
        if filters != self._filters:
            self._filters = filters
            self._show_filters()
            self.load()

    def on_input_changed(self) -> None:
        """Search as soon as the typing pauses."""
        if self._typed is not None:
            self._typed.stop()
        self._typed = self.set_timer(_DEBOUNCE, self._search)

    def _search(self) -> None:
        self._narrow(dataclasses.replace(self._filters, search=" ".join(self._words.value.split())))

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open the course."""
        if (card := self._listing.card(event.index)) is not None:
            open_course(self.lms, card.id, card.title)

    @work(exclusive=True, group="catalog-resume")
    async def action_resume(self) -> None:
        """Go on in the course under the cursor."""
        if (card := self._card()) is not None:
            await resume_course(self, card.id, card.title)

    def action_search(self) -> None:
        """Go to the search line."""
        self._words.focus()

    def action_to_list(self) -> None:
        """Search now, and go into the list."""
        self._search()
        self._courses.focus()

    def action_clear(self) -> None:
        """Clear the search; when it is empty, go into the list."""
        if self._words.value:
            self._words.value = ""
        else:
            self._courses.focus()

    def action_sort(self) -> None:
        """Take the next order."""
        sorts = _SORTS if self._filters.search else _SORTS[1:]  # without a search nothing fits best
        following = sorts[(sorts.index(self._filters.order) + 1) % len(sorts)]
        self._narrow(dataclasses.replace(self._filters, sort=following))

    def action_price(self) -> None:
        """All, free, paid, and round again."""
        following = _PRICES[(_PRICES.index(self._filters.price) + 1) % len(_PRICES)]
        self._narrow(dataclasses.replace(self._filters, price=following))

    def action_state(self) -> None:
        """All, not taken, taken, completed, and round again."""
        following = _STATES[(_STATES.index(self._filters.state) + 1) % len(_STATES)]
        self._narrow(dataclasses.replace(self._filters, state=following))

    def action_author(self) -> None:
        """The courses of the author under the cursor, or of all authors again."""
        if self._filters.author_id is not None:
            self._narrow(dataclasses.replace(self._filters, author_id=None, author=""))
        elif (card := self._card()) is not None:
            self._narrow(dataclasses.replace(self._filters, author_id=card.author_id, author=card.author))

    def action_show_all(self) -> None:
        """Take all filters away."""
        self._narrow(self._filters.cleared)

    def action_category(self, way: int) -> None:
        """Go to a neighbouring category."""
        if self._counts is not None:
            self._choose((self._category_at() + way) % (len(self._counts.categories) + 1))

    @work(exclusive=True, group="catalog-chooser")
    async def action_filter(self) -> None:
        """Choose a category out of all."""
        if self._counts is None:
            return
        rows = [Row("All", right=count(self._counts.total, "course"))]
        rows += [Row(category.name, right=count(category.courses, "course")) for category in self._counts.categories]
        chosen = await self.app.push_screen_wait(
            ChooseScreen("Categories", rows, cursor=self._category_at(), typed="a part of its name")
        )
        if chosen is not None:
            self._choose(chosen)

    def _choose(self, at: int) -> None:
        if self._counts is not None:
            category = self._counts.categories[at - 1].id if at else None
            self._narrow(dataclasses.replace(self._filters, category_id=category))


def _facts(card: catalog.Card) -> str:
    size = dotted(count(card.chapters, "chapter"), count(card.lessons, "lesson"))
    return dotted(card.author, card.category, size, price(card.price_in_cents, card.currency))


def _row(card: catalog.Card, mine: learning.MyCourse | None, *, enrolled: bool) -> Row:
    size = dotted(count(card.chapters, "chapter"), count(card.lessons, "lesson"))
    paid = card.price_in_cents > 0
    done = card.completed_lessons if mine is None else mine.completed_lessons
    return Row(
        card.title,
        detail=dotted(card.author, card.category, size, "" if paid else "free"),
        right=price(card.price_in_cents, card.currency) if paid else "",
        detail_right=_standing(card, mine) if enrolled else "",
        progress=done / max(1, card.lessons) if enrolled else None,
    )


def _standing(card: catalog.Card, mine: learning.MyCourse | None) -> str:
    """Return where the learner stands in a course of theirs; where `c` leads once it is begun."""
    if (card if mine is None else mine).completed_at is not None:
        return completed(0 if mine is None else mine.new_lessons)
    begun = mine is not None and mine.last_opened_at is not None
    if mine is None or not begun or mine.next_lesson_title is None:
        return "enrolled"
    return f"continue: {shorten(clean_line(mine.next_lesson_title), _LONGEST_TITLE)}"


def _corrected(search: str, corrected: str | None) -> str:
    """Return what the search line says where other words were searched for."""
    return "" if corrected is None else f"nothing for “{shorten(search, 24)}”: showing “{corrected}”"


def _nothing(filters: Filters) -> str:
    """Return what an empty list says, and what to do."""
    if filters.search:
        more = "\nx takes the filters away." if filters != filters.cleared else ""
        return f"No course has all of these words: {filters.search}{more}\nesc in the search line clears it."
    if filters != filters.cleared:
        return "No course here.\nx takes all filters away."
    return "There are no courses yet.\nlms-tui course import PATH brings one in."
