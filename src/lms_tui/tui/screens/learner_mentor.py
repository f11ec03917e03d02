"""One learner with the mentors of a course: checks and threads by lesson. Enter reads one."""

from bisect import bisect_right
from collections.abc import Sequence
from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.client.learner_lines import joined
from lms_tui.tui import glyphs, report
from lms_tui.tui.check_words import WIDEST
from lms_tui.tui.commands import BACK
from lms_tui.tui.mentor_marks import marks, verdict
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.text.plain import plain, plain_each
from lms_tui.tui.widgets.page import Line, Page
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.mentor_results import LEARNER, Check, LearnerMentorLesson, LearnerMentorRequest
from lms_tui.wire.mentor_threads import ThreadLine
from lms_tui.wire.text import clean, clean_line

Entry = tuple[LearnerMentorLesson, Check | ThreadLine]


class LearnerMentorScreen(FramedScreen[None]):
    """Under each lesson the checks, of which the newest counts, and the threads; more come near the end."""

    DEFAULT_CSS = "LearnerMentorScreen VirtualList { height: 1fr; margin-top: 1; }"
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, course_id: UUID, user_id: UUID, name: str) -> None:
        """Make the screen of a learner; it loads by itself."""
        super().__init__(name, "Mentor")
        self._course_id, self._user_id = course_id, user_id
        self._lessons: list[LearnerMentorLesson] = []
        self._next: str | None = None
        self._entries: dict[int, Entry] = {}
        self._list = VirtualList(message="Has not talked with a mentor of this course.")

    def body(self) -> ComposeResult:
        """Yield the list."""
        yield self._list

    @work(exclusive=True, group="learner-mentor")
    async def load(self) -> None:
        """Ask for the learner."""
        found = await self.fetch(LEARNER, self._request(), "" if self._entries else "Counting…")
        if found is not None:
            self.set_path(found.course_title, found.name, "Mentor")
            self._lessons, self._next = list(found.lessons), found.next
            self._show()

    def _request(self, after: str | None = None) -> LearnerMentorRequest:
        return LearnerMentorRequest(course_id=self._course_id, user_id=self._user_id, after=after)

    def _show(self) -> None:
        rows, self._entries = _rows(self._lessons)
        self._list.set_rows(rows, cursor=max(0, self._list.cursor))

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Show where one is, and bring the next page near the end."""
        at = bisect_right(list(self._entries), event.index)
        self.set_position(f"{at:,}/{len(self._entries):,}{'+' if self._next is not None else ''}")
        if self._next is not None and event.index >= self._list.count - 10:
            self._bring()

    @work(exclusive=True, group="learner-mentor-more")
    async def _bring(self) -> None:
        try:
            page = await self.desk.call(LEARNER, self._request(self._next))
        except ClientError as error:
            self.tell(error.sentence, "warning")
            return
        self._lessons, self._next = joined(self._lessons, page.lessons), page.next
        self._show()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Read a thread, or what a check found."""
        if (entry := self._entries.get(event.index)) is None:
            return
        lesson, chosen = entry
        if isinstance(chosen, Check):
            self.app.push_screen(LearnerCheckScreen(lesson, chosen))
            return
        from lms_tui.tui.screens.transcript import TranscriptScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(TranscriptScreen(self._course_id, chosen.thread))


class LearnerCheckScreen(FramedScreen[None]):
    """What a check found, in words and numbers."""

    DEFAULT_CSS = "LearnerCheckScreen Page { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, lesson: LearnerMentorLesson, check: Check) -> None:
        """Show `check` of `lesson`."""
        super().__init__(lesson.title, "Mentor", "Check")
        self._lesson, self._check = lesson, check

    def body(self) -> ComposeResult:
        """Yield the page."""
        yield Page()

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return how one scrolls."""
        return (("up,down", "scroll"), ("pageup,pagedown", "a screenful"), ("home,end", "top and end"))

    def on_mount(self) -> None:
        """Show it."""
        self.query_one(Page).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        check, width = self._check, min(width, WIDEST)
        _, tone, said = verdict(check)
        lines: list[Line] = [[(f"{said.capitalize()}, {_moment(check)}", tone)]]
        if check.understanding is not None:
            lines += report.sentence(f"Understanding {check.understanding} of 10.", width, "text")
        if check.engagement is not None:
            lines += report.sentence(f"Engagement {check.engagement} of 100.", width, "text")
        for title, text in (
            ("What the mentor aims at", _as_it_stands(self._lesson.objectives, width)),
            ("What it found", [*plain(check.insights, width)]),
            ("What it recommends", [*plain_each(check.recommended, width)]),
        ):
            if any(text):
                lines += report.heading(title)
                lines += [[(line, "text")] if line else [] for line in text]
        return lines


def _as_it_stands(text: str, width: int) -> list[str]:
    return [line for part in clean(text).strip().split("\n") for line in wrapped(part, width) or [""]]


def _moment(check: Check) -> str:
    local = check.at.astimezone()
    return f"{local.day} {local:%B %Y %H:%M}"


def _rows(lessons: Sequence[LearnerMentorLesson]) -> tuple[list[Row], dict[int, Entry]]:
    """Return the rows, and what each stands for."""
    rows: list[Row] = []
    entries: dict[int, Entry] = {}
    for lesson in lessons:
        rows += [Row("", heading=True)] * bool(rows)
        rows.append(Row(dotted(lesson.title, lesson.chapter), heading=True))
        for number, check in enumerate(lesson.checks):
            entries[len(rows)] = lesson, check
            rows.append(_check_row(check, counts=number == 0))
        for line in lesson.threads:
            entries[len(rows)] = lesson, line
            rows.append(_thread_row(line))
    return rows, entries


def _check_row(check: Check, *, counts: bool) -> Row:
    mark, tone, said = verdict(check)
    name = dotted(f"check: {said}", report.short_day(check.at))
    return Row(name, right=marks(check), mark=mark, tone=tone if counts else "muted", indent=1, dimmed=not counts)


def _thread_row(line: ThreadLine) -> Row:
    local = line.thread.created_at.astimezone()
    name = clean_line(line.thread.title) or clean_line(line.begins) or "nothing was said yet"
    active, said = line.thread.active, count(line.messages, "message")
    state = dotted("active" if active else "", said, f"{local.day} {local:%b %Y}")
    return Row(name, right=state, mark=glyphs.HERE if active else " ", tone="accent" if active else "muted", indent=1)
