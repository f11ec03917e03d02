"""Plots as plain lines, and the sentences and bars beside them."""

import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from lms_tui.client.zone import local_zone
from lms_tui.rules.statistics import zone_of
from lms_tui.tui import report
from lms_tui.tui.glyphs import ASCII_LOOKALIKES
from lms_tui.tui.plots import bars
from lms_tui.tui.widgets.page import fitted
from lms_tui.tui.words import count

LABELS = tuple(f"{day} Nov" for day in range(1, 13))


def _standing(drawn: list[str]) -> list[int]:
    """Return how many half lines high each column of cells is, behind the axis."""
    margin = drawn[0].index("┤") + 1
    upright = [line[margin:].ljust(max(map(len, drawn))) for line in drawn[:-2]]
    for cells in (columns := ["".join(cells) for cells in zip(*upright, strict=True)]):
        assert re.fullmatch(" *▄?█*", cells), "nothing hangs in the air"
    return [2 * cells.count("█") + cells.count("▄") for cells in columns]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=24), st.integers(60, 100), st.integers(5, 9))
def test_bars_stand_on_the_axis_as_high_as_their_values_and_all_of_one_breadth(
    values: list[int], width: int, height: int
) -> None:
    drawn = bars(tuple(map(float, values)), ("a",) * len(values), width, height, 100.0)
    most = 2 * (height - 2)
    wanted = [max(1, round(value / 100 * most)) if value else 0 for value in values]
    columns = _standing(drawn)
    place = next(size for size in range(8, 0, -1) if size * len(values) <= width - 4)
    breadth = place - (2 if place >= 6 else 1)
    for at, high in enumerate(wanted):
        assert columns[at * place : at * place + breadth] == [high] * breadth
        assert not any(columns[at * place + breadth : (at + 1) * place]), "a gap"


def test_the_axis_is_at_0_and_its_marks_at_the_upper_edge_of_their_lines() -> None:
    drawn = bars((0.0, 5.0, 10.0), ("a", "b", "c"), 40, 6)
    assert [line[:3] for line in drawn] == ["10┤", "  │", " 5┤", "  │", " 0└", "   "]
    assert "█" in drawn[2][9:17]
    assert "█" not in drawn[1][9:17], "5 ends where 5 stands"
    assert re.search(r"a +b +c", drawn[-1])


@pytest.mark.parametrize(("largest", "end"), [(2.2, "2.4"), (10.0, "10"), (7.0, "8"), (0.7, "0.8"), (13.3, "14")])
def test_an_axis_ends_at_a_number_that_can_be_said(largest: float, end: str) -> None:
    assert bars((largest, 0.1), ("a", "b"), 40, 6)[0].startswith(f"{end}┤")


def test_a_plot_holds_no_escape_and_nothing_that_ascii_lacks() -> None:
    for values in ((0.0,) * 12, (0.5,) * 12, tuple(float(7 * at % 11) for at in range(12))):
        text = "\n".join(bars(values, LABELS, 70, 7))
        assert "\x1b" not in text
        assert all(mark.isascii() or mark in ASCII_LOOKALIKES for mark in text)


@example([5e-324], 24)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=53), st.integers(24, 130))
def test_no_line_is_wider_than_asked_for(values: list[float], width: int) -> None:
    labels = tuple(f"{at % 28 + 1} Nov" for at in range(len(values)))
    drawn = bars(tuple(values), labels, width, 7)
    assert len(drawn) <= 7
    assert max(map(cell_len, drawn)) <= width


def test_only_a_share_of_all_is_drawn_on_what_it_is_a_share_of() -> None:
    drawn = [report.bar_line("a lesson", 0.5, "5", 80, of_all=of_all)[1][0] for of_all in (True, False)]
    assert drawn == [" ██████░░░░░░ ", " ██████       "]


def test_what_plots_is_loaded_with_the_first_plot() -> None:
    code = "import sys, lms_tui.tui.report, lms_tui.tui.screens.statistics; print('plotext' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_blocks_stand_beside_each_other_where_there_is_room() -> None:
    blocks = [[[("left", "text")]], [[("right", "text")], [("more", "text")]], [[("third", "text")]]]
    narrow = report.side_by_side(blocks, 80)
    assert [line[0][0] if line else "" for line in narrow] == ["", "left", "", "right", "more", "", "third"]
    wide = report.side_by_side(blocks, 120)
    text = ["".join(piece for piece, _ in line) for line in wide]
    assert text[1].startswith("left")
    assert text[1].endswith("right")
    assert text[1].index("right") == text[2].index("more")


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (35, "35 min"), (60, "1 h"), (860, "14 h 20 min"), (7230, "120 h")]
)
def test_times_in_words(minutes: float, said: str) -> None:
    assert report.duration(minutes) == said


def test_numbers_in_words() -> None:
    assert (report.long_time(5.2), report.long_time(48), report.long_time(744)) == ("5 hours", "2 days", "31 days")
    assert (report.score(None), report.score(73.6), report.of_all(1, 3), report.of_all(0, 0)) == (
        "–",
        "74 %",
        "33 %",
        "–",
    )
    assert (count(6, "day"), count(2, "category"), count(1, "day")) == ("6 days", "2 categories", "1 day")


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_name_fills_its_cells_whatever_it_is_made_of(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width


@pytest.mark.parametrize("named", ["Europe/Warsaw", ":America/New_York", "UTC", "CET-1CEST", "", None])
def test_the_time_zone_of_this_machine_is_one_that_the_service_takes(
    named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named is None:
        monkeypatch.delenv("TZ", raising=False)
    else:
        monkeypatch.setenv("TZ", named)
    found = local_zone()
    assert zone_of(found) is not None
    if named in ("Europe/Warsaw", "UTC"):
        assert found == named
