"""People from a script: listed, invited, given roles and groups, archived and restored, at one's own database."""

from typing import Any

import pytest

from .conftest import ADA, PASSWORD, Twin


@pytest.fixture
def boss(twin: Twin) -> Twin:
    """Ada is an administrator now."""
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    return twin


def one(twin: Twin, statement: str) -> Any:
    """The one value of a statement."""
    row = twin.house.db.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def test_people_are_for_administrators(twin: Twin) -> None:
    twin.say("user", "list", code=1)
    assert "administrators" in twin.errors


def test_from_the_invitation_to_the_archive_and_back(boss: Twin) -> None:
    boss.house.db.execute("INSERT INTO groups (name) VALUES ('Evening')")
    boss.say("user", "invite", "new@x.org", "--last", "N\x1b[31m", code=1)
    assert "control characters" in boss.errors
    invited = boss.json("user", "invite", "new@x.org", "--first", "Nora", "--last", "New", "--group", "evening")
    assert boss.columns("user", "list", "--show", "invited") == [
        [invited["person_id"], "new@x.org", "Nora New", "STUDENT", "invited", "Evening", "0"]
    ]
    assert "invited, has not come" in boss.say("user", "show", "new@x.org")
    again = boss.say("user", "invite", "new@x.org")
    assert "the code from before is void" in again
    code = again.splitlines()[1].removeprefix("Code: ")
    boss.typed(f"{code}\n{PASSWORD}\n")
    boss.say("accept", "--stdin")
    boss.say("user", "list", code=1)
    boss.typed(f"{PASSWORD}\n")
    boss.say("sign-in", ADA, "--password-stdin")
    boss.say("user", "role", "new@x.org", "admin", code=2)
    assert "From their next request on they are ADMIN and not STUDENT." in boss.errors
    assert one(boss, "SELECT role FROM users WHERE email = 'new@x.org'") == "STUDENT"
    assert boss.say("user", "role", "new@x.org", "content_creator", "--yes") == "new@x.org is CONTENT_CREATOR now.\n"
    assert boss.columns("user", "list", "--role", "CONTENT_CREATOR")[0][1] == "new@x.org"
    boss.say("user", "archive", "new@x.org", code=2)
    assert "their sessions end at once" in boss.errors
    assert "What stays: what they did, 1 group." in boss.errors
    assert boss.json("user", "archive", "new@x.org", "--yes")["changed"] is True
    assert boss.say("user", "archive", "new@x.org") == "new@x.org is archived already.\n"
    assert boss.json("user", "list", "--show", "archived")[0]["email"] == "new@x.org"
    assert boss.json("user", "list", "--count")["archived"] == 1
    assert boss.say("user", "restore", "new@x.org") == "new@x.org may come in again.\n"
    assert boss.say("user", "groups", "new@x.org", "--remove", "Evening") == "new@x.org left Evening.\n"
    assert boss.say("user", "groups", "new@x.org", "--remove", "Evening") == "Nothing had to change.\n"
    boss.say("user", "archive", ADA, "--yes", code=1)
    assert "archive yourself" in boss.errors
    assert boss.columns("user", "list", "--limit", "1")[0][1] == ADA
    boss.say("user", "show", "nobody@x.org", code=1)
    assert "no such person" in boss.errors


def test_erased_after_it_is_said_what_goes_and_never_before_courses_are_handed_over(boss: Twin) -> None:
    ada = boss.house.person("CONTENT_CREATOR", "eve@x.org")
    course = boss.house.course(ada, "Hers")
    boss.say("user", "erase", "eve@x.org", "--yes", code=1)
    assert "is the author of “Hers”" in boss.errors
    boss.say("course", "hand-over", str(course), ADA, "--yes")
    assert boss.say("user", "erase", "eve@x.org", "--yes") == "They are erased.\n"
    assert "For ever gone" in boss.errors
    assert one(boss, f"SELECT email FROM users WHERE id = '{ada}'") == f"erased-{ada}@erased.invalid"
    assert boss.json("user", "erase", str(ada))["changed"] is False
