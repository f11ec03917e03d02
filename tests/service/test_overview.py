"""The system at a glance: every number from rows that were put there, and nothing in an empty school that is wrong."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from lms_tui.service.statistics import refresh
from lms_tui.wire import course_acts, overview

from .people_kit import Office, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(database_url, tmp_path / "secrets") as made:
        yield made


async def test_an_empty_school_has_its_days_and_its_database(office: Office) -> None:
    found = await office.good(overview.OVERVIEW, overview.OverviewRequest())
    assert (found["people"]["present"], found["people"]["admins"]) == (1, 1)
    assert found["active"] == {"in_7_days": 0, "in_30_days": 0}
    assert set(found["courses"].values()) == {0}
    today = office.one("SELECT (now() AT TIME ZONE 'UTC')::date")
    assert len(found["days"]) == 14
    assert found["days"][-1] == {"day": str(today), "learners": 0, "lessons": 0, "attempts": 0, "enrolments": 0}
    assert found["mail"] == {"sends": False, "waiting": 0, "oldest": None, "given_up": 0, "last_fault": ""}
    assert found["versions"]["schema"] == office.one("SELECT version_num FROM lms_tui.alembic_version")
    assert found["versions"]["postgresql"] == office.one("SELECT current_setting('server_version')")
    assert len(found["database"]["tables"]) == 8
    assert 0 < found["database"]["connections"] <= found["database"]["most_connections"]
    assert found["acts"] == []


async def test_what_was_done_is_counted_on_its_day_and_by_person(office: Office) -> None:
    db, author = office.house.db, office.add("author@x.org", "CONTENT_CREATOR")
    course = office.house.course(author, "Joins \x1b[31m")
    office.house.course(author, "Draft", published=False)
    db.execute("UPDATE courses SET archived = true WHERE id = %s", (office.house.course(author, "Old"),))
    ada, bob, eve = (office.add(f"{name}@x.org") for name in ("ada", "bob", "eve"))
    lessons = [row[0] for row in db.execute("SELECT id FROM lessons WHERE type = 'text' ORDER BY id").fetchall()]
    quiz = office.one("SELECT id FROM lessons WHERE type = 'Quiz' LIMIT 1")
    for person, days in ((ada, 0), (bob, 10), (eve, 40)):
        db.execute(
            "INSERT INTO student_courses (user_id, course_id, enrolled_at)"
            " VALUES (%s, %s, now() - %s * interval '1 day')",
            (person, course, days),
        )
        for lesson in lessons[:2]:
            db.execute(
                "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_completed, completed_at,"
                " updated_at) SELECT %s, id, chapter_id, true, now() - %s * interval '1 day',"
                " now() - %s * interval '1 day' FROM lessons WHERE id = %s",
                (person, days, days, lesson),
            )
    db.execute("UPDATE student_courses SET completed_at = now() WHERE user_id = %s", (ada,))
    attempt = (
        "INSERT INTO quiz_attempts (user_id, lesson_id, score, created_at, completed_at) VALUES (%s, %s, %s, %s, %s)"
    )
    now = office.one("SELECT now()")
    db.execute(attempt, (eve, quiz, 50, now, now))
    db.execute(attempt, (ada, quiz, None, now, now))  # set aside
    db.execute(attempt, (office.admin, quiz, None, now, None))  # open
    db.execute(attempt, (bob, quiz, None, now, None))
    await refresh(office.house.service.shared.pools)
    db.execute("INSERT INTO lms_tui.mail (kind, code_id, fault) VALUES ('reset', gen_random_uuid(), 'try later')")
    for _ in range(2):
        db.execute("INSERT INTO lms_tui.mail (kind, code_id, due) VALUES ('reset', gen_random_uuid(), NULL)")
    await office.good(course_acts.DRAFT, course_acts.DraftRequest(id=uuid4(), course_id=course))
    found = await office.good(overview.OVERVIEW, overview.OverviewRequest())
    assert found["active"] == {"in_7_days": 4, "in_30_days": 4}  # ada, eve, the administrator, and bob again
    assert found["courses"] == {"published": 0, "drafts": 2, "archived": 1, "enrolments": 3, "completions": 1}
    day = {name: found["days"][-1][name] for name in ("learners", "lessons", "attempts", "enrolments")}
    assert day == {"learners": 2, "lessons": 2, "attempts": 1, "enrolments": 1}
    assert found["days"][-11]["learners"] == 1
    assert sum(one["lessons"] for one in found["days"]) == 4
    assert (found["mail"]["waiting"], found["mail"]["given_up"], found["mail"]["last_fault"]) == (1, 2, "try later")
    (act,) = found["acts"]
    assert (act["actor"], act["action"], act["what"]) == ("boss@x.org", "courses.draft", "Joins \x1b[31m")
