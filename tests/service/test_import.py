"""Courses into a real database from real files: what stands afterwards, again, refused, dry, and two at once."""

from pathlib import Path
from uuid import UUID

import anyio
import pytest

from lms_tui.courses.ids import lesson_id, option_id, question_id
from lms_tui.courses.read import read
from lms_tui.service.course_source import builtins

from .conftest import House
from .import_kit import CASES, Folder, everything, imported, one, page, stored, tar, upload

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "small")


@pytest.fixture
def author(house: House) -> UUID:
    return house.person("CONTENT_CREATOR")


def levels(body: dict[str, list[dict[str, str]]]) -> set[str]:
    return {note["level"] for note in body["notes"]}


@pytest.mark.parametrize("path", builtins(), ids=lambda path: path.name)
async def test_a_course_of_the_program_stands_as_its_files_say(house: House, author: UUID, path: Path) -> None:
    reply = await house.http.post("/v1/imports/builtin", json={"name": path.name}, headers=house.session(author))
    assert reply.status_code == 200, reply.text
    course, _ = read(path)
    assert reply.json()["created"] is True
    row = house.db.execute(
        "SELECT title, description, is_published, chapter_count, author_id,"
        " (SELECT name FROM categories k WHERE k.id = category_id) FROM courses WHERE id = %s",
        (course.id,),
    ).fetchone()
    assert row == (course.title, course.description, True, len(course.chapters), author, course.category)
    lessons = house.db.execute(
        "SELECT l.id, l.title, l.type, l.description, l.threshold_score, l.attempts_limit, l.quiz_cooldown_in_hours"
        " FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id ORDER BY ch.display_order, l.display_order"
    ).fetchall()
    assert lessons == [
        (lesson_id(course.id, own), own.title, own.type, own.text, own.threshold, own.attempts, own.cooldown_hours)
        for own in course.lessons
    ]
    questions = house.db.execute(
        "SELECT q.id, q.type, q.title, q.points, (SELECT array_agg((o.id, o.option_text, o.is_correct)::text"
        " ORDER BY o.id) FROM question_answer_options o WHERE o.question_id = q.id) FROM questions q ORDER BY q.id"
    ).fetchall()
    assert len(questions) == sum(len(own.questions) for own in course.lessons)
    wanted = {}
    for own in course.lessons:
        for question in own.questions:
            wanted[question_id(lesson_id(course.id, own), question)] = question
    for key, kind, title, points, options in questions:
        assert (kind, title, points) == (wanted[key].type, wanted[key].title, wanted[key].points)
        assert len(options or ()) == len(wanted[key].options)
        assert {option.split(",")[0].strip("(") for option in options or ()} == {
            str(option_id(key, place)) for place in range(len(wanted[key].options))
        }


async def test_importing_again_changes_no_row(house: House, author: UUID, folder: Folder) -> None:
    folder.write("one/a.md", page("A", '[mentor]\nprompt = "P"\nobjectives = "O"\ndifficulty = "easy"'))
    first = await imported(house, author, folder.root)
    before = everything(house)
    again = await imported(house, author, folder.root)
    assert everything(house) == before
    assert (first["created"], again["created"]) == (True, False)
    assert {**again, "created": True, "changed": 4} == first


@pytest.mark.parametrize("path", builtins(), ids=lambda path: path.name)
async def test_a_course_of_the_program_again_changes_no_row(house: House, author: UUID, path: Path) -> None:
    ask = {"name": path.name}
    await house.http.post("/v1/imports/builtin", json=ask, headers=house.session(author))
    before = everything(house)
    reply = await house.http.post("/v1/imports/builtin", json=ask, headers=house.session(author))
    assert reply.json()["created"] is False
    assert everything(house) == before


