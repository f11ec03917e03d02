"""A course's questions, the hardest first, and of one of them how often each option was chosen."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs, report
from lms_tui.tui.commands import BACK
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.course_statistics import SECTION_COMMANDS, CourseSection
from lms_tui.tui.widgets.page import Line, Page
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.course_statistics import QUESTIONS, OptionShare, QuestionStatistics
from lms_tui.wire.text import clean, clean_line

_TYPES: Final = {
    "multiple-choice": "choice",
    "true-false": "true or false",
    "fill-blank": "fill in",
    "scale": "scale",
}
"""How the types of the schema are said; another is said as it is written."""


class QuestionsStatisticsScreen(CourseSection):
    """The questions that most learners got wrong, first."""

    SECTION = 2
    SCREEN_COMMANDS = SECTION_COMMANDS

    def content(self) -> ComposeResult:
        """Yield the list."""
        self._questions: list[QuestionStatistics] = []
        yield VirtualList(row_height=2, message="Nobody has submitted a quiz of this course yet.")

    @work(exclusive=True, group="course-statistics")
    async def load(self) -> None:
        """Ask for the questions."""
        found = await self.fetch(QUESTIONS, self.looking.request(), "Counting…")
        if found is not None:
            self._questions = found.questions
            self.show_place(found.title)
            rows = self.query_one(VirtualList)
            rows.set_rows([_row(one) for one in found.questions], cursor=max(0, rows.cursor))

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Show the place in the list."""
        self.set_position(f"{event.index + 1}/{len(self._questions)}")

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Show one question with its options."""
        self.app.push_screen(QuestionStatisticsScreen(self.looking.title, self._questions[event.index]))


class QuestionStatisticsScreen(FramedScreen[None]):
    """One question in full, with the share of each option."""

    DEFAULT_CSS = "QuestionStatisticsScreen Page { height: 1fr; margin-top: 1; }"
    SCREEN_COMMANDS = (BACK,)

    def __init__(self, course: str, question: QuestionStatistics) -> None:
        """Show `question` of `course`."""
        super().__init__("Statistics", course, question.lesson)
        self._question = question

    def body(self) -> ComposeResult:
        """Yield the page."""
        yield Page()

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return how one scrolls."""
        return (("up,down", "scroll"), ("pageup,pagedown", "a screenful"), ("home,end", "top and end"))

    def on_mount(self) -> None:
        """Show the question."""
        self.query_one(Page).show(lambda width: _lines(self._question, width))
        self.show_body()


def _right(one: QuestionStatistics) -> str:
    return f"{report.of_all(one.right, one.asked)} right"


def _row(one: QuestionStatistics) -> Row:
    share = one.right / one.asked
    tone = "error" if share < 0.4 else "warning" if share < 0.7 else "success"
    blank = f"{report.of_all(one.blank, one.asked)} left it blank" if one.blank else ""
    return Row(
        one.title,
        detail=dotted(one.lesson, f"asked {count(one.asked, 'time')}", blank, "archived" if one.archived else ""),
        right=_right(one),
        mark=glyphs.WRONG if share < 0.4 else glyphs.OPEN if share < 0.7 else glyphs.DONE,
        tone=tone,
        dimmed=one.archived,
    )


def _lines(one: QuestionStatistics, width: int) -> Sequence[Line]:
    lines: list[Line] = []
    for part in clean(one.title).split("\n"):
        lines += [[(line, "strong")] for line in wrapped(part, width)]
    known = [
        (f"asked {count(one.asked, 'time')}", "text"),
        (_right(one), "text"),
        (_TYPES.get(one.type, one.type), "muted"),
    ]
    lines += [[], *report.facts([*known, *([("archived", "muted")] if one.archived else [])], width)]
    of = f"{one.right:,} of {one.asked:,}"
    lines.append(report.bar_line("answered right", one.right / one.asked, of, min(width, 99), "success"))
    if one.blank:
        says = f"{one.blank:,} of {one.asked:,}"
        lines.append(report.bar_line("left blank", one.blank / one.asked, says, min(width, 99), "muted"))
    if one.options:
        lines += report.heading("What was chosen")
    for option in one.options:
        lines += _option(option, one.asked, min(width, 97))
    return lines


def _option(option: OptionShare, asked: int, width: int) -> list[Line]:
    """Return an option with its share: on one line, or where it is too long for that, above its bar."""
    tone = "success" if option.is_correct else "secondary"
    right = f" {glyphs.DOT} right" if option.is_correct else ""
    says = f"{report.of_all(option.chosen, asked)} {glyphs.DOT} {option.chosen:,}{right}"
    text, mark = clean_line(option.text), glyphs.DONE if option.is_correct else " "
    short = report.bar_line(text, option.chosen / asked, says, width, tone)
    if cell_len(text) <= cell_len(short[0][0]):
        return [[(f"{mark} ", tone), *short]]
    above = [[(f"{' ' if at else mark} ", tone), (line, "text")] for at, line in enumerate(wrapped(text, width - 2))]
    return [*above, [("  ", "text"), *report.bar_line("", option.chosen / asked, says, width, tone)]]
