"""The courses that one teaches: drafts, published and archived ones, with how many are enrolled; a list of any length.

An author has their own here, an administrator everybody's. Pages come as the cursor goes, by number.
"""

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.course_words import state
from lms_tui.tui.screens.acting import ActingScreen
from lms_tui.tui.screens.opening import open_course, open_preview
from lms_tui.tui.screens.searching import SearchingScreen
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted, price
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.courses import LIST, ListRequest, ManagedCourse, ManagedCourses

_SIZE = PageSize.LARGE
_NONE = "You have no courses yet.\nlms-tui course import PATH brings one in."

_PREVIEW = Command(
    "teach.preview", "v", "preview", "preview", "Meet the course as its learners do; nothing is recorded."
)
_OPEN = Command("teach.open", "o", "open", "open", "Open the course as a learner yourself, if it is published.")
_STATISTICS = Command("teach.statistics", "s", "statistics", "statistics", "Show how this course's learners fare.")
_PUBLISH = Command(
    "teach.publish", "p", "publish", "act('publish')", "Publish the course; it says first what it lacks."
)
_DRAFT = Command("teach.draft", "p", "draft", "act('draft')", "Make the course a draft; it says what that touches.")
_ARCHIVE = Command("teach.archive", "x", "archive", "act('archive')", "Archive the course; it says what that touches.")
_RESTORE = Command("teach.restore", "u", "restore", "act('restore')", "Take the course out of the archive.")
_PRICE = Command("teach.price", "e", "price", "act('price')", "Set what the course costs.")
_MOVE = Command("teach.move", "c", "category", "act('move')", "Move the course to another category.", shown=False)
_LET_IN = Command("teach.let_in", "a", "let in", "act('let_in')", "Let people into the course.", shown=False)
_LEARNERS = Command(
    "teach.learners", "l", "learners", "learners", "Show who takes the course, and let people in or out."
)
_HAND_OVER = Command(
    "teach.hand_over", "h", "hand over", "act('hand_over')", "Make somebody else its author.", shown=False
)
_SEARCH = Command("teach.search", "slash", "search", "search", "Search for words in titles and descriptions.")


