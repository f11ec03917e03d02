"""What staff do to courses: each act once and recorded, to one's own alone, and over later imports."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import httpx
import psycopg
import pytest

from lms_tui.wire import catalog, course_acts, learning
from lms_tui.wire.operation import Operation

from .conftest import House
from .import_kit import Folder, imported, upload
from .people_kit import Office, code, opened
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio

_REQUESTS = {
    course_acts.PUBLISH: course_acts.PublishRequest,
    course_acts.DRAFT: course_acts.DraftRequest,
    course_acts.ARCHIVE: course_acts.ArchiveRequest,
    course_acts.RESTORE: course_acts.RestoreRequest,
    course_acts.PRICE: course_acts.PriceRequest,
    course_acts.MOVE: course_acts.MoveRequest,
    course_acts.HAND_OVER: course_acts.HandOverRequest,
}


class School:
    """An author with a course, and an administrator."""

    def __init__(self, office: Office) -> None:
        self.office, self.house = office, office.house
        self.author = office.add("author@x.org", "CONTENT_CREATOR")
        self.course = self.house.course(self.author, "Joins")

    async def act(
        self,
        operation: Operation[Any, Any],
        user: UUID | None = None,
        own: UUID | None = None,
        course: UUID | None = None,
        **what: Any,
    ) -> httpx.Response:
        """Do it, as the author unless told otherwise."""
        request = _REQUESTS[operation](id=own or uuid4(), course_id=course or self.course, **what)
        return await self.office.ask(operation, request, user or self.author)

    async def facts(self, user: UUID | None = None) -> Any:
        request = course_acts.FactsRequest(course_id=self.course)
        return await self.office.good(course_acts.FACTS, request, user or self.author)

    def row(self, columns: str) -> tuple[Any, ...]:
        """Columns of the course."""
        row = self.house.db.execute(f"SELECT {columns} FROM courses WHERE id = %s".encode(), (self.course,)).fetchone()
        assert row is not None
        return row

    def acts(self) -> list[tuple[Any, ...]]:
        """Actor, action and object of each row of the audit."""
        return self.house.db.execute("SELECT actor_id, action, object_id FROM lms_tui.audit ORDER BY at").fetchall()


@pytest.fixture
async def school(database_url: str, tmp_path: Path) -> AsyncIterator[School]:
    """Staff at work."""
    async with opened(database_url, tmp_path / "secrets") as office:
        yield School(office)


async def test_a_course_is_withdrawn_and_comes_back_and_each_act_is_done_and_recorded_once(school: School) -> None:
    learner = school.office.add("learner@x.org")
    school.house.db.execute(
        "INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, school.course)
    )
    school.house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id) SELECT %s, l.id FROM lessons l"
        " JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %s AND l.type = 'Quiz'",
        (learner, school.course),
    )
    facts = await school.facts()
    assert [facts[name] for name in ("enrolled", "learning", "open_attempts", "lessons")] == [1, 1, 2, 4]
    open_course = catalog.CourseRequest(course_id=school.course)
    for away, back, column in (
        (course_acts.DRAFT, course_acts.PUBLISH, "is_published"),
        (course_acts.ARCHIVE, course_acts.RESTORE, "archived"),
    ):
        own = uuid4()
        first, again = [(await school.act(away, own=own)).json() for _ in range(2)]
        assert first == again
        assert first["changed"] is True
        assert code(await school.office.ask(catalog.COURSE, open_course, learner)) == "course_unavailable"
        assert code(await school.office.ask(catalog.COURSE, open_course, school.office.admin)) == "not_found"
        assert (await school.act(back)).json()["changed"] is True
        assert (await school.act(away, own=own)).json() == first  # done long ago: not once more
        assert (await school.act(back)).json()["changed"] is False
        assert school.row(column) == (column == "is_published",)
        assert code(await school.act(away, own=own, course=school.house.course(school.author, "X"))) == "id_taken"
    assert (await school.office.ask(catalog.COURSE, open_course, learner)).status_code == 200
    assert school.row("updated_at > created_at") == (True,)
    actions = ["courses.draft", "courses.publish", "courses.archive", "courses.restore"]
    assert school.acts() == [(school.author, action, school.course) for action in actions]


async def test_a_course_without_a_lesson_is_not_published(school: School) -> None:
    await school.act(course_acts.DRAFT)
    school.house.db.execute("UPDATE chapters SET archived = true WHERE course_id = %s", (school.course,))
    assert code(await school.act(course_acts.PUBLISH)) == "course_empty"
    assert school.row("is_published") == (False,)
    school.house.db.execute("UPDATE chapters SET archived = NULL WHERE title = 'Chapter 1'")
    assert (await school.act(course_acts.PUBLISH)).json()["is_published"] is True


async def test_what_a_course_costs_holds_at_the_next_enrolment_and_bad_amounts_are_refused(school: School) -> None:
    there, come = school.office.add("there@x.org"), school.office.add("come@x.org")

    async def enrol(user: UUID) -> httpx.Response:
        request = learning.EnrolRequest(course_id=school.course, id=uuid4())
        return await school.office.ask(learning.ENROL, request, user)

    assert (await enrol(there)).status_code == 200
    done = (await school.act(course_acts.PRICE, price_in_cents=9900, currency="EUR")).json()
    assert (done["price_in_cents"], done["currency"]) == (9900, "eur")
    assert (await enrol(there)).status_code == 200
    assert code(await enrol(come)) == "not_free"
    for cents, currency in ((-1, "usd"), (1_000_000_000, "usd"), (1, "us"), (1, "u$d"), (1, "usd\n"), (1, "")):
        assert code(await school.act(course_acts.PRICE, price_in_cents=cents, currency=currency)) == "bad_request"
    assert school.row("price_in_cents, currency") == (9900, "eur")
    assert (await school.act(course_acts.PRICE, price_in_cents=0)).json()["changed"] is True
    assert (await school.act(course_acts.PRICE, price_in_cents=0, currency="eur")).json()["changed"] is False
    assert (await enrol(come)).status_code == 200


async def test_it_moves_to_a_category_by_name_in_whatever_case_or_id_and_to_none_that_is_archived(
    school: School,
) -> None:
    to = school.office.one("INSERT INTO categories (name) VALUES ('Databases') RETURNING id")
    assert (await school.act(course_acts.MOVE, category=" databaseS ")).json()["category"] == "Databases"
    assert (await school.act(course_acts.MOVE, category=str(to))).json()["changed"] is False
    school.house.db.execute("INSERT INTO categories (name, archived) VALUES ('Old', true)")
    for name in ("Old", "None", "", "'; --"):
        assert code(await school.act(course_acts.MOVE, category=name)) == "no_category"
    assert school.row("category_id") == (to,)


async def test_it_is_handed_over_by_an_administrator_to_whoever_may_have_courses(school: School) -> None:
    heir = school.office.add("heir@x.org", "Content_Creator")
    gone = school.office.add("gone@x.org", "ADMIN")
    school.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    school.office.add("student@x.org")
    boss = school.office.admin
    assert code(await school.act(course_acts.HAND_OVER, to="heir@x.org")) == "forbidden"
    for to in ("gone@x.org", "student@x.org", "nobody@x.org", str(uuid4()), ""):
        assert code(await school.act(course_acts.HAND_OVER, boss, to=to)) == "person_refused"
    assert (await school.act(course_acts.HAND_OVER, boss, to="HEIR@x.org")).json()["author_email"] == "heir@x.org"
    assert school.row("author_id") == (heir,)
    assert code(await school.act(course_acts.DRAFT)) == "not_found"
    assert (await school.act(course_acts.DRAFT, heir)).json()["changed"] is True
    subject = school.office.one("SELECT subject_id FROM lms_tui.audit WHERE action = 'courses.hand_over'")
    assert subject == heir


async def test_the_same_act_at_once_is_done_once_and_others_at_once_lose_nothing(school: School) -> None:
    own = uuid4()
    replies = await at_once(school.act(course_acts.DRAFT, own=own) for _ in range(8))
    assert {reply.text for reply in replies} == {replies[0].text}
    assert len(school.acts()) == 1
    category = school.office.one("INSERT INTO categories (name) VALUES ('Databases') RETURNING id")
    replies = await at_once(
        (
            school.act(course_acts.PUBLISH),
            school.act(course_acts.ARCHIVE),
            school.act(course_acts.PRICE, price_in_cents=700),
            school.act(course_acts.MOVE, category="Databases"),
            school.act(course_acts.HAND_OVER, school.office.admin, to="boss@x.org"),
        )
    )
    assert replies[-1].status_code == 200
    done = [reply.status_code == 200 for reply in replies]  # the author's, unless the course was handed over before
    stands = school.row("is_published, archived IS TRUE, price_in_cents = 700, category_id")
    assert [*stands[:3], stands[3] == category] == done[:4]


async def test_what_was_set_by_hand_stands_over_an_import_which_says_so(house: House, tmp_path: Path) -> None:
    author, folder = house.person("CONTENT_CREATOR"), Folder(tmp_path / "course")
    await imported(house, author, folder.root)
    headers, course = house.session(author), str(folder.id)

    async def act(path: str, **what: Any) -> None:
        reply = await house.http.put(f"/v1/{path}/{uuid4()}", json={"course_id": course, **what}, headers=headers)
        assert reply.json()["changed"] is True, reply.text

    def row() -> tuple[Any, ...] | None:
        return house.db.execute(
            "SELECT is_published, price_in_cents, currency, k.name, title FROM courses c"
            " JOIN categories k ON k.id = c.category_id"
        ).fetchone()

    folder.write("course.toml", (folder.root / "course.toml").read_text().replace("49.00", "59.00"))
    await imported(house, author, folder.root)
    assert row() == (True, 5900, "usd", "Tests", "Small course")  # the file's, where nobody has set any by hand
    house.db.execute("INSERT INTO categories (name) VALUES ('By hand')")
    await act("course-draftings")
    await act("course-prices", price_in_cents=7000, currency="eur")
    await act("course-moves", category="By hand")
    house.db.execute("UPDATE categories SET archived = true WHERE name = 'By hand'")
    text = (folder.root / "course.toml").read_text().replace("Small course", "Renamed")
    folder.write("course.toml", text.replace('"Tests"', '"Other"'))
    status, report = await upload(house, author, folder.root, dry_run=True)
    assert status == 200
    report = await imported(house, author, folder.root)
    assert row() == (False, 7000, "eur", "By hand", "Renamed")
    lines = {note["line"] for note in report["notes"] if "set by hand" in note["reason"]}
    written = (folder.root / "course.toml").read_text().splitlines()
    assert lines == {written.index(line) + 1 for line in written if line.split(" ")[0] in _SET_BY_HAND}
    assert house.db.execute("SELECT count(*) FROM categories WHERE name = 'Other'").fetchone() == (0,)
    folder.write("course.toml", text.replace("59.00 USD", "70.00 EUR"))
    assert "The price" not in str((await imported(house, author, folder.root))["notes"])
    facts = (await house.http.get(f"/v1/managed-courses/{course}", headers=headers)).json()
    assert facts["by_hand"] == ["category", "price", "published"]


_SET_BY_HAND = {"published", "price", "category"}


async def test_an_act_beside_an_import_waits_for_it_and_is_not_lost(house: House, tmp_path: Path) -> None:
    author, folder = house.person("CONTENT_CREATOR"), Folder(tmp_path / "course")
    await imported(house, author, folder.root)
    headers, text = house.session(author), (folder.root / "course.toml").read_text()
    for turn in range(10):
        house.db.execute("DELETE FROM lms_tui.courses_by_hand")
        body = {"course_id": str(folder.id), "price_in_cents": 1000 + turn, "currency": "usd"}
        folder.write("course.toml", text.replace("Small course", f"Course {turn}"))
        async with anyio.create_task_group() as group:
            group.start_soon(imported, house, author, folder.root)
            await anyio.sleep(turn * 0.004)
            reply = await house.http.put(f"/v1/course-prices/{uuid4()}", json=body, headers=headers)
        assert reply.status_code == 200
        stands = house.db.execute("SELECT price_in_cents, title FROM courses").fetchone()
        assert stands == (1000 + turn, f"Course {turn}")


async def test_an_act_loses_nothing_of_what_another_program_writes_at_the_same_time(
    school: School, database_url: str
) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("UPDATE courses SET price_in_cents = 123")
        async with anyio.create_task_group() as group:
            group.start_soon(school.act, course_acts.DRAFT)
            await anyio.sleep(0.2)
            other.commit()
    assert school.row("price_in_cents, is_published") == (123, False)