@pytest.mark.cases
@pytest.mark.parametrize(
    "name", ["gift/moodle_examples.txt", "gift/questions.gift.txt", "gift/questions_in_category.gift.txt"]
)
async def test_a_real_gift_file(house: House, author: UUID, name: str) -> None:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"no {path} on this machine")
    body = await imported(house, author, path)
    course, _ = read(path, str(author))
    assert (body["lessons"], body["questions"]) == (1, len(course.lessons[0].questions))
    assert one(house, "SELECT count(*) FROM questions") == body["questions"] > 0
    assert one(house, "SELECT is_published FROM courses") is False
    before = everything(house)
    await imported(house, author, path)
    assert everything(house) == before


@pytest.mark.cases
async def test_a_real_book_with_its_pictures(house: House, author: UUID) -> None:
    path = CASES / "markdown" / "mdbook_guide"
    if not path.exists():
        pytest.skip(f"no {path} on this machine")
    body = await imported(house, author, path)
    assert one(house, "SELECT count(*) FROM lessons") == body["lessons"] > 20
    before, files = everything(house), stored(house)
    assert len(files) == body["files"]
    await imported(house, author, path)
    assert (everything(house), stored(house)) == (before, files)
    house.db.execute("UPDATE courses SET is_published = true, price_in_cents = 100")  # a book says nothing of these
    await imported(house, author, path)
    assert house.db.execute("SELECT is_published, price_in_cents FROM courses").fetchall() == [(True, 100)]


async def test_files_go_to_the_store_by_their_content(house: House, author: UUID, folder: Folder) -> None:
    (folder.root / "one" / "a plan.PNG").write_bytes(b"picture")
    (folder.root / "one" / "talk.mp4").write_bytes(b"film")
    folder.write("one/a.md", page("A", body="![plan](<a plan.PNG>) and [again](a%20plan.PNG)"))
    folder.write("one/b.md", page("B", 'type = "video"\nfile = "talk.mp4"'))
    body = await imported(house, author, folder.root)
    assert body["files"] == 2
    names = stored(house)
    assert {name.rpartition(".")[2] for name in names} == {"png", "mp4"}
    picture = next(name for name in names if name.endswith(".png"))
    assert picture.startswith(f"courses/{folder.id}/")
    assert (house.service.shared.settings.files / picture).read_bytes() == b"picture"
    text = one(house, "SELECT description FROM lessons WHERE title = 'A'")
    assert text == f"![plan]({picture}) and [again]({picture})"
    film = house.db.execute("SELECT file_s3_key, file_type, is_external FROM lessons WHERE title = 'B'").fetchone()
    assert film == (next(name for name in names if name.endswith(".mp4")), "mp4", False)
    before = everything(house)
    await imported(house, author, folder.root)
    assert (everything(house), stored(house)) == (before, names)


async def test_a_link_is_external(house: House, author: UUID, folder: Folder) -> None:
    folder.write("one/b.md", page("B", 'type = "external"\nlink = "https://example.org/x"'))
    await imported(house, author, folder.root)
    row = house.db.execute("SELECT file_s3_key, file_type, is_external FROM lessons WHERE title = 'B'").fetchone()
    assert row == ("https://example.org/x", None, True)


async def test_faults_are_named_with_file_and_line_and_nothing_is_written(
    house: House, author: UUID, folder: Folder
) -> None:
    (folder.root / "one" / "plan.png").write_bytes(b"picture")
    folder.write("one/a.md", page("A", body="![plan](plan.png)"))
    folder.write("one/b.md", page("B", "treshold = 3"))
    folder.write("two/quiz.gift", "::q::Is it so? {=\n")
    before = everything(house)
    status, body = await upload(house, author, folder.root)
    assert (status, body["code"]) == (422, "course_refused")
    assert {(note["file"], note["line"]) for note in body["notes"]} >= {("one/b.md", 3)}
    assert "two/quiz.gift" in {note["file"] for note in body["notes"]}
    assert levels(body) == {"refused"}
    assert everything(house) == before
    assert not stored(house)