class TeachScreen(SearchingScreen, ActingScreen[None, str]):
    """All courses that the person manages; `course` is the one under the cursor."""

    DEFAULT_CSS = """
    TeachScreen VirtualList { height: 1fr; margin-top: 1; }
    TeachScreen.-searching VirtualList { margin-top: 0; }
    """
    SCREEN_COMMANDS = (
        *(_PREVIEW, _OPEN, _PUBLISH, _DRAFT, _ARCHIVE, _RESTORE, _LEARNERS, _STATISTICS, _PRICE, _SEARCH, _MOVE),
        *(_LET_IN, _HAND_OVER, BACK),
    )

    def __init__(self, *path: str) -> None:
        """Make the screen with `path` in its top bar; it loads by itself."""
        super().__init__(*(path or ("lms-tui", "Teaching")))
        self._search, self._total = "", -1
        self._courses: dict[int, ManagedCourse] = {}
        self._asking: set[int] = set()
        self._list = VirtualList(row_height=2)

    @property
    def course(self) -> ManagedCourse | None:
        """The course under the cursor, if it has arrived."""
        return self._courses.get(self._list.cursor)

    def body(self) -> ComposeResult:
        """Yield the line to search in, which shows when it is wanted, and the list."""
        yield self.search_line()
        yield self._list

    def allows(self, command: Command) -> bool:
        """Offer what needs a course only where one is."""
        if command.id.startswith("teach.") and (self._total < 0 or self._failed):
            return False
        if command is _SEARCH:
            return self.focused is not self._words
        if command is _PREVIEW:
            return self.course is not None
        if command is _OPEN:
            return self.course is not None and state(self.course) == "published"
        if command.action.startswith("act("):
            return self._allows_act(command)
        if command in (_STATISTICS, _LEARNERS):
            return self.course is not None
        return super().allows(command)

    def _allows_act(self, command: Command) -> bool:
        """Offer what can be done to the course under the cursor as it stands."""
        course = self.course
        if course is None or self.acting or self.focused is self._words:
            return False
        if command is _HAND_OVER:
            return self.lms.is_admin
        fits = {
            _PUBLISH: not course.is_published and not course.archived,
            _DRAFT: course.is_published and not course.archived,
            _ARCHIVE: not course.archived,
            _RESTORE: course.archived,
        }
        return fits.get(command, True)

    def on_mount(self) -> None:
        """Show the position of the cursor, and what can be done with the course under it."""
        self.watch(self._list, "cursor", self._show_here, init=False)

    def on_screen_resume(self) -> None:
        """Ask anew when one comes back: the course may be another now."""
        if self._total >= 0:
            self.load()

    @work(exclusive=True, group="teach")
    async def load(self) -> None:
        """Ask for the page around the cursor; the old list stays until it is there."""
        search, first = self._search, self._total < 0
        offset = _page_of(max(0, self._list.cursor)) if not first else 0
        page = await self.fetch(LIST, _request(search, offset), "Opening your courses…" if first else "")
        if page is not None and search == self._search:
            self._courses.clear()
            self._take(offset, page)
            self._list.set_message(f"No course has all of these words: {search}" if search else _NONE)
            self._list.set_source(page.total, self._row, cursor=max(0, self._list.cursor))
            self._show_here()

    def on_virtual_list_rows_needed(self, event: VirtualList.RowsNeeded) -> None:
        """Bring the rows that the list is about to show."""
        for offset in range(_page_of(event.first), event.last + 1, _SIZE):
            if offset not in self._asking and offset not in self._courses:
                self._bring(self._search, offset)

    @work(group="teach-pages")
    async def _bring(self, search: str, offset: int) -> None:
        self._asking.add(offset)
        try:
            page = await self.desk.call(LIST, _request(search, offset))
        except ClientError as error:
            self.tell(f"{error.sentence} Move to try again.", "warning")
            return
        finally:
            self._asking.discard(offset)
        if search == self._search:
            self._take(offset, page)
            if page.total != self._list.count:
                self._list.set_source(page.total, self._row, cursor=self._list.cursor)
            self._list.rows_arrived()
            self._show_here()

    def _take(self, offset: int, page: ManagedCourses) -> None:
        self._total = page.total
        self._courses |= dict(enumerate(page.courses, offset))

    def _row(self, index: int) -> Row | None:
        course = self._courses.get(index)
        return None if course is None else _row(course)

    def _show_here(self) -> None:
        self.set_position(f"{self._list.cursor + 1}/{self._total}" if self._total > 0 else "")
        self.refresh_commands()

    def on_virtual_list_selected(self) -> None:
        """Preview the course."""
        self.action_preview()

    def action_preview(self) -> None:
        """Open the course as its learners meet it."""
        if (course := self.course) is not None:
            open_preview(self.lms, course.id, course.title)

    def action_open(self) -> None:
        """Open the course as any learner would."""
        if (course := self.course) is not None and self.allows(_OPEN):
            open_course(self.lms, course.id, course.title)

    def action_statistics(self) -> None:
        """Open the course's statistics."""
        if (course := self.course) is not None:
            from lms_tui.tui.screens.course_statistics import CourseStatisticsScreen, Looking  # noqa: PLC0415

            self.app.push_screen(CourseStatisticsScreen(Looking(course.id, course.title)))

    def action_learners(self) -> None:
        """Open the course's learners."""
        if (course := self.course) is not None:
            from lms_tui.tui.screens.course_learners import CourseLearnersScreen  # noqa: PLC0415
            from lms_tui.tui.screens.course_statistics import Looking  # noqa: PLC0415

            self.app.push_screen(CourseLearnersScreen(Looking(course.id, course.title)))

    def action_act(self, name: str) -> None:
        """Begin an act on the course under the cursor."""
        if (course := self.course) is not None:
            from lms_tui.tui.course_acts import ACTS  # noqa: PLC0415 - imported when something is done

            self.begin(lambda: ACTS[name](self, course.id))

    def look_for(self, search: str) -> None:
        """Show the courses with these words."""
        if search != self._search:
            self._search = search
            self._list.move_to(0)
            self.load()


def _request(search: str, offset: int) -> ListRequest:
    return ListRequest(search=search, offset=offset, size=_SIZE)


def _page_of(index: int) -> int:
    """Return where the page begins that the row `index` is on."""
    return index - index % _SIZE


_MARKS = {"published": (glyphs.DONE, "success"), "draft": (glyphs.OPEN, "warning"), "archived": (glyphs.WRONG, "muted")}


def _row(course: ManagedCourse) -> Row:
    standing = state(course)
    mark, tone = _MARKS[standing]
    size = dotted(count(course.chapters, "chapter"), count(course.lessons, "lesson"))
    cost = price(course.price_in_cents, course.currency)
    return Row(
        course.title,
        detail=dotted(course.author, course.category, size, cost),
        right=standing,
        detail_right=f"{course.enrolled:,} enrolled",
        mark=mark,
        tone=tone,
        dimmed=course.archived,
    )
