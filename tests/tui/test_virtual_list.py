"""The list of any length: what is on the screen, where the cursor goes, what is repainted and what is asked for."""

from collections.abc import Callable

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.message import Message

from lms_tui.tui.widgets.bars import KeyBar, TopBar, bar, percent, shorten
from lms_tui.tui.widgets.virtual_list import Row, VirtualList

pytestmark = pytest.mark.anyio


class Screenful(App[None]):
    """A list alone on the screen, and what it said."""

    def __init__(self, rows: VirtualList) -> None:
        super().__init__()
        self.rows = rows
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.rows

    def on_mount(self) -> None:
        self.rows.focus()

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        self.said.append(message)

    def on_virtual_list_selected(self, message: VirtualList.Selected) -> None:
        self.said.append(message)

    def on_virtual_list_rows_needed(self, message: VirtualList.RowsNeeded) -> None:
        self.said.append(message)

    def lines(self) -> list[str]:
        return [self.rows.render_line(y).text for y in range(self.rows.size.height)]

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.said if type(message) is kind]


def numbered(count: int) -> list[Row]:
    return [Row(f"Course {at}", detail=f"detail {at}") for at in range(count)]


async def test_a_card_has_the_two_lines_of_the_wireframe() -> None:
    app = Screenful(VirtualList(row_height=2))
    async with app.run_test(size=(80, 24)):
        card = Row("Relational databases", "M. Codd · free", detail_right="continue: Joins", progress=0.61)
        app.rows.set_rows([card, Row("Query plans", right="49.00 USD")])
        first, second, third, *_ = app.lines()
        assert first == "▌Relational databases" + " " * 42 + "██████░░░░  61 % "
        assert second.startswith("▌  M. Codd · free ")
        assert second.endswith(" continue: Joins ")
        assert third.startswith(" Query plans ")
        assert third.endswith(" 49.00 USD ")


async def test_foreign_text_is_cleaned_and_no_line_leaves_the_screen() -> None:
    app = Screenful(VirtualList(row_height=2))
    async with app.run_test(size=(40, 10)):
        app.rows.set_rows(
            [Row("[@click=app.bell]x[/]\x1b[31m\n漢字" * 9, "d\x9b" * 80, "r" * 90, "q" * 90, mark="✓")] * 9
        )
        for line in app.lines():
            assert cell_len(line) == 40
            assert line.isprintable()
        assert "[@click=app.bell]x[/][31m" in app.lines()[0]
        assert "…" in app.lines()[0]


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (["down", "down", "up"], 1),
        (["j", "j", "k"], 1),
        (["up"], 0),
        (["end"], 99_999),
        (["G", "g"], 0),
        (["end", "down"], 99_999),
        (["end", "home"], 0),
        (["pagedown"], 23),
        (["space", "space"], 46),
        (["pagedown", "pageup"], 0),
        (["G", "b"], 99_976),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_on_the_screen(keys: list[str], cursor: int) -> None:
    app = Screenful(VirtualList())
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.set_source(100_000, lambda index: Row(f"Course {index}"))
        await pilot.press(*keys)
        assert app.rows.cursor == cursor
        assert f"▌Course {cursor} " in [line[: len(f"▌Course {cursor} ")] for line in app.lines()]


