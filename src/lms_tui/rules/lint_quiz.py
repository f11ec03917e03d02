"""What lint tells of quizzes and their questions."""

from collections import Counter
from collections.abc import Iterator

from lms_tui.rules import scores
from lms_tui.rules.linted import Chapter, Course, Lesson, Problem, lessons_of
from lms_tui.rules.questions import Question
from lms_tui.wire.quizzes import Kind


def quiz_without_questions(course: Course) -> Iterator[Problem]:
    """A quiz without questions cannot be started, so that its course is never completed."""
    for chapter, lesson in lessons_of(course):
        if lesson.is_quiz and not lesson.questions:
            said = "The quiz has no questions, so it cannot be started: add some."
            yield Problem("quiz-without-questions", said, chapter, lesson)


def no_right_option(course: Course) -> Iterator[Problem]:
    """A choice without a right option, or statements without a statement, weigh 0: no answer is right."""
    for chapter, lesson, number, question in _questions(course):
        if question.kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_ALL, Kind.STATEMENTS} and not question.is_gradable:
            said = "No option is marked as right, so the question weighs nothing: mark one."
            yield Problem("no-right-option", said, chapter, lesson, number)


def same_options(course: Course) -> Iterator[Problem]:
    """Two options of one choice that read the same, of which one may be right and the other wrong."""
    for chapter, lesson, number, question in _questions(course):
        if question.kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_ALL, Kind.STATEMENTS}:
            times = Counter(" ".join(option.text.split()) for option in question.options)
            twice = next((text for text, count in times.items() if count > 1), None)
            if twice is not None:
                said = f"Two options read {twice!r}: make them differ, or remove one."
                yield Problem("same-options", said, chapter, lesson, number)


def blanks_and_answers(course: Course) -> Iterator[Problem]:
    """A fill-blank question in which the markers and the groups of accepted texts are not as many.

    With one marker at most all texts are alternatives of the one blank; with more, the texts' `display_order` 1, 2, …
    is the number of the blank, and each needs one.
    """
    for chapter, lesson, number, question in _questions(course):
        if question.kind is not Kind.BLANKS:
            continue
        texts = [option for option in question.options if option.is_correct and option.text.strip()]
        orders = {option.order for option in texts if option.order is not None}
        groups = len(orders) + sum(option.order is None for option in texts)
        said = ""
        if not texts:
            said = "No text is accepted in its blank, so the question weighs nothing: add one."
        elif question.blanks > 1 and groups != question.blanks:
            said = f"It has {question.blanks} blanks and accepted texts for {groups}: give each blank its own."
        elif question.blanks > 1 and orders and orders != set(range(1, question.blanks + 1)):
            said = "Its accepted texts do not name the blanks 1, 2, … in their order: number them."
        if said:
            yield Problem("blanks-and-answers", said, chapter, lesson, number)


def unreachable_threshold(course: Course) -> Iterator[Problem]:
    """A threshold above 100, or above 0 where no question weighs anything: nobody can pass."""
    for chapter, lesson in lessons_of(course):
        if not lesson.is_quiz or lesson.threshold is None or lesson.threshold <= 0 or not lesson.questions:
            continue
        weights = scores.weights(
            [question.points for question in lesson.questions], [question.is_gradable for question in lesson.questions]
        )
        possible = sum(weights)
        if not scores.is_passed(possible, possible, lesson.threshold):
            why = "no question has a right answer" if possible == 0 else "100 is the most"
            said = f"The threshold of {lesson.threshold} % cannot be reached, since {why}: mend one of the two."
            yield Problem("unreachable-threshold", said, chapter, lesson)


def limit_without_meaning(course: Course) -> Iterator[Problem]:
    """A limit of attempts or a cooldown of 0 or less means none; a threshold below 0 asks for nothing."""
    for chapter, lesson in lessons_of(course):
        if not lesson.is_quiz:
            continue
        for name, value, least in (
            ("limit of attempts", lesson.attempts_limit, 1),
            ("cooldown in hours", lesson.cooldown_in_hours, 1),
            ("threshold", lesson.threshold, 0),
        ):
            if value is not None and value < least:
                said = f"The {name} is {value}, which means none: leave it out, or set it to {least} at least."
                yield Problem("limit-without-meaning", said, chapter, lesson)


def _questions(course: Course) -> Iterator[tuple[Chapter, Lesson, int, Question]]:
    """Yield each question of each quiz with its number."""
    for chapter, lesson in lessons_of(course):
        if lesson.is_quiz:
            for number, question in enumerate(lesson.questions, 1):
                yield chapter, lesson, number, question
