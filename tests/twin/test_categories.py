"""Categories from a script: made, put in order, archived, and deleted where nothing stands in them."""

import pytest

from .conftest import Twin


@pytest.fixture
def boss(twin: Twin) -> Twin:
    """Ada is an administrator now."""
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    return twin


def names(boss: Twin) -> list[str]:
    """Names in their order."""
    return [row[1] for row in boss.columns("category", "list")]


def test_categories_are_for_administrators(twin: Twin) -> None:
    twin.say("category", "list", code=1)
    assert "administrators" in twin.errors


def test_from_the_making_to_the_end(boss: Twin) -> None:
    for name in ("A", "B", "C"):
        boss.say("category", "create", name, "--description", f"{name}\x07"[:1])
    boss.house.course(boss.learner, "Joins")
    assert names(boss) == ["A", "About Joins", "B", "C"]
    assert boss.say("category", "up", "c") == "The category C is moved now.\n"
    boss.say("category", "archive", "B", "--yes")
    assert names(boss) == ["A", "About Joins", "C", "B"]
    assert boss.say("category", "down", "C") == "The category C is the last one already.\n"
    assert boss.say("category", "down", "A") == "The category A is moved now.\n"
    assert names(boss) == ["About Joins", "A", "C", "B"]
    boss.say("category", "up", "C")
    assert boss.say("category", "up", "About Joins") == "The category About Joins is the first one already.\n"
    assert names(boss) == ["About Joins", "C", "A", "B"]
    boss.say("category", "edit", "C", "--name", "About joins", code=1)
    assert "already" in boss.errors
    assert boss.json("category", "edit", "C", "--name", "Cats")["name"] == "Cats"
    boss.say("category", "delete", "about joins", code=2)
    assert "it is archived instead" in boss.errors
    assert "they stay in it, and in the catalog under its name" in boss.errors
    said = boss.say("category", "delete", "about joins", "--yes")
    assert said == "The category About Joins has 1 course, so it is not deleted: it is archived now.\n"
    assert boss.json("category", "list")[0] | {"id": ""} == {
        "id": "", "name": "About Joins", "description": "", "archived": True, "courses": 1, "shown": 1,
    }  # fmt: skip
    assert boss.say("category", "delete", "Cats", "--yes") == "The category Cats is deleted now.\n"
    boss.say("category", "delete", "Cats", "--yes", code=2)
    assert "No category is called" in boss.errors
    assert boss.say("category", "restore", "About Joins") == "The category About Joins is in use now.\n"
