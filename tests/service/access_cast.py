"""The people of the access matrix, and what belongs to each of them."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from lms_tui.rules.mentor_threads import answer_id
from lms_tui.service.codes import new_code, stored

from .conftest import House
from .mentor_kit import add_mentor, add_message, add_thread
from .quiz_kit import Quiz

WHO: Final = {
    "student": "STUDENT",
    "other student": "STUDENT",
    "author": "CONTENT_CREATOR",
    "other author": "Content_Creator",
    "admin": "admin",
    "archived": "ADMIN",
    "unknown role": "SUPERVISOR",
}
"""Their role in the database; whoever is archived had the most rights before."""

COUNTERPART: Final = {
    "guest": "student",
    "guest, let in": "student",
    "student": "other student",
    "other student": "student",
    "author": "other author",
    "other author": "author",
    "admin": "author",
    "archived": "student",
    "unknown role": "student",
}
"""Whose is what is another's. A guest, who has nothing, names what is the other student's as their own."""


@dataclass
class Course:
    """A course with two texts and two quizzes with their questions; all but the second quiz have a mentor."""

    id: UUID
    text: UUID
    other_text: UUID
    quiz: UUID
    other_quiz: UUID
    questions: dict[str, UUID]
    """Of `quiz`."""


@dataclass
class Belongings:
    """One person, and what is theirs."""

    id: UUID
    email: str
    password: str
    taught: Course
    draft: Course
    enrolment: UUID
    progress: UUID
    act: UUID
    wrong: UUID
    """The question of the practised quiz that they got wrong."""
    open: dict[str, UUID] = field(default_factory=dict)
    """Their open attempt in a course, by the name of the course."""
    submitted: dict[str, UUID] = field(default_factory=dict)
    threads: dict[str, UUID] = field(default_factory=dict)
    """With the mentor of the course's text, that of `free` with the mentor of its other text."""
    message: UUID = field(default_factory=uuid4)
    """Said in their thread in `enrolled`."""
    check: UUID = field(default_factory=uuid4)
    """What a mentor's check of the text of `enrolled` came to."""
    other_check: UUID = field(default_factory=uuid4)
    """The same of the text of `withdrawn`."""
    other_message: UUID = field(default_factory=uuid4)
    """Said in their thread in `withdrawn`."""
    left_message: UUID = field(default_factory=uuid4)
    """Said in their thread in `free`."""
    told: dict[str, UUID] = field(default_factory=dict)
    """Threads of others in the course that they teach, of the pupil and of the stranger, who is no learner there."""


@dataclass
class Cast:
    """Everybody, and the courses that are nobody's in particular."""

    people: dict[str, Belongings]
    courses: dict[str, Course]
    """By what they are to a learner: enrolled, free, priced, withdrawn, draft."""
    pupil: UUID
    """Who learns in every course of an author of the cast."""
    stranger: UUID
    group: UUID
    category: UUID
    invitation: str
    """A code that is good."""
    reset: str

    def person(self, role: str) -> Belongings:
        """Whose things `role` names as their own."""
        return self.people["other student" if role.startswith("guest") else role]

    def other(self, role: str) -> Belongings:
        """Whose things are another's to `role`."""
        return self.people[COUNTERPART[role]]


def cast(house: House) -> Cast:
    """Fill the database."""
    db = house.db
    stranger, pupil = house.person("CONTENT_CREATOR"), house.person()
    courses = {
        name: _course(house, stranger, title, published=name not in ("withdrawn", "draft"), price=price)
        for name, title, price in (
            ("enrolled", "Enrolled", 0),
            ("free", "Other 7", 0),
            ("priced", "Priced", 900),
            ("withdrawn", "Withdrawn", 0),
            ("draft", "Draft", 0),
        )
    }
    codes = new_code(), new_code()
    db.execute(
        "INSERT INTO create_tokens (email, token, expires_at) VALUES ('guest@x.org', %s, now() + interval '1 day')",
        (stored(codes[0]),),
    )
    db.execute(
        "INSERT INTO reset_tokens (user_id, token, expires_at) VALUES (%s, %s, now() + interval '1 hour')",
        (pupil, stored(codes[1])),
    )
    everybody = {who: _person(house, who, courses, pupil, stranger) for who in WHO}
    db.execute("UPDATE users SET archived = true WHERE id = %s", (everybody["archived"].id,))
    db.execute("UPDATE credentials SET updated_at = now() - interval '1 hour'")
    group, category = uuid4(), uuid4()
    db.execute("INSERT INTO groups (id, name) VALUES (%s, 'Of the cast')", (group,))
    db.execute("INSERT INTO categories (id, name) VALUES (%s, 'Of the cast')", (category,))
    return Cast(everybody, courses, pupil, stranger, group, category, *codes)


