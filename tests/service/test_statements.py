"""How many statements each operation sends to PostgreSQL: a screen makes one call, so this is what a screen costs.

`CASES` has one line for every operation of the table, which `tests/guards/test_operations_counted.py` sees to. The
first statement of every operation that needs a session is the one that reads who calls. An import's grow with what is
imported: here it is the course of `Folder`, or the tour.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from inspect import isawaitable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast
from uuid import UUID, uuid4

import msgspec
import pytest

from lms_tui.mentor.provider import Provider
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.mentor.turns import End, Piece, Turn
from lms_tui.rules.mentor_threads import answer_id
from lms_tui.service.codes import new_code, stored
from lms_tui.service.settings import Mentor
from lms_tui.wire import (
    accounts,
    audit,
    catalog,
    categories,
    course_acts,
    course_statistics,
    courses,
    enrolments,
    erasing,
    files,
    finding,
    fresh_start,
    group_members,
    groups,
    history,
    inviting_many,
    joining,
    learning,
    lint,
    mentor,
    mentor_check,
    mentor_results,
    mentor_threads,
    overview,
    own_data,
    people,
    people_acts,
    practice,
    preview,
    preview_mentor,
    quizzes,
    school,
    sso,
    statistics,
    system,
)
from lms_tui.wire.enrolments import Wanted
from lms_tui.wire.operation import Operation, Request

from .conftest import House
from .import_kit import Folder, imported, page, tar
from .mentor_kit import add_message
from .statement_kit import PASSWORD, World, counted, populated

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Case:
    """What an operation is asked, and how many statements it takes then."""

    operation: Operation[Any, Any]
    statements: int
    ask: Callable[[World], Request | Awaitable[Request]]
    """Also makes what the request needs; that is not counted."""
    body: Callable[[Path], bytes] | None = None
    """Of one that `uploads`, made in an empty folder."""
    what: str = ""
    """What is particular about it, where an operation has several cases."""

    @property
    def name(self) -> str:
        """What a test run calls it."""
        return f"{self.operation.name} {self.what}".rstrip()


def _question(world: World) -> Request:
    return mentor.AskRequest(lesson_id=world.text_lesson, message_id=uuid4(), thread_id=uuid4(), text="Why?")


def _answered(world: World) -> UUID:
    """A question of the learner's that has an answer."""
    asked: UUID = world.one("SELECT id FROM ai_mentor_thread_messages WHERE thread_id = %s", world.thread)
    add_message(world.house, world.thread, "So.", "assistant", id=answer_id(asked, 1), model="a model")
    return asked


def _checked(world: World) -> UUID:
    """The learner's check of the lesson, which leads to a lesson."""
    own: UUID = world.one(
        "INSERT INTO ai_mentor_student_lesson_progress (user_id, lesson_id, understanding_level, recommended_actions)"
        " VALUES (%s, %s, 5, %s) RETURNING id",
        world.quiz.learner,
        world.text_lesson,
        f"- Read it again. (lesson: Lesson 1.1, {world.text_lesson})",
    )
    return own


def _results(world: World) -> Request:
    _checked(world)
    return mentor_check.ResultRequest(lesson_id=world.text_lesson)


class _Says:
    """A provider that is none."""

    async def stream(self, turns: Sequence[Turn]) -> AsyncGenerator[Piece | End, None]:
        yield Piece(f"{len(turns)} turns.")
        yield End("a model", 10)

    async def aclose(self) -> None:
        """Have nothing to close."""


def _trying(world: World) -> Request:
    """A question to a mentor who answers."""
    service = world.house.service
    told = replace(service.shared.settings, mentor=Mentor(ProviderSettings("http://127.0.0.1/v1", "a model", "")))
    service._shared = replace(service.shared, settings=told, mentor=cast("Provider", _Says()))
    return preview_mentor.TryRequest(lesson_id=world.text_lesson, said=[], text="Why?")


def _progress(world: World) -> Request:
    return learning.ProgressRequest(lesson_id=world.text_lesson, id=uuid4())


def _refresh(world: World) -> Request:
    now = world.one("SELECT clock_timestamp()")
    return accounts.RefreshRequest(refresh=world.house.service.shared.tokens.sign("refresh", world.admin, now))


def _invitation(ask: Callable[[str], Request]) -> Callable[[World], Request]:
    """Return what makes an invitation and asks with its code."""

    def made(world: World) -> Request:
        code = new_code()
        world.one(
            "INSERT INTO create_tokens (email, token, expires_at)"
            " VALUES ('new@example.org', %s, now() + interval '1 day') RETURNING id",
            stored(code),
        )
        return ask(code)

    return made


