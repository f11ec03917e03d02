"""Preview: a course as a learner would meet it, read by the learner's own statements and rules, and nothing stored.

The statements are bound to a person that there is not, so that what is stored for the caller as a learner has no part
in it. Every connection is a reader's. Each use case raises Fault `not_found` for everybody but the course's author,
while they have the rights of staff, and admins: the same as for a course that there is not.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import catalog, learning, quizzes
from lms_tui.db.queries import preview as queries
from lms_tui.rules import grading
from lms_tui.rules.answers import rows_of
from lms_tui.rules.grading import UnfitAnswerError, fitted
from lms_tui.rules.progress import chapter_complete, course_complete
from lms_tui.service import attempts
from lms_tui.service import learning as lessons
from lms_tui.service import quizzes as quiz_pages
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import catalog as catalog_wire
from lms_tui.wire import preview as wire
from lms_tui.wire import quizzes as quizzes_wire
from lms_tui.wire.errors import Code
from lms_tui.wire.learning import Lesson, LessonProgress

_LEARNER: Final = UUID(int=0)
"""Nobody's id: a learner of whom nothing is stored."""


async def course(ctx: Context, ask: wire.CourseRequest) -> catalog_wire.Course:
    """Return a course as one sees it who has just enrolled."""
    async with ctx.pools.reader.connection() as connection:
        may, rows = await quizzes.together(
            connection,
            (queries.MAY_PREVIEW_COURSE, {**_caller(ctx), "course": ask.course_id}),
            (catalog.COURSE, {"user": _LEARNER, "course": ask.course_id}),
        )
    _check(ctx, may, rows, "course")
    found = msgspec.json.decode(rows[0][2], type=catalog_wire.Course)
    first = next((lesson.id for chapter in found.chapters for lesson in chapter.lessons), None)
    return msgspec.structs.replace(found, enrolled=True, may_read=True, resume_lesson=first)


async def lesson(ctx: Context, ask: wire.LessonRequest) -> Lesson:
    """Return a lesson as an enrolled learner reads it for the first time."""
    async with ctx.pools.reader.connection() as connection:
        may, rows = await quizzes.together(
            connection,
            (queries.MAY_PREVIEW_LESSON, {**_caller(ctx), "lesson": ask.lesson_id}),
            (learning.LESSON_ALONE, {"user": _LEARNER, "lesson": ask.lesson_id}),
        )
    _check(ctx, may, rows, "lesson")
    return lessons.told(ctx, rows[0], enrolled=True)


async def quiz(ctx: Context, ask: wire.LessonRequest) -> quizzes_wire.Quiz:
    """Return a quiz's start page before the first attempt."""
    async with ctx.pools.reader.connection() as connection:
        head, asked = await _quiz(ctx, connection, ask.lesson_id)
    return quiz_pages.start_page(head, asked, None)


async def attempt(ctx: Context, ask: wire.AttemptRequest) -> quizzes_wire.Attempt:
    """Return the questions of a first attempt, in the order that its id makes. Raises Fault `no_questions` too."""
    async with ctx.pools.reader.connection() as connection:
        head, asked = await _quiz(ctx, connection, ask.lesson_id)
    if not asked:
        raise Fault(Code.NO_QUESTIONS, "This quiz has no questions yet.")
    row = quizzes.Attempt(ask.attempt_id, _LEARNER, ask.lesson_id, head.now, None, None, False)
    return attempts.laid_out(head, row, asked)


