"""Everything that a database can hold of one person, with a word of theirs in each text."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb


@dataclass
class Traces:
    """The rows of a person called `word`, and the ids of some of them."""

    db: psycopg.Connection[tuple[Any, ...]]
    word: str
    user: UUID = field(default_factory=uuid4)
    role: str = "STUDENT"
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.word}@x.org"

    def add(self, table: str, **values: Any) -> UUID:
        """Insert a row, and return its id."""
        values = {"id": uuid4(), **values}
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        self.db.execute(statement, list(values.values()))
        own: UUID = values["id"]
        return own

    def said(self, what: str) -> str:
        """A text of theirs."""
        return f"{self.word} {what}"

    def person(self, hashed: str = "$argon2id$x") -> "Traces":
        """Add the person, who has a password."""
        names = {"first_name": self.said("first"), "last_name": self.said("last")}
        avatar = self.said("avatar")
        self.add("users", id=self.user, email=self.email, role=self.role, avatar_reference=avatar, **names)
        old = {"created_at": "2026-01-01", "updated_at": "2026-01-01"}
        self.add("credentials", user_id=self.user, password_hash=hashed, **old)
        return self

    def everywhere(self, lesson: UUID, question: UUID, group: UUID) -> "Traces":
        """Add a row to each table about people, in the course of `lesson`, which has the free-text `question`."""
        user = {"user_id": self.user}
        row = self.db.execute(
            "SELECT ch.id, ch.course_id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE l.id = %s",
            (lesson,),
        ).fetchone()
        assert row is not None
        chapter, course = row
        ends = {"expires_at": "2099-01-01"}
        self.ids["reset"] = self.add("reset_tokens", **user, token=self.said("token"), **ends)
        self.ids["invitation"] = self.add("create_tokens", email=self.email.upper(), token=self.said("token"), **ends)
        self.add("lms_tui.mail", kind="reset", code_id=self.ids["reset"], sent_at="2026-01-01")
        self.add("lms_tui.mail", kind="invitation", code_id=self.ids["invitation"])
        self.add("group_users", group_id=group, **user)
        self.add("student_courses", course_id=course, **user)
        self.add("student_chapter_progress", chapter_id=chapter, **user)
        self.add("student_lesson_progress", lesson_id=lesson, chapter_id=chapter, is_started=True, **user)
        for name, ended, score in (("submitted", "2026-02-02", 50), ("open", None, None)):
            begun = "2026-02-01" if ended else "2026-02-03"
            of = {"lesson_id": lesson, "created_at": begun, "completed_at": ended, "score": score, **user}
            self.ids[name] = self.add("quiz_attempts", **of)
            answer = {"quiz_attempt_id": self.ids[name], "question_id": question, "points_earned": 7}
            self.add("student_question_answers", answer_text=self.said(f"answer {name}"), is_correct=True, **answer)
        thread = self.add("ai_mentor_threads", lesson_id=lesson, thread_title=self.said("title"), **user)
        for who in ("user", "assistant", "system"):
            said = {"content": self.said(f"message {who}"), "tokens_used": 12, "model_version": "model-1"}
            self.ids[who] = self.add("ai_mentor_thread_messages", thread_id=thread, role=who, **said)
        found = {"learning_insights": self.said("insights"), "recommended_actions": self.said("recommended")}
        self.add("ai_mentor_student_lesson_progress", lesson_id=lesson, understanding_level=7, **found, **user)
        self.add("user_statistics", courses_enrolled=1, total_study_time_minutes=33, **user)
        self.add("course_students_stats", course_id=course, study_time_minutes=33, **user)
        self.db.execute(
            "INSERT INTO lms_tui.study_hours (user_id, hour, course_id, minutes) VALUES (%s, '2026-02-01', %s, 33)",
            (self.user, course),
        )
        self.db.execute(
            "INSERT INTO lms_tui.reading_positions (user_id, lesson_id, block, letters) VALUES (%s, %s, 4, 44)",
            (self.user, lesson),
        )
        self.db.execute(
            "INSERT INTO lms_tui.mentor_no_check (user_id, lesson_id, at) VALUES (%s, %s, now())", (self.user, lesson)
        )
        self.db.execute("INSERT INTO lms_tui.mentor_usage VALUES (%s, now()::date, 5)", (self.user,))
        self.db.execute(
            "INSERT INTO lms_tui.sso_people (user_id, issuer, last_at) VALUES (%s, %s, '2026-02-01')",
            (self.user, "https://issuer.example"),
        )
        details = Jsonb({"reply": {"email": self.email}})
        self.add("lms_tui.audit", actor_id=uuid4(), action="people.role", subject_id=self.user, details=details)
        self.add("lms_tui.audit", actor_id=self.user, action="lesson.fresh_start", subject_id=uuid4())
        return self
