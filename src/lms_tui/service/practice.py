"""Practice: what a learner got wrong, shown again and judged at once. Nothing of it is stored (issue: part E).

Which quizzes may be practised is decided by `rules.practice.may_practise` in each of the three calls, so that one
that was given a limit or a new attempt meanwhile is closed at once. When a question comes back is the client's.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from lms_tui.db.queries import practice as queries
from lms_tui.rules import grading, scores
from lms_tui.rules.practice import is_practisable, order_seed
from lms_tui.rules.questions import shown
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import practice as wire
from lms_tui.wire.errors import Code

_BEFORE_ALL: Final = datetime(1, 1, 2, tzinfo=UTC)
_NO_ID: Final = UUID(int=0)


async def wrong(ctx: Context, ask: wire.WrongRequest) -> wire.WrongPage:
    """Return a page of what the caller got wrong and may practise, the oldest first, in one statement."""
    values = {
        "user": ctx.caller.id,
        "after": ask.after or _BEFORE_ALL,
        "after_id": ask.after_id or _NO_ID,
    }
    rows = [queries.wrong(row) for row in await ctx.pools.rows(queries.WRONG, values)]
    found = [
        wire.Wrong(question_id=question, wrong_at=standing.wrong_at)
        for standing, question, is_judged in rows
        if is_judged and standing.may_practise
    ]
    more = None
    if len(rows) == wire.PAGE:
        standing, question, _ = rows[-1]
        more = wire.Wrong(question_id=question, wrong_at=standing.wrong_at)
    return wire.WrongPage(wrong=found, more=more)


async def questions(ctx: Context, ask: wire.QuestionsRequest) -> wire.PracticeSet:
    """Return the questions as they are shown, in the order asked for, in one statement.

    Left out is what may not be practised now: right meanwhile, archived, somebody else's, of a course that was left
    or is not available, of a quiz that has a limit or cooldown now. Raises Fault `bad_request` for too many.
    """
    if len(ask.questions) > wire.MOST_QUESTIONS:
        raise Fault(Code.BAD_REQUEST, f"At most {wire.MOST_QUESTIONS} questions can be asked for at once.")
    found = {each.question.id: each for each in await _missed(ctx, ask.questions)}
    return wire.PracticeSet(
        questions=[
            wire.PracticeQuestion(
                question=shown(each.question, order_seed(each.attempt), grading.weights([each.question])[0]),
                course_id=each.course_id,
                course_title=each.course_title,
                lesson_id=each.lesson_id,
                lesson_title=each.lesson_title,
                wrong_at=each.standing.wrong_at,
            )
            for own in dict.fromkeys(ask.questions)
            if (each := found.get(own)) is not None
        ]
    )


async def check(ctx: Context, ask: wire.CheckRequest) -> wire.Checked:
    """Return the verdict on an answer, as its quiz would give it; an empty answer is wrong.

    The right answer is in it only where results show it too: on a quiz with attempts left that is not passed, only
    right or wrong. Raises Fault `not_found` for what may not be practised, `bad_request` for an answer that the
    question cannot take.
    """
    found = next(iter(await _missed(ctx, [ask.question_id])), None)
    if found is None:
        raise not_found("question to practise")
    question, standing = found.question, found.standing
    try:
        answer = grading.fitted(question, ask.answer)
    except grading.UnfitAnswerError as error:
        raise Fault(Code.BAD_REQUEST, str(error)) from error
    reveals = scores.reveals(standing.passed, scores.attempts_left(standing.limit, standing.used))
    return wire.Checked(
        question_id=question.id,
        is_correct=grading.is_right(question, answer),
        correct=grading.right_answer(question) if reveals else None,
        accepted=[[grading.readable(text) for text in group] for group in question.accepted] if reveals else [],
        reveals=reveals,
    )


async def _missed(ctx: Context, questions: Iterable[UUID]) -> list[queries.Missed]:
    """Return those of `questions` that the caller got wrong and may practise now."""
    values = {"user": ctx.caller.id, "questions": list(questions)}
    rows = [queries.missed(row) for row in await ctx.pools.rows(queries.QUESTIONS, values)]
    return [each for each in rows if each.standing.may_practise and is_practisable(each.question)]
