"""How many connections a worker can have by the files that the system lets a process open."""

import logging
import resource
from contextlib import suppress
from typing import Final

_OWN: Final = 128
"""Of each worker: connections to the database, files of courses, what Python and the loop have open."""

_log = logging.getLogger(__name__)


def connections_for(wanted: int) -> int:
    """Raise the soft limit of open files (RLIMIT_NOFILE) for `wanted` connections, as far as the hard one lets it, and
    return how many there can be. Called before workers start, who inherit it; a warning says where it does not suffice.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OWN
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        with suppress(OSError, ValueError):  # macOS has a lower one that it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    found = max(soft - _OWN, 1)
    said = f"a worker may open {soft} files and takes {found} connections; for {wanted} the limit has to be {needed}"
    _log.warning(said, extra={"fields": {"event": "few_files", "limit": soft, "needed": needed}})
    return found
