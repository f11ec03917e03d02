"""A quiz with one question of each sort, in the database of a test, and a learner's hands on it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from .conftest import House

Json = dict[str, Any]
SECRET = "zanzibar"
"""An accepted text: it must not stand in any reply before submission."""


@dataclass
class Quiz:
    """One quiz and one learner who is enrolled."""

    house: House
    course: UUID
    lesson: UUID
    learner: UUID
    questions: dict[str, UUID]
    options: dict[str, list[UUID]]

    def question(self, name: str, type_name: str, *options: tuple[str, bool], title: str = "", points: int = 1) -> UUID:
        """Add a question."""
        own, place = uuid4(), len(self.questions) + 1
        self.house.db.execute(
            "INSERT INTO questions (id, lesson_id, type, title, display_order, points) VALUES (%s, %s, %s, %s, %s, %s)",
            (own, self.lesson, type_name, title or f"Question {name}", place, points),
        )
        self.questions[name], self.options[name] = own, []
        for order, (text, right) in enumerate(options, 1):
            option = uuid4()
            self.options[name].append(option)
            self.house.db.execute(
                "INSERT INTO question_answer_options (id, question_id, option_text, is_correct, display_order)"
                " VALUES (%s, %s, %s, %s, %s)",
                (option, own, text, right, order),
            )
        return own

    def set(self, **columns: int | None) -> None:
        """Set columns of the lesson."""
        for name, value in columns.items():
            self.house.db.execute(f"UPDATE lessons SET {name} = %s WHERE id = %s".encode(), (value, self.lesson))

    def enrol(self, *users: UUID) -> None:
        """Enrol people."""
        for user in users:
            self.house.db.execute(
                "INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, self.course)
            )

    async def ask(self, method: str, path: str, body: Json | None = None, user: UUID | None = None) -> httpx.Response:
        """Ask as the learner, or as `user`."""
        headers = self.house.session(user or self.learner)
        return await self.house.http.request(method, path, json=body, headers=headers)

    async def page(self) -> Json:
        """The start page."""
        return good(await self.ask("GET", f"/v1/lessons/{self.lesson}/quiz"))

    async def try_start(self, attempt: UUID | None = None, user: UUID | None = None) -> httpx.Response:
        """Start, whatever comes."""
        return await self.ask("PUT", f"/v1/attempts/{attempt or uuid4()}", {"lesson_id": str(self.lesson)}, user)

    async def start(self) -> Json:
        """Start."""
        return good(await self.try_start())

    async def set_answer(
        self, attempt: str, name: str, answer: Json, base: str | None = None, user: UUID | None = None
    ) -> httpx.Response:
        """Answer."""
        body = {"answer": answer} | ({"base": base} if base else {})
        return await self.ask("PUT", f"/v1/attempts/{attempt}/answers/{self.questions[name]}", body, user)

    async def try_submit(self, attempt: str, questions: list[str] | None = None) -> httpx.Response:
        """Submit, whatever comes."""
        named = questions if questions is not None else [str(own) for own in self.questions.values()]
        return await self.ask("POST", f"/v1/attempts/{attempt}/submission", {"questions": named})

    async def submit(self, attempt: str) -> Json:
        """Submit."""
        return good(await self.try_submit(attempt))

    async def result(self, attempt: str) -> httpx.Response:
        """The result, whatever comes."""
        return await self.ask("GET", f"/v1/attempts/{attempt}/result")

    def right(self, name: str) -> Json:
        """A right answer to a question of `full`."""
        own = [str(option) for option in self.options[name]]
        answers: dict[str, Json] = {
            "one": {"chosen": own[1:2]},
            "all": {"chosen": own[::-2]},
            "truth": {"chosen": own[:1]},
            "statements": {"marked": dict(zip(own, (True, False), strict=False))},
            "blanks": {"blanks": [" ZANZIBAR ", "3,4"]},
            "scale": {"text": "4"},
            "essay": {"text": "Because."},
        }
        return answers[name]

    def count(self, sql: str, *values: object) -> Any:
        """The one value of a query."""
        row = self.house.db.execute(sql.encode(), values).fetchone()
        assert row is not None
        return row[0]


def good(reply: httpx.Response) -> Json:
    """The body of a success."""
    assert reply.status_code == 200, reply.text
    body: Json = reply.json()
    return body


def code(reply: httpx.Response) -> str:
    """The code of a problem."""
    assert reply.status_code >= 400, reply.text
    return str(reply.json()["code"])


def empty_quiz(house: House) -> Quiz:
    """A published course whose Lesson 1.2 is a quiz without questions, and its learner."""
    course = house.course(house.person(), "Course")
    row = house.db.execute("SELECT id FROM lessons WHERE title = 'Lesson 1.2'").fetchone()
    assert row is not None
    quiz = Quiz(house, course, row[0], house.person(), {}, {})
    quiz.enrol(quiz.learner)
    return quiz


def full_quiz(house: House) -> Quiz:
    """A quiz with a question of each kind, one point each, 2 for `one`."""
    quiz = empty_quiz(house)
    quiz.question("one", "multiple-choice", ("a", False), ("b", True), ("c", False), points=2)
    quiz.question("all", "Multiple_Choice", ("a", True), ("b", False), ("c", True))
    quiz.question("truth", "true-false", ("True", True), ("False", False))
    quiz.question("statements", "true-false", ("Water is wet", True), ("Fire is cold", False))
    quiz.question("blanks", "fill-blank", (SECRET, True), ("#3:0.5", True), title=f"On [{SECRET}] lie ___ towns")
    quiz.question("scale", "scale")
    quiz.question("essay", "essay")
    return quiz
