"""A quiz's start page and the result of an attempt: everything in a quiz that is only read (domain.md, Quizzes)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import quizzes as queries
from lms_tui.rules import grading, scores
from lms_tui.rules.answers import answer_of
from lms_tui.rules.questions import shown
from lms_tui.rules.text_format import text_format
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.progress import check_lesson
from lms_tui.wire import quizzes as wire


def check_quiz(found: Sequence[Sequence[Any]]) -> queries.Head:
    """Return the head of a quiz that the caller may take.

    Raises Fault `not_found` (also for a lesson that is no quiz), `course_unavailable`, `enrol_first`.
    """
    if not found:
        raise not_found("quiz")
    head = queries.head(found[0])
    access = head.access
    check_lesson(visible=access.visible, enrolled=access.enrolled, free=access.free, kind="quiz")
    if head.type != "quiz":
        raise not_found("quiz")
    return head


def counted(head: queries.Head) -> list[wire.AttemptLine]:
    """Return the attempts that count, newest first."""
    return [line for line in head.attempts if line.completed_at is not None]


def opens_at(head: queries.Head) -> datetime | None:
    """Return when the next attempt may start; None where it may start now, or never as far as the clock tells."""
    last = max((line.completed_at for line in counted(head) if line.completed_at is not None), default=None)
    opening = scores.next_opening(last, head.cooldown_in_hours)
    return None if scores.is_open(opening, head.now) else opening


def number_of(row: queries.Attempt, head: queries.Head) -> int:
    """Return which attempt this is: 1 and those that count and began before it."""
    return 1 + sum(line.started_at < row.created_at for line in counted(head))


async def quiz(ctx: Context, ask: wire.QuizRequest) -> wire.Quiz:
    """Return a quiz's start page. Raises Fault `not_found`, `course_unavailable`, `enrol_first`."""
    own = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    async with ctx.pools.reader.connection() as connection:
        (found,) = await queries.together(connection, (queries.HEAD_OF_LESSON, own))
        head = check_quiz(found)
        now_open = next((line for line in head.attempts if line.completed_at is None), None)
        step: queries.Step = (queries.QUESTIONS, {**own, "attempt": None})
        if now_open is not None:
            step = (queries.QUESTIONS_OF_ATTEMPT, {**own, "attempt": now_open.id})
        (rows,) = await queries.together(connection, step)
    asked = [queries.asked(row) for row in rows]
    left = scores.attempts_left(head.attempts_limit, len(counted(head)))
    return wire.Quiz(
        lesson_id=head.lesson_id,
        course_id=head.course_id,
        course_title=head.course_title,
        chapter_title=head.chapter_title,
        chapter_number=head.chapter_number,
        title=head.title,
        text=head.text,
        format=text_format(head.text),
        questions=len(asked),
        points=sum(grading.weights([one.question for one in asked])),
        threshold=head.threshold,
        attempts_limit=head.attempts_limit,
        attempts_used=len(counted(head)),
        attempts_left=left,
        cooldown_in_hours=head.cooldown_in_hours,
        standing=_standing(head, left, is_open=now_open is not None),
        opens_at=None if left == 0 else opens_at(head),
        now=head.now,
        open_attempt=None if now_open is None else now_open.id,
        open_answered=0
        if now_open is None
        else sum(not answer_of(now_open.id, one.question, one.rows).is_empty for one in asked),
        best_score=max((line.score for line in head.attempts if line.score is not None), default=None),
        is_passed=any(line.is_passed for line in counted(head)),
        attempts=head.attempts,
        previous=head.previous,
        next=head.next,
    )


def _standing(head: queries.Head, left: int | None, *, is_open: bool) -> wire.Standing:
    """Return what `attempts.start` would do now, in the order in which it looks."""
    if left == 0:
        return wire.Standing.USED_UP
    if is_open:
        return wire.Standing.OPEN
    if not head.has_questions:
        return wire.Standing.NO_QUESTIONS
    return wire.Standing.READY if opens_at(head) is None else wire.Standing.COOLDOWN


async def result(ctx: Context, ask: wire.AttemptRequest) -> wire.Result:
    """Return a submitted attempt. Raises Fault `not_found` (also while it is open, and where an instructor took its
    score away), `course_unavailable`, `enrol_first`.
    """
    async with ctx.pools.reader.connection() as connection:
        return await read_result(connection, ctx.caller.id, ask.attempt_id)


async def read_result(connection: AsyncConnection, user: UUID, attempt_id: UUID) -> wire.Result:
    """Return the result of an attempt as the tables have it; the reply to its submission is read by this too.

    Right answers are in it only where the quiz is passed, by whichever attempt, or no attempt is left.
    """
    own = {"user": user, "attempt": attempt_id}
    rows, found, questions, progress = await queries.together(
        connection,
        (queries.ATTEMPT, own),
        (queries.HEAD_OF_ATTEMPT, own),
        (queries.QUESTIONS_OF_ATTEMPT, own),
        (queries.PROGRESS, own),
    )
    if not rows:
        raise not_found("attempt")
    head, row = check_quiz(found), queries.Attempt(*rows[0])
    if row.completed_at is None or row.score is None:
        raise not_found("result")
    used = counted(head)
    left = scores.attempts_left(head.attempts_limit, len(used))
    reveals = scores.reveals(any(line.is_passed for line in used), left)
    asked = [queries.asked(question) for question in questions]
    weights = grading.weights([one.question for one in asked])
    results = [_question(row.id, one, weight, reveals) for one, weight in zip(asked, weights, strict=True)]
    return wire.Result(
        attempt_id=row.id,
        lesson_id=row.lesson_id,
        course_id=head.course_id,
        course_title=head.course_title,
        chapter_title=head.chapter_title,
        title=head.title,
        number=number_of(row, head),
        score=row.score,
        threshold=head.threshold,
        is_passed=row.is_passed,
        earned=sum(one.points_earned for one in results),
        possible=sum(one.points for one in results),
        completed_at=row.completed_at,
        attempts_limit=head.attempts_limit,
        attempts_left=left,
        opens_at=None if left == 0 else opens_at(head),
        now=head.now,
        reveals=reveals,
        questions=results,
        progress=queries.progress(progress[0]),
        next=head.next,
    )


def _question(attempt_id: UUID, one: queries.Asked, weight: int, reveals: bool) -> wire.QuestionResult:
    """Return one question of a result. What was right weighs what it earned, also after its points changed."""
    points = one.earned if one.is_correct else weight
    return wire.QuestionResult(
        question=shown(one.question, attempt_id, points),
        answer=answer_of(attempt_id, one.question, one.rows),
        is_correct=one.is_correct,
        points_earned=one.earned,
        points=points,
        correct=grading.right_answer(one.question) if reveals else None,
        accepted=[[grading.readable(text) for text in group] for group in one.question.accepted] if reveals else [],
    )
