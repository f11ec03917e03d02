"""The syntax of GIFT, Moodle's plain text format for questions: text in, a list of items out.

Only what the letters say; `gift` makes questions of it. The rules are Moodle's (docs.moodle.org, "GIFT format", and
its reader): questions end at an empty line, `//` lines are comments, `\\` escapes `~ = # { } :` and itself and `\\n`
is a line break. Two things are stricter, since Moodle guesses where an author has slipped: a brace that is not
escaped where it cannot be one is refused, and an empty line inside braces does not end the question.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from lms_tui.courses.gift_blocks import BRACES, ESCAPE, Block, blocks, lonely_marks, marks
from lms_tui.courses.model import BLANK, Report

_SIGNS = re.compile(rf"{ESCAPE}|[=~]")
_HASH = re.compile(rf"{ESCAPE}|#")
_GENERAL = re.compile(rf"{ESCAPE}|####")
_COLONS = re.compile(rf"{ESCAPE}|::")
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text in one of GIFT's formats: html, markdown, plain, moodle."""

    format: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer between braces."""

    sign: str
    """`=` or `~`; empty for the only answer of a numerical question."""
    weight: float | None
    """Percent, where one is written."""
    text: Text
    raw: str
    """As written, escapes and all, without format, weight and feedback: numbers and wildcards are read from it."""
    feedback: Text | None
    is_number: bool = False
    match: str | None = None
    """In a matching question: what stands right of the `->`."""
    line: int = 0

    @property
    def credit(self) -> float:
        """What it earns, in percent: its weight, else 100 after `=` and 0 after `~`."""
        if self.weight is not None:
            return self.weight
        return 0.0 if self.sign == "~" else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question, description or category."""

    kind: str
    """category, description, essay, true-false, choice, short, numerical, matching or blanks."""
    line: int
    title: str | None = None
    stem: Text
    """The text before the braces, or all of it where there are none; of a category its name."""
    whole: Text
    """The text with a blank in place of each pair of braces."""
    tail: str = ""
    """The text after the braces."""
    truth: bool = False
    answers: tuple[Answer, ...] = ()
    groups: tuple[tuple[Answer, ...], ...] = ()
    """Of kind blanks: the answers of each pair of braces."""
    feedback: tuple[Text | None, ...] = ()
    """Of true-false: what is said to a wrong answer, and to a right one."""
    general: Text | None = None
    id: str | None = None
    tags: tuple[str, ...] = ()


def parse(text: str, file: str, report: Report) -> list[Item]:
    """Read GIFT. Faults go to `report` under the name `file`; what has none is returned in order."""
    items = []
    for block in blocks(text.split("\n"), file, report):
        if block.broken:
            continue
        if not block.lines:
            lonely_marks(block, file, report)
            continue
        item = _category(block) or _Reader(block, file, report).item()
        if item is not None:
            items.append(item)
    return items


