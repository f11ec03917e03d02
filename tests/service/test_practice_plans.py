"""How PostgreSQL reads practice among 100,000 answers of others: one statement, by an index wherever rows are many."""

from uuid import UUID

import psycopg
import pytest

from lms_tui.db.queries import practice
from lms_tui.service.database import open_pools

from .plan_kit import add_answers, plan_of, read_whole

pytestmark = pytest.mark.anyio


@pytest.fixture
def learner(database_url: str) -> tuple[UUID, list[UUID]]:
    """Somebody and 20 of their wrong questions, among 100 learners who take every course."""
    with psycopg.connect(database_url, autocommit=True) as db:
        add_answers(db)
        db.execute("INSERT INTO student_courses (user_id, course_id) SELECT u.id, c.id FROM users u, courses c")
        db.execute("ANALYZE")
        found = db.execute(
            "SELECT a.user_id, s.question_id FROM quiz_attempts a JOIN student_question_answers s"
            " ON s.quiz_attempt_id = a.id WHERE a.user_id = (SELECT user_id FROM quiz_attempts LIMIT 1) LIMIT 20"
        ).fetchall()
        return found[0][0], [question for _, question in found]


async def test_practice_is_read_by_indexes(database_url: str, learner: tuple[UUID, list[UUID]]) -> None:
    binds = {
        "user": ("uuid", f"'{learner[0]}'"),
        "after": ("timestamptz", "'0001-01-02 00:00Z'"),
        "after_id": ("uuid", f"'{UUID(int=0)}'"),
        "questions": ("uuid[]", "'{" + ",".join(map(str, learner[1])) + "}'"),
    }
    pools = open_pools(database_url, 1)
    async with pools.reader.connection() as connection:
        for statement in (practice.WRONG, practice.QUESTIONS):
            plan = await plan_of(connection, statement, binds)
            assert not read_whole(plan, "student_courses"), plan
    await pools.close()
