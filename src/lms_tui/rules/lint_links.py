"""What lint tells of links inside a course."""

import posixpath
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from lms_tui.rules.lint_text import Link
from lms_tui.rules.linted import Course, Lesson, Problem, lessons_of
from lms_tui.rules.page_names import page_names, page_path

_TOP = "top"
"""What HTML takes for the beginning of a page, whatever stands on it."""


_OBJECTS = "courses/"
"""What the names of files in the store begin with."""


def dead_link(course: Course) -> Iterator[Problem]:
    """A link or image inside the course that leads to no heading, no file and no page of it.

    Addresses on the web and on other machines are not looked at. A link to a page is judged only in a lesson of which
    it is known from which file it was read; that no lesson was read from its target is told only where no lesson can
    be the one that is meant (`Course.all_paths`). A heading is looked for in the lesson that the link leads to. Files
    that HTML names by a path of the source are not looked for: an import takes along what Markdown names, so nobody
    knows of them.
    """
    pages = {course.paths[lesson.id]: lesson for _, lesson in lessons_of(course) if lesson.id in course.paths}
    for chapter, lesson in lessons_of(course):
        for link in lesson.found.links:
            if said := _dead(course, pages, lesson, link):
                yield Problem("dead-link", said, chapter, lesson, line=link.line, needle=link.target)


def _dead(course: Course, pages: Mapping[str, Lesson], lesson: Lesson, link: Link) -> str:
    """Return what is wrong with a link, "" where nothing is."""
    target = link.target
    try:
        parts = urlsplit(target)
    except ValueError:
        return f"{target!r} is no address: mend it."
    if parts.scheme or parts.netloc or target.startswith("/"):
        return ""
    own = course.paths.get(lesson.id)
    path, folder = unquote(parts.path), posixpath.dirname(own or "")
    if not path:
        return "" if _has(lesson, parts.fragment) else f"{target!r} leads to no heading of this lesson: mend it."
    whole = posixpath.normpath(posixpath.join(folder, path))
    if page_path(target):
        if own is None or whole in course.files:
            return ""
        page = next((pages[name] for name in page_names(folder, path) if name in pages), None)
        if page is None:
            return f"{target!r} leads to no lesson of the course: mend it." if course.all_paths else ""
        known = _has(page, parts.fragment)
        return "" if known else f"{target!r} leads to no heading of the lesson “{page.title}”: mend it."
    if {path, whole} & course.files or (link.in_html and not path.startswith(_OBJECTS)):
        return ""
    return f"{target!r} is no file of the course: add it, or mend the link."


def _has(lesson: Lesson, fragment: str) -> bool:
    """Tell whether `#fragment` leads to something in a lesson; capitals make no difference, as browsers are lenient."""
    name = unquote(fragment).lower()
    return name in {"", _TOP} or name in {anchor.lower() for anchor in lesson.found.anchors}