async def grade(ctx: Context, ask: wire.GradeRequest) -> quizzes_wire.Result:
    """Return the result of a first attempt with these answers, as its learner would see it, limits included.

    Raises Fault `quiz_changed` and `no_questions` as a submission does, and `bad_request` for an answer that its
    question cannot take.
    """
    async with ctx.pools.reader.connection() as connection:
        head, asked = await _quiz(ctx, connection, ask.lesson_id)
        (around,) = await quizzes.together(connection, (queries.LESSONS_AROUND, {"lesson": ask.lesson_id}))
    attempts.check_questions(asked, ask.questions)
    answers = {}
    for one in asked:
        try:
            answers[one.question.id] = fitted(one.question, ask.answers.get(one.question.id, quizzes_wire.Answer()))
        except UnfitAnswerError as error:
            raise Fault(Code.BAD_REQUEST, str(error)) from error
    graded = grading.grade([one.question for one in asked], answers, head.threshold)
    judged = []
    for one in asked:
        verdict = graded.verdicts[one.question.id]
        rows = tuple(rows_of(ask.attempt_id, one.question, answers[one.question.id]))
        judged.append(replace(one, rows=rows, is_correct=verdict.is_correct, earned=verdict.earned))
    row = quizzes.Attempt(ask.attempt_id, _LEARNER, ask.lesson_id, head.now, head.now, graded.score, graded.is_passed)
    line = quizzes_wire.AttemptLine(
        id=row.id, started_at=head.now, completed_at=head.now, score=graded.score, is_passed=graded.is_passed
    )
    done = {*ask.completed, *([ask.lesson_id] if graded.is_passed else [])}
    return quiz_pages.composed(
        replace(head, attempts=[line]), row, judged, _progress(ask.lesson_id, around, done, head.now)
    )


async def answers(ctx: Context, ask: wire.LessonRequest) -> wire.RightAnswers:
    """Return the right answers of a quiz."""
    async with ctx.pools.reader.connection() as connection:
        _, asked = await _quiz(ctx, connection, ask.lesson_id)
    return wire.RightAnswers(
        answers=[
            wire.RightAnswer(
                question_id=one.question.id,
                correct=grading.right_answer(one.question),
                accepted=[[grading.readable(text) for text in group] for group in one.question.accepted],
                is_gradable=one.question.is_gradable,
            )
            for one in asked
        ]
    )


def _caller(ctx: Context) -> dict[str, object]:
    return {"user": ctx.caller.id, "admin": ctx.caller.is_admin}


def _check(ctx: Context, may: quizzes.Rows, found: quizzes.Rows, what: str) -> None:
    """Raise Fault `not_found` where there is no such thing, or the caller may not preview it."""
    if not may or not may[0][0] or not found or not ctx.caller.is_staff:
        raise not_found(what)


async def _quiz(ctx: Context, connection: AsyncConnection, lesson_id: UUID) -> tuple[quizzes.Head, list[quizzes.Asked]]:
    """Return a quiz and the questions that an attempt begun now would have. Raises Fault `not_found`."""
    own = {"user": _LEARNER, "lesson": lesson_id, "attempt": None}
    may, found, rows = await quizzes.together(
        connection,
        (queries.MAY_PREVIEW_LESSON, {**_caller(ctx), "lesson": lesson_id}),
        (quizzes.HEAD_OF_LESSON, own),
        (quizzes.QUESTIONS, own),
    )
    _check(ctx, may, found, "quiz")
    head = quizzes.head(found[0])
    if head.type != "quiz":
        raise not_found("quiz")
    return head, [quizzes.asked(row) for row in rows]


def _progress(lesson_id: UUID, around: Sequence[Sequence[UUID]], done: set[UUID], now: datetime) -> LessonProgress:
    """Return where a learner would stand who has done the lessons `done` of those `around`, each with its chapter."""
    chapters: dict[UUID, list[bool]] = {}
    for own, chapter in around:
        chapters.setdefault(chapter, []).append(own in done)
    here = next(chapter for own, chapter in around if own == lesson_id)
    completed = lesson_id in done
    return LessonProgress(
        id=_LEARNER,
        lesson_id=lesson_id,
        started=True,
        completed=completed,
        completed_at=now if completed else None,
        chapter_completed=chapter_complete(chapters[here]),
        course_completed=course_complete(chapters.values(), stands=False),
        completed_lessons=sum(own in done for own, _ in around),
        lessons=len(around),
    )
