"""`next`, `courses`, `show` and `progress`: what they print for people and for programs, and how they end."""

from uuid import UUID, uuid4

import msgspec

from lms_tui.wire import catalog, learning, quizzes

from .conftest import Twin


def enrol(twin: Twin, course: UUID) -> None:
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))


def test_next_leads_where_c_leads_and_ends_with_3_where_there_is_nothing(twin: Twin) -> None:
    assert "nothing to go on with" in twin.say("next", code=3)
    assert twin.json("next", code=3) is None
    course = twin.house.course(twin.house.person(), "Joins")
    enrol(twin, course)
    lessons = twin.lessons(course)
    assert twin.say("next") == "Lesson 1.1 (text)\nin Joins, chapter Chapter 1\n"
    twin.house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id) VALUES (%s, %s)", (twin.learner, lessons["Lesson 2.2"])
    )
    assert twin.say("next") == "Lesson 2.2 (an attempt is open)\nin Joins, chapter Chapter 2\n"
    told = msgspec.convert(twin.json("next"), learning.Resume)
    assert (told.lesson_id, told.attempt_id is None) == (lessons["Lesson 2.2"], False)


def test_courses_has_stable_columns_follows_pages_and_filters(twin: Twin) -> None:
    author = twin.house.person()
    joins = twin.house.course(author, "Joins\tand\x1b[31m more", price=4900)
    mine = twin.house.course(author, "Algebra")
    enrol(twin, mine)
    assert twin.columns("courses") == [
        [str(mine), "Algebra", "Ada L", "About Algebra", "4", "0", "enrolled", "free"],
        [str(joins), "Joins and[31m more", "Ada L", "About Joins and[31m more", "4", "0", "-", "49.00 USD"],
    ]
    assert [row[0] for row in twin.columns("courses", "--price", "paid")] == [str(joins)]
    assert [row[0] for row in twin.columns("courses", "--search", "joi")] == [str(joins)]
    assert [row[0] for row in twin.columns("courses", "--category", "about al")] == [str(mine)]
    assert [row[0] for row in twin.columns("courses", "--sort", "price", "--limit", "1")] == [str(mine)]
    assert twin.columns("courses", "--mine") == [
        [str(mine), "Algebra", "Ada L", "About Algebra", "4", "0", "enrolled", "-"]
    ]
    twin.say("courses", "--category", "about", code=2)
    assert "“about” fits several" in twin.errors
    assert "  About Algebra\n" in twin.errors
    twin.say("courses", "--mine", "--price", "free", code=2)
    twin.house.db.execute(
        "INSERT INTO courses (title, is_published, author_id, category_id)"
        " SELECT 'Course ' || n, true, c.author_id, c.category_id FROM courses c, generate_series(1, 230) n"
        " WHERE c.id = %s",
        (mine,),
    )
    assert len({row[0] for row in twin.columns("courses")}) == 232
    cards = msgspec.convert(twin.json("courses", "--limit", "120"), list[catalog.Card])
    assert len({card.id for card in cards}) == 120
    assert twin.json("courses", "--limit", "1", "--mine")[0]["id"] == str(mine)


def test_show_tells_a_course_a_lesson_and_a_quiz_in_words(twin: Twin) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    lessons = twin.lessons(course)
    twin.house.db.execute(
        "UPDATE lessons SET description = '# Rows\n\nSome *text* \x1b[31m[here](http://x.example).' WHERE id = %s",
        (lessons["Lesson 1.1"],),
    )
    assert f"not enrolled: lms-tui enrol {course}" in twin.say("show", "joins")
    enrol(twin, course)
    twin.house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed)"
        " SELECT %s, id, chapter_id, true, true FROM lessons WHERE id = %s",
        (twin.learner, lessons["Lesson 1.1"]),
    )
    shown = twin.say("show", "joins")
    assert "enrolled, 1 of 4 lessons done, 25 %" in shown
    assert "  1.1 Lesson 1.1 (text, done)\n  1.2 Lesson 1.2 (quiz)\n\n2 Chapter 2\n" in shown
    assert msgspec.convert(twin.json("show", "joins"), catalog.Course).id == course
    lesson = twin.say("show", "Lesson 1.1")
    assert lesson.startswith("Lesson 1.1\nJoins, 1 Chapter 1, lesson 1 of 4, text, done\n\nRows\n")
    assert "Some text [31mhere[1]." in lesson
    assert "http://x.example" in lesson
    assert "\x1b" not in lesson
    told = msgspec.convert(twin.json("show", str(lessons["Lesson 1.1"])), learning.Lesson)
    assert told.text.startswith("# Rows")
    assert "Joins, 1 Chapter 1, quiz\n0 questions" in twin.say("show", "lesson 1.2")
    assert msgspec.convert(twin.json("show", "lesson 1.2"), quizzes.Quiz).lesson_id == lessons["Lesson 1.2"]


def test_a_name_that_fits_several_or_nothing_is_told_and_nothing_is_done(twin: Twin) -> None:
    author = twin.house.person()
    one, two = twin.house.course(author, "Joins, part one"), twin.house.course(author, "Joins, part two")
    twin.say("show", "joins", code=2)
    assert "fits several" in twin.errors
    assert f"  {one} Joins, part one\n  {two} Joins, part two\n" in twin.errors
    twin.say("show", "nowhere", code=2)
    assert "is called “nowhere”" in twin.errors
    twin.say("enrol", str(uuid4()), code=2)
    assert twin.json("show", "part two")["id"] == str(two), "words of a title are enough where they fit one alone"
    enrol(twin, one)
    enrol(twin, two)
    twin.say("show", "Lesson 1.1", code=2)
    assert "Lesson 1.1 (Joins, part one)" in twin.errors
    assert twin.json("show", "Lesson 1.1", "--in", "part two")["course_id"] == str(two)


def test_progress_lists_courses_and_the_lessons_of_one(twin: Twin) -> None:
    assert twin.columns("progress") == []
    course = twin.house.course(twin.house.person(), "Joins")
    enrol(twin, course)
    lessons = twin.lessons(course)
    twin.house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed)"
        " SELECT %s, id, chapter_id, true, title = 'Lesson 1.1' FROM lessons"
        " WHERE title IN ('Lesson 1.1', 'Lesson 2.1')",
        (twin.learner,),
    )
    twin.house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at) VALUES (%s, %s, 80, now())",
        (twin.learner, lessons["Lesson 1.2"]),
    )
    assert twin.columns("progress") == [[str(course), "Joins", "25", "1", "4", "enrolled", "Lesson 2.1"]]
    assert [row[1:] for row in twin.columns("progress", "joins")] == [
        ["1.1", "Lesson 1.1", "text", "done", "-"],
        ["1.2", "Lesson 1.2", "quiz", "-", "80"],
        ["2.1", "Lesson 2.1", "text", "started", "-"],
        ["2.2", "Lesson 2.2", "quiz", "-", "-"],
    ]
    assert msgspec.convert(twin.json("progress"), list[learning.MyCourse])[0].completed_lessons == 1
    assert msgspec.convert(twin.json("progress", "joins"), catalog.Course).id == course


def test_who_is_not_signed_in_is_told_so_by_code_6(twin: Twin) -> None:
    twin.say("sign-out")
    for words in (("next",), ("courses",), ("progress",), ("show", "x"), ("leave", "x"), ("outbox", "send")):
        twin.say(*words, code=6)
        assert "Sign in with: lms-tui sign-in" in twin.errors
