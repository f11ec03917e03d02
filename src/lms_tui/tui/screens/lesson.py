"""A lesson to read: its text, or for a video or something elsewhere its address; done by a key, next by a key."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from textual import work
from textual.app import ComposeResult

from lms_tui.client.delivery import Delivered
from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.lesson_head import Elsewhere, head
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.lesson_files import SAVE
from lms_tui.tui.screens.lesson_mentor import MENTORING, QUOTE, LessonMentorScreen
from lms_tui.tui.screens.lesson_opening import ADDRESS, COPY, DONE, OPEN
from lms_tui.tui.screens.opening import open_lesson
from lms_tui.tui.widgets.find_line import FindLine
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.question_lines import margin_of
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.wire import learning

_NEXT = Command("lesson.next", "n", "next", "step(1)", "Go to the next lesson.")
_PREVIOUS = Command("lesson.previous", "p", "previous", "step(-1)", "Go to the previous lesson.")
_HEADINGS = Command("lesson.headings", "t", "headings", "headings", "Jump to a heading of this lesson.")
_LINKS = Command("lesson.links", "x", "links", "links", "Show the addresses in this lesson; none is opened.")
_FIND = Command("lesson.find", "slash", "find", "find", "Find words in this lesson.")
_MATCH = Command("lesson.match", "n,enter", "next match", "match(1)", "Go to the next place that was found.")
_MATCH_BACK = Command(
    "lesson.match_back", "N,shift+enter", "previous match", "match(-1)", "Go to the place found before."
)
_FIND_READ = Command(
    "lesson.find_read",
    "enter",
    "read on here",
    "find_read",
    "Go from the line to the text, to the place that was found.",
)
_FIND_END = Command("lesson.find_end", "escape", "end finding", "find_end", "Mark nothing any more, and read on.")
_IN_FINDING = {_FIND_READ, _MATCH, _MATCH_BACK, _FIND_END}


class LessonScreen(LessonMentorScreen):
    """One lesson. Opening it as an enrolled learner records that it was started."""

    DEFAULT_CSS = """
    LessonScreen > Panel { max-height: 6; margin: 1 0; }
    LessonScreen > LessonText { height: 1fr; margin-top: 1; }
    """
    SCREEN_COMMANDS = (
        *(_FIND_READ, _MATCH, _MATCH_BACK, _FIND_END),
        *(OPEN, DONE, *MENTORING, _NEXT, _PREVIOUS, _FIND, ADDRESS, _HEADINGS, _LINKS, COPY, SAVE, QUOTE, BACK),
    )

    def __init__(self, lesson_id: UUID) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Lesson")
        self._lesson_id = lesson_id
        self._progress_id = uuid4()
        self._done, self._told_end = False, False
        self._unfollow: Callable[[], None] | None = None
        self._address, self._find_line = Panel(), FindLine()

    def body(self) -> ComposeResult:
        """Yield the place for an address, and the text."""
        yield self._address
        yield self._about_files
        yield self._text
        yield self._find_line

    def on_resize(self) -> None:
        """Put the address over the text, which keeps to the middle of a wide screen."""
        for panel in (self._address, self._about_files):  # a margin would make the text narrower too
            panel.styles.padding = (0, margin_of(self.size.width))

    @property
    def is_opening(self) -> bool:
        """Whether not all of its text is there yet, which its headings are in."""
        return super().is_opening or (self._lesson is not None and not self._text.complete)

    def allows(self, command: Command) -> bool:
        """Offer what this lesson has."""
        lesson = self._lesson
        if (command.id.startswith("lesson.") and lesson is None) or not self._finding_allows(command):
            return False
        if lesson is not None:
            match command.id:
                case "lesson.done":
                    return lesson.enrolled and lesson.completes_by_hand and not self._done
                case "lesson.next":
                    return lesson.next is not None
                case "lesson.previous":
                    return lesson.previous is not None
                case "lesson.find":
                    return bool(lesson.text.strip())
        return super().allows(command)

    def _finding_allows(self, command: Command) -> bool:
        """While one finds, n, N and escape belong to what is found, and in the line all letters to the line."""
        if not self._find_line.display:
            return command not in _IN_FINDING
        if self.focused is self._find_line:
            return command in {_FIND_READ, _FIND_END} or not command.id.startswith(("lesson.", "back"))
        return command not in {_FIND_READ, _NEXT, _PREVIOUS, BACK}

    @work(exclusive=True, group="lesson")
    async def load(self) -> None:
        """Ask for the lesson and show it where it was left."""
        lesson = await self.fetch(learning.LESSON, learning.LessonRequest(lesson_id=self._lesson_id), "Opening…")
        if lesson is not None:
            if self._unfollow is None:
                self._unfollow = (await self.desk.outbox()).follow(self._delivered)
            self._show(lesson)
            if lesson.enrolled and not lesson.started:
                await self.desk.keep(learning.START, self._progress(lesson), f"Opened: {_name(lesson)}")

    def _show(self, lesson: learning.Lesson) -> None:
        self._lesson, self._done = lesson, lesson.completed
        self._progress_id = lesson.progress_id or self._progress_id
        self.set_path(lesson.course_title, f"{lesson.chapter_number} {lesson.chapter_title}", lesson.title)
        self._there = Elsewhere.of(lesson, self.lms)
        if self._reading is None:
            self._reading = self.desk.read(lesson)
        self.show_state()
        self._text.set_document(lesson.text, lesson.format.value, place=self._reading.place)
        self.find_files(lesson)
        if lesson.enrolled:
            self.desk.begin_studying(self, lesson.course_id)
        else:
            how = "as a guest" if self.lms.is_guest else "without being enrolled"
            self.tell(f"You read {how}: nothing is recorded.", "muted")

    def take(self, lesson: learning.Lesson) -> None:
        """Take the lesson as it stands now."""
        self._lesson, self._done = lesson, self._done or lesson.completed
        self.show_state()

    def show_state(self) -> None:
        """Show the lesson's number, whether it is done, and the words over its text."""
        lesson = self._lesson
        if lesson is not None:
            done = f"{glyphs.DONE} done " if self._done else ""
            self.set_position(f"{done}{lesson.position}/{lesson.lessons}")
            words = head(
                lesson,
                self._there,
                opened=self._reading is not None and self._reading.opened,
                by_hand=self.allows(DONE),
            )
            self._address.display = bool(words)
            self._address.show(*words)
            self.refresh_commands()

    def on_lesson_text_reached_end(self) -> None:
        """Tell what to do at the end of the text."""
        lesson = self._lesson
        if lesson is not None and lesson.type == "text" and not self._told_end and (words := self.words_at_end):
            self.tell(words, "accent")

    def on_lesson_text_moved(self) -> None:
        """Have the place kept, in a moment, against whatever may end the program."""
        if self._reading is not None:
            self._reading.moved(lambda: self._text.place)

    @property
    def source_here(self) -> tuple[UUID, int] | None:
        """The lesson."""
        return self._lesson_id, 0

    async def load_again(self) -> None:
        """Load the text as it is now, and stay where one read."""
        if self._reading is not None:
            self._reading.leave(self._text.place)
            self._reading = None
        self._told_end = True  # its end may come into sight again, and something else is to be told
        await super().load_again()

    def came_in(self) -> None:
        """Read on at the same line, as who has signed in: wherever they left the lesson before, here they are now."""
        place = self._text.place
        if self._reading is not None and self._lesson is not None:
            self._reading.leave(place)
            self.desk.read(self._lesson).come_to(place)
            self._reading = None
        self.load()

    def on_unmount(self) -> None:
        """Remember the place for the next reading."""
        self.desk.end_studying(self)
        if self._unfollow is not None:
            self._unfollow()
        if self._reading is not None:
            self._reading.leave(self._text.place)

    def action_step(self, way: int) -> None:
        """Go to a neighbouring lesson."""
        lesson = self._lesson
        if lesson is not None and (there := lesson.next if way > 0 else lesson.previous) is not None:
            open_lesson(self.lms, there.id, there.type, instead=True)

    @work(group="lesson-writes")
    async def action_done(self) -> None:
        """Mark the lesson as done; the write is kept on disk first and sent by itself."""
        lesson = self._lesson
        if lesson is None or self._done:
            return
        if (first := self.to_open_first) is not None:
            self.tell(f"Open it first: {first}. Then d marks it done.", "warning")
            return
        self._done = True
        await self.desk.keep(learning.COMPLETE, self._progress(lesson), f"Done: {_name(lesson)}")
        self.show_state()
        self.tell(f"Done. n goes on to “{lesson.next.title}”." if lesson.next else "Done: the last lesson.", "success")

    def _delivered(self, delivered: Delivered) -> None:
        """Say that the course is complete once the service has said so: other lessons may wait in the outbox yet."""
        outcome = delivered.outcome
        if delivered.operation is not learning.COMPLETE or not isinstance(outcome, learning.LessonProgress):
            return
        whole = outcome.course_completed and outcome.completed_lessons == outcome.lessons
        if whole and outcome.lesson_id == self._lesson_id:
            self.tell("Done. You have completed this course.", "success")

    def action_find(self) -> None:
        """Open the line in which to say what to find, or go back to it."""
        self._find_line.display = True
        self.set_focus(self._find_line)

    def on_descendant_focus(self) -> None:
        """Show the keys of the line, or those of the text."""
        self.refresh_commands()

    def on_input_changed(self, event: FindLine.Changed) -> None:
        """Find while it is typed."""
        if self._find_line.display:
            self._text.find(event.value)

    def on_input_submitted(self) -> None:
        """Take Enter in the line as what it is."""
        self.action_find_read()

    def action_find_read(self) -> None:
        """Go to the text, where n and N go through what was found."""
        if self._text.found.startswith(tuple("123456789")):
            self._text.focus()
        else:
            self.tell("Nothing found. Escape ends finding.")

    def on_find_line_stepped(self, event: FindLine.Stepped) -> None:
        """Go on with the arrows, too."""
        self._text.step_match(event.way)

    def on_read_lines_found(self) -> None:
        """Show how many were found."""
        self.set_position(self._text.found)

    def action_match(self, way: int) -> None:
        """Go to the next match or the one before."""
        self._text.step_match(way)

    def action_find_end(self) -> None:
        """End finding; the text stays where it is."""
        self._find_line.display = False
        self._text.focus()
        self._text.end_finding()
        self.show_state()

    @work(exclusive=True, group="lesson-chooser")
    async def action_headings(self) -> None:
        """Choose a heading and go to it."""
        headings = self._text.headings
        if not headings:
            self.tell("This lesson has no headings.")
            return
        rows = [Row(title, indent=min(level - 1, 4)) for level, title, _ in headings]
        here = max((at for at, (_, _, line) in enumerate(headings) if line <= self._text.line), default=0)
        chosen = await self.app.push_screen_wait(ChooseScreen("Headings", rows, cursor=here, does="goes there"))
        if chosen is not None:
            self._text.goto_heading(chosen)

    @work(exclusive=True, group="lesson-chooser")
    async def action_links(self) -> None:
        """Show the addresses; the one chosen is copied, and none is opened."""
        from lms_tui.tui.text.links import links  # noqa: PLC0415 - only when asked for

        lesson = self._lesson
        if lesson is None:
            return
        addresses = links(lesson.text, lesson.format.value)
        if not addresses:
            self.tell("This lesson has no links.")
            return
        rows = [Row(address, mark=str(number)) for number, address in enumerate(addresses, 1)]
        title = "Addresses in this lesson; none is opened from here"
        if (chosen := await self.app.push_screen_wait(ChooseScreen(title, rows, does="copies it"))) is not None:
            self.copy(addresses[chosen])

    def _progress(self, lesson: learning.Lesson) -> learning.ProgressRequest:
        return learning.ProgressRequest(
            lesson_id=lesson.id, id=self._progress_id, seen=lesson.progress_id, at=datetime.now(UTC)
        )


def _name(lesson: learning.Lesson) -> str:
    return f"{lesson.title} ({lesson.course_title})"
