"""Lessons with a mentor, threads and messages, as another program or our own service writes them."""

from typing import Any, Protocol
from uuid import UUID, uuid4

import psycopg


class WithDatabase(Protocol):
    """A service of a test, with a connection that writes rows behind its back."""

    @property
    def db(self) -> psycopg.Connection[tuple[Any, ...]]:
        """The connection."""
        ...


OBJECTIVES = "Tell an inner join from an outer one."
PROMPT = "You are the mentor of zanzibar."
"""It must not stand in any reply."""


def add_mentor(house: WithDatabase, lesson: UUID, objectives: str | None = OBJECTIVES) -> None:
    """Give a lesson a mentor."""
    house.db.execute(
        "INSERT INTO ai_mentor_lessons (lesson_id, ai_prompt, learning_objectives, difficulty_level)"
        " VALUES (%s, %s, %s, 'medium')",
        (lesson, PROMPT, objectives),
    )


def add_thread(
    house: WithDatabase, user: UUID, lesson: UUID, *, active: bool | None = None, title: str | None = None
) -> UUID:
    """Add a thread, newer than those there are."""
    own = uuid4()
    house.db.execute(
        "INSERT INTO ai_mentor_threads (id, user_id, lesson_id, is_active, thread_title, created_at)"
        " VALUES (%s, %s, %s, %s, %s, clock_timestamp())",
        (own, user, lesson, active, title),
    )
    return own


def add_message(house: WithDatabase, thread: UUID, text: str, role: str = "user", **columns: Any) -> UUID:
    """Add a message, said after those there are."""
    own: UUID = columns.get("id", uuid4())
    house.db.execute(
        "INSERT INTO ai_mentor_thread_messages (id, thread_id, role, content, tokens_used, model_version, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp())",
        (own, thread, role, text, columns.get("tokens"), columns.get("model")),
    )
    return own


def add_check(house: WithDatabase, user: UUID, lesson: UUID, understanding: int | None, **columns: Any) -> None:
    """Add a check, newer than those there are."""
    house.db.execute(
        "INSERT INTO ai_mentor_student_lesson_progress (user_id, lesson_id, understanding_level, engagement_score,"
        " learning_insights, recommended_actions, created_at) VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp())",
        (
            user,
            lesson,
            understanding,
            columns.get("engagement"),
            columns.get("insights"),
            columns.get("recommended"),
        ),
    )