def _reset(world: World) -> Request:
    code = new_code()
    world.one(
        "INSERT INTO reset_tokens (user_id, token, expires_at) VALUES (%s, %s, now() + interval '1 hour') RETURNING id",
        world.admin,
        stored(code),
    )
    return joining.ResetRequest(code=code, password=PASSWORD)


def _password(world: World) -> Request:
    hashed = world.house.service.shared.passwords.hash_now(PASSWORD)
    world.one(
        "INSERT INTO credentials (user_id, password_hash, updated_at)"
        " VALUES (%s, %s, now() - interval '1 hour') RETURNING id",
        world.quiz.learner,
        hashed,
    )
    return joining.PasswordRequest(current=PASSWORD, password=f"{PASSWORD}!")


SECRET: Final = "a client's secret, which is as random as can be"


def _begun(world: World) -> Request:
    return sso.BeginRequest(id=world.house.sso(SECRET), issuer="school", secret=SECRET)


def _many(number: int, *, check: bool = False) -> Request:
    guests = [inviting_many.GuestLine(line=n, email=f"{n}@example.org") for n in range(number)]
    return inviting_many.InviteManyRequest(id=uuid4(), guests=guests, check=check)


def _restore(world: World) -> Request:
    world.one("UPDATE users SET archived = true WHERE id = %s RETURNING id", world.quiz.learner)
    return people_acts.RestoreRequest(id=uuid4(), person_id=world.quiz.learner)


def _groups(world: World) -> Request:
    _group(world)
    own = world.quiz.learner
    return people_acts.GroupsRequest(id=uuid4(), person_id=own, add=["evening"])


def _group(world: World, *, archived: bool = False) -> UUID:
    own: UUID = world.one("INSERT INTO groups (name, archived) VALUES ('Evening', %s) RETURNING id", archived)
    return own


def _restore_group(world: World) -> Request:
    return groups.RestoreRequest(id=uuid4(), group_id=_group(world, archived=True))


def _members(world: World, *, remove: bool = False) -> Request:
    own = _group(world)
    people = [Wanted(line=1, who=str(world.quiz.learner))]
    if remove:
        world.one("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s) RETURNING id", own, world.quiz.learner)
    return group_members.MembersRequest(id=uuid4(), group_id=own, people=people, remove=remove)


def _enrol_group(world: World) -> Request:
    own = _group(world)
    world.one("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s) RETURNING id", own, world.quiz.learner)
    return group_members.EnrolRequest(id=uuid4(), group_id=own, courses=[_other_course(world)])


def _category(world: World, *, archived: bool = False) -> UUID:
    own: UUID = world.one("INSERT INTO categories (name, archived) VALUES ('Data', %s) RETURNING id", archived)
    return own


def _answer(world: World) -> Request:
    question = world.quiz.questions["scale"]
    return quizzes.AnswerRequest(attempt_id=UUID(world.attempt), question_id=question, answer=quizzes.Answer(text="4"))


def _submit(world: World) -> Request:
    return quizzes.SubmitRequest(attempt_id=UUID(world.attempt), questions=list(world.quiz.questions.values()))


def _compare(world: World) -> Request:
    world.one("UPDATE quiz_attempts SET completed_at = now(), score = 50 WHERE id = %s RETURNING id", world.attempt)
    return history.CompareRequest(attempt_id=UUID(world.attempt), other_id=UUID(world.submitted))


def _fresh_start(world: World) -> Request:
    return fresh_start.FreshStartRequest(id=uuid4(), lesson_id=world.quiz.lesson, learner_id=world.quiz.learner)


def _grade(world: World) -> Request:
    questions = list(world.quiz.questions.values())
    return preview.GradeRequest(lesson_id=world.quiz.lesson, attempt_id=uuid4(), questions=questions, answers={})


def _check(world: World) -> Request:
    return practice.CheckRequest(question_id=world.quiz.questions["all"], answer=quizzes.Answer())


async def _link(world: World) -> Request:
    with TemporaryDirectory() as folder:
        made = Folder(Path(folder) / "course")
        (made.root / "one" / "film.mp4").write_bytes(b"film")
        made.write("one/a.md", page("A", 'type = "video"\nfile = "film.mp4"'))
        await imported(world.house, world.admin, made.root)
    lesson = world.one("SELECT id FROM lessons WHERE file_s3_key LIKE %s", "%.mp4")
    world.house.db.execute(
        "INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (world.quiz.learner, made.id)
    )
    reply = await world.send(files.LESSON, files.LessonFilesRequest(lesson_id=lesson))
    return files.ReadRequest(link=reply.json()["file"]["link"].rpartition("/")[2])


