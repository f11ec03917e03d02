"""The rows of a search from both ends, with counts that may be a minute old."""

from uuid import UUID

import pytest

from lms_tui.tui.listing import Filters, Listing
from lms_tui.wire.catalog import Card, Page, PageRequest


def _card(number: int) -> Card:
    return Card(
        id=UUID(int=number),
        title=f"Course {number}",
        description="",
        author="",
        author_id=UUID(int=2),
        category_id=UUID(int=0),
        category="",
        chapters=0,
        lessons=0,
        price_in_cents=0,
        currency="usd",
        enrolled=False,
        completed_lessons=0,
        completed_at=None,
    )


def _page(there: int, ask: PageRequest) -> Page:
    """Answer as the service does, for `there` courses; a key is the number of a course."""
    if ask.last or ask.before is not None:
        end = there if ask.before is None else int(ask.before)
        start = max(0, end - ask.size)
    else:
        start = 0 if ask.after is None else int(ask.after) + 1
        end = min(there, start + ask.size)
    cards = [_card(number) for number in range(start, end)]
    return Page(
        courses=cards,
        corrected=None,
        next=str(end - 1) if cards and end < there else None,
        previous=str(start) if cards and start > 0 else None,
    )


def _see(listing: Listing, there: int, first: int, last: int) -> int:
    """Bring the rows into sight; return how many calls it took."""
    calls = 0
    while (ask := listing.wanted(first, last)) is not None:
        page = _page(there, ask)
        listing.take(ask, page.courses, page.next, page.previous)
        calls += 1
        assert calls < 50
    return calls


def _titles(listing: Listing) -> list[str | None]:
    cards = [listing.item(at) for at in range(listing.count)]
    return [None if card is None else card.title for card in cards]


def _listing(there: int, counted: int) -> Listing:
    listing = Listing(Filters(), counted)
    page = _page(there, listing.first)
    listing.take_first(page.courses, page.next)
    return listing


@pytest.mark.parametrize("counted", [0, 229, 230, 231, 400])
def test_all_rows_come_whatever_the_count_said(counted: int) -> None:
    listing = _listing(230, counted)
    at = 0
    while at < listing.count:
        _see(listing, 230, at, at + 9)
        at += 10
    assert _titles(listing) == [f"Course {number}" for number in range(230)]


@pytest.mark.parametrize("counted", [229, 230, 231])
def test_from_the_last_backwards_until_both_ends_meet(counted: int) -> None:
    listing = _listing(230, counted)
    assert _see(listing, 230, counted - 9, counted - 1) == 1
    last = listing.item(listing.count - 1)
    assert last is not None
    assert last.title == "Course 229"
    for at in range(listing.count, -1, -10):
        _see(listing, 230, max(0, at - 9), at)
    assert _titles(listing) == [f"Course {number}" for number in range(230)]


def test_the_end_of_a_hundred_thousand_is_one_call_away() -> None:
    listing = _listing(100_000, 100_000)
    assert _see(listing, 100_000, 99_980, 99_999) == 1
    assert listing.item(50_000) is None


def test_nothing_found_and_a_reply_that_came_twice() -> None:
    empty = _listing(0, 7)
    assert empty.count == 0
    listing = _listing(120, 120)
    ask = listing.wanted(40, 60)
    assert ask is not None
    for _ in range(2):
        page = _page(120, ask)
        listing.take(ask, page.courses, page.next, page.previous)
    _see(listing, 120, 0, 119)
    assert _titles(listing) == [f"Course {number}" for number in range(120)]
