"""docs/access.md from `access_table`: `python -m tests.service.access_page > docs/access.md`."""

import sys
from collections.abc import Iterator

from lms_tui.wire.operations import BY_NAME

from .access_table import OBJECTS, STATUS, TABLE, Line, On

_HEAD = """\
# Who may do what

Every operation of the service, with what comes back to whom. This page is made from `tests/service/access_table.py`,
which is written by hand; `tests/service/test_access_matrix.py` asks the service for every cell of it, as each of
a guest with the setting off and on, two students, two authors, an administrator, a person who is archived and one with
a role that nobody knows.

- **Students** are people with the role STUDENT or one that nobody knows, **authors** those with CONTENT_CREATOR,
  **administrators** those with ADMIN. Role, archiving and credentials are read anew at each request.
- Without a session, and with that of a person who is archived, the answer is 401 `unauthenticated` wherever a table
  has no line for it.
- **Guests who are let in** have no session where `settings.unregistered_user_courses_accessibility` is on: without a
  settings row it is off, and a row that says nothing of it means on. They see what somebody sees who is signed in and
  enrolled nowhere.
- What is another's and what is not there answer alike, byte for byte. `enrol_first` and `course_unavailable` alone tell
  a learner that something is there: what anybody finds in the catalog, and what they are enrolled in.
- A role has no effect on learning: authors and administrators enrol like anybody, and see drafts by the operations
  `preview.…` alone.
- `accounts.owner` answers on the private socket of the machine's own service alone; it is missing everywhere else.

| answer | status |
|---|---|
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield from (f"| {_shown(word)} | {status} |" for word, status in STATUS.items())
    for on in On:
        lines = [line for line in TABLE if line.on is on]
        objects = ("answer",) if on is On.NOTHING else OBJECTS[on]
        yield from ("", f"## {on.value[0].upper()}{on.value[1:]}", "")
        yield f"| operation | what it does | who | {' | '.join(objects)} |"
        yield "|---" * (3 + len(objects)) + "|"
        for line in lines:
            summary = BY_NAME[line.operation].summary
            for who, answers in _who(line):
                cells = map(_shown, _each(answers, len(objects)))
                yield f"| `{line.operation}` | {summary} | {who} | {' | '.join(cells)} |"


def _who(line: Line) -> Iterator[tuple[str, str]]:
    """Yield those who are answered alike, and their words."""
    groups: dict[str, list[str]] = {}
    for who, words in (
        ("without a session", line.guests),
        ("guests who are let in", line.let_in or "unauthenticated"),
        ("archived", line.archived),
        ("students", line.students),
        ("authors", line.authors),
        ("administrators", line.admins),
    ):
        if words != "unauthenticated" or who in ("students", "authors", "administrators"):
            groups.setdefault(words, []).append(who)
    everybody = {
        (): "everybody signed in",
        ("guests who are let in",): "everybody signed in, guests who are let in",
        ("without a session", "archived"): "everybody",
    }
    for words, people in groups.items():
        besides = tuple(people[:-3])
        alike = people[-3:] == ["students", "authors", "administrators"] and besides in everybody
        yield everybody[besides] if alike else ", ".join(people), words


def _each(words: str, number: int) -> list[str]:
    said = words.split()
    return said * number if len(said) == 1 else said


def _shown(word: str) -> str:
    return {"ok": "yes", "empty": "nothing"}.get(word, f"`{word}`")


if __name__ == "__main__":
    sys.stdout.write(page())
