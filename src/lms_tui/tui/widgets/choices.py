"""What can be chosen in a question, and what choosing makes of the answer; nothing is drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from lms_tui.wire.quizzes import Answer, Kind, Question

SCALE = ("1", "2", "3", "4", "5")
"""The steps of a scale without labels of its own; its answer is a text."""

_NO_ID = UUID(int=0)


@dataclass
class Choices:
    """The options of a question of `kind` by number from 0, and the answer as it stands."""

    kind: Kind
    ids: Sequence[UUID]
    """Ids of the options; for a scale without labels one stand-in for each step."""
    answer: Answer = field(default_factory=Answer)

    @classmethod
    def of(cls, question: Question, answer: Answer) -> "Choices":
        """Return the choices of `question`; kinds that are answered by typing have none."""
        ids: list[UUID] = []
        if question.kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_ALL, Kind.STATEMENTS, Kind.SCALE}:
            ids = [option.id for option in question.options]
        if question.kind is Kind.SCALE and not ids:
            ids = [_NO_ID] * len(SCALE)
        return cls(question.kind, ids, answer)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def first_chosen(self) -> int:
        """The first that is chosen or marked, else 0."""
        return next((at for at in range(self.count) if self.is_chosen(at)), 0)

    def is_chosen(self, option: int) -> bool:
        """Tell whether an option is chosen, or a statement is marked."""
        if self._by_text:
            return self.answer.text.strip() == SCALE[option]
        return self.ids[option] in (self.answer.marked if self.kind is Kind.STATEMENTS else self.answer.chosen)

    def mark(self, option: int) -> str:
        """Return the box before an option: round for one choice, square for several, words for statements."""
        chosen = self.is_chosen(option)
        match self.kind:
            case Kind.STATEMENTS:
                return ("[true ]" if self.answer.marked[self.ids[option]] else "[false]") if chosen else "[  ?  ]"
            case Kind.CHOOSE_ALL:
                return "[x]" if chosen else "[ ]"
            case _:
                return "(•)" if chosen else "( )"

    def chosen(self, option: int) -> Answer:
        """Return the answer after `option` was chosen: one of several is taken back by choosing it again, a
        statement goes from true to false to unmarked."""
        if self._by_text:
            return Answer(text=SCALE[option])
        it = self.ids[option]
        match self.kind:
            case Kind.STATEMENTS:
                if it not in self.answer.marked:
                    return self.marked(option, True)
                return self.marked(option, False) if self.answer.marked[it] else self.marked(option, None)
            case Kind.CHOOSE_ALL:
                wanted = set(self.answer.chosen) ^ {it}
                return Answer(chosen=[one for one in self.ids if one in wanted])
            case _:
                return Answer(chosen=[it])

    def marked(self, option: int, value: bool | None) -> Answer:
        """Return the answer after a statement was marked true, false, or None for unmarked."""
        marks = {one: mark for one, mark in self.answer.marked.items() if one != self.ids[option]}
        if value is not None:
            marks[self.ids[option]] = value
        return msgspec.structs.replace(self.answer, marked=marks)

    @property
    def _by_text(self) -> bool:
        return self.kind is Kind.SCALE and self.count > 0 and self.ids[0] == _NO_ID
