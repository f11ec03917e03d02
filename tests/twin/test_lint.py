"""A course of one's own is linted by its title, by words of it, or by its id."""

from .conftest import Twin


def test_the_course_is_meant_by_words_of_its_title(twin: Twin) -> None:
    twin.house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR'")
    tea, coffee = (twin.house.course(twin.learner, title) for title in ("All about tea", "All about coffee"))
    for name in ("all about TEA", "tea", str(tea)):
        assert "quiz-without-questions" in twin.say("course", "lint", name, code=1)
    twin.say("course", "lint", "about", code=2)
    assert str(coffee) in twin.errors
    twin.say("course", "lint", "milk", code=2)
    assert "course list" in twin.errors
