"""The learners of a course: where each stands, in five orders, page by page; Enter opens one, others are let in."""

from typing import Final

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.acting import ActingScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.course_statistics import SECTION_COMMANDS, CourseSection, Looking
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire.catalog import PageSize
from lms_tui.wire.course_statistics import LEARNERS, LearnerLine, Learners, LearnerSort, LearnersRequest

_ORDER = Command("learners.order", "o", "order", "order", "Choose by what the learners are ordered.")
_TURN = Command("learners.turn", "O", "reverse", "turn", "Turn the order round.", shown=False)
_LET_IN = Command(
    "learners.let_in", "a", "let in", "let_in", "Let people into the course, also a priced one or a draft."
)
_TAKE_OUT = Command(
    "learners.take_out", "d", "take out", "take_out", "Take the learner under the cursor out of the course."
)
ORDERS: Final[tuple[tuple[str, LearnerSort, bool], ...]] = (
    ("Name", LearnerSort.NAME, False),
    ("Progress, the farthest first", LearnerSort.PROGRESS, True),
    ("Progress, the nearest to the beginning first", LearnerSort.PROGRESS, False),
    ("Last active, the latest first", LearnerSort.ACTIVE, True),
    ("Last active, the longest away first", LearnerSort.ACTIVE, False),
    ("Best scores, the highest first", LearnerSort.SCORE, True),
    ("Best scores, the lowest first", LearnerSort.SCORE, False),
    ("Study time, the longest first", LearnerSort.STUDY, True),
)
_NAMES: Final = {
    LearnerSort.NAME: "name",
    LearnerSort.PROGRESS: "progress",
    LearnerSort.ACTIVE: "last active",
    LearnerSort.SCORE: "best scores",
    LearnerSort.STUDY: "study time",
}


