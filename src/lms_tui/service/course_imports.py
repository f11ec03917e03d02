"""Importing courses: from an upload, and from the program itself. Loaded when first asked for (`courses`)."""

import asyncio
from collections.abc import Sequence

from psycopg.errors import IntegrityError

from lms_tui.courses.model import CourseError, Report
from lms_tui.db.queries import courses as queries
from lms_tui.service import accounts, course_source
from lms_tui.service.context import Caller, Context
from lms_tui.service.course_source import Source
from lms_tui.service.database import Pools, open_pools
from lms_tui.service.faults import Fault
from lms_tui.service.importing import import_course
from lms_tui.service.settings import Settings
from lms_tui.service.store import Store, StoreError
from lms_tui.wire import courses
from lms_tui.wire.errors import Code


async def import_upload(ctx: Context, ask: courses.ImportRequest) -> courses.ImportReport:
    """Import the course in the upload, or with `dry_run` say what that would do and write nothing.

    Raises Fault `course_refused` with a note for each fault; nothing is written then, neither row nor file.
    """
    if not course_source.plain_name(ask.name):
        raise Fault(Code.BAD_REQUEST, "'name' has to be the plain name of a folder or file, up to 200 bytes.")
    assert ctx.upload is not None  # noqa: S101 - the operation uploads
    try:
        source, folder = await asyncio.to_thread(course_source.load_upload, ctx.upload, ask.name, str(ctx.caller.id))
    except CourseError as error:
        raise _refused(error) from error
    try:
        if source.course.id_is_new and source.is_folder and not ask.dry_run:
            raise _refused(_without_id(source))
        return await _import(ctx.pools, ctx.settings, ctx.caller, [source], dry_run=ask.dry_run)
    finally:
        await asyncio.to_thread(folder.cleanup)


async def import_builtin(ctx: Context, ask: courses.BuiltinRequest) -> courses.ImportReport:
    """Import a course that ships with the program, or say what that would do.

    Raises Fault `not_found`, naming those that there are, and `course_refused` where it stands under another author.
    """
    path = course_source.builtin(ask.name)
    if path is None:
        known = ", ".join(found.name for found in course_source.builtins())
        raise Fault(Code.NOT_FOUND, f"No course {ask.name!r} ships with the program. There are: {known}.")
    source = await asyncio.to_thread(course_source.load, path, str(ctx.caller.id))
    return await _import(ctx.pools, ctx.settings, ctx.caller, [source], dry_run=ask.dry_run)


async def import_builtins(settings: Settings) -> None:
    """Import all courses that ship with the program in one transaction, the machine's owner as their author."""
    pools = open_pools(settings.database_url, 1)
    try:
        email = await accounts.ensure_owner(pools.writer)
        async with pools.reader.connection() as connection:
            found = await queries.author(connection, email)
        assert found is not None  # noqa: S101 - made just now
        owner = Caller(found[0], email, "", "", "ADMIN")
        sources = [course_source.load(path, str(owner.id)) for path in course_source.builtins()]
        await _import(pools, settings, owner, sources, dry_run=False)
    finally:
        await pools.close()


async def _import(
    pools: Pools, settings: Settings, caller: Caller, sources: Sequence[Source], *, dry_run: bool
) -> courses.ImportReport:
    """Write `sources` in one transaction and return the last one's report.

    Files are put into the store before the rows that name them can be seen; where the commit then fails, they stay
    there unused, named by their content, for the next try.
    """
    try:
        async with pools.writer.connection() as tx:
            for source in sources:
                report = await import_course(tx, caller, source)
                if not dry_run:
                    await Store(settings).keep(source.files)
            if dry_run:
                await tx.rollback()
    except CourseError as error:
        raise _refused(error) from error
    except StoreError as error:
        detail = "The store of files does not take the course's files. Nothing was imported: try again in a moment."
        raise Fault(Code.UNAVAILABLE, detail, retry_after=2.0) from error
    except IntegrityError as error:
        # A row of ours appeared, or one to be deleted was used, between our look at it and our write.
        detail = "Somebody else wrote to the same course just now. Nothing was imported: do it again."
        raise Fault(Code.UNAVAILABLE, detail, retry_after=1.0) from error
    report.dry_run = dry_run
    return report


def _refused(error: CourseError) -> Fault:
    count = len(error.faults)
    faults = "one fault" if count == 1 else f"{count} faults"
    return Fault(Code.COURSE_REFUSED, f"The course has {faults}: nothing was imported.", notes=error.faults)


def _without_id(source: Source) -> CourseError:
    """The refusal of a folder that would be another course at each import."""
    report = Report()
    reason = f'the course has no id, by which the next import finds it; write id = "{source.course.id}" as first line'
    report.refuse(source.main_file, 1, reason)
    return CourseError(report.faults)
