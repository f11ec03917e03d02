"""A screen asks and gives at its desk and nowhere else, so that in a preview no key of it can record anything."""

import re
from pathlib import Path

import lms_tui.tui.screens

SCREENS = Path(lms_tui.tui.screens.__path__[0])
THE_APPS_OWN = {"outbox.py"}
"""The outbox of whoever is signed in, which shows also over a preview."""
AROUND_THE_DESK = re.compile(
    r"\b(?:lms|app)\.(?:call|keep|backend|places|here\.(?:call|backend)|standing\.saved|attending)\b"
)


def test_no_screen_goes_around_its_desk() -> None:
    found = {
        f"{file.name}:{number}: {line.strip()}"
        for file in sorted(SCREENS.glob("*.py"))
        if file.name not in THE_APPS_OWN
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if AROUND_THE_DESK.search(line)
    }
    assert not found, "ask and give at self.desk: " + "\n".join(sorted(found))
    assert AROUND_THE_DESK.search((SCREENS / "outbox.py").read_text())
