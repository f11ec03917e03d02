"""People for the pictures: a school as its administrators see it."""

from datetime import timedelta
from typing import Final
from uuid import uuid5

from lms_tui.wire import people, people_acts
from lms_tui.wire.operation import Reply
from tests.tui.quiz_service import COURSE, SOMEBODY, START

_PEOPLE: Final = (
    ("ada@example.org", "Ada", "Lovelace", "ADMIN", "", ("Evening class", "Databases 2026"), 3),
    ("barbara.liskov@example.org", "Barbara", "Liskov", "CONTENT_CREATOR", "", (), 0),
    ("edsger@example.org", "Edsger", "Dijkstra", "STUDENT", "archived", ("Databases 2026",), 12),
    ("grace.hopper@example.org", "", "", "STUDENT", "invited", ("Evening class",), 0),
    ("noether@example.org", "Emmy", "Noether", "STUDENT", "", (), 1),
    ("zhang@example.org", "数据", "库", "TUTOR", "", (), 2),
)
_NEXT_WEEK: Final = START + timedelta(days=5)


def _line(number: int) -> people.PersonLine:
    email, first, last, role, state, groups, courses = _PEOPLE[number]
    return people.PersonLine(
        id=uuid5(SOMEBODY, email),
        email=email,
        first_name=first,
        last_name=last,
        role=role,
        archived=state == "archived",
        invited_until=_NEXT_WEEK if state == "invited" else None,
        groups=list(groups),
        enrolments=courses,
    )


def person(number: int) -> people.Person:
    """Return the person who stands there in the list."""
    line = _line(number)
    return people.Person(
        id=line.id,
        email=line.email,
        first_name=line.first_name,
        last_name=line.last_name,
        role=line.role,
        archived=line.archived,
        created_at=START - timedelta(days=90),
        has_come=line.invited_until is None,
        invitation=None if line.invited_until is None else people.OpenInvitation(expires_at=_NEXT_WEEK, reminders=1),
        groups=[people.GroupName(id=uuid5(SOMEBODY, name), name=name) for name in line.groups],
        enrolments=[
            people.Enrolment(
                course_id=uuid5(COURSE, title),
                title=title,
                enrolled_at=START,
                completed_at=START if done == lessons else None,
                completed_lessons=done,
                lessons=lessons,
            )
            for title, done, lessons in (
                ("Files, pipes, processes", 9, 9),
                ("Relational databases from the ground up", 25, 41),
                ("The shell, slowly", 0, 22),
            )[: line.enrolments]
        ],
        teaches=2 if line.role == "ADMIN" else 0,
        open_attempts=1 if line.role == "ADMIN" else 0,
        last_activity=START - timedelta(days=2) if line.enrolments else None,
        only_admin=line.role == "ADMIN",
    )


REPLIES: Final[dict[str, Reply]] = {
    people.LIST.name: people.People(people=[_line(at) for at in range(len(_PEOPLE))], next=None, previous=None),
    people.COUNTS.name: people.Counts(present=5, students=3, authors=1, admins=1, invited=1, archived=1),
    people.PERSON.name: person(0),
    people_acts.RESET.name: people_acts.ResetGiven(
        id=SOMEBODY,
        person_id=person(0).id,
        email=_PEOPLE[0][0],
        code="T5SC9-KNVP5-TYTS6-ZBN12-X4SNNK",
        expires_at=START + timedelta(hours=1),
    ),
}
"""What each operation answers."""
