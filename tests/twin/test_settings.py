"""The settings from a script: shown, changed, asked about where they open or close a door."""

from pathlib import Path

import pytest

from .conftest import Twin


@pytest.fixture
def boss(twin: Twin) -> Twin:
    """Ada is an administrator now."""
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    return twin


def test_settings_are_for_administrators(twin: Twin) -> None:
    twin.say("settings", "show", code=1)
    assert "administrators" in twin.errors


def test_they_are_shown_and_changed_one_by_one(boss: Twin, tmp_path: Path) -> None:
    off = [["company", "-"], ["mail", "-"], ["logo", "-"], ["guests", "off"], ["sso-only", "off"]]
    assert boss.columns("settings", "show") == off
    assert boss.say("settings", "set", "company", "Ada's School") == "company is “Ada's School” now.\n"
    assert boss.json("settings", "set", "mail", "school@x.org")["company_email"] == "school@x.org"
    boss.say("settings", "set", "mail", "nobody", code=1)
    assert "name@example.org" in boss.errors
    picture = tmp_path / "logo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert boss.say("settings", "set", "logo", str(picture)) == "logo is set now.\n"
    picture.write_bytes(bytes(200_000))
    boss.say("settings", "set", "logo", str(picture), code=2)
    boss.say("settings", "set", "logo", str(tmp_path / "none"), code=2)
    boss.say("settings", "set", "guests", "perhaps", code=2)
    boss.say("settings", "set", "guests", "on", code=2)
    assert "without signing in" in boss.errors
    assert boss.say("settings", "set", "guests", "on", "--yes") == "guests is on now.\n"
    assert boss.say("settings", "set", "guests", "on") == "guests is on already.\n"
    boss.say("settings", "set", "sso-only", "on", "--yes", code=1)
    assert "nobody could come in" in boss.errors
    shown = dict(boss.columns("settings", "show"))
    assert shown == {
        "company": "Ada's School", "mail": "school@x.org", "logo": "logo.png", "guests": "on", "sso-only": "off",
    }  # fmt: skip
    assert boss.say("settings", "set", "logo", "") == "logo is empty now.\n"
