"""Practice: the questions of today's set, one after the other, each judged at once. Nothing of it is recorded."""

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError, NotFound
from lms_tui.client.practice import Practice, Verdict
from lms_tui.client.practice_spacing import Plan
from lms_tui.tui import glyphs
from lms_tui.tui.answer_words import answer_words
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.practice_words import NOTHING, back_words, kept_words, next_words
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.judged import SHOWN_IN_OPTIONS, notes_of
from lms_tui.tui.screens.practice_done import PracticeDoneScreen, Practised
from lms_tui.tui.screens.result import right_words
from lms_tui.tui.status import Status
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.question import AnswerChanged, QuestionView
from lms_tui.tui.widgets.question_lines import margin_of
from lms_tui.tui.widgets.question_sheet import QuestionSheet
from lms_tui.tui.widgets.quiz_head import Mark, QuizHead
from lms_tui.tui.words import dotted
from lms_tui.wire.practice import PracticeQuestion
from lms_tui.wire.quizzes import Answer, QuestionResult

_WHILE_ANSWERING = frozenset({"practice.check", "practice.give_up", "practice.leave_field"})
_WHILE_JUDGED = frozenset({"practice.next", "practice.down", "practice.up"})


class PracticeScreen(FramedScreen[None]):
    """Today's set. Whoever leaves in the middle keeps what was done; the rest is there when they come again."""

    DEFAULT_CSS = """
    PracticeScreen > QuestionSheet { height: auto; max-height: 1fr; display: none; }
    PracticeScreen > Panel { max-height: 40%; display: none; }
    PracticeScreen.-judged > QuestionView { display: none; }
    PracticeScreen.-judged > QuestionSheet, PracticeScreen.-judged > Panel { display: block; }
    PracticeScreen.-calm > QuestionSheet, PracticeScreen.-calm > Panel { display: none; }
    """
    SCREEN_COMMANDS = (
        Command("practice.check", "enter,ctrl+n", "check", "check", "Have your answer judged."),
        Command("practice.give_up", "x", "don't know", "give_up", "Say that you do not know; it counts as wrong."),
        Command("practice.next", "enter,n,right,l", "next", "next", "Go to the next question."),
        Command("practice.down", "down,j,pagedown,space", "scroll", "scroll(1)", "Read on.", shown=False),
        Command("practice.up", "up,k,pageup,b", "scroll", "scroll(-1)", "Read back.", shown=False),
        Command("practice.leave_field", "escape", "leave the field", "leave_field", "Leave the field: keys work."),
        Command("practice.leave", "escape", "leave (kept)", "leave", "Leave. What you have practised is kept."),
        BACK,
    )

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Practice")
        self._practice: Practice | None = None
        self._set: list[PracticeQuestion] = []
        self._done: list[Practised] = []
        """What was judged, in the order of the set: its length is the place of the question that is asked."""
        self._answer = Answer()
        self._checking = False
        self._head, self._view, self._sheet, self._verdict = QuizHead(), QuestionView(), QuestionSheet(), Panel()

    def body(self) -> ComposeResult:
        """Yield the marks, the question, and for a judged one its sheet and verdict."""
        yield self._head
        yield self._view
        yield self._sheet
        yield self._verdict

    @property
    def _is_judged(self) -> bool:
        return self.has_class("-judged")

    @property
    def _asked(self) -> PracticeQuestion | None:
        """The question that waits for an answer."""
        return self._set[len(self._done)] if len(self._done) < len(self._set) and not self._is_judged else None

    def allows(self, command: Command) -> bool:
        """Offer what belongs to a question that is asked, or to one that is judged."""
        if command.id in _WHILE_ANSWERING:
            typing = {"practice.give_up": False, "practice.leave_field": True}.get(command.id, self._view.is_typing)
            return self._asked is not None and not self._checking and typing == self._view.is_typing
        if command.id in _WHILE_JUDGED:
            return self._is_judged
        if command.id in {"practice.leave", "back"}:
            leaves_a_set = bool(self._set) and not self._failed
            typing = self._view.is_typing and not self._is_judged
            return not typing and leaves_a_set == (command.id == "practice.leave")
        return super().allows(command)

    def moving(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the question that is shown."""
        return () if self._asked is None else self._view.keys()

    def on_resize(self) -> None:
        """Put the verdict under the question."""
        self._verdict.styles.margin = (1, margin_of(self.size.width) - 1)

    @work(exclusive=True, group="practice")
    async def load(self) -> None:
        """Ask for today's set."""
        self.show_calm(f"Looking for what you got wrong{glyphs.ELLIPSIS}")
        try:
            practice = self._practice = await self.lms.practice()
            plan = await practice.plan(self.desk)
            self._set = await practice.questions(self.desk, plan.today) if plan.today else []
        except ClientError as error:
            self.show_error(error)
            return
        if note := practice.take_note():
            self.tell(note, "warning")
        if self._set:
            self._done = []
            self.show_body()
            await self._ask()
        else:
            self._show_nothing(practice, plan)

    # The learner's doing

    def on_answer_changed(self, event: AnswerChanged) -> None:
        """Note the answer; it goes when the learner asks for the verdict."""
        if self._asked is not None and event.question_id == self._asked.question.id:
            self._answer = event.answer

    def on_question_finished(self) -> None:
        """Have the answer judged."""
        self.action_check()

    def on_descendant_focus(self) -> None:
        """Show the keys that work here: in a field letters are text."""
        self.refresh_commands()

    def action_leave_field(self) -> None:
        """Leave a field, so that letters are keys again."""
        self._view.leave_fields()

    def action_check(self) -> None:
        """Have the answer judged, if there is one."""
        if self._asked is not None and self._answer.is_empty:
            esc = "esc, then " if self._view.is_typing else ""
            self.tell(f"Answer it first, or say with {esc}x that you do not know.")
        else:
            self._judge(self._answer)

    def action_give_up(self) -> None:
        """Have no answer judged: it is wrong, and the right one shows where it may."""
        self._judge(Answer())

    async def action_next(self) -> None:
        """Go to the next question, and behind the last to the summary."""
        self.remove_class("-judged")
        if len(self._done) < len(self._set):
            await self._ask()
        elif self._practice is not None:
            self.app.switch_screen(PracticeDoneScreen(self._done, self._practice.today, self._practice.kept_in))

    def action_leave(self) -> None:
        """Leave; all that was judged is kept already."""
        self.dismiss()

    def action_scroll(self, way: int) -> None:
        """Scroll the judged question."""
        self._sheet.action_move(way)

    @work(group="practice-check")
    async def _judge(self, answer: Answer) -> None:
        """Ask for the verdict on `answer`; without one nothing is judged and nothing changes."""
        each, practice = self._asked, self._practice
        if each is None or practice is None or self._checking:
            return
        self._checking = True
        try:
            verdict = await practice.check(self.desk, each, answer)
        except NotFound:
            await practice.skip(each.question.id, each.wrong_at)
            await self._leave_out(each)
        except ClientError as error:
            self.tell(f"{error.sentence} Nothing was judged: Enter tries again.", "warning")
        else:
            self._show_verdict(Practised(each, answer, verdict))
        finally:
            self._checking = False
            self.refresh_commands()

    async def _leave_out(self, each: PracticeQuestion) -> None:
        """Go on without a question that cannot be practised any more."""
        self._set.remove(each)
        self.tell("That question cannot be practised any more: its quiz or its course has changed.", "warning")
        if self._set and len(self._done) == len(self._set):
            await self.action_next()
        elif self._set:
            await self._ask()
        else:
            self.load()

    # Showing

    async def _ask(self) -> None:
        each = self._set[len(self._done)]
        self._answer = Answer()
        await self._view.set_question(each.question, self._answer)
        self._show_place(each)

    def _show_verdict(self, done: Practised) -> None:
        result = _as_result(done)
        self._done.append(done)
        self.add_class("-judged")
        self.set_focus(None)
        self._sheet.set_question(result.question, result.answer, notes=notes_of(result))
        today = self._practice.today if self._practice is not None else done.verdict.line.wrong_at.date()
        self._verdict.show(*_verdict_words(result, done.verdict, back_words(done.verdict.line, today)))
        self._show_place(done.asked)

    def _show_place(self, each: PracticeQuestion) -> None:
        here = len(self._done) - self._is_judged
        marks = [_mark(self._done, at, here) for at in range(len(self._set))]
        kept_in = self._practice.kept_in if self._practice is not None else None
        self._head.show(
            marks, here, "schedule kept on this machine" if kept_in is not None else "schedule kept until you leave"
        )
        self.set_path("Practice", each.course_title, each.lesson_title)
        self._show_status()
        self.refresh_commands()

    def _show_status(self) -> None:
        """Tell the place in the set, and of the app's status what is not as it should be: offline, waiting."""
        if not self._set:
            super()._show_status()
            return
        status = self.lms.status if self.lms.status.tone == "warning" else Status()
        at = min(len(self._done) + (not self._is_judged), len(self._set))
        self._top.set_status(dotted(f"question {at} of {len(self._set)}", status.text), status.tone)

    def _show_nothing(self, practice: Practice, plan: Plan) -> None:
        self.set_path("Practice")
        self.show_calm(NOTHING, f"{next_words(plan, practice.today)} {kept_words(practice.kept_in)}")


def _as_result(done: Practised) -> QuestionResult:
    """Return a judged question in the form in which results have it, so that it is shown alike."""
    question, checked = done.asked.question, done.verdict.checked
    return QuestionResult(
        question=question,
        answer=done.answer,
        is_correct=checked.is_correct,
        points_earned=question.points if checked.is_correct else 0,
        points=question.points,
        correct=checked.correct,
        accepted=checked.accepted,
    )


def _verdict_words(result: QuestionResult, verdict: Verdict, back: str) -> list[Paragraph]:
    """Return the verdict, answers that have no place among options, and when the question comes back."""
    word, tone = (f"{glyphs.DONE} right", "success") if result.is_correct else (f"{glyphs.WRONG} wrong", "error")
    said: list[Paragraph] = [(f"{word}, {back if back == 'learned' else f'comes back {back}'}", tone)]
    in_options = result.question.kind in SHOWN_IN_OPTIONS
    if not in_options or result.answer.is_empty:
        said.append((f"You: {answer_words(result.question, result.answer)}", "text"))
    if (right := right_words(result)) and not in_options:
        said.append((f"Right: {right}", "text"))
    if not result.is_correct and not verdict.checked.reveals:
        said.append(("The right answer shows once you have passed its quiz.", "muted"))
    if verdict.not_kept:
        said.append((verdict.not_kept, "warning"))
    return said


def _mark(done: list[Practised], at: int, here: int) -> Mark:
    """Return the mark of the question `at`: right, wrong, the one that is here, or to come."""
    if at < len(done):
        return (glyphs.DONE, "success") if done[at].verdict.checked.is_correct else (glyphs.WRONG, "error")
    return (glyphs.HERE, "accent") if at == here else (glyphs.OPEN, "muted")
