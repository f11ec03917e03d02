"""The one way in which a command takes the name of a course that one teaches: its id, its title, or words of it.

Drafts and archived ones too, which the catalog's names (`naming`) do not find.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.wire import preview
from lms_tui.wire.courses import LIST, ListRequest, ManagedCourse
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

TAUGHT: Final = "a course of yours: its id, its title, or words of the title"
"""What stands in the help of an argument that is such a name."""
_MOST: Final = 20


async def taught(api: "Api", name: str, besides: str = "") -> UUID:
    """Return the id of the one course of one's own that `name` means; an id is taken as it is.

    `besides` is a sentence on what else the name is not. Raises WronglyAskedError for a name that fits none, and for
    one that fits several, which are told.
    """
    try:
        return UUID(name)
    except ValueError:
        pass
    page = await api.call(LIST, ListRequest(search=name))
    wanted = name.strip().casefold()
    exactly = [course for course in page.courses if course.title.strip().casefold() == wanted]
    found = exactly or page.courses
    if len(found) == 1:
        return found[0].id
    said = clean_line(name)
    if not found:
        raise WronglyAskedError(f"{besides}You teach no course called “{said}”. See: lms-tui course list")
    raise WronglyAskedError(
        f"“{said}” fits several of your courses. Say more of the title, or give an id:", *map(_line, found[:_MOST])
    )


async def taught_lesson(api: "Api", name: str) -> UUID:
    """Return the id of the one lesson of a course of one's own that `name`, COURSE/LESSON, means; an id is taken as it
    is. A title may have slashes. Raises WronglyAskedError.
    """
    with suppress(ValueError):
        return UUID(name)
    wrong: WronglyAskedError | None = None
    for at in (at for at, letter in enumerate(name) if letter == "/"):
        try:
            course = await taught(api, name[:at])
            found = await api.call(preview.COURSE, preview.CourseRequest(course_id=course))
            titles = {lesson.id: lesson.title for chapter in found.chapters for lesson in chapter.lessons}
            return lesson_named(name[at + 1 :], titles, "is no lesson")
        except WronglyAskedError as error:
            wrong = wrong or error
    if wrong is None:
        raise WronglyAskedError(f"Say which course “{clean_line(name)}” is in: COURSE/LESSON, or give its id.")
    raise wrong


def lesson_named(said: str, titles: Mapping[UUID, str], none: str) -> UUID:
    """Return the one of a course's lessons with these `titles` that is meant, by its id, its title, or words of that.

    Raises WronglyAskedError; `none` tells what a name that fits none of them is.
    """
    wanted = clean_line(said).casefold()
    folded = {own: clean_line(title).casefold() for own, title in titles.items()}
    found = [own for own, title in folded.items() if wanted in (title, str(own))]
    found = found or [own for own, title in folded.items() if wanted in title]
    if len(found) == 1:
        return found[0]
    why = "fits several lessons" if found else none
    lines = [f"{own}  {title}" for own, title in titles.items() if own in found or not found]
    raise WronglyAskedError(
        f"“{clean_line(said)}” {why} of this course. There are:", *lines[:_MOST], *["…"] * (len(lines) > _MOST)
    )


def _line(course: ManagedCourse) -> str:
    return f"{course.id}  {course.title}"
