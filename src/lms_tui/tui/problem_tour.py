"""From problem to problem of a course that is previewed: each is opened at its place, and said there in the bar."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lms_tui.client.errors import ClientError
from lms_tui.tui.problem_words import place_words
from lms_tui.tui.screens.opening import lesson_screen
from lms_tui.wire.lint import LINT, LintRequest, Problem
from lms_tui.wire.quizzes import Attempt

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.screens.base import FramedScreen
    from lms_tui.tui.screens.course import CourseScreen

LayQuestion = Callable[[UUID, int], Awaitable[Attempt]]
"""Gives an attempt at the quiz of a lesson that opens at a question, by its number from 1."""


class ProblemTour:
    """The problems of one course, and which of them is looked at."""

    def __init__(self, app: "LmsApp", course_id: UUID, lay_question: LayQuestion) -> None:
        """Begin nowhere."""
        self._app, self._course_id, self._lay_question = app, course_id, lay_question
        self.outline: CourseScreen | None = None
        """The first screen of the preview, over which places are opened, and where chapters are."""
        self.at: int | None = None
        """The problem that was looked at last, from 0."""
        self._problems: Sequence[Problem] | None = None
        self._place: FramedScreen[Any] | None = None

    async def show_all(self, screen: "FramedScreen[Any]") -> None:
        """Open the list of all problems over `screen`."""
        from lms_tui.tui.screens.problems import ProblemsScreen  # noqa: PLC0415 - imported when opened

        if isinstance(screen, ProblemsScreen):
            return
        if problems := await self._known(screen):
            await self._app.push_screen(ProblemsScreen(self, problems))

    async def step(self, way: int, screen: "FramedScreen[Any]") -> None:
        """Go to the next problem, or with -1 to the one before; behind the last comes the first."""
        if problems := await self._known(screen):
            first = 0 if way > 0 else len(problems) - 1
            await self.go_to(first if self.at is None else (self.at + way) % len(problems))

    async def go_to(self, at: int) -> None:
        """Open the place of the problem `at`, from 0, in the place of whatever stands over the outline.

        The outline's cursor goes to its lesson, or to the chapter where no lesson has it.
        """
        if self._problems is None or self.outline is None:
            return
        self.at, problem = at, self._problems[at]
        while self._app.screen is not self.outline:
            await self._app.pop_screen()
        self._place = self.outline
        self.outline.point_at(problem.chapter_id, problem.lesson_id)
        if problem.lesson_id is not None:
            try:
                self._place = await self._screen_of(problem, problem.lesson_id)
            except ClientError as error:
                self.outline.tell(error.sentence, "warning")
                return
            await self._app.push_screen(self._place)
        self._place.refresh_commands()

    def forget(self) -> None:
        """Ask anew for the problems when they are wanted next: the course is another now."""
        self._problems = None

    def said(self, screen: "FramedScreen[Any]") -> list[tuple[str, str]]:
        """Return what the bar says on `screen`: the problem, where this is its place."""
        if screen is not self._place or self._problems is None or self.at is None:
            return []
        problem = self._problems[self.at]
        number = f"Problem {self.at + 1} of {len(self._problems)}"
        return [(f"{number}, {place_words(problem)}: {problem.sentence}", "warning")]

    async def _known(self, screen: "FramedScreen[Any]") -> Sequence[Problem]:
        """Return the problems, asked for once; say on `screen` where there are none."""
        if self._problems is None:
            try:
                found = await self._app.call(LINT, LintRequest(course_id=self._course_id))
            except ClientError as error:
                screen.tell(error.sentence, "warning")
                return ()
            self._problems = found.problems
        if not self._problems:
            screen.tell("There is nothing to mend in this course.", "success")
        return self._problems

    async def _screen_of(self, problem: Problem, lesson_id: UUID) -> "FramedScreen[None]":
        """Return the screen that shows the place of a problem."""
        if problem.question is None:
            return lesson_screen(lesson_id, problem.lesson_type)
        from lms_tui.tui.screens.quiz import QuizScreen  # noqa: PLC0415 - imported when opened

        return QuizScreen(await self._lay_question(lesson_id, problem.question))
