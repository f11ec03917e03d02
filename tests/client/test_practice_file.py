"""Where spacing is kept: two TUIs at once, a damaged file, a kiosk, somebody else's rows."""

import multiprocessing
import sqlite3
import stat
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lms_tui.client.errors import NotKept
from lms_tui.client.practice_file import PracticeFile
from lms_tui.client.practice_spacing import Line

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = ("here", "ada")
OWN = UUID(int=1)


def step(line: Line | None) -> Line:
    """One more right answer."""
    return Line(AT, 1 if line is None else line.rights + 1, date(2026, 11, 24), None)


def many_steps(path: Path, times: int) -> None:
    file = PracticeFile(path, ME)
    for number in range(times):
        file.change(OWN, step)
        file.change(UUID(int=1000 + number), step)


def test_it_keeps_lines_for_its_owner_alone(tmp_path: Path) -> None:
    file = PracticeFile(tmp_path / "p", ME)
    line = Line(AT, 6, None, date(2026, 11, 23))
    assert file.change(OWN, lambda _: line) == line
    file.change(UUID(int=2), step)
    assert PracticeFile(tmp_path / "p", ME).lines() == {OWN: line, UUID(int=2): step(None)}
    assert PracticeFile(tmp_path / "p", ("here", "eve")).lines() == {}
    assert PracticeFile(tmp_path / "p", ("there", "ada")).lines() == {}
    assert stat.S_IMODE((tmp_path / "p").stat().st_mode) == 0o600


def test_two_at_once_lose_no_line_and_no_step(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=many_steps, args=(tmp_path / "p", 40)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
        assert process.exitcode == 0
    lines = PracticeFile(tmp_path / "p", ME).lines()
    assert lines.pop(OWN).rights == 80
    assert [line.rights for line in lines.values()] == [2] * 40


@pytest.mark.parametrize("damage", ["not a database", "a page in the middle", "a date", "another table"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "p"
    file = PracticeFile(path, ME)
    for _ in range(200):
        file.change(uuid4(), step)
    match damage:
        case "not a database":
            path.write_bytes(b"x" * 5000)
        case "a page in the middle":
            content = bytearray(path.read_bytes())
            content[4096:] = b"\xff" * (len(content) - 4096)
            path.write_bytes(content)
        case _:
            with sqlite3.connect(path) as db:
                db.execute("UPDATE practice SET due = 'soon'" if damage == "a date" else "DROP TABLE practice")
                if damage == "another table":
                    db.execute("CREATE TABLE practice (x)")
            db.close()
    broken = path.read_bytes()
    assert file.lines() == {}
    aside = file.take_aside()
    assert aside is not None
    assert aside.read_bytes() == broken
    assert file.take_aside() is None, "told once"
    file.change(OWN, step)
    assert PracticeFile(path, ME).lines() == {OWN: step(None)}


def test_a_link_is_not_followed_and_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "l").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotKept, match=r"/l has a fault"):
        PracticeFile(tmp_path / "l", ME).lines()
    with pytest.raises(NotKept, match=r"/nowhere/p has a fault"):
        PracticeFile(tmp_path / "nowhere" / "p", ME).change(OWN, step)
    assert not (tmp_path / "elsewhere").exists()


def test_a_kiosk_keeps_it_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = PracticeFile(None, ME)
    file.change(OWN, step)
    assert file.change(OWN, step).rights == 2
    assert list(file.lines()) == [OWN]
    assert PracticeFile(None, ME).lines() == {}
    assert list(tmp_path.iterdir()) == []


def test_it_waits_for_another_who_writes(tmp_path: Path) -> None:
    file = PracticeFile(tmp_path / "p", ME)
    file.change(OWN, step)
    other = sqlite3.connect(tmp_path / "p", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert file.lines()[OWN].rights == 1  # reading goes on
    other.execute("COMMIT")
    other.close()
    assert file.change(OWN, step).rights == 2
