"""One question to be answered: its text, and under it options to choose from or fields to type in.

Attributes down (`set_question`), messages up: `AnswerChanged` at every change, `QuestionFinished` when the learner
pressed Enter and has nothing more to do here. Nothing here knows which answer is right.
"""

from dataclasses import dataclass
from uuid import UUID

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from lms_tui.tui.widgets.answer_fields import AnswerFields
from lms_tui.tui.widgets.question_sheet import QuestionSheet
from lms_tui.wire.quizzes import Answer, Kind, Question

TYPED = frozenset({Kind.BLANKS, Kind.TEXT})
"""Kinds that are answered by typing."""


_SHEET_KEYS = (
    ("up,down", "j and k too: move by an option; text that is out of sight is read first"),
    ("pageup,pagedown", "Scroll by a screenful."),
)
_STATEMENT_KEYS = (("t,f", "Mark the statement true or false."),)
_CHOOSING_KEYS = (
    ("1-9", "Choose the option of that number."),
    ("space", "Choose the option under the cursor, or take it back."),
    ("enter", "Choose the option that you moved to; if there is none, go on."),
    ("backspace", "delete too: take the answer back"),
)
_FIELD_KEYS = (
    ("up,down", "Go to the field above or below."),
    ("enter", "Go to the next field, and after the last one go on."),
)
_LINES_KEYS = (("up,down", "Move by a line."), ("enter", "Begin a new line."))


@dataclass
class AnswerChanged(Message):
    """The learner changed the answer to a question; it may be empty now."""

    question_id: UUID
    answer: Answer


@dataclass
class QuestionFinished(Message):
    """The learner pressed Enter and there was nothing left to choose by it."""

    question_id: UUID


class QuestionView(Vertical):
    """Shows one question at a time and takes its answer."""

    DEFAULT_CSS = """
    QuestionView { height: 1fr; }
    QuestionView > QuestionSheet { height: 1fr; }
    QuestionView.-typed > QuestionSheet { height: auto; max-height: 60%; margin-bottom: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self._sheet = QuestionSheet()
        self._fields: AnswerFields | None = None

    def compose(self) -> ComposeResult:
        """Yield the sheet; fields come with a question that needs them."""
        yield self._sheet

    @property
    def question(self) -> Question | None:
        """The question that is shown."""
        return self._question

    @property
    def is_typing(self) -> bool:
        """Whether the focus is in a field, so that letters are text and not commands."""
        return self._fields is not None and self._fields.has_focus_within

    async def set_question(self, question: Question, answer: Answer, *, focus: bool = True) -> None:
        """Show `question` with `answer`, and take the focus to where it is answered."""
        if self._fields is not None:
            fields, self._fields = self._fields, None
            if fields.has_focus_within:
                self._sheet.focus()
            await fields.remove()
        self._question = question
        typed = question.kind in TYPED
        self.set_class(typed, "-typed")
        self._sheet.set_question(question, answer)
        if typed:
            self._fields = AnswerFields(_texts(question, answer), lines=question.kind is Kind.TEXT)
            await self.mount(self._fields)
        if focus:
            self.focus_answer()

    async def set_answer(self, answer: Answer) -> None:
        """Show another answer to the same question, such as the one that another terminal gave."""
        if self._question is not None:
            await self.set_question(self._question, answer, focus=self.has_focus_within)

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys that work where the focus is, each with what it does, for the help page."""
        kind = self._question.kind if self._question is not None else None
        if self._fields is not None and self._fields.has_focus_within:
            return _LINES_KEYS if kind is Kind.TEXT else _FIELD_KEYS
        choosing = () if kind in TYPED else _CHOOSING_KEYS
        return (*_SHEET_KEYS, *(_STATEMENT_KEYS if kind is Kind.STATEMENTS else ()), *choosing)

    def focus_answer(self) -> None:
        """Take the focus to the options or into the first empty field."""
        if self._fields is not None:
            self._fields.focus_first_empty()
        else:
            self._sheet.focus()

    def leave_fields(self) -> None:
        """Take the focus out of the fields, so that the keys of the page work again."""
        self._sheet.focus()

    def on_question_sheet_chosen(self, event: QuestionSheet.Chosen) -> None:
        """Tell the new answer."""
        event.stop()
        if self._question is not None:
            self.post_message(AnswerChanged(self._question.id, event.answer))

    def on_question_sheet_entered(self, event: QuestionSheet.Entered) -> None:
        """Tell that the learner goes on."""
        event.stop()
        if self._question is not None:
            self.post_message(QuestionFinished(self._question.id))

    def on_answer_fields_typed(self, event: AnswerFields.Typed) -> None:
        """Tell the new answer."""
        event.stop()
        if self._question is not None and event.fields is self._fields:
            typed = Answer(text=event.texts[0]) if self._question.kind is Kind.TEXT else Answer(blanks=event.texts)
            self.post_message(AnswerChanged(self._question.id, typed))

    def on_answer_fields_entered(self, event: AnswerFields.Entered) -> None:
        """Tell that the learner goes on."""
        event.stop()
        if self._question is not None:
            self.post_message(QuestionFinished(self._question.id))


def _texts(question: Question, answer: Answer) -> list[str]:
    """Return what stands in the fields of `question` for `answer`."""
    if question.kind is Kind.TEXT:
        return [answer.text]
    count = max(1, question.blanks)
    return (answer.blanks + [""] * count)[:count]
