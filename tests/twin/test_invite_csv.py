"""Many people invited from a table by a command: headings, encodings, a report, and nothing the second time."""

from pathlib import Path

import pytest

from .conftest import PASSWORD, Twin


@pytest.fixture
def boss(twin: Twin) -> Twin:
    """Ada is an administrator now."""
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    twin.house.db.execute("INSERT INTO groups (name) VALUES ('Evening'), ('Morning')")
    return twin


def test_a_table_with_semicolons_and_a_byte_order_mark_in_another_order(boss: Twin, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(
        "\ufeffLast; Address ;groups;first\r\n"
        "Müller;m@x.org;Evening|morning;Max\r\n"
        ";;;\r\n"
        '"two\r\nlines";n@x.org;;N\r\n'
        "B;b@x.org;;Bo;\r\n"
        "M;M@X.org;;\r\n".encode()
    )
    words = "user", "invite", "--csv", str(file)
    checked = boss.say(*words, "--check", code=3).splitlines()
    assert [row.split("\t")[:4] for row in checked] == [
        ["2", "m@x.org", "invited", "-"],
        ["4", "n@x.org", "refused", "control_characters"],
        ["6", "b@x.org", "refused", "columns"],
        ["7", "M@X.org", "refused", "duplicate"],
    ]
    assert "1 would be invited, 0 unchanged, 3 refused." in boss.errors
    assert boss.json("user", "list", "--count")["present"] == 1
    done = boss.json(*words, code=3)
    assert (done["invited"], done["unchanged"], done["refused"], done["mailed"]) == (1, 0, 3, False)
    assert f"{file}:7: " in (boss.say(*words, code=3) and boss.errors)
    assert boss.columns("user", "list", "--show", "invited")[0][1:6] == [
        "m@x.org", "Max Müller", "STUDENT", "invited", "Evening, Morning",
    ]  # fmt: skip
    again = boss.json(*words, code=3)
    assert (again["invited"], again["unchanged"], again["refused"]) == (0, 1, 3)
    boss.typed(f"{done['lines'][0]['code']}\n{PASSWORD}\n")
    assert boss.json("accept", "--stdin")["first_name"] == "Max"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"first,last\nA,B\n", "headings"),
        (b"address,address\na@x.org,b@x.org\n", "headings"),
        (b"address,age\na@x.org,7\n", "headings"),
        (b"", "headings"),
        (b"address\nm\xfc@x.org\n", "Line 2"),
        (b'address,first\na@x.org,"never closed\n', "CSV"),
        ("address\n".encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole(boss: Twin, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    boss.say("user", "invite", "--csv", str(file), code=2)
    assert said in boss.errors


def test_what_does_not_go_together_is_said(boss: Twin, tmp_path: Path) -> None:
    boss.say("user", "invite", "--csv", str(tmp_path / "none.csv"), code=2)
    assert "cannot be read" in boss.errors
    boss.say("user", "invite", "a@x.org", "--csv", "x", code=2)
    boss.say("user", "invite", code=2)
    boss.say("user", "invite", "a@x.org", "--check", code=2)
