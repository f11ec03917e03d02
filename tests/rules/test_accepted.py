"""What a blank accepts."""

import pytest

from lms_tui.rules.accepted import accepts, matches_pattern


@pytest.mark.parametrize(
    ("accepted", "typed", "right"),
    [
        ("Left  Join", " ｌeft join ", True),
        ("Straße", "STRASSE", True),
        ("Μαΐου", "ΜΑΪ\u0301ΟΥ", True),  # its capital has no letter of its own: made one again behind the folding
        ("join", "joins", False),
        ("join", "  ", False),
        ("#3:0.5", "3,5", True),
        ("#3:0.5", "3.51", False),
        ("#1..5", "5", True),
        ("#1..5", "0.999", False),
        ("#1.5", "1,5", True),
        ("#1,5", "1.5", False),
        ("#1,5", "#1,5", True),
        ("#3", "three", False),
        ("#5..1", "3", False),
        ("#5..1", "#5..1", True),
        ("#include", "#INCLUDE", True),
        ("#~left * join", "Left outer JOIN", True),
        ("#~left * join", "left join", False),
        ("#~a*b*a", "aba", True),
        ("#~aba*aba", "aba", False),
        ("#~#3", "#3", True),
    ],
)
def test_what_a_blank_accepts(accepted: str, typed: str, right: bool) -> None:
    assert accepts(accepted, typed) is right


def test_many_stars_end_at_once() -> None:
    assert not matches_pattern("a*" * 5_000 + "b", "a" * 10_000)
