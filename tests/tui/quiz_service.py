"""A service of one quiz in memory, and the app on it with the real outbox: what the tests of the quiz screens type at.

It keeps the rules that the screens depend on: the base of an answer, one open attempt, no answer after submission.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

import msgspec
from textual.pilot import Pilot

from lms_tui.client.api import Api
from lms_tui.client.errors import Refused, Unreachable
from lms_tui.client.outbox import Outbox
from lms_tui.client.practice import Practice
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import Backend
from lms_tui.tui.look import Look
from lms_tui.wire import history, learning, practice, quizzes
from lms_tui.wire.accounts import User
from lms_tui.wire.errors import STATUS, Code, Problem
from lms_tui.wire.operation import Operation, Reply, Request
from lms_tui.wire.quizzes import Answer, Kind, Option, Question, SavedAnswer, Standing

COURSE, LESSON, ATTEMPT, SOMEBODY = (UUID(int=number) for number in range(1, 5))
START = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
TITLES = {
    Kind.CHOOSE_ONE: "Which rows does a LEFT JOIN keep that an INNER JOIN drops?",
    Kind.CHOOSE_ALL: "Which of these are aggregates?",
    Kind.STATEMENTS: "Judge these statements about NULL.",
    Kind.BLANKS: "`SELECT ___ FROM book ___ BY title` sorts all columns.",
    Kind.SCALE: "How sure are you about joins?",
    Kind.TEXT: "Explain in your own words what a primary key is for.",
}
OPTIONS = {
    Kind.CHOOSE_ONE: (
        "rows of the right table without a partner",
        "rows of the left table without a partner",
        "both",
        "none",
    ),
    Kind.CHOOSE_ALL: ("`count(*)`", "`lower(title)`", "`max(year)`"),
    Kind.STATEMENTS: ("`NULL = NULL` is true", "`count(x)` passes over NULL", "`NULL IS NULL` is true"),
    Kind.SCALE: ("not at all", "somewhat", "quite", "fully"),
}


def question_of(kind: Kind) -> Question:
    """One question of each kind; the id of an option is made from the question's and its text."""
    it = uuid5(LESSON, kind)
    return Question(
        id=it,
        kind=kind,
        title=TITLES[kind],
        description="",
        points=2,
        options=[Option(id=uuid5(it, text), text=text) for text in OPTIONS.get(kind, ())],
        blanks=2 if kind is Kind.BLANKS else 0,
    )


def refusal(code: Code, detail: str, **extra: Any) -> Refused:
    """The service says no."""
    return Refused(Problem(status=STATUS[code], code=code, title=code, detail=detail, **extra))


