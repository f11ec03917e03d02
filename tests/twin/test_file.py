"""`file list` and `file save`: what the key `s` does, from a script."""

import hashlib
from pathlib import Path
from uuid import UUID

import pytest

from .conftest import Twin


def stored(twin: Twin, course: UUID, content: bytes, ending: str) -> str:
    """Put a file into the store of the local service; return its key."""
    key = f"courses/{course}/{hashlib.sha256(content).hexdigest()}.{ending}"
    path = twin.home / "data" / "files" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key


@pytest.fixture
def lesson(twin: Twin) -> UUID:
    """A lesson with a film of its own and a document that its text names."""
    course = twin.house.course(twin.house.person(), "Joins")
    own = twin.lessons(course)["Lesson 1.1"]
    film, sheet = stored(twin, course, b"film" * 9, "mp4"), stored(twin, course, b"%PDF", "pdf")
    twin.house.db.execute(
        "UPDATE lessons SET title = 'Outer \x1b[31m joins', description = %s, file_s3_key = %s WHERE id = %s",
        (f"[a sheet]({sheet}) ![gone](courses/{course}/{'0' * 64}.png)", film, own),
    )
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))
    return own


def test_the_files_of_a_lesson_are_listed_and_saved(
    twin: Twin, lesson: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert twin.columns("file", "list", str(lesson)) == [
        ["1", "mp4", "36", "Outer [31m joins.mp4"],
        ["2", "pdf", "-", "Outer [31m joins 1.pdf"],
        ["3", "png", "-", "Outer [31m joins 2.png"],
    ]
    assert twin.json("file", "list", "outer")[1] == {
        "number": 2,
        "kind": "pdf",
        "bytes": None,
        "name": "Outer [31m joins 1.pdf",
    }
    (tmp_path / "to").mkdir()
    for name in ("Outer [31m joins.mp4", "Outer [31m joins (2).mp4"):
        said = twin.say("file", "save", "outer", "--in", "joins", "--number", "1", "--to", str(tmp_path / "to"))
        assert said == f"Saved: {tmp_path / 'to' / name}\n"
        assert (tmp_path / "to" / name).read_bytes() == b"film" * 9
    own = tmp_path / "to" / "own.pdf"
    assert twin.json("file", "save", str(lesson), "--number", "2", "--to", str(own)) == {"file": str(own)}
    twin.say("file", "save", str(lesson), "--number", "2", "--to", str(own), code=1)
    assert "is there already: nothing was saved" in twin.errors
    assert own.read_bytes() == b"%PDF"
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "me"))
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "me" / "got"))
    assert twin.say("file", "save", str(lesson), "--number", "2") == (
        f"Saved: {tmp_path / 'me' / 'got' / 'Outer [31m joins 1.pdf'}\n"
    )


def test_what_cannot_be_saved_is_told(twin: Twin, lesson: UUID, tmp_path: Path) -> None:
    twin.say("file", "save", str(lesson), code=2)
    assert "Say which, by --number" in twin.errors
    assert "2 Outer [31m joins 1.pdf" in twin.errors
    twin.say("file", "save", str(lesson), "--number", "9", code=2)
    twin.say("file", "save", str(lesson), "--number", "3", "--to", str(tmp_path), code=1)
    assert "There is no such file" in twin.errors
    twin.say("file", "save", "Lesson 2.1", code=2)
    assert "no files that could be saved" in twin.errors
    assert twin.say("file", "list", "Lesson 2.1") == ""
    twin.house.db.execute("UPDATE lessons SET file_s3_key = 'gone.pdf' WHERE title = 'Lesson 2.1'")
    assert twin.json("file", "list", "Lesson 2.1") == []
    assert "The file of this lesson is missing" in twin.errors
    assert list(tmp_path.glob("*.p*")) == []
