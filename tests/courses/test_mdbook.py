"""mdBook: the real book of cases/, and small ones for what it does not have."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lms_tui.courses.model import Course, CourseError, Report
from lms_tui.courses.read import read


@pytest.mark.cases
def test_mdbook_guide(case: Callable[[str], Path]) -> None:
    root = case("markdown/mdbook_guide")
    course, report = read(root)
    assert course.title == "mdBook Documentation"
    assert [chapter.title for chapter in course.chapters] == [
        "Introduction",
        "User guide",
        "Reference guide",
        "Contributors",
    ]
    assert [len(chapter.lessons) for chapter in course.chapters] == [1, 3, 26, 1]
    assert len(course.lessons) == 31
    drafts = [(note.file, note.line) for note in report.notes if "draft" in note.reason]
    assert drafts == [("src/SUMMARY.md", 23)], "27 numbered entries of the part, one of them a draft"
    assert len(list(root.rglob("*.md"))) == 35
    assert [asset.path for asset in course.assets] == ["format/images/rust-logo-blk.svg"]
    pages = {lesson.key: lesson.text for lesson in course.lessons}
    assert "[Contributors](misc/contributors.md)" in pages["format/summary.md"], "{{#include ../SUMMARY.md}}"
    assert "{{#include file.rs:2:10}}" in pages["format/mdbook.md"]
    assert "\\{{#include" not in pages["format/mdbook.md"]
    assert '```rust\nfn main() {\n    println!("Hello World!");\n}\n```' in pages["format/mdbook.md"], (
        "without its hidden lines"
    )
    outside = [note.line for note in report.notes if note.file == "src/for_developers/preprocessors.md" and note.line]
    assert outside == [42, 69]


def book(root: Path, summary: str, **pages: str) -> tuple[Course, Report]:
    (root / "src").mkdir()
    (root / "book.toml").write_text('[book]\ntitle = "B"\n')
    (root / "src/SUMMARY.md").write_text(summary)
    for name, text in pages.items():
        (root / f"src/{name}.md").write_text(text)
    return read(root)


LISTING = "one\ntwo\n// ANCHOR: part\nthree\n// ANCHOR_END: part\nfour\n"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("{{#include x.md:2}}", "two"),
        ("{{#include x.md::2}}", "one\ntwo"),
        ("{{#include x.md:6:}}", "four"),
        ("{{#include x.md:1:2}}", "one\ntwo"),
        ("{{#include x.md:part}}", "three"),
        ("{{ #include x.md:none}}", "{{ #include x.md:none}}"),
        ("{{#include x.md:none}}", "{{#include x.md:none}}"),
        ("{{#include ../../x.md}}", "{{#include ../../x.md}}"),
        ("{{#title T}}text", "text"),
        ("{{#playground x.md:}}", "```rust\none\ntwo\n// ANCHOR: part\nthree\n// ANCHOR_END: part\nfour\n```"),
        ("\\{{#include x.md}}", "{{#include x.md}}"),
        ("```rust\n# use a;\nfn b() {}\n## c\n```", "```rust\nfn b() {}\n# c\n```"),
        ("```sh\n# comment\n```", "```sh\n# comment\n```"),
    ],
)
def test_links_of_mdbook(tmp_path: Path, link: str, shown: str) -> None:
    course, _ = book(tmp_path, "- [P](p.md)\n", p=link, x=LISTING)
    assert course.lessons[0].text == shown


def test_files_that_include_each_other_end(tmp_path: Path) -> None:
    _, report = book(tmp_path, "- [P](p.md)\n", p="{{#include x.md}}", x="{{#include p.md}} {{#include p.md}}")
    assert any("deep" in note.reason for note in report.notes)


def test_escapes_separators_and_a_page_listed_twice(tmp_path: Path) -> None:
    summary = "# Summary\n\n[Pre](p.md)\n\n- [A \\[x\\] `b`](<x.md>)\n- [Again](x.md)\n\n---\n\n[End](e.md)\n"
    course, report = book(tmp_path, summary, p="p", x="x", e="e")
    assert [(c.title, [x.title for x in c.lessons]) for c in course.chapters] == [
        ("Pre", ["Pre"]),
        ("B", ["A [x] b"]),
        ("End", ["End"]),
    ]
    assert [note.line for note in report.notes if note.level.value == "skipped"] == [6]


def test_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"src/SUMMARY.md:1: page 'gone.md' is no file of the book"):
        book(tmp_path, "- [P](gone.md)\n")
