"""What is asked in the access matrix: each operation's own request, with each object put in.

The request is that of the operation's first case in `test_statements.CASES`, or stands in `ASKED`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from lms_tui.service.codes import new_code
from lms_tui.service.tokens import Tokens
from lms_tui.wire import accounts, erasing, files, history, joining, mentor, people_acts, preview_mentor
from lms_tui.wire.operation import Operation, Request

from .access_cast import Belongings, Cast
from .access_table import On
from .conftest import House
from .import_kit import Folder, tar
from .quiz_kit import Quiz
from .statement_kit import World
from .test_statements import CASES, SECRET

Fields = dict[str, Any]

FILE: Final = f"courses/{uuid4()}/{'0' * 64}.txt"
"""An object of the store."""


@dataclass(frozen=True)
class Asker:
    """Who asks, and what they may name."""

    house: House
    cast: Cast
    role: str

    @property
    def one(self) -> Belongings:
        """Whose things they name as their own."""
        return self.cast.person(self.role)

    @property
    def other(self) -> Belongings:
        """Whose things are another's."""
        return self.cast.other(self.role)

    @property
    def tokens(self) -> Tokens:
        """What signs for the service."""
        return self.house.service.shared.tokens

    def later(self, minutes: int) -> datetime:
        """Return the database's time in so many minutes."""
        row = self.house.db.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        now: datetime = row[0]
        return now + timedelta(minutes=minutes)

    def request(self, operation: Operation[Any, Any], on: On) -> Request:
        """Return what they ask before an object is put in; it may write what the request needs."""
        if operation.name in ASKED:
            return ASKED[operation.name](self.one)
        case = next(case for case in CASES if case.operation is operation and not case.what)
        made = case.ask(self._world(on))
        assert isinstance(made, Request), f"{operation.name} needs a line in ASKED"
        return made

    def _world(self, on: On) -> World:
        """Return the world as they see it: as an author of a course of theirs, or as its learner."""
        one, people = self.one, self.cast
        teaches = on in (On.TAUGHT, On.LEARNER, On.LEARNERS_THREAD, On.ACT)
        course, learner = (one.taught, people.pupil) if teaches else (people.courses["enrolled"], one.id)
        quiz = Quiz(self.house, course.id, course.quiz, learner, course.questions, {})
        attempt, submitted = str(one.open["enrolled"]), str(one.submitted["enrolled"])
        admin, thread = people.people["admin"].id, one.threads["enrolled"]
        return World(quiz, people.stranger, admin, attempt, submitted, course.text, thread)


ASKED: Final[dict[str, Callable[[Belongings], Request]]] = {
    mentor.ANSWER.name: lambda one: mentor.AnswerRequest(message_id=one.message, number=1),
    preview_mentor.TRY.name: lambda one: preview_mentor.TryRequest(lesson_id=one.taught.quiz, said=[], text="Why?"),
    "accounts.password": lambda one: joining.PasswordRequest(current=one.password, password="another pass phrase"),
    "accounts.erase": lambda _: erasing.EraseRequest(id=uuid4()),
    "accounts.refresh": lambda _: accounts.RefreshRequest(refresh=""),
    "accounts.accept": lambda _: joining.AcceptRequest(
        code="", password="another pass phrase", first_name="A", last_name="L"
    ),
    "accounts.invitation": lambda _: joining.InvitationLook(code=""),
    "accounts.reset": lambda _: joining.ResetRequest(code="", password="another pass phrase"),
    "people.restore": lambda one: people_acts.RestoreRequest(id=uuid4(), person_id=one.id),
    "files.read": lambda _: files.ReadRequest(link=""),
    "quizzes.compare": lambda one: history.CompareRequest(
        attempt_id=one.submitted["enrolled"], other_id=one.submitted["enrolled too"]
    ),
}
"""Of operations whose case in `test_statements` does not fit: it belongs to one person alone, takes long, or
has a provider."""


def _as_learner(field: str, part: str) -> Callable[[Asker], tuple[Fields, ...]]:
    def fields(asker: Asker) -> tuple[Fields, ...]:
        given = asker.cast.courses
        courses = [given[name] for name in ("enrolled", "free", "priced", "withdrawn", "draft")]
        ids = [getattr(course, part) for course in (*courses, asker.one.draft)]
        return _named(field, *ids, uuid4())

    return fields


