"""Course lint: each rule with what it tells, and what it leaves alone."""

from dataclasses import replace
from uuid import uuid4

import pytest
from tests.rules.lint_kit import NONE_RIGHT, RIGHT, course, of_pages, question, quiz, text, told

from lms_tui.rules import lint, lint_course, lint_links, lint_quiz
from lms_tui.rules.lint_text import scan
from lms_tui.rules.linted import Chapter, Course, Lesson, Problem
from lms_tui.rules.questions import Question


def test_a_good_course_has_no_problem() -> None:
    good = of_pages(
        {
            "one.md": "# One\n\n[to it](#one), ![a cat](cat.png), [on](two.md#x), [web](https://example.org)",
            "two.md": "# X",
        },
        files=("cat.png",),
    )
    (chapter,) = good.chapters
    one, two = chapter.lessons
    more = (
        replace(two, title="Other text"),
        quiz(RIGHT, question("scale"), threshold=70, attempts_limit=3, cooldown_in_hours=24),
        Lesson(id=uuid4(), title="Film", type="video", link="https://example.org/film"),
        Lesson(id=uuid4(), title="PDF", type="text", file="cat.png", has_mentor=True, objectives="To see."),
    )
    assert lint.problems(replace(good, chapters=(replace(chapter, lessons=(one, *more)),))) == []


def test_a_course_without_lessons() -> None:
    assert [problem.rule for problem in lint_course.no_lessons(Course("C", (), frozenset()))] == ["no-lessons"]
    assert not list(lint_course.no_lessons(course(text("x"))))


def test_an_empty_chapter() -> None:
    full, empty = Chapter(uuid4(), "Full", (text("x"),)), Chapter(uuid4(), "Empty", ())
    (problem,) = lint_course.empty_chapter(Course("C", (full, empty), frozenset()))
    assert problem.chapter is empty


def test_titles_that_lists_cut() -> None:
    just, over = "x" * lint_course.LONGEST_TITLE, "x" * (lint_course.LONGEST_TITLE + 1)
    lessons = (Lesson(uuid4(), just, "text"), Lesson(uuid4(), over, "text"))
    found = list(
        lint_course.long_title(Course(over, (Chapter(uuid4(), over, lessons), Chapter(uuid4(), just, ())), frozenset()))
    )
    assert [problem.sentence.split(" has ")[0] for problem in found] == [
        "The course's title",
        "The chapter's title",
        "The lesson's title",
    ]
    assert found[2].lesson is lessons[1]


def test_titles_that_stand_twice() -> None:
    lessons = [Lesson(uuid4(), title, "text") for title in ("Joins", "joins ", "Other")]
    once = [Lesson(uuid4(), "Joins", "text")]
    chapters = (Chapter(uuid4(), "A", tuple(lessons)), Chapter(uuid4(), "B", tuple(once)), Chapter(uuid4(), "b", ()))
    found = list(lint_course.same_title(Course("C", chapters, frozenset())))
    assert [(problem.chapter, problem.lesson) for problem in found] == [
        (chapters[0], lessons[0]),
        (chapters[0], lessons[1]),
        (chapters[1], None),
        (chapters[2], None),
    ]


def test_an_unknown_type() -> None:
    (said,) = told(lint_course.unknown_type, text("x"), Lesson(uuid4(), "X", "hologram"))
    assert "'hologram' is unknown" in said


def test_lessons_with_nothing_to_learn_from() -> None:
    bare = [Lesson(uuid4(), "X", kind) for kind in ("text", "video", "external", "scorm", "quiz", "other")]
    assert [said.split(":")[0] for said in told(lint_course.nothing_to_see, *bare)] == [
        "The lesson has no text",
        "The lesson is a video and has neither an address nor a file",
        "The lesson is somewhere else and has neither an address nor a file",
        "The lesson is a package and has neither an address nor a file",
    ]
    linked = [Lesson(uuid4(), "X", kind, link="https://e.org") for kind in ("text", "video", "external")]
    assert told(lint_course.nothing_to_see, *linked) == []


def test_a_mentor_without_objectives() -> None:
    assert (
        len(told(lint_course.mentor_without_objectives, Lesson(uuid4(), "X", "text", has_mentor=True, objectives=" ")))
        == 1
    )
    assert told(lint_course.mentor_without_objectives, Lesson(uuid4(), "X", "text", objectives="")) == []


def test_a_file_that_is_not_there() -> None:
    lessons = [Lesson(uuid4(), "X", "video", file=name) for name in ("here.mp4", "gone.mp4")]
    (said,) = told(lint_course.missing_file, *lessons, files=("here.mp4",))
    assert "'gone.mp4'" in said


