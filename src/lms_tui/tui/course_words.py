"""How a course stands, and what an act of staff at it touches, in the same sentences on screens and command line."""

from typing import Protocol

from lms_tui.tui.words import count, dotted, price
from lms_tui.wire.course_acts import CourseFacts
from lms_tui.wire.enrolments import EnrolmentFacts


class Standing(Protocol):
    """Whatever tells whether a course is published and archived."""

    is_published: bool
    archived: bool


def state(course: Standing) -> str:
    """Return `archived`, `published` or `draft`."""
    return "archived" if course.archived else "published" if course.is_published else "draft"


def about(facts: CourseFacts) -> str:
    """Return which course it is, and how it stands."""
    return f"{facts.title} ({standing(facts)})"


def standing(facts: CourseFacts) -> str:
    """Return how a course stands: author, state, size, category, price."""
    size = f"{count(facts.chapters, 'chapter')}, {count(facts.lessons, 'lesson')}"
    cost = price(facts.price_in_cents, facts.currency)
    return dotted(facts.author or facts.author_email, state(facts), size, facts.category, cost)


def publishing(facts: CourseFacts) -> list[str]:
    """Return in sentences what publishing a course does."""
    if facts.archived:
        return ["It is archived: nobody finds it before it is restored."]
    cost = price(facts.price_in_cents, facts.currency)
    takes = "whoever wants to takes it" if cost == "free" else f"it costs {cost}, so only staff let learners in"
    lines = [f"It stands in the catalog at once; {takes}."]
    return [*lines, *_go_on(facts)]


def withdrawing(facts: CourseFacts) -> list[str]:
    """Return in sentences what a draft or an archived course means to its learners."""
    lines = ["It leaves the catalog."] if facts.is_published and not facts.archived else []
    if not facts.enrolled:
        return [*lines, "Nobody is enrolled."]
    lines.append(f"{_people(facts.enrolled)} enrolled, {facts.learning:,} of them have not completed it.")
    if facts.open_attempts:
        lines.append(f"{count(facts.open_attempts, 'attempt')} at its quizzes will wait.")
    return [*lines, "They read that the course is not available. What they did stays, and comes back with it."]


def restoring(facts: CourseFacts) -> list[str]:
    """Return in sentences what taking a course out of the archive does."""
    if not facts.is_published:
        return ["It is a draft then, as before."]
    return ["It is published then, as before: it stands in the catalog at once.", *_go_on(facts)]


def taking_out(facts: EnrolmentFacts) -> list[str]:
    """Return in sentences what taking somebody out of a course does, and what stays."""
    name = f"{facts.learner_name} <{facts.learner_email}>".strip()
    done = ", the course is completed" if facts.completed_at else ""
    lines = [f"{name} in “{facts.title}”: {facts.completed_lessons} of {count(facts.lessons, 'lesson')} done{done}."]
    if facts.open_attempts:
        lines.append(f"{count(facts.open_attempts, 'attempt')} at its quizzes will wait.")
    lines.append("What they did stays, and comes back when they are let in again.")
    if facts.price_in_cents > 0:
        cost = price(facts.price_in_cents, facts.currency)
        lines.append(f"The course costs {cost}: only staff can let them in again.")
    return lines


def _go_on(facts: CourseFacts) -> list[str]:
    return [f"{_people(facts.enrolled)} enrolled and can go on."] if facts.enrolled else []


def _people(number: int) -> str:
    return "1 person is" if number == 1 else f"{number:,} people are"
