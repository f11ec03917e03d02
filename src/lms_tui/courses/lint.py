"""A course that is still in its files, as lint looks at it."""

from pathlib import Path

from lms_tui.courses.ids import chapter_id, lesson_id, option_id, question_id
from lms_tui.courses.model import Course, Lesson
from lms_tui.rules import lint, linted
from lms_tui.rules.questions import Option, Question
from lms_tui.wire import lint as wire


def lint_files(course: Course, root: Path) -> list[wire.Problem]:
    """Return what is to be mended in the course read from `root`, each with its file and its line there."""
    lessons = {lesson_id(course.id, lesson): lesson for lesson in course.lessons}
    made = []
    for problem in lint.problems(as_linted(course)):
        told, lesson = lint.told(problem), lessons.get(problem.lesson.id) if problem.lesson is not None else None
        if lesson is not None and problem.question is not None:
            question = lesson.questions[problem.question - 1]
            told.file, told.line = question.file, question.line
        elif lesson is not None:
            told.file, told.line = lesson.source, _line_of(problem.needle, root / lesson.source) or lesson.line
        made.append(told)
    return made


def _line_of(needle: str, file: Path) -> int | None:
    """Return the first line of `file` in which `needle` stands: a reader may have moved the text's lines."""
    if not needle or not file.is_file():
        return None
    lines = file.read_text("utf-8-sig", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if needle in line), None)


def as_linted(course: Course) -> linted.Course:
    """Return `course` with the ids that its rows would get; the files that its reader found are there."""
    chapters = tuple(
        linted.Chapter(
            chapter_id(course.id, chapter),
            chapter.title,
            tuple(_lesson(course, lesson) for lesson in chapter.lessons),
        )
        for chapter in course.chapters
    )
    return linted.Course(
        title=course.title,
        chapters=chapters,
        files=frozenset(asset.path for asset in course.assets),
        paths={lesson_id(course.id, lesson): lesson.source for lesson in course.lessons},
        all_paths=True,
    )


def _lesson(course: Course, lesson: Lesson) -> linted.Lesson:
    own = lesson_id(course.id, lesson)
    questions = []
    for question in lesson.questions:
        row = question_id(own, question)
        options = tuple(
            Option(option_id(row, place), option.text, option.is_correct, option.order)
            for place, option in enumerate(question.options)
        )
        questions.append(
            Question(row, question.type, question.title, question.description or "", question.points, options)
        )
    return linted.Lesson(
        id=own,
        title=lesson.title,
        type=lesson.type,
        text=lesson.text,
        threshold=lesson.threshold,
        attempts_limit=lesson.attempts,
        cooldown_in_hours=lesson.cooldown_hours,
        link=lesson.link,
        file=lesson.file,
        has_mentor=lesson.mentor is not None,
        objectives=(lesson.mentor.objectives or "") if lesson.mentor is not None else "",
        questions=tuple(questions),
    )
