"""`lms-tui practice` on a real service: the same set as the screen has, in words and as JSON."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.tui.library import Library
from tests.tui.test_screens_practice import missed

from lms_tui.cli import connect
from lms_tui.cli.main import main
from lms_tui.config import Config

pytestmark = pytest.mark.anyio
__all__ = ["missed"]


async def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run the command beside the service, and return what it printed."""
    assert await asyncio.to_thread(main, words) == 0
    return capsys.readouterr().out


async def test_it_lists_what_is_due_and_says_where_the_days_are_kept(
    missed: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(connect, "service_address", lambda _config: f"unix:{missed.socket}")
    assert Config().place == "embedded"
    lines = (await said(capsys, "practice")).splitlines()
    assert lines[0] == "3 questions to practise today:"
    assert "  Judge these (Relational databases, Check yourself)" in lines
    assert lines[4:] == ["When each question comes back is kept on this machine only, for you and this service."]
    listed = json.loads(await said(capsys, "practice", "--json"))
    assert (listed["due"], len(listed["questions"]), listed["next"]) == (3, 3, None)
    assert listed["kept_in"] == str(tmp_path / "home" / "state" / "practice.sqlite")
    assert json.loads(await said(capsys, "--kiosk", "practice", "--json"))["kept_in"] is None
    missed.db.execute("UPDATE quiz_attempts SET completed_at = now()")
    text = await said(capsys, "practice")
    assert text.startswith("Nothing to practise today.\nNext: tomorrow, 3 questions.\nWhen each")