def _course(house: House, author: UUID, title: str, *, published: bool = True, price: int = 0) -> Course:
    own = house.course(author, title, published=published, price=price)
    rows = house.db.execute(
        "SELECT l.id FROM lessons l JOIN chapters c ON c.id = l.chapter_id WHERE c.course_id = %s"
        " ORDER BY c.display_order, l.display_order",
        (own,),
    ).fetchall()
    text, quiz, other_text, other_quiz = (row[0] for row in rows[:4])
    asked = Quiz(house, own, quiz, author, {}, {})
    asked.question("all", "multiple-choice", ("a", True), ("b", False))
    asked.question("scale", "scale")
    Quiz(house, own, other_quiz, author, {}, {}).question("else", "multiple-choice", ("a", True), ("b", False))
    for lesson in (text, quiz, other_text):
        add_mentor(house, lesson)
    return Course(own, text, other_text, quiz, other_quiz, asked.questions)


def _person(house: House, who: str, courses: dict[str, Course], pupil: UUID, stranger: UUID) -> Belongings:
    email, password = f"{who.replace(' ', '-')}@x.org", f"the long pass phrase of {who}"
    own = house.person(WHO[who], email, house.service.shared.passwords.hash_now(password))
    enrolled = courses["enrolled"]
    practised = Quiz(house, enrolled.id, enrolled.other_quiz, own, {}, {})
    one = Belongings(
        id=own,
        email=email,
        password=password,
        taught=_course(house, own, f"Taught by {who}"),
        draft=_course(house, own, f"Draft of {who}", published=False),
        enrolment=uuid4(),
        progress=uuid4(),
        act=uuid4(),
        wrong=practised.question("all", "multiple-choice", ("a", True), ("b", False)),
    )
    enrol = "INSERT INTO student_courses (id, user_id, course_id) VALUES (%s, %s, %s)"
    house.db.execute(enrol, (one.enrolment, own, enrolled.id))
    house.db.execute(enrol, (uuid4(), own, courses["withdrawn"].id))
    house.db.execute(enrol, (uuid4(), pupil, one.taught.id))
    house.db.execute(
        "INSERT INTO student_lesson_progress (id, user_id, lesson_id, chapter_id, is_started)"
        " SELECT %s, %s, id, chapter_id, true FROM lessons WHERE id = %s",
        (one.progress, own, enrolled.other_text),
    )
    for name in ("enrolled", "withdrawn", "free"):  # that of `free` was left meanwhile
        one.open[name] = _attempt(house, own, courses[name].quiz)
        one.submitted[name] = _attempt(house, own, courses[name].quiz, score=50)
    one.submitted["enrolled too"] = _attempt(house, own, enrolled.quiz, score=60)
    one.submitted["another quiz"] = _attempt(house, own, enrolled.other_quiz, score=0)
    house.db.execute(
        "INSERT INTO student_question_answers (quiz_attempt_id, question_id, is_correct) VALUES (%s, %s, false)",
        (one.submitted["another quiz"], one.wrong),
    )
    for name, lesson in (("enrolled", "text"), ("withdrawn", "text"), ("free", "other_text")):
        one.threads[name] = add_thread(house, own, getattr(courses[name], lesson))
    for name, learner in (("pupil", pupil), ("stranger", stranger)):
        one.told[name] = add_thread(house, learner, one.taught.text)
    add_message(house, one.threads["enrolled"], "What?", id=one.message)
    add_message(house, one.threads["withdrawn"], "Why?", id=one.other_message)
    add_message(house, one.threads["free"], "How?", id=one.left_message)
    for name, asked in (("enrolled", one.message), ("withdrawn", one.other_message), ("free", one.left_message)):
        add_message(house, one.threads[name], "So.", "assistant", id=answer_id(asked, 1), model="a model")
    for name, check in (("enrolled", one.check), ("withdrawn", one.other_check)):
        house.db.execute(
            "INSERT INTO ai_mentor_student_lesson_progress (id, user_id, lesson_id, understanding_level)"
            " VALUES (%s, %s, %s, 5)",
            (check, own, courses[name].text),
        )
    house.db.execute(
        "INSERT INTO lms_tui.audit (id, actor_id, action, details) VALUES (%s, %s, 'something.else', '{}')",
        (one.act, own),
    )
    return one


def _attempt(house: House, user: UUID, lesson: UUID, score: int | None = None) -> UUID:
    own = uuid4()
    house.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at, score, completed_at)"
        " VALUES (%s, %s, %s, clock_timestamp(), %s, CASE WHEN %s THEN clock_timestamp() END)",
        (own, user, lesson, score, score is not None),
    )
    return own
