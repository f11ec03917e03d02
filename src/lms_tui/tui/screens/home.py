"""Home: where to go on, my courses, and the way into the catalog."""

from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.tui import glyphs
from lms_tui.tui.commands import Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.opening import open_attempt, open_course, open_lesson
from lms_tui.tui.widgets.panel import Panel, Paragraph
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.tui.words import completed, count, dotted
from lms_tui.wire import learning
from lms_tui.wire.text import clean_line


class HomeScreen(FramedScreen[None]):
    """The first screen: one key goes on where the learner stopped."""

    DEFAULT_CSS = """
    HomeScreen > Panel { border: round $border; margin: 1 1 1 1; padding: 0 1; max-height: 6; }
    HomeScreen > VirtualList { height: 1fr; }
    """
    SCREEN_COMMANDS = (
        Command("home.continue", "c", "continue", "resume", "Go on where you stopped."),
        Command("home.browse", "slash", "catalog", "browse", "Look for a course in the catalog."),
        Command("home.teach", "m", "teach", "teach", "Show the courses that you teach, drafts too."),
        Command("home.practice", "w", "practice", "practise", "Practise what you got wrong, a few questions a day."),
        Command(
            "home.statistics", "s", "stats", "statistics", "Show how you fare: streak, time, scores.", personal=True
        ),
        Command(
            "home.account", "a", "account", "account", "Show your account: names, password, signing out.", personal=True
        ),
        Command(
            "home.administration", "A", "admin", "administration", "Run the school: people, and all that there is."
        ),
        Command("home.sign_out", "o", "sign out", "sign_out", "Sign out here. Nothing of yours stays."),
        Command("home.quit", "q", "quit", "app.quit", "Leave lms-tui. Everything is kept."),
    )

    def __init__(self) -> None:
        """Make the screen, calm from the start; it loads by itself."""
        super().__init__("lms-tui", "Home")
        self.set_class(True, "-calm", update=False)
        self._home: learning.Home | None = None
        self._due = 0
        """How many questions are to be practised today, as far as is known."""
        self._card, self._courses = Panel(), VirtualList(row_height=2)

    def body(self) -> ComposeResult:
        """Yield the place to go on, and my courses."""
        self._card.border_title = "Continue"
        yield self._card
        yield self._courses

    def allows(self, command: Command) -> bool:
        """Offer to go on only where there is something, and courses to teach only to those who make them."""
        if command.id == "home.continue":
            return self._home is not None and self._home.resume is not None
        if command.id == "home.practice":
            return self._home is not None and bool(self._home.courses)
        if command.id == "home.teach":
            return self._home is not None and self.lms.is_staff
        if command.id == "home.administration":
            return self._home is not None and self.lms.is_admin
        if command.id == "home.statistics":
            return self._home is not None
        if command.id == "home.account":
            return self.lms.reached is not None and not self.lms.kiosk
        if command.id == "home.sign_out":
            backend = self.lms.reached
            return self.lms.kiosk and backend is not None and backend.session is not None
        return super().allows(command)

    def on_mount(self) -> None:
        """Show what reaching the service is at, until home is there."""
        self.watch(self.app, "progress", self._show_progress)

    def on_screen_resume(self) -> None:
        """Load again when the learner comes back: something may have been done."""
        if self._home is not None:
            self.load()

    def delivered(self) -> None:
        """Load again: progress has been recorded."""
        if self._home is not None and self.is_current:
            self.load()

    @work(exclusive=True, group="home")
    async def load(self) -> None:
        """Ask where the learner stands."""
        home = await self.fetch(learning.HOME, learning.HomeRequest(), "" if self._home else self.lms.progress)
        if home is not None:
            self._home = home
            self._show(home)
            if self.lms.go_on:
                self.lms.go_on = False
                self.action_resume()
            if home.courses:
                self._count_practice()

    def what_to_do(self, error: ClientError) -> str:
        """Say to whom a start without the service belongs, and that nothing of theirs is lost."""
        name = clean_line(self.lms.first_name)
        if self._home is not None or not name or not isinstance(error, Unreachable):
            return super().what_to_do(error)
        return (
            f"You are here as {name}. Your courses come when the service is back: it is tried again by itself, at once"
            " by r. What waits to be sent is kept here, in the outbox (f3)."
        )

    @work(exclusive=True, group="practice")
    async def _count_practice(self) -> None:
        """Ask what there is to practise today, once home itself stands there; without an answer it says nothing."""
        try:
            due = len((await (await self.lms.practice()).plan(self.desk)).today)
        except ClientError:
            return
        if self._home is not None and due != self._due:
            browsing = self._courses.cursor == self._rows_before_catalog
            self._due = due
            self._show_rows(self._home)
            if browsing:
                self._courses.move_to(self._rows_before_catalog)

    def _show(self, home: learning.Home) -> None:
        self.set_path(home.company or "lms-tui", "Home")
        self._card.border_title = "Continue" if home.resume else "Welcome" if not home.courses else "Well done"
        self._card.show(*(_welcome() if self.lms.is_guest else _card(home, self.lms.first_name)))
        self._show_rows(home)
        self.refresh_commands()

    @property
    def _rows_before_catalog(self) -> int:
        return (len(self._home.courses) if self._home is not None else 0) + (self._due > 0)

    def _show_rows(self, home: learning.Home) -> None:
        rows = [_row(course) for course in home.courses]
        if self._due:
            words = f"Practice: {count(self._due, 'question')} you got wrong"
            rows.append(Row(words, detail="again today, judged at once, recorded nowhere", right="w", tone="accent"))
        rows.append(Row("Browse the catalog", detail=count(home.catalog_courses, "course"), right="/", tone="accent"))
        self._courses.set_rows(rows, cursor=max(0, self._courses.cursor))

    def _show_progress(self, sentence: str) -> None:
        if self._home is None and self.has_class("-calm") and not self._failed:
            self._calm.say(sentence)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Open the course, today's practice, or the catalog from the last row."""
        if self._home is not None and event.index < len(self._home.courses):
            open_course(self.lms, self._home.courses[event.index].id)
        elif event.index < self._rows_before_catalog:
            self.action_practise()
        else:
            self.action_browse()

    def action_resume(self) -> None:
        """Open the lesson or the attempt to go on with."""
        if self._home is not None and (resume := self._home.resume) is not None:
            if resume.attempt_id is not None:
                open_attempt(self.lms, resume.attempt_id)
            else:
                open_lesson(self.lms, resume.lesson_id, resume.lesson_type)

    def action_practise(self) -> None:
        """Open today's practice."""
        from lms_tui.tui.screens.practice import PracticeScreen  # noqa: PLC0415

        self.app.push_screen(PracticeScreen())

    def action_browse(self) -> None:
        """Open the catalog."""
        from lms_tui.tui.screens.catalog import CatalogScreen  # noqa: PLC0415

        self.app.push_screen(CatalogScreen(self._home.courses if self._home is not None else None))

    def action_statistics(self) -> None:
        """Open one's own statistics."""
        from lms_tui.tui.screens.statistics import StatisticsScreen  # noqa: PLC0415

        self.app.push_screen(StatisticsScreen())

    def action_account(self) -> None:
        """Open one's own account."""
        from lms_tui.tui.screens.account import AccountScreen  # noqa: PLC0415

        self.app.push_screen(AccountScreen())

    def action_administration(self) -> None:
        """Open the administrators' menu."""
        from lms_tui.tui.screens.administration import AdministrationScreen  # noqa: PLC0415

        self.app.push_screen(AdministrationScreen())

    def action_sign_out(self) -> None:
        """Sign out."""
        from lms_tui.tui.leaving import begin_to_sign_out  # noqa: PLC0415

        begin_to_sign_out(self.lms)

    def action_teach(self) -> None:
        """Open the courses that one teaches."""
        from lms_tui.tui.screens.teach import TeachScreen  # noqa: PLC0415

        self.app.push_screen(TeachScreen())


