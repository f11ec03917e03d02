"""Whether an answer fits its question, is right, and what a whole attempt earns (domain.md, Quizzes)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lms_tui.rules import scores
from lms_tui.rules.accepted import accepts, bounds
from lms_tui.rules.questions import SCALE_TEXTS, Question
from lms_tui.wire.quizzes import Answer, Kind

LONGEST_TEXT: Final = 10_000
"""Most characters of a typed text."""


class UnfitAnswerError(ValueError):
    """An answer that its question cannot take; the text says what is wrong and what would fit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one question came to."""

    is_correct: bool
    earned: int
    weight: int


@dataclass(frozen=True, slots=True)
class Graded:
    """What a whole attempt came to."""

    verdicts: dict[UUID, Verdict]
    """By question."""
    earned: int
    possible: int
    """0 only where no question has a right answer: then the score is 0, which passes if nothing is required."""
    score: int
    is_passed: bool


def fitted(question: Question, answer: Answer) -> Answer:
    """Return `answer` in the one form in which it is stored and compared: options in the question's order.

    Blank texts only, or no option at all, is the empty answer. Raises UnfitAnswerError for a field that this kind
    does not have, an option of another question, a second choice where one is asked for, a wrong number of blanks,
    a step that the scale does not have, or a text over LONGEST_TEXT characters.
    """
    field = _field(question)
    for name in ("chosen", "marked", "blanks", "text"):
        if name != field and getattr(answer, name):
            raise UnfitAnswerError(f"This question is answered by {field!r}, not by {name!r}.")
    texts = [*answer.blanks, answer.text]
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise UnfitAnswerError(f"An answer has at most {LONGEST_TEXT:,} characters; shorten it.")
    if any("\0" in text for text in texts):
        raise UnfitAnswerError("An answer cannot hold a NUL character; remove it.")
    own = [option.id for option in question.options]
    if not {*answer.chosen, *answer.marked} <= set(own):
        raise UnfitAnswerError("An option that was chosen does not belong to this question.")
    if question.kind is not Kind.CHOOSE_ALL and len(set(answer.chosen)) > 1:
        raise UnfitAnswerError("This question takes one choice.")
    if question.kind is Kind.SCALE and answer.text.strip() and answer.text.strip() not in SCALE_TEXTS:
        raise UnfitAnswerError(f"This scale goes from {SCALE_TEXTS[0]} to {SCALE_TEXTS[-1]}.")
    if answer.blanks and len(answer.blanks) != question.blanks:
        raise UnfitAnswerError(f"This question has {question.blanks} blanks, and {len(answer.blanks)} came.")
    if answer.is_empty:
        return Answer()
    return Answer(
        chosen=[option for option in own if option in answer.chosen],
        marked={option: answer.marked[option] for option in own if option in answer.marked},
        blanks=answer.blanks,
        text=answer.text,
    )


def _field(question: Question) -> str:
    match question.kind:
        case Kind.CHOOSE_ONE | Kind.CHOOSE_ALL:
            return "chosen"
        case Kind.SCALE:
            return "chosen" if question.options else "text"
        case Kind.STATEMENTS:
            return "marked"
        case Kind.BLANKS:
            return "blanks"
        case Kind.TEXT:
            return "text"


def is_right(question: Question, answer: Answer) -> bool:
    """Whether `answer` earns the points of `question`, all or nothing."""
    chosen = frozenset(answer.chosen)
    match question.kind:
        case Kind.CHOOSE_ONE:
            return len(chosen) == 1 and chosen <= question.correct
        case Kind.CHOOSE_ALL:
            return chosen == question.correct
        case Kind.STATEMENTS:
            truths = {option.id: option.is_correct for option in question.options}
            return bool(truths) and answer.marked == truths
        case Kind.BLANKS:
            groups = question.accepted
            return len(answer.blanks) == len(groups) and all(
                any(accepts(text, typed) for text in group) for group, typed in zip(groups, answer.blanks, strict=True)
            )
        case Kind.SCALE:
            return bool(chosen & question.correct) if question.correct else bool(chosen or answer.text.strip())
        case Kind.TEXT:
            return bool(answer.text.strip())


def weights(questions: Sequence[Question]) -> list[int]:
    """Return what each question weighs, in order (rules.scores)."""
    return scores.weights([question.points for question in questions], [question.is_gradable for question in questions])


def grade(questions: Sequence[Question], answers: Mapping[UUID, Answer], threshold: int | None) -> Graded:
    """Return what `answers` (by question) come to; an unanswered question is wrong."""
    verdicts = {}
    for question, weight in zip(questions, weights(questions), strict=True):
        right = is_right(question, answers.get(question.id, Answer()))
        verdicts[question.id] = Verdict(right, weight if right else 0, weight)
    earned = sum(verdict.earned for verdict in verdicts.values())
    possible = sum(verdict.weight for verdict in verdicts.values())
    return Graded(
        verdicts, earned, possible, scores.score(earned, possible), scores.is_passed(earned, possible, threshold)
    )


def right_answer(question: Question) -> Answer | None:
    """Return a right answer to show after submission; None for a kind or question that has none, and for blanks."""
    own = [option.id for option in question.options if option.is_correct]
    match question.kind:
        case Kind.CHOOSE_ONE | Kind.SCALE if own:
            return Answer(chosen=own[:1])
        case Kind.CHOOSE_ALL if own:
            return Answer(chosen=own)
        case Kind.STATEMENTS if question.options:
            return Answer(marked={option.id: option.is_correct for option in question.options})
        case _:
            return None


def readable(accepted: str) -> str:
    """Return an accepted text for readers: `#3:0.5` is `3 ± 0.5`, `#1..5` is `1 to 5`, `#~a*` is `a…`."""
    if (span := bounds(accepted)) is not None:
        inside = accepted.strip()[1:].strip()
        low, dots, high = inside.partition("..")
        if dots:
            return f"{low.strip()} to {high.strip()}"
        middle, colon, _ = inside.partition(":")
        return f"{middle.strip()} ± {(span[1] - span[0]) / 2}" if colon and span[0] != span[1] else middle.strip()
    return accepted.removeprefix("#~").replace("*", "…") if accepted.startswith("#~") else accepted
