"""The ways into a course and a lesson, in one place: a lesson's type decides which screen shows it."""

from typing import TYPE_CHECKING
from uuid import UUID

from lms_tui.client.errors import ClientError
from lms_tui.wire import catalog

if TYPE_CHECKING:
    from textual.app import App

    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.screens.base import FramedScreen


def open_course(app: "App[None]", course_id: UUID, title: str = "") -> None:
    """Open a course's outline."""
    from lms_tui.tui.screens.course import CourseScreen  # noqa: PLC0415 - screens are imported when opened

    app.push_screen(CourseScreen(course_id, title))


def open_preview(app: "LmsApp", course_id: UUID, title: str = "") -> None:
    """Open a course as its learners meet it, with nothing recorded; all that is opened from there is in the preview."""
    from lms_tui.tui.preview import Preview  # noqa: PLC0415
    from lms_tui.tui.screens.course import CourseScreen  # noqa: PLC0415

    screen = CourseScreen(course_id, title)
    preview = Preview(app, course_id)
    preview.tour.outline = screen
    screen.desk = preview
    app.push_screen(screen)
    app.run_worker(preview.editing.find(), group="preview-sources")


def open_lesson(app: "App[None]", lesson_id: UUID, lesson_type: str, *, instead: bool = False) -> None:
    """Open a lesson, a quiz by its start page; `instead` puts it in the place of the screen that is there."""
    screen = lesson_screen(lesson_id, lesson_type)
    if instead:
        app.switch_screen(screen)
    else:
        app.push_screen(screen)


def lesson_screen(lesson_id: UUID, lesson_type: str) -> "FramedScreen[None]":
    """Return a new screen of a lesson: of a quiz its start page."""
    if lesson_type == "quiz":
        from lms_tui.tui.screens.quiz_start import QuizStartScreen  # noqa: PLC0415

        return QuizStartScreen(lesson_id)
    from lms_tui.tui.screens.lesson import LessonScreen  # noqa: PLC0415

    return LessonScreen(lesson_id)


def prepare_lessons() -> None:
    """Import what shows a lesson, in a thread, while the learner reads the outline: the first lesson opens at once."""
    import lms_tui.tui.screens.lesson  # noqa: PLC0415
    import lms_tui.tui.screens.quiz_start  # noqa: F401, PLC0415


async def resume_course(screen: "FramedScreen[None]", course_id: UUID, title: str) -> None:
    """Open the place at which a course goes on; its outline when all of it is done. Run it in a worker."""
    try:
        course = await screen.desk.call(catalog.COURSE, catalog.CourseRequest(course_id=course_id))
    except ClientError as error:
        screen.tell(error.sentence, "warning")
        return
    if not go_on(screen.lms, course):
        open_course(screen.lms, course_id, title)


def go_on(app: "App[None]", course: catalog.Course) -> bool:
    """Open the exact place at which `course` goes on, an open attempt or a lesson; False where all of it is done."""
    lessons = (lesson for chapter in course.chapters for lesson in chapter.lessons)
    lesson = next((lesson for lesson in lessons if lesson.id == course.resume_lesson), None)
    if lesson is None:
        return False
    if course.resume_attempt is not None:
        open_attempt(app, course.resume_attempt)
    else:
        open_lesson(app, lesson.id, lesson.type)
    return True


def open_attempt(app: "App[None]", attempt_id: UUID) -> None:
    """Open an attempt that is open, at the question where the learner stopped."""
    from lms_tui.tui.screens.quiz import QuizScreen  # noqa: PLC0415 - screens are imported when opened

    app.push_screen(QuizScreen(attempt_id))


def open_history(app: "App[None]", lesson_id: UUID) -> None:
    """Open the history of a lesson's quiz."""
    from lms_tui.tui.screens.history import HistoryScreen  # noqa: PLC0415 - screens are imported when opened

    app.push_screen(HistoryScreen(lesson_id))
