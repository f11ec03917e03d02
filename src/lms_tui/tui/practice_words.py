"""Days of practice in words, the same on its screens and on the command line."""

from datetime import date
from pathlib import Path

from lms_tui.client.practice_spacing import Line, Plan
from lms_tui.tui.words import count

NOTHING = "Nothing to practise today."
_WHERE_FROM = (
    "What you get wrong in a quiz comes here a day later, from quizzes that you have passed, "
    "that have no attempt left, or that may be taken at any time."
)


def back_words(line: Line, today: date) -> str:
    """Return when a question comes back: "tomorrow", "in 7 days", "learned"."""
    if line.due is None:
        return "learned"
    days = (line.due - today).days
    return "tomorrow" if days <= 1 else f"in {days} days"


def next_words(plan: Plan, today: date) -> str:
    """Return what comes next: "Next: Friday, 4 questions."; where nothing is known to come, where it would be from."""
    if plan.next_day is None:
        return _WHERE_FROM
    days = (plan.next_day - today).days
    day = "tomorrow" if days <= 1 else f"{plan.next_day:%A}" if days < 7 else f"{plan.next_day.day} {plan.next_day:%B}"
    return f"Next: {day}, {count(plan.next_count, 'question')}."


def kept_words(kept_in: Path | None) -> str:
    """Return where it is kept when each question comes back."""
    if kept_in is None:
        return "When each question comes back is kept until you leave, and no longer."
    return "When each question comes back is kept on this machine only, for you and this service."
