"""What the service's benchmark reads and writes: courses by the thousand, learners, and a quiz for each of them.

Set-based SQL on a connection of the database's superuser, with foreign keys and triggers off: 100,000 courses with
their 1,200,000 lessons in under a minute. Ids are numbers made into UUIDs, so that nothing has to be read back.
"""

from typing import Final, LiteralString
from uuid import UUID

import psycopg

CHAPTERS: Final = 3
"""Chapters of each course."""
LESSONS: Final = 4
"""Lessons of each chapter."""
LEARNERS: Final = 64
"""More than any load has connections."""
ENROLMENTS: Final = 30
"""Courses that each learner is enrolled in, the first by title among them."""

_ID: Final = "(lpad(to_hex({kind}), 8, '0') || '-0000-4000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
_USER, _CATEGORY, _COURSE, _CHAPTER, _LESSON, _QUESTION, _OPTION, _ATTEMPT, _AUTHOR = range(1, 10)


def _id(kind: int, number: int) -> UUID:
    return UUID(f"{kind:08x}-0000-4000-8000-{number:012x}")


def learner(number: int) -> UUID:
    """Return the id of a learner, 1 to LEARNERS."""
    return _id(_USER, number)


def course(number: int) -> UUID:
    """Return the id of a course, from 1."""
    return _id(_COURSE, number)


def author(number: int) -> UUID:
    """Return the id of an author of `shelves.py`, from 1."""
    return _id(_AUTHOR, number)


def category(number: int) -> UUID:
    """Return the id of a category, 1 to 12; more in `shelves.py`."""
    return _id(_CATEGORY, number)


def attempt(number: int) -> UUID:
    """Return the id of the open attempt of a learner."""
    return _id(_ATTEMPT, number)


def question() -> UUID:
    """Return the id of the question that everybody answers: choose one of four."""
    return _id(_QUESTION, 1)


def option(number: int) -> UUID:
    """Return the id of an option of the question, 1 to 4."""
    return _id(_OPTION, number)


_PEOPLE: Final = (
    """
    INSERT INTO users (id, email, first_name, last_name, role)
    SELECT {user_n}, 'person' || n || '@example.org', 'Ada', 'L' || n, 'STUDENT' FROM generate_series(1, 200) n
    """,
    """
    INSERT INTO credentials (user_id, password_hash, created_at, updated_at)
    SELECT id, 'none', now() - interval '1 day', now() - interval '1 day' FROM users
    """,
    """
    INSERT INTO categories (id, name, display_order)
    SELECT {category_n}, 'Category ' || n, n FROM generate_series(1, 12) n
    """,
)

_COURSES: Final = (
    # Titles and descriptions of common and rare words; one in ten has a price, one in fifty is not to be seen.
    """
    INSERT INTO courses (id, created_at, title, description, is_published, price_in_cents, chapter_count, author_id,
      category_id, archived)
    SELECT {course_n}, now() - n * interval '61 seconds',
      (ARRAY['Databases','Python','Unix','Algebra','History','Painting','Networks','Grammar'])[1 + n / 7 %% 8]
        || ' ' || (ARRAY['slowly','in depth','by example','for teams','at home'])[1 + n / 3 %% 5] || ', part ' || n,
      'What is taught here: ' || md5(n::text) || ' ' || repeat('words that many courses share, ', 6)
        || 'shelf' || n %% 997,
      n %% 50 <> 0, CASE WHEN n %% 10 = 0 THEN 900 + n %% 90 * 100 ELSE 0 END, 3, {author_n}, {category_of_n},
      CASE WHEN n %% 3 = 0 THEN false END
    FROM generate_series(%(first)s::int, %(last)s::int) n
    """,
    """
    INSERT INTO chapters (id, course_id, title, display_order)
    SELECT {chapter_of_n}, {course_n}, 'Chapter ' || k, k
    FROM generate_series(%(first)s::int, %(last)s::int) n, generate_series(1, 3) k
    """,
    """
    INSERT INTO lessons (id, chapter_id, type, title, description, display_order)
    SELECT {lesson_of_n}, {chapter_of_n}, CASE WHEN j = 4 THEN 'quiz' ELSE 'text' END, 'Lesson ' || j, 'Text.', j
    FROM generate_series(%(first)s::int, %(last)s::int) n, generate_series(1, 3) k, generate_series(1, 4) j
    """,
)