@dataclass
class QuizService:
    """The service; tests look at `stored` and `asked`, and set the rest."""

    questions: list[Question] = field(default_factory=lambda: [question_of(kind) for kind in Kind])
    standing: Standing = Standing.READY
    opens_in: timedelta | None = None
    away: bool = False
    refuse: dict[str, Refused] = field(default_factory=dict)
    """What to say once, by the name of the operation."""
    stored: dict[UUID, SavedAnswer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    score: int = 82
    attempts_left: int | None = 1
    clock: int = 0
    wrong: list[Question] = field(default_factory=list)
    """What there is to practise."""
    reveals: bool = True

    async def call(self, operation: Operation[Any, Any], request: Request) -> Reply:
        """Answer as the service would."""
        if self.away:
            raise Unreachable("The service does not answer.")
        self.asked.append(request)
        if (refused := self.refuse.pop(operation.name, None)) is not None:
            raise refused
        made: dict[str, Callable[[Any], Reply]] = {
            learning.HOME.name: self._home,
            quizzes.QUIZ.name: self._quiz,
            quizzes.START.name: self._attempt,
            quizzes.ATTEMPT.name: self._attempt,
            quizzes.ANSWER.name: self._answer,
            quizzes.SUBMIT.name: self._result,
            quizzes.RESULT.name: self._result,
            practice.WRONG.name: self._wrong,
            practice.QUESTIONS.name: self._to_practise,
            practice.CHECK.name: self._check,
            history.HISTORY.name: self._history,
            history.COMPARE.name: self._compare,
        }
        return made[operation.name](request)

    def requests(self, kind: type[Request]) -> list[Any]:
        """The requests of a kind that arrived."""
        return [request for request in self.asked if type(request) is kind]

    def answered_elsewhere(self, at: int, answer: Answer) -> None:
        """Another terminal answers the question `at`."""
        self._store(self.questions[at].id, answer)

    def said(self, at: int) -> Answer | None:
        """The stored answer to the question `at`."""
        saved = self.stored.get(self.questions[at].id)
        return saved.answer if saved is not None else None

    def _store(self, question_id: UUID, answer: Answer) -> SavedAnswer:
        self.clock += 1
        saved = SavedAnswer(
            question_id=question_id, answer=answer, updated_at=START + timedelta(microseconds=self.clock)
        )
        self.stored[question_id] = saved
        return saved

    def _home(self, _request: Request) -> learning.Home:
        resume = learning.Resume(
            course_id=COURSE,
            course_title="Relational databases from the ground up",
            chapter_title="Joins",
            lesson_id=LESSON,
            lesson_title="Check yourself",
            lesson_type="quiz",
            attempt_id=ATTEMPT if self.stored else None,
        )
        return learning.Home(resume=resume, courses=[], catalog_courses=3, company=None)

    def _quiz(self, _request: Request) -> quizzes.Quiz:
        is_open = self.standing is Standing.OPEN
        done = quizzes.AttemptLine(
            id=UUID(int=9),
            started_at=START - timedelta(days=2),
            completed_at=START - timedelta(days=2),
            score=58,
            is_passed=False,
        )
        opened = quizzes.AttemptLine(id=ATTEMPT, started_at=START, completed_at=None, score=None, is_passed=False)
        return quizzes.Quiz(
            lesson_id=LESSON,
            course_id=COURSE,
            course_title="Relational databases from the ground up",
            chapter_title="Joins",
            chapter_number=4,
            title="Check yourself",
            text="Six questions about what **you** have just read with `read`.",
            format=learning.TextFormat.MARKDOWN,
            questions=len(self.questions),
            points=sum(question.points for question in self.questions),
            threshold=70,
            attempts_limit=3,
            attempts_used=1,
            attempts_left=2,
            cooldown_in_hours=24,
            standing=self.standing,
            opens_at=START + self.opens_in if self.opens_in is not None else None,
            now=START,
            open_attempt=ATTEMPT if is_open else None,
            open_answered=len(self.stored),
            best_score=58,
            is_passed=False,
            attempts=[opened, done] if is_open else [done],
            previous=None,
            next=learning.LessonRef(id=UUID(int=77), title="Subqueries", type="text"),
        )

    def _attempt(self, _request: Request) -> quizzes.Attempt:
        return quizzes.Attempt(
            id=ATTEMPT,
            lesson_id=LESSON,
            course_id=COURSE,
            course_title="Relational databases from the ground up",
            chapter_title="Joins",
            chapter_number=4,
            title="Check yourself",
            threshold=70,
            number=2,
            attempts_limit=3,
            started_at=START,
            questions=self.questions,
            answers=list(self.stored.values()),
        )

    def _answer(self, request: quizzes.AnswerRequest) -> SavedAnswer:
        stored = self.stored.get(request.question_id)
        if stored is not None and stored.answer == request.answer:
            return stored
        if stored is not None and stored.updated_at != request.base:
            raise refusal(Code.ANSWER_CONFLICT, "Another terminal answered this question meanwhile.", stored=stored)
        return self._store(request.question_id, request.answer)

    def _result(self, _request: Request) -> quizzes.Result:
        passed = self.score >= 70
        return quizzes.Result(
            attempt_id=ATTEMPT,
            lesson_id=LESSON,
            course_id=COURSE,
            course_title="Relational databases from the ground up",
            chapter_title="Joins",
            title="Check yourself",
            number=2,
            score=self.score,
            threshold=70,
            is_passed=passed,
            earned=self.score * 12 // 100,
            possible=12,
            completed_at=START,
            attempts_limit=3,
            attempts_left=self.attempts_left,
            opens_at=START + timedelta(hours=24) if not passed else None,
            now=START,
            reveals=passed,
            questions=[self._judged(question, reveals=passed) for question in self.questions],
            progress=learning.LessonProgress(
                id=UUID(int=5),
                lesson_id=LESSON,
                started=True,
                completed=passed,
                completed_at=START if passed else None,
                chapter_completed=passed,
                course_completed=False,
                completed_lessons=4,
                lessons=24,
            ),
            next=learning.LessonRef(id=UUID(int=77), title="Subqueries", type="text"),
        )

    def _wrong(self, _request: Request) -> practice.WrongPage:
        wrong = [practice.Wrong(question_id=question.id, wrong_at=START) for question in self.wrong]
        return practice.WrongPage(wrong=wrong, more=None)

    def _to_practise(self, request: practice.QuestionsRequest) -> practice.PracticeSet:
        return practice.PracticeSet(
            questions=[
                practice.PracticeQuestion(
                    question=question,
                    course_id=COURSE,
                    course_title="Relational databases from the ground up",
                    lesson_id=LESSON,
                    lesson_title="Check yourself",
                    wrong_at=START,
                )
                for question in self.wrong
                if question.id in request.questions
            ]
        )

    def _check(self, request: practice.CheckRequest) -> practice.Checked:
        question = next(one for one in self.wrong if one.id == request.question_id)
        right = _right(question)
        blanks = question.kind is Kind.BLANKS and self.reveals
        return practice.Checked(
            question_id=question.id,
            is_correct=request.answer == right,
            correct=right if self.reveals and not blanks else None,
            accepted=[["*"], ["ORDER", "order"]] if blanks else [],
            reveals=self.reveals,
        )

    def _history(self, _request: Request) -> history.History:
        past = [
            _past(4, None, self.standing is Standing.OPEN),
            _past(3, self.score),
            _past(2, 58),
            _past(None, None),
            _past(1, 25),
        ]
        return history.History(
            lesson_id=LESSON,
            course_id=COURSE,
            course_title="Relational databases from the ground up",
            chapter_title="Joins",
            title="Check yourself",
            threshold=70,
            attempts_limit=None,
            attempts_left=None,
            best_score=max(self.score, 58),
            is_passed=self.score >= 70,
            attempts=past if self.standing is Standing.OPEN else past[1:],
        )

    def _compare(self, _request: Request) -> history.Comparison:
        reveals = self.score >= 70
        later = [self._judged(question, reveals=reveals) for question in self.questions]
        earlier = [_answered_then(each, at) for at, each in enumerate(later)]
        return history.Comparison(
            lesson_id=LESSON,
            course_title="Relational databases from the ground up",
            title="Check yourself",
            threshold=70,
            earlier=_past(2, 58),
            later=_past(3, self.score),
            reveals=reveals,
            questions=[
                history.ComparedQuestion(
                    change=_change(then.is_correct, now.is_correct),
                    earlier=then,
                    later=now,
                )
                if now.question.kind is not Kind.SCALE
                else history.ComparedQuestion(change=history.Change.ONLY_LATER, earlier=None, later=now)
                for then, now in zip(earlier, later, strict=True)
            ],
        )

    def _judged(self, question: Question, *, reveals: bool) -> quizzes.QuestionResult:
        saved = self.stored.get(question.id)
        answer = saved.answer if saved is not None else Answer()
        right = _right(question)
        correct = right is not None and answer == right
        return quizzes.QuestionResult(
            question=question,
            answer=answer,
            is_correct=correct,
            points_earned=question.points if correct else 0,
            points=question.points,
            correct=right if reveals else None,
            accepted=[["*"], ["ORDER", "order"]] if reveals and question.kind is Kind.BLANKS else [],
        )


def _past(number: int | None, score: int | None, is_open: bool = False) -> history.PastAttempt:
    """An attempt of some days ago; without a score one that was set aside, or is open."""
    state = history.PastState.COUNTS if score is not None else history.PastState.SET_ASIDE
    begun = START - timedelta(days=8 - 2 * (number or 1))
    return history.PastAttempt(
        id=ATTEMPT if is_open else UUID(int=90 + (number or 0)),
        state=history.PastState.OPEN if is_open else state,
        number=number,
        started_at=begun,
        completed_at=None if is_open else begun + timedelta(minutes=7 + (number or 0)),
        seconds=None if is_open else 60 * (7 + (number or 0)),
        score=score,
        is_passed=(score or 0) >= 70,
    )


def _change(then: bool, now: bool) -> history.Change:
    return {
        (False, False): history.Change.STILL_WRONG,
        (False, True): history.Change.GAINED,
        (True, False): history.Change.LOST,
        (True, True): history.Change.STILL_RIGHT,
    }[then, now]


def _answered_then(each: quizzes.QuestionResult, at: int) -> quizzes.QuestionResult:
    """What an earlier attempt had for the question `at`: every second one answered by its first option or a word."""
    ids = [option.id for option in each.question.options]
    answers: dict[Kind, Answer] = {
        Kind.CHOOSE_ONE: Answer(chosen=ids[:1]),
        Kind.CHOOSE_ALL: _right(each.question) or Answer(),
        Kind.STATEMENTS: _right(each.question) or Answer(),
        Kind.BLANKS: Answer(blanks=["title", "SORT"]),
        Kind.SCALE: Answer(chosen=ids[1:2]),
    }
    return msgspec.structs.replace(
        each,
        answer=answers.get(each.question.kind, Answer()),
        is_correct=at in {1, 2},
        points_earned=each.points if at in {1, 2} else 0,
    )


def _right(question: Question) -> Answer | None:
    ids = [option.id for option in question.options]
    match question.kind:
        case Kind.CHOOSE_ONE:
            return Answer(chosen=[ids[1]])
        case Kind.CHOOSE_ALL:
            return Answer(chosen=[ids[0], ids[2]])
        case Kind.STATEMENTS:
            return Answer(marked={ids[0]: False, ids[1]: True, ids[2]: True})
        case Kind.BLANKS:
            return Answer(blanks=["*", "ORDER"])
        case _:
            return None


def practising(folder: Path) -> Practice:
    """The practice of somebody three days after they submitted."""
    return Practice(folder / "practice.sqlite", service="test", user=SOMEBODY, today=(START + timedelta(days=3)).date)


@asynccontextmanager
async def taking(
    service: QuizService, folder: Path, size: tuple[int, int] = (80, 24), look: Look | None = None
) -> AsyncIterator[tuple[LmsApp, Pilot[None], Outbox]]:
    """The app on `service`, at home, its outbox in `folder`; a second one there is a restart of the first."""
    outbox = Outbox(folder / "outbox.sqlite", cast("Api", service), service="test", user=SOMEBODY)

    async def connect(_tell: object, _ask_sign_in: object) -> Backend:
        await outbox.open()
        user = User(id=SOMEBODY, email="ada@example.org", first_name="Ada", last_name="L.", role="STUDENT")
        return Backend(
            api=cast("Api", service),
            outbox=outbox,
            user=user,
            close=outbox.close,
            practice=lambda: practising(folder),
        )

    app = LmsApp(connect, look or Look(), folder)
    async with app.run_test(size=size) as pilot:
        await app.backend()
        await app.workers.wait_for_complete()
        yield app, pilot, outbox


def screen_text(app: LmsApp) -> str:
    """What stands on the screen, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    assert len(strips) == height
    return "\n".join(strip.text[:width].rstrip() for strip in strips)


_SHORT = {
    "answers",
    "compare",
    "end",
    "history",
    "home",
    "outbox",
    "outbox-writes",
    "quiz",
    "quiz-start",
    "result",
    "review-load",
    "start",
}


async def settled(app: LmsApp, pilot: Pilot[None], outbox: Outbox) -> None:
    """Wait until nothing is on its way any more: keys, workers, writes."""
    for _ in range(3):
        await pilot.pause()
        short = [worker for worker in app.workers if worker.group in _SHORT]
        if short:  # of none it would wait for all, also for those that wait for a dialog
            await app.workers.wait_for_complete(short)
        await outbox.settled()
    await pilot.pause()
