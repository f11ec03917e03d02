"""`lms-tui file list LESSON` and `file save LESSON`: the files of a lesson, on the screen behind the key `s`.

Both number the files alike: the lesson's own first, then those that its text names, in order.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import places_file, signed_in
from lms_tui.cli.naming import add_name, resolve
from lms_tui.cli.printing import complain, print_list, say
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.tui.opened import note_opened
from lms_tui.tui.places import ReadingPlaces
from lms_tui.wire import files
from lms_tui.wire.finding import Kind

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.client.file_cache import Progress

_HEADINGS: Final = ("NUMBER", "KIND", "BYTES", "NAME")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `file` with its two."""
    what = "list or save the files of a lesson"
    actions = subparsers.add_parser("file", help=what, description=f"{what[:1].upper()}{what[1:]}.").add_subparsers(
        dest="action", required=True, metavar="ACTION"
    )
    listing = actions.add_parser("list", help="list a lesson's own file and those that its text names")
    saving = actions.add_parser("save", help="save one of them; nothing that is there is overwritten")
    for parser in (listing, saving):
        add_name(parser, "LESSON")
        parser.add_argument("--in", dest="within", metavar="COURSE", help="the lesson's course")
        parser.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")
    saving.add_argument("--number", type=int, metavar="N", help="which of several, as `file list` counts them")
    saving.add_argument(
        "--to", type=Path, metavar="PATH", help="a folder, or the file itself (default: your folder for downloads)"
    )


def run(args: argparse.Namespace) -> int:
    """Do one of the two; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, user):
        within = (await resolve(api, args.within, Kind.COURSE)).id if args.within else None
        lesson = (await resolve(api, args.name, Kind.LESSON, within)).id
        known = await api.call(files.LESSON, files.LessonFilesRequest(lesson_id=lesson))
        found = [*([known.file] if known.file else []), *known.named]
        if known.file_missing:
            complain("The file of this lesson is missing. Its author can put it there again.")
        if args.action == "save":
            file = _chosen(found, args.number)
            await _save(args, api, file)
            if file is known.file:
                note_opened(ReadingPlaces(places_file()), user.id, lesson)
            return 0
    if args.json:
        print_json([_told(number, file) for number, file in enumerate(found, 1)])
    else:
        sizes = ["-" if file.size is None else file.size for file in found]
        rows = [
            (number, file.kind, size, file.name)
            for number, (file, size) in enumerate(zip(found, sizes, strict=True), 1)
        ]
        print_list(_HEADINGS, rows)
    return 0


def _told(number: int, file: files.FileLink) -> dict[str, object]:
    """Return what is printed of a file: no link, which is over in some minutes."""
    return {"number": number, "kind": file.kind, "bytes": file.size, "name": file.name}


def _chosen(found: list[files.FileLink], number: int | None) -> files.FileLink:
    """Return the file of that number, or the only one. Raises WronglyAskedError."""
    if not found:
        raise WronglyAskedError("This lesson has no files that could be saved.")
    lines = [f"{at}  {file.name}" for at, file in enumerate(found, 1)]
    if number is None and len(found) > 1:
        raise WronglyAskedError("This lesson has several files. Say which, by --number:", *lines)
    if number is not None and not 1 <= number <= len(found):
        raise WronglyAskedError(f"This lesson has no file of the number {number}. There are:", *lines)
    return found[(number or 1) - 1]


async def _save(args: argparse.Namespace, api: "Api", file: files.FileLink) -> None:
    from lms_tui.client.file_cache import FileCache
    from lms_tui.client.saving import downloads, save, save_as
    from lms_tui.local.paths import places

    path = await FileCache(places().state / "fetched").fetch(api, file, progress=_progress())
    to: Path = (args.to or downloads()).expanduser().absolute()
    into_folder = await asyncio.to_thread(to.is_dir) or args.to is None or str(args.to).endswith("/")
    if into_folder:
        saved = await asyncio.to_thread(save, path, to, file.name)
    else:
        saved = await asyncio.to_thread(save_as, path, to)
    print_json({"file": str(saved)}) if args.json else say(f"Saved: {saved}")


def _progress() -> "Progress":
    """Return what tells somebody who sits there how far a file is, on one line of standard error."""
    if not sys.stderr.isatty():
        return lambda _done, _size: None
    told = -1

    def tell(done: int, whole: int | None) -> None:
        nonlocal told
        percent = 100 * done // whole if whole else 0
        if percent != told:
            told = percent
            print(f"\r{percent:3} %", end="\n" if percent == 100 else "", file=sys.stderr, flush=True)

    return tell
