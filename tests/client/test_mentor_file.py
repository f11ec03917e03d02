"""What a machine keeps of threads with a mentor: pages that join, bounds, damage, whose it is."""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from lms_tui.client import mentor_file
from lms_tui.client.errors import NotKept
from lms_tui.client.mentor_file import MentorFile, line_of
from lms_tui.wire.mentor import Message, Role, Thread
from lms_tui.wire.mentor_threads import ThreadPage

AT = datetime(2026, 11, 29, tzinfo=UTC)
ME = ("here", "ada")
LESSON = UUID(int=7)


def said(number: int, text: str = "") -> Message:
    """The message of that number, a question where it is odd."""
    role = Role.USER if number % 2 else Role.ASSISTANT
    return Message(id=UUID(int=number), role=role, text=text or f"said {number}", created_at=AT)


def page(*numbers: int, thread: int = 1, earlier: bool = False, text: str = "") -> ThreadPage:
    """A page with these messages of a thread."""
    at = AT + timedelta(minutes=thread)
    own = Thread(id=UUID(int=thread), lesson_id=LESSON, title="", active=True, created_at=at, updated_at=at)
    messages = [said(number, text) for number in numbers]
    return ThreadPage(thread=own, lesson_title="L", course_title="C", messages=messages, earlier=earlier)


def numbers(kept: ThreadPage | None) -> list[int]:
    assert kept is not None
    return [message.id.int for message in kept.messages]


@pytest.fixture
def file(tmp_path: Path) -> MentorFile:
    return MentorFile(tmp_path / "m", ME)


def test_pages_join_and_never_with_a_gap(file: MentorFile) -> None:
    own = UUID(int=1)
    assert file.thread(own) is None
    file.keep(page(5, 6, earlier=True))
    file.keep(page(3, 4, earlier=True), before=UUID(int=5))
    assert numbers(file.thread(own)) == [3, 4, 5, 6]
    file.keep(page(1, 2), before=UUID(int=9))
    assert numbers(file.thread(own)) == [3, 4, 5, 6], "it does not join"
    file.keep(page(6, 7, 8, earlier=True, text="another text"))
    kept = file.thread(own)
    assert (numbers(kept), kept and kept.earlier) == ([3, 4, 5, 6, 7, 8], True)
    assert [message.text for message in kept.messages if message.id.int == 6] == ["another text"]  # type: ignore[union-attr]
    file.keep(page(1, 2), before=UUID(int=3))
    kept = file.thread(own)
    assert (numbers(kept), kept and kept.earlier) == ([1, 2, 3, 4, 5, 6, 7, 8], False)
    file.keep(page(20, 21, earlier=True))
    kept = file.thread(own)
    assert (numbers(kept), kept and kept.earlier) == ([20, 21], True), "what was said between is not known"
    file.keep(page(21))
    assert numbers(file.thread(own)) == [21], "the whole thread as the service has it"


def test_a_thread_has_a_bound(file: MentorFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.keep(page(*range(1, 1000)))
    kept = file.thread(UUID(int=1))
    assert numbers(kept) == list(range(700, 1000))
    assert kept is not None
    assert kept.earlier
    monkeypatch.setattr(mentor_file, "MOST_BYTES", 100)
    file.keep(page(1, 2, 3, text="x" * 40))
    assert numbers(file.thread(UUID(int=1))) == [2, 3]
    file.keep(page(1, 2, text="ä" * 400))
    assert numbers(file.thread(UUID(int=1))) == [2], "the newest is kept however long it is"


def test_a_person_has_a_bound_and_another_has_their_own(file: MentorFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentor_file, "MOST_THREADS", 3)
    other = MentorFile(file._file.path if file._file else None, ("here", "ben"))
    other.keep(page(1, thread=99))
    for thread in range(1, 6):
        file.keep(page(1, thread=thread))
    file.keep(page(1, 2, thread=3))
    file.keep(page(1, thread=6))
    assert [each.thread.id.int for each in file.threads(LESSON)] == [6, 5, 3], "read last, shown by when they began"
    monkeypatch.setattr(mentor_file, "MOST_OF_ALL", 1)
    file.keep(page(1, thread=7))
    assert [each.thread.id.int for each in file.threads()] == [7]
    assert file.threads(UUID(int=8)) == []
    assert [each.thread.id.int for each in other.threads()] == [99]


def test_it_is_its_owners_alone_and_goes_from_the_disk(tmp_path: Path, file: MentorFile) -> None:
    file.keep(page(1, text="zanzibar"))
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o600
    for whose in (("here", "eve"), ("there", "ada")):
        assert MentorFile(tmp_path / "m", whose).threads() == []
        assert MentorFile(tmp_path / "m", whose).thread(UUID(int=1)) is None
        MentorFile(tmp_path / "m", whose).forget()
    assert len(file.threads()) == 1
    assert b"zanzibar" in (tmp_path / "m").read_bytes()
    file.forget()
    assert file.threads() == []
    assert b"zanzibar" not in (tmp_path / "m").read_bytes()


@pytest.mark.parametrize("damage", ["not a database", "a page", "another table"])
def test_a_damaged_file_is_removed_and_a_new_one_begun(tmp_path: Path, file: MentorFile, damage: str) -> None:
    path = tmp_path / "m"
    file.keep(page(1, text="zanzibar"))
    if damage == "not a database":
        path.write_bytes(b"x" * 5000)
    else:
        with sqlite3.connect(path) as db:
            db.execute("UPDATE threads SET page = '{\"thread\": 1}'" if damage == "a page" else "DROP TABLE threads")
            if damage == "another table":
                db.execute("CREATE TABLE threads (x)")
        db.close()
    assert file.threads() == []
    assert [left.name for left in tmp_path.iterdir()] == ["m"], "words that nobody could take away"
    file.keep(page(1))
    assert len(file.threads()) == 1


def test_a_link_is_not_followed_and_a_kiosk_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "l").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotKept, match=r"/l has a fault"):
        MentorFile(tmp_path / "l", ME).keep(page(1))
    monkeypatch.chdir(tmp_path)
    nothing = MentorFile(None, ME)
    nothing.keep(page(1))
    nothing.forget()
    assert (nothing.threads(), nothing.thread(UUID(int=1))) == ([], None)
    assert [left.name for left in tmp_path.iterdir()] == ["l"]


def test_a_line_of_what_is_kept() -> None:
    line = line_of(page(2, 3, 4))
    assert (line.messages, line.begins) == (3, "said 3")
