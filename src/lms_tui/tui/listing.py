"""What is looked for in the catalog, and the courses of one search in it."""

from dataclasses import dataclass
from uuid import UUID

from lms_tui.tui.paging import Paging
from lms_tui.wire.catalog import Card, CountsRequest, PageRequest, Price, Sort, State


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


class Listing(Paging[PageRequest, Card]):
    """The courses of `filters`."""

    def __init__(self, filters: Filters, count: int = 0, *, is_counted: bool = False) -> None:
        """Begin with nothing of what is looked for."""
        super().__init__(filters.first_page(), count, is_counted=is_counted)
        self.filters = filters
