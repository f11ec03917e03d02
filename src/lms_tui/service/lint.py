"""Course lint on what stands in the database and in the store."""

import asyncio
import re
from typing import Final
from uuid import UUID

import msgspec

from lms_tui.courses.paths import with_paths
from lms_tui.db.queries import lint as queries
from lms_tui.rules import lint as rules
from lms_tui.rules import linted
from lms_tui.rules.questions import Option, Question
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.learning import link_of
from lms_tui.service.store import StoreError
from lms_tui.wire import lint as wire
from lms_tui.wire.errors import Code

_AT_ONCE: Final = 16
"""Objects that are looked for at the same time."""
_OBJECT: Final = re.compile(r"(?<![\w/.-])courses/[0-9a-f-]{36}/[0-9a-f]{64}\.[a-z0-9]{1,16}(?![\w.-])")

_OptionRow = tuple[UUID, str, bool | None, int | None]
_QuestionRow = tuple[UUID, str, str, str, int | None, list[_OptionRow]]


class _LessonRow(msgspec.Struct):
    id: UUID
    title: str
    type: str
    text: str
    threshold: int | None
    attempts_limit: int | None
    cooldown: int | None
    file: str
    external: bool
    mentor: bool
    objectives: str
    questions: list[_QuestionRow]


class _ChapterRow(msgspec.Struct):
    id: UUID
    title: str
    lessons: list[_LessonRow]


class _CourseRow(msgspec.Struct):
    title: str
    chapters: list[_ChapterRow]


_DECODER: Final = msgspec.json.Decoder(_CourseRow)


async def lint(ctx: Context, ask: wire.LintRequest) -> wire.Problems:
    """Return what is to be mended in a course, drafts and archived ones too.

    Raises Fault `not_found` for everybody but its author, while they have the rights of staff, and admins; and
    `unavailable` where the store does not say which files there are.
    """
    own = {"course": ask.course_id, "user": ctx.caller.id, "admin": ctx.caller.is_admin}
    rows = await ctx.pools.rows(queries.COURSE, own)
    if not rows or not ctx.caller.is_staff:
        raise not_found("course")
    stored = await asyncio.to_thread(_DECODER.decode, rows[0][0])
    files = await _those_there(ctx, _named(stored))
    return await asyncio.to_thread(_linted, ask.course_id, stored, files)


def _linted(course: UUID, stored: _CourseRow, files: frozenset[str]) -> wire.Problems:
    found = rules.problems(with_paths(course, _course(stored, files)))
    return wire.Problems(problems=[rules.told(problem) for problem in found])


def _named(stored: _CourseRow) -> set[str]:
    """Return the objects that a course's lessons and their texts name."""
    names = set()
    for chapter in stored.chapters:
        for lesson in chapter.lessons:
            names |= set(_OBJECT.findall(lesson.text))
            if (key := lesson.file.strip()) and link_of(key, external=lesson.external) is None:
                names.add(key)
    return names


async def _those_there(ctx: Context, names: set[str]) -> frozenset[str]:
    """Return which of the objects `names` the store has."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def there(name: str) -> bool:
        async with gate:
            return await ctx.shared.store.find(name) is not None

    ordered = sorted(names)
    try:
        found = await asyncio.gather(*map(there, ordered))
    except StoreError as error:
        detail = "The store of files does not answer. Try again in a moment."
        raise Fault(Code.UNAVAILABLE, detail, retry_after=1.0) from error
    return frozenset(name for name, is_there in zip(ordered, found, strict=True) if is_there)


def _course(stored: _CourseRow, files: frozenset[str]) -> linted.Course:
    return linted.Course(
        title=stored.title,
        chapters=tuple(
            linted.Chapter(chapter.id, chapter.title, tuple(map(_lesson, chapter.lessons)))
            for chapter in stored.chapters
        ),
        files=files,
    )


def _lesson(row: _LessonRow) -> linted.Lesson:
    file = row.file.strip()
    link = link_of(file, external=row.external)
    return linted.Lesson(
        id=row.id,
        title=row.title,
        type=row.type,
        text=row.text,
        threshold=row.threshold,
        attempts_limit=row.attempts_limit,
        cooldown_in_hours=row.cooldown,
        link=link,
        file=None if link else file or None,
        has_mentor=row.mentor,
        objectives=row.objectives,
        questions=tuple(_question(question) for question in row.questions),
    )


def _question(row: _QuestionRow) -> Question:
    key, kind, title, description, points, options = row
    made = tuple(Option(own, text, bool(right), order) for own, text, right, order in options)
    return Question(key, kind, title, description, points, made)
