"""A write that the service would not take, saved as a file: what the learner gave is theirs, whatever becomes of it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lms_tui.client.outbox_items import Kept


def export(kept: Kept, folder: Path) -> Path:
    """Write `kept` as JSON into a new file of `folder`, which only its owner may read, and return its path.

    Nothing is ever written over. Raises OSError.
    """
    given = datetime.fromtimestamp(kept.created, UTC)
    content = {
        "what": kept.label,
        "given_at": given.isoformat(timespec="seconds"),
        "operation": kept.operation.name,
        "content": msgspec.to_builtins(kept.request),
        "refused": None if kept.problem is None else {"code": kept.problem.code, "why": kept.problem.detail},
    }
    path = folder / f"lms-tui-{kept.operation.name.partition('.')[2]}-{given:%Y%m%d-%H%M%S}-{kept.id}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return path
