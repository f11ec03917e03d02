"""People let into a course from a script, one, some, or a table of them, and taken out."""

from pathlib import Path

from .conftest import ADA, Twin


def test_people_are_let_in_and_taken_out(twin: Twin, tmp_path: Path) -> None:
    twin.house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR'")
    course = twin.house.course(twin.learner, "Joins", published=False, price=4900)
    people = [twin.house.person(email=f"p{n}@x.org") for n in range(300)]
    assert twin.columns("course", "enrol", "joins", "p0@x.org", str(people[1])) == [
        ["1", "p0@x.org", "enrolled", "-"],
        ["2", "p1@x.org", "enrolled", "-"],
    ]
    assert "they cannot open it yet" in twin.errors
    table = tmp_path / "people.csv"
    rows = [*(f"First,p{n}@x.org" for n in range(300)), "Two,P7@x.org", "X,nobody@x.org", "X", "X,no\x1b[31m", ","]
    table.write_text("\n".join(["first,address", *rows]))
    told = twin.json("course", "enrol", str(course), "--csv", str(table), "--check", code=3)
    assert (told["enrolled"], told["unchanged"], told["refused"]) == (298, 2, 4)
    told = twin.json("course", "enrol", str(course), "--csv", str(table), code=3)
    assert (told["enrolled"], told["unchanged"], told["refused"]) == (298, 2, 4)
    faults = {line["line"]: line["fault"] for line in told["lines"] if line["fault"]}
    assert faults == {302: "duplicate", 303: "unknown", 304: "columns", 305: "control_characters"}
    twin.say("course", "enrol", "joins", "--csv", str(table), code=3)
    assert f"{table}:302: The address stands in an earlier line." in twin.errors
    assert "0 enrolled, 300 unchanged, 4 refused." in twin.errors
    assert len(twin.columns("stats", "learners", "joins")) == 300
    twin.say("course", "enrol", "joins", code=2)
    twin.say("course", "enrol", "joins", "p0@x.org", "--csv", str(table), code=2)
    twin.say("course", "unenrol", "joins", "p0@x.org", code=2)
    assert "only staff can let them in again" in twin.errors
    assert twin.say("course", "unenrol", "joins", "p0@x.org", "--yes") == "p0@x.org is not in “Joins” any more.\n"
    assert twin.json("course", "unenrol", "joins", str(people[1]), "--yes")["removed"] is True
    twin.say("course", "unenrol", "joins", ADA, "--yes", code=1)
    assert "no such learner" in twin.errors
