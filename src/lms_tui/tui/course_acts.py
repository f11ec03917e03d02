"""What staff do to a course from a list: each act asks first, and says what it will touch."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from lms_tui.tui import course_words as words
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course_forms import CourseForm, HandOverScreen, LetInScreen, MoveScreen, PriceScreen
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.words import count, price
from lms_tui.wire import course_acts as wire
from lms_tui.wire import enrolments
from lms_tui.wire.course_acts import CourseChanged, CourseFacts
from lms_tui.wire.enrolments import Given, Outcome
from lms_tui.wire.lint import LINT, LintRequest
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.tui.screens.base import FramedScreen

Act = Callable[["FramedScreen[Any]", UUID], Awaitable[str | None]]
"""Does something to a course and returns in a sentence what came of it; None when it was left. Raises ClientError."""

_LONGEST: Final = 120
"""Cells of a title in a question."""
_MOST_PROBLEMS: Final = 3


async def _facts(screen: "FramedScreen[Any]", course: UUID) -> CourseFacts:
    return await screen.desk.call(wire.FACTS, wire.FactsRequest(course_id=course))


async def _sure(screen: "FramedScreen[Any]", facts: CourseFacts, question: str, yes: str, *touches: str) -> bool:
    """Ask, with the course's title in the first line, whatever the list below shows."""
    title = shorten(clean_line(facts.title), _LONGEST)
    sure: bool = await screen.app.push_screen_wait(ConfirmScreen(f"{question} “{title}”?", yes, "Leave it", *touches))
    return sure


async def publish(screen: "FramedScreen[Any]", course: UUID) -> str | None:
    """Publish."""
    facts = await _facts(screen, course)
    problems = (await screen.desk.call(LINT, LintRequest(course_id=course))).problems if facts.lessons else []
    lacks = [f"{clean_line(one.lesson_title or one.chapter_title)}: {one.sentence}" for one in problems]
    told = [shorten(line.removeprefix(": "), _LONGEST) for line in lacks[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        told.append(f"And {count(len(problems) - _MOST_PROBLEMS, 'problem')} more, which its preview shows.")
    if not await _sure(screen, facts, "Publish", "Publish it", *words.publishing(facts), *told):
        return None
    return _told(await screen.desk.call(wire.PUBLISH, wire.PublishRequest(id=uuid4(), course_id=course)))


async def draft(screen: "FramedScreen[Any]", course: UUID) -> str | None:
    """Make it a draft."""
    facts = await _facts(screen, course)
    if not await _sure(screen, facts, "Make a draft of", "Make it a draft", *words.withdrawing(facts)):
        return None
    return _told(await screen.desk.call(wire.DRAFT, wire.DraftRequest(id=uuid4(), course_id=course)))


async def archive(screen: "FramedScreen[Any]", course: UUID) -> str | None:
    """Archive."""
    facts = await _facts(screen, course)
    if not await _sure(screen, facts, "Archive", "Archive it", *words.withdrawing(facts)):
        return None
    return _told(await screen.desk.call(wire.ARCHIVE, wire.ArchiveRequest(id=uuid4(), course_id=course)))


async def restore(screen: "FramedScreen[Any]", course: UUID) -> str | None:
    """Take out of the archive."""
    facts = await _facts(screen, course)
    if not await _sure(screen, facts, "Take out of the archive", "Restore it", *words.restoring(facts)):
        return None
    return _told(await screen.desk.call(wire.RESTORE, wire.RestoreRequest(id=uuid4(), course_id=course)))


def _by(form: type[CourseForm], said: Callable[[CourseChanged], str]) -> Act:
    """Return the act that a form asks for and does."""

    async def act(screen: "FramedScreen[Any]", course: UUID) -> str | None:
        done = await screen.app.push_screen_wait(form(await _facts(screen, course)))
        return None if done is None else f"“{clean_line(done.title)}” {said(done)}."

    return act


async def let_in(screen: "FramedScreen[Any]", course: UUID) -> str | None:
    """Let people in."""
    facts = await _facts(screen, course)
    done = await screen.app.push_screen_wait(LetInScreen(course, facts.title))
    return None if done is None else given(done)


async def take_out(screen: "FramedScreen[Any]", course: UUID, learner: UUID) -> str | None:
    """Take somebody out."""
    facts = await screen.desk.call(enrolments.LOOK, enrolments.LookRequest(course_id=course, learner=str(learner)))
    first, *touches = words.taking_out(facts)
    question = f"Take {shorten(clean_line(facts.learner_email), _LONGEST)} out of the course?"
    asked = ConfirmScreen(question, "Take them out", "Leave it", clean_line(first), *touches)
    if not await screen.app.push_screen_wait(asked):
        return None
    request = enrolments.RemoveRequest(id=uuid4(), course_id=course, learner_id=learner)
    done = await screen.desk.call(enrolments.REMOVE, request)
    return clean_line(f"{done.learner_email} is not in “{done.title}” any more.")


def given(done: Given) -> str:
    """Return in a sentence what became of those who were to come in; who did not is named."""
    new = sum(line.outcome is Outcome.ENROLLED for line in done.lines)
    there = sum(line.outcome is Outcome.UNCHANGED for line in done.lines)
    not_in = [clean_line(line.who) for line in done.lines if line.outcome is Outcome.REFUSED]
    parts = [f"{new:,} let in"]
    parts += [f"{there:,} in already"] if there else []
    parts += [f"not known here: {', '.join(not_in)}"] if not_in else []
    return f"{'; '.join(parts)}."


def _told(done: CourseChanged) -> str:
    return f"“{clean_line(done.title)}” is {words.state(done)} now."


ACTS: Final[dict[str, Act]] = {
    "publish": publish,
    "draft": draft,
    "archive": archive,
    "restore": restore,
    "price": _by(PriceScreen, lambda done: f"costs {price(done.price_in_cents, done.currency)} now"),
    "move": _by(MoveScreen, lambda done: f"is in {clean_line(done.category)} now"),
    "hand_over": _by(HandOverScreen, lambda done: f"is {clean_line(done.author_email)}'s now"),
    "let_in": let_in,
}
"""By the name that the commands of a list of courses have in their action."""