def unescape(raw: str) -> str:
    """Take the backslashes away; one before any other letter stays, as in Moodle."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], raw)


def formatted(raw: str, default: str = "moodle") -> Text:
    """A raw piece of text with its format; outside HTML and Markdown a line break is but a space."""
    found = _FORMAT.match(raw)
    form = found[1].lower() if found else default
    body = raw[found.end() :] if found else raw
    if form in {"moodle", "plain"}:
        body = re.sub(r"\s+", " ", body)
    return Text(form, unescape(body.strip()))


def _category(block: Block) -> Item | None:
    if not block.lines[0].startswith("$CATEGORY:"):
        return None
    name = Text("plain", block.lines[0].removeprefix("$CATEGORY:").strip())
    return Item(kind="category", line=block.numbers[0], stem=name, whole=name)


class _Reader:
    """Reads one block; its faults stop this question only."""

    def __init__(self, block: Block, file: str, report: Report) -> None:
        self.block, self.file, self.report = block, file, report
        self.text = "\n".join(block.lines)
        self.failed = False

    def refuse(self, offset: int, reason: str) -> None:
        self.failed = True
        self.report.refuse(self.file, self.block.line_at(offset), reason)

    def item(self) -> Item | None:
        own, tags = marks(self.block)
        title, start = self._title()
        found = [brace for brace in BRACES.finditer(self.text, start) if brace[0] in "{}"]
        spans = [(left.end(), right.start()) for left, right in zip(found[::2], found[1::2], strict=False)]
        stem = formatted(self.text[start : spans[0][0] - 1 if spans else None])
        if len(spans) > 1 and "blanks" not in tags:
            self.refuse(
                spans[1][0],
                "a second pair of braces in one question; leave an empty line before the next question, write \\{ for "
                "the letter, or put // [tag:blanks] above a question of several blanks",
            )
        whole, tail = self.text[start:], ""
        if spans:
            tail = self.text[spans[-1][1] + 1 :]
            between = [self.text[left[1] + 1 : right[0] - 1] for left, right in pairwise(spans)]
            whole = BLANK.join([self.text[start : spans[0][0] - 1], *between, tail])
        shared = {
            "line": self.block.numbers[0],
            "title": title,
            "stem": stem,
            "whole": formatted(whole),
            "tail": unescape(tail.strip()),
            "id": own,
            "tags": tags,
        }
        made = self._body(spans, stem.format) if not self.failed else {}
        return None if self.failed else Item(**{**shared, **made})  # type: ignore[arg-type]

    def _title(self) -> tuple[str | None, int]:
        start = len(self.text) - len(self.text.lstrip())
        if not self.text.startswith("::", start):
            return None, start
        for found in _COLONS.finditer(self.text, start + 2):
            if found[0] == "::":
                return formatted(self.text[start + 2 : found.start()], "plain").text, found.end()
        self.refuse(start, "the title begins with :: and does not end; write ::title:: before the question")
        return None, start

    def _body(self, spans: list[tuple[int, int]], form: str) -> dict[str, object]:
        """Kind and answers."""
        if not spans:
            return {"kind": "description"}
        if "blanks" in self._tags():
            return self._blanks(spans, form)
        start, end = spans[0]
        general = None
        for found in _GENERAL.finditer(self.text, start, end):
            if found[0] == "####":
                general = formatted(self.text[found.end() : end], form)
                end = found.start()
                break
        return {"general": general, **self._kind(start, end, form)}

    def _tags(self) -> tuple[str, ...]:
        return marks(self.block)[1]

    def _kind(self, start: int, end: int, form: str) -> dict[str, object]:
        inner = self.text[start:end]
        if not inner.strip():
            return {"kind": "essay"}
        pieces = self._cut(_HASH, "#", start, end)
        head = self.text[slice(*pieces[0])].strip().upper()
        if head in _TRUTH:
            said = [formatted(self.text[left + 1 : right], form) for left, right in pieces[1:3]]
            return {
                "kind": "true-false",
                "truth": _TRUTH[head],
                "feedback": tuple(text if text.text else None for text in said),
            }
        if inner.lstrip().startswith("#"):
            return {"kind": "numerical", "answers": self._numbers(start + inner.index("#") + 1, end, form)}
        answers = self._answers(start, end, form)
        if any(answer.sign == "~" for answer in answers):
            return {"kind": "choice", "answers": answers}
        arrows = ["->" in answer.raw for answer in answers]
        if arrows and all(arrows):
            return {"kind": "matching", "answers": tuple(self._pair(answer, form) for answer in answers)}
        if any(arrows):
            lacking = next(answer for answer, arrow in zip(answers, arrows, strict=True) if not arrow)
            self.failed = True
            self.report.refuse(self.file, lacking.line, "a pair without ->; in a matching question all have one")
        return {"kind": "short", "answers": answers}

    def _blanks(self, spans: list[tuple[int, int]], form: str) -> dict[str, object]:
        groups = []
        for start, end in spans:
            made = self._kind(start, end, form)
            if made["kind"] not in {"short", "numerical"}:
                self.refuse(start, "a blank takes accepted answers only: {=one =other} or {#number}")
                continue
            groups.append(made["answers"])
        return {"kind": "blanks", "groups": tuple(groups)}

    def _cut(self, pattern: re.Pattern[str], letters: str, start: int, end: int) -> list[tuple[int, int]]:
        """Cut at each letter that is not escaped; a piece after the first begins with the letter itself."""
        cuts = [found.start() for found in pattern.finditer(self.text, start, end) if found[0] in letters]
        return list(zip([start, *cuts], [*cuts, end], strict=True))

    def _answers(self, start: int, end: int, form: str) -> tuple[Answer, ...]:
        first, *rest = self._cut(_SIGNS, "=~", start, end)
        if self.text[slice(*first)].strip():
            self.refuse(
                start, "an answer begins with = (right), ~ (wrong) or # (a number); or write \\{ for the letter"
            )
        return tuple(self._answer(left + 1, right, self.text[left], form) for left, right in rest)

    def _numbers(self, start: int, end: int, form: str) -> tuple[Answer, ...]:
        first, *rest = self._cut(_SIGNS, "=~", start, end)
        answers = [self._answer(*first, "", form)] if self.text[slice(*first)].strip() else []
        answers += [self._answer(left + 1, right, self.text[left], form) for left, right in rest]
        return tuple(replace(answer, is_number=True) for answer in answers)

    def _answer(self, start: int, end: int, sign: str, form: str) -> Answer:
        line = self.block.line_at(start)
        weight = _WEIGHT.match(self.text, start, end)
        body = weight.end() if weight else start
        hashes = (found.start() for found in _HASH.finditer(self.text, body, end) if found[0] == "#")
        stop = next(hashes, end)
        said = formatted(self.text[stop + 1 : end], form) if stop < end else None
        raw = self.text[body:stop]
        found = _FORMAT.match(raw)
        return Answer(
            sign=sign,
            weight=float(weight[1]) if weight else None,
            text=formatted(raw, form),
            raw=(raw[found.end() :] if found else raw).strip(),
            feedback=said if said and said.text else None,
            line=line,
        )

    def _pair(self, answer: Answer, form: str) -> Answer:
        left, _, right = answer.raw.partition("->")
        form = answer.text.format or form
        return replace(answer, text=Text(form, formatted(left, form).text), match=formatted(right, form).text)
