"""The words of a GIFT question as they are shown: Markdown, with its blanks where the braces were."""

import re

from lms_tui.courses.gift_syntax import Item, Text, unescape
from lms_tui.courses.markup import has_html, html_to_markdown
from lms_tui.courses.model import Question
from lms_tui.wire.text import folded

SQUARE = re.compile(r"\[([^\[\]\n]*)\]")
_UNDERSCORES = re.compile(r"_{3,}")


def markdown(text: Text) -> str:
    """A GIFT text as the Markdown that questions are kept in; plain text stays letter by letter."""
    if text.format == "html" or (text.format == "moodle" and has_html(text.text)):
        return html_to_markdown(text.text)
    return text.text


def stem(item: Item) -> Text:
    """The text, with a blank where braces stand inside of it.

    Mere punctuation behind the braces of a question that has ended already is no missing word.
    """
    if not item.tail or item.kind in {"essay", "true-false"} or "scale" in item.tags or "true-false" in item.tags:
        if re.search(r"\w", item.tail):
            return Text(item.stem.format, f"{item.stem.text} … {item.tail}".strip())
        return item.stem if item.kind != "blanks" else item.whole
    ended = item.stem.text.rstrip().endswith((".", "?", "!", ":"))
    if item.kind != "blanks" and ended and not re.search(r"\w", item.tail):
        return item.stem
    return item.whole


def with_markers(question: Question, blanks: int, left_out: list[str]) -> str:
    """A question's title with exactly as many markers as there are blanks, or none for a single one.

    Underscores and `[x]` of the author's own could be read as markers too (domain.md, fill-blank); what is
    written otherwise for that goes to `left_out`.
    """
    texts = {folded(unescape(option.text)) for option in question.options}

    def round_off(found: re.Match[str]) -> str:
        if folded(unescape(found[1])) not in texts:
            return found[0]
        left_out.append(f"the square brackets of {found[0]}, which would be read as a blank")
        return f"({found[1]})"

    title = SQUARE.sub(round_off, question.title)
    markers = _UNDERSCORES.findall(title)
    if len(markers) <= max(blanks, 1):
        return title
    kept = iter([True] * blanks + [False] * (len(markers) - blanks))
    left_out.append(f"{len(markers) - blanks} of {len(markers)} runs of underscores: shown as …")
    return _UNDERSCORES.sub(lambda found: found[0] if next(kept) else "…", title)
