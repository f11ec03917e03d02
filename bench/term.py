"""Fills a database with a term of learning: 200 invented people in groups, weeks of lessons and attempts, gaps.

    lms-tui course import /path/to/a/book
    python bench/term.py postgresql://…      # the database that these courses are in; on the embedded one: --embedded

Everybody who stands in the database as an administrator learns too, so that one's own page has something to show. The
rows are those that learning would have left: scores follow from the answers, completion goes up to chapter and course,
no quiz has more attempts than its limit, and the three tables of statistics are counted from all that at the end.
It is for pictures and for trying out; never run it on a database with people in it.
"""

import argparse
import asyncio
import random
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg

from lms_tui.rules.answers import rows_of, verdict_rows
from lms_tui.rules.grading import grade
from lms_tui.rules.questions import Option, Question
from lms_tui.service.database import open_pools
from lms_tui.service.statistics import refresh
from lms_tui.wire.quizzes import Answer, Kind

LEARNERS: Final = 200
DAYS: Final = 84
GROUPS: Final = ("Monday evening", "Thursday morning", "Apprentices 2026", "Self-paced")
_FIRST: Final = [
    "Ada", "Alan", "Barbara", "Donald", "Edsger", "Frances", "Grace", "Hedy", "Ivan", "Jean", "John", "Katherine",
    "Ken", "Lynn", "Margaret", "Niklaus", "Radia", "Sophie", "Tim", "Wanda", "Amélie", "Björn", "Chidi", "Dana",
    "Elif", "Farid", "Gudrun", "Hiroshi", "Ines", "Jamal", "Karolina", "Lin", "Maja", "Noor", "Olga", "Priya",
    "Ravi", "Sanna", "Tomasz", "Yusuf",
]  # fmt: skip
_LAST: Final = [
    "Lovelace", "Turing", "Liskov", "Knuth", "Dijkstra", "Allen", "Hopper", "Lamarr", "Sutherland", "Bartik",
    "Backus", "Johnson", "Thompson", "Conway", "Hamilton", "Wirth", "Perlman", "Wilson", "Lee", "Kowalska",
    "Okafor", "Nakamura", "Haddad", "Novák", "Lindqvist", "Moreau", "Sørensen", "Rossi", "Kaya", "Singh",
]  # fmt: skip


@dataclass
class Lesson:
    """A lesson, with its questions where it is a quiz."""

    id: uuid.UUID
    chapter: uuid.UUID
    kind: str
    threshold: int
    limit: int
    questions: list[tuple[Question, float]] = field(default_factory=list)
    """Each with how hard it is."""


@dataclass
class Rows:
    """What will be written, by table."""

    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def add(self, table: str, *values: Any) -> None:
        """Add a row to the table and columns named "table (a, b)"."""
        self.tables.setdefault(table, []).append(values)


PROGRESS: Final = (
    "student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed, is_quiz_passed, attempts,"
    " completed_at, created_at, updated_at)"
)
ATTEMPTS: Final = "quiz_attempts (id, user_id, lesson_id, score, is_passed, created_at, completed_at, updated_at)"
ANSWERS: Final = (
    "student_question_answers (id, quiz_attempt_id, question_id, selected_option_id, answer_text, is_correct,"
    " points_earned, created_at, updated_at)"
)


def outline(db: psycopg.Connection[tuple[Any, ...]], course: uuid.UUID, dice: random.Random) -> list[Lesson]:
    """Return the lessons of a course in their order."""
    lessons = []
    found = db.execute(
        "SELECT l.id, ch.id, lower(l.type), coalesce(l.threshold_score, 0), coalesce(l.attempts_limit, 0)"
        " FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " WHERE ch.course_id = %s AND ch.archived IS NOT TRUE ORDER BY ch.display_order, l.display_order",
        (course,),
    ).fetchall()
    for own, chapter, kind, threshold, limit in found:
        lesson = Lesson(own, chapter, kind, threshold, limit)
        for question, type_name, title, description, points in db.execute(
            "SELECT id, type, coalesce(title, ''), coalesce(description, ''), points FROM questions"
            " WHERE lesson_id = %s AND archived IS NOT TRUE ORDER BY display_order, id",
            (own,),
        ).fetchall():
            options = db.execute(
                "SELECT id, option_text, is_correct IS TRUE, display_order FROM question_answer_options"
                " WHERE question_id = %s ORDER BY display_order NULLS LAST, created_at, id",
                (question,),
            ).fetchall()
            asked = Question(question, type_name, title, description, points, tuple(Option(*one) for one in options))
            lesson.questions.append((asked, dice.uniform(0.1, 0.75)))
        lessons.append(lesson)
    return lessons