_LEARNING: Final = (
    """
    INSERT INTO student_courses (user_id, course_id)
    SELECT {user_n}, c.id FROM generate_series(1, %(learners)s::int) n,
      (SELECT id FROM courses WHERE is_published ORDER BY title LIMIT %(enrolments)s::int) c
    """,
    """
    INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed)
    SELECT sc.user_id, l.id, l.chapter_id, true, l.display_order < 3
    FROM student_courses sc JOIN chapters ch ON ch.course_id = sc.course_id JOIN lessons l ON l.chapter_id = ch.id
    """,
    """
    INSERT INTO questions (id, lesson_id, type, title, display_order, created_at)
    VALUES ({one_question}, {quiz}, 'multiple-choice', 'Which one?', 1, now() - interval '1 day')
    """,
    """
    INSERT INTO question_answer_options (id, question_id, option_text, is_correct, display_order)
    SELECT {option_n}, {one_question}, 'Option ' || n, n = 2, n FROM generate_series(1, 4) n
    """,
    """
    INSERT INTO quiz_attempts (id, user_id, lesson_id)
    SELECT {attempt_n}, {user_n}, {quiz} FROM generate_series(1, %(learners)s::int) n
    """,
    """
    INSERT INTO student_courses (user_id, course_id)
    SELECT {user_n}, {quiz_course} FROM generate_series(1, %(learners)s::int) n ON CONFLICT DO NOTHING
    """,
)

_NAMES: Final = {
    "user_n": _ID.format(kind=_USER, number="n"),
    "author_n": _ID.format(kind=_USER, number="(100 + n %% 100)"),
    "category_n": _ID.format(kind=_CATEGORY, number="n"),
    "category_of_n": _ID.format(kind=_CATEGORY, number="(1 + n * 31 %% 12)"),
    "course_n": _ID.format(kind=_COURSE, number="n"),
    "chapter_of_n": _ID.format(kind=_CHAPTER, number="(n * 10 + k)"),
    "lesson_of_n": _ID.format(kind=_LESSON, number="(n * 100 + k * 10 + j)"),
    "option_n": _ID.format(kind=_OPTION, number="n"),
    "attempt_n": _ID.format(kind=_ATTEMPT, number="n"),
    "one_question": f"'{question()}'::uuid",
    "quiz": f"'{_id(_LESSON, 114)}'::uuid",
    "quiz_course": f"'{course(1)}'::uuid",
}


def add_people(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Add learners, authors and categories to a migrated database without rows."""
    _run(connection, _PEOPLE, {})


def add_courses(connection: psycopg.Connection[tuple[object, ...]], first: int, last: int) -> None:
    """Add the courses `first` to `last` with their chapters and lessons."""
    _run(connection, _COURSES, {"first": first, "last": last})


def add_lessons(connection: psycopg.Connection[tuple[object, ...]], first: int, last: int) -> None:
    """Add the chapters and lessons of courses that stand there already."""
    _run(connection, _COURSES[1:], {"first": first, "last": last})


def add_learning(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Enrol the learners in the first courses by title, with progress, and open an attempt for each."""
    _run(connection, _LEARNING, {"learners": LEARNERS, "enrolments": ENROLMENTS})


def _run(
    connection: psycopg.Connection[tuple[object, ...]], statements: tuple[LiteralString, ...], values: dict[str, int]
) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.format(**_NAMES).encode(), values)
