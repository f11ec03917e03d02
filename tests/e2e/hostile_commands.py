"""The commands that print text of others, run on the hostile rows and on hostile files."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from lms_tui.cli.main import main
from tests.e2e.hostile import LEARNER, PASSWORD, Library, marker, text_columns

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Commands:
    """The command line, said as a user says it."""

    def __init__(
        self, library: Library, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        self.library, self.capfd, self.monkeypatch, self.folder = library, capfd, monkeypatch, folder
        self.seen: dict[str, set[str]] = {}

    def run(self) -> dict[str, set[str]]:
        """Say each that prints text of others; return the columns seen, by the command."""
        self.say("sign-in", "sign-in", self.library.stranger, "--password-stdin")
        assert len(self.say("whoami", "whoami").splitlines()) == 1
        assert_clean(json.loads(self.say("whoami", "whoami", "--json")))
        self.say("sign-in", "sign-in", LEARNER, "--password-stdin")
        self.twin()
        self.say("sign-in", "sign-in", self.library.author, "--password-stdin")
        assert len(self.say("course list", "course", "list").splitlines()) == 7
        assert_clean(json.loads(self.say("course list", "course", "list", "--json")))
        self.taught()
        broken, good = hostile_folder(self.folder)
        for action in ("validate", "import"):
            assert "Nothing was imported" in self.say("import", "course", action, str(broken), code=1)
            assert json.loads(self.say("import", "course", action, str(broken), "--json", code=1))["refused"]
        assert "Would import" in self.say("import", "course", "validate", str(good))
        assert json.loads(self.say("import", "course", "validate", str(good), "--json"))["notes"]
        self.say("doctor", "doctor")
        self.say("doctor", "doctor", "--json")
        return self.seen

    def twin(self) -> None:
        """Say what a learner says instead of looking at the screens."""
        course = str(self.library.course)
        self.say("enrol", "enrol", course)
        for words in (("next",), ("courses",), ("courses", "--mine"), ("progress",), ("outbox", "list")):
            name = words[0]
            rows = self.say(name, *words).splitlines()
            assert len({row.count("\t") for row in rows}) <= 1, "each line has the same columns"
            assert_clean(json.loads(self.say(name, *words, "--json")))
        assert self.say("show", "show", course).count("\n") > 5
        assert len(self.say("progress", "progress", course).splitlines()) >= len(self.library.lessons)
        for lesson in self.library.lessons.values():
            self.say("show", "show", str(lesson))
            assert_clean(json.loads(self.say("show", "show", str(lesson), "--json")))
        self.mentor()
        self.say("show several", "show", "x", code=2)
        self.say("leave", "leave", course, "--yes")

    def mentor(self) -> None:
        """Read what was said with a mentor, as its learner."""
        lesson = str(self.library.lessons["text"])
        rows = self.say("mentor threads", "mentor", "threads", lesson).splitlines()
        assert [row.count("\t") for row in rows] == [5]
        assert self.say("mentor show", "mentor", "show", rows[0].split("\t")[0]).count("\n") > 5
        self.say("mentor check", "mentor", "check", "--last", lesson)
        assert_clean(json.loads(self.say("mentor check", "mentor", "check", "--last", lesson, "--json")))
        for words in (("threads", lesson), ("show", lesson)):
            assert_clean(json.loads(self.say(f"mentor {words[0]}", "mentor", *words, "--json")))

    def taught(self) -> None:
        """Read it, and the checks, as who teaches the course."""
        course, lesson = str(self.library.course), str(self.library.lessons["text"])
        again = "INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM users WHERE email = %s"
        self.library.db.execute(again, (course, LEARNER))
        for which in ((), ("--lesson", lesson), ("--learner", LEARNER)):
            told = self.say("course mentor", "course", "mentor", course, *which)
            assert_clean(json.loads(self.say("course mentor", "course", "mentor", course, *which, "--json")))
        thread = next(line.split()[0] for line in told.splitlines() if " message" in line)
        self.say("course mentor", "course", "mentor", course, "--thread", thread)
        assert_clean(json.loads(self.say("course mentor", "course", "mentor", course, "--thread", thread, "--json")))
        self.library.db.execute("DELETE FROM student_courses WHERE course_id = %s", (course,))

    def say(self, name: str, *words: str, code: int = 0) -> str:
        """Run a command and return what it printed, in which nothing may act."""
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        self.capfd.readouterr()
        ended = main(words)
        out, err = self.capfd.readouterr()
        assert ended == code or name == "doctor", (words, out, err)
        for text in (out, err):
            assert not (found := CONTROL.search(text)), (words, text[max(0, found.start() - 30) : found.end() + 30])
        for column in text_columns():
            if marker(column) in (out + err).lower():
                self.seen.setdefault(column, set()).add(name)
        return out


def assert_clean(value: Any) -> None:
    """Assert that what a script reads out of JSON does nothing where it prints it."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            assert_clean(inner)
    elif isinstance(value, str):
        assert not CONTROL.search(value), value


def hostile_folder(folder: Path) -> tuple[Path, Path]:
    """Return a course folder with faults, and a file of questions with something to report, both hostile in names."""
    own = "x\x1b[66;6n\x9b66;6n\u202e[@click=app.quit]"
    said = json.dumps(own)
    broken = folder / own
    broken.mkdir()
    (broken / "course.toml").write_text(
        f"title = {said}\n{said} = 1\ncategory = {said}\nprice = {said}\n"
        f"[[chapters]]\nfolder = {said}\ntitle = {said}\n"
        f"lessons = [{json.dumps(f'{own}.md')}]\n"
    )
    (broken / own).mkdir()
    (broken / own / f"{own}.md").write_text("+++\nno = front matter\n+++\n")
    good = folder / "good.gift"  # the service takes no other name
    good.write_text(f"::{own}:: Which{own}? {{ =%50%{own}#why{own} ~%50%b ~c }}\n")
    return broken, good
