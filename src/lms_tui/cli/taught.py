"""The one way in which a command takes the name of a course that one teaches: its id, its title, or words of it.

Drafts and archived ones too, which the catalog's names (`naming`) do not find.
"""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from lms_tui.cli.wrongly import WronglyAskedError
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


def _line(course: ManagedCourse) -> str:
    return f"{course.id}  {course.title}"
