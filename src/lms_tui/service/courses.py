"""Courses for those who make them: the list of one's own here, and what brings in new ones loaded when it is asked for.

Reading course files and writing them into the database (`course_imports`) needs parsers and the schema in Python: half
of the service's whole import, which no learner should wait for.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import psycopg

from lms_tui.db.queries import courses as queries
from lms_tui.service.context import Context
from lms_tui.service.search import resolve
from lms_tui.service.settings import Settings
from lms_tui.wire import courses


async def import_upload(ctx: Context, ask: courses.ImportRequest) -> courses.ImportReport:
    """Import an uploaded course; see `course_imports.import_upload`."""
    report: courses.ImportReport = await (await asyncio.to_thread(_imports)).import_upload(ctx, ask)
    return report


async def import_builtin(ctx: Context, ask: courses.BuiltinRequest) -> courses.ImportReport:
    """Import a course that ships with the program; see `course_imports.import_builtin`."""
    report: courses.ImportReport = await (await asyncio.to_thread(_imports)).import_builtin(ctx, ask)
    return report


async def managed(ctx: Context, ask: courses.ListRequest) -> courses.ManagedCourses:
    """Return a page of the caller's own courses, drafts and archived ones too; an admin's list has everybody's."""
    searched = await resolve(ctx, ask.search, author=None if ctx.caller.is_admin else ctx.caller.id)
    own: dict[str, Any] = {"user": ctx.caller.id, "everybodys": ctx.caller.is_admin, "offset": ask.offset}
    if searched is not None:
        own["query"] = searched.query.anything
    read = ctx.pools.rows if searched is None else ctx.pools.found
    rows = await read(queries.managed(ask.size, searched=searched is not None), own)
    names = courses.ManagedCourse.__struct_fields__
    found = [courses.ManagedCourse(**dict(zip(names, row[1:], strict=True))) for row in rows if row[1] is not None]
    return courses.ManagedCourses(courses=found, total=rows[0][0])


async def seed(settings: Settings, on_begin: Callable[[], None] = lambda: None) -> bool:
    """Import all courses that ship with the program, the machine's owner as their author; True where that was done.

    `on_begin` is called where it is going to be. Blocks the event loop: nothing is served yet.

    For the embedded database, between its migration and its first use. Done only where neither a course nor a
    category stands: both are written in one transaction, so a start that was killed is made up for by the next, while
    an owner who deletes the courses keeps their categories and so does not get the courses again.
    """
    async with await psycopg.AsyncConnection.connect(settings.database_url) as plain:  # quicker than a pool
        row = await (await plain.execute(queries.FIRST_START)).fetchone()
    if row != (True,):
        return False
    on_begin()
    await _imports().import_builtins(settings)
    return True


def _imports() -> ModuleType:
    """Load what imports courses."""
    return import_module("lms_tui.service.course_imports")
