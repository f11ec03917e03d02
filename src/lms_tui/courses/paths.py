"""The files that the lessons of a course in the database were read from, found again without being stored.

No column holds a path, but a lesson's id is made of it (`courses.ids`): whoever guesses a path can tell whether it is
right. Guesses come from the links of the lessons themselves, from titles and from the index of each folder. So every
path that is found is true; that of a lesson to which nothing leads stays unknown.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid5

from lms_tui.courses.ids import is_part
from lms_tui.rules.lint_text import slug
from lms_tui.rules.linted import Course, lessons_of
from lms_tui.rules.page_names import page_names, page_path

_MOST_GUESSES: Final = 100_000
"""By titles and folders, some 0.2 s; the links of lessons whose file is known are always followed to the end."""


def with_paths(course: UUID, stored: Course) -> Course:
    """Return `stored`, the course of this id, with the paths that can be found.

    Every file of a book gives its lesson an id, so `all_paths` holds for what came from one: the links of a lesson
    that is found are all tried, and what none of them hits is no lesson. In a course folder a lesson can have an id
    of its own instead (`id` in its front matter), and could be meant by any link: there it holds when all are found.
    """
    found = _Search(course, stored).paths()
    everything = all(lesson.id in found for _, lesson in lessons_of(stored))
    is_book = any(is_part(course, chapter.id, chapter.title) for chapter in stored.chapters)
    return replace(stored, paths=found, all_paths=everything or is_book)


class _Search:
    """Looks for the paths of one course."""

    def __init__(self, course: UUID, stored: Course) -> None:
        self.course = course
        self.lessons = {lesson.id: lesson for _, lesson in lessons_of(stored)}
        self.links = {
            key: [path for link in lesson.found.links if (path := page_path(link.target))]
            for key, lesson in self.lessons.items()
        }
        self.found: dict[UUID, str] = {}
        self.waiting: list[UUID] = []
        """Found, and not followed yet."""
        self.folders = [""]
        self.guesses = 0

    def paths(self) -> Mapping[UUID, str]:
        """Return all that can be found."""
        for folder in self.folders:  # which grows meanwhile
            self._try(self._guessed(folder))
            self._follow()
        return self.found

    def _follow(self) -> None:
        """Try where the lessons that are found link to, until no more are."""
        while self.waiting:
            key = self.waiting.pop()
            folder = posixpath.dirname(self.found[key])
            for path in self.links[key]:
                self._try(page_names(folder, path))

    def _guessed(self, folder: str) -> Iterator[str]:
        """Yield what the lessons whose file is unknown could have been read from, were they in `folder`."""
        yield from page_names(folder, "./")
        for key, lesson in self.lessons.items():
            if key in self.found:
                continue
            title = slug(lesson.title)
            for path in (f"{title}.md", f"{title}/", f"{title.replace('-', '_')}.md", *self.links[key]):
                self.guesses += 1
                if self.guesses > _MOST_GUESSES:
                    return
                yield from page_names(folder, path)

    def _try(self, paths: Iterable[str]) -> None:
        for path in paths:
            own = uuid5(self.course, path)
            if own in self.lessons and own not in self.found:
                self.found[own] = path
                self.waiting.append(own)
                self._note_folders(path)

    def _note_folders(self, path: str) -> None:
        while path := posixpath.dirname(path):
            if path not in self.folders:
                self.folders.append(path)