def _named(field: str, *ids: object) -> tuple[Fields, ...]:
    return tuple({field: own} for own in ids)


def _attempts(mine: dict[str, UUID], theirs: dict[str, UUID]) -> tuple[Fields, ...]:
    ids = (mine["enrolled"], mine["withdrawn"], mine["free"], theirs["enrolled"], uuid4())
    return _named("attempt_id", *ids)


def _new_attempts(asker: Asker) -> tuple[Fields, ...]:
    mine, theirs = asker.one, asker.other
    submitted = mine.submitted
    ids = (mine.open["enrolled"], submitted["enrolled"], submitted["another quiz"], theirs.open["enrolled"])
    return _named("attempt_id", uuid4(), *ids)


def _other_results(asker: Asker) -> tuple[Fields, ...]:
    mine, theirs = asker.one.submitted, asker.other.submitted
    return _named("other_id", mine["enrolled too"], mine["another quiz"], theirs["enrolled"], uuid4())


def _questions(asker: Asker) -> tuple[Fields, ...]:
    asked, elsewhere = asker.cast.courses["enrolled"].questions, asker.one.taught.questions
    return _named("question_id", asked["scale"], elsewhere["scale"], uuid4())


def _practised(asker: Asker) -> tuple[Fields, ...]:
    ids = (asker.one.wrong, asker.other.wrong, uuid4())
    return tuple({"question_id": own, "questions": [own]} for own in ids)


def _threads(asker: Asker) -> tuple[Fields, ...]:
    mine, theirs = asker.one.threads, asker.other.threads
    return _named("thread_id", mine["enrolled"], mine["withdrawn"], mine["free"], theirs["enrolled"], uuid4())


def _new_threads(asker: Asker) -> tuple[Fields, ...]:
    mine, theirs = asker.one.threads, asker.other.threads
    return _named("thread_id", uuid4(), mine["enrolled"], mine["withdrawn"], theirs["enrolled"])


def _thread_places(asker: Asker) -> tuple[Fields, ...]:
    mine, theirs = asker.one.threads, asker.other.threads
    return _named("before", mine["enrolled"], mine["withdrawn"], theirs["enrolled"], uuid4())


def _messages(asker: Asker) -> tuple[Fields, ...]:
    return _named("before", asker.one.message, asker.one.other_message, asker.other.message, uuid4())


def _asked(asker: Asker) -> tuple[Fields, ...]:
    mine = asker.one
    return _named("message_id", mine.message, mine.other_message, mine.left_message, asker.other.message, uuid4())


def _new_questions(asker: Asker) -> tuple[Fields, ...]:
    return _named("message_id", uuid4(), asker.one.message, asker.one.other_message, asker.other.message)


def _new_checks(asker: Asker) -> tuple[Fields, ...]:
    return _named("id", uuid4(), asker.one.check, asker.one.other_check, asker.other.check)


def _taught(asker: Asker) -> tuple[Fields, ...]:
    none = {"course_id": uuid4(), "lesson_id": uuid4(), "thread_id": uuid4()}
    return _as_author(asker.one), _as_author(asker.other), none


def _as_author(one: Belongings) -> Fields:
    course, thread = one.taught, one.told["pupil"]
    named = {"course_id": course.id, "lesson_id": course.quiz, "thread_id": thread}
    return {**named, "questions": list(course.questions.values())}


def _learners(asker: Asker) -> tuple[Fields, ...]:
    ids = (asker.cast.pupil, asker.cast.stranger, uuid4())
    return tuple({"user_id": own, "learner": str(own), "learner_id": own} for own in ids)


def _learners_threads(asker: Asker) -> tuple[Fields, ...]:
    mine, theirs = asker.one.told, asker.other.told
    return _named("thread_id", mine["pupil"], mine["stranger"], theirs["pupil"], uuid4())


