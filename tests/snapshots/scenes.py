"""The pictures: which screen in which state, how to get there, and words by which one sees that one is there."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid5

from msgspec import structs
from textual.screen import Screen
from textual.widgets import TextArea

from lms_tui import places
from lms_tui.client.errors import SignInNeeded, Unreachable
from lms_tui.tui.screens.accept import AcceptScreen
from lms_tui.tui.screens.account import AccountScreen
from lms_tui.tui.screens.address import AddressScreen
from lms_tui.tui.screens.administration import AdministrationScreen
from lms_tui.tui.screens.asking import FillScreen
from lms_tui.tui.screens.catalog import CatalogScreen
from lms_tui.tui.screens.categories import CategoriesScreen
from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.compare import CompareScreen
from lms_tui.tui.screens.compared import ComparedScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.conflict import ConflictScreen
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.course_forms import HandOverScreen, LetInScreen, MoveScreen, PriceScreen
from lms_tui.tui.screens.course_learner import CourseLearnerScreen
from lms_tui.tui.screens.course_learners import CourseLearnersScreen
from lms_tui.tui.screens.course_mentor import CourseMentorScreen
from lms_tui.tui.screens.course_statistics import CourseStatisticsScreen, LessonsStatisticsScreen, Looking
from lms_tui.tui.screens.courses_statistics import CoursesStatisticsScreen
from lms_tui.tui.screens.enrol_person import EnrolPersonScreen
from lms_tui.tui.screens.erase import EraseScreen
from lms_tui.tui.screens.export import ExportScreen
from lms_tui.tui.screens.group import GroupScreen
from lms_tui.tui.screens.groups import GroupsScreen
from lms_tui.tui.screens.help import HelpScreen
from lms_tui.tui.screens.history import HistoryScreen
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.invite import InviteScreen
from lms_tui.tui.screens.join_groups import JoinGroupsScreen
from lms_tui.tui.screens.judged import JudgedScreen
from lms_tui.tui.screens.learner_mentor import LearnerCheckScreen, LearnerMentorScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.mentor import MentorScreen
from lms_tui.tui.screens.mentor_about import MentorAboutScreen
from lms_tui.tui.screens.mentor_check import MentorCheckScreen
from lms_tui.tui.screens.mentor_learners import MentorLearnersScreen
from lms_tui.tui.screens.mentor_thread import MentorThreadScreen
from lms_tui.tui.screens.mentor_threads import MentorThreadsScreen
from lms_tui.tui.screens.names import NamesScreen
from lms_tui.tui.screens.outbox import OutboxScreen
from lms_tui.tui.screens.overview import OverviewScreen
from lms_tui.tui.screens.palette import PaletteScreen
from lms_tui.tui.screens.password import PasswordScreen
from lms_tui.tui.screens.people import PeopleScreen
from lms_tui.tui.screens.person import PersonScreen
from lms_tui.tui.screens.picture import PictureScreen
from lms_tui.tui.screens.practice import PracticeScreen
from lms_tui.tui.screens.practice_done import PracticeDoneScreen
from lms_tui.tui.screens.problems import ProblemsScreen
from lms_tui.tui.screens.question_statistics import QuestionsStatisticsScreen, QuestionStatisticsScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.screens.reset import ResetScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.tui.screens.review import ReviewScreen
from lms_tui.tui.screens.settings import SettingsScreen
from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.screens.sso import SsoScreen
from lms_tui.tui.screens.statistics import StatisticsScreen
from lms_tui.tui.screens.teach import TeachScreen
from lms_tui.tui.screens.theme_picker import ThemePickerScreen
from lms_tui.tui.screens.transcript import TranscriptScreen
from lms_tui.tui.widgets.conversation import Conversation
from lms_tui.wire import (
    catalog,
    courses,
    joining,
    learning,
    mentor_check,
    mentor_threads,
    people,
    practice,
    preview,
    sso,
    statistics,
)
from lms_tui.wire.course_statistics import COURSE as REPORT
from lms_tui.wire.courses import ImportNote
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Reply
from lms_tui.wire.quizzes import SUBMIT, Answer, Kind, Standing, SubmitRequest
from tests.snapshots import tutor
from tests.snapshots.files import FAULTS, Files, editing
from tests.snapshots.school import FACTS, group, person
from tests.snapshots.shelf import ENROL_FIRST, FAULT, HTML_TEXT, NOT_FOUND, PICTURE_TEXT, Shelf
from tests.snapshots.stage import Stage
from tests.tui.door import refused
from tests.tui.quiz_service import ATTEMPT, COURSE, LESSON, START, question_of, refusal

Lead = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture. `prepare` runs before the app does, `lead` once it stands at home."""

    name: str
    screen: type[Screen[Any]]
    shows: str
    lead: Lead
    prepare: Callable[[Stage], None]
    kind: Kind | None = None
    """The kind of question it shows."""


SCENES: list[Scene] = []


def scene(
    name: str,
    screen: type[Screen[Any]],
    shows: str,
    prepare: Callable[[Stage], None] = lambda _stage: None,
    kind: Kind | None = None,
) -> Callable[[Lead], Lead]:
    """Make what is decorated the way to a picture."""

    def add(lead: Lead) -> Lead:
        SCENES.append(Scene(name, screen, shows, lead, prepare, kind))
        return lead

    return add


def answering(answers: dict[str, Any]) -> Callable[[Stage], None]:
    """Return what has the way in answer so."""
    return lambda stage: stage.door.answers.update(answers)


def on_service(**fields: Any) -> Callable[[Stage], None]:
    """Return what sets these fields of the service."""

    def prepare(stage: Stage) -> None:
        for field, value in fields.items():
            assert field in Shelf.__dataclass_fields__
            setattr(stage.service, field, value)

    return prepare


