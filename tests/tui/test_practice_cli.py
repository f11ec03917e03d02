"""`lms-tui practice` on a real service: the same set as the screen has, for people, for pipes and as JSON."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.tui.library import Library
from tests.tui.test_screens_practice import missed

from lms_tui.cli import connect, practice, printing
from lms_tui.cli.main import main

pytestmark = pytest.mark.anyio
__all__ = ["missed"]


async def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run the command beside the service, and return what it printed."""
    assert await asyncio.to_thread(main, words) == 0
    return capsys.readouterr().out


async def test_it_lists_what_is_due(
    missed: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(connect, "service_address", lambda _config: f"unix:{missed.socket}")
    rows = [line.split("\t") for line in (await said(capsys, "practice")).splitlines()]
    assert sorted(row[1] for row in rows) == ["Judge these", "On the ___ lie towns", "Which rows does it keep?"]
    assert {tuple(row[2:4]) for row in rows} == {("Relational databases", "Check yourself")}
    listed = json.loads(await said(capsys, "practice", "--json"))
    assert (listed["due"], listed["next"]) == (3, None)
    assert [each["id"] for each in listed["questions"]] == [row[0] for row in rows]
    assert listed["kept_in"] == str(tmp_path / "home" / "state" / "practice.sqlite")
    assert json.loads(await said(capsys, "--kiosk", "practice", "--json"))["kept_in"] is None


async def test_a_person_is_told_where_the_days_are_kept_and_what_comes_next(
    missed: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(connect, "service_address", lambda _config: f"unix:{missed.socket}")
    for module in (printing, practice):
        monkeypatch.setattr(module, "is_terminal", lambda: True)
    lines = (await said(capsys, "practice")).splitlines()
    assert lines[0] == "3 questions to practise today."
    assert lines[1].split() == ["ID", "TITLE", "COURSE", "LESSON", "DUE"]
    assert lines[5:] == ["When each question comes back is kept on this machine only, for you and this service."]
    missed.db.execute("UPDATE quiz_attempts SET completed_at = now()")
    text = await said(capsys, "practice")
    assert text.startswith("Nothing to practise today.\nNext: tomorrow, 3 questions.\nWhen each")
