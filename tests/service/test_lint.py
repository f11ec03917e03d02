"""Course lint on the database and the store, and from the command line on files."""

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lms_tui.cli.main import main
from lms_tui.service.course_source import builtins
from lms_tui.wire import lint as wire

from .conftest import House
from .import_kit import CASES, Folder, imported
from .quiz_kit import Quiz, empty_quiz

pytestmark = pytest.mark.anyio


async def linted(house: House, course: UUID, person: UUID) -> list[tuple[str, str, int | None]]:
    """Rule, title of the lesson and number of the question of each problem."""
    reply = await house.http.get(f"/v1/managed-courses/{course}/problems", headers=house.session(person))
    assert reply.status_code == 200, reply.text
    return [(one["rule"], one["lesson_title"], one["question"]) for one in reply.json()["problems"]]


def quiz_of(house: House) -> tuple[Quiz, UUID]:
    """A course of one quiz, and its author; its other lessons are gone, but for those of the archived chapter."""
    quiz, author = empty_quiz(house), house.person("CONTENT_CREATOR")
    house.db.execute("UPDATE courses SET author_id = %s", (author,))
    house.db.execute(
        "DELETE FROM lessons WHERE id <> %s AND chapter_id IN (SELECT id FROM chapters WHERE archived IS NOT TRUE)",
        (quiz.lesson,),
    )
    house.db.execute("DELETE FROM chapters WHERE id NOT IN (SELECT chapter_id FROM lessons)")
    return quiz, author


async def test_a_course_in_the_database_is_linted_without_what_is_archived(house: House) -> None:
    quiz, author = quiz_of(house)
    assert await linted(house, quiz.course, author) == [("quiz-without-questions", "Lesson 1.2", None)]
    quiz.question("none", "multiple-choice", ("a", False), ("b", False))
    quiz.question("one", "multiple-choice", ("a", True), ("b", False))
    quiz.question("blanks", "fill-blank", ("x", True), title="___ and ___")
    quiz.set(threshold_score=101, attempts_limit=0, quiz_cooldown_in_hours=-1)
    house.db.execute("INSERT INTO ai_mentor_lessons (lesson_id, learning_objectives) VALUES (%s, ' ')", (quiz.lesson,))
    found = await linted(house, quiz.course, author)
    assert sorted(found, key=str) == sorted(
        [
            ("mentor-without-objectives", "Lesson 1.2", None),
            ("unreachable-threshold", "Lesson 1.2", None),
            ("limit-without-meaning", "Lesson 1.2", None),
            ("limit-without-meaning", "Lesson 1.2", None),
            ("no-right-option", "Lesson 1.2", 1),
            ("blanks-and-answers", "Lesson 1.2", 3),
        ],
        key=str,
    )
    house.db.execute("UPDATE questions SET archived = true WHERE display_order IN (1, 3)")
    assert {number for _, _, number in await linted(house, quiz.course, author)} == {None}


async def test_files_that_the_store_does_not_have_are_missing(house: House, tmp_path: Path) -> None:
    folder, author = Folder(tmp_path / "small"), house.person("CONTENT_CREATOR")
    (folder.root / "cat.png").write_bytes(b"\x89PNG")
    page = next(path for path in sorted(folder.root.rglob("*.md")))
    there = "../cat.png" if page.parent != folder.root else "cat.png"
    page.write_text(f"{page.read_text()}\n\n![a cat]({there}) ![a dog](dog.png) ![](http://example.org/x.png)\n")
    await imported(house, author, folder.root)
    rules = [rule for rule, _, _ in await linted(house, folder.id, author)]
    assert rules.count("dead-link") == 1
    assert rules.count("image-without-words") == 1
    row = house.db.execute("SELECT description FROM lessons WHERE description LIKE '%%a cat%%'").fetchone()
    assert row is not None
    key = row[0].partition("![a cat](")[2].partition(")")[0]
    (house.service.shared.settings.files / key).unlink()
    house.db.execute("UPDATE lessons SET file_s3_key = 'gone.mp4', type = 'video' WHERE description LIKE '%%a cat%%'")
    rules = [rule for rule, _, _ in await linted(house, folder.id, author)]
    assert rules.count("dead-link") == 2
    assert rules.count("missing-file") == 1


