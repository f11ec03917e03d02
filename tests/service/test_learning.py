"""Home, enrolment and lessons, against a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest

from .conftest import House
from .test_progress import agree, enrolled, lessons_of, put, texts_only
from .test_statistics import standing

pytestmark = pytest.mark.anyio


async def home(house: House, user: UUID) -> dict[str, Any]:
    reply = await house.http.get("/v1/home", headers=house.session(user))
    assert reply.status_code == 200, reply.text
    return reply.json()  # type: ignore[no-any-return]


async def lesson(house: House, user: UUID, lesson_id: UUID) -> tuple[int, dict[str, Any]]:
    reply = await house.http.get(f"/v1/lessons/{lesson_id}", headers=house.session(user))
    return reply.status_code, reply.json()


async def enrol(house: House, user: UUID, course: UUID, row: UUID | None = None) -> tuple[int, dict[str, Any]]:
    body = {"id": str(row or uuid4())}
    reply = await house.http.put(f"/v1/courses/{course}/enrolment", json=body, headers=house.session(user))
    return reply.status_code, reply.json()


async def leave(house: House, user: UUID, course: UUID) -> tuple[int, dict[str, Any]]:
    reply = await house.http.delete(f"/v1/courses/{course}/enrolment", headers=house.session(user))
    return reply.status_code, reply.json()


def dated(house: House, user: UUID, lesson_id: UUID, days_ago: int, *, completed: bool = False) -> None:
    """Let `user` have opened the lesson some days ago."""
    house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed, updated_at)"
        " SELECT %s, id, chapter_id, true, %s, %s FROM lessons WHERE id = %s",
        (user, completed, datetime.now(UTC) - timedelta(days=days_ago), lesson_id),
    )


async def test_home_of_somebody_new(house: House) -> None:
    author = house.person()
    house.course(author, "One")
    house.course(author, "Draft", published=False)
    assert await home(house, house.person()) == {"resume": None, "courses": [], "catalog_courses": 1, "company": None}


async def test_home_lists_my_courses_and_what_to_go_on_with(house: House) -> None:
    author = house.person()
    old, new, untouched, draft = (house.course(author, title) for title in ("Old", "New", "Untouched", "Draft"))
    user = house.person()
    for days, course in ((9, old), (8, new), (5, untouched), (7, draft)):
        house.db.execute(
            "INSERT INTO student_courses (user_id, course_id, enrolled_at) VALUES (%s, %s, %s)",
            (user, course, datetime.now(UTC) - timedelta(days=days)),
        )
    house.db.execute("UPDATE courses SET is_published = false WHERE id = %s", (draft,))
    house.db.execute("INSERT INTO settings (company_name) VALUES (' Acme ')")
    dated(house, user, lessons_of(house, old)["Lesson 2.1"], 3)
    dated(house, user, lessons_of(house, new)["Lesson 1.1"], 1, completed=True)
    dated(house, user, lessons_of(house, draft)["Lesson 1.1"], 0)
    dated(house, user, lessons_of(house, untouched)["Lesson 3.1"], 0)
    stranger = enrolled(house, new)
    dated(house, stranger, lessons_of(house, new)["Lesson 2.1"], 0)
    told = await home(house, user)
    assert told["company"] == "Acme"
    assert [(course["title"], course["available"], course["next_lesson_title"]) for course in told["courses"]] == [
        ("Draft", False, None),
        ("New", True, "Lesson 1.2"),
        ("Old", True, "Lesson 2.1"),
        ("Untouched", True, "Lesson 1.1"),
    ]
    assert [(course["lessons"], course["completed_lessons"]) for course in told["courses"]] == [
        (4, 0),
        (4, 1),
        (4, 0),
        (4, 0),
    ]
    assert [course["last_opened_at"] is None for course in told["courses"]] == [False, False, False, True]
    assert (told["courses"][1]["author"], told["courses"][1]["category"]) == ("Ada L", "About New")
    started = {"course_title": "Old", "chapter_title": "Chapter 2", "lesson_title": "Lesson 2.1", "lesson_type": "text"}
    assert told["resume"].items() >= (started | {"course_id": str(old), "attempt_id": None}).items()

    attempts = [uuid4(), uuid4()]
    for days, course, attempt in ((6, new, attempts[0]), (2, untouched, attempts[1])):
        house.db.execute(
            "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at) VALUES (%s, %s, %s, %s)",
            (attempt, user, lessons_of(house, course)["Lesson 1.2"], datetime.now(UTC) - timedelta(days=days)),
        )
    resume = (await home(house, user))["resume"]
    assert (resume["course_title"], resume["lesson_type"], resume["attempt_id"]) == (
        "Untouched",
        "quiz",
        str(attempts[1]),
    )


async def test_without_anything_begun_home_goes_on_with_the_first_course(house: House) -> None:
    course = house.course(house.person(), "Course")
    user = enrolled(house, course)
    assert (await home(house, user))["resume"]["lesson_title"] == "Lesson 1.1"
    for title in texts_only(house, course).values():
        dated(house, user, title, 1, completed=True)
    told = await home(house, user)
    assert (told["resume"], told["courses"][0]["next_lesson_title"]) == (None, None)


async def test_a_completed_course_tells_what_is_new_and_goes_on_with_the_first_of_it(house: House) -> None:
    course = house.course(house.person(), "Course")
    user = enrolled(house, course)
    for title in texts_only(house, course).values():
        dated(house, user, title, 1, completed=True)
    house.db.execute("UPDATE student_courses SET completed_at = now()")
    house.db.execute(
        "INSERT INTO lessons (chapter_id, type, title, display_order, created_at)"
        " SELECT ch.id, 'text', name, place, clock_timestamp() FROM chapters ch,"
        " (VALUES ('Newest', 3), ('First new', 0)) AS new(name, place) WHERE ch.title = 'Chapter 2'"
    )
    told = await home(house, user)
    assert (told["courses"][0]["new_lessons"], told["resume"]["lesson_title"]) == (2, "First new")
    outline = (await house.http.get(f"/v1/courses/{course}", headers=house.session(user))).json()
    new = [line["title"] for ch in outline["chapters"] for line in ch["lessons"] if line["added_since_completion"]]
    assert new == ["First new", "Newest"]
    assert outline["resume_lesson"] == told["resume"]["lesson_id"]
    dated(house, user, lessons_of(house, course)["First new"], 0, completed=True)
    told = await home(house, user)
    assert (told["courses"][0]["new_lessons"], told["resume"]["lesson_title"]) == (1, "Newest")
    assert told["courses"][0]["completed_at"] is not None, "it stands"


async def test_enrolling_twice_is_once(house: House) -> None:
    course, other = (house.course(house.person(), title) for title in ("Course", "Other"))
    user, row = house.person(), uuid4()
    first = await enrol(house, user, course, row)
    assert first[0] == 200
    assert first[1]["enrolled"]
    assert await enrol(house, user, course, row) == first
    assert await enrol(house, user, course) == first
    assert house.db.execute("SELECT id FROM student_courses").fetchall() == [(row,)]
    assert (await enrol(house, user, other, row))[1]["code"] == "id_taken"
    assert (await enrol(house, house.person(), course, row))[0] == 404
    assert house.db.execute("SELECT count(*) FROM student_courses").fetchone() == (1,)
    assert standing(house)["user_statistics"][0][1] == 1
    await agree(house)


async def test_enrolling_at_once_is_once(house: House) -> None:
    course = house.course(house.person(), "Course")
    users = [house.person() for _ in range(3)]
    told: list[tuple[int, str]] = []

    async def send(user: UUID) -> None:
        status, reply = await enrol(house, user, course)
        told.append((status, f"{user} {reply.get('enrolled_at')}"))

    async with anyio.create_task_group() as group:
        for user in users * 3:
            group.start_soon(send, user)
    assert {status for status, _ in told} == {200}
    assert len({when for _, when in told}) == 3
    assert standing(house)["courses_summary_stats"][0][1] == 3
    assert [row[1] for row in standing(house)["user_statistics"]] == [1, 1, 1]


async def test_who_may_enrol(house: House) -> None:
    author = house.person()
    priced, draft = house.course(author, "Priced", price=1), house.course(author, "Draft", published=False)
    user = house.person("ADMIN")
    assert (await enrol(house, user, priced))[1]["code"] == "not_free"
    missing = await enrol(house, user, uuid4())
    assert missing[0] == 404
    assert await enrol(house, user, draft) == missing
    assert standing(house)["user_statistics"] == []
    for course in (priced, draft):
        house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
    assert (await enrol(house, user, priced))[1]["enrolled"], "staff let them in"
    assert (await enrol(house, user, draft))[1]["code"] == "course_unavailable"


@pytest.mark.parametrize("by", ["self", "another program"])
async def test_leaving_keeps_progress_and_both_dates_for_coming_back(house: House, by: str) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = house.person()
    if by == "self":
        await enrol(house, user, course)
    else:
        house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
    for title in ("Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"):
        await put(house, user, lessons[title], "completion")
    house.db.execute("UPDATE course_students_stats SET study_time_minutes = 11")
    dates = house.db.execute("SELECT enrolled_at, completed_at FROM student_courses").fetchone()
    assert dates is not None
    for _ in range(2):
        assert await leave(house, user, course) == (
            200,
            {"course_id": str(course), "enrolled": False, "enrolled_at": None, "completed_at": None},
        )
    assert house.db.execute("SELECT count(*) FROM student_courses").fetchone() == (0,)
    assert house.db.execute("SELECT count(*) FROM student_lesson_progress").fetchone() == (4,)
    told = standing(house)
    assert told["course_students_stats"][0][2:5] == (*dates, 11)
    assert told["user_statistics"][0][1:5] == (0, 0, 4, 11)
    assert told["courses_summary_stats"][0][1:3] == (0, 0)
    assert (await put(house, user, lessons["Lesson 1.1"], "start"))[1]["code"] == "enrol_first"
    assert (await home(house, user))["courses"] == []
    back = (await enrol(house, user, course))[1]
    assert (datetime.fromisoformat(back["enrolled_at"]), datetime.fromisoformat(back["completed_at"])) == dates
    assert standing(house)["user_statistics"][0][1:5] == (1, 1, 4, 11)
    await agree(house)


async def test_who_has_only_an_enrolment_keeps_its_date(house: House) -> None:
    course = house.course(house.person(), "Course")
    user = house.person()
    house.db.execute(
        "INSERT INTO student_courses (user_id, course_id, enrolled_at) VALUES (%s, %s, '2020-02-02Z')", (user, course)
    )
    await leave(house, user, course)
    assert (await enrol(house, user, course))[1]["enrolled_at"].startswith("2020-02-02")


async def test_leaving_what_cannot_be_seen(house: House) -> None:
    author = house.person()
    draft, learner = house.course(author, "Draft", published=False), house.person()
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, draft))
    assert await leave(house, author, draft) == await leave(house, author, uuid4())
    assert [(await leave(house, learner, draft))[0] for _ in range(2)] == [200, 200]


async def test_coming_and_going_at_once_ends_true(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = house.person()
    statuses: set[int] = set()

    async def come_and_go() -> None:
        for _ in range(3):
            statuses.add((await enrol(house, user, course))[0])
            statuses.add((await put(house, user, lessons["Lesson 1.1"], "completion"))[0])
            statuses.add((await leave(house, user, course))[0])

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(come_and_go)
    assert statuses <= {200, 403}
    kept = standing(house)
    assert kept["user_statistics"][0][1:4] == (0, 0, 1)
    assert kept["courses_summary_stats"][0][1] == 0
    await agree(house)


async def test_a_lesson_with_its_place(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = lessons_of(house, course)
    user = enrolled(house, course)
    house.db.execute("INSERT INTO chapters (course_id, title, display_order) VALUES (%s, 'Empty', 0)", (course,))
    dated(house, user, lessons["Lesson 1.2"], 1)
    status, told = await lesson(house, user, lessons["Lesson 1.2"])
    assert status == 200
    assert (told["course_title"], told["chapter_title"], told["chapter_number"]) == ("Course", "Chapter 1", 2)
    assert (told["position"], told["lessons"], told["type"]) == (2, 4, "quiz")
    assert told["previous"] == {"id": str(lessons["Lesson 1.1"]), "title": "Lesson 1.1", "type": "text"}
    assert told["next"] == {"id": str(lessons["Lesson 2.1"]), "title": "Lesson 2.1", "type": "text"}
    assert (told["enrolled"], told["started"], told["completed"], told["completes_by_hand"]) == (
        True,
        True,
        False,
        False,
    )
    row = house.db.execute("SELECT id FROM student_lesson_progress").fetchone()
    assert row == (UUID(told["progress_id"]),)
    first = (await lesson(house, user, lessons["Lesson 1.1"]))[1]
    last = (await lesson(house, user, lessons["Lesson 2.2"]))[1]
    assert (first["previous"], first["position"], first["progress_id"]) == (None, 1, None)
    assert (last["next"], last["position"]) == (None, 4)
    assert first["completes_by_hand"]
    assert not first["has_mentor"]
    house.db.execute("INSERT INTO ai_mentor_lessons (lesson_id) VALUES (%s)", (lessons["Lesson 1.1"],))
    with_mentor = [(await lesson(house, user, lessons[f"Lesson {name}"]))[1]["has_mentor"] for name in ("1.1", "1.2")]
    assert with_mentor == [True, False]
    assert house.db.execute("SELECT count(*) FROM student_lesson_progress").fetchone() == (1,), (
        "reading records nothing"
    )


@pytest.mark.parametrize(
    ("file", "external", "link"),
    [
        ("https://example.org/v", False, "https://example.org/v"),
        ("HTTP://example.org/v", None, "HTTP://example.org/v"),
        ("courses/1/a.mp4", False, None),
        ("vimeo:1", True, "vimeo:1"),
        (" ", True, None),
        (None, True, None),
        ("httpsomething.pdf", None, None),
    ],
)
async def test_text_and_link(house: House, file: str | None, external: bool | None, link: str | None) -> None:
    course = house.course(house.person(), "Course")
    found = lessons_of(house, course)["Lesson 1.1"]
    house.db.execute(
        "UPDATE lessons SET file_s3_key = %s, is_external = %s, description = '<p>One</p>' WHERE id = %s",
        (file, external, found),
    )
    told = (await lesson(house, house.person(), found))[1]
    assert (told["link"], told["format"], told["text"], told["enrolled"]) == (link, "html", "<p>One</p>", False)


async def test_who_may_read(house: House) -> None:
    author = house.person("ADMIN")
    free, priced = house.course(author, "Free"), house.course(author, "Priced", price=1)
    draft = house.course(author, "Draft", published=False)
    learner, stranger = house.person(), house.person("ADMIN")
    for course in (free, priced, draft):
        house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, course))
    missing = await lesson(house, stranger, uuid4())
    assert missing[0] == 404
    for course, title, mine, others in (
        (free, "Lesson 1.1", None, None),
        (free, "Lesson 1.2", None, "enrol_first"),
        (priced, "Lesson 1.1", None, "enrol_first"),
        (draft, "Lesson 1.1", "course_unavailable", "not_found"),
        (free, "Lesson 3.1", "not_found", "not_found"),
    ):
        for user, code in ((learner, mine), (stranger, others)):
            told = await lesson(house, user, lessons_of(house, course)[title])
            assert told[1].get("code") == code, (title, user is learner)
            assert code != "not_found" or told == missing
