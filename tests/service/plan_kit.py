"""Rows among which a plan shows what it is, and the plan of a statement as the service prepares it."""

import re
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import AsyncConnection

ANSWERS = 100_000
MANY = ("student_question_answers", "quiz_attempts", "questions", "question_answer_options", "lessons", "chapters")
"""Tables of which nobody's rows are most of them."""


def add_answers(db: psycopg.Connection[Any]) -> None:
    """Add 200 courses of 20 quizzes, and 100 learners with 1,000 wrong answers each in those of one course.

    Its quizzes are in the temporary table `taken`, each with 50 questions that were answered.
    """
    db.execute(
        "INSERT INTO users (email, first_name, last_name) SELECT n || '@b.org', 'A', 'B' FROM generate_series(1, 100) n"
    )
    db.execute("INSERT INTO categories (name) VALUES ('C')")
    db.execute(
        "INSERT INTO courses (title, is_published, author_id, category_id)"
        " SELECT 'C' || n, true, (SELECT id FROM users LIMIT 1), (SELECT id FROM categories)"
        " FROM generate_series(1, 200) n"
    )
    db.execute("INSERT INTO chapters (course_id, title) SELECT id, 'One' FROM courses")
    db.execute(
        "INSERT INTO lessons (chapter_id, type, title) SELECT id, 'quiz', 'Quiz' FROM chapters, generate_series(1, 20)"
    )
    db.execute("CREATE TEMP TABLE taken AS SELECT id FROM lessons ORDER BY chapter_id LIMIT 20")
    db.execute(
        "INSERT INTO questions (lesson_id, type, title) SELECT id, 'multiple-choice', 'R' || n FROM taken,"
        " generate_series(1, 50) n UNION ALL SELECT id, 'multiple-choice', 'Q' FROM lessons, generate_series(1, 5)"
    )
    db.execute(
        "INSERT INTO question_answer_options (question_id, option_text, is_correct)"
        " SELECT id, 'o' || n, n = 1 FROM questions, generate_series(1, 4) n"
    )
    db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at)"
        " SELECT u.id, t.id, 0, clock_timestamp() FROM users u, taken t"
    )
    db.execute(
        "INSERT INTO student_question_answers (quiz_attempt_id, question_id, is_correct, points_earned)"
        " SELECT a.id, q.id, false, 0 FROM quiz_attempts a JOIN questions q ON q.lesson_id = a.lesson_id"
        " AND q.title <> 'Q'"
    )
    assert db.execute("SELECT count(*) FROM student_question_answers").fetchone() == (ANSWERS,)


async def plan_of(connection: AsyncConnection, statement: str, binds: Mapping[str, tuple[str, str]]) -> str:
    """Run `statement` as it is prepared, and return how; `binds` has the type and the SQL of each value it binds."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    sql = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement)
    await connection.execute(f"PREPARE p ({', '.join(binds[name][0] for name in names)}) AS {sql}".encode())
    values = ", ".join(binds[name][1] for name in names)
    given = f"EXPLAIN (ANALYZE, BUFFERS) EXECUTE p ({values})"
    plan = "\n".join(row[0] for row in await (await connection.execute(given.encode())).fetchall())
    await connection.execute("DEALLOCATE p")
    print(plan.splitlines()[-1])  # noqa: T201
    return plan


def read_whole(plan: str, *more: str) -> list[str]:
    """Return those of MANY, and of `more` tables, that are read from end to end."""
    return re.findall(f"Seq Scan on ({'|'.join((*MANY, *more))}) ", plan)
