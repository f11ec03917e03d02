"""The preview of a course: a desk at which the learner's screens ask by `wire.preview` and nothing is recorded.

What a learner's database, outbox and places would hold is kept here, in memory, while the preview lasts: attempts with
their answers, what was opened and done, where lessons were left, what was said with a mentor. The service keeps
nothing, it is given in each request what it needs. A call that the preview does not know is refused: no screen can
record anything from here.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID, uuid4

from msgspec.structs import replace

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError
from lms_tui.client.line import Sink
from lms_tui.tui.answer_words import right_words
from lms_tui.tui.commands import PREVIEW, PREVIEW_ANSWERS, PREVIEW_EDIT, Command
from lms_tui.tui.desk import Bar, Places
from lms_tui.tui.mentor_trying import MentorTrying
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.problem_tour import ProblemTour
from lms_tui.tui.reading import Reading, Tasks
from lms_tui.tui.source_editing import SourceEditing
from lms_tui.tui.widgets.preview_bar import PreviewBar, Said
from lms_tui.wire import catalog, files, learning, mentor, mentor_threads, preview, quizzes
from lms_tui.wire.errors import Problem
from lms_tui.wire.operation import Answered, Ask, Operation, Reply, Request, Told

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.screens.base import FramedScreen

_NO_ATTEMPT: Final = "There is no such attempt in this preview: attempts go with the preview that they are made in."
_NO_PART: Final = "This is no part of a preview: it would be recorded."
_LEARNERS: Final = {"course.enrol", "course.leave", "course.history", "quiz.history", "result.history"}
_MENTOR: Final = {"lesson.check", "mentor.check", "mentor.threads"}
_NOT_HERE: Final = frozenset(_LEARNERS | _MENTOR)
"""Commands of the learner's screens that have no meaning where nobody is enrolled and nothing is kept."""