def _people(asker: Asker) -> tuple[Fields, ...]:
    ids = (asker.one.id, asker.cast.stranger, uuid4())
    return tuple({"person_id": own, "who": str(own)} for own in ids)


def _uploads(asker: Asker) -> tuple[Fields, ...]:
    return _named("upload", *map(_upload, (uuid4(), asker.one.taught.id, asker.other.taught.id)))


@cache
def _upload(own: UUID) -> bytes:
    with TemporaryDirectory() as folder:
        return tar(Folder(Path(folder) / "course", own).root)


def _accounts(asker: Asker) -> tuple[Fields, ...]:
    emails = (asker.one.email, asker.other.email, "nobody@x.org")
    return tuple({"email": email, "password": asker.one.password} for email in emails)


def _refresh_tokens(asker: Asker) -> tuple[Fields, ...]:
    now = asker.later(0)
    refresh, access = (asker.tokens.sign(kind, asker.one.id, now) for kind in ("refresh", "access"))
    return _named("refresh", refresh, access, "none")


def _links(asker: Asker) -> tuple[Fields, ...]:
    good, over = (asker.tokens.sign_link(FILE, "a", asker.later(minutes)) for minutes in (1, 0))
    return _named("link", good, over, good[:-4])


def _sign_ins(asker: Asker) -> tuple[Fields, ...]:
    house, other = asker.house, asker.other.id
    return _named("id", house.sso(SECRET, asker.one.id), house.sso("another's secret", other), uuid4())


FIELDS: Final[dict[On, Callable[[Asker], tuple[Fields, ...]]]] = {
    On.NOTHING: lambda _: ({},),
    On.COURSE: _as_learner("course_id", "id"),
    On.LESSON: _as_learner("lesson_id", "text"),
    On.QUIZ: _as_learner("lesson_id", "quiz"),
    On.ATTEMPT: lambda asker: _attempts(asker.one.open, asker.other.open),
    On.RESULT: lambda asker: _attempts(asker.one.submitted, asker.other.submitted),
    On.OTHER_RESULT: _other_results,
    On.NEW_ATTEMPT: _new_attempts,
    On.NEW_ENROLMENT: lambda asker: _named("id", uuid4(), asker.one.enrolment, asker.other.enrolment),
    On.NEW_PROGRESS: lambda asker: _named("id", uuid4(), asker.one.progress, asker.other.progress),
    On.QUESTION: _questions,
    On.PRACTISED: _practised,
    On.THREAD: _threads,
    On.NEW_THREAD: _new_threads,
    On.THREAD_PLACE: _thread_places,
    On.MESSAGE: _messages,
    On.ASKED: _asked,
    On.NEW_QUESTION: _new_questions,
    On.NEW_CHECK: _new_checks,
    On.TAUGHT: _taught,
    On.LEARNER: _learners,
    On.LEARNERS_THREAD: _learners_threads,
    On.ACT: lambda asker: _named("id", uuid4(), asker.one.act, asker.other.act),
    On.UPLOAD: _uploads,
    On.PERSON: _people,
    On.GROUP: lambda asker: tuple({"group_id": own, "group": str(own)} for own in (asker.cast.group, uuid4())),
    On.CATEGORY: lambda asker: _named("category_id", asker.cast.category, uuid4()),
    On.SHIPPED: lambda _: _named("name", "tour", "none"),
    On.ACCOUNT: _accounts,
    On.CONFIRMED: lambda asker: _named("password", asker.one.password, asker.other.password),
    On.PASSWORD: lambda asker: _named("current", asker.one.password, asker.other.password),
    On.REFRESH: _refresh_tokens,
    On.INVITATION: lambda asker: _named("code", asker.cast.invitation, asker.cast.reset, new_code()),
    On.RESET: lambda asker: _named("code", asker.cast.reset, asker.cast.invitation, new_code()),
    On.LINK: _links,
    On.SSO: _sign_ins,
}
"""For each object of `OBJECTS[on]` the fields that name it; a request takes those that it has."""


def put_in(request: Request, fields: Fields) -> Request:
    """Return `request` with those of `fields` that it has."""
    return msgspec.structs.replace(request, **{n: v for n, v in fields.items() if n in request.__struct_fields__})
