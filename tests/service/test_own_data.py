"""One's own data: every row of every table about a person is in the export, and nothing of anybody else."""

import json
import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lms_tui.client.errors import NotKept
from lms_tui.client.own_data import save
from lms_tui.wire.operation import Operation
from lms_tui.wire.own_data import EXPORT, Exported, ExportRequest, Part
from tests.service.personal import Traces

from .conftest import House
from .quiz_kit import Quiz
from .statement_kit import ask, populated

pytestmark = pytest.mark.anyio


@pytest.fixture
async def quiz(house: House) -> Quiz:
    """A quiz, whose learner is nobody of these tests."""
    return (await populated(house)).quiz


def traces(house: House, quiz: Quiz, word: str, question: str = "text") -> Traces:
    """A person in every table."""
    group = house.db.execute("INSERT INTO groups (name) VALUES (%s) RETURNING id", (f"group of {word}",)).fetchone()
    assert group is not None
    made = Traces(house.db, word).person()
    return made.everywhere(quiz.lesson, quiz.questions[question], group[0])


async def exported(house: House, user: UUID) -> dict[str, list[Any]]:
    """All parts of a person."""
    found: dict[str, list[Any]] = {}
    for part in Part:
        after = None
        found[part] = []
        while True:
            reply = await ask(house.http, EXPORT, ExportRequest(part=part, after=after), house.session(user))
            assert reply.status_code == 200, reply.text
            found[part] += reply.json()["rows"]
            if (after := reply.json()["next"]) is None:
                break
    return found


async def test_all_that_is_held_of_a_person_and_nothing_of_another(house: House, quiz: Quiz) -> None:
    question = next(iter(quiz.questions))
    ada, ben = (traces(house, quiz, word, question) for word in ("ada", "ben"))
    house.db.execute("UPDATE questions SET type = 'fill-blank', title = 'It is [secretly right] here'")
    found = await exported(house, ada.user)
    assert {part for part, rows in found.items() if not rows} == {"teaches"}
    text = json.dumps(found)
    for said in ("first", "avatar", "answer submitted", "answer open", "title", "message user", "message assistant"):
        assert ada.said(said) in text
    for said in ("insights", "recommended"):
        assert ada.said(said) in text
    assert "group of ada" in text
    for secret in ("token", "message system"):
        assert ada.said(secret) not in text
    assert "argon2" not in text
    assert "secretly right" not in text, "a blank's accepted text stands in its question"
    assert "It is ___ here" in text
    assert "ben" not in text
    assert str(ben.user) not in text
    right = {row["attempt_id"]: (row["right"], row["points"]) for row in found["answers"]}
    assert right == {str(ada.ids["submitted"]): (True, 7), str(ada.ids["open"]): (None, None)}
    recorded = {(row["what"], row["by_you"], row["about_you"]) for row in found["recorded"]}
    assert recorded == {("people.role", False, True), ("lesson.fresh_start", True, False)}
    assert {(row["kind"], row["reminders"]) for row in found["codes"]} == {("invitation", 0), ("reset", None)}
    assert len(found["mails"]) == 2


async def test_a_long_part_comes_page_by_page_with_nothing_twice(house: House, quiz: Quiz) -> None:
    ada = traces(house, quiz, "ada", next(iter(quiz.questions)))
    house.db.execute(
        "INSERT INTO ai_mentor_thread_messages (thread_id, role, content, created_at)"
        " SELECT id, 'user', 'number ' || n, CASE WHEN n % 2 = 0 THEN timestamptz '2026-03-01' END"
        " FROM ai_mentor_threads, generate_series(1, 1200) n"
    )
    said = [row["content"] for row in (await exported(house, ada.user))["messages"]]
    assert len(said) == len(set(said)) == 1202
    broken = await ask(house.http, EXPORT, ExportRequest(part=Part.MESSAGES, after="x"), house.session(ada.user))
    assert broken.json()["code"] == "bad_request"


def names_in(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(one.name for one in folder.iterdir())


async def test_a_file_is_for_its_owner_alone_and_nothing_is_written_over(tmp_path: Path) -> None:
    async def call(_operation: Operation[ExportRequest, Exported], request: ExportRequest) -> Exported:
        hostile = {"said": "\x9b66;6n\u202e\u2028 数据 \U0001f600"}
        row: Any = json.dumps(hostile, ensure_ascii=False).encode()
        return Exported(rows=[row] if request.part is Part.MESSAGES else [], next=None)

    path = tmp_path / "mine.json"
    counts = await save(call, path)
    assert counts["messages"] == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert not {character for character in text if not (character.isprintable() or character == "\n")}
    assert "数据" in text
    found = json.loads(text)
    assert found["messages"] == [{"said": "\x9b66;6n\u202e\u2028 数据 \U0001f600"}]
    assert list(found)[2:] == [part.value for part in Part]
    with pytest.raises(NotKept, match="there already"):
        await save(call, path)
    target = tmp_path / "theirs.json"
    target.write_text("theirs")
    link = tmp_path / "link.json"
    link.symlink_to(target)
    await save(call, link, force=True)
    assert target.read_text() == "theirs"
    assert json.loads(link.read_text())["format"] == "lms-tui export 1"
    with pytest.raises(NotKept, match="cannot be written"):
        await save(call, tmp_path / "missing" / "mine.json")
    assert names_in(tmp_path) == ["link.json", "mine.json", "theirs.json"]
