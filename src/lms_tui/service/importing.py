"""One course into the database, in the caller's transaction: new, or brought up to date with its source.

Ids come from `courses.ids`, so the same source finds its own rows again. What is the same already is not written:
importing twice changes no row. What is gone from the source goes as domain.md says (Courses, gone from the source):
a lesson with learners' rows moves to an archived chapter "(removed)" and comes back when the source has it again,
one without is deleted; questions are `service.importing_questions`'. What stands in a chapter that is archived is not
in the course any more, and stays there until the source has it. Of a book or a GIFT file, which say nothing of them,
category, price, picture and whether it is published are set at the first import only; what staff set by hand stays
(`importing_by_hand`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from psycopg import AsyncConnection

from lms_tui.courses.ids import chapter_id, lesson_id
from lms_tui.courses.model import Lesson, Report
from lms_tui.courses.renames import Standing as StandingLesson
from lms_tui.courses.renames import renames
from lms_tui.db.queries import courses as queries
from lms_tui.db.queries import statistics
from lms_tui.db.queries.courses import Rows
from lms_tui.service.context import Caller
from lms_tui.service.course_source import Source
from lms_tui.service.importing_by_hand import kept_by_hand
from lms_tui.service.importing_questions import write_questions
from lms_tui.wire.courses import ImportReport, LessonPlace, Level

_OF_A_FOLDER_ALONE: Final = ("is_published", "price_in_cents", "currency", "category_id", "thumbnail_s3_key")
"""What no other form says of a course."""

REMOVED: Final = "(removed)"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The rows that the source asks for, questions apart."""

    course: dict[str, Any]
    chapters: Rows
    lessons: Rows
    mentors: Rows


async def import_course(tx: AsyncConnection, caller: Caller, source: Source) -> ImportReport:
    """Write the course of `source` for `caller`; the transaction is the caller's to end, also to roll back.

    The author is whom the source names, which only an admin may do for somebody else, or the caller. Raises
    CourseError where the source may not be written: rows that stand under another course or author, an author who
    can have no courses.
    """
    course, report = source.course, Report(list(source.notes))
    await queries.lock_course(tx, course.id)
    author = await _author(tx, caller, source, report)
    stands = await queries.standing(tx, course.id)
    _check_author(source, stands, author, caller, report)
    report.check()
    wanted = await _wanted(tx, source, stands, author, report)
    await _check_rows(tx, source, stands, wanted, report)
    report.check()
    _tell(source, stands, report)

    gone = _gone_lessons(stands, wanted)
    reshaped = stands.course is not None and _reshaped(stands, wanted, gone)
    if reshaped:
        await queries.lock_enrolments(tx, course.id)
    kept = await queries.used_lessons(tx, gone)
    await queries.write(tx, "courses", {course.id: wanted.course}, _own(stands, course.id))
    await queries.write(tx, "chapters", wanted.chapters, stands.chapters)
    changed = gone | await queries.write(tx, "lessons", wanted.lessons, stands.lessons)
    changed |= await _write_mentors(tx, stands, wanted)
    changed |= await write_questions(tx, source, stands, report)
    await _remove_lessons(tx, source, stands, kept, gone - kept, report)
    await queries.drop_chapters(tx, _gone_chapters(source, stands, wanted))
    if reshaped:
        await queries.follow_lessons(tx, course.id)
        finished = await queries.complete(tx, course.id)
        if finished:
            await statistics.recount(tx, finished, [course.id])
    return ImportReport(
        course_id=course.id,
        title=course.title,
        dry_run=False,
        created=stands.course is None,
        chapters=len(course.chapters),
        lessons=len(course.lessons),
        questions=sum(len(lesson.questions) for lesson in course.lessons),
        files=len(source.files),
        notes=report.notes,
        changed=len(changed),
        places=[_place(course.id, lesson) for lesson in course.lessons],
    )


def _place(course: UUID, lesson: Lesson) -> LessonPlace:
    """Return which files a lesson was read from; all questions of a quiz stand in one."""
    return LessonPlace(
        lesson_id=lesson_id(course, lesson),
        file=lesson.source,
        questions_file=lesson.questions[0].file if lesson.questions else "",
        question_lines=[question.line for question in lesson.questions],
    )


# Who ------------------------------------------------------------------------------------------------------


