"""The courses of one search in the catalog, of which only those near the screen have arrived.

Pages come by key, not by number, so the courses known are a head, which grows from the first, and a tail, which
begins with the last page (the End key) and grows backwards until the two meet. Nothing here asks or waits.
"""

from dataclasses import dataclass, field
from uuid import UUID

from msgspec import structs

from lms_tui.wire.catalog import Card, CountsRequest, Page, PageRequest, PageSize, Price, Sort, State


@dataclass(frozen=True, slots=True)
class Filters:
    """What the learner looks for."""

    search: str = ""
    category_id: UUID | None = None
    sort: Sort = Sort.RELEVANCE
    price: Price = Price.ALL
    state: State = State.ALL
    author_id: UUID | None = None
    author: str = ""
    """The name of `author_id`, to be shown."""

    @property
    def order(self) -> Sort:
        """The order that the list has: without a search there is no relevance."""
        return Sort.TITLE if self.sort is Sort.RELEVANCE and not self.search else self.sort

    @property
    def cleared(self) -> "Filters":
        """The same search and order, narrowed by nothing."""
        return Filters(search=self.search, sort=self.sort)

    def first_page(self) -> PageRequest:
        """Return the request for the first page."""
        return PageRequest(
            search=self.search,
            category_id=self.category_id,
            author_id=self.author_id,
            sort=self.sort,
            price=self.price,
            state=self.state,
        )

    def counts(self) -> CountsRequest:
        """Return the request for the numbers."""
        return CountsRequest(
            search=self.search,
            category_id=self.category_id,
            author_id=self.author_id,
            price=self.price,
            state=self.state,
        )


@dataclass(slots=True)
class Listing:
    """The rows of `filters`: `count` of them by what the service counted, which may be up to a minute old.

    Where the pages show that there are more or fewer, `count` follows the pages.
    """

    filters: Filters
    count: int
    is_counted: bool = False
    """Whether `count` is all there are; before, it is one more than have arrived where more follow."""
    _head: list[Card] = field(default_factory=list)
    _tail: list[Card] = field(default_factory=list)
    _next: str | None = None
    _previous: str | None = None

    def take_first(self, page: Page) -> None:
        """Take the first page over."""
        self._head, self._next = list(page.courses), page.next
        self._settle()

    def expect(self, count: int) -> None:
        """Take over what the service counted; the pages that are here know better where they have an end."""
        self.count, self.is_counted = count, True
        self._settle()

    def card(self, index: int) -> Card | None:
        """Return the course at `index`, None when it has not arrived."""
        if index < len(self._head):
            return self._head[index]
        back = self.count - index
        return self._tail[-back] if 0 < back <= len(self._tail) else None

    def wanted(self, first: int, last: int) -> PageRequest | None:
        """Return the request that brings the rows `first` to `last` nearer; None when all of them are there."""
        missing = [index for index in range(first, min(last, self.count - 1) + 1) if self.card(index) is None]
        if not missing:
            return None
        request = self.filters.first_page()
        from_head = missing[0] - len(self._head)
        from_tail = self.count - len(self._tail) - 1 - missing[-1]
        if self._next is not None and (from_head <= from_tail or from_head < request.size):
            return structs.replace(request, after=self._next)
        if self._previous is not None:
            return structs.replace(request, before=self._previous)
        return structs.replace(request, last=True)

    def take(self, request: PageRequest, page: Page) -> None:
        """Take over the reply to a request of `wanted`; one that came twice or too late changes nothing."""
        if request.after is not None and request.after == self._next:
            self._head += page.courses
            self._next = page.next
        elif request.before is not None and request.before == self._previous:
            self._tail[:0] = page.courses
            self._previous = page.previous
        elif request.last and not self._tail:
            self._tail, self._previous = list(page.courses), page.previous
        self._settle()

    def _settle(self) -> None:
        """Join head and tail where they meet, and make `count` what the pages show."""
        if self._tail and self._previous is None:
            self._head, self._next, self._tail = self._tail, None, []
        if self._tail and len(self._head) + len(self._tail) >= self.count - PageSize.LARGE:
            known = {card.id for card in self._head}
            if any(card.id in known for card in self._tail):
                self._head += [card for card in self._tail if card.id not in known]
                self._next, self._previous, self._tail = None, None, []
        if self._next is None:
            self._tail, self._previous, self.count, self.is_counted = [], None, len(self._head), True
        else:  # something follows the head, so there is at least one row more than those that are here
            self.count = max(self.count, len(self._head) + len(self._tail) + 1)
