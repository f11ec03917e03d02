"""Text from courses and people is data: hostile values in every text column, every screen gone through in a terminal.

No action runs, nothing crashes, no foreign escape byte comes out; and each column is really seen on the screens of
`SHOWN`, so that none of this holds because nothing was there.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Column, MetaData, Table, Text

from lms_tui.local import service
from tests.e2e.hostile import LEARNER, PASSWORD, TYPED_CODE, Library, marker, text_columns
from tests.e2e.hostile_commands import CONTROL, Commands
from tests.e2e.shown import NOT_SHOWN, SHOWN
from tests.e2e.watched import Watched, foreign

QUESTIONS = 6
EVIL = "\x9b66;6n\x9d0;own\x9c\u202e\x07[@click=app.quit]x[/]"
"""What is pasted into a field."""


@pytest.fixture
def library(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """The hostile rows in a database of this test, and a home whose service is stopped at the end."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LMS_TUI_DATABASE", database_url)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with psycopg.connect(database_url, autocommit=True) as db:
        library = Library(db)
        library.fill()
        yield library
    assert service.stop_service(database_url)


def missing(library: Library, tables: MetaData | None = None) -> list[str]:
    """Return the text columns that no row has hostile text in."""
    columns = text_columns() if tables is None else text_columns(tables)
    found = []
    for name in columns:
        table, _, column = name.rpartition(".")
        query = f'SELECT count(*) FROM {table} WHERE strpos("{column}"::text, %s) > 0'
        row = library.db.execute(query.encode(), (marker(name),)).fetchone()
        if row is None or row[0] == 0:
            found.append(name)
    return found


def test_every_text_column_is_named_and_has_hostile_text(library: Library) -> None:
    excused = [name for names in NOT_SHOWN.values() for name in names]
    assert sorted([*SHOWN, *excused]) == sorted(text_columns()), "name a new column in SHOWN or in NOT_SHOWN"
    assert missing(library) == [], "put hostile text into it: tests/e2e/hostile.py"
    planted = MetaData()
    Table("planted", planted, Column("said", Text))
    assert list(text_columns(planted)) == ["planted.said"]


