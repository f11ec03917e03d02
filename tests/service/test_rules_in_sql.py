"""Where a rule is said in SQL as well, so that what it rules out is not read: both say the same, case by case."""

import sys
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest

from lms_tui.db.queries import fresh_start
from lms_tui.db.queries.blank import trimmed
from lms_tui.db.queries.statistics import COUNTS
from lms_tui.rules import attempts
from lms_tui.rules.fresh_start import set_aside

from .conftest import House
from .quiz_kit import empty_quiz

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


async def test_which_questions_an_open_attempt_has(house: House) -> None:
    quiz, own = empty_quiz(house), uuid4()
    cases: dict[UUID, tuple[datetime | None, bool | None]] = {}
    for created, archived in product((None, NOON - INSTANT, NOON, NOON + INSTANT), (None, False, True)):
        question = quiz.question(str(len(cases)), "essay")
        cases[question] = created, archived
        house.db.execute(
            "UPDATE questions SET created_at = %s, archived = %s WHERE id = %s", (created, archived, question)
        )
    house.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at) VALUES (%s, %s, %s, %s)",
        (own, quiz.learner, quiz.lesson, NOON),
    )
    asked = {UUID(one["id"]) for one in (await quiz.start())["questions"]}
    assert asked == {question for question, case in cases.items() if attempts.is_part(*case, NOON)}
    for question, case in cases.items():
        body = {"answer": {"text": "x"}}
        reply = await quiz.ask("PUT", f"/v1/attempts/{own}/answers/{question}", body)
        assert (reply.status_code == 200) is attempts.is_part(*case, NOON), case


WHITE = "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))
BLANK = ["", " ", "\t", "\n", "\u00a0", "\u3000", "\x1c\x85", WHITE]
NOT_BLANK = ["x", "\u00a0 x\t", "\u200b", "\u2800", "\ufeff", "\x01"]


async def test_what_is_blank(house: House) -> None:
    texts = [*BLANK, *NOT_BLANK, WHITE + "x y" + WHITE]
    for text in texts:
        row = house.db.execute(f"SELECT {trimmed('%s')}".encode(), (text,)).fetchone()
        assert row == (text.strip(),), ascii(text)
    assert house.db.execute(f"SELECT {trimmed('NULL')}".encode()).fetchone() == (None,)
    assert [bool(text.strip()) for text in texts] == [False] * len(BLANK) + [True] * (len(NOT_BLANK) + 1)


async def test_which_attempts_count_and_what_a_fresh_start_makes_of_them(house: House) -> None:
    quiz = empty_quiz(house)
    cases = {uuid4(): case for case in product((None, NOON), (None, 0))}
    for place, (own, (completed, score)) in enumerate(cases.items()):
        house.db.execute(
            "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at, completed_at, score)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (own, quiz.learner, quiz.lesson, NOON + place * INSTANT, completed, score),
        )
    counted = house.db.execute(f"SELECT t.id FROM quiz_attempts t WHERE {COUNTS}".encode()).fetchall()
    assert {row[0] for row in counted} == {own for own, case in cases.items() if attempts.counts(*case)}
    house.db.execute(fresh_start.SET_ASIDE.encode(), {"user": quiz.learner, "lesson": quiz.lesson})
    for own, completed, score in house.db.execute("SELECT id, completed_at, score FROM quiz_attempts").fetchall():
        assert (score, completed) == set_aside(cases[own][0], completed)
        assert not attempts.counts(completed, score)
