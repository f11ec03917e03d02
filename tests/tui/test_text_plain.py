"""A short text in Markdown as its words, in lines that fit."""

import pytest
from rich.cells import cell_len

from lms_tui.tui.text.plain import plain, plain_each


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("You know that **NULL** is `NULL`, and *why*.", ["You know that NULL is NULL, and why."]),
        ("One.\n\nTwo.", ["One.", "", "Two."]),
        ("- one `x`\n- two", ["• one x", "• two"]),
        ("[@click=app.quit]Quit\x1b[2J", ["[@click=app.quit]Quit[2J"]),
        ("2 * 3 * 4, and a_b_c", ["2 * 3 * 4, and a_b_c"]),
        ("", []),
    ],
)
def test_its_marks_are_not_shown_and_its_words_are(text: str, lines: list[str]) -> None:
    assert [*plain(text, 60)] == lines


def test_no_line_is_wider_than_there_is_room() -> None:
    code = "SELECT " + ", ".join(f"column_{number}" for number in range(12))
    lines = [*plain(f"Look:\n\n```\n{code}\n```\n\n{'x' * 50} 中文字 {'y' * 50}", 30)]
    assert all(cell_len(line) <= 30 for line in lines)
    assert "column_11" in "".join(lines)
    assert "".join(lines).count("y") == 50


def test_lines_that_stand_for_themselves_stay_so_and_their_words_are_set_off_from_their_dash() -> None:
    text = "- Read the **part** on joins again\n- Look\x1b[2J\n\nNo `dash`\nhere\n"
    assert [*plain_each(text, 16)] == ["- Read the part", "  on joins again", "- Look[2J", "", "No dash", "here"]
    assert [*plain_each(" \n", 16)] == [""]