class CourseLearnersScreen(CourseSection, ActingScreen[None, str]):
    """A list of any length; rows come as the cursor goes, from its beginning or, where that is nearer, from its end."""

    SECTION = 3
    SCREEN_COMMANDS = (_ORDER, _TURN, _LET_IN, _TAKE_OUT, *SECTION_COMMANDS[:-1], BACK)

    def __init__(self, looking: Looking) -> None:
        """Make the section; it loads by itself."""
        super().__init__(looking)
        self._sort, self._descending = LearnerSort.NAME, False
        self._lines: list[LearnerLine] = []
        self._next: str | None = None
        self._tail: list[LearnerLine] = []
        """The lines from the end of the list, the last first: those of the pages of the order turned round."""
        self._before: str | None = None
        self._loaded = False
        self._list = VirtualList(row_height=2, message="Nobody is enrolled here: a lets people in.")

    def content(self) -> ComposeResult:
        """Yield the list."""
        yield self._list

    def on_mount(self) -> None:
        """Show the place of the cursor."""
        self.watch(self._list, "cursor", self._show_position, init=False)

    def allows(self, command: Command) -> bool:
        """Offer to let people in where the list is there, and out who is under the cursor; one thing at a time."""
        if command in (_LET_IN, _TAKE_OUT) and (self.acting or self._failed or not self._loaded):
            return False
        return super().allows(command) and (command is not _TAKE_OUT or self._line(self._list.cursor) is not None)

    def on_screen_resume(self) -> None:
        """Ask anew when one comes back: a fresh start may have been given."""
        if self._lines:
            self.load()

    @work(exclusive=True, group="course-learners")
    async def load(self) -> None:
        """Ask for the first page."""
        page = await self.fetch(LEARNERS, self._request(), "" if self._lines else "Counting…")
        if page is not None:
            self._loaded = True
            self.show_place(page.title)
            self._lines, self._next = list(page.learners), page.next
            self._tail, self._before = [], None
            self._list.set_source(page.total, self._row, cursor=min(max(0, self._list.cursor), page.total - 1))
            self._show_position()

    @work(exclusive=True, group="course-learners")
    async def on_virtual_list_rows_needed(self, event: VirtualList.RowsNeeded) -> None:
        """Bring the rows that the list is about to show: pages come one behind the other, from the nearer end."""
        try:
            while (gap := range(len(self._lines), self._list.count - len(self._tail))) and self._next is not None:
                first, last = max(event.first, gap[0]), min(event.last, gap[-1])
                if first > last:
                    break
                if gap[-1] - first < last - gap[0]:
                    await self._bring_from_the_end()
                else:
                    await self._bring_from_the_beginning()
        except ClientError as error:
            self.tell(f"{error.sentence} Move to try again.", "warning")
        if self._next is None and len(self._lines) != self._list.count:  # somebody came or left meanwhile
            self._list.set_source(len(self._lines), self._row, cursor=self._list.cursor)
        self._list.rows_arrived()

    async def _bring_from_the_beginning(self) -> None:
        page: Learners = await self.desk.call(LEARNERS, self._request(after=self._next))
        self._lines += page.learners
        self._next = page.next

    async def _bring_from_the_end(self) -> None:
        page: Learners = await self.desk.call(LEARNERS, self._request(after=self._before, turned=True))
        self._tail += page.learners
        self._before = page.next
        if page.next is None:  # it has come to the beginning, so all of them are there
            self._lines, self._tail, self._next = self._tail[::-1], [], None

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open one learner."""
        if (line := self._line(event.index)) is not None:
            from lms_tui.tui.screens.course_learner import CourseLearnerScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(CourseLearnerScreen(self.looking.course_id, self.looking.title, line.id, line.name))

    @work(exclusive=True, group="learners-order")
    async def action_order(self) -> None:
        """Let one choose the order."""
        here = next((at for at, one in enumerate(ORDERS) if one[1:] == (self._sort, self._descending)), 0)
        rows = [Row(name) for name, _, _ in ORDERS]
        chosen = await self.app.push_screen_wait(ChooseScreen("In which order?", rows, cursor=here))
        if chosen is not None:
            _, self._sort, self._descending = ORDERS[chosen]
            self._begin_anew()

    def action_let_in(self) -> None:
        """Let people in."""
        from lms_tui.tui.course_acts import let_in  # noqa: PLC0415 - imported when something is done

        self.begin(lambda: let_in(self, self.looking.course_id))

    def action_take_out(self) -> None:
        """Take the learner under the cursor out."""
        if (line := self._line(self._list.cursor)) is not None:
            from lms_tui.tui.course_acts import take_out  # noqa: PLC0415

            self.begin(lambda: take_out(self, self.looking.course_id, line.id))

    def action_turn(self) -> None:
        """Turn the order round."""
        self._descending = not self._descending
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._list.move_to(0)
        self.load()
        self.tell(f"Ordered by {_NAMES[self._sort]}, {'from the end' if self._descending else 'from the beginning'}.")

    def _request(self, after: str | None = None, *, turned: bool = False) -> LearnersRequest:
        group = self.looking.group
        return LearnersRequest(
            course_id=self.looking.course_id,
            group_id=group.id if group is not None else None,
            sort=self._sort,
            descending=self._descending is not turned,
            after=after,
            size=PageSize.LARGE,
        )

    def _row(self, index: int) -> Row | None:
        return None if (line := self._line(index)) is None else _row(line)

    def _line(self, index: int) -> LearnerLine | None:
        """Return the learner at `index`, None where they have not arrived."""
        if index < len(self._lines):
            return self._lines[index] if index >= 0 else None
        from_the_end = self._list.count - 1 - index
        return self._tail[from_the_end] if from_the_end < len(self._tail) else None

    def _show_position(self) -> None:
        self.set_position(f"{self._list.cursor + 1:,}/{self._list.count:,}" if self._list.count else "")
        self.refresh_commands()


def _row(line: LearnerLine) -> Row:
    mark, tone, state = state_of(line)
    return Row(
        line.name,
        detail=dotted(
            state,
            f"{report.score(line.average_best)} in {_quizzes(line.quizzes)}" if line.quizzes else "",
            report.duration(line.study_minutes) if line.study_minutes else "",
        ),
        detail_right=f"active {report.short_day(line.last_active_at)}" if line.last_active_at is not None else "",
        progress=line.completed_lessons / line.lessons if line.lessons else 0.0,
        mark=mark,
        tone=tone,
    )


def _quizzes(number: int) -> str:
    return "1 quiz" if number == 1 else f"{number} quizzes"


def state_of(line: LearnerLine) -> tuple[str, str, str]:
    """Return the mark of a learner's state, its colour, and the state in words."""
    if line.completed_at is not None:
        return glyphs.DONE, "success", "completed"
    done = f"{line.completed_lessons} of {count(line.lessons, 'lesson')}"
    if line.last_active_at is None:
        return glyphs.OPEN, "muted", "has not begun"
    if line.stopped:
        return glyphs.WAITING, "warning", f"stopped, {done}"
    return glyphs.HERE, "accent", done
