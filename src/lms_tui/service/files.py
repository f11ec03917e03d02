"""Files of courses: who may have a link to which, and what a link opens.

A link is signed with the keys of the sessions and holds the object's key and the time of its end by the database's
clock. It opens that object alone, for whoever holds it: a player or browser has no session. The service streams the
bytes itself, from a bucket too: links are then the same everywhere, work where the bucket is reached by the service
alone, end when we say and carry our headers; a presigned link of the bucket would do none of this. No name that a
client gives reaches the store.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from lms_tui.db.queries import files as queries
from lms_tui.db.queries import preview as preview_queries
from lms_tui.rules.files import ending_of, kind_of, medium_of, name_of
from lms_tui.service.catalog import check_visible
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.learning import link_of
from lms_tui.service.progress import check_lesson
from lms_tui.service.store import StoreError, digest_of
from lms_tui.service.streaming import Stream, file_headers, part
from lms_tui.wire import files
from lms_tui.wire import preview as preview_wire
from lms_tui.wire.errors import Code

MOST_NAMED: Final = 200
"""Files of one text that get a link; a page of more pictures is none that anybody reads in a terminal."""


async def lesson(ctx: Context, ask: files.LessonFilesRequest) -> files.LessonFiles:
    """Return links to a lesson's files, for those who may read the lesson.

    What a text names is an object of its own course or nothing: an author reaches no other course by writing its name.
    Raises Fault `not_found`, `course_unavailable`, `enrol_first` as reading the lesson does, and `unavailable` where
    the store does not answer.
    """
    rows = await ctx.pools.rows(queries.LESSON, {"user": ctx.caller.id, "lesson": ask.lesson_id})
    if not rows:
        raise not_found("lesson")
    visible, enrolled, free, kind = rows[0][:4]
    check_lesson(visible=visible, enrolled=enrolled, free=free, kind=kind)
    return await _told(ctx, rows[0])


async def preview(ctx: Context, ask: preview_wire.LessonRequest) -> files.LessonFiles:
    """Return links to a lesson's files, for those who may preview its course.

    Raises Fault `not_found`, `unavailable`.
    """
    may = await ctx.pools.rows(
        preview_queries.MAY_PREVIEW_LESSON,
        {"user": ctx.caller.id, "admin": ctx.caller.is_admin, "lesson": ask.lesson_id},
    )
    rows = await ctx.pools.rows(queries.LESSON, {"user": ctx.caller.id, "lesson": ask.lesson_id})
    if not ctx.caller.is_staff or not may or not may[0][0] or not rows:
        raise not_found("lesson")
    return await _told(ctx, rows[0])


async def _told(ctx: Context, row: Sequence[Any]) -> files.LessonFiles:
    """Return the links of a row of LESSON."""
    _, _, _, _, course, title, text, own, external, file_type, now = row
    key = (own or "").strip()
    file = None
    if key and link_of(key, external=external) is None:
        file = await own_file(ctx, key, title, file_type, now)
    named = [
        _link(ctx, name, name_of(f"{title} {number}", ending_of(name)), ending_of(name), now, source=name)
        for number, name in enumerate(_names(text, course), 1)
    ]
    missing = file is None and bool(key) and link_of(key, external=external) is None
    return files.LessonFiles(file=file, file_missing=missing, named=named)


async def thumbnail(ctx: Context, ask: files.ThumbnailRequest) -> files.Thumbnail:
    """Return a link to a course's picture, for those who see the course. One that is on the web is none of ours.

    Raises Fault `not_found`, `course_unavailable`, `unavailable`.
    """
    rows = await ctx.pools.rows(queries.THUMBNAIL, {"user": ctx.caller.id, "course": ask.course_id})
    if not rows:
        raise not_found("course")
    visible, enrolled, title, key, now = rows[0]
    check_visible(visible=visible, enrolled=enrolled)
    key = (key or "").strip()
    return files.Thumbnail(
        file=None if not key or link_of(key, external=False) else await own_file(ctx, key, title, "", now)
    )


async def read(ctx: Context, ask: files.ReadRequest, headers: Mapping[str, str]) -> Stream:
    """Return the file that a link opens, or the part of it that `Range` asks for.

    A link that is over, altered, of other keys or of an object that is gone: one 404 for all. Raises Fault
    `unavailable` where the store does not answer.
    """
    claim = ctx.shared.tokens.verify_link(ask.link)
    if claim is None or (await ctx.pools.rows(queries.NOW, {}))[0][0] >= claim.ends_at:
        raise _no_file()
    try:
        found = await ctx.shared.store.find(claim.key)
    except StoreError as error:
        raise away() from error
    if found is None:
        raise _no_file()
    said = file_headers(medium_of(claim.name.rpartition(".")[2]), claim.name, found.version)
    unchanged = headers.get("if-range", said["etag"]) == said["etag"]
    try:
        asked = part(headers.get("range", ""), found.size) if unchanged else None
    except ValueError:
        return Stream(416, said | {"content-range": f"bytes */{found.size}"}, 0)
    start, end = asked or (0, found.size)
    if asked is not None:
        said["content-range"] = f"bytes {start}-{end - 1}/{found.size}"
    return Stream(206 if asked else 200, said, end - start, ctx.shared.store.pieces(found, start, end))


def _names(text: str, course: UUID) -> list[str]:
    """Return the keys of objects of `course` that a text names, each once, in order."""
    ours = re.compile(rf"(?<![\w/.-])courses/{course}/[0-9a-f]{{64}}\.[a-z0-9]{{1,16}}(?![\w.-])")
    return list(dict.fromkeys(ours.findall(text)))[:MOST_NAMED]


async def own_file(ctx: Context, key: str, title: str, file_type: str, now: datetime) -> files.FileLink | None:
    """Return the link of an object that a row names; None where it is not in the store.

    Raises Fault `unavailable` where the store does not answer.
    """
    try:
        found = await ctx.shared.store.find(key)
    except StoreError as error:
        raise away() from error
    if found is None:
        return None
    kind = kind_of(ending_of(key), file_type)
    return _link(ctx, key, name_of(title, kind), kind, now, version=found.version, size=found.size)


def _link(
    ctx: Context,
    key: str,
    name: str,
    kind: str,
    now: datetime,
    *,
    source: str = "",
    version: str | None = None,
    size: int | None = None,
) -> files.FileLink:
    settings = ctx.settings
    seconds = settings.film_link_seconds if medium_of(kind).is_film else settings.link_seconds
    link = ctx.shared.tokens.sign_link(key, name, now + timedelta(seconds=seconds))
    return files.FileLink(
        source=source,
        link=files.READ.path.replace("{link}", link),
        name=name,
        kind=kind,
        version=version or digest_of(key) or "",
        size=size,
    )


def _no_file() -> Fault:
    return Fault(Code.NOT_FOUND, "There is no such file, or its link is over. Ask for the file again.")


def away() -> Fault:
    """Return the answer where the store does not."""
    return Fault(Code.UNAVAILABLE, "The store of files does not answer. Try again in a moment.", retry_after=2.0)
