"""The mentor of a lesson: the conversation, and where a question is typed; beside the lesson on a wide screen."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key

from lms_tui.tui import glyphs
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.mentor_words import OFFLINE, standing
from lms_tui.tui.screens.mentor_opening import MentorOpening
from lms_tui.tui.screens.quote_passage import choose_passage
from lms_tui.tui.talk import State, questions_of
from lms_tui.tui.text.parse import TextFormat
from lms_tui.tui.text.place import Place
from lms_tui.tui.widgets.lesson_text import LessonText
from lms_tui.tui.widgets.question_box import QuestionBox
from lms_tui.tui.widgets.talk_line import TalkLine
from lms_tui.wire import mentor

_SEND = Command("mentor.send", "enter", "send", "send", "Send the question.")
_NEW_LINE = Command(
    "mentor.new_line", "ctrl+j,alt+enter", "new line", "new_line", "Begin a new line in the question.", shown=False
)
_STOP = Command("mentor.stop", "escape", "stop", "stop", "Stop the answer; what has come stays.")
_LEAVE_EDITING = Command(
    "mentor.leave_editing", "escape", "leave it", "leave_editing", "Leave the question that is edited as it was."
)
_AGAIN = Command("mentor.again", "r,ctrl+r", "answer again", "again", "Have the last question answered again.")
_EDIT = Command("mentor.edit", "e,f4", "edit", "edit", "Edit your last question, and ask it anew.")
_QUOTE = Command("mentor.quote", "q,ctrl+o", "quote", "quote", "Quote a passage of the lesson in your question.")
_THREADS = Command(
    "mentor.threads", "t,ctrl+t", "conversations", "threads", "Show your conversations: read, name, begin a new one."
)
_CHECK = Command("mentor.check", "c,f8", "done?", "check", "Ask the mentor whether you are done with the lesson.")
_ABOUT = Command("mentor.about", "w,f5", "what it sees", "about", "Show what the mentor is told, and who reads along.")
_NEARLY: Final = 0.8
"""The part of the limit from which on it is said how long a question is."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The lesson as its screen shows it: to stand beside the mentor, and to be quoted."""

    text: str
    format: TextFormat
    place: Place


