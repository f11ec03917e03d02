"""Erasing: nothing of a person's words is left in any table, what counts is, and nobody writes behind it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from lms_tui.service.codes import new_code, stored
from lms_tui.wire import accounts, course_acts, erasing, joining, people_acts, quizzes
from lms_tui.wire.operation import Operation, Request
from tests.rows import row_hashes
from tests.service.personal import Traces

from .conftest import House
from .people_kit import Office
from .quiz_kit import Quiz
from .statement_kit import ask, populated

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
WORDS = ("first", "last", "avatar", "token", "answer", "title", "message", "insights", "recommended")


@pytest.fixture
async def quiz(house: House) -> Quiz:
    """A quiz, whose learner is nobody of these tests."""
    return (await populated(house)).quiz


@pytest.fixture
def office(house: House, quiz: Quiz) -> Office:
    """An administrator beside the one of the quiz."""
    made = Office(house, UUID(int=0), house.http)
    made.admin = made.add("boss@x.org", "ADMIN", first="Bo")
    return made


def traces(house: House, quiz: Quiz, word: str, *, hashed: str | None = None) -> Traces:
    """A person in every table."""
    group = house.db.execute("INSERT INTO groups (name) VALUES ('Evening') RETURNING id").fetchone()
    assert group is not None
    made = Traces(house.db, word)
    made.person(hashed or house.service.shared.passwords.hash_now(PASSWORD))
    return made.everywhere(quiz.lesson, quiz.questions["essay"], group[0])


def everything(db: psycopg.Connection[tuple[Any, ...]]) -> str:
    """All rows of all tables, as text."""
    tables = db.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        " WHERE table_schema IN ('public', 'lms_tui') AND table_type = 'BASE TABLE'"
    ).fetchall()
    return "\n".join(
        str(row[0]) for (name,) in tables for row in db.execute(f"SELECT t::text FROM {name} t".encode()).fetchall()
    )


def count(house: House, statement: str, *values: object) -> Any:
    row = house.db.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]


async def test_nothing_of_a_persons_words_is_left_and_what_counts_is(house: House, quiz: Quiz, office: Office) -> None:
    ada, ben = traces(house, quiz, "ada"), traces(house, quiz, "ben")
    before = everything(house.db)
    assert all(ada.said(word) in before for word in WORDS)
    counted = {
        name: count(house, f"SELECT count(*) FROM {name}")
        for name in (
            "users", "student_courses", "student_lesson_progress", "student_chapter_progress", "quiz_attempts",
            "student_question_answers", "ai_mentor_thread_messages", "user_statistics", "course_students_stats",
        )
    }  # fmt: skip
    session = house.session(ada.user)
    facts = (await ask(house.http, erasing.OWN_LOOK, erasing.OwnErasureLook(), session)).json()
    assert (facts["answers"], facts["messages"], facts["attempts"], facts["groups"]) == (2, 2, 2, 1)
    house.db.execute(
        "INSERT INTO lms_tui.audit (id, actor_id, action, subject_id, details)"
        " VALUES (gen_random_uuid(), %s, 'entry.signed_in', %s, '{\"client\": \"192.0.2.77\"}')", (ada.user, ada.user)
    )  # fmt: skip
    request = erasing.EraseRequest(id=uuid4(), password=PASSWORD)
    reply = await ask(house.http, erasing.ERASE, request, session)
    assert reply.status_code == 200, reply.text
    after = everything(house.db)
    assert not [line for line in after.splitlines() if "ada " in line or "ada@" in line.lower()]
    assert all(ben.said(word) in after for word in WORDS)
    assert {name: count(house, f"SELECT count(*) FROM {name}") for name in counted} == counted
    scores = "SELECT array_agg(score ORDER BY score) FROM quiz_attempts WHERE user_id = %s AND completed_at IS NOT NULL"
    assert count(house, scores, ada.user) == [50, None]
    verdict = "SELECT count(*) FROM student_question_answers WHERE answer_text = '[erased]' AND is_correct"
    assert count(house, verdict) == 2
    assert count(house, "SELECT total_study_time_minutes FROM user_statistics WHERE user_id = %s", ada.user) == 33
    row = house.db.execute("SELECT email, first_name, role, archived FROM users WHERE id = %s", (ada.user,)).fetchone()
    assert row == (f"erased-{ada.user}@erased.invalid", "Erased", "STUDENT", True)
    gone: tuple[str, ...] = ("credentials", "reset_tokens", "group_users")
    gone += tuple(f"lms_tui.{name}" for name in ("reading_positions", "sso_people", "mentor_usage", "mentor_no_check"))
    assert not any(count(house, f"SELECT count(*) FROM {name} WHERE user_id = %s", ada.user) for name in gone)
    assert count(house, "SELECT count(*) FROM lms_tui.mail") == 2, "those of Ben"
    audit = "SELECT details::text FROM lms_tui.audit WHERE action = 'accounts.erase' AND subject_id = %s"
    assert "hash" not in count(house, audit, ada.user)
    assert "192.0.2.77" not in str(house.db.execute("SELECT audit::text FROM lms_tui.audit").fetchall())
    assert (await ask(house.http, accounts.ME, accounts.MeRequest(), session)).status_code == 401
    again = await office.good(erasing.ERASE_PERSON, erasing.ErasePersonRequest(id=uuid4(), person_id=ada.user))
    assert again["changed"] is False
    restored = await office.ask(people_acts.RESTORE, people_acts.RestoreRequest(id=uuid4(), person_id=ada.user))
    assert restored.json()["code"] == "person_refused"


async def test_it_is_confirmed_by_the_password_or_by_the_address_where_there_is_none(house: House, quiz: Quiz) -> None:
    ada, eve = traces(house, quiz, "ada"), traces(house, quiz, "eve", hashed="!")
    kept = row_hashes(house.db)
    for user, given, code in (
        (ada.user, {"password": "wrong"}, "password_refused"),
        (ada.user, {"email": ada.email}, "password_refused"),
        (eve.user, {"email": ada.email}, "bad_request"),
        (eve.user, {"password": PASSWORD}, "bad_request"),
    ):
        reply = await ask(house.http, erasing.ERASE, erasing.EraseRequest(id=uuid4(), **given), house.session(user))
        assert reply.json()["code"] == code
    assert row_hashes(house.db) | {"lms_tui.throttle": ""} == kept | {"lms_tui.throttle": ""}, "tries are counted"
    mine = erasing.EraseRequest(id=uuid4(), email=f" {eve.email.upper()} ")
    assert (await ask(house.http, erasing.ERASE, mine, house.session(eve.user))).status_code == 200
    assert "PASSWORD" not in repr(mine)


async def test_who_is_refused_and_that_nothing_is_touched_then(house: House, quiz: Quiz, office: Office) -> None:
    author = traces(house, quiz, "ada")
    house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR' WHERE id = %s", (author.user,))
    courses = [house.course(author.user, f"Course {n}") for n in range(5)]
    kept = row_hashes(house.db)

    async def erased(user: UUID) -> Any:
        return await office.ask(erasing.ERASE_PERSON, erasing.ErasePersonRequest(id=uuid4(), person_id=user))

    refused = await erased(author.user)
    assert refused.json()["code"] == "person_refused"
    assert "“Course 0”, “Course 1”, “Course 2” and 2 more" in refused.json()["detail"]
    assert (await erased(office.admin)).json()["code"] == "not_oneself"
    assert (await erased(uuid4())).json()["code"] == "not_found"
    assert row_hashes(house.db) == kept
    for course in courses:
        heir = course_acts.HandOverRequest(id=uuid4(), course_id=course, to="boss@x.org")
        await office.good(course_acts.HAND_OVER, heir)
    assert (await erased(author.user)).json()["changed"] is True
    house.db.execute("UPDATE users SET archived = true WHERE role = 'ADMIN' AND id <> %s", (office.admin,))
    house.db.execute(
        "UPDATE credentials SET password_hash = %s, updated_at = '2026-01-01' WHERE user_id = %s",
        (house.service.shared.passwords.hash_now(PASSWORD), office.admin),
    )
    house.db.execute("UPDATE courses SET author_id = %s", (author.user,))
    last = erasing.EraseRequest(id=uuid4(), password=PASSWORD)
    reply = await ask(house.http, erasing.ERASE, last, house.session(office.admin))
    assert reply.json()["code"] == "last_admin"


async def test_the_same_erasure_again_is_answered_alike_and_another_under_its_id_is_not(
    house: House, quiz: Quiz, office: Office
) -> None:
    ada, ben = traces(house, quiz, "ada"), traces(house, quiz, "ben")
    request = erasing.ErasePersonRequest(id=uuid4(), person_id=ada.user)
    first = await office.good(erasing.ERASE_PERSON, request)
    assert await office.good(erasing.ERASE_PERSON, request) == first
    other = await office.ask(erasing.ERASE_PERSON, erasing.ErasePersonRequest(id=request.id, person_id=ben.user))
    assert other.json()["code"] == "id_taken"


async def test_no_write_that_was_under_way_leaves_a_word_behind(house: House, quiz: Quiz) -> None:
    """Answers, names, a new password, a reset's use and signing out everywhere, all at once with the erasure."""
    left = []
    for turn in range(8):
        ada = traces(house, quiz, f"zoe{turn}")
        session, code = house.session(ada.user), new_code()
        house.db.execute(
            "INSERT INTO reset_tokens (user_id, token, expires_at) VALUES (%s, %s, now() + interval '1 hour')",
            (ada.user, stored(code)),
        )
        writes: list[tuple[Operation[Any, Any], Request]] = [
            (erasing.ERASE, erasing.EraseRequest(id=uuid4(), password=PASSWORD)),
            (joining.PROFILE, joining.ProfileRequest(first_name=f"zoe{turn} new", last_name="L")),
            (joining.RESET, joining.ResetRequest(code=code, password="another pass phrase")),
            (joining.EVERYWHERE, joining.EverywhereRequest()),
            *(
                (
                    quizzes.ANSWER,
                    quizzes.AnswerRequest(
                        attempt_id=ada.ids["open"],
                        question_id=quiz.questions["essay"],
                        answer=quizzes.Answer(text=f"zoe{turn} late {n}"),
                    ),
                )
                for n in range(6)
            ),
        ]
        writes = writes[turn % 3 :] + writes[: turn % 3]
        replies = await asyncio.gather(*(ask(house.http, one, request, session) for one, request in writes))
        statuses = {one.name: reply.status_code for (one, _), reply in zip(writes, replies, strict=True)}
        assert max(statuses.values()) < 500, statuses
        if statuses[erasing.ERASE.name] == 200 and f"zoe{turn}" in everything(house.db).lower():
            left += [line for line in everything(house.db).splitlines() if f"zoe{turn}" in line.lower()]
    assert not left


