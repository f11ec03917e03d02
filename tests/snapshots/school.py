"""People for the pictures: a school as its administrators see it."""

from datetime import timedelta
from typing import Final
from uuid import uuid5

from lms_tui.wire import categories, course_acts, erasing, group_members, groups, overview, people, people_acts
from lms_tui.wire import school as settings
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


_OVERVIEW: Final = overview.Overview(
    at=START,
    people=people.Counts(present=1_204, students=1_180, authors=21, admins=3, invited=17, archived=88),
    active=overview.Activity(in_7_days=412, in_30_days=733),
    courses=overview.CourseCounts(published=38, drafts=4, archived=11, enrolments=5_120, completions=1_871),
    days=[
        overview.Day(
            day=(START + timedelta(days=at - 13)).date(),
            learners=(at * 37) % 83,
            lessons=(at * 91) % 240,
            attempts=at,
            enrolments=at % 4,
        )
        for at in range(14)
    ],
    mail=overview.MailQueue(
        sends=True, waiting=3, oldest=START - timedelta(hours=2), given_up=0, last_fault="451 4.7.1 Try again later"
    ),
    database=overview.DatabaseState(
        bytes=412_000_000,
        connections=9,
        most_connections=100,
        tables=[
            overview.TableSize(name=name, bytes=size, rows=rows)
            for name, size, rows in (
                ("student_question_answers", 190_000_000, 1_204_000),
                ("student_lesson_progress", 81_000_000, 402_118),
                ("lms_tui.study_hours", 9_400_000, None),
            )
        ],
    ),
    versions=overview.Versions(build="5f2a91c05f2a91c0", wire=1, postgresql="18.4", schema="0010"),
    acts=[
        overview.RecordedAct(at=START, actor="ada@example.org", action=action, person=whom, what=what)
        for action, whom, what in (
            ("enrolments.give", "noether@example.org", "Relational databases from the ground up"),
            ("courses.price", "", "The shell, slowly"),
            ("people.archive", "edsger@example.org", ""),
        )
    ],
)
FACTS: Final = course_acts.CourseFacts(
    id=COURSE,
    title="Relational databases from the ground up",
    author="Barbara Liskov",
    author_email="barbara.liskov@example.org",
    category="Databases",
    is_published=True,
    archived=False,
    price_in_cents=4900,
    currency="eur",
    chapters=8,
    lessons=38,
    enrolled=1_517,
    learning=1_022,
    open_attempts=12,
    by_hand=[],
)

_GROUPS: Final = (
    ("Databases 2026", 128, ""),
    ("Evening class", 31, ""),
    ("数据库", 1, ""),
    ("Spring 2024", 54, "archived"),
)
_CATEGORIES: Final = (
    ("Programming", "Languages, tools and habits", 14, 12, ""),
    ("数据", "", 3, 3, ""),
    ("Mathematics", "Without tears", 0, 0, ""),
    ("Old courses", "What was taught before the move", 9, 4, "archived"),
)


def group() -> groups.Group:
    """Return the first of the groups."""
    name, members, _ = _GROUPS[0]
    return groups.Group(
        id=uuid5(SOMEBODY, name),
        name=name,
        characteristic="Second year; they have written SQL before, and know no Python.",
        archived=False,
        created_at=START - timedelta(days=30),
        members=members,
        invited=7,
        archived_members=2,
        courses=[
            groups.GroupCourse(course_id=uuid5(COURSE, title), title=title, members=number)
            for title, number in (("Relational databases from the ground up", 121), ("The shell, slowly", 8))
        ],
    )


def _enrolled() -> group_members.GroupEnrolled:
    course = group_members.CourseEnrolled(
        course_id=COURSE,
        title="Relational databases from the ground up",
        price_in_cents=4900,
        currency="usd",
        available=True,
        enrolled=7,
        already=121,
    )
    return group_members.GroupEnrolled(
        id=SOMEBODY, group_id=group().id, name=group().name, members=128, archived_members=2, courses=[course]
    )


REPLIES: Final[dict[str, Reply]] = {
    overview.OVERVIEW.name: _OVERVIEW,
    course_acts.FACTS.name: FACTS,
    groups.LIST.name: groups.Groups(
        groups=[
            groups.GroupLine(
                id=uuid5(SOMEBODY, name), name=name, characteristic="", archived=state == "archived", members=members
            )
            for name, members, state in _GROUPS
        ],
        total=len(_GROUPS),
    ),
    groups.GROUP.name: group(),
    group_members.ENROL.name: _enrolled(),
    categories.LIST.name: categories.Categories(
        categories=[
            categories.Category(
                id=uuid5(COURSE, name),
                name=name,
                description=description,
                archived=state == "archived",
                courses=courses,
                shown=shown,
            )
            for name, description, courses, shown, state in _CATEGORIES
        ]
    ),
    settings.SHOW.name: settings.Settings(
        company_name="School on the Hill",
        company_email="school@example.org",
        logo=None,
        logo_missing=True,
        guests=True,
        sso_only=False,
        may_enforce_sso=False,
        without_sso=5,
    ),
    people.LIST.name: people.People(people=[_line(at) for at in range(len(_PEOPLE))], next=None, previous=None),
    people.COUNTS.name: people.Counts(present=5, students=3, authors=1, admins=1, invited=1, archived=1),
    people.PERSON.name: person(0),
    erasing.OWN_LOOK.name: erasing.ErasureFacts(
        email="ada@example.org",
        answers=14,
        messages=32,
        attempts=9,
        enrolments=3,
        groups=1,
        courses=[],
        has_password=True,
        erased=False,
    ),
    people_acts.RESET.name: people_acts.ResetGiven(
        id=SOMEBODY,
        person_id=person(0).id,
        email=_PEOPLE[0][0],
        code="T5SC9-KNVP5-TYTS6-ZBN12-X4SNNK",
        expires_at=START + timedelta(hours=1),
    ),
}
"""What each operation answers."""
