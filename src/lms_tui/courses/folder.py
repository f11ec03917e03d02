"""The course folder, our own form, made for git: `course.toml`, lessons in Markdown, quizzes in GIFT.

Described in `docs/course-folder.md`. Nothing of it may lead out of the folder.
"""

import posixpath
import re
from pathlib import Path
from uuid import UUID, uuid4

from lms_tui.courses import gift
from lms_tui.courses.assets import Assets, inside
from lms_tui.courses.folder_toml import CHAPTER_KEYS, COURSE_FILE, COURSE_KEYS, LESSON_KEYS, MENTOR_KEYS, Table
from lms_tui.courses.model import (
    LESSON_TYPES,
    QUIZ,
    TEXT,
    Chapter,
    Course,
    Lesson,
    Mentor,
    Question,
    Report,
)
from lms_tui.courses.source import read_text, read_toml, suggestion
from lms_tui.wire.courses import Level
from lms_tui.wire.prices import FREE, read_price

_SHOWN = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_FENCE = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def read_folder(root: Path, report: Report) -> Course | None:
    """Read the course folder `root`. Faults go to `report`; None where course.toml itself cannot be read."""
    text = read_text(root / COURSE_FILE, COURSE_FILE, report)
    values = None if text is None else read_toml(text, COURSE_FILE, report)
    if text is None or values is None:
        return None
    return _Reader(root, Table(values, COURSE_FILE, text, 1, 0, report)).course()