def learn(  # noqa: C901 - one life, told from its beginning to its end
    rows: Rows, dice: random.Random, user: uuid.UUID, course: uuid.UUID, lessons: list[Lesson], start: datetime
) -> None:
    """One learner's term in one course, from the enrolment at `start` until they are done, stop, or it is today."""
    able, busy, lasting = dice.betavariate(5, 2.5), dice.uniform(0.3, 2.5), dice.betavariate(6, 1.2)
    at, now, minutes = start + timedelta(hours=dice.uniform(0.1, 30)), datetime.now(UTC), 0
    done: set[uuid.UUID] = set()
    last = at
    for lesson in lessons:
        if at >= now - timedelta(minutes=40) or dice.random() > 0.93 + 0.07 * lasting:
            break
        spent = max(3.0, dice.gauss(14, 7))
        passed, tries = lesson.kind != "quiz", 0
        opened, ended = at, at + timedelta(minutes=spent)
        while lesson.kind == "quiz" and lesson.questions and not passed:
            if ended >= now - timedelta(minutes=40) or (lesson.limit > 0 and tries >= lesson.limit):
                break
            tries += 1
            begun, ended = ended, ended + timedelta(minutes=max(2.0, dice.gauss(9, 3)))
            passed = attempt(rows, dice, user, lesson, able + 0.12 * (tries - 1), begun, ended)
            if not passed:
                if dice.random() < 0.2:
                    break
                ended += timedelta(hours=dice.uniform(0.3, 40))
        ended = min(ended, now)
        minutes += round(spent) + 8 * tries
        hour = opened.replace(minute=0, second=0, microsecond=0)
        rows.add(
            "lms_tui.study_hours (user_id, hour, course_id, minutes)", user, hour, course, round(spent) + 8 * tries
        )
        complete = passed and dice.random() < 0.985
        rows.add(
            PROGRESS, user, lesson.id, lesson.chapter, True, complete, passed and lesson.kind == "quiz", tries,
            ended if complete else None, opened, ended,
        )  # fmt: skip
        if complete:
            done.add(lesson.id)
        last = ended
        if not passed and dice.random() < 0.55:
            break
        rest = dice.expovariate(1 / busy)
        at = ended + timedelta(days=rest if dice.random() < 0.45 else rest / 30, minutes=1)
        if dice.random() < 0.03:
            at += timedelta(days=dice.uniform(7, 20))
    for chapter in {lesson.chapter for lesson in lessons}:
        if all(lesson.id in done for lesson in lessons if lesson.chapter == chapter):
            rows.add(
                "student_chapter_progress (user_id, chapter_id, is_completed, completed_at)", user, chapter, True, last
            )
    completed = last if len(done) == len(lessons) else None
    rows.add("student_courses (user_id, course_id, enrolled_at, completed_at)", user, course, start, completed)
    rows.add("course_students_stats (user_id, course_id, study_time_minutes)", user, course, minutes)


def attempt(
    rows: Rows, dice: random.Random, user: uuid.UUID, lesson: Lesson, able: float, begun: datetime, ended: datetime
) -> bool:
    """One attempt with an answer to each question; return whether it passed."""
    own = uuid.UUID(int=dice.getrandbits(128), version=4)
    given = {
        question.id: invented(dice, question, dice.random() < min(0.97, max(0.05, able + 0.45 - hard)))
        for question, hard in lesson.questions
    }
    graded = grade([question for question, _ in lesson.questions], given, lesson.threshold)
    rows.add(ATTEMPTS, own, user, lesson.id, graded.score, graded.is_passed, begun, ended, ended)
    for question, _ in lesson.questions:
        verdict, answer = graded.verdicts[question.id], rows_of(own, question, given[question.id])
        points = dict(verdict_rows(answer, verdict.earned))
        for row in answer:
            written = row.id, own, question.id, row.option, row.text, verdict.is_correct, points[row.id], ended, ended
            rows.add(ANSWERS, *written)
    return graded.is_passed


