"""A write of the outbox told in JSON, and one that the service would not take saved as a file: what the learner gave
is theirs, whatever becomes of it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from lms_tui.client.outbox_items import Kept


def told(kept: Kept) -> dict[str, Any]:
    """Return `kept` as JSON values, the same in a list, in a file and in every version (docs/cli.md)."""
    return {
        "id": kept.id,
        "what": kept.label,
        "given_at": _moment(kept.created),
        "operation": kept.operation.name,
        "content": msgspec.to_builtins(kept.request),
        "state": kept.state.value,
        "tries": kept.tries,
        "next_try_at": _moment(kept.due) if kept.due > 0 and kept.problem is None else None,
        "refused": None if kept.problem is None else {"code": kept.problem.code, "why": kept.problem.detail},
    }


def export(kept: Kept, place: Path) -> Path:
    """Write `kept` as JSON into a new file that only its owner may read, and return its path.

    `place` is that file, or a folder for one with a name of ours. Nothing is ever written over. Raises OSError.
    """
    given = datetime.fromtimestamp(kept.created, UTC)
    name = f"lms-tui-{kept.operation.name.partition('.')[2]}-{given:%Y%m%d-%H%M%S}-{kept.id}.json"
    path = place / name if place.is_dir() else place
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(told(kept)), indent=2) + b"\n")
    return path


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
