"""A quiz's start page and the result of an attempt: everything in a quiz that is only read (domain.md, Quizzes)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import quizzes as queries
from lms_tui.rules import attempts as rules
from lms_tui.rules import grading, scores
from lms_tui.rules.answers import answer_of
from lms_tui.rules.questions import shown
from lms_tui.rules.text_format import text_format
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.progress import check_lesson
from lms_tui.wire import quizzes as wire
from lms_tui.wire.learning import LessonProgress


def check_quiz(found: Sequence[Sequence[Any]]) -> queries.Head:
    """Return the head of a quiz that the caller may take.

    Raises Fault `not_found` (also for a lesson that is no quiz), `course_unavailable`, `enrol_first`.
    """
    if not found:
        raise not_found("quiz")
    head = queries.head(found[0])
    access = head.access
    if not (access.visible or access.enrolled):  # in the words of one that is not there, not those of a lesson
        raise not_found("quiz")
    check_lesson(visible=access.visible, enrolled=access.enrolled, free=access.free, kind="quiz")
    if head.type != "quiz":
        raise not_found("quiz")
    return head


def opens_at(head: queries.Head, left: int | None) -> datetime | None:
    """Return when the next attempt may start; None where it may start now, and where no attempt is `left`."""
    return None if left == 0 else rules.opens_at(head.attempts, head.cooldown_in_hours, head.now)


async def quiz(ctx: Context, ask: wire.QuizRequest) -> wire.Quiz:
    """Return a quiz's start page. Raises Fault `not_found`, `course_unavailable`, `enrol_first`."""
    own = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    async with ctx.pools.reader.connection() as connection:
        (found,) = await queries.together(connection, (queries.HEAD_OF_LESSON, own))
        head = check_quiz(found)
        now_open = rules.open_attempt(head.attempts)
        step: queries.Step = (queries.QUESTIONS, {**own, "attempt": None})
        if now_open is not None:
            step = (queries.QUESTIONS_OF_ATTEMPT, {**own, "attempt": now_open.id})
        (rows,) = await queries.together(connection, step)
    return start_page(head, [queries.asked(row) for row in rows], now_open)


def start_page(head: queries.Head, asked: Sequence[queries.Asked], now_open: wire.AttemptLine | None) -> wire.Quiz:
    """Return the start page of a quiz: `asked` are the questions of the open attempt, else those that one begun now
    would have."""
    used = len(rules.counted(head.attempts))
    left = scores.attempts_left(head.attempts_limit, used)
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
        attempts_used=used,
        attempts_left=left,
        cooldown_in_hours=head.cooldown_in_hours,
        standing=rules.standing(
            head.attempts, head.attempts_limit, head.cooldown_in_hours, head.now, questions=head.has_questions
        ),
        opens_at=opens_at(head, left),
        now=head.now,
        open_attempt=None if now_open is None else now_open.id,
        open_answered=0
        if now_open is None
        else sum(not answer_of(now_open.id, one.question, one.rows).is_empty for one in asked),
        best_score=rules.best_score(head.attempts),
        is_passed=rules.is_passed(head.attempts),
        attempts=head.attempts,
        previous=head.previous,
        next=head.next,
        has_mentor=head.has_mentor,
    )


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
    return composed(head, row, [queries.asked(question) for question in questions], queries.progress(progress[0]))


def composed(
    head: queries.Head, row: queries.Attempt, asked: Sequence[queries.Asked], progress: LessonProgress
) -> wire.Result:
    """Return the result of the submitted attempt `row`, which stands among those of `head`; `asked` are graded."""
    assert row.completed_at is not None and row.score is not None  # noqa: S101, PT018 - submitted, the caller knows
    left = scores.attempts_left(head.attempts_limit, len(rules.counted(head.attempts)))
    reveals = scores.reveals(rules.is_passed(head.attempts), left)
    results = _results(row.id, asked, reveals=reveals)
    return wire.Result(
        attempt_id=row.id,
        lesson_id=row.lesson_id,
        course_id=head.course_id,
        course_title=head.course_title,
        chapter_title=head.chapter_title,
        title=head.title,
        number=rules.number(row.created_at, head.attempts),
        score=row.score,
        threshold=head.threshold,
        is_passed=row.is_passed,
        earned=sum(one.points_earned for one in results),
        possible=sum(one.points for one in results),
        completed_at=row.completed_at,
        attempts_limit=head.attempts_limit,
        attempts_left=left,
        opens_at=opens_at(head, left),
        now=head.now,
        reveals=reveals,
        questions=results,
        progress=progress,
        next=head.next,
        has_mentor=head.has_mentor,
    )


def judged(attempt_id: UUID, rows: Sequence[Sequence[Any]], *, reveals: bool) -> list[wire.QuestionResult]:
    """Return the questions of a submitted attempt, from the rows of QUESTIONS_OF_ATTEMPT."""
    return _results(attempt_id, [queries.asked(row) for row in rows], reveals=reveals)


def _results(attempt_id: UUID, asked: Sequence[queries.Asked], *, reveals: bool) -> list[wire.QuestionResult]:
    weights = grading.weights([one.question for one in asked])
    return [_question(attempt_id, one, weight, reveals) for one, weight in zip(asked, weights, strict=True)]


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