class MentorScreen(MentorOpening[Place | None]):
    """The mentor of one lesson. Its result is where one has read on in the lesson beside it, None: nowhere."""

    DEFAULT_CSS = """
    MentorScreen > Horizontal { height: 1fr; margin-top: 1; }
    MentorScreen LessonText { width: 1fr; display: none; }
    MentorScreen.-wide.-beside LessonText { display: block; }
    MentorScreen.-wide.-beside Vertical { border-left: solid $panel; }
    MentorScreen Vertical { width: 1fr; }
    MentorScreen Conversation { height: 1fr; }
    MentorScreen Panel { padding: 0 2; max-height: 60%; margin-bottom: 1; }
    """
    SCREEN_COMMANDS = (_LEAVE_EDITING, _STOP, _SEND, _NEW_LINE, _AGAIN, _EDIT, _QUOTE, _CHECK, _THREADS, _ABOUT, BACK)

    def __init__(
        self, lesson_id: UUID, beside: Beside | None = None, quote: str = "", takes: mentor.AskRequest | None = None
    ) -> None:
        """Open the mentor of a lesson; `quote` is put before what is typed, `takes` was refused and is taken back."""
        super().__init__(lesson_id)
        self._beside, self._quote, self._takes = beside, quote, takes
        self._editing: UUID | None = None
        self._set_aside = ""
        """What was typed before a question was taken back."""
        self._taken: list[UUID] = []
        """The refused questions that stand where one types; they lie in the outbox until that is asked."""
        self._lesson, self._line = LessonText(), TalkLine()

    def body(self) -> ComposeResult:
        """Yield the lesson, and beside it the conversation over the question."""
        with Horizontal():
            yield self._lesson
            with Vertical():
                yield self._about
                yield self._view
                yield self._line
                yield self._box

    def on_mount(self) -> None:
        """Show the lesson where it is read, and what was typed before."""
        self._about.display = False
        if self._beside is not None:
            self.add_class("-beside")
            self._lesson.set_document(self._beside.text, self._beside.format, place=self._beside.place)
        self._box.put(self.desk.drafts.pop(self._lesson_id, ""))
        self._taken = self.desk.taken_back.pop(self._lesson_id, [])
        if self._quote:
            self._box.insert_block(self._quote)
        if self._takes is not None:
            self._take_back(self._takes.message_id, self._takes.text)

    def on_unmount(self) -> None:
        """Keep what is typed for the next time, in this run."""
        self.desk.end_studying(self)
        typed = (self._box.draft.strip("\n"), self._set_aside.strip("\n") if self._editing is None else "")
        if draft := "\n\n".join(filter(None, typed)):
            self.desk.drafts[self._lesson_id] = draft
            self.desk.taken_back[self._lesson_id] = self._taken

    def allows(self, command: Command) -> bool:
        """Offer what can be done now."""
        if command.id.startswith("mentor.") and self.has_class("-calm"):
            return False
        is_ready, edits = self._state is State.READY, self._editing is not None
        has_text = self._beside is not None and bool(self._beside.text.strip())
        offered = {
            "back": not edits and not self._is_stoppable,
            "mentor.send": is_ready and self.may_ask,
            "mentor.new_line": self.may_ask,
            "mentor.stop": self._is_stoppable and not edits,
            "mentor.leave_editing": edits,
            "mentor.again": self.can_answer_again and self.may_ask and not edits and not self._offline,
            "mentor.edit": is_ready and self.may_ask and self._question is not None and not edits,
            "mentor.quote": has_text and self.may_ask,
            "mentor.check": is_ready and not edits and self._opened is not None and self._opened.can_check,
            "mentor.threads": self._opened is not None or self._offline,
            "mentor.about": self._opened is not None,
        }
        return offered[command.id] if command.id in offered else super().allows(command)

    @property
    def lesson_id(self) -> UUID:
        """Whose mentor this is."""
        return self._lesson_id

    @property
    def _is_stoppable(self) -> bool:
        return self._state in (State.ASKING, State.ANSWERING)

    def state_changed(self) -> None:
        """Say what goes on, and offer what can be done."""
        self._show_line()
        self.refresh_commands()

    def _show_line(self) -> None:
        below = self._view.lines_below
        sign = f"{below} more below {glyphs.SORT}" if below else ""
        length = len(self._box.text)
        if self._editing is not None:
            state = "You edit your last question: Enter asks it anew, the conversation goes on from there.", "accent"
        elif length > _NEARLY * mentor.QUESTION_LIMIT:
            state = f"{length:,} of {mentor.QUESTION_LIMIT:,} characters", "warning"
        elif self._offline:
            state = OFFLINE, "warning"
        else:
            state = standing(self._state, self._opened)
        self._line.show(*state, sign)

    # What is typed

    def on_key(self, event: Key) -> None:
        """Take what is typed while the mentor is being opened: a question begins so, and no letter of it is lost."""
        if event.character is not None and event.is_printable and self.is_opening:
            event.stop()
            event.prevent_default()
            self._box.type(event.character)

    def on_question_box_entered(self) -> None:
        """Send it."""
        self.action_send()

    def on_question_box_overflowed(self, event: QuestionBox.Overflowed) -> None:
        """Tell that it is too long."""
        limit = f"A question has {mentor.QUESTION_LIMIT:,} characters at most"
        self.tell(f"{limit}: {event.left_out:,} that were given are left out.", "warning")

    def on_text_area_changed(self) -> None:
        """Say how long it is where that is near the limit."""
        self._show_line()

    def on_conversation_moved(self) -> None:
        """Say how much is below."""
        self._show_line()

    def on_descendant_focus(self) -> None:
        """Show the keys of where one is."""
        self.refresh_commands()

    def action_send(self) -> None:
        """Ask what is typed; one question at a time."""
        text = self._box.text
        if not text.strip() or not self.may_ask:
            return
        if self._state is not State.READY:
            waits = self._state is State.WAITING
            self.tell("Your last question waits to be sent." if waits else "An answer is coming: esc stops it.")
            return
        edits, taken = self._editing, self._taken
        self._end_editing()
        self._about.display = False
        self._box.remember([*questions_of(self._messages), text])
        self.ask(text.strip("\n"), edits, taken)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self._box.focus()
        self._box.action_new_line()

    def action_stop(self) -> None:
        """Stop the answer."""
        self.stop()

    def action_again(self) -> None:
        """Ask for another answer."""
        self.have_answered()

    def action_edit(self) -> None:
        """Take the last question back to where one types; one that was not taken is a new one again."""
        question = self._question
        if question is None:
            return
        if question.refused:
            self._view.drop_from(question.turn)
            self._question = None
            self.load()  # another thread may be the active one, and then it goes there
            self._take_back(question.id, question.turn.text)
        else:
            self._editing, self._set_aside = question.id, self._box.draft
            self._box.put(question.turn.text)
        self._box.focus()
        self.state_changed()

    def take_back(self, refused: mentor.AskRequest) -> None:
        """Have a question that was refused where one types, as the outbox asks for it."""
        question = self._question
        if self._editing is not None:
            self.action_leave_editing()
        if question is not None and question.id == refused.message_id and question.refused:
            self.action_edit()
        else:
            self._take_back(refused.message_id, refused.text)

    def _take_back(self, question: UUID, text: str) -> None:
        """Have a refused question in the box; what was typed there comes back when it is asked."""
        if question in self._taken:
            return
        if self._taken:
            self._box.insert_block(text)
        else:
            self._set_aside = self._box.draft
            self._box.put(text)
        self._taken = [*self._taken, question]

    def action_leave_editing(self) -> None:
        """Leave the question as it was."""
        self._end_editing()
        self.state_changed()

    def _end_editing(self) -> None:
        """Have in the box what was typed before, if anything was."""
        self._editing, self._taken = None, []
        self._box.put(self._set_aside)
        self._set_aside = ""

    # Around it

    @work(exclusive=True, group="mentor-chooser")
    async def action_quote(self) -> None:
        """Choose a passage of the lesson, the one that is read first, and put it before what is typed."""
        if (beside := self._beside) is None:
            return
        place = self._lesson.place if self._lesson.display else beside.place
        if (quote := await choose_passage(self.app, beside.text, beside.format, place.block)) is not None:
            self._box.insert_block(quote)
            self._box.focus()

    def action_about(self) -> None:
        """Show what the mentor is told."""
        if self._opened is not None:
            from lms_tui.tui.screens.mentor_about import MentorAboutScreen  # noqa: PLC0415 - imported when opened

            self.app.push_screen(MentorAboutScreen(self._opened))

    def action_check(self) -> None:
        """Have the mentor check whether the lesson is done."""
        from lms_tui.tui.screens.mentor_check import MentorCheckScreen  # noqa: PLC0415 - imported when opened

        self.app.push_screen(MentorCheckScreen(self._lesson_id, begin=True, in_talk=True))

    @work(exclusive=True, group="mentor-chooser")
    async def action_threads(self) -> None:
        """Show the conversations; another one may be active then."""
        from lms_tui.tui.screens.mentor_threads import MentorThreadsScreen  # noqa: PLC0415 - imported when opened

        if await self.app.push_screen_wait(MentorThreadsScreen(self._lesson_id)):
            self.load()

    async def action_back(self) -> None:
        """Leave, and tell where one has read on in the lesson."""
        moved = self._beside is not None and self._lesson.display and self._lesson.place != self._beside.place
        self.dismiss(self._lesson.place if moved else None)
