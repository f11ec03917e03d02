"""Rules of courses and progress that SQL says: types of lessons in any spelling, prices, mentors, where `c` leads."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from .conftest import House
from .test_progress import enrolled, lessons_of, put

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def outline(house: House, user: UUID, course: UUID) -> dict[str, Any]:
    reply = await house.http.get(f"/v1/courses/{course}", headers=house.session(user))
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


@pytest.mark.parametrize(
    ("stored", "told", "by_hand"),
    [
        ("TEXT", "text", True),
        ("Video", "video", True),
        ("ex-ter_nal", "external", True),
        ("S_C_O_R_M", "scorm", False),
        ("-quiz", "quiz", False),
        ("hologram_3d", "hologram_3d", True),
    ],
)
async def test_types_of_lessons_in_any_spelling_and_another_is_done_by_hand(
    house: House, stored: str, told: str, by_hand: bool
) -> None:
    course = house.course(house.person(), "Course")
    user = enrolled(house, course)
    lesson = lessons_of(house, course)["Lesson 1.1"]
    house.db.execute("UPDATE lessons SET type = %s, description = 'Read me' WHERE id = %s", (stored, lesson))
    assert (await outline(house, user, course))["chapters"][0]["lessons"][0]["type"] == told
    read = (await house.http.get(f"/v1/lessons/{lesson}", headers=house.session(user))).json()
    assert (read["type"], read["text"], read["completes_by_hand"]) == (told, "Read me", by_hand)
    status, body = await put(house, user, lesson, "completion")
    assert (status, body.get("code")) == ((200, None) if by_hand else (409, "not_by_hand"))


async def test_no_currency_is_usd_and_a_row_of_its_own_gives_a_lesson_a_mentor(house: House) -> None:
    course = house.course(house.person(), "Course", price=9900)
    user = enrolled(house, course)
    house.db.execute("UPDATE courses SET currency = NULL")
    house.db.execute("INSERT INTO ai_mentor_lessons (lesson_id) SELECT id FROM lessons WHERE title = 'Lesson 2.1'")
    told = await outline(house, user, course)
    assert (told["price_in_cents"], told["currency"]) == (9900, "usd")
    assert [line["title"] for chapter in told["chapters"] for line in chapter["lessons"] if line["has_mentor"]] == [
        "Lesson 2.1"
    ]


@dataclass
class Stand:
    """How a learner stands in one lesson."""

    started: bool = False
    completed: bool = False
    opened: datetime = NOON
    attempt: bool = False


def goes_on(stands: list[Stand]) -> int | None:
    """Where `c` leads by the words of domain.md: an open attempt, else the started, incomplete lesson opened last, else
    the first that is not started; what another program completed without starting it is done too."""
    attempts = [at for at, one in enumerate(stands) if one.attempt]
    begun = [at for at, one in enumerate(stands) if one.started and not one.completed]
    new = [at for at, one in enumerate(stands) if not one.started and not one.completed]
    if attempts:
        return attempts[0]
    return max(begun, key=lambda at: stands[at].opened) if begun else next(iter(new), None)


async def test_where_c_leads(house: House) -> None:
    course = house.course(house.person(), "Course")
    titles = ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"]
    lessons = lessons_of(house, course)
    chance = random.Random(7)  # noqa: S311
    seen = set()
    for _ in range(120):
        user = enrolled(house, course)
        stands: list[Stand] = []
        for title in titles:
            started, completed = chance.random() < 0.5, chance.random() < 0.4
            stand = Stand(started, completed, NOON + timedelta(minutes=chance.randrange(10**6)))
            stand.attempt = title.endswith("2") and chance.random() < 0.15 and not any(one.attempt for one in stands)
            stands.append(stand)
            if started or completed:
                house.db.execute(
                    "INSERT INTO student_lesson_progress"
                    " (user_id, lesson_id, chapter_id, is_started, is_completed, updated_at)"
                    " SELECT %s, id, chapter_id, %s, %s, %s FROM lessons WHERE id = %s",
                    (user, started, completed, stand.opened, lessons[title]),
                )
            if stand.attempt:
                house.db.execute(
                    "INSERT INTO quiz_attempts (id, user_id, lesson_id) VALUES (%s, %s, %s)",
                    (uuid4(), user, lessons[title]),
                )
        wanted = goes_on(stands)
        seen.add(wanted)
        told = await outline(house, user, course)
        assert told["resume_lesson"] == (None if wanted is None else str(lessons[titles[wanted]])), stands
        assert (told["resume_attempt"] is not None) == (wanted is not None and stands[wanted].attempt)
        home = (await house.http.get("/v1/home", headers=house.session(user))).json()
        resume = home["resume"]
        assert (resume and resume["lesson_id"]) == told["resume_lesson"], stands
        assert (resume and resume["attempt_id"]) == told["resume_attempt"]
    assert seen == {None, 0, 1, 2, 3}
