"""How people are said: their name and role, where they stand, and what an administrator's act would touch."""

from datetime import datetime
from typing import Final

from lms_tui.tui import glyphs
from lms_tui.tui.words import count, dotted
from lms_tui.wire.people import Person, PersonLine, Role
from lms_tui.wire.text import clean_line

ROLES: Final = {"STUDENT": "learner", "CONTENT_CREATOR": "author", "ADMIN": "administrator"}
MAY: Final = {
    Role.STUDENT: "A learner takes courses.",
    Role.CONTENT_CREATOR: "An author makes courses, and sees the learners of their own.",
    Role.ADMIN: "An administrator sees and changes everything, people too.",
}
"""What comes with each role."""


def full_name(one: PersonLine | Person) -> str:
    """Return first and last name as far as they are known."""
    return f"{one.first_name} {one.last_name}".strip()


def called(one: PersonLine | Person) -> str:
    """Return the name, or the address of who has none yet, on one line."""
    return clean_line(full_name(one)) or clean_line(one.email)


def who(one: PersonLine | Person) -> str:
    """Return name and address, so that nobody is taken for another."""
    return clean_line(f"{full_name(one)} <{one.email}>".strip())


def role_of(role: str) -> str:
    """Return a role in words; another program may have written one that is none of ours."""
    return ROLES.get(role.upper(), clean_line(role))


def moment(at: datetime) -> str:
    """Return a moment where the user is: "3 Dec 2026 14:02"."""
    local = at.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"


def standing(one: PersonLine) -> tuple[str, str, str]:
    """Return the mark of where somebody stands, its colour, and the same in words."""
    if one.archived:
        return glyphs.WRONG, "muted", "archived"
    if one.invited_until is not None:
        return glyphs.WAITING, "warning", f"invited until {moment(one.invited_until)}"
    return glyphs.DONE, "success", ""


def facts(one: PersonLine) -> str:
    """Return address, role and groups on one line."""
    address = one.email if full_name(one) else ""
    return dotted(address, role_of(one.role), ", ".join(map(clean_line, one.groups)))


def archiving(person: Person) -> list[str]:
    """Return in sentences what archiving a person ends, and what stays."""
    lines = ["They cannot sign in any more; their sessions end at once."]
    if person.invitation is not None:
        lines.append("Their invitation is void.")
    if person.open_attempts:
        lines.append(f"{count(person.open_attempts, 'attempt')} at quizzes will stay open.")
    stays = ["what they did"]
    stays += [count(len(person.enrolments), "enrolment")] if person.enrolments else []
    stays += [count(len(person.groups), "group")] if person.groups else []
    stays += [f"{count(person.teaches, 'course')} of theirs"] if person.teaches else []
    return [*lines, f"What stays: {', '.join(stays)}."]


def restoring(person: Person) -> list[str]:
    """Return in sentences what restoring a person does."""
    if person.has_come:
        return ["They may sign in again, with the password from before."]
    return ["They have no password: invite them again after it."]


def taking_role(person: Person, role: Role) -> list[str]:
    """Return in sentences what another role does."""
    lines = [f"From their next request on they are {ROLES[role]} and not {role_of(person.role)}.", MAY[role]]
    return [*lines, *authorship(person)]


def authorship(person: Person) -> list[str]:
    """Return that what somebody made stays theirs, where they made anything."""
    return [f"They are the author of {count(person.teaches, 'course')}; that stays."] if person.teaches else []


def inviting_again(person: Person) -> list[str]:
    """Return in sentences what another invitation does."""
    return ["They get a new code.", *(["The code from before is void."] if person.invitation is not None else [])]


RESETTING: Final = (
    "They get a code, which works once and for an hour, and choose a new password with it.",
    "Nothing ends before they use it; then all their sessions end.",
)
