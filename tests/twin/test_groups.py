"""Groups from a script: made, named, filled, archived and back."""

import pytest

from .conftest import ADA, Twin


@pytest.fixture
def boss(twin: Twin) -> Twin:
    """Ada is an administrator now."""
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    return twin


def test_groups_are_for_administrators(twin: Twin) -> None:
    twin.say("group", "list", code=1)
    assert "administrators" in twin.errors


def test_from_the_making_to_the_archive_and_back(boss: Twin) -> None:
    made = boss.json("group", "create", "Evening", "--characteristic", "works by day")
    boss.say("group", "create", "EVENING", code=1)
    assert "There is a group called Evening already." in boss.errors
    boss.say("user", "groups", ADA, "--add", "evening")
    assert boss.columns("group", "list") == [[made["group_id"], "Evening", "-", "1", "works by day"]]
    assert boss.say("group", "show", "evening").splitlines()[2:] == ["1 person", "works by day"]
    assert boss.columns("group", "show", "evening", "--members")[0][1] == ADA
    boss.say("group", "edit", "evening", code=2)
    assert boss.say("group", "edit", "evening", "--name", "Night") == "The group Night is so now.\n"
    boss.say("group", "archive", "Night", code=2)
    assert "What stays: 1 person." in boss.errors
    assert boss.json("group", "archive", "Night", "--yes")["archived"] is True
    assert boss.say("group", "archive", "Night") == "The group Night is archived already.\n"
    assert boss.columns("group", "list") == []
    assert boss.json("group", "list", "--show", "archived")[0]["members"] == 1
    assert boss.say("group", "restore", made["group_id"]) == "The group Night is in use now.\n"
