"""The rows of a list that the service gives page by page, of which only those near the screen have arrived.

Pages come by key, not by number, so the rows known are a head, which grows from the first, and a tail, which begins
with the last page (the End key) and grows backwards until the two meet. Nothing here asks or waits.
"""

from collections.abc import Sequence
from copy import copy
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from lms_tui.wire.catalog import PageSize


class PageAsk(Protocol):
    """What a request for a page has besides its filters, as `wire.catalog.PageRequest` tells."""

    after: str | None
    before: str | None
    last: bool
    size: PageSize


class HasId(Protocol):
    """What a row is of."""

    id: UUID


Ask = TypeVar("Ask", bound=PageAsk)
Item = TypeVar("Item", bound=HasId)


class Paging(Generic[Ask, Item]):
    """The rows of one search: `count` of them by what the service counted, which may be up to a minute old.

    Where the pages show that there are more or fewer, `count` follows the pages.
    """

    def __init__(self, first: Ask, count: int = 0, *, is_counted: bool = False) -> None:
        """Begin with nothing of the list whose first page the request `first` asks for."""
        self.first, self.count, self.is_counted = first, count, is_counted
        """`is_counted`: whether `count` is all there are; before, it is one more than have arrived where more follow.
        """
        self._head: list[Item] = []
        self._tail: list[Item] = []
        self._next: str | None = None
        self._previous: str | None = None

    def take_first(self, items: Sequence[Item], following: str | None) -> None:
        """Take the first page over; `following` is where the next one begins."""
        self._head, self._next = list(items), following
        self._settle()

    def expect(self, count: int) -> None:
        """Take over what the service counted; the pages that are here know better where they have an end."""
        self.count, self.is_counted = count, True
        self._settle()

    def item(self, index: int) -> Item | None:
        """Return what the row `index` is of, None when it has not arrived."""
        if 0 <= index < len(self._head):
            return self._head[index]
        back = self.count - index
        return self._tail[-back] if 0 < back <= len(self._tail) else None

    def put(self, item: Item) -> bool:
        """Put `item` where it was before; return whether it was there."""
        for items in (self._head, self._tail):
            for at, one in enumerate(items):
                if one.id == item.id:
                    items[at] = item
                    return True
        return False

    def wanted(self, first: int, last: int) -> Ask | None:
        """Return the request that brings the rows `first` to `last` nearer; None when all of them are there."""
        missing = [index for index in range(first, min(last, self.count - 1) + 1) if self.item(index) is None]
        if not missing:
            return None
        from_head = missing[0] - len(self._head)
        from_tail = self.count - len(self._tail) - 1 - missing[-1]
        if self._next is not None and (from_head <= from_tail or from_head < self.first.size):
            return self._ask(after=self._next)
        if self._previous is not None:
            return self._ask(before=self._previous)
        return self._ask(last=True)

    def _ask(self, after: str | None = None, before: str | None = None, *, last: bool = False) -> Ask:
        ask = copy(self.first)
        ask.after, ask.before, ask.last = after, before, last
        return ask

    def take(self, ask: Ask, items: Sequence[Item], following: str | None, preceding: str | None) -> None:
        """Take over the reply to a request of `wanted`; one that came twice or too late changes nothing."""
        if ask.after is not None and ask.after == self._next:
            self._head += items
            self._next = following
        elif ask.before is not None and ask.before == self._previous:
            self._tail[:0] = items
            self._previous = preceding
        elif ask.last and not self._tail:
            self._tail, self._previous = list(items), preceding
        self._settle()

    def _settle(self) -> None:
        """Join head and tail where they meet, and make `count` what the pages show."""
        if self._tail and self._previous is None:
            self._head, self._next, self._tail = self._tail, None, []
        if self._tail and len(self._head) + len(self._tail) >= self.count - PageSize.LARGE:
            known = {item.id for item in self._head}
            if any(item.id in known for item in self._tail):
                self._head += [item for item in self._tail if item.id not in known]
                self._next, self._previous, self._tail = None, None, []
        if self._next is None:
            self._tail, self._previous, self.count, self.is_counted = [], None, len(self._head), True
        else:  # something follows the head, so there is at least one row more than those that are here
            self.count = max(self.count, len(self._head) + len(self._tail) + 1)
