"""What files are called, and what a browser is told of them."""

import pytest

from lms_tui.rules.files import kind_of, medium_of, name_of


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Inner joins", "Inner joins.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("..", "file.pdf"),
        (" .hidden ", "hidden.pdf"),
        ("-rf", "rf.pdf"),
        ("a\n\x1b[31mb\u202ec", "a [31mbc.pdf"),
        ('what: "x" <y> | z?*', "what x y z.pdf"),
        ("trailing. . ", "trailing.pdf"),
        ("数据库", "数据库.pdf"),
        ("ü" * 100, "ü" * 60 + ".pdf"),
        ("", "file.pdf"),
    ],
)
def test_a_name_is_plain(title: str, name: str) -> None:
    assert name_of(title, "pdf") == name


@pytest.mark.parametrize(
    ("ending", "file_type", "kind"),
    [
        ("mp4", "application/pdf", "mp4"),
        ("", "application/pdf", "pdf"),
        ("", "image/jpeg", "jpg"),
        ("", "text/plain; charset=utf-8", "txt"),
        ("", ".PDF", "pdf"),
        ("", "../../x y", "bin"),
        ("", "", "bin"),
    ],
)
def test_the_kind_of_a_file(ending: str, file_type: str, kind: str) -> None:
    assert kind_of(ending, file_type) == kind


@pytest.mark.parametrize("kind", ["html", "htm", "xhtml", "svg", "xml", "js", "bin", "exe"])
def test_what_could_hold_a_script_is_saved_and_never_shown(kind: str) -> None:
    assert medium_of(kind).content_type == "application/octet-stream"
    assert not medium_of(kind).inline