async def _author(tx: AsyncConnection, caller: Caller, source: Source, report: Report) -> UUID:
    """The author to be; a fault in `report` where there can be none."""
    named, line = source.course.author, source.lines.get("author")
    if named is None or named.strip().casefold() == caller.email.casefold():
        return caller.id
    if not caller.is_admin:
        reason = f"author is {named!r}: only an administrator imports for somebody else; remove the line"
        report.refuse(source.main_file, line, reason)
        return caller.id
    found = await queries.author(tx, named.strip())
    if found is None or not found[1]:
        what = "nobody here has this address" if found is None else "this person is no author and no administrator"
        report.refuse(source.main_file, line, f"author is {named!r}: {what}; mend the line, or remove it")
        return caller.id
    return found[0]


def _check_author(source: Source, stands: queries.Standing, author: UUID, caller: Caller, report: Report) -> None:
    """Refuse a course that stands under another author; only an admin is told under whom."""
    if stands.course is None or stands.course["author_id"] == author:
        return
    advice = "to have a course of your own, remove the id line and import again"
    if caller.is_admin:
        advice = f'to bring it up to date, write author = "{stands.course["author_email"]}"; {advice}'
    reason = f"there is no such course of this author: another course stands under this id; {advice}"
    report.refuse(source.main_file, source.lines.get("id"), reason)


# What is wanted -------------------------------------------------------------------------------------------


async def _wanted(
    tx: AsyncConnection, source: Source, stands: queries.Standing, author: UUID, report: Report
) -> _Wanted:
    course = source.course
    own: dict[str, Any] = {
        "title": course.title,
        "description": course.description,
        "chapter_count": len(course.chapters),
        "author_id": author,
    }
    if stands.course is not None and not source.is_folder:
        own |= {name: stands.course[name] for name in _OF_A_FOLDER_ALONE}
    else:
        own |= {"is_published": course.published, "price_in_cents": course.price_in_cents, "currency": course.currency}
        own["thumbnail_s3_key"] = course.thumbnail
        own |= await kept_by_hand(tx, source, stands, report)
        if "category_id" not in own:
            own["category_id"] = await queries.category(tx, course.category)
    chapters: Rows = {}
    lessons: Rows = {}
    for place, chapter in enumerate(course.chapters, 1):
        row = chapter_id(course.id, chapter)
        chapters[row] = {
            "course_id": course.id,
            "title": chapter.title,
            "description": chapter.description,
            "display_order": place,
            "archived": False,
        }
        for order, lesson in enumerate(chapter.lessons, 1):
            lessons[lesson_id(course.id, lesson)] = _lesson_row(row, order, lesson, source.kinds)
    return _Wanted(own, chapters, lessons, _mentor_rows(source, stands))