async def test_an_answer_whose_attempt_is_being_erased_waits_and_is_refused(house: House, quiz: Quiz) -> None:
    """The erasure has its turn, and has not ended: the answer waits for it, and finds the attempt closed."""
    ada = traces(house, quiz, "ada")
    session = house.session(ada.user)
    from lms_tui.db.queries import erasing as queries

    answer = quizzes.AnswerRequest(
        attempt_id=ada.ids["open"],
        question_id=quiz.questions["essay"],
        answer=quizzes.Answer(text="ada late"),
    )
    name = joining.ProfileRequest(first_name="ada late", last_name="L")
    async with house.service.shared.pools.writer.connection() as tx:
        await queries.lock(tx, ada.user)
        late = [
            asyncio.create_task(ask(house.http, quizzes.ANSWER, answer, session)),
            asyncio.create_task(ask(house.http, joining.PROFILE, name, session)),
            asyncio.create_task(ask(house.http, joining.EVERYWHERE, joining.EverywhereRequest(), session)),
        ]
        await asyncio.sleep(0.3)
        assert not any(task.done() for task in late)
        await queries.erase(tx, ada.user, [])
    answered, _, ended = [await task for task in late]
    assert answered.status_code != 200
    assert ended.status_code == 401
    assert count(house, "SELECT count(*) FROM credentials WHERE user_id = %s", ada.user) == 0
    assert "ada late" not in everything(house.db)