async def _slip(world: World) -> Request:
    ask = catalog.PageRequest(search="othre")
    await world.send(catalog.PAGE, ask)  # gathers the words
    return ask


def _publish(world: World) -> Request:
    world.one("UPDATE courses SET is_published = false WHERE id = %s RETURNING id", world.quiz.course)
    return course_acts.PublishRequest(id=uuid4(), course_id=world.quiz.course)


def _restore_course(world: World) -> Request:
    world.one("UPDATE courses SET archived = true WHERE id = %s RETURNING id", world.quiz.course)
    return course_acts.RestoreRequest(id=uuid4(), course_id=world.quiz.course)


def _give(world: World, people: int, *, check: bool = False) -> Request:
    learners = [world.house.person() for _ in range(people)]
    wanted = [enrolments.Wanted(line=line, who=str(who)) for line, who in enumerate(learners, 1)]
    return enrolments.GiveRequest(id=uuid4(), course_id=world.quiz.course, people=wanted, check=check)


def _move(world: World) -> Request:
    to = world.one("SELECT category_id FROM courses WHERE title = 'Other 7'")
    return course_acts.MoveRequest(id=uuid4(), course_id=world.quiz.course, category=str(to))


def _small_course(folder: Path) -> bytes:
    return tar(Folder(folder / "course").root)


def _other_course(world: World) -> UUID:
    found: UUID = world.one("SELECT id FROM courses WHERE title = 'Other 7'")
    return found


_EMAIL: Final = "SELECT email FROM users WHERE id = %s"

