"""An overview of the courses that one teaches, of all courses for an administrator; Enter opens a course's own."""

from typing import Final

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.course_statistics import CourseStatisticsScreen, Looking
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.statistics import COURSES, CourseLine, Courses, CoursesRequest, CoursesSort

_ORDER = Command("courses.order", "o", "order", "order", "Order by learners, by completed courses or by title.")
_NONE: Final = "You have no courses yet.\nlms-tui course import PATH brings one in."
_ORDERS: Final = {
    CoursesSort.ENROLLED: "most learners first",
    CoursesSort.COMPLETED: "most completed first",
    CoursesSort.TITLE: "by title",
}


class CoursesStatisticsScreen(FramedScreen[None]):
    """A list of any length; rows come as the cursor goes."""

    DEFAULT_CSS = """
    CoursesStatisticsScreen Panel { margin: 1 1 0 0; }
    CoursesStatisticsScreen VirtualList { height: 1fr; margin-top: 1; }
    """
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (_ORDER, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Statistics", "Courses")
        self._sort = CoursesSort.ENROLLED
        self._lines: list[CourseLine] = []
        self._next: str | None = None
        self._sum = Panel()
        self._list = VirtualList(row_height=2, message=_NONE)

    def body(self) -> ComposeResult:
        """Yield the sum of all, and the list."""
        yield self._sum
        yield self._list

    def on_mount(self) -> None:
        """Show the place of the cursor."""
        self.watch(self._list, "cursor", self._show_position, init=False)

    @work(exclusive=True, group="courses-statistics")
    async def load(self) -> None:
        """Ask for the first page."""
        page = await self.fetch(COURSES, self._request(), "" if self._lines else "Counting…")
        if page is not None:
            self._lines, self._next = list(page.courses), page.next
            share = report.of_all(page.completed, page.enrolled)
            self._sum.show(
                (f"{count(page.enrolled, 'enrolment')} in {count(page.total, 'course')}", "strong"),
                (f"{page.completed:,} completed ({share}) {glyphs.DOT} {_ORDERS[self._sort]}", "muted"),
            )
            self._list.set_source(page.total, self._row, cursor=0)
            self._show_position()

    @work(exclusive=True, group="courses-statistics")
    async def on_virtual_list_rows_needed(self, event: VirtualList.RowsNeeded) -> None:
        """Bring the rows that the list is about to show, and those before them."""
        while len(self._lines) <= event.last and self._next is not None:
            try:
                page: Courses = await self.desk.call(COURSES, self._request(after=self._next))
            except ClientError as error:
                self.tell(f"{error.sentence} Move to try again.", "warning")
                break
            self._lines += page.courses
            self._next = page.next
        if self._next is None and len(self._lines) != self._list.count:
            self._list.set_source(len(self._lines), self._row, cursor=self._list.cursor)
        self._list.rows_arrived()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open a course's statistics."""
        if event.index < len(self._lines):
            line = self._lines[event.index]
            self.app.push_screen(CourseStatisticsScreen(Looking(line.id, line.title)))

    def action_order(self) -> None:
        """Go to the next order."""
        orders = list(_ORDERS)
        self._sort = orders[(orders.index(self._sort) + 1) % len(orders)]
        self.load()

    def _request(self, after: str | None = None) -> CoursesRequest:
        return CoursesRequest(sort=self._sort, after=after, size=PageSize.LARGE)

    def _row(self, index: int) -> Row | None:
        return _row(self._lines[index]) if index < len(self._lines) else None

    def _show_position(self) -> None:
        self.set_position(f"{self._list.cursor + 1:,}/{self._list.count:,}" if self._list.count else "")


def _row(line: CourseLine) -> Row:
    state = "archived" if line.archived else "" if line.is_published else "draft"
    took = f"{report.long_time(line.average_hours)} on average" if line.average_hours is not None else ""
    score = f"scores {report.score(line.average_score)}" if line.average_score is not None else ""
    studied = f"{report.duration(line.study_minutes)} studied" if line.study_minutes else ""
    return Row(
        line.title,
        detail=dotted(line.author, state, f"{line.completed:,} completed", took, score, studied),
        right=count(line.enrolled, "learner"),
        dimmed=line.archived,
    )