class Preview:
    """The desk of one preview of one course."""

    notice = ("preview, nothing recorded", "warning")
    mentor_file = None
    commands: Sequence[Command] = PREVIEW

    def __init__(self, app: "LmsApp", course_id: UUID) -> None:
        """Preview the course for whoever is signed in; whether they may is the service's to decide."""
        self._app = app
        self.course_id = course_id
        self.places: Places = ReadingPlaces(None)
        self._tasks = Tasks()
        self._opened: set[UUID] = set()
        self._done: set[UUID] = set()
        self._attempts: dict[UUID, quizzes.Attempt] = {}
        self._results: dict[UUID, quizzes.Result] = {}
        self._answers: dict[UUID, dict[UUID, preview.RightAnswer]] = {}
        self._answers_shown = False
        self.tour = ProblemTour(app, course_id, self.lay_question)
        self.editing = SourceEditing(app, course_id, self._forget_course)
        self.drafts: dict[UUID, str] = {}
        self.taken_back: dict[UUID, list[UUID]] = {}
        self._listeners: list[Callable[[Delivered], None]] = []
        self._mentor = MentorTrying(app, self._delivered)
        self._calls: dict[str, Callable[[Any], Awaitable[Reply]]] = {
            catalog.COURSE.name: self._course,
            learning.LESSON.name: self._lesson,
            files.LESSON.name: self._files,
            quizzes.QUIZ.name: self._quiz,
            quizzes.START.name: self._start,
            quizzes.ATTEMPT.name: self._attempt,
            quizzes.SUBMIT.name: self._submit,
            quizzes.RESULT.name: self._result,
            mentor_threads.OPEN.name: self._mentor.open,
            mentor_threads.THREAD.name: self._mentor.earlier,
        }

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Answer what a learner's screen asks. Raises ClientError, also for what the preview does not know."""
        answer = self._calls.get(operation.name)
        if answer is None:
            raise ClientError(_NO_PART)
        return cast("Answered", await answer(request))

    async def events(self, operation: Operation[Ask, Told], request: Ask) -> AsyncGenerator[Told, None]:  # noqa: ARG002
        """Yield the answer of a mentor that is tried. Raises ClientError, also for what the preview does not know."""
        if not isinstance(request, mentor.AnswerRequest):
            raise ClientError(_NO_PART)
        async with aclosing(self._mentor.answer(request)) as coming:
            async for event in coming:
                yield cast("Told", event)

    async def fetch(self, link: str, into: Sink) -> None:
        """Get the file that a link of the service opens. Raises ClientError."""
        await (await self._app.backend()).api.fetch(link, into)

    async def keep(self, operation: Operation[Ask, Answered], request: Ask, label: str) -> None:  # noqa: ARG002
        """Take a write into memory as if the service had acknowledged it; what the preview does not know is gone.

        Raises ClientError for a submission, which only the service can grade: it would wait for ever.
        """
        match request:
            case quizzes.AnswerRequest():
                self._set_answer(operation, request)
            case learning.ProgressRequest():
                self._opened.add(request.lesson_id)
                if operation.name == learning.COMPLETE.name:
                    self._done.add(request.lesson_id)
            case mentor.AskRequest():
                self._mentor.ask(request)
            case quizzes.SubmitRequest():
                raise ClientError("A preview keeps nothing: submit again when the service is back.")
            case _:
                pass

    async def outbox(self) -> "Preview":
        """Return what follows writes: this itself."""
        return self

    def follow(self, listener: Callable[[Delivered], None]) -> Callable[[], None]:
        """Call `listener` for each answer; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def pending(self, operation: Operation[Ask, Answered]) -> Sequence[Ask]:  # noqa: ARG002
        """Return nothing: nothing waits."""
        return ()

    async def refused(self, operation: Operation[Ask, Answered]) -> Sequence[tuple[Ask, Problem]]:  # noqa: ARG002
        """Return nothing: nothing is refused."""
        return ()

    async def drop_questions(self, questions: Sequence[UUID]) -> None:
        """Drop nothing: the outbox is whose own it is."""

    def note_saved(self, at: datetime) -> None:
        """Say nothing: nothing is saved."""

    def read(self, lesson: learning.Lesson) -> Reading:
        """Begin reading a lesson, where it was left in this preview."""
        return Reading(str(lesson.id), lesson, self.places, self._app, self._tasks, None)

    def begin_studying(self, screen: object, course: UUID) -> None:
        """Count nothing: who looks at their own course does not study it."""

    def end_studying(self, screen: object) -> None:
        """Count nothing."""

    def allows(self, command: Command, screen: "FramedScreen[Any]") -> bool:
        """Allow what a learner can do in a course taken, and to see right answers where a question stands."""
        if command is PREVIEW_ANSWERS:
            return screen.question_here is not None
        if command is PREVIEW_EDIT:  # also where it only says why nothing can be edited
            return not self._app.kiosk and (screen.source_here is not None or screen is self.tour.outline)
        return command.id not in _NOT_HERE

    def bar(self) -> Bar:
        """Return the bar that says that nothing is recorded."""
        return PreviewBar(self._said, self._offers)

    def _offers(self, command: Command, screen: "FramedScreen[Any]") -> bool:
        """Tell whether the bar shows a command that is allowed."""
        return command is not PREVIEW_EDIT or self.editing.can(screen)

    # What the keys of the preview do

    async def do(self, what: str, screen: "FramedScreen[Any]") -> None:
        """Do what a key of the preview is for."""
        match what:
            case "answers":
                self._answers_shown = not self._answers_shown
                await self._look_at(screen)
            case "edit":  # not in the worker of these keys, which the next one ends
                self._app.run_worker(self.editing.edit(screen), group="preview-edit")
            case "problems":
                await self.tour.show_all(screen)
            case "next":
                await self.tour.step(1, screen)
            case "previous":
                await self.tour.step(-1, screen)
            case _:
                raise ValueError(what)

    async def lay_question(self, lesson_id: UUID, number: int) -> quizzes.Attempt:
        """Return an attempt at a quiz that opens at the question `number`, from 1; begun if none is open."""
        attempt = await self._start(quizzes.StartRequest(attempt_id=uuid4(), lesson_id=lesson_id))
        self.places.put(f"attempt:{attempt.id}:place", number)
        return attempt

    def _forget_course(self) -> None:
        """Ask anew for what may be another after an import; attempts stay, and ask for their questions again."""
        self._answers.clear()
        self.tour.forget()

    async def _look_at(self, screen: "FramedScreen[Any]") -> None:
        """Have the bar show the right answers of the question on `screen`, asking for them where they are not known."""
        question = screen.question_here
        if self._answers_shown and question is not None and self._right(question.id) is None:
            try:
                await self._learn_answers(question.id)
            except ClientError as error:
                screen.tell(error.sentence, "warning")
            self._answers_shown = self._right(question.id) is not None
        screen.refresh_commands()

    async def _learn_answers(self, question_id: UUID) -> None:
        for attempt in [*self._attempts.values()]:
            if any(question.id == question_id for question in attempt.questions):
                request = preview.LessonRequest(lesson_id=attempt.lesson_id)
                reply = await self._app.call(preview.ANSWERS, request)
                self._answers[attempt.lesson_id] = {one.question_id: one for one in reply.answers}

    def _right(self, question_id: UUID) -> preview.RightAnswer | None:
        return next((known[question_id] for known in self._answers.values() if question_id in known), None)

    def _said(self, screen: "FramedScreen[Any]") -> list[Said]:
        """Return what the bar says under its first line: the problem whose place this is, and the right answer."""
        return [*self.editing.said(screen), *self.tour.said(screen), *self._answer_said(screen)]

    def _answer_said(self, screen: "FramedScreen[Any]") -> list[Said]:
        question = screen.question_here
        if not self._answers_shown or question is None:
            return []
        right = self._right(question.id)
        if right is None:
            screen.run_worker(self._look_at(screen), group="preview-answers", exclusive=True)
            return []
        if not right.is_gradable:
            return [("No answer is right here: the question weighs nothing.", "error")]
        words = right_words(question, right.correct, right.accepted)
        return [(f"Right: {words}" if words else "Any answer earns the points.", "success")]

    # What a learner's screens ask

    async def _course(self, request: catalog.CourseRequest) -> Reply:
        course = await self._app.call(preview.COURSE, preview.CourseRequest(course_id=request.course_id))
        chapters = [
            replace(
                chapter,
                completed=bool(chapter.lessons) and all(lesson.id in self._done for lesson in chapter.lessons),
                lessons=[self._line(lesson) for lesson in chapter.lessons],
            )
            for chapter in course.chapters
        ]
        lessons = [lesson for chapter in chapters for lesson in chapter.lessons]
        resume = next((lesson.id for lesson in lessons if not lesson.completed), None)
        return replace(course, chapters=chapters, resume_lesson=resume)

    def _line(self, lesson: catalog.LessonLine) -> catalog.LessonLine:
        scores = [result.score for result in self._results.values() if result.lesson_id == lesson.id]
        done, opened = lesson.id in self._done, lesson.id in self._opened
        return replace(lesson, started=opened or done, completed=done, best_score=max(scores, default=None))

    async def _lesson(self, request: learning.LessonRequest) -> Reply:
        lesson = await self._app.call(preview.LESSON, preview.LessonRequest(lesson_id=request.lesson_id))
        return replace(lesson, started=lesson.id in self._opened, completed=lesson.id in self._done)

    async def _files(self, request: files.LessonFilesRequest) -> Reply:
        return await self._app.call(preview.FILES, preview.LessonRequest(lesson_id=request.lesson_id))

    async def _quiz(self, request: quizzes.QuizRequest) -> Reply:
        quiz = await self._app.call(preview.QUIZ, preview.LessonRequest(lesson_id=request.lesson_id))
        attempt = self._open_attempt(request.lesson_id)
        if attempt is None:
            return quiz
        line = quizzes.AttemptLine(
            id=attempt.id, started_at=attempt.started_at, completed_at=None, score=None, is_passed=False
        )
        return replace(
            quiz,
            standing=quizzes.Standing.OPEN,
            open_attempt=attempt.id,
            open_answered=sum(not saved.answer.is_empty for saved in attempt.answers),
            attempts=[line],
        )

    async def _start(self, request: quizzes.StartRequest) -> quizzes.Attempt:
        attempt = self._open_attempt(request.lesson_id)
        if attempt is None:
            self._opened.add(request.lesson_id)
            return await self._fetch(request.lesson_id, request.attempt_id)
        return await self._again(attempt)

    async def _attempt(self, request: quizzes.AttemptRequest) -> Reply:
        """Return the attempt with its questions as they are now: another set may be why it is asked for."""
        before = self._attempts.get(request.attempt_id)
        if before is None:
            raise ClientError(_NO_ATTEMPT)
        return await self._again(before)

    async def _again(self, before: quizzes.Attempt) -> quizzes.Attempt:
        attempt = await self._fetch(before.lesson_id, before.id)
        asked = {question.id for question in attempt.questions}
        kept = [saved for saved in before.answers if saved.question_id in asked]
        self._attempts[attempt.id] = attempt = replace(attempt, started_at=before.started_at, answers=kept)
        return attempt

    async def _fetch(self, lesson_id: UUID, attempt_id: UUID) -> quizzes.Attempt:
        request = preview.AttemptRequest(lesson_id=lesson_id, attempt_id=attempt_id)
        self._attempts[attempt_id] = attempt = await self._app.call(preview.ATTEMPT, request)
        return attempt

    async def _submit(self, request: quizzes.SubmitRequest) -> Reply:
        attempt = self._attempts.get(request.attempt_id)
        if attempt is None:
            raise ClientError(_NO_ATTEMPT)
        result = await self._app.call(
            preview.GRADE,
            preview.GradeRequest(
                lesson_id=attempt.lesson_id,
                attempt_id=attempt.id,
                questions=request.questions,
                answers={saved.question_id: saved.answer for saved in attempt.answers},
                completed=tuple(self._done),
            ),
        )
        self._results[attempt.id] = result
        if result.is_passed:
            self._done.add(attempt.lesson_id)
        return result

    async def _result(self, request: quizzes.AttemptRequest) -> Reply:
        result = self._results.get(request.attempt_id)
        if result is None:
            raise ClientError(_NO_ATTEMPT)
        return result

    def _open_attempt(self, lesson_id: UUID) -> quizzes.Attempt | None:
        found = (attempt for attempt in self._attempts.values() if attempt.lesson_id == lesson_id)
        return next((attempt for attempt in found if attempt.id not in self._results), None)

    def _set_answer(self, operation: Operation[Any, Any], request: Request) -> None:
        assert isinstance(request, quizzes.AnswerRequest)  # noqa: S101 - the caller has looked
        attempt = self._attempts[request.attempt_id]
        saved = quizzes.SavedAnswer(
            question_id=request.question_id, answer=request.answer, updated_at=datetime.now(UTC)
        )
        others = [one for one in attempt.answers if one.question_id != request.question_id]
        self._attempts[attempt.id] = replace(attempt, answers=[*others, saved])
        self._delivered(Delivered(operation, request, saved))

    def _delivered(self, delivered: Delivered) -> None:
        for listener in tuple(self._listeners):
            listener(delivered)
