"""The course folder: what is read, what is refused with its line, and what never changes."""

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lms_tui.courses import folder_toml, ids
from lms_tui.courses.model import CourseError
from lms_tui.courses.read import read
from lms_tui.courses.renames import Standing, renames

DOCS = Path(__file__).resolve().parents[2] / "docs"
COURSE = """\
id = "6f1f8f5e-1a52-4b06-9a5f-0d3f6f1f2b11"
title = "Databases"
category = "Computing"
price = "49.50 EUR"
published = true

[[chapters]]
folder = "one"
title = "First"
lessons = ["a.md", "check.md", "drill.gift"]
"""
CHECK = """\
+++
title = "Check"
type = "quiz"
threshold = 70
attempts = 3
cooldown = 24
questions = "check.gift"
[mentor]
prompt = "Be kind"
difficulty = "easy"
+++
Ready?
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "one").mkdir()
    (tmp_path / "course.toml").write_text(COURSE)
    (tmp_path / "one/a.md").write_text('+++\ntitle = "A"\n+++\n# A\n\n![plan](plan.png) [next](check.md)\n')
    (tmp_path / "one/plan.png").write_bytes(b"png")
    (tmp_path / "one/check.md").write_text(CHECK)
    (tmp_path / "one/check.gift").write_text("Q {T}\n")
    (tmp_path / "one/drill.gift").write_text("R {=a ~b}\n")
    return tmp_path


def faults(root: Path) -> list[str]:
    with pytest.raises(CourseError) as caught:
        read(root)
    return str(caught.value).split("\n")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_all_of_a_folder(root: Path) -> None:
    course, report = read(root)
    assert (course.id, course.id_is_new) == (UUID("6f1f8f5e-1a52-4b06-9a5f-0d3f6f1f2b11"), False)
    assert (course.price_in_cents, course.currency, course.published) == (4950, "eur", True)
    page, check, drill = course.lessons
    assert page.text == "# A\n\n![plan](one/plan.png) [next](check.md)"
    assert [asset.path for asset in course.assets] == ["one/plan.png"]
    assert (check.threshold, check.attempts, check.cooldown_hours, check.text) == (70, 3, 24, "Ready?")
    assert check.mentor is not None
    assert (check.mentor.prompt, check.mentor.difficulty) == ("Be kind", "easy")
    assert [question.title for question in check.questions] == ["Q"]
    assert (drill.type, drill.title, drill.key) == ("quiz", "drill", "one/drill.gift")
    assert [note.level.value for note in report.notes] == ["imported"] * 3


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("course.toml", "title =", "titel =", "course.toml:2: unknown key 'titel'; did you mean 'title'?"),
        (
            "course.toml",
            "published = true",
            'thumbnail = "gone.png"',
            "course.toml:5: thumbnail 'gone.png' is no file of this folder; mend the name, or remove the line",
        ),
        (
            "course.toml",
            "published = true",
            'published = "yes"',
            "course.toml:5: published is 'yes'; write true or false",
        ),
        ("course.toml", "49.50 EUR", "49,50", "course.toml:4: price is '49,50'; write it as"),
        ("course.toml", '"a.md"', '"b.md"', "course.toml:10: lesson 'one/b.md' is no file of this folder"),
        ("course.toml", '"a.md"', '"../../x.md"', "course.toml:10: lesson '../x.md' is no file"),
        (
            "course.toml",
            '"First"',
            f'"{"x" * 101}"',
            "course.toml:9: chapter title has 101 characters, the database holds",
        ),
        ("course.toml", '"a.md", ', '"a.md", "a.md", ', "one/a.md:1: one/a.md stands at"),
        ("course.toml", "category =", "category", "course.toml:3: is no valid TOML"),
        (
            "one/check.md",
            "threshold = 70",
            "threshold = 170",
            "one/check.md:4: threshold is 170; write a number from 0 to",
        ),
        ("one/check.md", 'prompt = "Be', 'promt = "Be', "one/check.md:9: unknown key 'promt'; did you mean 'prompt'?"),
        ("one/check.md", '"quiz"', '"quizz"', "one/check.md:3: type is 'quizz'; did you mean 'quiz'?"),
        ("one/check.md", "check.gift", "chek.gift", "one/check.md:7: 'one/chek.gift' is no .gift file"),
        ("one/check.md", '"easy"', f'"{"x" * 21}"', "one/check.md:10: mentor difficulty has 21 characters"),
        ("one/check.gift", "Q {T}", "Q {T", "one/check.gift:1: the { is never closed"),
    ],
)
def test_faults_name_file_line_and_what_to_do(root: Path, file: str, old: str, new: str, expected: str) -> None:
    edit(root / file, old, new)
    found = faults(root)
    assert any(fault.startswith(expected) for fault in found), found


def test_all_faults_come_at_once(root: Path) -> None:
    edit(root / "course.toml", "49.50 EUR", "much")
    edit(root / "one/check.md", "threshold = 70", "threshold = -1")
    edit(root / "one/drill.gift", "R {=a ~b}", "R {yes}")
    assert [fault.split(":")[0] for fault in faults(root)] == ["course.toml", "one/check.md", "one/drill.gift"]


def test_a_page_that_is_not_utf8_is_refused_with_its_line(root: Path) -> None:
    (root / "one/a.md").write_bytes('+++\ntitle = "A"\n+++\ncafé\n'.encode("latin-1"))
    assert faults(root) == ["one/a.md:4: is not UTF-8 (byte 0xe9); save the file as UTF-8"]


def test_a_link_out_of_the_folder_is_no_file_of_it(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("outside") / "secret.md"
    secret.write_text('+++\ntitle = "S"\n+++\n')
    (root / "one/a.md").unlink()
    (root / "one/a.md").symlink_to(secret)
    assert faults(root) == [
        "course.toml:10: lesson 'one/a.md' is no file of this folder; mend the name, or remove it from lessons"
    ]


def test_missing_images_and_unlisted_pages_are_told(root: Path) -> None:
    (root / "one/plan.png").unlink()
    (root / "one/draft.md").write_text("later")
    _, report = read(root)
    told = [(note.file, note.line) for note in report.notes if note.level.value == "skipped"]
    assert told == [("one/a.md", 6), ("one/draft.md", None)]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_id_goes_in_and_nothing_else_changes(root: Path, ending: str) -> None:
    written = ("# mine\n\n" + COURSE.split("\n", 1)[1]).replace("\n", ending).encode()
    (root / "course.toml").write_bytes(written)
    assert read(root)[0].id_is_new
    own = uuid4()
    folder_toml.write_id(root, own)
    assert (root / "course.toml").read_bytes() == f'id = "{own}"{ending}'.encode() + written
    assert read(root)[0].id == own
    with pytest.raises(ValueError, match="has an id already"):
        folder_toml.write_id(root, uuid4())


def test_ids_stay_when_titles_change_and_tell_no_answer(root: Path) -> None:
    before, _ = read(root)
    edit(root / "one/a.md", '"A"', '"B"')
    edit(root / "one/drill.gift", "{=a ~b}", "{~a =b}")
    after, _ = read(root)
    for old, new in zip(before.lessons, after.lessons, strict=True):
        assert ids.lesson_id(before.id, old) == ids.lesson_id(after.id, new)
        assert [q.key for q in old.questions] == [q.key for q in new.questions]
    assert ids.chapter_id(before.id, before.chapters[0]) == ids.chapter_id(after.id, after.chapters[0])


def test_a_rename_is_told_with_the_line_that_keeps_the_row(root: Path) -> None:
    before, _ = read(root)
    standing = [Standing(ids.lesson_id(before.id, x), x.title, x.text) for x in before.lessons]
    (root / "one/a.md").rename(root / "one/z.md")
    edit(root / "course.toml", '"a.md"', '"z.md"')
    after, _ = read(root)
    (note,) = renames(standing, after)
    line = f'id = "{standing[0].id}"'
    assert (note.file, line in note.reason) == ("one/z.md", True)
    edit(root / "one/z.md", 'title = "A"', f'title = "A"\n{line}')
    kept, _ = read(root)
    assert ids.lesson_id(kept.id, kept.lessons[0]) == standing[0].id
    assert renames(standing, kept) == []


def test_the_json_schema_and_the_reader_know_the_same_keys() -> None:
    schema = json.loads((DOCS / "course.schema.json").read_text())
    types = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}
    for part, keys in [
        (schema, folder_toml.COURSE_KEYS),
        (schema["$defs"]["chapter"], folder_toml.CHAPTER_KEYS),
        (schema["$defs"]["lesson"], folder_toml.LESSON_KEYS),
        (schema["$defs"]["mentor"], folder_toml.MENTOR_KEYS),
    ]:
        assert part["additionalProperties"] is False
        assert {key: value.get("type", "object") for key, value in part["properties"].items()} == {
            key: types[kind] for key, kind in keys.items()
        }


def test_a_gift_file_alone_is_a_course_that_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "capitals.gift"
    path.write_text("Paris? {T}\n")
    first, _ = read(path, owner="ada")
    path.write_text("Paris? {T}\n\nRome? {F}\n")
    again, _ = read(path, owner="ada")
    other, _ = read(path, owner="bob")
    assert (first.id, first.title) == (again.id, "capitals")
    assert other.id != first.id
    assert len(again.lessons[0].questions) == 2


def test_no_course_here(tmp_path: Path) -> None:
    assert "no course is here" in faults(tmp_path)[0]
    assert "no such file" in faults(tmp_path / "nothing")[0]
