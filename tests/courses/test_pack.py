"""Packing and unpacking: what comes out is what went in, and nothing lands outside."""

import io
import tarfile
from pathlib import Path

import pytest

from lms_tui.client.errors import CourseRefused
from lms_tui.client.packing import pack
from lms_tui.courses.model import CourseError
from lms_tui.courses.unpack import unpack
from lms_tui.wire import course_tar


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "course/one").mkdir(parents=True)
    (tmp_path / "course/course.toml").write_text("title = 'ü'")
    (tmp_path / "course/one/a b.md").write_text("text")
    (tmp_path / "course/.git").mkdir()
    (tmp_path / "course/.git/config").write_text("secret")
    return tmp_path / "course"


def tar(*entries: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as out:
        for entry, data in entries:
            entry.size = len(data)
            out.addfile(entry, io.BytesIO(data))
    made.seek(0)
    return made


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def test_there_and_back(source: Path, tmp_path: Path) -> None:
    stream = io.BytesIO()
    assert pack(source, stream) == 2
    stream.seek(0)
    into = tmp_path / "into"
    into.mkdir()
    assert unpack(stream, into) == ["course.toml", "one/a b.md"]
    assert (into / "course.toml").read_text() == "title = 'ü'"
    assert not (into / ".git").exists()


def test_one_file(source: Path, tmp_path: Path) -> None:
    stream = io.BytesIO()
    assert pack(source / "one/a b.md", stream) == 1
    stream.seek(0)
    assert unpack(stream, tmp_path) == ["a b.md"]


def test_links_are_not_packed(source: Path) -> None:
    (source / "one/link").symlink_to("/etc/passwd")
    with pytest.raises(CourseRefused) as refused:
        pack(source, io.BytesIO())
    assert [(note.file, note.reason[:6]) for note in refused.value.problem.notes] == [("one/link", "a link")]


@pytest.mark.parametrize(
    "bad",
    [
        entry("../out.md"),
        entry("/abs.md"),
        entry("a/../../out.md"),
        entry("link", tarfile.SYMTYPE, "/etc/passwd"),
        entry("hard", tarfile.LNKTYPE, "course.toml"),
        entry("pipe", tarfile.FIFOTYPE),
        entry("esc\x1b[0m.md"),
        entry("/".join("abcdefghijklmn")),
        entry("x" * 300),
    ],
    ids=lambda bad: repr(bad.name[:20]),
)
def test_what_may_not_come_in(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(CourseError):
        unpack(tar((bad, b"")), into)
    assert list(tmp_path.rglob("*")) == [into]


def test_twice_too_many_too_large_and_no_tar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CourseError, match="comes twice"):
        unpack(tar((entry("a"), b"1"), (entry("a"), b"2")), tmp_path)
    with pytest.raises(CourseError, match="cannot be unpacked"):
        unpack(io.BytesIO(b"no tar at all" * 100), tmp_path)
    monkeypatch.setattr(course_tar, "MOST_FILES", 1)
    with pytest.raises(CourseError, match="more than 1 files"):
        unpack(tar((entry("b"), b"1"), (entry("c"), b"2")), tmp_path)
    monkeypatch.setattr(course_tar, "MOST_BYTES", 3)
    with pytest.raises(CourseError, match="of files; link to videos"):
        unpack(tar((entry("d"), b"1234")), tmp_path)
    assert not (tmp_path / "d").exists()
