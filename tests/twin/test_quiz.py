"""`quiz history | show | compare` and `lesson fresh-start`, said as a user says them."""

from uuid import UUID, uuid4

from .conftest import ADA, Twin


def attempts(twin: Twin) -> tuple[UUID, list[UUID]]:
    """A quiz with one question, taken twice by Ada: wrong, then right; its lesson and the two attempts."""
    db = twin.house.db
    course = twin.house.course(twin.house.person(), "Joins")
    lesson = twin.lessons(course)["Lesson 1.2"]
    db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))
    db.execute("UPDATE lessons SET threshold_score = 70 WHERE id = %s", (lesson,))
    question, options, made = uuid4(), (uuid4(), uuid4()), [uuid4(), uuid4()]
    db.execute(
        "INSERT INTO questions (id, lesson_id, type, title, created_at)"
        " VALUES (%s, %s, 'multiple-choice', 'Which?', %s)",
        (question, lesson, "2026-01-01"),
    )
    for order, option in enumerate(options):
        db.execute(
            "INSERT INTO question_answer_options (id, question_id, option_text, is_correct, display_order)"
            " VALUES (%s, %s, %s, %s, %s)",
            (option, question, f"option {order}", order == 1, order),
        )
    for place, own in enumerate(made):
        db.execute(
            "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at, completed_at, score, is_passed)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                own,
                twin.learner,
                lesson,
                f"2026-02-0{place + 1} 10:00Z",
                f"2026-02-0{place + 1} 10:05Z",
                place * 100,
                place == 1,
            ),
        )
        db.execute(
            "INSERT INTO student_question_answers"
            " (quiz_attempt_id, question_id, selected_option_id, is_correct, points_earned)"
            " VALUES (%s, %s, %s, %s, %s)",
            (own, question, options[place], place == 1, place),
        )
    return lesson, made


def test_attempts_are_listed_shown_and_compared(twin: Twin) -> None:
    lesson, (first, second) = attempts(twin)
    rows = twin.columns("quiz", "history", str(lesson))
    assert [row[:6] for row in rows] == [
        [str(second), "2", "counts", "100 %", "passed", "5 min"],
        [str(first), "1", "counts", "0 %", "not passed", "5 min"],
    ]
    assert [one["id"] for one in twin.json("quiz", "history", str(lesson))["attempts"]] == [str(second), str(first)]
    shown = twin.say("quiz", "show", str(first))
    assert "0 %, not passed" in shown
    assert "wrong (0/1): option 0" in shown
    assert "right: option 1" in shown  # the quiz is passed by now
    assert twin.json("quiz", "show", str(second))["score"] == 100
    told = twin.say("quiz", "compare", str(second), str(first))
    assert "1. Which? (gained)" in told
    assert told.index("was wrong (0/1): option 0") < told.index("now right (1/1): option 1")
    assert twin.json("quiz", "compare", str(first), str(second))["later"]["id"] == str(second)


def test_what_is_no_attempt_is_said_in_a_sentence(twin: Twin) -> None:
    twin.say("quiz", "show", "7", code=2)
    assert "is no id of an attempt" in twin.errors
    twin.say("quiz", "show", str(uuid4()), code=1)
    assert twin.errors.count("\n") == 1


def test_a_fresh_start_says_what_it_touches_and_is_given_with_yes(twin: Twin) -> None:
    lesson, (first, _) = attempts(twin)
    twin.say("lesson", "fresh-start", str(lesson), ADA, "--yes", code=1)  # a student
    given = "SELECT count(*) FROM lms_tui.audit WHERE action NOT LIKE 'entry.%'"
    assert twin.house.db.execute(given).fetchone() == (0,)
    twin.house.db.execute("UPDATE users SET role = 'ADMIN' WHERE id = %s", (twin.learner,))
    twin.say("lesson", "fresh-start", str(lesson), ADA, code=2)
    assert "2 attempts will not count any more, the best 100 %." in twin.errors
    assert "--yes" in twin.errors
    assert twin.json("lesson", "fresh-start", str(lesson), ADA, "--yes")["set_aside"] == 2
    assert [row[2] for row in twin.columns("quiz", "history", str(lesson))] == ["set aside", "set aside"]
    twin.say("quiz", "show", str(first), code=1)
    twin.say("lesson", "fresh-start", str(lesson), "nobody@example.org", "--yes", code=1)
