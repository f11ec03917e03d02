"""How PostgreSQL reads practice among 100,000 answers of others: one statement, by an index wherever rows are many."""

import re
from uuid import UUID

import psycopg
import pytest

from lms_tui.db.queries import practice
from lms_tui.service.database import open_pools

pytestmark = pytest.mark.anyio
ANSWERS = 100_000
MANY = "student_question_answers|quiz_attempts|questions|question_answer_options|lessons|chapters|student_courses"
_TYPES = {"user": "uuid", "after": "timestamptz", "after_id": "uuid", "questions": "uuid[]"}


@pytest.fixture
def learner(database_url: str) -> tuple[UUID, list[UUID]]:
    """Somebody and 20 of their wrong questions; 100 learners with 1,000 answers each, in 20 quizzes of 50."""
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute(
            "INSERT INTO users (email, first_name, last_name)"
            " SELECT n || '@b.org', 'A', 'B' FROM generate_series(1, 100) n"
        )
        db.execute("INSERT INTO categories (name) VALUES ('C')")
        db.execute(
            "INSERT INTO courses (title, is_published, author_id, category_id)"
            " SELECT 'C' || n, true, (SELECT id FROM users LIMIT 1), (SELECT id FROM categories)"
            " FROM generate_series(1, 200) n"
        )
        db.execute("INSERT INTO chapters (course_id, title) SELECT id, 'One' FROM courses")
        db.execute(
            "INSERT INTO lessons (chapter_id, type, title) SELECT id, 'quiz', 'Quiz' FROM chapters,"
            " generate_series(1, 10)"
        )
        db.execute("CREATE TEMP TABLE taken AS SELECT id FROM lessons LIMIT 20")
        db.execute(
            "INSERT INTO questions (lesson_id, type, title) SELECT id, 'multiple-choice', 'Q' || n FROM lessons,"
            " generate_series(1, 10) n UNION ALL SELECT id, 'multiple-choice', 'R' || n FROM taken,"
            " generate_series(11, 50) n"
        )
        db.execute(
            "INSERT INTO question_answer_options (question_id, option_text, is_correct)"
            " SELECT id, 'o' || n, n = 1 FROM questions, generate_series(1, 4) n"
        )
        db.execute("INSERT INTO student_courses (user_id, course_id) SELECT u.id, c.id FROM users u, courses c")
        db.execute(
            "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at)"
            " SELECT u.id, t.id, 0, clock_timestamp() FROM users u, taken t"
        )
        db.execute(
            "INSERT INTO student_question_answers (quiz_attempt_id, question_id, is_correct, points_earned)"
            " SELECT a.id, q.id, false, 0 FROM quiz_attempts a JOIN questions q ON q.lesson_id = a.lesson_id"
        )
        assert db.execute("SELECT count(*) FROM student_question_answers").fetchone() == (ANSWERS,)
        db.execute("ANALYZE")
        found = db.execute(
            "SELECT a.user_id, s.question_id FROM quiz_attempts a JOIN student_question_answers s"
            " ON s.quiz_attempt_id = a.id WHERE a.user_id = (SELECT user_id FROM quiz_attempts LIMIT 1) LIMIT 20"
        ).fetchall()
        return found[0][0], [question for _, question in found]


async def test_practice_is_read_by_indexes(database_url: str, learner: tuple[UUID, list[UUID]]) -> None:
    pools = open_pools(database_url, 1)
    async with pools.reader.connection() as connection:
        for statement in (practice.WRONG, practice.QUESTIONS):
            names: list[str] = []

            def number(found: re.Match[str], names: list[str] = names) -> str:
                if found[1] not in names:
                    names.append(found[1])
                return f"${names.index(found[1]) + 1}"

            sql = re.sub(r"%\((\w+)\)s", number, statement)
            await connection.execute(f"PREPARE p ({', '.join(_TYPES[name] for name in names)}) AS {sql}".encode())
            given = {
                "user": f"'{learner[0]}'",
                "after": "'0001-01-02 00:00Z'",
                "after_id": f"'{UUID(int=0)}'",
                "questions": "'{" + ",".join(map(str, learner[1])) + "}'",
            }
            values = ", ".join(given[name] for name in names)
            plan = "\n".join(
                row[0]
                for row in await (
                    await connection.execute(f"EXPLAIN (ANALYZE, BUFFERS) EXECUTE p ({values})".encode())
                ).fetchall()
            )
            await connection.execute("DEALLOCATE p")
            assert not re.search(f"Seq Scan on ({MANY}) ", plan), plan
            print(plan.splitlines()[-1])  # noqa: T201
    await pools.close()