class _Reader:
    """Reads one course folder."""

    def __init__(self, root: Path, table: Table) -> None:
        self.root, self.table, self.report = root, table, table.report
        self.assets = Assets(root, self.report)
        self.keys: dict[str, str] = {}
        self.used: set[str] = set()

    def course(self) -> Course:
        table = self.table
        table.check(COURSE_KEYS)
        own = self._id()
        cents, currency = self._price()
        title = table.need("title", 'write title = "…"')
        category = table.need("category", 'write category = "…": the catalog is ordered by it')
        description = table.values.get("description")
        for name, value in (("title", title), ("category", category), ("description", description)):
            self.report.check_length(f"course.{name}", value, COURSE_FILE, table.line(name))
        thumbnail = self._thumbnail()
        chapters = self._chapters()
        if not chapters:
            table.refuse("chapters", "the course has no chapters; write [[chapters]] with folder, title and lessons")
        self._unlisted()
        return Course(
            id=own or uuid4(),
            id_is_new=own is None,
            title=title,
            description=description,
            category=category,
            author=table.values.get("author"),
            price_in_cents=cents,
            currency=currency,
            published=table.values.get("published", False),
            thumbnail=thumbnail,
            chapters=chapters,
            assets=tuple(self.assets.found.values()),
        )

    def _id(self) -> UUID | None:
        value = self.table.values.get("id")
        if value is None:
            return None
        try:
            return UUID(value)
        except ValueError:
            self.table.refuse(
                "id", f"id is {value!r}, no UUID; remove the line and a new course gets one at its import"
            )
            return None

    def _price(self) -> tuple[int, str]:
        value = self.table.values.get("price")
        if value is None:
            return FREE
        found = read_price(value)
        if found is None:
            self.table.refuse("price", f'price is {value!r}; write it as "49.00 USD", or remove the line: free')
        return found or FREE

    def _thumbnail(self) -> str | None:
        """The picture that stands for the course in the catalog; one that cannot be shown in a terminal is told."""
        name = self.table.values.get("thumbnail")
        if name is None:
            return None
        path: str = posixpath.normpath(name)
        if not self.assets.take(path):
            reason = f"thumbnail {name!r} is no file of this folder; mend the name, or remove the line"
            self.table.refuse("thumbnail", reason)
        elif not path.lower().endswith(_SHOWN):
            reason = f"thumbnail {name!r} is shown by no terminal; give a PNG, JPEG, GIF or WebP too"
            self.report.add(Level.ADAPTED, COURSE_FILE, self.table.line("thumbnail"), reason)
        return path

    def _chapters(self) -> tuple[Chapter, ...]:
        made = []
        starts = [number for number, line in enumerate(self.table.text.split("\n")) if "[[chapters]]" in line.strip()]
        for index, values in enumerate(self.table.values.get("chapters", [])):
            start = starts[index] if index < len(starts) else 0
            if not isinstance(values, dict):
                self.table.refuse("chapters", "chapters holds something that is no table; write [[chapters]]")
                continue
            made.append(self._chapter(Table(values, COURSE_FILE, self.table.text, 1, start, self.report)))
        return tuple(made)

    def _chapter(self, table: Table) -> Chapter:
        table.check(CHAPTER_KEYS)
        title = table.need("title", 'write title = "…"')
        folder = table.need("folder", 'write folder = "…", a folder below course.toml')
        description = table.values.get("description")
        self.report.check_length("chapter.title", title, COURSE_FILE, table.line("title"))
        self.report.check_length("chapter.description", description, COURSE_FILE, table.line("description"))
        own = table.values.get("id")
        key = own or folder
        self._once(f"chapter {key}", COURSE_FILE, table.line("id" if own else "folder"))
        lessons = []
        for name in table.values.get("lessons", []):
            line = self._line_of_name(table, name)
            path = posixpath.normpath(posixpath.join(folder, name)) if isinstance(name, str) else ""
            if not path.endswith((".md", ".gift")):
                self.report.refuse(COURSE_FILE, line, f"lesson {name!r}; write the name of a .md or .gift file")
            elif inside(self.root, path) is None:
                reason = f"lesson {path!r} is no file of this folder; mend the name, or remove it from lessons"
                self.report.refuse(COURSE_FILE, line, reason)
            else:
                lessons.append(self._lesson(path))
        if not lessons:
            table.refuse("lessons", f'chapter {title!r} has no lessons; list their files in lessons = ["…"]')
        made = tuple(lesson for lesson in lessons if lesson is not None)
        return Chapter(key=key, title=title, description=description, lessons=made, line=table.line("title"))

    def _line_of_name(self, table: Table, name: object) -> int:
        """The line on which a lesson stands in its chapter's list."""
        for number, line in enumerate(table.text.split("\n")[table.start :], table.start + 1):
            if f'"{name}"' in line or f"'{name}'" in line:
                return number
        return table.line("lessons")

    def _once(self, key: str, file: str, line: int) -> None:
        if key in self.keys:
            self.report.refuse(file, line, f"{key} stands at {self.keys[key]} too; give each its own file or id")
        self.keys.setdefault(key, f"{file}:{line}")

    def _lesson(self, path: str) -> Lesson | None:
        self.used.add(path)
        faults = len(self.report.faults)
        text = read_text(self.root / path, path, self.report)
        if text is None:
            return None
        if path.endswith(".gift"):
            self._once(path, path, 1)
            quiz = gift.read(text, path, self.report)
            title = quiz.category or posixpath.basename(path).removesuffix(".gift")
            lesson = Lesson(key=path, title=title, type=QUIZ, questions=quiz.questions, source=path)
        else:
            lesson = self._page(path, text)
        self.report.check_length("lesson.title", lesson.title, path, lesson.line)
        if lesson.type == QUIZ and not lesson.questions and len(self.report.faults) == faults:
            self.report.refuse(path, lesson.line, "a quiz without questions; write them in its .gift file")
        count = f", {len(lesson.questions)} questions" if lesson.type == QUIZ else ""
        self.report.add(Level.IMPORTED, path, None, f"{lesson.type} {lesson.title!r}{count}")
        return lesson

    def _page(self, path: str, text: str) -> Lesson:
        found = _FENCE.match(text)
        front = found[1] if found else ""
        body = text[found.end() :] if found else text
        if not found and text.startswith("+++"):
            self.report.refuse(path, 1, "the front matter begins with +++ and does not end; close it with a line +++")
        table = Table(read_toml(front, path, self.report, 2) or {}, path, front, 2, 0, self.report)
        table.check(LESSON_KEYS)
        kind = table.values.get("type", TEXT).strip().lower()
        if kind not in LESSON_TYPES:
            table.refuse("type", f"type is {kind!r}; {suggestion(kind, list(LESSON_TYPES))}")
        own = table.values.get("id")
        key = own or path
        self._once(key, path, table.line("id") if own else 1)
        body_line = text[: found.end()].count("\n") + 1 if found else 1
        return Lesson(
            key=key,
            title=table.need("title", 'write title = "…" between two lines +++ at the top'),
            type=kind,
            text=self.assets.rewrite(body, path, body_line).strip(),
            threshold=table.number("threshold", 0, 100),
            attempts=table.number("attempts", 0, 1000),
            cooldown_hours=table.number("cooldown", 0, 24 * 366),
            link=self._link(table, kind),
            file=self._file(table, path),
            mentor=self._mentor(table),
            questions=self._questions(table, path, kind),
            source=path,
            line=table.line("title"),
        )

    def _link(self, table: Table, kind: str) -> str | None:
        link: str | None = table.values.get("link")
        if link is not None and not re.match(r"https?://[^\s/]", link):
            table.refuse("link", f"link is {link!r}; write an address that begins with https:// or http://")
        if link is None and kind == "external":
            table.refuse("link", 'an external lesson needs an address; write link = "https://…"')
        if link is not None and "file" in table.values:
            table.refuse("link", "a lesson has a link or a file, not both; remove one")
        self.report.check_length("lesson.link", link, table.file, table.line("link"))
        return link

    def _file(self, table: Table, path: str) -> str | None:
        name = table.values.get("file")
        if name is None:
            return None
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if not self.assets.take(target):
            table.refuse("file", f"file {target!r} is no file of this folder; mend the name, or add the file")
        return target

    def _mentor(self, table: Table) -> Mentor | None:
        values = table.values.get("mentor")
        if values is None:
            return None
        lines = table.text.split("\n")
        start = next((number for number, line in enumerate(lines) if line.strip() == "[mentor]"), 0)
        inner = Table(values, table.file, table.text, table.first_line, start, self.report)
        inner.check(MENTOR_KEYS)
        self.report.check_length("mentor.difficulty", values.get("difficulty"), table.file, inner.line("difficulty"))
        return Mentor(**values)

    def _questions(self, table: Table, path: str, kind: str) -> tuple[Question, ...]:
        name = table.values.get("questions")
        if name is None:
            if kind == QUIZ:
                table.refuse("questions", 'a quiz needs its questions; write questions = "….gift"')
            return ()
        if kind != QUIZ:
            table.refuse("questions", f'questions belong to a quiz, this lesson is a {kind}; write type = "quiz"')
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if not target.endswith(".gift") or inside(self.root, target) is None:
            table.refuse("questions", f"{target!r} is no .gift file of this folder; mend the name, or add the file")
            return ()
        self.used.add(target)
        text = read_text(self.root / target, target, self.report)
        return () if text is None else gift.read(text, target, self.report).questions

    def _unlisted(self) -> None:
        """Tell which pages and quizzes lie in the folder and stand in no list."""
        for found in sorted(self.root.rglob("*")):
            path = found.relative_to(self.root).as_posix()
            hidden = any(part.startswith(".") for part in path.split("/"))
            is_lesson = path.endswith((".md", ".gift")) and path.lower() != "readme.md"
            if is_lesson and not hidden and path not in self.used and path not in self.assets.found and found.is_file():
                self.report.add(Level.SKIPPED, path, None, "in no chapter's lessons; list it in course.toml to have it")
