"""mdBook books in: `book.toml` and `SUMMARY.md`, which is followed, not the folder.

A part is a chapter, a page a lesson, prefix and suffix a chapter each; sub-pages stand after their page. The book is
never written to, so its course's id is made of the importer and the book's repository, or title where it has none.
"""

import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID, uuid5

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms_tui.courses.assets import Assets, inside
from lms_tui.courses.ids import part_key
from lms_tui.courses.mdbook_links import resolve
from lms_tui.courses.model import Chapter, Course, Lesson, Report
from lms_tui.courses.source import read_text, read_toml
from lms_tui.wire.courses import Level

BOOK_FILE = "book.toml"
SUMMARY = "SUMMARY.md"
_BOOKS = UUID("0a6b7a2e-0c0f-5a55-8a55-1b0d3c9a7f02")
"""Names for the courses that books become."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of SUMMARY.md: a part's heading or a page."""

    kind: str
    """part, prefix, numbered or suffix."""
    title: str
    target: str
    line: int


def read_book(root: Path, owner: str, report: Report) -> Course | None:
    """Read the book whose book.toml lies in `root`. Faults go to `report`; None where there is nothing to follow."""
    text = read_text(root / BOOK_FILE, BOOK_FILE, report)
    values = None if text is None else read_toml(text, BOOK_FILE, report)
    if values is None:
        return None
    book = _table(values, "book")
    source = str(book.get("src", "src"))
    folder = root / source
    summary = f"{source}/{SUMMARY}"
    if inside(root, summary) is None:
        report.refuse(summary, None, "is missing; a book is followed by its SUMMARY.md, write one")
        return None
    listing = read_text(folder / SUMMARY, summary, report)
    if listing is None:
        return None
    title = str(book.get("title") or root.resolve().name)
    description = str(book["description"]) if book.get("description") else None
    report.check_length("course.title", title, BOOK_FILE, 1)
    report.check_length("course.description", description, BOOK_FILE, 1)
    repository = _table(_table(values, "output"), "html").get("git-repository-url")
    reader = _Reader(root, source, summary, title, report)
    chapters = reader.chapters(list(_entries(listing)))
    if not chapters:
        report.refuse(summary, None, "names no page; list them as - [Title](page.md)")
    return Course(
        id=uuid5(_BOOKS, f"{owner}\n{repository or title}"),
        title=title,
        description=description,
        category="Books",
        chapters=chapters,
        assets=tuple(reader.assets.found.values()),
    )


def _table(values: dict[str, object], key: str) -> dict[str, object]:
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def _entries(text: str) -> Iterator[_Entry]:
    """The parts and pages of a SUMMARY.md in order. The heading before everything is its own title."""
    depth, listed, first = 0, False, True
    tokens = MarkdownIt("commonmark").parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        depth += (token.type == "bullet_list_open") - (token.type == "bullet_list_close")
        if token.type != "inline" or before is None:
            continue
        line = token.map[0] + 1 if token.map else 1
        if before.type == "heading_open":
            if not first or token.content.strip().lower() not in {"summary", "table of contents"}:
                yield _Entry("part", _words(token.children or []), "", line)
        else:
            listed = listed or depth > 0
            kind = "numbered" if depth else ("suffix" if listed else "prefix")
            for title, target in _links(token.children or []):
                yield _Entry(kind, title, target, line)
        first = False


def _links(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    opened: int | None = None
    for place, token in enumerate(tokens):
        if token.type == "link_open":
            opened = place
        elif token.type == "link_close" and opened is not None:
            yield _words(tokens[opened + 1 : place]), unquote(str(tokens[opened].attrs.get("href", "")))


def _words(tokens: list[Token]) -> str:
    return "".join(token.content if token.type in {"text", "code_inline"} else "" for token in tokens).strip()


class _Reader:
    """Reads the pages of one book."""

    def __init__(self, root: Path, source: str, summary: str, title: str, report: Report) -> None:
        self.root, self.source, self.summary, self.title, self.report = root, source, summary, title, report
        self.assets = Assets(root / source, report)
        self.seen: set[str] = set()
        self.parts: Counter[str] = Counter()

    def chapters(self, entries: list[_Entry]) -> tuple[Chapter, ...]:
        """The chapters in order; a part without pages gives none."""
        made: list[tuple[str, str, int, list[Lesson]]] = []
        group = ""
        for entry in entries:
            if entry.kind == "part":
                made.append((self._part_key(entry.title), entry.title, entry.line, []))
                group = "numbered"
                continue
            if entry.kind != group:
                group = entry.kind
                title = self.title if group == "numbered" else _edge_title(entries, group)
                made.append((self._part_key(f"({group})"), title, entry.line, []))
            lesson = self._lesson(entry)
            if lesson is not None:
                made[-1][3].append(lesson)
        for _, title, line, lessons in made:
            self.report.check_length("chapter.title", title, self.summary, line)
            if not lessons:
                self.report.add(Level.SKIPPED, self.summary, line, f"part {title!r} has no pages: no chapter made")
        return tuple(
            Chapter(key=key, title=title, lessons=tuple(lessons), line=line)
            for key, title, line, lessons in made
            if lessons
        )

    def _part_key(self, name: str) -> str:
        self.parts[name] += 1
        return part_key(name) if self.parts[name] == 1 else f"{part_key(name)}:{self.parts[name]}"

    def _lesson(self, entry: _Entry) -> Lesson | None:
        path = posixpath.normpath(entry.target)
        place = f"{self.source}/{path}"
        if not entry.target:
            self.report.add(Level.SKIPPED, self.summary, entry.line, f"{entry.title!r} is a draft without a page")
            return None
        if path in self.seen:
            self.report.add(Level.SKIPPED, self.summary, entry.line, f"{path!r} is listed a second time: taken once")
            return None
        self.seen.add(path)
        if inside(self.root / self.source, path) is None:
            self.report.refuse(self.summary, entry.line, f"page {path!r} is no file of the book; mend the link")
            return None
        text = read_text(self.root / place, place, self.report)
        if text is None:
            return None
        self.report.check_length("lesson.title", entry.title, self.summary, entry.line)
        text = resolve(text, self.root, place, self.report)
        text = self.assets.rewrite(text, path, 1)
        self.report.add(Level.IMPORTED, place, None, f"page {entry.title!r}")
        return Lesson(key=path, title=entry.title, text=text.strip(), source=place)


def _edge_title(entries: list[_Entry], group: str) -> str:
    """A single page before or after the parts names its chapter; several have a plain name."""
    pages = [entry for entry in entries if entry.kind == group]
    if len(pages) == 1:
        return pages[0].title
    return "Introduction" if group == "prefix" else "Appendix"