def invented(dice: random.Random, question: Question, right: bool) -> Answer:
    """Return an answer to a question of any kind, `right` or not; now and then a wrong one is none at all."""
    if not right and dice.random() < 0.06:
        return Answer()
    options = question.options
    match question.kind:
        case Kind.BLANKS:
            typed = [_accepted(dice.choice(group)) if group else "" for group in question.accepted]
            return Answer(blanks=typed if right else [*typed[:-1], dice.choice(("I forgot", "see above", "42"))])
        case Kind.STATEMENTS:
            missed = None if right else dice.choice(options).id
            return Answer(marked={one.id: one.is_correct != (one.id == missed) for one in options})
        case Kind.CHOOSE_ONE | Kind.CHOOSE_ALL:
            correct, wrong = ([one.id for one in options if one.is_correct is is_right] for is_right in (True, False))
            return Answer(chosen=correct if right or not wrong else [dice.choice(wrong)])
        case Kind.SCALE if options:
            return Answer(chosen=[dice.choice(options).id])
        case Kind.SCALE:
            return Answer(text=str(min(5, dice.randint(2, 6))))
        case _:
            return Answer(text=dice.choice(("As in the lesson.", "More examples, please.", "I would draw it first.")))


def _accepted(text: str) -> str:
    """Return what a learner types for an accepted text: a number, a pattern, or the text itself (domain.md)."""
    if text.startswith("#~"):
        return text[2:].replace("*", "s")
    return text[1:].split("..", maxsplit=1)[0].split(":", maxsplit=1)[0] if text.startswith("#") else text


def people(rows: Rows, db: psycopg.Connection[tuple[Any, ...]], dice: random.Random, number: int) -> list[uuid.UUID]:
    """Invent people and their groups; return them, with the administrators that are there."""
    groups = [uuid.uuid4() for _ in GROUPS]
    for group, name in zip(groups, GROUPS, strict=True):
        rows.add("groups (id, name, characteristic)", group, name, f"Learners of {name}")
    made = []
    for at in range(number):
        user, first, last = uuid.uuid4(), dice.choice(_FIRST), dice.choice(_LAST)
        made.append(user)
        rows.add("users (id, email, first_name, last_name)", user, f"learner{at:03}@example.org", first, last)
        for group in dice.sample(groups, dice.choice((0, 1, 1, 1, 2))):
            rows.add("group_users (group_id, user_id)", group, user)
    return made + [row[0] for row in db.execute("SELECT id FROM users WHERE upper(role) = 'ADMIN'").fetchall()]


def fill(url: str, number: int = LEARNERS, seed: int = 7) -> dict[str, int]:
    """Write the term; return how many rows went into which table. Raises psycopg.Error."""
    dice, rows = random.Random(seed), Rows()  # noqa: S311 - invented lives, no secrets
    with psycopg.connect(url) as db:
        courses = db.execute(
            "SELECT id FROM courses WHERE is_published AND archived IS NOT TRUE ORDER BY title"
        ).fetchall()
        outlines = {row[0]: outline(db, row[0], dice) for row in courses}
        for user in people(rows, db, dice, number):
            for course, lessons in outlines.items():
                if dice.random() < 0.75 or number == 0:
                    start = datetime.now(UTC) - timedelta(days=dice.triangular(1, DAYS, DAYS))
                    learn(rows, dice, user, course, lessons, start)
        for table, values in rows.tables.items():
            spaces = ", ".join(["%s"] * len(values[0]))
            with db.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} VALUES ({spaces}) ON CONFLICT DO NOTHING".encode(), values)
    asyncio.run(_count(url))
    return {table.split(" ")[0]: len(values) for table, values in rows.tables.items()}


async def _count(url: str) -> None:
    pools = open_pools(url, 1)
    try:
        await refresh(pools)
    finally:
        await pools.close()


def main() -> int:
    """Fill the database that is named; return 0."""
    parser = argparse.ArgumentParser(description="Fill a database with a term of invented learning.")
    parser.add_argument("database", nargs="?", metavar="URL", help="postgresql://…, with courses in it")
    parser.add_argument("--embedded", action="store_true", help="the embedded database of LMS_TUI_HOME")
    parser.add_argument("--learners", type=int, default=LEARNERS, metavar="N")
    args = parser.parse_args()
    if bool(args.database) == args.embedded:
        parser.error("name a database, or --embedded")
    if args.embedded:
        from lms_tui.cli.db import database_of  # noqa: PLC0415

        with database_of(None) as url:
            written = fill(url, args.learners)
    else:
        written = fill(args.database, args.learners)
    for table, number in sorted(written.items()):
        print(f"{number:>8,} {table}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