def answered(replies: dict[str, Any]) -> Callable[[Stage], None]:
    """Return what has the service answer otherwise than always."""
    return lambda stage: stage.service.told.update(replies)


def as_guest(stage: Stage) -> None:
    """Look around without signing in."""
    stage.guest, stage.service.enrolled, stage.service.lesson = True, False, {"enrolled": False}
    stage.service.cards = [
        structs.replace(card, enrolled=False, completed_lessons=0, completed_at=None) for card in stage.service.cards
    ]


# Home


def _starting(stage: Stage) -> None:
    stage.starting = "Making your database. This happens once…"


@scene("home", HomeScreen, "Continue")
@scene("home_loading", HomeScreen, "Making your database", _starting)
@scene("home_empty", HomeScreen, "Welcome, Ada.", on_service(newcomer=True))
@scene("home_guest", HomeScreen, "You are here as a guest", as_guest)
@scene("home_error", HomeScreen, "reference 5f2a91c0", on_service(broken={learning.HOME.name: FAULT}))
@scene("home_offline", HomeScreen, "offline", on_service(away=True))
@scene(
    "home_signed_out",
    HomeScreen,
    "You are not signed in.",
    on_service(broken={learning.HOME.name: SignInNeeded("You are not signed in.")}),
)
async def _home(stage: Stage) -> None:
    await stage.settle()


# The catalog


@scene("catalog", CatalogScreen, "The shell, slowly")
@scene("catalog_guest", CatalogScreen, "guest, f7 signs in", as_guest)
@scene("catalog_loading", CatalogScreen, "Opening the catalog", on_service(held=frozenset({catalog.COUNTS.name})))
@scene("catalog_empty", CatalogScreen, "There are no courses yet.", on_service(cards=[]))
@scene("catalog_error", CatalogScreen, "reference 5f2a91c0", on_service(broken={catalog.COUNTS.name: FAULT}))
async def _catalog(stage: Stage) -> None:
    await stage.push(CatalogScreen())


