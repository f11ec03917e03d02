"""The TOML of a course folder: the keys there are, tables that know on which lines they stand, the course's id."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from lms_tui.courses.model import Report
from lms_tui.courses.source import line_of_key, suggestion

COURSE_FILE = "course.toml"
COURSE_KEYS: dict[str, type] = {
    "id": str,
    "title": str,
    "description": str,
    "category": str,
    "author": str,
    "price": str,
    "published": bool,
    "thumbnail": str,
    "chapters": list,
}
CHAPTER_KEYS: dict[str, type] = {"folder": str, "title": str, "description": str, "id": str, "lessons": list}
LESSON_KEYS: dict[str, type] = {
    "title": str,
    "type": str,
    "id": str,
    "threshold": int,
    "attempts": int,
    "cooldown": int,
    "link": str,
    "file": str,
    "questions": str,
    "mentor": dict,
}
MENTOR_KEYS: dict[str, type] = {"prompt": str, "objectives": str, "difficulty": str}
_WORDS = {str: "a text in quotes", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of TOML with what is needed to say where it stands."""

    values: dict[str, Any]
    file: str
    text: str
    first_line: int
    start: int
    report: Report

    def line(self, key: str) -> int:
        """The line on which `key` is set, else that on which the table begins."""
        return line_of_key(self.text, key, self.first_line, self.start)

    def refuse(self, key: str, reason: str) -> None:
        """Refuse the course for what `key` says, or lacks."""
        self.report.refuse(self.file, self.line(key), reason)

    def check(self, known: dict[str, type]) -> None:
        """Refuse unknown keys and values of another type than `known` says; those are then taken out."""
        for key, value in list(self.values.items()):
            if key not in known:
                self.refuse(key, f"unknown key {key!r}; {suggestion(key, list(known))}")
            elif type(value) is not known[key]:
                self.refuse(key, f"{key} is {value!r}; write {_WORDS[known[key]]}")
            else:
                continue
            del self.values[key]

    def need(self, key: str, why: str) -> str:
        """Return the text of `key`; where there is none refuse that, and return ""."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"{key} is missing; {why}")
            return ""
        return value.strip()

    def number(self, key: str, least: int, most: int) -> int | None:
        """Return the number of `key`, None where there is none; refuse one that is not from `least` to `most`."""
        value = self.values.get(key)
        if value is not None and not least <= value <= most:
            self.refuse(key, f"{key} is {value}; write a number from {least} to {most}")
            return None
        return value


def write_id(root: Path, course: UUID) -> None:
    """Write the course's id into `course.toml` as its first line; every other byte stays as it is.

    Raises ValueError where the file has an id already or cannot take the line.
    """
    path = root / COURSE_FILE
    data = path.read_bytes()
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    ending = b"\r\n" if b"\r\n" in data else b"\n"
    body = data.removeprefix(mark)
    before = tomllib.loads(body.decode())
    if "id" in before:
        raise ValueError(f"{path} has an id already: {before['id']}")
    made = f'id = "{course}"'.encode() + ending + body
    if tomllib.loads(made.decode()) != {**before, "id": str(course)}:
        raise ValueError(f'{path} cannot take its id; write id = "{course}" as its first line by hand')
    fresh = path.with_name(f".{COURSE_FILE}.new")
    fresh.write_bytes(mark + made)
    fresh.chmod(path.stat().st_mode & 0o777)
    fresh.replace(path)
