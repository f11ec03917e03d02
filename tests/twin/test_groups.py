"""Groups from a script: made, named, filled, archived and back."""

from pathlib import Path

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


def test_a_group_is_filled_from_a_table_let_into_courses_and_emptied(boss: Twin, tmp_path: Path) -> None:
    boss.say("group", "create", "Evening")
    joins = boss.house.course(boss.learner, "Joins", price=4900)
    boss.house.course(boss.learner, "Indexes", published=False)
    for number in range(300):
        boss.house.person(email=f"p{number}@x.org")
    table = tmp_path / "people.csv"
    rows = [*(f"First;p{n}@x.org" for n in range(300)), "Two;P7@x.org", "X;nobody@x.org", "X", "X;no\x1b[31m"]
    table.write_text("\n".join(["first;address", *rows]))
    checked = boss.json("group", "add", "evening", "--csv", str(table), "--check", code=3)
    assert boss.columns("group", "list")[0][3] == "0"
    told = boss.json("group", "add", "evening", "--csv", str(table), code=3)
    assert (told["added"], told["unchanged"], told["refused"]) == (300, 0, 4)
    assert checked | {"check": False} == told
    boss.say("group", "add", "evening", "--csv", str(table), code=3)
    assert f"{table}:302: The address stands in an earlier line." in boss.errors
    assert "0 added, 300 unchanged, 4 refused." in boss.errors
    boss.say("group", "enrol", "evening", str(joins), "indexes", code=2)
    assert "“Joins”: 300 people come in; it costs 49.00 USD." in boss.errors
    assert "“Indexes”: 300 people come in; it is a draft or archived: they cannot open it yet." in boss.errors
    assert boss.json("group", "enrol", "evening", "joins", "--check")["courses"][0]["enrolled"] == 300
    said = boss.say("group", "enrol", "evening", "joins", "indexes", "--yes")
    assert said == "600 enrolments made, in 2 courses.\n"
    assert boss.say("group", "enrol", "evening", "joins") == "All of Evening take it already.\n"
    assert "300 of 300 take: Joins" in boss.say("group", "show", "evening")
    boss.say("group", "remove", "evening", "p1@x.org", "p2@x.org", code=2)
    assert "2 people leave it. What they did, and the courses that they take, stay." in boss.errors
    assert boss.columns("group", "remove", "evening", "p1@x.org", "--yes") == [["1", "p1@x.org", "removed", "-"]]
    boss.say("group", "remove", "evening", "p1@x.org")
    assert "0 removed, 1 unchanged, 0 refused." in boss.errors
    boss.say("group", "add", "evening", code=2)
    boss.say("group", "archive", "evening", "--yes")
    boss.say("group", "add", "evening", "p1@x.org", code=1)
    assert "Restore it first." in boss.errors
