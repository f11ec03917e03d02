"""Courses from a script: published, withdrawn, priced, moved and handed over, at one's own database."""

from uuid import uuid4

from .conftest import ADA, Twin


def test_staff_say_how_a_course_stands(twin: Twin) -> None:
    course = twin.house.course(twin.learner, "Joins \x1b[31m", published=False)
    twin.say("course", "publish", str(course), "--yes", code=1)
    assert "for course authors and administrators" in twin.errors
    twin.house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR'")
    pupil = twin.house.person()
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (pupil, course))
    twin.say("course", "publish", "joins", code=2)
    assert "Chapter 1 › Lesson 1.1" in twin.errors  # what lint finds
    assert "1 person is enrolled and can go on." in twin.errors
    assert "\x1b" not in twin.errors
    assert twin.json("course", "publish", "joins", "--yes")["is_published"] is True
    assert "is published already" in twin.say("course", "publish", "joins")
    twin.say("course", "draft", str(course), code=2)
    assert "They read that the course is not available." in twin.errors
    twin.say("course", "archive", "joins", "--yes")
    assert twin.json("course", "list")[0]["archived"] is True
    assert twin.say("course", "restore", "joins").endswith("is published now.\n")
    assert twin.say("course", "price", "joins", "49.00", "EUR").endswith("costs 49.00 EUR now.\n")
    for price in ("49.999 EUR", "-1 EUR", "49", "12345678 EUR", "١ EUR", "49.00 EURO"):
        twin.say("course", "price", "joins", "--", price, code=2)
        assert "Write it as 49.00 USD" in twin.errors
    assert twin.say("course", "price", "joins", "free").endswith("is free now.\n")
    twin.house.db.execute("INSERT INTO categories (name) VALUES ('Data')")
    assert twin.say("course", "move", "joins", "data").endswith("is in Data now.\n")
    twin.say("course", "move", "joins", "none", code=1)
    assert "no category none" in twin.errors
    twin.say("course", "hand-over", "joins", ADA, "--yes", code=1)
    assert "administrators" in twin.errors
    twin.house.db.execute("UPDATE users SET role = 'ADMIN' WHERE id = %s", (twin.learner,))
    assert twin.say("course", "hand-over", "joins", ADA, "--yes").endswith(f"is {ADA}'s already.\n")
    twin.say("course", "draft", str(uuid4()), "--yes", code=1)
    assert "no such course" in twin.errors
    twin.say("course", "draft", "nothing of the kind", "--yes", code=2)
    assert "You teach no course" in twin.errors
