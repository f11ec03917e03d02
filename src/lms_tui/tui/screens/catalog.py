"""The catalog: search as you type, categories, order, free or paid, and a list of any length."""

import asyncio
import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from lms_tui.client.errors import ClientError
from lms_tui.tui.catalog_words import corrected_words, course_row, facts, nothing
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.content import joined
from lms_tui.tui.listing import Listing
from lms_tui.tui.screens.catalog_filters import CLEAR, FILTERING, FilteredScreen
from lms_tui.tui.screens.opening import open_course, resume_course
from lms_tui.tui.widgets.about_course import AboutCourse
from lms_tui.tui.widgets.search_line import SearchLine
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire import catalog, learning

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
_CONTINUE = Command("catalog.continue", "c", "continue", "resume", "Go on in the course under the cursor.")
_SEARCH = Command("catalog.search", "slash", "search", "search", "Search in titles, descriptions and names of authors.")
_TO_LIST = Command("catalog.to_list", "enter,down", "to the list", "to_list", "Go from the search into the list.")
_EMPTY = Command("catalog.empty", "escape", "clear", "clear", "Empty the search line; where it is empty, leave it.")


class CatalogScreen(FilteredScreen):
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
        _SEARCH,
        *FILTERING,
        _TO_LIST,
        _EMPTY,
        BACK,
    )

    def __init__(self, mine: Iterable[learning.MyCourse] | None = None) -> None:
        """Make the screen; it loads by itself. `mine` are the learner's own courses, None while nobody knows them.

        They tell more than the cards, and stay true when the learner comes back from a course: the pages are not
        asked for again then.
        """
        super().__init__("lms-tui", "Catalog")
        self._mine = None if mine is None else {course.id: course for course in mine}
        self._listing = Listing(self._filters)
        self._asking = False
        self._typed: Timer | None = None
        self._thumbnails: Thumbnails | None = None
        self._words = SearchLine(select_on_focus=False)
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
        if command in {_TO_LIST, _EMPTY, BACK}:  # in the search line these keys are its own
            return (self.focused is self._words) == (command is not BACK)
        if command is _SEARCH:
            return self.focused is not self._words
        if command is CLEAR:
            return self._filters != self._filters.cleared
        if command is _CONTINUE:
            card = self._card()
            return card is not None and self._enrolled(card)
        return super().allows(command)

    def on_mount(self) -> None:
        """Show the position and the description of the course that the cursor comes to."""
        self.watch(self._courses, "cursor", self._show_here, init=False)

    def on_screen_resume(self) -> None:
        """Ask anew where the learner stands: a lesson may have been done."""
        if self._counts is not None:
            self._ask_mine()

    def came_in(self) -> None:
        """Ask where the one who has signed in stands: the courses are the same, and so is the place in the list."""
        self._thumbnails = None  # they were a guest's
        if self._failed or self._counts is None:
            self.load()
        else:
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
        there = 0 if counts is None else counts.matching
        listing = self._listing = Listing(found, there, is_counted=counts is not None)
        listing.take_first(page.courses, page.next)
        self._words.border_subtitle = joined(corrected_words(filters.search, page.corrected))
        self._courses.set_message(nothing(filters))
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
            page = await self.desk.call(catalog.PAGE, request)
            listing.take(request, page.courses, page.next, page.previous)
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
        card = self._listing.item(index)
        if card is None:
            return None
        return course_row(card, self._mine.get(card.id) if self._mine else None, enrolled=self._enrolled(card))

    def _enrolled(self, card: catalog.Card) -> bool:
        return card.enrolled if self._mine is None else card.id in self._mine

    def _card(self) -> catalog.Card | None:
        cursor = self._courses.cursor
        return self._listing.item(cursor) if cursor >= 0 else None

    def _show_here(self) -> None:
        """Show the position, and beside the list the course under the cursor."""
        cursor, card, listing = self._courses.cursor, self._card(), self._listing
        self.set_position(f"{cursor + 1}/{listing.count if listing.is_counted else '…'}" if listing.count else "")
        if card is not None and self.has_class("-wide"):
            words = ((card.title, "strong"), (facts(card), "muted"), ("", "text"), (card.description, "text"))
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

    def on_input_changed(self) -> None:
        """Search as soon as the typing pauses."""
        if self._typed is not None:
            self._typed.stop()
        self._typed = self.set_timer(_DEBOUNCE, self._search)

    def _search(self) -> None:
        self._narrow(dataclasses.replace(self._filters, search=" ".join(self._words.value.split())))

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open the course."""
        if (card := self._listing.item(event.index)) is not None:
            open_course(self.lms, card.id, card.title)

    @work(exclusive=True, group="catalog-resume")
    async def action_resume(self) -> None:
        """Go on in the course under the cursor."""
        if (card := self._card()) is not None:
            await resume_course(self, card.id, card.title)

    def action_search(self) -> None:
        """Go to the search line."""
        self.set_focus(self._words)

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
