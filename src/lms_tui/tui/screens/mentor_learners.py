"""Who talked with the mentor of a lesson, the latest first, and how the newest check of each came out."""

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.tui import report
from lms_tui.tui.commands import BACK
from lms_tui.tui.mentor_marks import marks, verdict
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.course_statistics import Looking
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire.mentor_results import TALKERS, LessonMentor, Talker, TalkersRequest
from lms_tui.wire.text import clean_line


class MentorLearnersScreen(FramedScreen[None]):
    """A list of any length; the next page comes as the cursor nears the end. Enter shows one learner."""

    DEFAULT_CSS = """
    MentorLearnersScreen Panel { margin: 1 1 0 0; max-height: 4; }
    MentorLearnersScreen VirtualList { height: 1fr; margin-top: 1; }
    """
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, looking: Looking, lesson: LessonMentor) -> None:
        """Make the screen of a lesson of what is looked at; it loads by itself."""
        super().__init__(looking.title, lesson.title, "Mentor")
        self._looking, self._lesson = looking, lesson
        self._lines: list[Talker] = []
        self._next: str | None = None
        self._total = 0
        self._about = Panel()
        self._list = VirtualList(row_height=2, message="Nobody has talked with this mentor yet.")

    def body(self) -> ComposeResult:
        """Yield what the mentor aims at, and the learners."""
        yield self._about
        yield self._list

    def _request(self, after: str | None = None) -> TalkersRequest:
        group = self._looking.group
        return TalkersRequest(
            course_id=self._looking.course_id,
            lesson_id=self._lesson.id,
            group_id=group.id if group is not None else None,
            after=after,
        )

    @work(exclusive=True, group="mentor-learners")
    async def load(self) -> None:
        """Ask for the first page."""
        page = await self.fetch(TALKERS, self._request(), "" if self._lines else "Counting…")
        if page is not None:
            self.set_path(page.course_title, page.title, "Mentor")
            aims = clean_line(page.objectives) or "No objectives: nothing is checked."
            level = clean_line(self._lesson.difficulty)
            group = self._looking.group
            told = f"{count(page.total, 'learner')}{f' of {clean_line(group.name)}' if group is not None else ''}"
            self._about.show((dotted(told, level), "strong"), (aims, "muted"))
            self._lines, self._next, self._total = list(page.learners), page.next, page.total
            self._show()

    def _show(self) -> None:
        self._list.set_rows([_row(line) for line in self._lines], cursor=max(0, self._list.cursor))

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Show where one is, and bring the next page near the end."""
        self.set_position(f"{event.index + 1:,}/{self._total:,}")
        if self._next is not None and event.index >= len(self._lines) - 10:
            self._bring()

    @work(exclusive=True, group="mentor-learners-more")
    async def _bring(self) -> None:
        try:
            page = await self.desk.call(TALKERS, self._request(self._next))
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        there = {line.id for line in self._lines}  # who talked meanwhile stands higher now
        self._lines += [line for line in page.learners if line.id not in there]
        self._next = page.next
        self._show()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Show one learner."""
        from lms_tui.tui.screens.learner_mentor import LearnerMentorScreen  # noqa: PLC0415 - imported when opened

        line = self._lines[event.index]
        self.app.push_screen(LearnerMentorScreen(self._looking.course_id, line.id, line.name))


def _row(line: Talker) -> Row:
    mark, tone, said = verdict(line.check)
    messages = f"{count(line.messages, 'message')} in {count(line.threads, 'thread')}" if line.messages else ""
    return Row(
        line.name,
        right=marks(line.check) if line.check is not None else "",
        detail=dotted(said, messages),
        detail_right=report.short_day(line.last_at),
        mark=mark,
        tone=tone,
    )
