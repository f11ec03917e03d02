"""An answer in words of one line, for lists and dialogs."""

from collections.abc import Sequence
from uuid import UUID

from lms_tui.tui import glyphs
from lms_tui.wire.quizzes import Answer, Kind, Question
from lms_tui.wire.text import clean_line

NOTHING = "no answer"
_PARTED = f" {glyphs.DOT} "


def one_line(text: str) -> str:
    """Return a text of a question as one line, without the marks of code."""
    return clean_line(text).replace("`", "")


def question_title(question: Question) -> str:
    """Return what names a question in a list: its title, or its description where it has none."""
    return one_line(question.title) or one_line(question.description)


def answer_words(question: Question, answer: Answer) -> str:
    """Return what `answer` says to `question`; foreign text, as one line."""
    if answer.is_empty:
        return NOTHING
    match question.kind:
        case Kind.STATEMENTS:
            said = (
                f"{number} {'true' if answer.marked[option.id] else 'false'}"
                for number, option in enumerate(question.options, 1)
                if option.id in answer.marked
            )
            return ", ".join(said)
        case Kind.BLANKS:
            return _PARTED.join(clean_line(blank) or glyphs.ELLIPSIS for blank in answer.blanks)
        case _ if answer.chosen:
            texts = [one_line(option.text) for option in question.options if option.id in answer.chosen]
            return _PARTED.join(texts) or "an option that is gone"
        case _:
            return clean_line(answer.text)


def right_words(question: Question, correct: Answer | None, accepted: Sequence[Sequence[str]]) -> str:
    """Return a right answer as results have it in words, "" when it is not shown or the question has none."""
    if question.kind is Kind.BLANKS and accepted:
        return _PARTED.join(" or ".join(map(clean_line, texts)) for texts in accepted)
    return answer_words(question, correct) if correct is not None else ""


def picks(answer: Answer, option_id: UUID) -> bool | None:
    """Return what an answer says about an option: chosen, or marked true or false; None when nothing."""
    return answer.marked.get(option_id, True if option_id in answer.chosen else None)