def test_an_image_without_words() -> None:
    lesson = text("![](a.png)\n![a cat](b.png)\n<img src='c.png'>\n<img src='d.png' alt='d'>\n`![](no.png)`")
    found = list(lint_course.image_without_words(course(lesson)))
    assert [(problem.needle, problem.line) for problem in found] == [("a.png", 1), ("c.png", 3)]


def test_a_quiz_without_questions() -> None:
    assert len(told(lint_quiz.quiz_without_questions, quiz(), quiz(RIGHT), text("x"))) == 1


def test_questions_of_which_no_option_is_right() -> None:
    lesson = quiz(
        RIGHT,
        NONE_RIGHT,
        question("true-false", ("True", False), ("False", False)),
        question("true-false", ("Water is wet", False), ("Fire is hot", True)),
        question("true-false"),
        question("scale", ("low", False)),
        question("essay"),
    )
    assert [problem.question for problem in lint_quiz.no_right_option(course(lesson))] == [2, 3, 5]


def test_options_that_read_the_same() -> None:
    same = question("multiple-choice", ("a  b", True), ("a b", False))
    case = question("multiple-choice", ("A", True), ("a", False))
    assert [problem.question for problem in lint_quiz.same_options(course(quiz(RIGHT, same, case)))] == [2]


@pytest.mark.parametrize(
    ("title", "options", "wrong"),
    [
        ("One ___ alone", [("x", True, 1), ("y", True, 2)], False),
        ("None at all", [("x", True, 1)], False),
        ("No answer ___", [("x", False, 1)], True),
        ("___ and ___", [("x", True, 1), ("y", True, 2), ("z", True, 2)], False),
        ("___ and ___", [("x", True, 1)], True),
        ("___ and ___", [("x", True, 1), ("y", True, 2), ("z", True, 3)], True),
        ("___ and ___", [("x", True, 0), ("y", True, 1)], True),
        ("___ and ___", [("x", True, None), ("y", True, None)], False),
        ("[x] and [y]", [("x", True, 1), ("y", True, 2)], False),
    ],
)
def test_blanks_that_do_not_match_their_answers(
    title: str, options: list[tuple[str, bool, int | None]], wrong: bool
) -> None:
    said = told(lint_quiz.blanks_and_answers, quiz(question("fill-blank", *options, title=title)))
    assert bool(said) is wrong, said


@pytest.mark.parametrize(
    ("questions", "threshold", "wrong"),
    [
        ((RIGHT,), 100, False),
        ((RIGHT,), 101, True),
        ((NONE_RIGHT,), 1, True),
        ((NONE_RIGHT,), 0, False),
        ((NONE_RIGHT,), None, False),
        ((RIGHT, NONE_RIGHT), 100, False),
        ((question("multiple-choice", ("a", True), points=0),), 100, False),
        ((), 50, False),
    ],
)
def test_a_threshold_that_nobody_reaches(questions: tuple[Question, ...], threshold: int | None, wrong: bool) -> None:
    assert bool(told(lint_quiz.unreachable_threshold, quiz(*questions, threshold=threshold))) is wrong


def test_limits_that_mean_nothing() -> None:
    found = told(lint_quiz.limit_without_meaning, quiz(RIGHT, attempts_limit=0, cooldown_in_hours=-1, threshold=-5))
    assert [said.split(",")[0] for said in found] == [
        "The limit of attempts is 0",
        "The cooldown in hours is -1",
        "The threshold is -5",
    ]
    assert told(lint_quiz.limit_without_meaning, quiz(RIGHT, attempts_limit=1, cooldown_in_hours=1, threshold=0)) == []


def test_problems_come_in_the_order_of_the_course() -> None:
    first, second = quiz(RIGHT, NONE_RIGHT, threshold=101), text("")
    found = lint.problems(course(first, second))
    assert [(problem.rule, problem.question) for problem in found] == [
        ("unreachable-threshold", None),
        ("no-right-option", 2),
        ("nothing-to-see", None),
    ]
    assert all(isinstance(problem, Problem) for problem in found)


def test_every_rule_is_run() -> None:
    rules = {
        value
        for module in (lint_course, lint_links, lint_quiz)
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    assert set(lint.RULES) == rules
    assert all(rule.__doc__ for rule in rules)


def test_a_large_text_takes_time_in_proportion() -> None:
    """No form of text makes the patterns go back and forth: this would take minutes if one did."""
    for piece in ("[", "![", "`", "[a](", "<a ", "# ", "[[a](b)", "](", "~~~", "\\", "[a]: <"):
        scan(piece * 20_000)
        scan((piece + "\n") * 5_000)
    assert scan("[a](b)" * 20_000).links[-1].target == "b"
