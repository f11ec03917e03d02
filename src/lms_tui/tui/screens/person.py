"""One person, for administrators: who they are, their groups and courses, and all that can be done to them."""

from uuid import UUID

from textual import work
from textual.app import ComposeResult

from lms_tui.tui import glyphs, people_acts
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.people_words import called, full_name, moment, role_of
from lms_tui.tui.screens.acting import ActingScreen
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import count, dotted
from lms_tui.wire.people import PERSON, Enrolment, GroupName, Person, PersonRequest
from lms_tui.wire.text import clean_line

_ROLE = Command("person.role", "e", "role", "act('role')", "Give them another role; it asks first.")
_INVITE = Command("person.invite", "i", "invite", "act('invite')", "Invite them again, with a new code.")
_RESET = Command("person.reset", "p", "password", "act('reset')", "Give them a code for a new password.")
_JOIN = Command("person.join", "a", "to group", "act('join')", "Put them into a group.")
_PART = Command("person.part", "d", "out", "act('part')", "Take them out of the group under the cursor.")
_ENROL = Command("person.enrol", "n", "to course", "act('enrol')", "Let them into a course, also a priced one.")
_UNENROL = Command("person.unenrol", "d", "out", "act('unenrol')", "Take them out of the course under the cursor.")
_ARCHIVE = Command("person.archive", "x", "archive", "act('archive')", "Archive them; it says what that touches.")
_RESTORE = Command("person.restore", "u", "let in again", "act('restore')", "Let an archived person in again.")
_ERASE = Command(
    "person.erase", "X", "erase", "act('erase')", "Erase them, for ever; it says what goes and what stays.", shown=False
)
_COPY = Command("person.copy", "c", "copy code", "copy", "Copy the code to the clipboard.")


