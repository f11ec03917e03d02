"""A program that upgrades a database and kills itself hard in front of its n-th statement: `URL N`."""

import os
import signal
import sys

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from lms_tui.db import migrate

url, last = sys.argv[1], int(sys.argv[2])
seen = 0


@event.listens_for(Engine, "before_cursor_execute")
def count(connection: Connection, *_rest: object) -> None:
    global seen  # noqa: PLW0603 - a program of one purpose
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)


migrate.upgrade(url, confirm=lambda _plan: True)
