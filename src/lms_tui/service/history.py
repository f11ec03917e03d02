"""Every attempt that a learner made at a quiz, and the change between two of them; nothing here writes."""

from collections.abc import Sequence

from lms_tui.db.queries import quizzes as queries
from lms_tui.rules import attempts as rules
from lms_tui.rules import scores
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.quizzes import check_quiz, judged
from lms_tui.wire import history as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.quizzes import AttemptLine, QuestionResult


async def history(ctx: Context, ask: wire.HistoryRequest) -> wire.History:
    """Return all attempts at a quiz, those set aside by a fresh start too.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`.
    """
    own = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    async with ctx.pools.reader.connection() as connection:
        found, aside = await queries.together(connection, (queries.HEAD_OF_LESSON, own), (queries.SET_ASIDE, own))
    head = check_quiz(found)
    names = AttemptLine.__struct_fields__
    lines = [*head.attempts, *(AttemptLine(**dict(zip(names, row, strict=True))) for row in aside)]
    lines.sort(key=lambda line: (line.started_at, line.id), reverse=True)
    return wire.History(
        lesson_id=head.lesson_id,
        course_id=head.course_id,
        course_title=head.course_title,
        chapter_title=head.chapter_title,
        title=head.title,
        threshold=head.threshold,
        attempts_limit=head.attempts_limit,
        attempts_left=scores.attempts_left(head.attempts_limit, len(rules.counted(head.attempts))),
        best_score=rules.best_score(head.attempts),
        is_passed=rules.is_passed(head.attempts),
        attempts=[_past(line, head.attempts) for line in lines],
    )


def _past(line: AttemptLine, lines: Sequence[AttemptLine]) -> wire.PastAttempt:
    """Return one attempt among all of them."""
    state = rules.past_state(line.completed_at, line.score)
    return wire.PastAttempt(
        id=line.id,
        state=state,
        number=None if state is wire.PastState.SET_ASIDE else rules.number(line.started_at, lines),
        started_at=line.started_at,
        completed_at=line.completed_at,
        seconds=rules.seconds_taken(line.started_at, line.completed_at),
        score=line.score,
        is_passed=line.is_passed,
    )


async def compare(ctx: Context, ask: wire.CompareRequest) -> wire.Comparison:
    """Return the change between two attempts that count, whichever is named first.

    Right answers are in it only where a result has them. Raises Fault `not_found` (also for an attempt that is open
    or set aside), `course_unavailable`, `enrol_first`, and `bad_request` for one attempt twice or two quizzes.
    """
    if ask.attempt_id == ask.other_id:
        raise Fault(Code.BAD_REQUEST, "This is one attempt named twice. Name two of the same quiz.")
    both = [{"user": ctx.caller.id, "attempt": attempt} for attempt in (ask.attempt_id, ask.other_id)]
    steps: list[queries.Step] = [(queries.HEAD_OF_ATTEMPT, both[0]), (queries.HEAD_OF_ATTEMPT, both[1])]
    steps += [(queries.QUESTIONS_OF_ATTEMPT, own) for own in both]
    async with ctx.pools.reader.connection() as connection:
        found, found_too, *asked = await queries.together(connection, *steps)
    head = check_quiz(found)
    if check_quiz(found_too).lesson_id != head.lesson_id:
        raise Fault(Code.BAD_REQUEST, "These two attempts are at different quizzes. Name two of the same.")
    by_id = {line.id: line for line in rules.counted(head.attempts)}
    if not by_id.keys() >= {ask.attempt_id, ask.other_id}:
        raise not_found("result")
    earlier, later = rules.in_order(by_id[ask.attempt_id], by_id[ask.other_id])
    reveals = scores.reveals(rules.is_passed(head.attempts), scores.attempts_left(head.attempts_limit, len(by_id)))
    sides = {
        attempt: {one.question.id: one for one in judged(attempt, rows, reveals=reveals)}
        for attempt, rows in zip((ask.attempt_id, ask.other_id), asked, strict=True)
    }
    then, now = sides[earlier.id], sides[later.id]
    return wire.Comparison(
        lesson_id=head.lesson_id,
        course_title=head.course_title,
        title=head.title,
        threshold=head.threshold,
        earlier=_past(earlier, head.attempts),
        later=_past(later, head.attempts),
        reveals=reveals,
        questions=[_compared(then.get(one), now.get(one)) for one in rules.asked_in_either(list(now), list(then))],
    )


def _compared(then: QuestionResult | None, now: QuestionResult | None) -> wire.ComparedQuestion:
    """Return one question in both attempts."""
    change = rules.change(None if then is None else then.is_correct, None if now is None else now.is_correct)
    return wire.ComparedQuestion(change=change, earlier=then, later=now)
