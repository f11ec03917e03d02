"""Which texts are HTML."""

import pytest

from lms_tui.rules.text_format import text_format
from lms_tui.wire.learning import TextFormat


@pytest.mark.parametrize(
    "text",
    [
        "<p>One</p>",
        "\ufeff\n <h2 class='x'>One</h2>\n<p>Two <b>three</b><br>four</p>\n<hr>\n<ul><li>five</ul>",
        "<p>One<p>Two",
        "<!-- made by hand --><DIV>One</DIV><!-- end",
        "<!doctype html><title>x</title> anything",
        "<html lang='en'>anything",
        "<style>p { color: red }</style><p>One</p>",
        "<table><tr><td>a</td></tr></table>",
        "<p># not a heading</p>",
    ],
)
def test_html(text: str) -> None:
    assert text_format(text) is TextFormat.HTML


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "# One\n\n<p>Two</p>",
        "<p align='center'><img src='logo.png'></p>\n\n# One\n\nTwo",
        "<div>One</div>\n\nTwo",
        "<https://example.org> is a link",
        "<b>One</b> two",
        "<kbd>q</kbd>",
        "<!-- only a comment -->\n# One",
        "<!-- only a comment -->",
        "</p>One<p>Two</p>",
        "< p>One</p>",
        "<T> is a type",
        "    <p>in code</p>\n\nand more",
        "a < b",
    ],
)
def test_markdown(text: str) -> None:
    assert text_format(text) is TextFormat.MARKDOWN


def test_a_hostile_text_takes_no_longer_than_a_long_one() -> None:
    assert text_format("<p>" * 300_000 + "</b>" * 300_000) is TextFormat.HTML
    assert text_format("<!--" * 500_000) is TextFormat.MARKDOWN
    assert text_format("<p " * 300_000) is TextFormat.MARKDOWN
