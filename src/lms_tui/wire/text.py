"""Text from courses, people and models, made safe to show: control characters never reach a terminal.

The client cleans with `clean` where it decodes a reply; `tui.content` cleans once more where text enters a
widget, and `tui.filters` a last time in every rendered line. The rules are here, once:

- Line ends of any kind (CR LF, CR, NEL, VT, FF, U+2028, U+2029) become a line feed. Tabs stay in running text.
- All other C0 and C1 controls and DEL are dropped: without its ESC an escape sequence is harmless text.
- Bidi overrides, embeddings, isolates and marks are dropped: they show a line in another order than it has.
- Characters without a width that terminals disagree about are dropped: zero-width space, word joiner, BOM, soft
  hyphen, tags, emoji and text variation selectors.
- The character by which a terminal shows a part of a picture (U+10EEEE, `tui.kitty`) is dropped: it is never text.
- The joiners U+200C and U+200D stay between letters of scripts that need them (Arabic to Sinhala, Tibetan,
  Myanmar) and go elsewhere: a joined emoji then shows as its parts, which has the same width in every terminal.
- More than four combining marks of the common block on one letter are cut: a tower of marks draws over other rows.
- A lone surrogate, which cannot be written as UTF-8, becomes U+FFFD.
"""

import re

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TOWER = re.compile("([\u0300-\u036f]{4})[\u0300-\u036f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 without tab and line ends, DEL, C1 without NEL
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidi marks, embeddings, overrides, isolates
    "\u00ad\u034f\u180e\u200b\u2060-\u2065\ufeff\ufff9-\ufffb"  # no width, or one that terminals disagree about
    "\ufe0e\ufe0f\U000e0000-\U000e0fff\U0010eeee]"  # presentation selectors, tags
    "|(?<![\u0600-\u0dff\u0f00-\u109f])[\u200c\u200d]"  # joiners where no script needs them
)
_SPACES = re.compile("[ \t\n]+")


def clean(text: str) -> str:
    """Return `text` without anything that could steer a terminal or lie about its own width or order.

    Line feeds and tabs stay. Idempotent; text that is clean already comes back unchanged. The rules are in the
    docstring of this module.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_END.sub("\n", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = _DROPPED.sub("", text)
    return _TOWER.sub(r"\1", text)


def clean_line(text: str) -> str:
    """Return `text` cleaned for one line: every run of spaces, tabs and line feeds becomes one space, ends trimmed."""
    return _SPACES.sub(" ", clean(text)).strip(" ")


def folded(text: str) -> str:
    """Return `text` as typed answers are compared: NFKC, case folded, trimmed, runs of white space as one space.

    Folding the case can take a letter apart that was one, so the form is made again behind it.
    """
    from unicodedata import normalize  # noqa: PLC0415 - the client starts with this module, and compares nothing

    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())