async def test_others_get_what_a_missing_course_gives(house: House) -> None:
    quiz, author = quiz_of(house)
    for person in (quiz.learner, house.person("CONTENT_CREATOR"), house.person()):
        session = house.session(person)
        refused = await house.http.get(f"/v1/managed-courses/{quiz.course}/problems", headers=session)
        absent = await house.http.get(f"/v1/managed-courses/{uuid4()}/problems", headers=session)
        assert (refused.status_code, refused.content) == (404, absent.content)
    assert await linted(house, quiz.course, house.person("ADMIN")) == await linted(house, quiz.course, author)
    house.db.execute("UPDATE users SET role = 'STUDENT' WHERE id = %s", (author,))
    path = f"/v1/managed-courses/{quiz.course}/problems"
    assert (await house.http.get(path, headers=house.session(author))).status_code == 404


async def test_the_courses_of_the_program_have_nothing_to_mend_before_and_after_their_import(house: House) -> None:
    admin = house.person("ADMIN")
    for path in builtins():
        assert main(["course", "lint", str(path)]) == 0
        body = {"name": path.name}
        reply = await house.http.post("/v1/imports/builtin", json=body, headers=house.session(admin))
        assert await linted(house, UUID(reply.json()["course_id"]), admin) == []


def test_a_folder_is_linted_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Folder(tmp_path / "small")
    page = next(path for path in sorted(folder.root.rglob("*.md")))
    page.write_text(f"{page.read_text()}\n\nSee [it](#nowhere).\n")
    name, line = page.relative_to(folder.root).as_posix(), len(page.read_text().splitlines())
    assert main(["course", "lint", str(folder.root)]) == 1
    out = capsys.readouterr().out
    assert f"{name}:{line}: '#nowhere' leads to no heading of this lesson: mend it. [dead-link]" in out
    assert main(["course", "lint", str(folder.root), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["file"], one["line"]) for one in problems] == [("dead-link", name, line)]
    assert set(problems[0]) == set(wire.Problem.__struct_fields__)
    (folder.root / "course.toml").write_text("title = 1")
    assert main(["course", "lint", str(folder.root)]) == 1
    assert "title is 1" in capsys.readouterr().out


async def test_dead_links_of_a_book_are_found_in_the_database(house: House, tmp_path: Path) -> None:
    root, author = tmp_path / "book", house.person("CONTENT_CREATOR")
    (root / "src/more").mkdir(parents=True)
    (root / "book.toml").write_text('[book]\ntitle = "A book"\n')
    (root / "src/SUMMARY.md").write_text("- [Start](README.md)\n    - [More](more/deep.md)\n")
    (root / "src/README.md").write_text("# Start\n[a](more/deep.md#deep) [b](more/deep.md#deeper) [c](gone.md)\n")
    (root / "src/more/deep.md").write_text("# Deep\n[d](../README.md) [e](README.md) [f](#nothing)\n")
    (root / "src/gone.md").write_text("No page of the book: SUMMARY.md does not list it.\n")
    report = await imported(house, author, root)
    reply = await house.http.get(f"/v1/managed-courses/{report['course_id']}/problems", headers=house.session(author))
    assert [(one["lesson_title"], one["line"], one["sentence"].split(":")[0]) for one in reply.json()["problems"]] == [
        ("Start", 2, "'more/deep.md#deeper' leads to no heading of the lesson “More”"),
        ("Start", 2, "'gone.md' leads to no lesson of the course"),
        ("More", 2, "'README.md' leads to no lesson of the course"),
        ("More", 2, "'#nothing' leads to no heading of this lesson"),
    ]


@pytest.mark.cases
async def test_the_book_of_mdbook_has_no_dead_link_before_and_after_its_import(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    root, author = CASES / "markdown/mdbook_guide", house.person("CONTENT_CREATOR")
    if not root.exists():
        pytest.skip(f"no {root} on this machine")
    main(["course", "lint", str(root), "--json"])
    assert {one["rule"] for one in json.loads(capsys.readouterr().out)} == {"same-title"}
    report = await imported(house, author, root)
    found = await linted(house, UUID(report["course_id"]), author)
    assert {rule for rule, _, _ in found} == {"same-title"}
