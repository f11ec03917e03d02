"""All that the service holds of a person, into a file of theirs: JSON, for their eyes alone, written whole or not."""

import asyncio
import json
import os
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from lms_tui.client.errors import NotKept
from lms_tui.wire.operation import Operation
from lms_tui.wire.own_data import EXPORT, Exported, ExportRequest, Part

FORMAT: Final = "lms-tui export 1"
_NOT_PLAIN: Final = re.compile("[^ -~]")

Call = Callable[[Operation[ExportRequest, Exported], ExportRequest], Awaitable[Exported]]


def file_name(at: datetime) -> str:
    """Return how a file of that day is called."""
    return f"lms-tui-export-{at:%Y-%m-%d}.json"


async def rows_of(call: Call, part: Part) -> AsyncIterator[msgspec.Raw]:
    """Yield the rows of a part, page by page. Raises ClientError."""
    ask = ExportRequest(part=part)
    while True:
        page = await call(EXPORT, ask)
        for row in page.rows:
            yield row
        if page.next is None:
            return
        ask = ExportRequest(part=part, after=page.next)


async def lines(call: Call, counts: dict[str, int]) -> AsyncIterator[str]:
    """Yield the lines of the file, and put how many rows each part has into `counts`. Raises ClientError."""
    yield f'{{\n"format": "{FORMAT}",\n"made_at": "{datetime.now(UTC).isoformat(timespec="seconds")}"'
    for part in Part:
        yield f',\n"{part}": ['
        number = 0
        async for row in rows_of(call, part):
            yield f"{',' if number else ''}\n  {harmless(bytes(row).decode())}"
            number += 1
        yield "\n]" if number else "]"
        counts[part] = number
    yield "\n}\n"


def harmless(text: str) -> str:
    """Return JSON `text` that means the same, with what could act on a terminal written as escapes."""
    return _NOT_PLAIN.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)


async def save(call: Call, path: Path, *, force: bool = False) -> dict[str, int]:
    """Write the file `path`, which only its owner may read, and return how many rows each part has.

    What is there already is left, unless `force` says otherwise; a link is never followed. Raises ClientError, NotKept.
    """
    draft = path.parent / f".{secrets.token_hex(8)}.part"
    counts: dict[str, int] = {}
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                async for line in lines(call, counts):
                    file.write(line)
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
            if force:
                draft.replace(path)
            else:
                os.link(draft, path)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except FileExistsError as error:
        raise NotKept(f"{path} is there already: nothing was written. Name another file.") from error
    except OSError as error:
        raise NotKept(f"{path} cannot be written: {error.strerror or error}.") from error
    return counts
