"""What may be practised, and in which order options stand there."""

from uuid import UUID, uuid5

from lms_tui.rules import scores
from lms_tui.rules.questions import Question
from lms_tui.wire.quizzes import Kind


def may_practise(*, passed: bool, used: int, limit: int | None, cooldown_in_hours: int | None, is_open: bool) -> bool:
    """Whether the wrong answers of a quiz may be practised: practice must not be a way to try answers.

    It may where the quiz is passed, by whichever attempt, or no attempt is left; else only where any number of
    attempts may be made without waiting, and none is open, whose answers would be judged before they are submitted.
    `used` is how many attempts count: without one nothing was answered wrong.
    """
    if used <= 0:
        return False
    if scores.reveals(passed, scores.attempts_left(limit, used)):
        return True
    endless = scores.attempts_left(limit, used) is None
    return endless and (cooldown_in_hours is None or cooldown_in_hours <= 0) and not is_open


def is_practisable(question: Question) -> bool:
    """Whether a question can be judged at once: it has a right answer, and is no free text and no opinion."""
    if question.kind is Kind.SCALE:
        return bool(question.correct)
    return question.kind is not Kind.TEXT and question.is_gradable


def order_seed(attempt: UUID) -> UUID:
    """Return what the order of options is made from: the same each time until the quiz is submitted again, and
    another than in the attempt itself, so that what is remembered is not the place."""
    return uuid5(attempt, "practice")
