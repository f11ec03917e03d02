"""Practice: today's set of the questions that were got wrong, and what becomes of an answer.

What was wrong comes from the service each time; when a question comes back is kept on this machine
(`practice_file`), by the rules of `practice_spacing`.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import UUID

from lms_tui.client.errors import NotKept
from lms_tui.client.practice_file import PracticeFile
from lms_tui.client.practice_spacing import Due, Line, Plan, after_answer, line_now, plan, put_off
from lms_tui.wire import practice as wire
from lms_tui.wire.operation import Answered, Ask, Operation
from lms_tui.wire.practice import Checked, PracticeQuestion
from lms_tui.wire.quizzes import Answer

_log = logging.getLogger(__name__)
Done = TypeVar("Done")

FILE = "practice.sqlite"
"""The name of the file in the folder of the app's state."""


class Calls(Protocol):
    """The service, by `Api` or by the app that notes whether it was reached."""

    async def call(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask the service. Raises client.errors.ClientError."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer came to."""

    checked: Checked
    line: Line
    """When the question comes back."""
    not_kept: str
    """A sentence where this machine's disk did not take that; else ''."""


class Practice:
    """The practice of one person at one service.

    `file` None keeps the spacing for this run only, as on a kiosk. `today` tells the learner's day.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        service: str,
        user: UUID,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
    ) -> None:
        self._file = PracticeFile(file, (service, str(user)))
        self._today = today

    @property
    def kept_in(self) -> Path | None:
        """The file that the spacing is kept in; None: in memory."""
        return self._file.path

    @property
    def today(self) -> date:
        """The day that it is for the learner."""
        return self._today()

    def take_note(self) -> str:
        """Return once what the learner has to know of the file: that it was damaged and set aside; else ''."""
        aside = self._file.take_aside()
        return (
            f"The file of your practice was damaged. It is set aside as {aside}, and the days begin anew."
            if aside is not None
            else ""
        )

    async def plan(self, calls: Calls) -> Plan:
        """Return what there is to practise today. Raises ClientError, NotKept among them."""
        wrong: dict[UUID, datetime] = {}
        request = wire.WrongRequest()
        while True:
            page = await calls.call(wire.WRONG, request)
            wrong.update((each.question_id, each.wrong_at) for each in page.wrong)
            if page.more is None:
                break
            request = wire.WrongRequest(after=page.more.wrong_at, after_id=page.more.question_id)
        lines = await _on_disk(self._file.lines) if wrong else {}
        return plan(wrong, lines, self.today)

    async def questions(self, calls: Calls, due: tuple[Due, ...]) -> list[PracticeQuestion]:
        """Return the questions of a set. One that cannot be had is looked for again tomorrow. Raises ClientError."""
        asked = [each.question_id for each in due]
        found = (await calls.call(wire.QUESTIONS, wire.QuestionsRequest(questions=asked))).questions
        there = {each.question.id for each in found}
        for each in due:
            if each.question_id not in there:
                await self.skip(each.question_id, each.wrong_at)
        return found

    async def check(self, calls: Calls, question: PracticeQuestion, answer: Answer) -> Verdict:
        """Have an answer judged, and keep when the question comes back.

        Raises ClientError where there is no verdict; then nothing has changed.
        """
        own = question.question.id
        checked = await calls.call(wire.CHECK, wire.CheckRequest(question_id=own, answer=answer))
        today, right = self.today, checked.is_correct

        def judged(line: Line | None) -> Line:
            return after_answer(line_now(line, question.wrong_at), right=right, today=today)

        try:
            return Verdict(checked, await _on_disk(lambda: self._file.change(own, judged)), "")
        except NotKept as error:
            return Verdict(checked, judged(None), error.sentence)

    async def skip(self, question_id: UUID, wrong_at: datetime) -> None:
        """Leave a question out until tomorrow: it cannot be practised now."""
        today = self.today
        try:
            await _on_disk(
                lambda: self._file.change(question_id, lambda line: put_off(line_now(line, wrong_at), today=today))
            )
        except NotKept as error:
            _log.info("not put off: %s", error)


async def _on_disk(work: Callable[[], Done]) -> Done:
    return await asyncio.to_thread(work)
