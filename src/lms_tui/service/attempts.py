"""An attempt, from its start to its submission: everything that writes in a quiz (domain.md, Quizzes)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from psycopg import AsyncConnection

from lms_tui.db.queries import quizzes as queries
from lms_tui.rules import attempts as rules
from lms_tui.rules import grading, scores
from lms_tui.rules.answers import Row, answer_of, rows_of, verdict_rows
from lms_tui.rules.questions import shown
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.progress import check_lesson, record
from lms_tui.service.quizzes import check_quiz, read_result
from lms_tui.wire import quizzes as wire
from lms_tui.wire.errors import Code


async def start(ctx: Context, ask: wire.StartRequest) -> wire.Attempt:
    """Begin an attempt, or return the open one, whichever id was chosen; twenty terminals at once make one.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`; `no_questions`, `attempts_used_up`, `cooldown`
    with `opens_at`; `attempt_closed` or `id_taken` for an id that stands for something else of the caller's.
    """
    own = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    async with ctx.pools.writer.connection() as tx:
        _, taken, found = await queries.together(
            tx,
            (queries.TURN, own),
            (queries.ANYBODYS_ATTEMPT, {"attempt": ask.attempt_id}),
            (queries.HEAD_OF_LESSON, own),
        )
        head = check_quiz(found)
        if taken:
            _check_own(queries.Attempt(*taken[0]), ctx.caller.id, ask.lesson_id)
        attempt = _may_start(head)
        if attempt is None:
            attempt = ask.attempt_id
            if not (await queries.together(tx, (queries.ADD_ATTEMPT, {**own, "attempt": attempt})))[0]:
                raise not_found("attempt")  # somebody else's, made in this very moment
        return await _read(tx, ctx.caller.id, attempt)


def _check_own(taken: queries.Attempt, user: UUID, lesson: UUID) -> None:
    """Raise the fault for an id that cannot stand for a new attempt of `user` in `lesson`."""
    if taken.user_id != user:
        raise not_found("attempt")
    if taken.lesson_id != lesson:
        raise Fault(Code.ID_TAKEN, "This id stands for your attempt at another quiz. Choose a new one.")
    if taken.completed_at is not None:
        raise _closed(taken)


def _may_start(head: queries.Head) -> UUID | None:
    """Return the open attempt, None where a new one may begin; raise the fault where neither is."""
    limit, cooldown = head.attempts_limit, head.cooldown_in_hours
    match rules.standing(head.attempts, limit, cooldown, head.now, questions=head.has_questions):
        case wire.Standing.USED_UP:
            raise _used_up(head)
        case wire.Standing.NO_QUESTIONS:
            raise Fault(Code.NO_QUESTIONS, "This quiz has no questions yet.")
        case wire.Standing.COOLDOWN:
            at = rules.opens_at(head.attempts, cooldown, head.now)
            raise Fault(Code.COOLDOWN, f"The next attempt may start at {at:%Y-%m-%d %H:%M:%S %Z}.", opens_at=at)
        case _:
            found = rules.open_attempt(head.attempts)
            return None if found is None else found.id


def _used_up(head: queries.Head) -> Fault:
    return Fault(Code.ATTEMPTS_USED_UP, f"All {head.attempts_limit} attempts at this quiz are used up.")


def _closed(row: queries.Attempt) -> Fault:
    """Return the fault for an attempt that takes nothing any more: submitted, or set aside by a fresh start."""
    if rules.counts(row.completed_at, row.score):
        return Fault(Code.ATTEMPT_CLOSED, "This attempt is submitted already; its answers stand.")
    return Fault(Code.STALE, "Your instructor has given you a fresh start: this attempt does not count. Start again.")


async def attempt(ctx: Context, ask: wire.AttemptRequest) -> wire.Attempt:
    """Return an open attempt.

    Raises Fault `not_found`, `attempt_closed`, `stale` after a fresh start, `course_unavailable`, `enrol_first`.
    """
    async with ctx.pools.reader.connection() as connection:
        return await _read(connection, ctx.caller.id, ask.attempt_id)


async def _read(connection: AsyncConnection, user: UUID, attempt_id: UUID) -> wire.Attempt:
    own = {"user": user, "attempt": attempt_id}
    rows, found, questions = await queries.together(
        connection, (queries.ATTEMPT, own), (queries.HEAD_OF_ATTEMPT, own), (queries.QUESTIONS_OF_ATTEMPT, own)
    )
    if not rows:
        raise not_found("attempt")
    head, row = check_quiz(found), queries.Attempt(*rows[0])
    if row.completed_at is not None:
        raise _closed(row)
    return laid_out(head, row, [queries.asked(question) for question in questions])


def laid_out(head: queries.Head, row: queries.Attempt, asked: Sequence[queries.Asked]) -> wire.Attempt:
    """Return the open attempt `row` of the quiz `head` with its questions and what is answered."""
    weights = grading.weights([one.question for one in asked])
    return wire.Attempt(
        id=row.id,
        lesson_id=row.lesson_id,
        course_id=head.course_id,
        course_title=head.course_title,
        chapter_title=head.chapter_title,
        chapter_number=head.chapter_number,
        title=head.title,
        threshold=head.threshold,
        number=rules.number(row.created_at, head.attempts),
        attempts_limit=head.attempts_limit,
        started_at=row.created_at,
        questions=[shown(one.question, row.id, weight) for one, weight in zip(asked, weights, strict=True)],
        answers=[saved for one in asked if (saved := _saved(row.id, one)) is not None],
    )


def _saved(attempt_id: UUID, one: queries.Asked) -> wire.SavedAnswer | None:
    """Return the answer that stands, None where none was ever given."""
    if one.updated_at is None:
        return None
    answer = answer_of(attempt_id, one.question, one.rows)
    return wire.SavedAnswer(question_id=one.question.id, answer=answer, updated_at=one.updated_at)


async def answer(ctx: Context, ask: wire.AnswerRequest) -> wire.SavedAnswer:
    """Set the answer of one question, in two round trips; the reply is the same for right and wrong.

    The same content again is acknowledged as it stands. All rows of the question are replaced under the attempt's
    lock and carry one time, later than that of the answer before.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`, `attempt_closed` or `stale`, `bad_request` for an
    answer that the question cannot take, `quiz_changed` for a question that is no part of the attempt any more, and
    `answer_conflict` with `stored` where another answer stands than the one that `base` names.
    """
    own = {"user": ctx.caller.id, "attempt": ask.attempt_id, "question": ask.question_id}
    async with ctx.pools.writer.connection() as tx:
        locked, found = await queries.together(tx, (queries.LOCK_ATTEMPT_AND_ACCESS, own), (queries.QUESTION, own))
        if not locked:
            raise not_found("attempt")
        visible, enrolled, free = locked[0][7:]
        check_lesson(visible=visible, enrolled=enrolled, free=free, kind="quiz")
        if (held := queries.Attempt(*locked[0][:7])).completed_at is not None:
            raise _closed(held)
        if not found:
            raise not_found("question")
        *row, is_part, now = found[0]
        if not is_part:
            raise Fault(Code.QUIZ_CHANGED, "This question is no part of the quiz any more. Load the attempt again.")
        one = queries.asked(row)
        try:
            wanted = grading.fitted(one.question, ask.answer)
        except grading.UnfitAnswerError as error:
            raise Fault(Code.BAD_REQUEST, str(error)) from error
        stored = _saved(ask.attempt_id, one)
        match rules.setting(stored, wanted, ask.base):
            case rules.Setting.SAME if stored is not None:
                return stored
            case rules.Setting.CONFLICT:
                told = "This question was answered on another terminal meanwhile."
                raise Fault(Code.ANSWER_CONFLICT, told, stored=stored)
        at = rules.set_at(stored, now)
        await _replace(tx, own, at, rows_of(ask.attempt_id, one.question, wanted))
    return wire.SavedAnswer(question_id=ask.question_id, answer=wanted, updated_at=at)


async def _replace(tx: AsyncConnection, own: dict[str, UUID], at: datetime, rows: Sequence[Row]) -> None:
    """Put `rows` in the place of all that stand for the question, and commit."""
    new = {
        **own,
        "at": at,
        "ids": [row.id for row in rows],
        "options": [row.option for row in rows],
        "texts": [row.text for row in rows],
    }
    await queries.together(tx, (queries.CLEAR_ANSWER, own), (queries.SET_ANSWER, new), commit=True)


async def submit(ctx: Context, ask: wire.SubmitRequest) -> wire.Result:
    """Grade and close an attempt, with all that follows from it, in one transaction.

    Submitting again returns the stored result. Raises Fault `not_found`, `course_unavailable`, `enrol_first`,
    `quiz_changed` where other questions than those named are to be answered now, `no_questions` where none is left,
    `attempts_used_up` where the limit is reached by other attempts, and `stale` for one whose score an instructor
    has taken away.
    """
    user = ctx.caller.id
    own = {"user": user, "attempt": ask.attempt_id}
    async with ctx.pools.writer.connection() as tx:
        _, locked, found, questions = await queries.together(
            tx,
            (queries.TURN_OF_ATTEMPT, own),
            (queries.LOCK_ATTEMPT, own),
            (queries.HEAD_OF_ATTEMPT, own),
            (queries.QUESTIONS_OF_ATTEMPT, own),
        )
        if not locked:
            raise not_found("attempt")
        head, row = check_quiz(found), queries.Attempt(*locked[0])
        if row.completed_at is None:
            asked = [queries.asked(question) for question in questions]
            check_questions(asked, ask.questions)
            used = len(rules.counted(head.attempts))
            if scores.attempts_left(head.attempts_limit, used) == 0:
                raise _used_up(head)
            graded = await _close(tx, own, head, asked)
            await record(
                tx,
                user,
                row.lesson_id,
                row_id=uuid5(row.id, "progress"),
                seen=None,
                started=True,
                completed=graded.is_passed,
                quiz_passed=graded.is_passed,
                attempts=used + 1,
                at=head.now,
            )
        elif not rules.counts(row.completed_at, row.score):
            raise _closed(row)
        return await read_result(tx, user, ask.attempt_id)


def check_questions(asked: Sequence[queries.Asked], named: Sequence[UUID]) -> None:
    """Raise Fault `no_questions` where there are none, `quiz_changed` where others than those `named` are asked."""
    if not asked:
        raise Fault(Code.NO_QUESTIONS, "This quiz has no questions any more.")
    if not rules.same_questions((one.question.id for one in asked), named):
        raise Fault(Code.QUIZ_CHANGED, "The quiz has changed. Your answers are kept; look at its questions again.")


async def _close(
    tx: AsyncConnection, own: dict[str, UUID], head: queries.Head, asked: Sequence[queries.Asked]
) -> grading.Graded:
    """Grade `asked` and write it: a verdict on each row, a row for each unanswered question, the score."""
    attempt_id = own["attempt"]
    questions = [one.question for one in asked]
    answers = {one.question.id: answer_of(attempt_id, one.question, one.rows) for one in asked}
    graded = grading.grade(questions, answers, head.threshold)
    rows, rights, points = [], [], []
    for one in asked:
        verdict = graded.verdicts[one.question.id]
        for row, earned in verdict_rows(one.rows, verdict.earned):
            rows.append(row)
            rights.append(verdict.is_correct)
            points.append(earned)
    at = {"attempt": attempt_id, "at": head.now}
    await queries.together(
        tx,
        (queries.GRADE, {**at, "rows": rows, "rights": rights, "points": points}),
        (queries.ADD_UNANSWERED, {**at, "unanswered": [one.question.id for one in asked if not one.rows]}),
        (queries.CLOSE, {**at, "score": graded.score, "passed": graded.is_passed}),
    )
    return graded
