"""The system at a glance, from a script."""

from .conftest import Twin


def test_it_is_told_in_words_and_as_json(twin: Twin) -> None:
    twin.say("overview", code=1)
    assert "administrators" in twin.errors
    twin.house.db.execute("UPDATE users SET role = 'ADMIN'")
    twin.house.course(twin.learner, "Joins \x1b[31m")
    twin.say("course", "draft", "joins", "--yes")
    said = twin.say("overview")
    assert "people: 1 person, 0 learners, 0 authors, 1 administrator\n" in said
    assert "1 draft" in said
    assert "mail: this service sends none\n" in said
    assert "courses.draft" in said
    assert "\x1b" not in said
    assert twin.json("overview")["courses"]["drafts"] == 1
