"""python -m tests.fuzz [--count N] [--role ROLE …] [--seed N]: many requests as each role, and what came back."""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from lms_tui.db.migrate import upgrade
from lms_tui.local import postgres
from lms_tui.local.cluster import ROLE, SUPERUSER
from tests.service.listening import served

from .fuzzing import ROLES, Fuzz


def main() -> int:
    """Send the requests; 1 where something came back that should not have."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="requests as each role")
    parser.add_argument("--role", action="append", choices=ROLES, help="as these alone")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    failed = False
    with tempfile.TemporaryDirectory(prefix="lms-fuzz-", dir="/dev/shm") as folder:
        server = postgres.start(Path(folder) / "pg", durable=False, end_with_us=True)
        try:
            for role in args.role or ROLES:
                with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as db:
                    make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
                    db.execute(make.format(sql.Identifier(role), sql.Identifier(ROLE)))
                upgrade(server.url(role))
                began = time.monotonic()
                with served(server.url(role), Path(folder) / role) as (house, url):
                    found = Fuzz(house, url).run(role, args.count, args.seed)
                statuses = ", ".join(f"{status}: {number}" for status, number in sorted(found.statuses.items()))
                print(f"{role}: {found.sent} requests in {time.monotonic() - began:.0f} s ({statuses})", flush=True)
                for kind, what in found.failures.items():
                    print(f"--- {kind}\n{what}", flush=True)
                failed = failed or bool(found.failures)
        finally:
            server.stop()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
