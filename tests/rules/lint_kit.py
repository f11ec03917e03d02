"""Courses for the tests of lint, in a few words."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from lms_tui.rules.linted import Chapter, Course, Lesson, Rule
from lms_tui.rules.questions import Option, Question


def question(
    type_name: str,
    *options: tuple[str, bool] | tuple[str, bool, int | None],
    title: str = "Which?",
    points: int | None = 1,
) -> Question:
    """A question; the order of an option is its place where none is given."""
    made = (
        Option(uuid4(), option[0], option[1], option[2] if len(option) > 2 else at)
        for at, option in enumerate(options, 1)
    )
    return Question(uuid4(), type_name, title, "", points, tuple(made))


RIGHT = question("multiple-choice", ("a", True), ("b", False))
NONE_RIGHT = question("multiple-choice", ("a", False), ("b", False))


def quiz(*questions: Question, **fields: int | None) -> Lesson:
    return Lesson(id=uuid4(), title="Quiz", type="quiz", questions=questions, **fields)  # type: ignore[arg-type]


def text(content: str) -> Lesson:
    return Lesson(id=uuid4(), title="Text", type="text", text=content)


def course(*lessons: Lesson, files: tuple[str, ...] = ()) -> Course:
    return Course("Course", (Chapter(uuid4(), "Chapter", lessons),), frozenset(files))


def of_pages(pages: Mapping[str, str], *, files: tuple[str, ...] = (), all_paths: bool = True) -> Course:
    """A course of a lesson for each text, by the path that it was read from."""
    lessons = {path: text(content) for path, content in pages.items()}
    paths = {lesson.id: path for path, lesson in lessons.items()}
    return replace(course(*lessons.values(), files=files), paths=paths, all_paths=all_paths)


def told(rule: Rule, *lessons: Lesson, **fields: tuple[str, ...]) -> list[str]:
    """What the rule says of a course of these lessons."""
    return [problem.sentence for problem in rule(course(*lessons, **fields))]
