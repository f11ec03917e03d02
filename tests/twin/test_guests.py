"""The command line where nobody is signed in and the service lets guests in."""

from tests.rows import row_hashes

from .conftest import Twin


def files_of(twin: Twin) -> dict[str, bytes]:
    """What stands in the folder of the program's state, but for the local service's own."""
    state = twin.home / "state"
    return {str(path.relative_to(state)): path.read_bytes() for path in state.rglob("*") if path.is_file()}


def test_a_guest_lists_and_reads_and_is_told_so_once_and_nothing_is_stored(twin: Twin) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    twin.house.db.execute("UPDATE lessons SET type = 'video', file_s3_key = 'https://x.org' WHERE title = 'Lesson 2.1'")
    twin.house.db.execute("UPDATE lessons SET description = 'Inner and outer.' WHERE title = 'Lesson 1.1'")
    twin.say("sign-out", "--yes")
    lesson, film, quiz = (str(twin.lessons(course)[f"Lesson {number}"]) for number in ("1.1", "2.1", "1.2"))
    for words in (("courses",), ("show", "joins"), ("show", lesson)):
        twin.say(*words, code=6)  # without a settings row nobody is let in
        assert twin.errors == "lms-tui: Nobody is signed in. Sign in with: lms-tui sign-in\n"
    twin.house.db.execute("INSERT INTO settings (unregistered_user_courses_accessibility) VALUES (true)")
    before, stored = files_of(twin), row_hashes(twin.house.db)
    assert twin.columns("courses") == [[str(course), "Joins", "Ada L", "About Joins", "4", "0", "-", "free"]]
    assert twin.errors == "As a guest.\n"
    assert "not enrolled: sign in first: lms-tui sign-in" in twin.say("show", "joins")
    assert "Inner and outer." in twin.say("show", lesson)
    assert "https://x.org" in twin.say("show", film)
    assert twin.errors == "As a guest.\n"
    for words in (
        ("show", quiz),
        ("courses", "--mine"),
        ("progress",),
        ("next",),
        ("done", lesson),
        ("enrol", "joins"),
    ):
        twin.say(*words, code=6)
        assert "igned in" in twin.errors
    assert (files_of(twin), row_hashes(twin.house.db)) == (before, stored)


def test_who_is_signed_in_is_no_guest(twin: Twin) -> None:
    twin.house.db.execute("INSERT INTO settings (unregistered_user_courses_accessibility) VALUES (true)")
    course = twin.house.course(twin.house.person(), "Joins")
    assert "lms-tui enrol" in twin.say("show", str(course))
    assert twin.errors == ""
