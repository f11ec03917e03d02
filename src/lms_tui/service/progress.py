"""The one way up: from a lesson to its chapter, the course and the statistics, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import progress as queries
from lms_tui.db.queries import statistics
from lms_tui.rules.fresh_start import is_stale
from lms_tui.rules.progress import Mark, chapter_complete, clamped, course_complete, is_earlier, merged
from lms_tui.service.catalog import check_visible
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire.errors import Code
from lms_tui.wire.learning import LessonProgress


def check_lesson(*, visible: bool, enrolled: bool, free: bool, kind: str) -> None:
    """Raise the fault for a caller who may not open a lesson of this `kind` (domain.md, Courses).

    404 for strangers to a draft or archived course, 403 `course_unavailable` for its learners, 403 `enrol_first`
    for a quiz or a priced lesson without an enrolment. Any other lesson of a free course opens for everybody.
    """
    if not visible and not enrolled:
        raise not_found("lesson")
    check_visible(visible=visible, enrolled=enrolled)
    if not enrolled and (not free or kind == "quiz"):
        raise enrol_first()


def enrol_first() -> Fault:
    """Return the fault for what only enrolled learners may do."""
    return Fault(Code.ENROL_FIRST, "This is for the course's learners. Enrol in the course first.")


async def lesson_access(tx: AsyncConnection, user: UUID, lesson_id: UUID, *, record: bool = False) -> queries.Place:
    """Return where the lesson stands for `user`, who may open it, or with `record` may have progress in it.

    Raises Fault `not_found`, `course_unavailable` or `enrol_first`. Lessons of archived chapters are missing.
    """
    found = await queries.place(tx, user, lesson_id)
    if found is None:
        raise not_found("lesson")
    check_lesson(visible=found.visible, enrolled=found.enrolled, free=found.free, kind=found.type)
    if record and not found.enrolled:
        raise enrol_first()
    return found


async def record(  # noqa: PLR0913 - one fact each
    tx: AsyncConnection,
    user: UUID,
    lesson_id: UUID,
    *,
    row_id: UUID,
    seen: UUID | None,
    started: bool,
    completed: bool,
    quiz_passed: bool = False,
    attempts: int | None = None,
    at: datetime | None = None,
) -> LessonProgress:
    """Merge what is known of a lesson into what stands, and carry it up; return what stands then.

    `row_id` is the progress row's id where none stands yet; `seen` the row that the client saw, if any. A completed
    lesson counts as started. `at` is the client's time, clamped between the row's creation and now. `attempts`,
    where given, is the number of attempts that count. May come twice, late and in any order: booleans only become
    true, and the earliest completion of the lesson stands. A chapter or course is completed at the time of its last
    lesson, which is moved when that lesson turns out to have been done earlier; lessons that come later change nothing.

    Call it after `lesson_access`, and last in the transaction but for locks taken before: an attempt's lock comes
    before the enrolment's that is taken here. Raises Fault `enrol_first` (left meanwhile), `stale`, `id_taken`, or
    `not_found` where `row_id` is somebody else's.
    """
    enrolment = await queries.lock_enrolment(tx, user, lesson_id)
    if enrolment is None:
        raise enrol_first()
    row = await _row(tx, user, lesson_id, row_id, enrolment.chapter_id)
    if is_stale(row.id, seen, row_id):
        raise Fault(Code.STALE, "Your instructor has given you a fresh start in this lesson. Open it again.")
    now = await queries.clock(tx)
    told = Mark(
        started=started or completed,
        completed=completed,
        quiz_passed=quiz_passed,
        completed_at=clamped(at, row.created_at, now) if completed else None,
    )
    stood = Mark(row.started, row.completed, row.quiz_passed, row.completed_at)
    mark = merged(stood, told)
    if mark != stood or not completed or attempts is not None:  # an opening is an update by itself
        await queries.set_row(tx, replace(row, **asdict(mark)), enrolment.chapter_id, attempts)
    chapters = await queries.chapters(tx, user, enrolment.course_id)
    earlier = is_earlier(mark, stood)
    course_done, course_moved = await _carry_up(tx, user, enrolment, chapters, now, earlier=earlier)
    if mark.completed != stood.completed or course_moved or attempts is not None:
        await statistics.recount(tx, [user], [enrolment.course_id], enrolments=course_moved)
    here = next((chapter for chapter in chapters if chapter.id == enrolment.chapter_id), None)
    return LessonProgress(
        id=row.id,
        lesson_id=lesson_id,
        started=mark.started,
        completed=mark.completed,
        completed_at=mark.completed_at,
        chapter_completed=here is not None and (here.stands or chapter_complete(here.lessons)),
        course_completed=course_done,
        completed_lessons=sum(sum(chapter.lessons) for chapter in chapters),
        lessons=sum(len(chapter.lessons) for chapter in chapters),
    )


async def _row(tx: AsyncConnection, user: UUID, lesson_id: UUID, row_id: UUID, chapter_id: UUID) -> queries.Row:
    """Return the progress row, locked; made with `row_id` where there is none."""
    found = await queries.lock_row(tx, user, lesson_id)
    if found is None:
        await queries.add_row(tx, row_id, user, lesson_id, chapter_id)
        found = await queries.lock_row(tx, user, lesson_id)
    if found is not None:
        return found
    if await queries.owner(tx, row_id) == user:
        raise Fault(Code.ID_TAKEN, "This id stands for your progress in another lesson. Choose a new one.")
    raise not_found("progress")


async def _carry_up(
    tx: AsyncConnection,
    user: UUID,
    enrolment: queries.Enrolment,
    chapters: Sequence[queries.Chapter],
    now: datetime,
    *,
    earlier: bool,
) -> tuple[bool, bool]:
    """Mark the chapters and the course that are complete and not marked yet; `earlier` looks at the lesson's own again.

    All of the course's chapters are looked at, so that a mark which another program left out is made up for. Returns
    whether the course stands as complete, and whether the time since when it does has changed.
    """
    done = [
        (chapter.id, chapter.last_completed_at or now)
        for chapter in chapters
        if chapter_complete(chapter.lessons)
        and (not chapter.stands or (earlier and chapter.id == enrolment.chapter_id))
    ]
    if done:
        await queries.complete_chapters(tx, user, done)
    lessons, stood = [chapter.lessons for chapter in chapters], enrolment.completed_at
    complete = course_complete(lessons, stands=stood is not None)
    if not complete or (stood is not None and not (earlier and course_complete(lessons, stands=False))):
        return complete, False
    times = [chapter.last_completed_at for chapter in chapters if chapter.last_completed_at is not None]
    since = max(times, default=now)
    if stood is not None and stood <= since:
        return True, False
    await queries.complete_course(tx, user, enrolment.course_id, since)
    return True, True
