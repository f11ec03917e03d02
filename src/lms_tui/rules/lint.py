"""Course lint: what an author would want to mend before learners meet it. Each rule is one function.

A rule takes a whole course as plain data, from the database or from a folder that is not imported yet, and yields a
problem for each place where it is broken. Nothing that lint tells keeps a course from being imported or taken.
"""

from typing import Final
from uuid import UUID

from lms_tui.rules import lint_course, lint_links, lint_quiz
from lms_tui.rules.linted import Course, Problem, Rule
from lms_tui.wire import lint as wire

RULES: Final[tuple[Rule, ...]] = (
    lint_course.no_lessons,
    lint_course.empty_chapter,
    lint_course.long_title,
    lint_course.same_title,
    lint_course.unknown_type,
    lint_course.nothing_to_see,
    lint_course.mentor_without_objectives,
    lint_course.missing_file,
    lint_links.dead_link,
    lint_course.image_without_words,
    lint_quiz.quiz_without_questions,
    lint_quiz.no_right_option,
    lint_quiz.same_options,
    lint_quiz.blanks_and_answers,
    lint_quiz.unreachable_threshold,
    lint_quiz.limit_without_meaning,
)


def problems(course: Course) -> list[Problem]:
    """Return all problems in the order in which a learner would meet them."""
    places: dict[UUID, int] = {}
    for chapter in course.chapters:
        places[chapter.id] = len(places)
        places |= {lesson.id: len(places) + at for at, lesson in enumerate(chapter.lessons)}

    def place(problem: Problem) -> tuple[int, int, int]:
        nearest = problem.lesson or problem.chapter
        at = places[nearest.id] if nearest is not None else -1
        return at, problem.question or 0, problem.line or 0

    return sorted((problem for rule in RULES for problem in rule(course)), key=place)


def told(problem: Problem) -> wire.Problem:
    """Return `problem` as it goes over the wire, with its place by ids and titles."""
    chapter, lesson = problem.chapter, problem.lesson
    return wire.Problem(
        rule=problem.rule,
        sentence=problem.sentence,
        chapter_id=chapter.id if chapter is not None else None,
        chapter_title=chapter.title if chapter is not None else "",
        lesson_id=lesson.id if lesson is not None else None,
        lesson_title=lesson.title if lesson is not None else "",
        lesson_type=lesson.type if lesson is not None else "",
        question=problem.question,
        line=problem.line,
    )