async def test_a_move_repaints_two_rows_and_of_these_the_title_only(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Screenful(VirtualList(row_height=2))
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.set_rows(numbered(50))
        await pilot.pause()
        painted: list[Region] = []
        refresh = app.rows.refresh

        def note(*regions: Region, **kwargs: bool) -> VirtualList:
            painted.extend(regions or [app.rows.size.region])
            return refresh(*regions, **kwargs)

        monkeypatch.setattr(app.rows, "refresh", note)
        await pilot.press("down")
        assert {region.y for region in painted} == {0, 2}
        assert max(region.right for region in painted) == len("▌Course 0")


async def test_headings_are_passed_over_and_the_first_comes_back_into_sight() -> None:
    app = Screenful(VirtualList())
    async with app.run_test(size=(80, 6)) as pilot:
        rows = [Row("Chapter 1", heading=True), Row("a"), Row("Chapter 2", heading=True), Row("b"), *numbered(20)]
        app.rows.set_rows(rows)
        assert app.rows.cursor == 1
        await pilot.press("down")
        assert app.rows.cursor == 3
        await pilot.press("up", "up")
        assert app.rows.cursor == 1
        await pilot.press("end", *["up"] * 30)
        assert app.rows.cursor == 1
        assert app.lines()[0].startswith(" Chapter 1")


async def test_a_heading_that_can_be_reached_is_stood_on_and_clicked() -> None:
    app = Screenful(VirtualList())
    async with app.run_test(size=(80, 6)) as pilot:
        rows = [Row("a"), Row("", heading=True), Row("Chapter 2", heading=True, reachable=True), Row("b")]
        app.rows.set_rows(rows)
        await pilot.press("down")
        assert app.rows.cursor == 2
        assert app.lines()[2].startswith("▌Chapter 2")
        await pilot.press("down")
        assert app.rows.cursor == 3
        await pilot.click(VirtualList, offset=(5, 2))
        assert app.rows.cursor == 2


async def test_only_headings_leave_nothing_to_stand_on() -> None:
    app = Screenful(VirtualList())
    async with app.run_test() as pilot:
        app.rows.set_rows([Row("Chapter", heading=True)])
        await pilot.press("down", "up", "enter", "end", "pagedown")
        assert app.rows.cursor == -1
        assert app.of(VirtualList.Selected) == []


async def test_enter_and_a_click_select_and_the_wheel_moves() -> None:
    app = Screenful(VirtualList(row_height=2))
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.set_rows(numbered(50))
        await pilot.press("down", "enter")
        await pilot.click(VirtualList, offset=(5, 7))
        await pilot.click(VirtualList, offset=(5, 6))
        assert [message.index for message in app.of(VirtualList.Selected)] == [1, 3, 3]  # type: ignore[attr-defined]
        assert app.rows.scroll_offset.y == 0
        wheel = MouseScrollDown(app.rows, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False)
        app.rows.post_message(wheel)
        await pilot.pause()
        assert app.rows.cursor == 6


async def test_missing_rows_show_calmly_and_are_asked_for_once() -> None:
    there: dict[int, Row] = {}
    app = Screenful(VirtualList())
    async with app.run_test(size=(80, 10)) as pilot:
        app.rows.set_source(1000, there.get)
        await pilot.pause()
        assert {line.strip(" ▌") for line in app.lines()} == {"…"}
        await pilot.press("down", "down", "enter")
        asked = app.of(VirtualList.RowsNeeded)
        assert [(one.first, one.last) for one in asked] == [(0, 20)]  # type: ignore[attr-defined]
        assert app.of(VirtualList.Selected) == []
        there.update({at: Row(f"Course {at}") for at in range(21)})
        app.rows.rows_arrived()
        await pilot.pause()
        assert app.lines()[2].startswith("▌Course 2")
        await pilot.press("end")
        assert (app.of(VirtualList.RowsNeeded)[-1].last) == 999  # type: ignore[attr-defined]


async def test_an_empty_list_shows_its_message() -> None:
    app = Screenful(VirtualList(message="Nothing found.\nesc clears the search"))
    async with app.run_test(size=(40, 6)) as pilot:
        assert [line.strip() for line in app.lines()[:3]] == ["", "Nothing found.", "esc clears the search"]
        app.rows.set_message("Loading\x1b[2J")
        assert app.lines()[1].strip() == "Loading[2J"
        await pilot.press("down", "end", "enter", "space")
        assert app.rows.cursor == -1


async def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    app = Screenful(VirtualList())
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.set_rows(numbered(100))
        await pilot.press(*["down"] * 20)
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert any(line.startswith("▌Course 20") for line in app.lines())


def test_a_row_has_one_to_three_lines() -> None:
    with pytest.raises(ValueError, match="row_height is 4"):
        VirtualList(row_height=4)


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [(0, "░░░░░"), (0.001, "█░░░░"), (0.5, "██░░░"), (0.999, "████░"), (1, "█████"), (7, "█████")],
)
def test_a_bar_never_lies_about_its_ends(fraction: float, drawn: str) -> None:
    assert bar(fraction, 5) == drawn


def test_per_cent_is_full_only_when_all_is_done() -> None:
    assert [percent(part) for part in (0, 0.61, 0.999, 1, -1)] == ["  0 %", " 61 %", " 99 %", "100 %", "  0 %"]


def test_shortening_counts_cells() -> None:
    assert shorten("漢字漢字", 5) == "漢字…"
    assert shorten("abc", 3) == "abc"
    assert shorten("abc", 0) == ""


class Bars(App[None]):
    def compose(self) -> ComposeResult:
        yield TopBar(["Relational databases from the ground up", "4 Joins", "Check yourself"], "● saved 14:02")
        yield KeyBar([("up,down", "move"), ("enter", "open"), ("c", "continue"), ("question_mark", "help")], "3/128")


def _text(app: App[None], selector: str) -> str:
    return app.query_one(selector).render_line(0).text


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
async def test_the_bars_fit_any_width(width: int) -> None:
    app = Bars()
    async with app.run_test(size=(width, 10)):
        assert cell_len(_text(app, "TopBar")) == width
        assert cell_len(_text(app, "KeyBar")) == width
        assert _text(app, "KeyBar").endswith("3/128 ")
        keys = _text(app, "KeyBar").removesuffix("3/128 ")
        assert keys.strip() == "" or keys.rstrip().endswith("? help")
        if width >= 40:
            assert _text(app, "TopBar").endswith("● saved 14:02 ")


async def test_the_keys_have_the_room_that_the_position_does_not_need() -> None:
    app = Bars()
    async with app.run_test(size=(30, 10)) as pilot:
        bar = app.query_one(KeyBar)
        for position, room in (("3/128", 21), ("4/128", 21), ("99,999/100,000", 15), ("", 30)):
            bar.set_position(position)
            await pilot.pause()
            assert _text(app, "KeyBar")[room:].lstrip() == (f"{position} " if position else "")
            assert "? help" in _text(app, "KeyBar")[:room]


async def test_a_heading_of_a_list_of_two_lines_stands_on_the_group_under_it() -> None:
    rows = [Row("First", detail="one"), Row("Planets", heading=True), Row("Mars", detail="red")]
    app = Screenful(VirtualList(row_height=2))
    async with app.run_test(size=(30, 10)) as pilot:
        app.query_one(VirtualList).set_rows(rows)
        await pilot.pause()
        shown = [app.query_one(VirtualList).render_line(y).text.strip(" ▌") for y in range(6)]
        assert shown == ["First", "one", "", "Planets", "Mars", "red"]


_PATHS: list[tuple[int, Callable[[str], bool]]] = [
    (120, lambda text: "ground up › 4 Joins › Check yourself" in text),
    (80, lambda text: "ground up › 4 Joins › Check" in text or "ground up › … › Check yourself" in text),
    (40, lambda text: text.startswith(" … › Check your")),
]


@pytest.mark.parametrize(("width", "holds"), _PATHS)
async def test_the_middle_of_the_path_goes_first(width: int, holds: Callable[[str], bool]) -> None:
    app = Bars()
    async with app.run_test(size=(width, 10)):
        assert holds(_text(app, "TopBar")), _text(app, "TopBar")