def test_hostile_text_does_nothing_on_any_screen(
    library: Library, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = Commands(library, capfd, monkeypatch, tmp_path).run()
    place = service.site(os.environ["LMS_TUI_DATABASE"])
    command = [sys.executable, "-m", "lms_tui", "--service", f"unix:{place.socket}"]
    terminal = Watched(command, os.environ)
    try:
        sign_in(terminal)
        to_the_course(terminal)
        through_the_course(terminal)
        through_the_lessons(terminal)
        through_the_quiz(terminal, library)
        through_the_history(terminal)
        through_the_practice(terminal, library)
        back_home(terminal)
        through_the_account(terminal)
    finally:
        terminal.close()
    problems, copied = foreign(bytes(terminal.output))
    assert not problems, [(terminal.screen_at(at), what) for at, what in problems]
    assert len(copied) == 2
    for text in copied:
        assert text.startswith("http://evil.example/")
        assert not CONTROL.search(text)
        assert "\n" not in text, "a line feed in what is pasted runs a command in a shell"
    if marker("lessons.file_s3_key") in copied[1]:
        terminal.seen["lessons.file_s3_key"].add("copied")
    for name, screens in terminal.seen.items():
        seen.setdefault(name, set()).update(screens)
    unseen = {name: lacking for name, screens in SHOWN.items() if (lacking := screens - seen.get(name, set()))}
    assert not unseen, "these screens did not show these columns"
    assert set(seen) <= set(SHOWN), "a column of NOT_SHOWN is seen: name its screens"


def test_hostile_text_does_nothing_in_a_preview_and_in_the_administration(
    library: Library, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An administrator looks at the hostile course as its learners do, from problem to problem, and at the school."""
    library.db.execute("UPDATE users SET role = 'ADMIN' WHERE email = %s", (LEARNER,))
    Commands(library, capfd, monkeypatch, tmp_path).say("sign-in", "sign-in", library.author, "--password-stdin")
    place = service.site(os.environ["LMS_TUI_DATABASE"])
    terminal = Watched([sys.executable, "-m", "lms_tui", "--service", f"unix:{place.socket}"], os.environ)
    try:
        terminal.see("Sign in")
        terminal.press(LEARNER, "enter", PASSWORD, "enter")
        terminal.see("m teach")
        through_the_preview(terminal)
        while "A admin" not in terminal.text:
            terminal.press("escape")
            terminal.settle()
        through_the_administration(terminal)
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
    finally:
        terminal.close()
    problems, copied = foreign(bytes(terminal.output))
    assert not problems, [(terminal.screen_at(at), what) for at, what in problems]
    assert not copied


def through_the_preview(terminal: Watched) -> None:
    terminal.press("m")
    terminal.look("teach", "courses.title", "users.first_name", "categories.name")
    terminal.press("/")
    terminal.see("Search")
    terminal.press("main")
    terminal.see(r"1/1$")
    terminal.press("enter")
    terminal.settle()
    terminal.press("enter")
    terminal.see("preview: nothing is recorded")
    terminal.look("preview", "courses.title", "chapters.title", "lessons.title")
    terminal.press("]")
    terminal.see("Problem 1 of")
    terminal.look("problem", "chapters.title")
    terminal.press("!")
    terminal.see("[0-9]+ problems")
    terminal.look("problems", "chapters.title", "lessons.title")
    terminal.press("enter")
    terminal.see("Problem 1 of")
    terminal.click_markup(slice(2, 6))
    terminal.press("escape")
    terminal.settle()
    while "Start attempt 1" not in terminal.text:
        terminal.press("n" if "n next" in terminal.text else "enter")
        terminal.settle()
    terminal.press("s")
    terminal.see("question 1 of")
    terminal.press("a")
    terminal.see("Right: |No answer is right")
    terminal.look("answer", "questions.title", "question_answer_options.option_text")
    terminal.press("escape")
    terminal.settle()


def through_the_administration(terminal: Watched) -> None:
    """To the people and one of them, up to each question, and through the forms."""
    terminal.press("A")
    terminal.see("administrator")
    terminal.press("p")
    terminal.look("people", "users.email", "users.first_name", "users.last_name", "groups.name", "users.role")
    terminal.click_markup(slice(0, 4))
    while "i invite" not in terminal.text.split("\n")[-1]:
        terminal.press("escape")
        terminal.settle()
    terminal.press("end")
    terminal.press("enter")
    terminal.see("e role")
    terminal.look("person", "users.email", "users.first_name")
    terminal.press("e")
    terminal.look("role", "users.first_name", bar="")
    terminal.press("escape")
    terminal.settle()
    terminal.press("p")
    terminal.look("new password", "users.email", bar="")
    terminal.press("n")
    terminal.settle()
    terminal.press("x")
    terminal.look("archive", "users.email", "users.first_name", bar="")
    terminal.click(r"Leave it")
    terminal.see("e role")
    terminal.press("a")
    terminal.look("groups", "users.email", bar="")
    terminal.paste(f"night{EVIL}")
    terminal.press("enter")
    terminal.see("There is no group night")
    terminal.press("escape")
    terminal.settle()
    terminal.press("escape")
    terminal.see("i invite")
    terminal.press("/")
    terminal.paste(EVIL)
    terminal.see("Nobody is like that")
    terminal.press("escape")
    terminal.settle()
    terminal.press("i")
    terminal.see("Only the address")
    terminal.paste(f"a{EVIL}@x.org")
    terminal.press(*["enter"] * 4)
    terminal.see("An e-mail address looks like")
    terminal.press("escape")
    terminal.settle()
    terminal.press("escape")
    terminal.see("u groups")
    through_groups_categories_and_settings(terminal)


def through_groups_categories_and_settings(terminal: Watched) -> None:
    terminal.press("u")
    terminal.look("groups", "groups.name")
    terminal.press("enter")
    terminal.look("group", "groups.name", "groups.characteristic", "users.first_name")
    terminal.press("e")
    terminal.look("edit the group", "groups.name")
    terminal.press("escape")
    terminal.see("c into a course")
    terminal.press("x")
    terminal.look("archive the group", "groups.name", bar="")
    terminal.press("n")
    terminal.see("c into a course")
    terminal.press("escape")
    terminal.see("n new")
    terminal.press("escape")
    terminal.see("t categories")
    terminal.press("t")
    terminal.look("all categories", "categories.name", "categories.description")
    terminal.press("d")
    terminal.look("delete the category", "categories.name", bar="")
    terminal.press("n")
    terminal.see("J down")
    terminal.press("escape")
    terminal.see("s settings")
    terminal.press("s")
    terminal.look("settings", "settings.company_name", "settings.company_email")
    terminal.press("enter")
    terminal.look("a setting", "settings.company_name")
    terminal.press("escape")
    terminal.see("e change")


def sign_in(terminal: Watched) -> None:
    terminal.see("Sign in")
    terminal.press(LEARNER, "enter")
    terminal.paste("wrong\x9b66;6n\x07[@click=app.quit]")
    terminal.press("enter")
    terminal.see("do not go together")
    terminal.look("sign-in screen", bar="")
    terminal.press(PASSWORD, "enter")
    terminal.look("welcome", "users.first_name", "settings.company_name")
    terminal.click_markup(slice(0, 6))


def to_the_course(terminal: Watched) -> None:
    terminal.press("/")
    terminal.look(
        "catalog", "courses.title", "users.first_name", "users.last_name", "categories.name", "courses.currency"
    )
    terminal.press("/")
    terminal.paste("zzz\x9b66;6n[@click=app.quit]\u202e")
    terminal.see("No course has all of these words")
    terminal.press("escape")
    terminal.look("catalog", "courses.title")
    terminal.press("main")
    terminal.see(r"\S *1$")
    terminal.look("search", "courses.title", "categories.name")
    terminal.press("escape")
    terminal.press("escape")
    terminal.settle()
    terminal.press("f")
    terminal.look("categories", "categories.name", bar="")
    terminal.click(r"x\d\dq\[/")
    terminal.look("category", "categories.name")
    terminal.press("left")
    terminal.settle()
    terminal.click(r"\] main|/ main")


def through_the_course(terminal: Watched) -> None:
    columns = ("courses.title", "courses.description", "chapters.title", "lessons.title", "lessons.type")
    people = ("users.first_name", "users.last_name", "categories.name")
    terminal.see("Not enrolled")
    terminal.look("course", *columns, *people)
    terminal.click_markup(slice(0, 7))
    terminal.press("e")
    terminal.see("You are enrolled")
    terminal.press("L")
    terminal.look("leave", "courses.title", bar="")
    terminal.click_markup(slice(0, 12))
    terminal.press("n")
    for key, words in (("?", "On this screen"), ("\x10", "Type a part"), ("\x1bOQ", "Themes")):
        terminal.press(key)
        terminal.see(words)
        terminal.look(words, bar="")
        terminal.press("escape")
        terminal.see("e enrol|c continue")
        terminal.settle()


def through_the_lessons(terminal: Watched) -> None:
    terminal.click(r"x\d\dq\[/.* text")
    terminal.look("lesson", "lessons.title", "lessons.description", "courses.title", "chapters.title")
    terminal.click_markup()
    through_the_mentor(terminal)
    terminal.press("t")
    terminal.look("headings", "lessons.description", bar="")
    terminal.press("escape")
    terminal.settle()
    for number in range(4):
        terminal.press("pagedown")
        terminal.look(f"lesson page {number}")
        if "@click" in terminal.text:
            terminal.click_markup()
    terminal.press("x")
    terminal.see("none is opened")
    terminal.look("links", bar="")
    terminal.press("enter")
    terminal.see("Copied")
    terminal.press("c")
    terminal.look("check", "ai_mentor_student_lesson_progress.learning_insights", "lessons.title", "courses.title")
    terminal.press("end")
    terminal.look("end of the check", "ai_mentor_student_lesson_progress.recommended_actions")
    terminal.click_markup()
    terminal.press("escape")
    terminal.see("d done")
    terminal.press("d")
    terminal.see("Done. n goes on")
    terminal.look("done", "lessons.title")
    terminal.press("n")
    terminal.see(" html")
    terminal.look("html lesson", "lessons.title", "lessons.description")
    terminal.press("end")
    terminal.look("html end", "lessons.description")
    terminal.press("n")
    terminal.see("Video")
    terminal.look("video lesson", "lessons.file_s3_key")
    terminal.click_markup()
    terminal.press("y")
    terminal.see("Copied")
    terminal.press("q")
    terminal.look("address", "lessons.file_s3_key", "courses.title")
    terminal.click_markup()
    terminal.press("escape")
    terminal.settle()
    terminal.press("n")
    terminal.see(" other")
    terminal.look("other lesson", "lessons.file_s3_key", "lessons.type")
    terminal.press("n")


def through_the_mentor(terminal: Watched) -> None:
    terminal.press("m")
    terminal.see("› Mentor")
    terminal.look("mentor", "ai_mentor_thread_messages.content", "ai_mentor_thread_messages.model_version")
    terminal.click_markup()
    terminal.press("t")
    terminal.look("conversations", "ai_mentor_threads.thread_title", "ai_mentor_thread_messages.content")
    terminal.press("e")
    terminal.see("What shall this conversation be called")
    terminal.look("rename conversation", "ai_mentor_threads.thread_title", bar="")
    terminal.press("escape")
    terminal.see("going on")
    terminal.press("escape")
    terminal.see("No mentor is set up here")
    terminal.press("escape")
    terminal.see("m mentor")


def through_the_quiz(terminal: Watched, library: Library) -> None:
    terminal.see("attempt is open")
    terminal.look("quiz start", "lessons.title", "lessons.description", "courses.title", "chapters.title")
    terminal.click_markup(slice(0, 4))
    terminal.press("s")
    terminal.see("question ")
    while not re.search("question 1 of", terminal.text):
        terminal.press("p")
    for number in range(1, QUESTIONS + 1):
        terminal.see(f"question {number} of {QUESTIONS}")
        terminal.look("question", "questions.title", "questions.description")
        terminal.click_markup(slice(0, 8))
        if number <= 4:
            terminal.look("question", "question_answer_options.option_text")
            if number == 1:
                library.answer_elsewhere()
                terminal.press("1")
                terminal.see("Which answer stands")
                terminal.look("conflict", "questions.title", "question_answer_options.option_text", bar="")
                terminal.press("1")
                terminal.see("question 1 of .*saved")
            terminal.press(*"tt" if number == 3 else "1")
        else:
            terminal.look("answer", "student_question_answers.answer_text")
            terminal.click(re.escape(marker("student_question_answers.answer_text")))
            terminal.settle()
            terminal.press("end")
            terminal.settle()
            terminal.paste("p\x9b66;6n\x9d0;own\x9c\u202e\x07[@click=app.quit]x[/]")
        terminal.see(f"question {number} of {QUESTIONS} .*saved")
        terminal.look(f"question {number} answered")
        if number < QUESTIONS:
            terminal.press("n" if number <= 4 else "\x0e")
    terminal.press("\x0e")
    terminal.see("s submits|all saved")
    terminal.look(
        "review", "questions.title", "question_answer_options.option_text", "student_question_answers.answer_text"
    )
    terminal.press("s")
    terminal.see(r"no answer yet|question.* right")
    if "no answer yet" in terminal.text:
        terminal.press("y")
    terminal.see(r"questions? right")
    terminal.look("result", "questions.title", "question_answer_options.option_text")
    terminal.press("end")
    terminal.look("result", "student_question_answers.answer_text")
    terminal.press("home")
    terminal.click(r" 1 x\d\dq\[/")
    for _number in range(QUESTIONS):
        terminal.see("right, |wrong, ")
        terminal.look("judged", "questions.title")
        terminal.click_markup()
        terminal.press("n")
    terminal.press("escape")
    terminal.settle()


def through_the_history(terminal: Watched) -> None:
    terminal.press("h")
    terminal.see("Attempt 3")
    terminal.look("history", "lessons.title", "courses.title")
    terminal.click_markup()
    terminal.press("c")
    terminal.see("both times|right now|wrong now")
    terminal.look("change", "questions.title", "question_answer_options.option_text")
    terminal.press("end")
    terminal.look("change", "student_question_answers.answer_text")
    terminal.press("home")
    terminal.press("enter")
    for _number in range(QUESTIONS):
        terminal.see("Was: ")
        terminal.look("changed", "questions.title")
        terminal.click_markup()
        terminal.press("n")
    for _level in range(3):
        terminal.press("escape")
        terminal.settle()


def through_the_practice(terminal: Watched, library: Library) -> None:
    """Three days later, in a quiz that may be taken at any time."""
    library.db.execute("UPDATE quiz_attempts SET completed_at = completed_at - interval '3 days'")
    library.db.execute("UPDATE lessons SET attempts_limit = NULL, quiz_cooldown_in_hours = NULL")
    to_home(terminal)
    asked = int(terminal.see(r"Practice: (\d+) questions? you got wrong")[1])
    terminal.press("w")
    for number in range(1, asked + 1):
        terminal.see(f"question {number} of {asked}")
        terminal.look("practice", "questions.title", "questions.description")
        terminal.click_markup(slice(0, 8))
        if "leave the field" in terminal.text:
            terminal.paste("p\x9b66;6n\x9d0;own\x9c\u202e\x07[@click=app.quit]x[/]")
            terminal.press("escape")
            terminal.settle()
        terminal.press("x")
        terminal.see("comes back tomorrow")
        terminal.look("practised", "questions.title")
        terminal.click_markup()
        terminal.press("n")
    terminal.see(rf"\d of {asked} questions? right")
    terminal.look("practice done", "questions.title", "courses.title", "lessons.title")
    terminal.click_markup()


def to_home(terminal: Watched) -> None:
    for _level in range(6):
        if "Continue" in terminal.text:
            break
        terminal.press("escape")
        terminal.settle()


def back_home(terminal: Watched) -> None:
    to_home(terminal)
    terminal.look(
        "home", "settings.company_name", "courses.title", "chapters.title", "lessons.title", "categories.name"
    )
    terminal.click_markup(slice(0, 6))
    terminal.press("s")
    terminal.see("day in a row")
    terminal.press("G")
    terminal.see("My courses")
    terminal.look("statistics", "courses.title", "categories.name")
    terminal.press("escape")
    terminal.settle()


def through_the_account(terminal: Watched) -> None:
    """Out of it, and by the forms before it: an invitation of another program's, a reset for an address of nobody."""
    terminal.press("a")
    terminal.look("account", "users.first_name", "users.last_name")
    terminal.click_markup(slice(0, 8))
    terminal.press("n")
    terminal.see("Enter changes them")
    terminal.look("names", "users.first_name", "users.last_name", bar="")
    terminal.paste(f"p{EVIL}")
    terminal.press("enter")
    terminal.see("200 characters at most")
    terminal.press("escape")
    terminal.settle()
    terminal.press("o")
    terminal.see("You are signed out")
    terminal.press("f5")
    terminal.see("Accept an invitation")
    terminal.press(TYPED_CODE, "enter")
    terminal.look("invitation", "create_tokens.email", bar="")
    terminal.click_markup(slice(0, 8))
    terminal.paste(f"first{EVIL}")
    terminal.look("invitation named", bar="")
    terminal.press("escape")
    terminal.settle()
    terminal.press("escape")
    terminal.settle()
    terminal.press("f6")
    terminal.see("A code is mailed to it")
    terminal.paste(EVIL)
    terminal.press("enter")
    terminal.see("An e-mail address looks like|sends no mail")
    terminal.look("reset", bar="")
    terminal.press("ctrl+q")
    assert terminal.wait() == 0


def test_hostile_text_does_nothing_in_the_statistics_of_staff(library: Library) -> None:
    """An administrator looks at all courses, and at each section of the hostile one, with a hostile group chosen."""
    library.db.execute("UPDATE users SET role = 'ADMIN' WHERE email = %s", (LEARNER,))
    library.db.execute(
        "INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM users ON CONFLICT DO NOTHING",
        (library.course,),
    )
    place = service.ensure_service(os.environ["LMS_TUI_DATABASE"], progress=print)
    terminal = Watched([sys.executable, "-m", "lms_tui", "--service", f"unix:{place.socket}"], os.environ)
    try:
        terminal.see("Sign in")
        terminal.press(LEARNER, "enter", PASSWORD, "enter")
        terminal.see("m teach")
        through_the_statistics_of_staff(terminal)
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
    finally:
        terminal.close()
    problems, copied = foreign(bytes(terminal.output))
    assert not problems, [(terminal.screen_at(at), what) for at, what in problems]
    assert not copied


def through_the_statistics_of_staff(terminal: Watched) -> None:
    terminal.press("s")
    terminal.see("My courses")
    terminal.settle()
    terminal.press("o")
    terminal.see("most learners first")
    terminal.look("all courses", "courses.title")
    terminal.click_markup(slice(4, 8))
    terminal.see("learners? enrolled")  # a click opened it
    terminal.look("another course", "users.first_name")
    for _ in range(3):
        terminal.press("escape")
        terminal.settle()
    terminal.see("m teach")
    terminal.press("m")
    terminal.see("Your courses|Teach")
    terminal.press("/")
    terminal.see("Search")
    terminal.press("main")
    terminal.see(r"1/1$")
    terminal.press("enter")
    terminal.settle()
    terminal.press("s")
    terminal.see("learners? enrolled")
    terminal.look("course statistics", "courses.title")
    terminal.press("f")
    terminal.look("choose a group", "groups.name", bar="")
    terminal.press("down", "enter")
    terminal.see("1 learner enrolled")
    terminal.look("course statistics of a group", "groups.name")
    terminal.press("2")
    terminal.look("lessons", "lessons.title", "groups.name")
    terminal.press("3")
    terminal.look("questions", "questions.title", "groups.name")
    terminal.click_markup(slice(4, 8))
    for _ in range(10):  # their order is not told: to one that is chosen, not typed
        terminal.press("enter")
        terminal.see(r"asked \d+ times")
        terminal.look("one question", "questions.title")
        if "What was chosen" in terminal.text:
            break
        terminal.press("escape")
        terminal.settle()
        terminal.press("down")
    terminal.look("one question of a choice", "questions.title", "question_answer_options.option_text")
    terminal.press("escape")
    terminal.settle()
    terminal.press("4")
    terminal.look("learners", "users.first_name", "groups.name")
    terminal.press("enter")
    terminal.look("one learner", "users.first_name", "lessons.title", "groups.name")
    through_the_mentor_of_staff(terminal)


def through_the_mentor_of_staff(terminal: Watched) -> None:
    """From a learner, and from the course: checks, threads, and what was said."""
    checks = ("ai_mentor_student_lesson_progress.learning_insights",)
    terminal.press("m")
    terminal.see("check: passed")
    terminal.look("a learner's mentors", "lessons.title", "ai_mentor_threads.thread_title")
    terminal.press("home", "enter")
    terminal.see("What it found")
    terminal.look("a check", "ai_mentor_lessons.learning_objectives", *checks)
    terminal.press("end")
    terminal.look("its end", "ai_mentor_student_lesson_progress.recommended_actions")
    terminal.press("escape")
    terminal.see("check: passed")
    terminal.press("down", "enter")
    terminal.see("Mentor  ")
    terminal.look("a transcript", "ai_mentor_thread_messages.content", "ai_mentor_thread_messages.model_version")
    terminal.click_markup(slice(2, 14))
    terminal.press("escape")
    terminal.settle()
    terminal.press("escape")
    terminal.settle()
    terminal.press("escape")
    terminal.settle()
    terminal.press("5")
    terminal.see("1 learner talked")
    terminal.look("the course's mentors", "lessons.title", "groups.name")
    terminal.press("enter")
    terminal.see("understanding 8 ")
    terminal.look("a mentor's learners", "ai_mentor_lessons.learning_objectives", "ai_mentor_lessons.difficulty_level")