@scene("catalog_picture", CatalogScreen, "The shell, slowly", on_service(pictured=True))
async def _catalog_picture(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.pilot.pause(0.4)  # the cursor rests
    await stage.settle()


@scene("catalog_offline", CatalogScreen, "offline")
async def _catalog_offline(stage: Stage) -> None:
    stage.service.away = True
    await stage.push(CatalogScreen())


@scene("catalog_end", CatalogScreen, "12/12")
async def _catalog_end(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("end")


@scene("catalog_search", CatalogScreen, "1/2")
async def _catalog_search(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("slash", *"python", "enter", "slash")
    await stage.pilot.pause(0.4)  # what is found is counted when nobody types on


@scene("catalog_corrected", CatalogScreen, "nothing for “qeury”: showing “query”")
async def _catalog_corrected(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("slash", *"qeury", "enter")
    await stage.pilot.pause(0.4)  # what is found is counted when nobody types on


@scene("catalog_filters", CatalogScreen, "not taken")
async def _catalog_filters(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("down", "a", "t")


@scene("catalog_categories", ChooseScreen, "Unix")
async def _catalog_categories(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("f", *"ni")


@scene("catalog_nothing_found", CatalogScreen, "No course has all of these words")
async def _catalog_nothing(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("slash", *"zzz", "enter")
    await stage.pilot.pause(0.4)


# A course


@scene("course", CourseScreen, "Sorting and paging")
@scene("course_not_enrolled", CourseScreen, "Not enrolled: e takes", on_service(enrolled=False))
@scene("course_guest", CourseScreen, "Sign in (f7) to take this course.", as_guest)
@scene("course_priced", CourseScreen, "staff can let you in", on_service(enrolled=False, price=4900))
@scene("course_loading", CourseScreen, "Opening the course", on_service(held=frozenset({catalog.COURSE.name})))
@scene("course_empty", CourseScreen, "This course has no lessons yet.", on_service(lessonless=True))
@scene("course_error", CourseScreen, "no such course", on_service(broken={catalog.COURSE.name: NOT_FOUND}))
async def _course(stage: Stage) -> None:
    await stage.push(CourseScreen(COURSE, "Relational databases from the ground up"))


@scene("course_offline", CourseScreen, "offline")
async def _course_offline(stage: Stage) -> None:
    stage.service.away = True
    await stage.push(CourseScreen(COURSE, "Relational databases from the ground up"))


@scene("confirm", ConfirmScreen, "Leave “Relational")
async def _confirm(stage: Stage) -> None:
    await _course(stage)
    await stage.press("L")


# A lesson


_PACKAGE = {"type": "scorm", "text": "", "completes_by_hand": False}
_FILE = {"type": "video", "file_kind": "mp4", "text": "Watch it to the end.", "title": "A film"}
_FILM = {"type": "video", "link": "https://example.org/film?id=42", "text": "Watch it to the end.", "title": "A film"}

_UNKNOWN = {"type": "hologram", "text": "Put the *disc* on the table, and walk around it.", "title": "A thing to see"}


@scene("lesson", LessonScreen, "An inner join drops rows")
@scene("lesson_guest", LessonScreen, "You read as a guest", as_guest)
@scene("lesson_video", LessonScreen, "example.org/film", on_service(lesson=_FILM))
@scene("lesson_scorm", LessonScreen, "cannot play packages yet", on_service(lesson=_PACKAGE))
@scene("lesson_unknown", LessonScreen, "does not know: hologram", on_service(lesson=_UNKNOWN))
@scene("lesson_picture", LessonScreen, "[image 1: Which rows", on_service(lesson={"text": PICTURE_TEXT}))
@scene("lesson_file", LessonScreen, "s saves it", on_service(lesson=_FILE))
@scene(
    "lesson_html",
    LessonScreen,
    "A page from elsewhere",
    on_service(lesson={"text": HTML_TEXT, "format": learning.TextFormat.HTML}),
)
@scene("lesson_not_enrolled", LessonScreen, "nothing is recorded", on_service(lesson={"enrolled": False}))
@scene("lesson_loading", LessonScreen, "Opening", on_service(held=frozenset({learning.LESSON.name})))
@scene("lesson_empty", LessonScreen, "has no text yet", on_service(lesson={"text": ""}))
@scene("lesson_error", LessonScreen, "Enrol in the course", on_service(broken={learning.LESSON.name: ENROL_FIRST}))
async def _lesson(stage: Stage) -> None:
    await stage.push(LessonScreen(uuid5(LESSON, "Outer joins")))


@scene("lesson_end", LessonScreen, "d marks it done")
async def _lesson_end(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("end")


@scene("lesson_find", LessonScreen, "2/7")
async def _lesson_find(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("slash", *"join")
    await stage.press("down")


@scene("lesson_found", LessonScreen, "n next match")
async def _lesson_found(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("slash", *"a", "enter", "n")


@scene("lesson_offline", LessonScreen, "offline")
async def _lesson_offline(stage: Stage) -> None:
    stage.service.away = True
    await _lesson(stage)


@scene("lesson_done_offline", LessonScreen, "1 waiting")
async def _lesson_done_offline(stage: Stage) -> None:
    await _lesson(stage)
    stage.service.away = True
    await stage.press("d")


# The mentor


def tutored(opened: Reply, heard: tuple[str, Problem | None] | None = None) -> Callable[[Stage], None]:
    """Return what gives the lesson a mentor, who opens so and says that."""

    def prepare(stage: Stage) -> None:
        on_service(lesson={"has_mentor": True}, heard=heard)(stage)
        answered({mentor_threads.OPEN.name: opened, mentor_threads.THREADS.name: tutor.THREADS})(stage)
        answered({mentor_threads.THREAD.name: tutor.THREAD})(stage)

    return prepare


@scene("mentor", MentorScreen, "Look at the left table first", tutored(tutor.opened(*tutor.FIRST)))
@scene("mentor_first", MentorScreen, "can read what is said here", tutored(tutor.opened()))
@scene("mentor_none", MentorScreen, "No mentor is set up here", tutored(tutor.NONE))
@scene("mentor_stopped", MentorScreen, "It broke off here, or was stopped", tutored(tutor.opened(*tutor.STOPPED)))
async def _mentor(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("m")


@scene("mentor_answering", MentorScreen, "esc stops", tutored(tutor.opened(), (tutor.BEGUN, None)))
@scene("mentor_broken", MentorScreen, "cannot be reached", tutored(tutor.opened(), (tutor.BEGUN, tutor.BROKE)))
async def _mentor_asked(stage: Stage) -> None:
    await _mentor(stage)
    await stage.press(*"why?", "enter")
    stage.app.screen.query_one(Conversation)._draw_grown()
    await stage.settle()


@scene("mentor_threads", MentorThreadsScreen, "going on", tutored(tutor.opened(*tutor.FIRST)))
async def _mentor_threads(stage: Stage) -> None:
    await _mentor(stage)
    await stage.press("ctrl+t")


@scene("mentor_thread", MentorThreadScreen, "to read only", tutored(tutor.opened(*tutor.FIRST)))
async def _mentor_thread(stage: Stage) -> None:
    await _mentor_threads(stage)
    await stage.press("down", "enter")


@scene("mentor_about", MentorAboutScreen, "It is told this lesson", tutored(tutor.opened(*tutor.FIRST)))
async def _mentor_about(stage: Stage) -> None:
    await _mentor(stage)
    await stage.press("f5")


def checked(stage: Stage) -> None:
    """Give the lesson a mentor whose check completes it."""
    on_service(lesson={"has_mentor": True, "completes_by_check": True, "completes_by_hand": False})(stage)
    answered({mentor_check.RESULT.name: tutor.CHECKS})(stage)


@scene("mentor_check", MentorCheckScreen, "What to do next", checked)
async def _mentor_check(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("c")


@scene("lesson_opened", LessonScreen, "opened. Mark it done with d", on_service(lesson=_FILM))
async def _lesson_opened(stage: Stage) -> None:
    stage.app.open_with = {"video": "mpv {}"}
    await _lesson(stage)
    await stage.press("y")


@scene("address", AddressScreen, "example.org/film?id=42", on_service(lesson=_FILM))
async def _address(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("o")


@scene("picture", PictureScreen, "Which rows", on_service(lesson={"text": PICTURE_TEXT}))
async def _picture(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("o")


_FAR = {**_FILM, "link": "https://example.org/" + "films/" * 28 + "?id=42"}


@scene("address_long", AddressScreen, "https://example.org/films", on_service(lesson=_FAR))
async def _address_long(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("q")


@scene("choose", ChooseScreen, "LEFT JOIN")
async def _choose(stage: Stage) -> None:
    await _lesson(stage)
    await stage.press("t")


# A quiz


@scene("quiz_start", QuizStartScreen, "Attempt 2 begins")
@scene("quiz_start_open", QuizStartScreen, "Your attempt is open", on_service(standing=Standing.OPEN))
@scene("quiz_start_used_up", QuizStartScreen, "All attempts are used", on_service(standing=Standing.USED_UP))
@scene(
    "quiz_start_cooldown",
    QuizStartScreen,
    "in 3 h 12 min",
    on_service(standing=Standing.COOLDOWN, opens_in=timedelta(hours=3, minutes=12)),
)
@scene("quiz_start_no_questions", QuizStartScreen, "no questions yet", on_service(standing=Standing.NO_QUESTIONS))
async def _quiz_start(stage: Stage) -> None:
    await stage.push(QuizStartScreen(LESSON))


_KEYS: dict[Kind, list[str]] = {
    Kind.CHOOSE_ONE: ["2"],
    Kind.CHOOSE_ALL: ["1", "3"],
    Kind.STATEMENTS: ["f", "t"],
    Kind.BLANKS: ["asterisk", "enter", *"ORDER", "ctrl+n", "left"],
    Kind.SCALE: ["3"],
    Kind.TEXT: [*"It names a row, so that others can point to it.", "ctrl+n", "escape"],
}


def _add_quiz(kind: Kind) -> None:
    @scene(f"quiz_{kind.value}", QuizScreen, "saved", kind=kind)
    async def _quiz(stage: Stage) -> None:
        at = list(Kind).index(kind)
        for before in range(at):
            stage.service.answered_elsewhere(before, _ANSWERS[before])
        await stage.push(QuizScreen(ATTEMPT))
        await stage.press(*_KEYS[kind])


def _answer_of(kind: Kind) -> Answer:
    ids = [option.id for option in question_of(kind).options]
    match kind:
        case Kind.CHOOSE_ONE:
            return Answer(chosen=[ids[0]])
        case Kind.CHOOSE_ALL:
            return Answer(chosen=[ids[0], ids[2]])
        case Kind.STATEMENTS:
            return Answer(marked={ids[0]: False, ids[1]: True, ids[2]: False})
        case Kind.BLANKS:
            return Answer(blanks=["*", "sort"])
        case Kind.SCALE:
            return Answer(chosen=[ids[2]])
        case Kind.TEXT:
            return Answer(text="It names a row, so that other rows can point to it.")


_ANSWERS = [_answer_of(kind) for kind in Kind]
for _kind in Kind:
    _add_quiz(_kind)


async def _all_answered(stage: Stage) -> None:
    for at, answer in enumerate(_ANSWERS):
        stage.service.answered_elsewhere(at, answer)


@scene("quiz_waiting", QuizScreen, "waiting")
async def _quiz_waiting(stage: Stage) -> None:
    await stage.push(QuizScreen(ATTEMPT))
    await stage.press("f")
    stage.service.away = True
    await stage.press("2", "right", "left")


@scene("quiz_conflict", ConflictScreen, "answered on another terminal too")
async def _quiz_conflict(stage: Stage) -> None:
    await stage.push(QuizScreen(ATTEMPT))
    stage.service.answered_elsewhere(0, Answer(chosen=[stage.service.questions[0].options[2].id]))
    await stage.press("2")


@scene(
    "quiz_conflict_text",
    ConflictScreen,
    "Without one",
    on_service(questions=[question_of(Kind.TEXT), question_of(Kind.SCALE)]),
)
async def _quiz_conflict_text(stage: Stage) -> None:
    begun = "A key names exactly one row, so a row of another table can point to it without copying it. "
    await stage.push(QuizScreen(ATTEMPT))
    stage.service.answered_elsewhere(0, Answer(text=f"{begun}It never changes, even when the name of the thing does."))
    stage.app.screen.query_one(TextArea).text = f"{begun}Without one the join key is not unique and rows come twice."
    await stage.press("ctrl+n")


@scene("outbox", OutboxScreen, "1 thing refused")
async def _outbox(stage: Stage) -> None:
    stage.service.refuse["quizzes.answer"] = refusal(Code.BAD_REQUEST, "This question takes one choice.")
    await stage.push(QuizScreen(ATTEMPT))
    await stage.press("2")
    asked = [question.id for question in stage.service.questions]
    submission = SubmitRequest(attempt_id=ATTEMPT, questions=asked)
    await stage.app.keep(SUBMIT, submission, "Submission of Check yourself (Relational databases from the ground up)")
    await stage.press("f3")


@scene("outbox_empty", OutboxScreen, "All saved")
async def _outbox_empty(stage: Stage) -> None:
    await stage.press("f3")


@scene("review", ReviewScreen, "1 flagged")
async def _review(stage: Stage) -> None:
    for at in (0, 1, 3):
        stage.service.answered_elsewhere(at, _ANSWERS[at])
    await stage.push(QuizScreen(ATTEMPT))
    await stage.press("t", "right", "ctrl+n", "f", "r")


@scene("review_confirm", ConfirmScreen, "3 questions have no answer yet.")
async def _review_confirm(stage: Stage) -> None:
    await _review(stage)
    await stage.press("s")


@scene("review_kept", ReviewScreen, "Your submission is kept on this machine.")
async def _review_kept(stage: Stage) -> None:
    await _all_answered(stage)
    await stage.push(QuizScreen(ATTEMPT))
    stage.service.away = True
    await stage.press("r")
    await stage.press("s")


@scene("review_refused", ReviewScreen, "Your submission was not taken")
async def _review_refused(stage: Stage) -> None:
    stage.service.refuse["quizzes.submit"] = refusal(Code.QUIZ_CHANGED, "The quiz has changed.")
    await _review_kept(stage)
    stage.service.away = False
    await stage.settle()
    await stage.press("r")


@scene("result_passed", ResultScreen, "✓ passed")
async def _result(stage: Stage) -> None:
    await _all_answered(stage)
    await stage.push(ResultScreen(ATTEMPT))


@scene("result_failed", ResultScreen, "not passed yet", on_service(score=58))
@scene("result_last", ResultScreen, "No attempt is left.", on_service(score=58, attempts_left=0))
async def _result_failed(stage: Stage) -> None:
    await _result(stage)


@scene("result_told", ResultScreen, "submitted on another terminal", on_service(score=58))
async def _result_told(stage: Stage) -> None:
    await _all_answered(stage)
    await stage.push(QuizScreen(ATTEMPT))
    stage.service.refuse["quizzes.answer"] = refusal(Code.ATTEMPT_CLOSED, "This attempt is submitted already.")
    await stage.press("2")


@scene("history", HistoryScreen, "set aside by a fresh start")
@scene("history_open", HistoryScreen, "open: Enter goes on", on_service(score=58, standing=Standing.OPEN))
async def _history(stage: Stage) -> None:
    await stage.push(QuizStartScreen(LESSON))
    await stage.press("h")


@scene("compare", CompareScreen, "Right answers show once you pass", on_service(score=58))
@scene("compare_passed", CompareScreen, "wrong both times")
async def _compare(stage: Stage) -> None:
    await _all_answered(stage)
    stage.service.answered_elsewhere(0, Answer(chosen=[stage.service.questions[0].options[1].id]))
    await _history(stage)
    await stage.press("c")


@scene("compare_changes", CompareScreen, "asked only now")
async def _compare_changes(stage: Stage) -> None:
    await _compare(stage)
    await stage.press("f")


@scene("compared", ComparedScreen, "+ right now")
async def _compared(stage: Stage) -> None:
    await _compare(stage)
    await stage.press("enter")


@scene("compared_statements", ComparedScreen, "it is true")
async def _compared_statements(stage: Stage) -> None:
    await _compared(stage)
    await stage.press("n", "n")


@scene("compared_blanks", ComparedScreen, "The right answer shows once you pass", on_service(score=58))
async def _compared_blanks(stage: Stage) -> None:
    await _compared(stage)
    await stage.press("n", "n", "n")


@scene("judged", JudgedScreen, "✗ your answer")
async def _judged(stage: Stage) -> None:
    await _result(stage)
    await stage.press("enter")


@scene("judged_statements", JudgedScreen, "it is true")
async def _judged_statements(stage: Stage) -> None:
    await _result(stage)
    await stage.press("enter", "n", "n")


@scene("judged_blanks", JudgedScreen, "Right: *")
async def _judged_blanks(stage: Stage) -> None:
    await _result(stage)
    await stage.press("enter", "n", "n", "n")


# The courses one teaches


@scene("teach", TeachScreen, "1,517 enrolled")
@scene("teach_loading", TeachScreen, "Opening your courses", on_service(held=frozenset({courses.LIST.name})))
@scene("teach_empty", TeachScreen, "You have no courses yet.", on_service(cards=[]))
@scene("teach_error", TeachScreen, "reference 5f2a91c0", on_service(broken={courses.LIST.name: FAULT}))
async def _teach(stage: Stage) -> None:
    await stage.push(TeachScreen())


@scene("teach_search", TeachScreen, "1/2")
async def _teach_search(stage: Stage) -> None:
    await _teach(stage)
    await stage.press("slash", *"python", "enter")


# The preview of a course


@scene("preview", CourseScreen, "preview: nothing is recorded")
@scene("preview_loading", CourseScreen, "Opening the course", on_service(held=frozenset({preview.COURSE.name})))
async def _preview(stage: Stage) -> None:
    await _teach(stage)
    await stage.press("down", "enter")


@scene("preview_lesson", LessonScreen, "preview: nothing is recorded")
async def _preview_lesson(stage: Stage) -> None:
    await _preview(stage)
    await stage.press("home", "enter")


def _came_from_files(*faults: ImportNote) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        stage.files = Files(stage.folder, *faults)

    return prepare


@scene("preview_edited", LessonScreen, "Imported again: 1 lesson changed.", _came_from_files())
@scene("preview_edit_refused", LessonScreen, "Nothing was imported: 2 faults.", _came_from_files(*FAULTS))
async def _preview_edited(stage: Stage) -> None:
    await _preview_lesson(stage)
    with editing():
        await stage.press("e")


@scene("preview_edit_nothing", CourseScreen, "was not imported from this machine")
async def _preview_edit_nothing(stage: Stage) -> None:
    await _preview(stage)
    await stage.press("e")


@scene("preview_quiz_start", QuizStartScreen, "preview, nothing recorded")
async def _preview_quiz_start(stage: Stage) -> None:
    await _preview(stage)
    await stage.press("end", "enter")


@scene("preview_quiz", QuizScreen, "Right: rows of the left table without a partner")
async def _preview_quiz(stage: Stage) -> None:
    await _preview_quiz_start(stage)
    await stage.press("s", "3", "a")


@scene("preview_quiz_typing", QuizScreen, "Right: * · ORDER or order")
async def _preview_typing(stage: Stage) -> None:
    await _preview_quiz(stage)
    await stage.press("right", "right", "right")


@scene("preview_review", ReviewScreen, "preview, nothing recorded")
async def _preview_review(stage: Stage) -> None:
    await _preview_quiz(stage)
    await stage.press("r")


@scene("preview_result", ResultScreen, "preview: nothing is recorded")
async def _preview_result(stage: Stage) -> None:
    await _preview_review(stage)
    await stage.press("s", "y")


@scene("preview_judged", JudgedScreen, "Right: rows of the left table without a partner")
async def _preview_judged(stage: Stage) -> None:
    await _preview_result(stage)
    await stage.press("enter")


# Practice


_MISSED = [question_of(kind) for kind in (Kind.CHOOSE_ONE, Kind.BLANKS, Kind.STATEMENTS)]


@scene("home_practice", HomeScreen, "Practice: 3 questions you got wrong", on_service(wrong=_MISSED))
async def _home_practice(stage: Stage) -> None:
    await stage.settle()


@scene("practice", PracticeScreen, "question 1 of 3", on_service(wrong=_MISSED))
@scene("practice_loading", PracticeScreen, "Looking for", on_service(held=frozenset({practice.WRONG.name})))
@scene("practice_empty", PracticeScreen, "comes here a day later")
@scene("practice_error", PracticeScreen, "reference 5f2a91c0", on_service(broken={practice.WRONG.name: FAULT}))
async def _practice(stage: Stage) -> None:
    await stage.press("w")


@scene("practice_offline", PracticeScreen, "offline")
async def _practice_offline(stage: Stage) -> None:
    stage.service.away = True
    await stage.press("w")


@scene("practice_right", PracticeScreen, "right, comes back tomorrow", on_service(wrong=_MISSED))
async def _practice_right(stage: Stage) -> None:
    await stage.press("w")
    await stage.press("2", "enter")


@scene("practice_wrong", PracticeScreen, "wrong, comes back tomorrow", on_service(wrong=_MISSED))
@scene("practice_hidden", PracticeScreen, "once you have passed", on_service(wrong=_MISSED, reveals=False))
async def _practice_wrong(stage: Stage) -> None:
    await stage.press("w")
    await stage.press("1", "enter")


@scene("practice_typing", PracticeScreen, "leave the field", on_service(wrong=_MISSED))
async def _practice_typing(stage: Stage) -> None:
    await _practice_right(stage)
    await stage.press("n")
    await stage.press(*"count")


@scene("practice_blanks", PracticeScreen, "Right: *", on_service(wrong=_MISSED))
async def _practice_blanks(stage: Stage) -> None:
    await _practice_typing(stage)
    await stage.press("enter", *"sort", "enter")


@scene("practice_done", PracticeDoneScreen, "1 of 3 questions right", on_service(wrong=_MISSED))
async def _practice_done(stage: Stage) -> None:
    await _practice_blanks(stage)
    await stage.press("n")
    await stage.press("x")
    await stage.press("n")


@scene("practice_next", PracticeScreen, "Next: tomorrow, 3 questions.", on_service(wrong=_MISSED))
async def _practice_next(stage: Stage) -> None:
    await _practice_done(stage)
    await stage.press("escape")
    await stage.press("w")


# What is to be mended


@scene("problems", ProblemsScreen, "4 problems")
async def _problems(stage: Stage) -> None:
    await _preview(stage)
    await stage.press("exclamation_mark")


@scene("problems_none", CourseScreen, "nothing to mend", on_service(faultless=True))
async def _problems_none(stage: Stage) -> None:
    await _problems(stage)


@scene("preview_problem_lesson", LessonScreen, "Problem 1 of 4")
async def _problem_lesson(stage: Stage) -> None:
    await _preview(stage)
    await stage.press("right_square_bracket")


@scene("preview_problem_question", QuizScreen, "Problem 2 of 4")
async def _problem_question(stage: Stage) -> None:
    await _problem_lesson(stage)
    await stage.press("f8", "a")


@scene("preview_problem_chapter", CourseScreen, "Problem 4 of 4")
async def _problem_chapter(stage: Stage) -> None:
    await _preview(stage)
    await stage.press("left_square_bracket")


# Statistics


@scene("statistics", StatisticsScreen, "5 days in a row")
@scene("statistics_loading", StatisticsScreen, "Counting", on_service(held=frozenset({statistics.MINE.name})))
@scene("statistics_error", StatisticsScreen, "reference 5f2a91c0", on_service(broken={statistics.MINE.name: FAULT}))
async def _statistics(stage: Stage) -> None:
    await stage.press("s")


@scene("statistics_end", StatisticsScreen, "My courses")
async def _statistics_end(stage: Stage) -> None:
    await _statistics(stage)
    await stage.press("end")


@scene("courses_statistics", CoursesStatisticsScreen, "307 enrolments")
async def _courses_statistics(stage: Stage) -> None:
    await stage.push(CoursesStatisticsScreen())


@scene("course_statistics", CourseStatisticsScreen, "204 learners enrolled")
@scene("course_statistics_error", CourseStatisticsScreen, "no such course", on_service(broken={REPORT.name: NOT_FOUND}))
async def _course_statistics(stage: Stage) -> None:
    await stage.push(CourseStatisticsScreen(Looking(COURSE)))


@scene("course_statistics_group", ChooseScreen, "Monday evening")
async def _course_statistics_group(stage: Stage) -> None:
    await _course_statistics(stage)
    await stage.press("f")


@scene("lessons_statistics", LessonsStatisticsScreen, "21 stopped")
async def _lessons_statistics(stage: Stage) -> None:
    await _course_statistics(stage)
    await stage.press("2")


@scene("questions_statistics", QuestionsStatisticsScreen, "26 % right")
async def _questions_statistics(stage: Stage) -> None:
    await _course_statistics(stage)
    await stage.press("3")


@scene("question_statistics", QuestionStatisticsScreen, "What was chosen")
async def _question_statistics(stage: Stage) -> None:
    await _questions_statistics(stage)
    await stage.press("enter")


@scene("course_learners", CourseLearnersScreen, "Hiroshi")
async def _course_learners(stage: Stage) -> None:
    await _course_statistics(stage)
    await stage.press("4")


@scene("course_learner", CourseLearnerScreen, "set aside")
async def _course_learner(stage: Stage) -> None:
    await _course_learners(stage)
    await stage.press("down", "enter")


@scene("course_mentor", CourseMentorScreen, "87 learners talked")
async def _course_mentor(stage: Stage) -> None:
    await _course_statistics(stage)
    await stage.press("5")


@scene("mentor_learners", MentorLearnersScreen, "not checked")
async def _mentor_learners(stage: Stage) -> None:
    await _course_mentor(stage)
    await stage.press("enter")


@scene("learner_mentor", LearnerMentorScreen, "check: not passed")
async def _learner_mentor(stage: Stage) -> None:
    await _course_learner(stage)
    await stage.press("m")


@scene("learner_check", LearnerCheckScreen, "What it found")
async def _learner_check(stage: Stage) -> None:
    await _learner_mentor(stage)
    await stage.press("enter")


@scene("transcript", TranscriptScreen, "It broke off here")
async def _transcript(stage: Stage) -> None:
    await _learner_mentor(stage)
    await stage.press("down", "down", "enter")


# Over every screen


NOT_TOGETHER = {"accounts.sign_in": refused(Code.SIGN_IN_FAILED, "Address and password do not go together.")}
SERVICE = "https://learn.example.org"
INVITATION = joining.Invitation(
    email="ada@example.org", first_name="", last_name="", expires_at=START + timedelta(days=7)
)
CODE_ENDED = "This code does not work: it was mistyped, used, replaced by a newer one, or its time is over."
NO_MAIL = "This service sends no mail. Ask your administrator for a code."
LETTERS = "7K3QM2ABCDEFGHJKMNPQRSTVWX"


@scene("sign_in", SignInScreen, "Enter signs you in.")
async def _sign_in(stage: Stage) -> None:
    await stage.push(SignInScreen(stage.door, SERVICE, "ada@example.org"))


def _let_in(stage: Stage) -> None:
    stage.door.guests = True


@scene("sign_in_guests", SignInScreen, "f8 looks around without signing in", _let_in)
async def _sign_in_guests(stage: Stage) -> None:
    await stage.push(SignInScreen(stage.door, SERVICE))


@scene("sign_in_refused", SignInScreen, "do not go together", answering(NOT_TOGETHER))
async def _sign_in_refused(stage: Stage) -> None:
    await _sign_in(stage)
    await stage.press(*"secret", "enter")


def _organisations(stage: Stage) -> None:
    stage.door.issuers = ("school", "guild")


@scene("sign_in_issuers", SignInScreen, "f9 does by your organisation", _organisations)
async def _sign_in_issuers(stage: Stage) -> None:
    await _sign_in(stage)


@scene("sso_choose", ChooseScreen, "guild", _organisations)
async def _sso_choose(stage: Stage) -> None:
    await _sign_in(stage)
    await stage.press("f9")


BEGUN = sso.Begun(
    address="https://id.example.org/realms/school/device",
    user_code="WDJB-MJHT",
    complete_address="https://id.example.org/realms/school/device?user_code=WDJB-MJHT",
    interval=3600,
    expires_at=START + timedelta(minutes=10),
    seconds_left=600.0,
)
DENIED = "The sign-in was refused in the browser. Begin anew to try again."


@scene("sso", SsoScreen, "10 minutes left", answering({sso.BEGIN.name: BEGUN}))
@scene(
    "sso_refused", SsoScreen, "refused in the browser", answering({sso.BEGIN.name: refused(Code.SSO_DENIED, DENIED)})
)
async def _sso(stage: Stage) -> None:
    stage.door.issuers = ("school",)
    await _sign_in(stage)
    await stage.press("f9")


@scene("accept", AcceptScreen, "14 of 26")
async def _accept(stage: Stage) -> None:
    await stage.push(AcceptScreen(stage.door, SERVICE))
    await stage.press(*LETTERS[:14].lower())


@scene(
    "accept_refused",
    AcceptScreen,
    "This code does not work",
    answering({joining.LOOK.name: refused(Code.CODE_REFUSED, CODE_ENDED, "code")}),
)
@scene("accept_names", AcceptScreen, "Welcome.", answering({joining.LOOK.name: INVITATION}))
async def _accept_names(stage: Stage) -> None:
    await _accept(stage)
    await stage.press(*LETTERS[14:], "enter")


@scene(
    "accept_lost",
    AcceptScreen,
    "f7 signs you in",
    answering(
        {
            joining.LOOK.name: INVITATION,
            joining.ACCEPT.name: Unreachable("The service does not answer."),
        }
    ),
)
async def _accept_lost(stage: Stage) -> None:
    await _accept_names(stage)
    await stage.press(*"Ada", "enter", "L", ".", "enter", *"two horses", "enter", *"two horses", "f4", "enter")


@scene("reset", ResetScreen, "Enter asks for a code")
async def _reset(stage: Stage) -> None:
    await stage.push(ResetScreen(stage.door, SERVICE, "ada@example.org"))


@scene(
    "reset_no_mail",
    ResetScreen,
    "sends no mail",
    answering({"accounts.ask_reset": refused(Code.NO_MAIL, NO_MAIL)}),
)
@scene("reset_code", ResetScreen, "is on its way", answering({"accounts.ask_reset": joining.ResetAsked(minutes=60)}))
async def _reset_asked(stage: Stage) -> None:
    await _reset(stage)
    await stage.press("enter")


@scene("reset_differ", ResetScreen, "The two passwords differ")
async def _reset_differ(stage: Stage) -> None:
    await _reset(stage)
    await stage.press("f5", *LETTERS, "enter", *"two horses", "enter", *"two mules", "enter")


# The account


def _owned(stage: Stage) -> None:
    stage.owned = True


def _in_a_file(stage: Stage) -> None:
    stage.door.kept = "file"


@scene("account", AccountScreen, "kept in your keyring")
@scene("account_file", AccountScreen, "No keyring can be used here", _in_a_file)
@scene(
    "account_issuer",
    AccountScreen,
    "without a password",
    answered({sso.WAYS.name: sso.Ways(password=False, came=[sso.Came(issuer="school", last_at=START)])}),
)
@scene("account_owner", AccountScreen, "needs no password", _owned)
async def _account(stage: Stage) -> None:
    await stage.press("a")


@scene("account_names", NamesScreen, "Enter changes them.")
async def _account_names(stage: Stage) -> None:
    await _account(stage)
    await stage.press("n")


@scene(
    "account_password",
    PasswordScreen,
    "is not right",
    answering({joining.PASSWORD.name: refused(Code.PASSWORD_REFUSED, "The present password is not right.", "current")}),
)
async def _account_password(stage: Stage) -> None:
    await _account(stage)
    await stage.press("p", *"secret", "enter", *"two horses", "enter", *"two horses", "enter")


@scene("account_data", ExportScreen, "holds of you")
async def _account_data(stage: Stage) -> None:
    await _account(stage)
    await stage.press("d", "ctrl+u", *"~/mine.json")


@scene("account_erase", EraseScreen, "for ever")
async def _account_erase(stage: Stage) -> None:
    await _account(stage)
    await stage.press("x")


@scene("account_everywhere", ConfirmScreen, "Sign out everywhere?")
async def _account_everywhere(stage: Stage) -> None:
    await _account(stage)
    await stage.press("e")


@scene("signed_out", SignInScreen, "You are signed out.")
async def _signed_out(stage: Stage) -> None:
    await stage.push(SignInScreen(stage.door, SERVICE, said="You are signed out."))


# Administration


@scene("administration", AdministrationScreen, "5 people")
@scene(
    "administration_loading", AdministrationScreen, "invite, roles", on_service(held=frozenset({people.COUNTS.name}))
)
@scene("administration_refused", AdministrationScreen, "no such", on_service(broken={people.COUNTS.name: NOT_FOUND}))
async def _administration(stage: Stage) -> None:
    await stage.push(AdministrationScreen())


@scene("overview", OverviewScreen, "1,204 people")
async def _overview(stage: Stage) -> None:
    await stage.push(OverviewScreen())


@scene("course_archive", ConfirmScreen, "1,022 of them")
async def _course_archive(stage: Stage) -> None:
    await _teach(stage)
    await stage.press("down", "x")


@scene("course_move", MoveScreen, "It is Databases now.")
async def _course_move(stage: Stage) -> None:
    await _teach(stage)
    await stage.press("c", *"unix")


@scene("course_hand_over", HandOverScreen, "'s now")
async def _course_hand_over(stage: Stage) -> None:
    await stage.push(HandOverScreen(FACTS))
    await stage.press(*"barbara@example.org")


@scene("course_let_in", LetInScreen, "With commas")
async def _course_let_in(stage: Stage) -> None:
    await _teach(stage)
    await stage.press("a", *"ada@example.org, noether@example.org")


@scene("person_enrol", EnrolPersonScreen, "words of it")
async def _person_enrol(stage: Stage) -> None:
    await _person(stage)
    await stage.press("n", *"joins")


@scene("course_price", PriceScreen, "Write it as")
async def _course_price(stage: Stage) -> None:
    await _teach(stage)
    await stage.press("e", *"4.9", "enter")


@scene("people", PeopleScreen, "3/6")
async def _people(stage: Stage) -> None:
    await stage.push(PeopleScreen())
    await stage.press("right", "right", "right", "down", "down")


@scene("people_search", PeopleScreen, "only authors")
async def _people_search(stage: Stage) -> None:
    await stage.push(PeopleScreen())
    await stage.press("t", "t", "slash", *"ada")


@scene("person", PersonScreen, "The last administrator")
async def _person(stage: Stage) -> None:
    await stage.push(PersonScreen(person(0).id, "Ada"))


@scene("person_invited", PersonScreen, "has not come", answered({people.PERSON.name: person(3)}))
@scene("person_archived", PersonScreen, "u let in again", answered({people.PERSON.name: person(2)}))
async def _person_otherwise(stage: Stage) -> None:
    await _person(stage)


@scene("person_role", ChooseScreen, "Which role")
async def _person_role(stage: Stage) -> None:
    await _person(stage)
    await stage.press("e")


@scene("person_archive", ConfirmScreen, "Archive Ada")
async def _person_archive(stage: Stage) -> None:
    await _person(stage)
    await stage.press("x")


@scene("person_code", PersonScreen, "shown nowhere again")
async def _person_code(stage: Stage) -> None:
    await _person(stage)
    await stage.press("p", "y")


@scene("join_groups", JoinGroupsScreen, "Add to groups")
async def _join_groups(stage: Stage) -> None:
    await _person(stage)
    await stage.press("a", *"Evening")


@scene("invite", InviteScreen, "as author")
async def _invite(stage: Stage) -> None:
    await stage.push(InviteScreen())
    await stage.press("f5", *"kay@example.org", "enter")


@scene("groups", GroupsScreen, "4/4")
async def _groups(stage: Stage) -> None:
    await stage.push(GroupsScreen())
    await stage.press("right", "right", "end")


@scene("group", GroupScreen, "They take")
async def _group(stage: Stage) -> None:
    await stage.push(GroupScreen(group().id, "Databases"))


@scene("group_enrol", ConfirmScreen, "Enrol the group")
async def _group_enrol(stage: Stage) -> None:
    await _group(stage)
    await stage.press("c", *"relational", "enter")


@scene("group_edit", FillScreen, "Edit the group")
async def _group_edit(stage: Stage) -> None:
    await _group(stage)
    await stage.press("e")


@scene("categories", CategoriesScreen, "12 in the catalog")
async def _categories(stage: Stage) -> None:
    await stage.push(CategoriesScreen())
    await stage.press("end")


@scene("settings", SettingsScreen, "not in the store")
async def _settings(stage: Stage) -> None:
    await stage.push(SettingsScreen())
    await stage.press("down", "down")


@scene("help", HelpScreen, "On every screen")
async def _help(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("question_mark")


@scene("palette", PaletteScreen, "Type a part")
async def _palette(stage: Stage) -> None:
    await stage.push(CatalogScreen())
    await stage.press("ctrl+p")


@scene("palette_typed", PaletteScreen, "Order by what fits best")
async def _palette_typed(stage: Stage) -> None:
    await _palette(stage)
    await stage.press(*"or")


@scene("theme_picker", ThemePickerScreen, "Evening")
async def _themes(stage: Stage) -> None:
    await stage.press("f2")


def _broken_theme(_stage: Stage) -> None:
    """Lay a user's own theme with a fault into the folder where the app looks for them."""
    own = Path("themes")
    own.mkdir()
    shutil.copy(places.shipped("themes") / "evening.toml", own / "mine.toml")


@scene("theme_picker_broken", ThemePickerScreen, "it must be that of the file", _broken_theme)
async def _themes_broken(stage: Stage) -> None:
    await _themes(stage)
    for _ in range(20):
        if "it must be that of the file" not in stage.text:
            await stage.press("down")
