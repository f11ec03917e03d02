"""The paths of lessons found again from their ids: what is found is true, and what cannot be found is not guessed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest

from lms_tui.courses import paths
from lms_tui.courses.ids import lesson_id
from lms_tui.courses.lint import as_linted
from lms_tui.courses.model import Chapter, Course, Lesson
from lms_tui.courses.paths import with_paths
from lms_tui.courses.read import read
from lms_tui.rules import linted
from lms_tui.rules.lint_links import dead_link
from lms_tui.rules.linted import lessons_of
from lms_tui.service.course_source import builtins

COURSE = UUID("6f6b5b1e-9c1f-4d8a-8e0e-0a4c2b5f7d11")


def found(course: Course) -> linted.Course:
    """The course as it is found from what the database has: ids, titles and texts."""
    return with_paths(course.id, replace(as_linted(course), paths={}, all_paths=False))


def paths_of(course: linted.Course) -> list[str | None]:
    return [course.paths.get(lesson.id) for _, lesson in lessons_of(course)]


def dead(course: linted.Course) -> list[str]:
    return [problem.needle for problem in dead_link(course)]


def dead_in(course: linted.Course) -> list[tuple[str, str]]:
    return [(str(problem.lesson and problem.lesson.id), problem.needle) for problem in dead_link(course)]


def made(*lessons: tuple[str, str], chapter: str = "part:Part", own: str = "") -> Course:
    """A course of these pages, each a path and a text; `own` is the id that the last has given itself."""
    keys = [path for path, _ in lessons]
    if own:
        keys[-1] = own
    pages = tuple(
        Lesson(key=key, title=f"Page {number}", text=text, source=path)
        for number, (key, (path, text)) in enumerate(zip(keys, lessons, strict=True), 1)
    )
    return Course(id=COURSE, title="C", category="X", chapters=(Chapter(key=chapter, title="Part", lessons=pages),))


@pytest.mark.cases
def test_the_book_of_mdbook_is_found_without_a_false_alarm(case: Callable[[str], Path]) -> None:
    course, _ = read(case("markdown/mdbook_guide"))
    seen = found(course)
    true = {lesson_id(course.id, lesson): lesson.key for lesson in course.lessons}
    assert seen.paths.items() <= true.items()
    assert len(seen.paths) == 28, "of 31: to three no link, title or index leads"
    assert seen.all_paths
    assert not dead(seen)


@pytest.mark.cases
def test_links_to_a_page_of_the_book_that_goes_are_told_as_they_are_in_its_files(case: Callable[[str], Path]) -> None:
    course, _ = read(case("markdown/mdbook_guide"))
    told, asked = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for gone in course.lessons:
        chapters = tuple(
            replace(chapter, lessons=tuple(lesson for lesson in chapter.lessons if lesson is not gone))
            for chapter in course.chapters
        )
        less = replace(course, chapters=chapters)
        told.update(dead_in(found(less)))
        asked.update(dead_in(as_linted(less)))
    assert told <= asked, "no alarm that the files do not give"
    assert (told.total(), asked.total()) == (52, 57), "five stand in pages whose file nobody knows"


def test_the_courses_of_the_program_have_no_dead_link() -> None:
    for path in builtins():
        assert not dead(found(read(path)[0]))


def test_paths_come_from_links_titles_and_indexes() -> None:
    course = made(
        ("README.md", "[on](guide/start.md)"),
        ("guide/start.md", "[up](../README.md) [x](../other/deep/x.html)"),
        ("other/deep/x.md", ""),
        ("other/README.md", ""),
        ("guide/page-5.md", ""),
        ("guide/page_6.md", ""),
        ("guide/unheard-of.md", "[dead](nowhere.md)"),
    )
    seen = found(course)
    assert paths_of(seen) == [*[lesson.key for lesson in course.lessons[:-1]], None]
    assert not dead(seen), "nobody knows from where the last one's link starts"


def test_a_lesson_that_nothing_leads_to_is_found_by_where_its_own_links_lead() -> None:
    seen = found(made(("a/page-1.md", "[on](../b/two.md)"), ("b/two.md", "[back](../a/page-1.md#x) [dead](gone.md)")))
    assert paths_of(seen) == [None, None], "neither folder is named by anything that is found"
    seen = found(made(("page-1.md", "[on](b/two.md)"), ("b/two.md", "[back](../page-1.md#x) [dead](gone.md)")))
    assert paths_of(seen) == ["page-1.md", "b/two.md"]
    assert dead(seen) == ["../page-1.md#x", "gone.md"]


def test_in_a_folder_a_lesson_with_an_id_of_its_own_may_be_meant_by_any_link() -> None:
    pages = (("page-1.md", "[on](two.md) [gone](three.md) [x](page-3.md#x)"), ("two.md", ""), ("page-3.md", ""))
    assert dead(found(made(*pages, chapter="folder"))) == ["three.md", "page-3.md#x"], "all are found"
    assert dead(found(made(*pages, chapter="folder", own=str(uuid4())))) == []
    assert dead(found(made(*pages, chapter="folder", own=str(uuid5(COURSE, "one/old.md"))))) == []
    assert dead(found(made(*pages))) == ["three.md", "page-3.md#x"], "in a book no page has one"


def test_a_chapter_of_a_book_is_known_by_any_of_its_keys() -> None:
    for key, is_book in (("part:Part", True), ("part:(prefix)", True), ("part:(numbered)", True), ("Part", False)):
        course = made(("page-1.md", "[gone](gone.md)"), ("unheard-of.md", ""), chapter=key)
        assert dead(found(course)) == (["gone.md"] if is_book else []), key


def test_guesses_end_and_links_are_followed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [(f"page-{number}.md", f"[on](f/x{number}.md)") for number in range(1, 30)]
    linked = [(f"f/x{number}.md", "[dead](gone.md)") for number in range(1, 30)]
    assert len(found(made(*pages, *linked)).paths) == 58
    monkeypatch.setattr(paths, "_MOST_GUESSES", 17)
    seen = found(made(*pages, *linked))
    assert 1 < len(seen.paths) < 58
    assert set(seen.paths.values()) >= {f"f/x{path[5:]}" for path in seen.paths.values() if path.startswith("page-")}