async def test_a_dry_run_reports_all_and_writes_nothing(house: House, author: UUID, folder: Folder) -> None:
    (folder.root / "one" / "plan.png").write_bytes(b"picture")
    folder.write("one/a.md", page("A", body="![plan](plan.png)"))
    before = everything(house)
    status, dry = await upload(house, author, folder.root, dry_run=True)
    assert (status, dry["dry_run"], dry["created"], dry["questions"], dry["files"]) == (200, True, True, 2, 1)
    assert everything(house) == before
    assert not stored(house)
    assert {**await imported(house, author, folder.root), "dry_run": True} == dry


async def test_a_folder_without_an_id_may_be_tried_but_not_imported(house: House, author: UUID, folder: Folder) -> None:
    text = (folder.root / "course.toml").read_text()
    folder.write("course.toml", text.partition("\n")[2])
    assert (await upload(house, author, folder.root, dry_run=True))[0] == 200
    status, body = await upload(house, author, folder.root)
    assert (status, body["notes"][0]["file"], body["notes"][0]["line"]) == (422, "course.toml", 1)
    assert one(house, "SELECT count(*) FROM courses") == 0


async def test_two_imports_of_one_course_at_once(house: House, author: UUID, folder: Folder) -> None:
    body = tar(folder.root)
    replies = []

    async def send() -> None:
        replies.append(await upload(house, author, folder.root, body=body))

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(send)
    assert [status for status, _ in replies] == [200] * 4
    assert sorted(reply["created"] for _, reply in replies) == [False, False, False, True]
    assert one(house, "SELECT count(*) FROM courses") == 1
    assert one(house, "SELECT count(*) FROM categories") == 1


async def test_another_authors_course_is_refused(house: House, author: UUID, folder: Folder) -> None:
    await imported(house, author, folder.root)
    before = everything(house)
    for person in (house.person("CONTENT_CREATOR"), house.person("ADMIN")):
        status, body = await upload(house, person, folder.root)
        assert (status, body["code"]) == (422, "course_refused")
        assert [(note["file"], note["line"]) for note in body["notes"]] == [("course.toml", 1)]
        told = f"{author}@example.org" in body["notes"][0]["reason"]
        assert told == (one(house, "SELECT role FROM users WHERE id = %s", person) == "ADMIN")
    del before["users"]
    assert {name: rows for name, rows in everything(house).items() if name != "users"} == before


async def test_another_courses_lesson_is_refused(house: House, author: UUID, folder: Folder, tmp_path: Path) -> None:
    await imported(house, author, folder.root)
    mine = one(house, "SELECT id FROM lessons WHERE title = 'A'")
    chapter = one(house, "SELECT id FROM chapters WHERE title = 'Chapter one'")
    other = Folder(tmp_path / "other")
    other.write("one/b.md", page("B", f'id = "{mine}"'))
    text = (other.root / "course.toml").read_text()
    other.write("course.toml", text.replace('folder = "two"', f'folder = "two"\nid = "{chapter}"'))
    before = everything(house)
    status, body = await upload(house, author, other.root)
    assert status == 422
    assert {(note["file"], note["line"]) for note in body["notes"]} == {("one/b.md", 2), ("course.toml", 15)}
    assert everything(house) == before


async def test_one_row_for_two_lessons_is_refused(house: House, author: UUID, folder: Folder) -> None:
    await imported(house, author, folder.root)
    mine = one(house, "SELECT id FROM lessons WHERE title = 'A'")
    folder.write("one/b.md", page("B", f'id = "{mine}"'))
    status, body = await upload(house, author, folder.root)
    assert (status, [note["file"] for note in body["notes"]]) == (422, ["one/b.md"])
    assert "one/a.md" in body["notes"][0]["reason"]


async def test_an_admin_imports_for_another_author_and_nobody_else_does(house: House, folder: Folder) -> None:
    writer = house.person("CONTENT_CREATOR", "Writer@example.org")
    house.person("STUDENT", "pupil@example.org")
    admin, other = house.person("ADMIN"), house.person("CONTENT_CREATOR")
    for address, person, code in (
        ("writer@example.org", other, 422),
        ("nobody@example.org", admin, 422),
        ("pupil@example.org", admin, 422),
        ("writer@example.org", admin, 200),
        ("writer@example.org", writer, 200),
    ):
        folder.author = address
        folder.toml()
        status, body = await upload(house, person, folder.root)
        assert status == code, (address, body)
        if code == 422:
            assert [(note["file"], note["line"]) for note in body["notes"]] == [("course.toml", 6)]
            assert one(house, "SELECT count(*) FROM courses") == 0
    assert one(house, "SELECT author_id FROM courses") == writer


