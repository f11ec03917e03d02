"""The same statements by pgbench, with no Python at all: what PostgreSQL itself can do here, for information."""

import os
import re
import subprocess
from pathlib import Path

import rows
from floor import FIRST
from lms_tui.db.queries import quizzes
from lms_tui.local.binaries import shipped_binaries

_USER = "(lpad('1', 8, '0') || '-0000-4000-8000-' || lpad(to_hex(:client_id + 1), 12, '0'))::uuid"
_VALUES = {
    "user": _USER,
    "attempt": _USER.replace("'1'", "'8'"),
    "question": f"'{rows.question()}'::uuid",
    "at": "clock_timestamp()",
    "ids": "ARRAY[gen_random_uuid()]",
    "options": f"ARRAY['{rows.option(1)}']",
    "texts": "ARRAY[NULL]",
}
_SAVE = (
    "\\startpipeline",
    "BEGIN",
    quizzes.LOCK_ATTEMPT_AND_ACCESS,
    quizzes.QUESTION,
    "\\endpipeline",
    "\\startpipeline",
    quizzes.CLEAR_ANSWER,
    quizzes.SET_ANSWER,
    "COMMIT",
    "\\endpipeline",
)
SCRIPTS = {"page": (FIRST,), "save": _SAVE}


def measure(folder: Path, database: str, operation: str, connections: int, seconds: int) -> float | None:
    """Return transactions per second; None where this installation has no pgbench."""
    program = shipped_binaries().program("pgbench")
    if not program.exists():
        return None
    script = folder / f"{operation}.sql"
    script.write_text("".join(_line(step) for step in SCRIPTS[operation]))
    command: list[str | Path] = [
        program,
        "-n",
        "-M",
        "prepared",
        "-c",
        str(connections),
        "-T",
        str(seconds),
        "-f",
        script,
        database,
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {ran.stderr.strip() or ran.stdout.strip()}")
    return float(found[1])


def _line(step: str) -> str:
    if step.startswith("\\"):
        return f"{step}\n"
    return re.sub(r"%\((\w+)\)s", lambda found: _VALUES[found[1]], step).strip() + ";\n"
