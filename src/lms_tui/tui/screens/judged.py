"""One question of a result in full: the learner's answer, and the right one where it is shown."""

from uuid import UUID

from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words, picks
from lms_tui.tui.commands import Command
from lms_tui.tui.question_walk import QuestionWalk, walking
from lms_tui.tui.screens.result import right_words
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.question_sheet import QuestionSheet
from lms_tui.tui.words import count
from lms_tui.wire.quizzes import Kind, Question, QuestionResult, Result

SHOWN_IN_OPTIONS = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_ALL, Kind.STATEMENTS})
"""Kinds whose answers, the learner's and the right one, `notes_of` says beside the options."""


_MENTOR = Command("judged.mentor", "m", "ask the mentor", "mentor", "Ask the mentor about this question.")


class JudgedScreen(QuestionWalk):
    """Walks through the questions of a result."""

    DEFAULT_CSS = """
    JudgedScreen Panel { max-height: 40%; }
    """
    SCREEN_COMMANDS = (_MENTOR, *walking("judged"))

    def __init__(self, result: Result, position: int) -> None:
        """Show the question `position`, from 0."""
        super().__init__(result.title, "Result", position, len(result.questions))
        self._result = result

    @property
    def question_here(self) -> Question | None:
        """The question that is shown."""
        return self._result.questions[self._position].question

    def allows(self, command: Command) -> bool:
        """Offer the mentor where the lesson has one."""
        return self._result.has_mentor if command is _MENTOR else super().allows(command)

    def action_mentor(self) -> None:
        """Open the mentor of the lesson, the question quoted; a right answer stands in it only where it is shown."""
        from lms_tui.tui.quoting import quoted_question  # noqa: PLC0415 - imported when opened
        from lms_tui.tui.screens.mentor import MentorScreen  # noqa: PLC0415

        quote = quoted_question(self._result.questions[self._position])
        self.app.push_screen(MentorScreen(self._result.lesson_id, quote=quote))

    def show_question(self, position: int) -> None:
        """Show the learner's answer, and the verdict below."""
        each = self._result.questions[position]
        self.query_one(QuestionSheet).set_question(each.question, each.answer, notes=notes_of(each))
        self.query_one(Panel).show(*_verdict(each))
        self.refresh_commands()


def notes_of(each: QuestionResult) -> dict[UUID, tuple[str, str]]:
    """Return what to say behind each option: the learner's own choice, and the right one where it is shown."""
    notes: dict[UUID, tuple[str, str]] = {}
    for option in each.question.options:
        mine = picks(each.answer, option.id)
        if each.correct is None:
            if mine is not None:
                notes[option.id] = ("your answer", "accent")
            continue
        right = picks(each.correct, option.id)
        if each.question.kind is Kind.STATEMENTS:
            words = "true" if right else "false"
            notes[option.id] = (f"{glyphs.DONE} right", "success") if mine == right else (f"it is {words}", "error")
        elif right:
            notes[option.id] = (f"{glyphs.DONE} right{', your answer' if mine else ''}", "success")
        elif mine:
            notes[option.id] = (f"{glyphs.WRONG} your answer", "error")
    return notes


def _verdict(each: QuestionResult) -> list[Paragraph]:
    """Return the verdict in words, and answers that have no place among options."""
    word, tone = (f"{glyphs.DONE} right", "success") if each.is_correct else (f"{glyphs.WRONG} wrong", "error")
    said: list[Paragraph] = [(f"{word}, {each.points_earned} of {count(each.points, 'point')}", tone)]
    if each.answer.is_empty or each.question.kind not in SHOWN_IN_OPTIONS:
        said.append((f"You: {answer_words(each.question, each.answer)}", "text"))
    if right := right_words(each):
        if each.question.kind not in SHOWN_IN_OPTIONS:
            said.append((f"Right: {right}", "text"))
    elif not each.is_correct:
        said.append(("The right answer shows once you pass, or when no attempt is left.", "muted"))
    return said
