"""What stands beside the catalog's list: of it only the lines are painted that are others than before."""

from uuid import uuid4

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from lms_tui.tui.widgets.about_course import AboutCourse
from lms_tui.tui.widgets.panel import Paragraph

pytestmark = pytest.mark.anyio

LONG: Paragraph = (" ".join(["word"] * 100), "muted")


class Painted(AboutCourse):
    """Notes what it paints again."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[Region] = []

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "Painted":
        self.painted += regions or [Region(0, 0, *self.size)]
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class Beside(App[None]):
    CSS = "Painted { height: 6; width: 22; }"

    def compose(self) -> ComposeResult:
        yield Painted()


async def changed(*steps: tuple[Paragraph, ...]) -> tuple[set[int], list[str]]:
    """Return the lines that are painted when the last of `steps` is shown after the others, and what stands then."""
    app = Beside()
    async with app.run_test(size=(40, 10)) as pilot:
        about = app.query_one(Painted)
        for step in steps:
            await pilot.pause()
            about.painted.clear()
            about.show_course(uuid4(), *step)
        await pilot.pause()
        rows = {y for region in about.painted for y in region.line_range}
        return rows, [about.render_line(y).text.rstrip() for y in range(6)]


async def test_only_the_lines_that_differ_are_painted_and_the_last_one_which_may_be_cut() -> None:
    rows, text = await changed((("Algebra", "strong"), ("Ada", "muted")), (("Algebra", "strong"), ("Ben", "muted")))
    assert (rows, text[:2]) == ({1, 5}, ["Algebra", "Ben"])


async def test_a_line_that_is_gone_is_painted_and_so_is_the_ellipsis() -> None:
    rows, text = await changed((("Algebra", "strong"), LONG), (("Algebra", "strong"), ("word", "muted")))
    assert (rows, text) == ({1, 2, 3, 4, 5}, ["Algebra", "word", "", "", "", ""])
    rows, text = await changed((("One", "strong"),), (LONG,))
    assert rows == set(range(6))
    assert text[5].endswith("…")


async def test_the_same_words_of_another_course_paint_nothing() -> None:
    rows, _ = await changed((("Algebra", "strong"),), (("Algebra", "strong"),))
    assert rows == set()
