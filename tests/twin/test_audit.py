"""The audit, from a script."""

from uuid import uuid4

from .conftest import Twin


def test_it_is_told_in_words_and_as_json(twin: Twin) -> None:
    twin.say("audit", code=1)
    assert "administrators" in twin.errors
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    twin.house.course(twin.learner, "Joins \x1b[31m")
    twin.say("course", "draft", "joins", "--yes")
    add = "INSERT INTO lms_tui.audit (id, action, details) VALUES (%s, 'entry.failed', '{\"tried\": \"abcdef0123\"}')"
    twin.house.db.execute(add, (uuid4(),))
    said = twin.say("audit")
    assert said.index("nobody (abcdef01)") < said.index("courses.draft")
    assert "\x1b" not in said
    assert "courses.draft" not in twin.say("audit", "--kind", "entry")
    assert [one["action"] for one in twin.json("audit", "--limit", "1")] == ["entry.failed"]
    assert [one["action"] for one in twin.json("audit", "--person", str(twin.learner), "--kind", "courses")] == [
        "courses.draft"
    ]