class PersonScreen(ActingScreen[Person | None, people_acts.Told]):
    """Its result is the person as they were seen last.

    An act begins only where the person stands on the screen and no other act is under way, so that what is typed ahead
    of a slow service is done once or not at all.
    """

    DEFAULT_CSS = """
    PersonScreen > Panel { margin: 1 1 0 0; max-height: 8; }
    PersonScreen > .code { display: none; border: round $accent; margin: 1 1 0 1; }
    PersonScreen.-told > .code { display: block; }
    PersonScreen > VirtualList { height: 1fr; margin-top: 1; }
    """
    AUTO_FOCUS = "VirtualList"
    SCREEN_COMMANDS = (_ROLE, _INVITE, _RESET, _JOIN, _ENROL, _PART, _UNENROL, _ARCHIVE, _RESTORE, _ERASE, _COPY, BACK)

    def __init__(self, person_id: UUID, name: str, told: people_acts.Told | None = None) -> None:
        """Make the page of a person, who is called `name` until it has loaded; `told` is a code to hand over."""
        super().__init__("Administration", "People", name)
        self._person_id, self._told = person_id, told
        self._person: Person | None = None
        self._rows: list[tuple[Row, GroupName | Enrolment | None]] = []
        self._about, self._code, self._list = Panel(), Panel(), VirtualList()
        self._code.add_class("code")

    def body(self) -> ComposeResult:
        """Yield who it is, the code that was made just now, and groups and courses."""
        yield self._about
        yield self._code
        yield self._list

    def allows(self, command: Command) -> bool:
        """Offer what can be done to them as they stand, one thing at a time."""
        person = self._person
        if command is BACK:
            return super().allows(command)
        if command is _COPY:
            return self._told is not None and self._told.code is not None
        if command not in self.SCREEN_COMMANDS:
            return super().allows(command)
        if person is None or self.acting or self._failed:
            return False
        return {
            _ROLE: not person.archived,
            _INVITE: not person.archived and not person.has_come,
            _RESET: not person.archived and person.has_come,
            _JOIN: True,
            _PART: isinstance(self._here, GroupName),
            _ENROL: not person.archived,
            _UNENROL: isinstance(self._here, Enrolment),
            _ARCHIVE: not person.archived,
            _RESTORE: person.archived,
            _ERASE: True,
        }[command]

    @property
    def _here(self) -> GroupName | Enrolment | None:
        """The group or the course under the cursor."""
        cursor = self._list.cursor
        return self._rows[cursor][1] if 0 <= cursor < len(self._rows) else None

    def on_mount(self) -> None:
        """Follow the cursor, and show the code that there is."""
        self.watch(self._list, "cursor", self.refresh_commands, init=False)
        if self._told is not None:
            self.tell_done(self._told)

    @work(exclusive=True, group="person")
    async def load(self) -> None:
        """Ask for the person."""
        ask = PersonRequest(who=str(self._person_id))
        person = await self.fetch(PERSON, ask, "" if self._person else "Opening…")
        if person is not None:
            self._person = person
            self.set_path("Administration", "People", called(person))
            self._about.show(*_about(person))
            self._rows = _rows(person)
            self._list.set_rows([row for row, _ in self._rows], cursor=max(0, self._list.cursor))
            self.refresh_commands()

    def action_act(self, name: str) -> None:
        """Begin an act on the person, and the group or course, who stand here now."""
        if (person := self._person) is not None:
            act, here = people_acts.ACTS[name], self._here
            self.begin(lambda: act(self, person, here))

    def tell_done(self, done: people_acts.Told) -> None:
        """Tell what was done; a code stands there until the page is left."""
        if done.code is None or done.expires_at is None:
            self.tell(done.sentence, "success")
            return
        self._told = done
        self._code.show(
            (done.sentence, "text"),
            (done.code, "strong"),
            (f"It works once, until {moment(done.expires_at)}, with: lms-tui {done.command}, or in the app", "muted"),
            ("Hand it over now: it is shown nowhere again.", "muted"),
        )
        self.add_class("-told")
        self.refresh_commands()

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open how they fare in the course."""
        under = self._rows[event.index][1]
        if isinstance(under, Enrolment) and (person := self._person) is not None:
            from lms_tui.tui.screens.course_learner import CourseLearnerScreen  # noqa: PLC0415 - when opened

            self.app.push_screen(CourseLearnerScreen(under.course_id, under.title, person.id, called(person)))

    def action_copy(self) -> None:
        """Copy the code."""
        if self._told is not None and self._told.code is not None:
            self.app.copy_to_clipboard(self._told.code)
            self.tell("The code is copied, if your terminal allows it.")

    async def action_back(self) -> None:
        """Go back, with what is known of them now."""
        self.dismiss(self._person)


def _about(person: Person) -> tuple[Paragraph, ...]:
    """Return who it is and where they stand."""
    tone, state = _state(person)
    seen = f"learning last {moment(person.last_activity)}" if person.last_activity is not None else "has not learned"
    since = f"here since {moment(person.created_at)}" if person.created_at is not None else ""
    last = "The last administrator who can sign in: role and archiving are refused."
    return (
        (clean_line(full_name(person)) or "No name yet", "strong"),
        (dotted(person.email, role_of(person.role)), "text"),
        (state, tone),
        (
            dotted(
                since,
                seen,
                f"author of {count(person.teaches, 'course')}" if person.teaches else "",
                count(person.open_attempts, "open attempt") if person.open_attempts else "",
            ),
            "muted",
        ),
        *([(last, "warning")] if person.only_admin else []),
    )


def _state(person: Person) -> tuple[str, str]:
    """Return in words whether they can come in, and the colour of it."""
    invitation = person.invitation
    if person.archived:
        return "muted", f"{glyphs.WRONG} archived: cannot sign in"
    if person.has_come:
        return "success", f"{glyphs.DONE} has come"
    if invitation is None:
        return "warning", f"{glyphs.OPEN} has no password, and no invitation is open"
    reminded = f", reminded {count(invitation.reminders, 'time')}" if invitation.reminders else ""
    return "warning", f"{glyphs.WAITING} invited, has not come; the code ends {moment(invitation.expires_at)}{reminded}"


def _rows(person: Person) -> list[tuple[Row, GroupName | Enrolment | None]]:
    """Return the rows of groups and courses, each with what it is of."""
    rows: list[tuple[Row, GroupName | Enrolment | None]] = []
    rows.append((Row("Groups" if person.groups else "In no group", heading=True), None))
    rows += [(Row(group.name, indent=1), group) for group in person.groups]
    rows.append((Row("", heading=True), None))
    rows.append((Row("Courses" if person.enrolments else "Takes no course", heading=True), None))
    for one in person.enrolments:
        done = one.completed_lessons / one.lessons if one.lessons else 0.0
        rows.append((Row(one.title, progress=done, indent=1), one))
    return rows
