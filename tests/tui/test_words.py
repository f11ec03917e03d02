"""How numbers, prices and states are said."""

import pytest

from lms_tui.tui.words import completed, count, price


@pytest.mark.parametrize(
    ("cents", "currency", "said"),
    [
        (9900, "usd", "99.00 USD"),
        (5, "eur", "0.05 EUR"),
        (123_456_789, "usd", "1,234,567.89 USD"),
        (0, "usd", "free"),
        (-1, "usd", "free"),
    ],
)
def test_prices(cents: int, currency: str, said: str) -> None:
    assert price(cents, currency) == said


def test_numbers_and_what_is_new() -> None:
    assert [count(1, "lesson"), count(2, "lesson"), count(0, "query")] == ["1 lesson", "2 lessons", "0 queries"]
    assert [completed(0), completed(1), completed(2)] == [
        "completed",
        "completed, 1 new lesson",
        "completed, 2 new lessons",
    ]