def _lesson_row(chapter: UUID, order: int, lesson: Lesson, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {
        "chapter_id": chapter,
        "type": lesson.type,
        "title": lesson.title,
        "description": lesson.text or None,
        "threshold_score": lesson.threshold,
        "attempts_limit": lesson.attempts,
        "quiz_cooldown_in_hours": lesson.cooldown_hours,
        "display_order": order,
        "file_s3_key": lesson.link or lesson.file,
        "file_type": kinds[lesson.file] if lesson.file else None,
        "is_external": lesson.link is not None,
    }


def _mentor_rows(source: Source, stands: queries.Standing) -> Rows:
    """A lesson has one mentor at most; another program's row is taken over."""
    standing = {row["lesson_id"]: key for key, row in stands.mentors.items()}
    rows: Rows = {}
    for lesson in source.course.lessons:
        if lesson.mentor is not None:
            own = lesson_id(source.course.id, lesson)
            rows[standing.get(own) or uuid5(own, "mentor")] = {
                "lesson_id": own,
                "ai_prompt": lesson.mentor.prompt,
                "learning_objectives": lesson.mentor.objectives,
                "difficulty_level": lesson.mentor.difficulty,
            }
    return rows


# What stands elsewhere ------------------------------------------------------------------------------------


async def _check_rows(
    tx: AsyncConnection, source: Source, stands: queries.Standing, wanted: _Wanted, report: Report
) -> None:
    """Refuse chapters and lessons whose rows are another course's."""
    course = source.course
    chapters = await queries.taken(tx, "chapters", wanted.chapters.keys() - stands.chapters.keys())
    for chapter in course.chapters:
        if chapter_id(course.id, chapter) in chapters:
            reason = f"chapter {chapter.title!r} has the id of another course's chapter; give it another id"
            report.refuse(source.main_file, chapter.line if source.is_folder else None, reason)
    lessons = await queries.taken(tx, "lessons", wanted.lessons.keys() - stands.lessons.keys())
    for lesson in course.lessons:
        if lesson_id(course.id, lesson) in lessons:
            reason = f"lesson {lesson.title!r} has the id of another course's lesson; give it another id"
            report.refuse(lesson.source, lesson.line, reason)


def _tell(source: Source, stands: queries.Standing, report: Report) -> None:
    """Note renames, and what an author could wonder about."""
    lessons = [StandingLesson(key, row["title"], row["description"] or "") for key, row in stands.lessons.items()]
    report.notes += renames(lessons, source.course)
    if stands.course is not None and stands.course["archived"]:
        reason = "the course is archived and stays so: learners do not see it"
        report.add(Level.ADAPTED, source.main_file, None, reason)


# Lessons and chapters that are gone -----------------------------------------------------------------------


def _gone_lessons(stands: queries.Standing, wanted: _Wanted) -> set[UUID]:
    open_chapters = {key for key, row in stands.chapters.items() if not row["archived"]}
    return {
        key for key, row in stands.lessons.items() if row["chapter_id"] in open_chapters and key not in wanted.lessons
    }


def _gone_chapters(source: Source, stands: queries.Standing, wanted: _Wanted) -> set[UUID]:
    open_chapters = {key for key, row in stands.chapters.items() if not row["archived"]}
    return open_chapters - wanted.chapters.keys() - {removed_chapter(source.course.id)}


def _reshaped(stands: queries.Standing, wanted: _Wanted, gone: set[UUID]) -> bool:
    """Whether a lesson leaves, comes back or changes its chapter: what counts for a learner's completion."""
    back = {key for key in wanted.chapters if key in stands.chapters and stands.chapters[key]["archived"]}
    moved = any(
        key in stands.lessons and stands.lessons[key]["chapter_id"] != row["chapter_id"]
        for key, row in wanted.lessons.items()
    )
    return bool(gone or back or moved)


def removed_chapter(course: UUID) -> UUID:
    """Id of the archived chapter that keeps lessons which are gone from the source."""
    return uuid5(course, f"chapter:{REMOVED}:lessons gone from the source")


async def _remove_lessons(
    tx: AsyncConnection,
    source: Source,
    stands: queries.Standing,
    kept: set[UUID],
    unused: set[UUID],
    report: Report,
) -> None:
    """Put aside the `kept` lessons, delete the `unused`, and note each."""
    own = removed_chapter(source.course.id)
    if kept and own not in stands.chapters:
        row = {"course_id": source.course.id, "title": REMOVED, "archived": True}
        await queries.write(tx, "chapters", {own: row}, {})
    await queries.move_lessons(tx, kept, own)
    await queries.delete_lessons(tx, unused)
    for key in _by_title(stands.lessons, kept | unused):
        what = "taken out of the course; learners' work in it is kept and comes back with it"
        if key in unused:
            what = "deleted; no learner had opened it"
        reason = f"lesson {stands.lessons[key]['title']!r} is gone from the source: {what}"
        report.add(Level.ADAPTED, source.main_file, None, reason)


def _by_title(rows: Rows, keys: Iterable[UUID]) -> list[UUID]:
    return sorted(keys, key=lambda key: (rows[key]["title"], key))


def _own(stands: queries.Standing, course: UUID) -> Rows:
    return {} if stands.course is None else {course: stands.course}


# Mentors ------------------------------------------------------------------------------------


async def _write_mentors(tx: AsyncConnection, stands: queries.Standing, wanted: _Wanted) -> set[UUID]:
    """Write and delete mentors; return the lessons that they are of."""
    known = {key for key, row in stands.mentors.items() if row["lesson_id"] in wanted.lessons}
    gone = known - wanted.mentors.keys()
    await queries.delete_mentors(tx, gone)
    written = await queries.write(tx, "ai_mentor_lessons", wanted.mentors, stands.mentors)
    return {wanted.mentors[key]["lesson_id"] for key in written} | {stands.mentors[key]["lesson_id"] for key in gone}
