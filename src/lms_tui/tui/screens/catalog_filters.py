"""What the catalog's screen does with its filters: the line that shows them, and the keys that take the next one."""

import dataclasses
from typing import Final
from uuid import UUID

from textual import work

from lms_tui.tui import glyphs
from lms_tui.tui.commands import Command
from lms_tui.tui.listing import Filters
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.category_line import CategoryLine
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.tui.words import count, dotted
from lms_tui.wire import catalog
from lms_tui.wire.text import clean_line

_LONGEST_NAME = 16  # cells of an author's name among the filters
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

CLEAR = Command("catalog.clear", "x", "all courses", "show_all", "Take all filters away; the search stays.")
FILTERING: Final = (
    Command("catalog.filter", "f", "category", "filter", "Choose a category, by typing a part of its name."),
    CLEAR,
    Command("catalog.sort", "s", "sort", "sort", "Order by what fits best, by title, by age or by price."),
    Command("catalog.price", "dollar_sign", "price", "price", "Show all courses, free ones or paid ones."),
    Command(
        "catalog.state", "t", "taken", "state", "Show all courses, not taken, taken or completed ones.", personal=True
    ),
    Command("catalog.author", "a", "author", "author", "Show the courses of this course's author, or of all."),
    Command("catalog.next", "right,l", "next category", "category(1)", "Go to the next category.", shown=False),
    Command(
        "catalog.previous", "left,h", "previous category", "category(-1)", "Go to the previous category.", shown=False
    ),
)
"""In the order in which the bar at the bottom has them."""


class FilteredScreen(FramedScreen[None]):
    """A list of courses under a category, a price, a state, an author and an order."""

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar; nothing is narrowed."""
        super().__init__(*path)
        self._filters = Filters()
        self._counts: catalog.Counts | None = None
        self._categories = CategoryLine()

    def _card(self) -> catalog.Card | None:
        """Return the course under the cursor."""
        raise NotImplementedError

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
