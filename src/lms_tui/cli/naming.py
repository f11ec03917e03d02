"""The one way in which a command takes the name of a course or a lesson: an id, its beginning, or a title."""

from typing import TYPE_CHECKING
from uuid import UUID

from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.wire.finding import FIND, FindRequest, Found, Kind
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    import argparse

    from lms_tui.client.api import Api

NAMED = "its id, the beginning of the id (4 characters at least), its title, or words of the title"
"""What stands in the help of an argument that is such a name."""


def add_name(parser: "argparse.ArgumentParser", what: str, **how: str) -> None:
    """Let `parser` take one such name as the argument `name`; `what` is COURSE or LESSON."""
    parser.add_argument("name", metavar=what, help=NAMED, **how)  # type: ignore[arg-type]


LESSON_NAMED = "a lesson, or COURSE/LESSON: each by its id or title"
"""What stands in the help of an argument that `resolve_lesson` reads."""


async def resolve_lesson(api: "Api", name: str) -> Found:
    """Return the one lesson that `name` means: a name of its own, or that of its course, a slash, and its own.

    A title may have slashes. Raises WronglyAskedError as `resolve`.
    """
    slashes = [at for at, letter in enumerate(name) if letter == "/"]
    if not slashes or len((await api.call(FIND, FindRequest(name=name, kind=Kind.LESSON))).found) == 1:
        return await resolve(api, name, Kind.LESSON)
    wrong: WronglyAskedError | None = None
    for at in slashes:
        try:
            course = await resolve(api, name[:at], Kind.COURSE)
            return await resolve(api, name[at + 1 :], Kind.LESSON, course.id)
        except WronglyAskedError as error:
            wrong = wrong or error
    assert wrong is not None  # noqa: S101 - there was a slash
    raise wrong


def typed_id(said: str, what: str, found: str) -> UUID:
    """Return the id that was typed of something without a name; `found` is the command that lists them.

    Raises WronglyAskedError for anything else.
    """
    try:
        return UUID(said)
    except ValueError as error:
        raise WronglyAskedError(f"“{clean_line(said)}” is no id of {what}. They stand in: {found}") from error


async def resolve(api: "Api", name: str, kind: Kind = Kind.ANY, within: UUID | None = None) -> Found:
    """Return the one course or lesson that `name` means; `within` is the course whose lessons are meant.

    Raises WronglyAskedError for a name that fits nothing, and for one that fits several, which are told.
    """
    finds = await api.call(FIND, FindRequest(name=name, kind=kind, course_id=within))
    if len(finds.found) == 1:
        return finds.found[0]
    said = clean_line(name)
    if not finds.found:
        what = "course or lesson" if kind is Kind.ANY else str(kind)
        hint = "" if kind is Kind.LESSON else f" Look for it: lms-tui courses --search '{said}'"
        where = "of this course" if within is not None else "that you can see"
        raise WronglyAskedError(f"No {what} {where} is called “{said}”, and no id begins so.{hint}")
    most = [_line(one) for one in finds.found]
    raise WronglyAskedError(f"“{said}” fits several. Say more of the title, or give an id:", *most, *["…"] * finds.more)


def _line(one: Found) -> str:
    return f"{one.id}  {one.title}" + (f" ({one.course_title})" if one.lesson_type is not None else "")
