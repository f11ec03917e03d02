"""Sentences are wrapped by cells, not by letters."""

import pytest
from rich.cells import cell_len

from lms_tui.tui.wrapping import wrapped


@pytest.mark.parametrize(
    "text", ["words and words and more of them", "数据库入门数据库入门", "of 数据库 and 入门 in one", ""]
)
def test_no_line_is_wider_than_the_room_and_nothing_is_lost(text: str) -> None:
    lines = wrapped(text, 9)
    assert all(cell_len(line) <= 9 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
