"""Course lint on links, and how they and what they lead to are found in a text."""

import pytest
from tests.rules.lint_kit import of_pages, text, told

from lms_tui.rules import lint_links
from lms_tui.rules.lint_text import scan, slug
from lms_tui.rules.page_names import page_names, page_path


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("#outer-joins", False),
        ("#Outer-Joins", False),
        ("#given", False),
        ("#code-in-heading", False),
        ("#outer-joins-1", False),
        ("#inner-joins", True),
        ("#in-code", True),
        ("#in-a-quote", False),
        ("#in-a-list", False),
        ("#top", False),
        ("two.md", False),
        ("../b/three.md#x", False),
        ("two.html", False),
        ("sub/", False),
        ("sub/index.html", False),
        ("../b/", False),
        ("../b/index.html", False),
        ("../c/", True),
        ("../b/three.md#y", True),
        ("two.md#two", True),
        ("four.md", True),
        ("cat.png", False),
        ("a/cat%20two.png", False),
        ("dog.png", True),
        ("<dog two.png>", True),
        ("https://example.org/x.md", False),
        ("//example.org/x", False),
        ("mailto:ada@example.org", False),
        ("/from/the/root.md", False),
        ("http://[", True),
    ],
)
def test_links_inside_the_course(link: str, dead: bool) -> None:
    source = (
        f"# Outer joins\n\n## Outer joins\n\n`# In code`\n\n```\n# In code\n```\n\n<a id='given'></a>\n\n"
        f"## `Code` in *heading*\n\n> ## In a quote\n\n1. ### In a list #\n\nSee [it]({link})."
    )
    pages = {"a/one.md": source, "a/two.md": "Two", "b/three.md": "# X", "a/sub/index.md": "Sub", "b/README.md": "B"}
    said = list(lint_links.dead_link(of_pages(pages, files=("a/cat.png", "cat.png", "a/cat two.png"))))
    assert bool(said) is dead, said


def test_a_heading_of_another_lesson_is_named_with_the_lesson() -> None:
    pages = {"a/one.md": "[x](../b/two.md#three)\n[y](../b/two.md#four)", "b/two.md": "# Three"}
    (problem,) = lint_links.dead_link(of_pages(pages, all_paths=False))
    assert problem.sentence == "'../b/two.md#four' leads to no heading of the lesson “Text”: mend it."
    assert (problem.lesson and problem.lesson.text, problem.line) == (pages["a/one.md"], 2)


def test_links_to_pages_are_left_alone_where_nobody_knows_from_where_they_start() -> None:
    assert told(lint_links.dead_link, text("[x](two.md) [y](gone.png)")) == [
        "'gone.png' is no file of the course: add it, or mend the link."
    ]


def test_a_file_that_html_names_is_looked_for_only_in_the_store() -> None:
    stored = ("courses/1/here.png", "courses/1/gone.png")
    source = "".join(f'<img src="{name}" alt="x">\n<a href="{name}">x</a>\n' for name in ("cat.png", *stored))
    said = told(lint_links.dead_link, text(f"{source}<a href='#gone'>x</a>"), files=stored[:1])
    assert [one.split("'")[1] for one in said] == ["courses/1/gone.png"] * 2 + ["#gone"]


def test_that_a_page_is_no_lesson_is_told_only_where_no_other_can_be_meant() -> None:
    pages = {"one.md": "[x](two.md)"}
    assert not list(lint_links.dead_link(of_pages(pages, all_paths=False)))
    (problem,) = lint_links.dead_link(of_pages(pages, all_paths=True))
    assert problem.sentence == "'two.md' leads to no lesson of the course: mend it."


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("two.md", "two.md"),
        ("../b/t%20wo.html#x", "../b/t wo.html"),
        ("sub/", "sub/"),
        ("#x", ""),
        ("cat.png", ""),
        ("/two.md", ""),
        ("https://example.org/two.md", ""),
        ("//example.org/two.md", ""),
        ("http://[", ""),
    ],
)
def test_which_links_are_to_pages(target: str, path: str) -> None:
    assert page_path(target) == path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("two.html", ("a/two.md",)),
        ("../sub/", ("sub/index.md", "sub/README.md")),
        ("./", ("a/index.md", "a/README.md")),
        ("sub/index.html", ("a/sub/index.md", "a/sub/README.md")),
    ],
)
def test_the_names_of_a_page(path: str, names: tuple[str, ...]) -> None:
    assert page_names("a", path) == names


def test_links_of_every_form_are_found_with_their_line_and_none_in_code() -> None:
    source = (
        "[a](1.png)\n![b](2.png 'title')\n[![c](3.png)](4.png)\n[d]: 5.png\n<a href='6.png'>e</a>\n"
        "<img alt='f' src=7.png>\n`[no](8.png)`\n\n    [no](9.png)\n\n~~~\n[no](10.png)\n~~~\n[^1]: not.png\n"
        "[p](11_(x).png)\n```inline``` [q](12.png)\n"
    )
    found = [(link.target, link.line) for link in scan(source).links]
    assert sorted(found, key=lambda pair: pair[1]) == [
        ("1.png", 1),
        ("2.png", 2),
        ("4.png", 3),
        ("3.png", 3),
        ("5.png", 4),
        ("6.png", 5),
        ("7.png", 6),
        ("11_(x).png", 15),
        ("12.png", 16),
    ]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Outer joins", "outer-joins"),
        ("What is `NULL`?", "what-is-null"),
        ("C++ & you", "c--you"),
        ("Über [uns](x.md)", "über-uns"),
        ("snake_case", "snake_case"),
    ],
)
def test_the_anchor_of_a_heading(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor
    assert scan(f"{heading}\n---\n").anchors == {anchor}


def test_an_anchor_that_the_heading_gives_itself() -> None:
    assert scan("# Joins { #own }\n").anchors == {"own"}