async def test_a_category_is_found_by_its_name(house: House, author: UUID, folder: Folder) -> None:
    house.db.execute("INSERT INTO categories (name, archived) VALUES ('Tests', true), ('TESTS', NULL)")
    await imported(house, author, folder.root)
    assert one(house, "SELECT k.name FROM courses c JOIN categories k ON k.id = c.category_id") == "TESTS"


async def test_students_import_nothing(house: House, folder: Folder) -> None:
    status, body = await upload(house, house.person(), folder.root)
    assert (status, body["code"]) == (403, "forbidden")


async def test_an_upload_that_is_no_tar_or_too_large(
    house: House, author: UUID, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, body = await upload(house, author, folder.root, body=b"no tar at all" * 100)
    assert (status, body["code"]) == (422, "course_refused")
    for name in ("..", "a/b", "", ".x"):
        status, body = await upload(house, author, Path("x") if not name else folder.root, body=b"")
        reply = await house.http.post("/v1/imports", params={"name": name}, headers=house.session(author))
        assert reply.status_code == 400
    monkeypatch.setattr("lms_tui.service.uploads.received.__wrapped__.__defaults__", (10,))
    status, body = await upload(house, author, folder.root)
    assert (status, body["code"]) == (413, "too_large")


async def test_the_list_has_ones_own_and_an_admins_all(
    house: House, author: UUID, folder: Folder, tmp_path: Path
) -> None:
    await imported(house, author, folder.root)
    other = house.person("CONTENT_CREATOR")
    await imported(house, other, Folder(tmp_path / "other").root)
    for person, count in ((author, 1), (other, 1), (house.person("ADMIN"), 2)):
        reply = await house.http.get("/v1/managed-courses", headers=house.session(person))
        assert len(reply.json()["courses"]) == count
    mine = (await house.http.get("/v1/managed-courses", headers=house.session(author))).json()["courses"][0]
    assert mine == {
        "id": str(folder.id),
        "title": "Small course",
        "author": "Ada L",
        "category": "Tests",
        "is_published": True,
        "archived": False,
        "price_in_cents": 4900,
        "currency": "usd",
        "chapters": 2,
        "lessons": 4,
        "enrolled": 0,
    }


async def test_the_list_comes_in_pages_by_title_and_can_be_searched(house: House, author: UUID) -> None:
    house.course(author, "Zoology")
    house.db.execute(
        "INSERT INTO courses (title, description, is_published, author_id, category_id)"
        " SELECT 'Course ' || to_char(n, 'FM000'), 'about ' || n, n % 2 = 0, author_id, category_id"
        " FROM courses, generate_series(1, 120) n"
    )
    house.course(house.person("CONTENT_CREATOR"), "Course of somebody else")
    session = house.session(author)

    async def page(query: str) -> tuple[list[str], int]:
        reply = (await house.http.get(f"/v1/managed-courses?{query}", headers=session)).json()
        return [course["title"] for course in reply["courses"]], reply["total"]

    first, second = await page(""), await page("offset=100")
    assert first == ([f"Course {n:03}" for n in range(1, 101)], 121)
    assert second == ([*(f"Course {n:03}" for n in range(101, 121)), "Zoology"], 121)
    assert await page("offset=120&size=20") == (["Zoology"], 121)
    assert await page("offset=121") == ([], 121)
    assert await page("search=ABOU+course&offset=1&size=20") == ([f"Course {n:03}" for n in range(2, 22)], 120)
    assert await page("search=zzz") == ([], 0)
    assert (await house.http.get("/v1/managed-courses?offset=-1", headers=session)).status_code == 400
