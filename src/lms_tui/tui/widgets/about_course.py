"""What the course under the cursor is about, beside the catalog's list: words, and under them its picture.

The picture stands under the words, so that nothing moves when it comes. That it is wanted is told when the cursor has
rested: whoever runs through the list asks for none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rich.segment import Segment
from textual.message import Message
from textual.timer import Timer

from lms_tui.tui.widgets.panel import Panel, Paragraph

_REST: Final = 0.25
"""Seconds that the cursor stays before a picture is asked for."""

Lines = Sequence[Sequence[Segment]]


class AboutCourse(Panel):
    """A panel that has a picture too."""

    @dataclass
    class Rested(Message):
        """The cursor has stayed at a course: its picture is wanted, of `columns` and `rows` at most."""

        course_id: UUID
        columns: int
        rows: int

    def __init__(self) -> None:
        """Make it empty."""
        super().__init__()
        self.course: UUID | None = None
        """The course that is shown."""
        self._picture: Lines = ()
        self._timer: Timer | None = None

    def show_course(self, course_id: UUID, *paragraphs: Paragraph) -> None:
        """Show a course's words; its picture is given by `show_picture`, when it is there."""
        other = course_id != self.course
        self._change(course_id, paragraphs, () if other else self._picture)
        if not other:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_REST, self._rested)

    def show_nothing(self) -> None:
        """Show no course."""
        self._change(None, (), ())

    def show_picture(self, course_id: UUID, lines: Lines) -> None:
        """Show the picture of a course, if that is still the one."""
        if course_id == self.course:
            self._picture = lines
            self.refresh()

    def _change(self, course_id: UUID | None, paragraphs: Sequence[Paragraph], picture: Lines) -> None:
        before = self.shown_lines
        self.put(*paragraphs)
        self.course, self._picture = course_id, picture
        self.paint_since(before)

    def lines(self, width: int) -> list[list[Segment]]:
        """Return the words and, where there is room for all of it, the picture."""
        words = super().lines(width)
        if not self._picture or len(words) + 1 + len(self._picture) > self.size.height:
            return words
        return [*words, [], *map(list, self._picture)]

    def _rested(self) -> None:
        width, height = self.size.width, self.size.height
        room = height - len(super().lines(width)) - 1 if width else 0
        if self.course is not None and room >= 4:
            self.post_message(self.Rested(self.course, width, min(room, height // 2)))