def _welcome() -> tuple[Paragraph, ...]:
    """Return what the card says to a guest."""
    from lms_tui.tui.guests import WELCOME  # noqa: PLC0415 - for guests alone

    return WELCOME


def _card(home: learning.Home, name: str) -> tuple[Paragraph, ...]:
    """Return what the card over the list says: where to go on, or what to do first."""
    if (resume := home.resume) is not None:
        doing = "An attempt is open" if resume.attempt_id is not None else "c opens it"
        return (
            (clean_line(resume.lesson_title), "strong"),
            (clean_line(f"{resume.course_title} {glyphs.PATH} {resume.chapter_title}"), "muted"),
            (f"{doing}: c goes on with it." if resume.attempt_id is not None else f"{doing}.", "accent"),
        )
    if home.courses:
        return (("Everything you took is done.", "strong"), ("The catalog has more: press /.", "muted"))
    return (
        (clean_line(f"Welcome, {name}.") if name else "Welcome.", "strong"),
        (
            "You have not taken a course yet. Press Enter to look through the catalog; e takes a course.",
            "muted",
        ),
    )


def _row(course: learning.MyCourse) -> Row:
    done = course.completed_lessons / course.lessons if course.lessons else 0.0
    return Row(
        course.title,
        detail=dotted(course.author, course.category, count(course.lessons, "lesson")),
        detail_right=_standing(course),
        progress=done,
        dimmed=not course.available,
    )


def _standing(course: learning.MyCourse) -> str:
    """Return how the course goes on, or that it is completed, and what has come since."""
    if course.completed_at is not None:
        return completed(course.new_lessons)
    if not course.available:
        return "not available now"
    return f"next: {course.next_lesson_title}" if course.next_lesson_title else ""
