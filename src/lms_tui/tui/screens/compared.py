"""One question of two attempts in full: what was answered then and now, and the right answer where it is shown."""

from uuid import UUID

from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, picks
from lms_tui.tui.question_walk import QuestionWalk, walking
from lms_tui.tui.screens.compare import change_words
from lms_tui.tui.screens.judged import SHOWN_IN_OPTIONS
from lms_tui.tui.screens.result import right_words
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.question_sheet import QuestionSheet
from lms_tui.tui.words import count
from lms_tui.wire.history import ComparedQuestion, Comparison
from lms_tui.wire.quizzes import Answer, Kind, QuestionResult


class ComparedScreen(QuestionWalk):
    """Walks through the questions of a comparison."""

    DEFAULT_CSS = """
    ComparedScreen Panel { max-height: 50%; }
    """
    SCREEN_COMMANDS = walking("compared")

    def __init__(self, comparison: Comparison, position: int) -> None:
        """Show the question `position`, from 0."""
        super().__init__(comparison.title, "Change", position, len(comparison.questions))
        self._comparison = comparison

    def show_question(self, position: int) -> None:
        """Show what was answered then and now, and what changed below."""
        one = self._comparison.questions[position]
        shown = one.later or one.earlier
        if shown is not None:
            self.query_one(QuestionSheet).set_question(shown.question, shown.answer, notes=_notes(one, shown))
            self.query_one(Panel).show(*_said(one, shown, reveals=self._comparison.reveals))


def _notes(one: ComparedQuestion, shown: QuestionResult) -> dict[UUID, tuple[str, str]]:
    """Return what to say behind each option: in which attempt it was chosen, and whether it is right where shown."""
    notes: dict[UUID, tuple[str, str]] = {}
    for option in shown.question.options:
        then, now = (
            picks(side.answer if side is not None else Answer(), option.id) for side in (one.earlier, one.later)
        )
        right = picks(shown.correct, option.id) if shown.correct is not None else None
        if shown.question.kind is Kind.STATEMENTS:
            words, is_right = _marked(then, now, right), right is not None and now == right
        else:
            words, is_right = _chosen(then, now), bool(right)
        if shown.correct is None:
            mark, tone = "", "accent"
        else:
            mark, tone = (f"{glyphs.DONE} ", "success") if is_right else (f"{glyphs.WRONG} ", "error")
        if words or (shown.correct is not None and is_right):
            notes[option.id] = (f"{mark}{words or 'right'}", tone)
    return notes


def _chosen(then: bool | None, now: bool | None) -> str:
    """Return when an option was chosen."""
    if then and now:
        return "both times"
    return "then" if then else "now" if now else ""


def _marked(then: bool | None, now: bool | None, right: bool | None) -> str:
    """Return how a statement was marked in both attempts, and how it is where that is shown."""
    both = (("was", then), ("now", now), ("it is", right))
    return ", ".join(f"{word} {'true' if mark else 'false'}" for word, mark in both if mark is not None)


def _said(one: ComparedQuestion, shown: QuestionResult, *, reveals: bool) -> list[Paragraph]:
    """Return the change in words, both verdicts, and answers that have no place among options."""
    mark, tone, words = change_words(one.change)
    said: list[Paragraph] = [(f"{mark} {words}", tone if tone != "muted" else "strong")]
    for when, side in (("Was", one.earlier), ("Now", one.later)):
        if side is None:
            said.append((f"{when}: not asked", "muted"))
            continue
        verdict = f"{glyphs.DONE} right" if side.is_correct else f"{glyphs.WRONG} wrong"
        points = f"{side.points_earned} of {count(side.points, 'point')}"
        in_words = side.answer.is_empty or side.question.kind not in SHOWN_IN_OPTIONS
        answered = f": {answer_words(side.question, side.answer)}" if in_words else ""
        said.append((f"{when}: {verdict}, {points}{answered}", "text"))
    right = right_words(shown)
    if right and shown.question.kind not in SHOWN_IN_OPTIONS:
        said.append((f"Right: {right}", "text"))
    elif not right and not reveals:
        said.append(("The right answer shows once you pass, or when no attempt is left.", "muted"))
    return said
