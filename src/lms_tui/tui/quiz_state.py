"""What is said of each question of an attempt while it is taken: in words at the top, by a mark in the head."""

from lms_tui.tui import glyphs
from lms_tui.tui.paper import Paper, Saving
from lms_tui.tui.widgets.quiz_head import Mark
from lms_tui.tui.words import dotted

_STATES = {
    Saving.NONE: ("not answered yet", "muted"),
    Saving.TYPED: (f"{glyphs.WAITING} saving{glyphs.ELLIPSIS}", "warning"),
    Saving.WAITING: (f"{glyphs.WAITING} waiting", "warning"),
    Saving.SAVED: (f"{glyphs.HERE} saved", "success"),
    Saving.CONFLICT: ("! answered elsewhere too", "error"),
    Saving.REFUSED: (f"{glyphs.WRONG} not saved", "error"),
}


def status_words(paper: Paper, notice: tuple[str, str] | None = None) -> tuple[str, str]:
    """Return the truth about the present answer, with its place and flag, and the colour for it.

    The desk's `notice` stands in the place of where the answer is: in a preview nothing is saved.
    """
    words, tone = notice or _STATES[paper.saving(paper.question.id)]
    flag = f"{glyphs.FLAG} flagged" if paper.question.id in paper.flags else ""
    return dotted(flag, f"question {paper.position + 1} of {len(paper.questions)}", words), tone


def mark_of(paper: Paper, at: int) -> Mark:
    """Return the mark of the question `at`: here, conflict, flagged, on its way, answered, open."""
    question_id = paper.questions[at].id
    saving = paper.saving(question_id)
    if at == paper.position:
        return glyphs.HERE, "accent"
    if saving in {Saving.CONFLICT, Saving.REFUSED}:
        return "!", "error"
    if question_id in paper.flags:
        return glyphs.FLAG, "warning"
    if not paper.is_answered(question_id):
        return glyphs.OPEN, "muted"
    return (glyphs.DONE, "success") if saving is Saving.SAVED else (glyphs.WAITING, "warning")
