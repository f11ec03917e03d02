"""A lesson with a mentor, its learner, and what stands in the mentor's tables."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from .conftest import House
from .test_progress import enrolled, lessons_of


@dataclass
class Tutored:
    """A learner in a lesson with a mentor."""

    house: House
    course: UUID
    lesson: UUID
    learner: UUID

    async def ask(self, text: str = "What is a join?", user: UUID | None = None, **more: Any) -> httpx.Response:
        """Ask something, with ids of its own where none are given."""
        lesson, message = more.pop("lesson", self.lesson), more.pop("message", None) or uuid4()
        body = {"thread_id": str(more.pop("thread", None) or uuid4()), "text": text} | {
            name: str(value) for name, value in more.items()
        }
        headers = self.house.session(user or self.learner)
        return await self.house.http.put(f"/v1/lessons/{lesson}/mentor/messages/{message}", json=body, headers=headers)

    async def asked(self, text: str = "What is a join?", **more: Any) -> tuple[str, str]:
        """Ask something that is taken; return the ids of its thread and of the question."""
        reply = await self.ask(text, **more)
        assert reply.status_code == 200, reply.text
        return reply.json()["thread"]["id"], reply.json()["message"]["id"]

    def threads(self) -> list[tuple[Any, ...]]:
        """Every thread: id, learner, whether it is active."""
        statement = "SELECT id::text, user_id, is_active FROM ai_mentor_threads ORDER BY created_at"
        return self.house.db.execute(statement).fetchall()

    def said(self, thread: str | None = None) -> list[tuple[Any, ...]]:
        """Every message: role, text, model; of all threads, or of one."""
        return self.house.db.execute(
            "SELECT role, content, model_version FROM ai_mentor_thread_messages"
            " WHERE %s::uuid IS NULL OR thread_id = %s ORDER BY created_at, id",
            (thread, thread),
        ).fetchall()

    def says(self, thread: str, text: str, role: str = "assistant", model: str | None = "stub-1") -> UUID:
        """Add a message behind the service's back."""
        own = uuid4()
        self.house.db.execute(
            "INSERT INTO ai_mentor_thread_messages (id, created_at, thread_id, role, content, model_version)"
            " VALUES (%s, clock_timestamp(), %s, %s, %s, %s)",
            (own, thread, role, text, model),
        )
        return own


def tutored(house: House, title: str = "Joins") -> Tutored:
    """Add a course whose first lesson has a mentor, and its learner."""
    course = house.course(house.person("CONTENT_CREATOR"), title)
    lesson = lessons_of(house, course)["Lesson 1.1"]
    house.db.execute(
        "INSERT INTO ai_mentor_lessons (lesson_id, ai_prompt, learning_objectives, difficulty_level)"
        " VALUES (%s, 'Be kind.', 'Knows what a join is.', 'beginner')",
        (lesson,),
    )
    return Tutored(house, course, lesson, enrolled(house, course))