CASES: Final = (
    Case(system.HEALTH, 1, lambda _: system.HealthRequest()),
    Case(audit.LIST, 2, lambda _: audit.ListRequest()),
    Case(audit.LIST, 2, lambda _: audit.ListRequest(person="ada@x.org", kind="entry"), what="of one person and kind"),
    Case(accounts.SIGN_IN, 4, lambda _: accounts.SignInRequest(email="admin@example.org", password=PASSWORD)),
    Case(accounts.OWNER, 4, lambda _: accounts.OwnerRequest()),
    Case(accounts.REFRESH, 2, _refresh),
    Case(accounts.ME, 1, lambda _: accounts.MeRequest()),
    Case(joining.LOOK, 3, _invitation(lambda code: joining.InvitationLook(code=code))),
    Case(
        joining.ACCEPT,
        12,
        _invitation(lambda code: joining.AcceptRequest(code=code, password=PASSWORD, first_name="A", last_name="L")),
    ),
    Case(joining.RESET, 11, _reset),
    Case(joining.ASK_RESET, 6, lambda _: joining.AskResetRequest(email="admin@example.org")),
    Case(joining.ASK_RESET, 4, lambda _: joining.AskResetRequest(email="nobody@x.org"), what="for nobody"),
    Case(joining.PASSWORD, 12, _password),
    Case(joining.PROFILE, 2, lambda _: joining.ProfileRequest(first_name="A", last_name="L")),
    Case(joining.EVERYWHERE, 4, lambda _: joining.EverywhereRequest()),
    Case(sso.ISSUERS, 1, lambda _: sso.IssuersRequest()),
    Case(sso.BEGIN, 1, _begun),
    Case(sso.POLL, 3, lambda w: sso.PollRequest(id=w.house.sso(SECRET, w.quiz.learner), secret=SECRET)),
    Case(sso.WAYS, 2, lambda _: sso.WaysRequest()),
    Case(overview.OVERVIEW, 4, lambda _: overview.OverviewRequest()),
    Case(erasing.OWN_LOOK, 2, lambda _: erasing.OwnErasureLook()),
    Case(erasing.ERASE, 30, lambda w: erasing.EraseRequest(id=uuid4(), email=w.one(_EMAIL, w.quiz.learner))),
    Case(erasing.LOOK, 2, lambda w: erasing.ErasureLook(person_id=w.quiz.learner)),
    Case(erasing.ERASE_PERSON, 28, lambda w: erasing.ErasePersonRequest(id=uuid4(), person_id=w.quiz.learner)),
    Case(own_data.EXPORT, 2, lambda _: own_data.ExportRequest(part=own_data.Part.ANSWERS)),
    Case(people.LIST, 2, lambda _: people.ListRequest()),
    Case(people.LIST, 2, lambda _: people.ListRequest(search="ada", group="x"), what="of a search in a group"),
    Case(people.COUNTS, 2, lambda _: people.CountsRequest()),
    Case(people.PERSON, 2, lambda w: people.PersonRequest(who=str(w.quiz.learner))),
    Case(people_acts.INVITE, 10, lambda _: people_acts.InviteRequest(id=uuid4(), email="new@example.org")),
    Case(inviting_many.INVITE_MANY, 9, lambda _: _many(1)),
    Case(inviting_many.INVITE_MANY, 9, lambda _: _many(inviting_many.MOST_AT_ONCE), what="of as many as may be"),
    Case(inviting_many.INVITE_MANY, 2, lambda _: _many(9, check=True), what="that is a check"),
    Case(
        people_acts.ROLE,
        6,
        lambda w: people_acts.RoleRequest(id=uuid4(), person_id=w.quiz.learner, role=people.Role.CONTENT_CREATOR),
    ),
    Case(people_acts.ARCHIVE, 9, lambda w: people_acts.ArchiveRequest(id=uuid4(), person_id=w.quiz.learner)),
    Case(people_acts.RESTORE, 6, _restore),
    Case(people_acts.GROUPS, 6, _groups),
    Case(people_acts.RESET, 7, lambda w: people_acts.GiveResetRequest(id=uuid4(), person_id=w.quiz.learner)),
    Case(groups.LIST, 2, lambda _: groups.ListRequest()),
    Case(groups.GROUP, 2, lambda w: groups.GroupRequest(group=str(_group(w)))),
    Case(groups.CREATE, 6, lambda _: groups.CreateRequest(id=uuid4(), name="Evening")),
    Case(groups.EDIT, 7, lambda w: groups.EditRequest(id=uuid4(), group_id=_group(w), name="Late")),
    Case(groups.ARCHIVE, 6, lambda w: groups.ArchiveRequest(id=uuid4(), group_id=_group(w))),
    Case(groups.RESTORE, 7, _restore_group),
    Case(group_members.MEMBERS, 6, _members),
    Case(group_members.MEMBERS, 6, lambda w: _members(w, remove=True), what="that takes out"),
    Case(group_members.ENROL, 13, _enrol_group),
    Case(school.SHOW, 2, lambda _: school.ShowRequest()),
    Case(school.SET, 7, lambda _: school.SetRequest(id=uuid4(), company_name="School")),
    Case(school.LOGO, 7, lambda _: school.LogoRequest(id=uuid4(), picture=b"GIF89a")),
    Case(categories.LIST, 2, lambda _: categories.ListRequest()),
    Case(categories.CREATE, 7, lambda _: categories.CreateRequest(id=uuid4(), name="Data")),
    Case(categories.EDIT, 8, lambda w: categories.EditRequest(id=uuid4(), category_id=_category(w), name="Web")),
    Case(
        categories.PLACE,
        7,
        lambda w: categories.PlaceRequest(
            id=uuid4(), category_id=_category(w), before=w.one("SELECT min(id::text)::uuid FROM categories")
        ),
    ),
    Case(categories.ARCHIVE, 6, lambda w: categories.ArchiveRequest(id=uuid4(), category_id=_category(w))),
    Case(
        categories.RESTORE, 8, lambda w: categories.RestoreRequest(id=uuid4(), category_id=_category(w, archived=True))
    ),
    Case(categories.DELETE, 7, lambda w: categories.DeleteRequest(id=uuid4(), category_id=_category(w))),
    Case(catalog.PAGE, 2, lambda _: catalog.PageRequest()),
    Case(catalog.PAGE, 3, lambda _: catalog.PageRequest(search="other"), what="of a search"),
    Case(catalog.PAGE, 7, _slip, what="of a search with a slip in it"),
    Case(catalog.COUNTS, 2, lambda _: catalog.CountsRequest()),
    Case(catalog.COUNTS, 3, lambda _: catalog.CountsRequest(search="other"), what="of a search"),
    Case(
        catalog.COUNTS, 4, lambda _: catalog.CountsRequest(state=catalog.State.NOT_TAKEN), what="of what is not taken"
    ),
    Case(catalog.COURSE, 2, lambda w: catalog.CourseRequest(course_id=w.quiz.course)),
    Case(finding.FIND, 2, lambda _: finding.FindRequest(name="other 7")),
    Case(learning.HOME, 3, lambda _: learning.HomeRequest()),
    Case(learning.ENROL, 10, lambda w: learning.EnrolRequest(course_id=_other_course(w), id=uuid4())),
    Case(learning.LEAVE, 12, lambda w: learning.LeaveRequest(course_id=w.quiz.course)),
    Case(learning.LESSON, 2, lambda w: learning.LessonRequest(lesson_id=w.text_lesson)),
    Case(learning.START, 9, _progress),
    Case(learning.COMPLETE, 14, _progress),
    Case(learning.POSITION, 2, lambda w: learning.PositionRequest(lesson_id=w.text_lesson, block=3, letters=14)),
    Case(quizzes.QUIZ, 3, lambda w: quizzes.QuizRequest(lesson_id=w.quiz.lesson)),
    Case(quizzes.START, 7, lambda w: quizzes.StartRequest(attempt_id=uuid4(), lesson_id=w.quiz.lesson)),
    Case(quizzes.ATTEMPT, 4, lambda w: quizzes.AttemptRequest(attempt_id=UUID(w.attempt))),
    Case(quizzes.ANSWER, 5, _answer),
    Case(quizzes.SUBMIT, 21, _submit),
    Case(quizzes.RESULT, 5, lambda w: quizzes.AttemptRequest(attempt_id=UUID(w.submitted))),
    Case(history.HISTORY, 3, lambda w: history.HistoryRequest(lesson_id=w.quiz.lesson)),
    Case(history.COMPARE, 5, _compare),
    Case(
        fresh_start.LOOK, 2, lambda w: fresh_start.FreshStartLook(lesson_id=w.quiz.lesson, learner=str(w.quiz.learner))
    ),
    Case(fresh_start.GIVE, 15, _fresh_start),
    Case(practice.WRONG, 2, lambda _: practice.WrongRequest()),
    Case(practice.QUESTIONS, 2, lambda w: practice.QuestionsRequest(questions=list(w.quiz.questions.values()))),
    Case(practice.CHECK, 2, _check),
    Case(mentor.ASK, 9, _question),
    Case(
        mentor.ASK,
        13,
        lambda w: msgspec.structs.replace(_question(w), edits=_answered(w)),
        what="in place of another",
    ),
    Case(mentor.ANSWER, 2, lambda w: mentor.AnswerRequest(message_id=_answered(w), number=1)),
    Case(mentor_check.CHECK, 3, lambda w: mentor_check.CheckRequest(lesson_id=w.text_lesson, id=_checked(w))),
    Case(mentor_check.RESULT, 4, _results),
    Case(mentor_threads.OPEN, 2, lambda w: mentor_threads.OpenRequest(lesson_id=w.text_lesson)),
    Case(mentor_threads.THREADS, 2, lambda w: mentor_threads.ThreadsRequest(lesson_id=w.text_lesson)),
    Case(mentor_threads.THREAD, 2, lambda w: mentor_threads.ThreadRequest(thread_id=w.thread)),
    Case(mentor_threads.RENAME, 2, lambda w: mentor_threads.RenameRequest(thread_id=w.thread, title="Joins")),
    Case(
        mentor_threads.START_OVER,
        7,
        lambda w: mentor_threads.StartOverRequest(lesson_id=w.text_lesson, thread_id=uuid4()),
    ),
    Case(files.LESSON, 2, lambda w: files.LessonFilesRequest(lesson_id=w.text_lesson)),
    Case(files.THUMBNAIL, 2, lambda w: files.ThumbnailRequest(course_id=w.quiz.course)),
    Case(files.READ, 1, _link),
    Case(preview.FILES, 3, lambda w: preview.LessonRequest(lesson_id=w.text_lesson)),
    Case(courses.IMPORT, 24, lambda _: courses.ImportRequest(name="course"), _small_course),
    Case(courses.BUILTIN, 66, lambda _: courses.BuiltinRequest(name="tour")),
    Case(courses.LIST, 2, lambda _: courses.ListRequest()),
    Case(course_acts.FACTS, 2, lambda w: course_acts.FactsRequest(course_id=w.quiz.course)),
    Case(course_acts.PUBLISH, 7, _publish),
    Case(course_acts.DRAFT, 7, lambda w: course_acts.DraftRequest(id=uuid4(), course_id=w.quiz.course)),
    Case(course_acts.ARCHIVE, 6, lambda w: course_acts.ArchiveRequest(id=uuid4(), course_id=w.quiz.course)),
    Case(course_acts.RESTORE, 6, _restore_course),
    Case(
        course_acts.PRICE,
        7,
        lambda w: course_acts.PriceRequest(id=uuid4(), course_id=w.quiz.course, price_in_cents=4900),
    ),
    Case(course_acts.MOVE, 8, _move),
    Case(
        course_acts.HAND_OVER,
        7,
        lambda w: course_acts.HandOverRequest(id=uuid4(), course_id=w.quiz.course, to=str(w.admin)),
    ),
    Case(enrolments.GIVE, 13, lambda w: _give(w, 1)),
    Case(enrolments.GIVE, 13, lambda w: _give(w, inviting_many.MOST_AT_ONCE), what="to as many as may be"),
    Case(enrolments.GIVE, 5, lambda w: _give(w, 9, check=True), what="that is a check"),
    Case(enrolments.LOOK, 2, lambda w: enrolments.LookRequest(course_id=w.quiz.course, learner=str(w.quiz.learner))),
    Case(
        enrolments.REMOVE,
        15,
        lambda w: enrolments.RemoveRequest(id=uuid4(), course_id=w.quiz.course, learner_id=w.quiz.learner),
    ),
    Case(lint.LINT, 2, lambda w: lint.LintRequest(course_id=w.quiz.course)),
    Case(preview.COURSE, 3, lambda w: preview.CourseRequest(course_id=w.quiz.course)),
    Case(preview.LESSON, 3, lambda w: preview.LessonRequest(lesson_id=w.text_lesson)),
    Case(preview.QUIZ, 4, lambda w: preview.LessonRequest(lesson_id=w.quiz.lesson)),
    Case(preview.ATTEMPT, 4, lambda w: preview.AttemptRequest(lesson_id=w.quiz.lesson, attempt_id=uuid4())),
    Case(preview.GRADE, 5, _grade),
    Case(preview.ANSWERS, 4, lambda w: preview.LessonRequest(lesson_id=w.quiz.lesson)),
    Case(preview_mentor.MENTOR, 3, lambda w: preview.LessonRequest(lesson_id=w.text_lesson)),
    Case(preview_mentor.TRY, 10, _trying),
    Case(statistics.MINE, 2, lambda _: statistics.MineRequest()),
    Case(statistics.COURSES, 2, lambda _: statistics.CoursesRequest()),
    Case(course_statistics.COURSE, 2, lambda w: course_statistics.CourseRequest(course_id=w.quiz.course)),
    Case(course_statistics.QUESTIONS, 2, lambda w: course_statistics.CourseRequest(course_id=w.quiz.course)),
    Case(course_statistics.LEARNERS, 2, lambda w: course_statistics.LearnersRequest(course_id=w.quiz.course)),
    Case(
        course_statistics.LEARNER,
        2,
        lambda w: course_statistics.LearnerRequest(course_id=w.quiz.course, user_id=w.quiz.learner),
    ),
    Case(mentor_results.COURSE, 2, lambda w: course_statistics.CourseRequest(course_id=w.quiz.course)),
    Case(
        mentor_results.TALKERS,
        2,
        lambda w: mentor_results.TalkersRequest(course_id=w.quiz.course, lesson_id=w.text_lesson),
    ),
    Case(
        mentor_results.LEARNER,
        2,
        lambda w: mentor_results.LearnerMentorRequest(course_id=w.quiz.course, user_id=w.quiz.learner),
    ),
    Case(
        mentor_results.TRANSCRIPT,
        2,
        lambda w: mentor_results.TranscriptRequest(course_id=w.quiz.course, thread_id=w.thread),
    ),
    Case(statistics.REFRESH, 10, lambda _: statistics.RefreshRequest()),
    Case(statistics.STUDY, 8, lambda w: statistics.StudyRequest(course_id=w.quiz.course, seen=0, minutes=1)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_an_operation_sends_so_many_statements(
    house: House, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await populated(house)
    body = None if case.body is None else case.body(tmp_path)
    asked = case.ask(world)
    request = await asked if isawaitable(asked) else asked
    with counted(monkeypatch) as sent:
        reply = await world.send(case.operation, request, body)
    assert reply.status_code == 200, reply.text
    told = "\n".join(f"{number}. {statement[:160]}" for number, statement in enumerate(sent, 1))
    assert len(sent) == case.statements, f"{case.name} sent {len(sent)} statements:\n{told}"
