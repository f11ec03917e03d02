"""A real service on a real socket, and a course with quizzes."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from lms_tui.client.api import Api
from lms_tui.local.host import serve
from lms_tui.service.app import create_app
from lms_tui.service.settings import Settings
from lms_tui.wire import accounts


@dataclass
class World:
    """A service behind a socket, and a connection to its database."""

    socket: Path
    db: psycopg.Connection[tuple[Any, ...]]

    async def owner(self, socket: Path | None = None) -> Api:
        """Return the owner's way to the service, by its own socket or a proxy's."""
        api = Api(f"unix:{self.socket}")
        session = await api.call(accounts.OWNER, accounts.OwnerRequest())
        if socket is not None:
            await api.aclose()
            api = Api(f"unix:{socket}")
        api.take(session)
        return api

    def quiz_lessons(self, user: UUID, quizzes: int, questions: int) -> list[UUID]:
        """Make a course of so many quizzes that `user` is enrolled in; the first option is always right."""
        category, course, chapter = uuid4(), uuid4(), uuid4()
        self.db.execute("INSERT INTO categories (id, name) VALUES (%s, 'Quizzes')", (category,))
        self.db.execute(
            "INSERT INTO courses (id, title, is_published, author_id, category_id) VALUES (%s, 'C', true, %s, %s)",
            (course, user, category),
        )
        self.db.execute("INSERT INTO chapters (id, course_id, title) VALUES (%s, %s, 'Ch')", (chapter, course))
        self.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
        made = []
        for _ in range(quizzes):
            lesson = uuid4()
            self.db.execute(
                "INSERT INTO lessons (id, chapter_id, type, title) VALUES (%s, %s, 'quiz', 'Q')", (lesson, chapter)
            )
            made.append(lesson)
            for _ in range(questions):
                question = uuid4()
                self.db.execute(
                    "INSERT INTO questions (id, lesson_id, type, title) VALUES (%s, %s, 'multiple-choice', 'Which?')",
                    (question, lesson),
                )
                for place in range(3):
                    self.db.execute(
                        "INSERT INTO question_answer_options (question_id, option_text, is_correct, display_order)"
                        " VALUES (%s, %s, %s, %s)",
                        (question, f"option {place}", place == 0, place),
                    )
        return made


@contextlib.asynccontextmanager
async def serving(database_url: str, folder: Path) -> AsyncIterator[World]:
    """The service that the TUI would start, on that database, its socket in `folder`."""
    socket = folder / "s.sock"
    ready = asyncio.Event()
    app = create_app(Settings(database_url=database_url, secrets=folder / "secrets"))
    running = asyncio.create_task(serve(app, socket, on_ready=ready.set))
    await ready.wait()
    with psycopg.connect(database_url, autocommit=True) as db:
        yield World(socket, db)
    os.kill(os.getpid(), signal.SIGTERM)  # as the service is ended in life; `serve` takes the signal
    await running


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The service on a database of this test alone."""
    async with serving(database_url, tmp_path) as made:
        yield made
