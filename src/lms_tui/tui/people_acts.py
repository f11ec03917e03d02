"""What an administrator does to one person from their page: each act asks first, and says what it will touch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from lms_tui.tui import people_words as words
from lms_tui.tui.erasing_words import refusal, touched
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.wire import erasing
from lms_tui.wire import people_acts as wire
from lms_tui.wire.enrolments import Outcome
from lms_tui.wire.people import Enrolment, GroupName, Person, Role
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.tui.screens.base import FramedScreen

_LONGEST: Final = 160
"""Cells of a name and of an address in a question: the answers have to stay on the screen."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an act, in a sentence; with a code to hand over where it is told and not mailed."""

    sentence: str
    code: str | None = None
    expires_at: datetime | None = None
    command: str = ""
    """What the code is for on the command line."""


Act = Callable[["FramedScreen[Any]", Person, GroupName | Enrolment | None], Awaitable[Told | None]]
"""Does something to a person; to a group or a course of theirs, where one is under the cursor. None when it was left.

Raises ClientError.
"""


async def _sure(screen: "FramedScreen[Any]", person: Person, question: str, yes: str, *touches: str) -> bool:
    """Ask, with the person's name and address in the first line, whatever the screen below shows."""
    name, address = shorten(words.called(person), _LONGEST), shorten(clean_line(person.email), _LONGEST)
    whom = address if name == address else f"{name} <{address}>"
    asked = ConfirmScreen(f"{question} {whom}?", yes, "Leave it", *touches)
    sure: bool = await screen.app.push_screen_wait(asked)
    return sure


async def role(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Give another role."""
    roles = list(Role)
    here = next((at for at, one in enumerate(roles) if one == person.role.upper()), 0)
    rows = [Row(words.ROLES[one], detail=words.MAY[one]) for one in roles]
    title = f"Which role for {words.called(person)}?"
    chosen = await screen.app.push_screen_wait(ChooseScreen(title, rows, cursor=here, row_height=2))
    if chosen is None or roles[chosen] == person.role.upper():
        return None
    new = roles[chosen]
    yes = f"Make them {words.ROLES[new]}"
    if not await _sure(screen, person, "Change the role of", yes, *words.taking_role(person, new)):
        return None
    done = await screen.desk.call(wire.ROLE, wire.RoleRequest(id=uuid4(), person_id=person.id, role=new))
    return Told(f"{clean_line(done.email)} is {words.role_of(done.role)} now.")


async def archive(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Archive."""
    if not await _sure(screen, person, "Archive", "Archive them", *words.archiving(person)):
        return None
    done = await screen.desk.call(wire.ARCHIVE, wire.ArchiveRequest(id=uuid4(), person_id=person.id))
    return Told(f"{clean_line(done.email)} is archived.")


async def restore(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Let in again."""
    if not await _sure(screen, person, "Restore", "Let them in again", *words.restoring(person)):
        return None
    done = await screen.desk.call(wire.RESTORE, wire.RestoreRequest(id=uuid4(), person_id=person.id))
    return Told(f"{clean_line(done.email)} may come in again.")


async def invite(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Invite once more."""
    if not await _sure(screen, person, "Invite again", "Invite them", *words.inviting_again(person)):
        return None
    known = next((one for one in Role if one == person.role.upper()), Role.STUDENT)
    request = wire.InviteRequest(id=uuid4(), email=person.email, role=known)
    done = await screen.desk.call(wire.INVITE, request)
    return told_by(done)


async def reset(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Give a code for a new password."""
    if not await _sure(screen, person, "Give a code for a new password to", "Give it", *words.RESETTING):
        return None
    done = await screen.desk.call(wire.RESET, wire.GiveResetRequest(id=uuid4(), person_id=person.id))
    return told_by(done)


async def join(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Put into groups."""
    from lms_tui.tui.screens.join_groups import JoinGroupsScreen  # noqa: PLC0415 - imported when opened

    done = await screen.app.push_screen_wait(JoinGroupsScreen(person))
    if done is None:
        return None
    came = ", ".join(map(clean_line, done.added))
    return Told(f"{clean_line(done.email)} came into {came}." if came else "They are in these groups already.")


async def part(screen: "FramedScreen[Any]", person: Person, group: GroupName | Enrolment | None) -> Told | None:
    """Take out of the group under the cursor."""
    if not isinstance(group, GroupName):
        return None
    name = clean_line(group.name)
    stays = "What they did, and the courses that they take, stay."
    if not await _sure(screen, person, f"Out of the group {name}:", "Take them out", stays):
        return None
    request = wire.GroupsRequest(id=uuid4(), person_id=person.id, remove=[str(group.id)])
    done = await screen.desk.call(wire.GROUPS, request)
    return Told(f"{clean_line(done.email)} left {name}." if done.removed else f"They are not in {name} any more.")


async def enrol(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Let into a course."""
    from lms_tui.tui.screens.enrol_person import EnrolPersonScreen  # noqa: PLC0415 - imported when opened

    done = await screen.app.push_screen_wait(EnrolPersonScreen(person))
    if done is None:
        return None
    now = "takes" if done.lines[0].outcome is Outcome.ENROLLED else "takes already"
    return Told(f"{clean_line(person.email)} {now} “{clean_line(done.title)}”.")


async def unenrol(screen: "FramedScreen[Any]", person: Person, course: GroupName | Enrolment | None) -> Told | None:
    """Take out of the course under the cursor."""
    from lms_tui.tui.course_acts import take_out  # noqa: PLC0415 - imported when something is done

    if not isinstance(course, Enrolment):
        return None
    told = await take_out(screen, course.course_id, person.id)
    return None if told is None else Told(told)


async def erase(screen: "FramedScreen[Any]", person: Person, _here: GroupName | Enrolment | None) -> Told | None:
    """Erase."""
    facts = await screen.desk.call(erasing.LOOK, erasing.ErasureLook(person_id=person.id))
    if why := refusal(facts):
        return Told(why)
    if not await _sure(screen, person, "Erase", "Erase them, for ever", *touched(facts)):
        return None
    request = erasing.ErasePersonRequest(id=uuid4(), person_id=person.id)
    done = await screen.desk.call(erasing.ERASE_PERSON, request)
    return Told("They are erased." if done.changed else "They were erased before.")


ACTS: Final[dict[str, Act]] = {
    "role": role,
    "archive": archive,
    "restore": restore,
    "invite": invite,
    "reset": reset,
    "join": join,
    "part": part,
    "enrol": enrol,
    "unenrol": unenrol,
    "erase": erase,
}
"""By the name that the commands of a person's page have in their action."""


def told_by(done: wire.Invited | wire.ResetGiven) -> Told:
    """Return what came of an act that gives a code."""
    invited = isinstance(done, wire.Invited)
    sentence = f"{clean_line(done.email)} is invited." if invited else f"A new password for {clean_line(done.email)}."
    if done.mailed:
        return Told(f"{sentence} The code goes out by mail.")
    if done.code is None:
        return Told(f"{sentence} The code was used already.")
    return Told(sentence, done.code, done.expires_at, "accept" if invited else "reset")
