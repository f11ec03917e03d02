"""GIFT as questions of ours: what each kind becomes, and a note on all that the schema has no place for.

The table of what is taken how, with the reasons, is `docs/gift.md`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lms_tui.courses import accepted
from lms_tui.courses.gift_syntax import Answer, Item, parse
from lms_tui.courses.gift_words import SQUARE, markdown, stem, with_markers
from lms_tui.courses.model import (
    CHOICE,
    FILL_BLANK,
    FREE_TEXT,
    SCALE,
    TRUE_FALSE,
    Option,
    Question,
    Report,
)
from lms_tui.wire.courses import Level

OUR_TAGS = ("scale", "true-false", "blanks")
_POINTS = re.compile(r"points:(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Quiz:
    """The questions of one GIFT file."""

    questions: tuple[Question, ...]
    category: str | None
    """The last part of the first category, which may serve as a title."""


def read(text: str, file: str, report: Report) -> Quiz:
    """Read the questions of a GIFT file, which notes call `file`. Faults go to `report`."""
    converter = _Converter(file, report)
    category = None
    for item in parse(text, file, report):
        if item.kind == "category":
            category = category or item.stem.text.rpartition("/")[2].strip() or None
            report.add(Level.ADAPTED, file, item.line, f"category {item.stem.text!r}: quizzes have none; not stored")
        elif item.kind == "description":
            converter.describe(item)
        else:
            converter.take(item)
    converter.end()
    return Quiz(tuple(converter.questions), category)


class _Converter:
    """Makes questions of the items of one file, in order."""

    def __init__(self, file: str, report: Report) -> None:
        self.file, self.report = file, report
        self.questions: list[Question] = []
        self.names: Counter[str] = Counter()
        self.waiting: list[Item] = []
        self.left_out: list[str] = []

    def note(self, level: Level, line: int, reason: str) -> None:
        self.report.add(level, self.file, line, reason)

    def describe(self, item: Item) -> None:
        """Keep a text without braces for the question that follows it."""
        self.waiting.append(item)
        self.note(
            Level.ADAPTED, item.line, "a text without braces: shown with the next question; add {} if it asks something"
        )

    def end(self) -> None:
        for item in self.waiting:
            self.note(Level.SKIPPED, item.line, "a text after the last question: quizzes have no place for it")

    def take(self, item: Item) -> None:
        """Add the question, or the questions, of an item."""
        self.left_out = []
        self._collect_left_out(item)
        points = self._points(item)
        made = self._made(item)
        lead = "\n\n".join(markdown(text.stem) for text in self.waiting)
        self.waiting = []
        for number, question in enumerate(made):
            description = "\n\n".join(part for part in (lead if number == 0 else "", question.description) if part)
            self.questions.append(replace(question, description=description or None, points=points))
        if self.left_out and made:
            self.note(Level.ADAPTED, item.line, f"not stored, no place in the schema: {'; '.join(self.left_out)}")

    def _collect_left_out(self, item: Item) -> None:
        """Name what has no column: feedback and tags."""
        answers = [*item.answers, *(answer for group in item.groups for answer in group)]
        said = sum(answer.feedback is not None for answer in answers) + sum(text is not None for text in item.feedback)
        if said:
            self.left_out.append(f"feedback on {said} answer{'s' if said > 1 else ''}")
        if item.general:
            self.left_out.append("general feedback")
        foreign = [tag for tag in item.tags if tag not in OUR_TAGS and not tag.startswith("points:")]
        if foreign:
            self.left_out.append(f"tags {', '.join(foreign)}")

    def _points(self, item: Item) -> int:
        for tag in item.tags:
            if tag.startswith("points:"):
                found = _POINTS.fullmatch(tag)
                if found:
                    return int(found[1])
                self.report.refuse(self.file, item.line, f"[tag:{tag}]: write a whole number, as in [tag:points:2]")
        return 1

    def _made(self, item: Item) -> list[Question]:
        if "scale" in item.tags:
            return self._scale(item)
        if "true-false" in item.tags and item.kind != "true-false":
            return self._statements(item)
        match item.kind:
            case "essay":
                return [self._question(item, FREE_TEXT, ())]
            case "true-false":
                options = (Option("True", item.truth, 1), Option("False", not item.truth, 2))
                return [self._question(item, TRUE_FALSE, options)]
            case "choice":
                return [self._question(item, CHOICE, self._options(item, self._right_choices(item)))]
            case "matching":
                return self._matching(item)
            case "short" | "numerical":
                return [self._blank(item, [item.answers])]
            case _:
                return [self._blank(item, list(item.groups))]

    # --- choices ---

    def _options(self, item: Item, right: Iterable[Answer]) -> tuple[Option, ...]:
        chosen = {id(answer) for answer in right}
        options = []
        for order, answer in enumerate(item.answers, 1):
            text = markdown(answer.text)
            if not text:
                self.report.refuse(self.file, answer.line, "an answer without text; write one, or remove its sign")
            options.append(Option(text, id(answer) in chosen, order))
        return tuple(options)

    def _right_choices(self, item: Item) -> list[Answer]:
        """Which options are right, when a question is right as a whole or not at all.

        Full credit wins over part credit. Where only parts earn and they make 100 % together, they are the right set,
        as Moodle's own way to write several right answers is. Otherwise the highest credit alone is right.
        """
        earning = [answer for answer in item.answers if answer.credit > 0]
        full = [answer for answer in earning if answer.credit >= 100]
        whole = abs(sum(answer.credit for answer in earning) - 100) <= 1
        if not earning:
            self.note(Level.ADAPTED, item.line, "no right answer: weighs nothing; mark one with =")
            return []
        right = full or (earning if whole else _best(earning))
        if len(right) > 1:
            self.left_out.append("credit for a part of the right answers: all of them have to be chosen")
        if any(answer.credit < 0 for answer in item.answers):
            self.left_out.append("credit below zero")
        self._tell_part_credit([answer for answer in earning if answer not in right])
        return right

    def _tell_part_credit(self, answers: list[Answer]) -> None:
        for answer in answers:
            self.left_out.append(f"{answer.credit:g} % for {markdown(answer.text)!r}, which counts as wrong")

    def _scale(self, item: Item) -> list[Question]:
        """Labels in order; graded only where an answer is marked right with `=`. `{}` is 1 to 5."""
        if item.kind not in {"choice", "short", "essay"}:
            return self._wrong_tag(item, "scale", "write its labels as {~one ~two ~three}, or {} for 1 to 5")
        right = [answer for answer in item.answers if answer.credit >= 100] if item.kind == "choice" else []
        return [self._question(item, SCALE, self._options(item, right))]

    def _statements(self, item: Item) -> list[Question]:
        """Each option a statement to be marked true or false."""
        if item.kind not in {"choice", "short"}:
            return self._wrong_tag(item, "true-false", "write its statements as {=a true one ~a false one}")
        right = [answer for answer in item.answers if answer.credit > 0]
        return [self._question(item, TRUE_FALSE, self._options(item, right))]

    def _wrong_tag(self, item: Item, tag: str, advice: str) -> list[Question]:
        self.report.refuse(self.file, item.line, f"[tag:{tag}] on a question of kind {item.kind}; {advice}")
        return []

    # --- matching ---

    def _matching(self, item: Item) -> list[Question]:
        """One single choice per pair, each with all right sides as its options.

        Options are in the order of the alphabet: in the file's order the first pair's right side is the first, and
        an option's id tells its place.
        """
        pairs = [answer for answer in item.answers if answer.text.text]
        sides = sorted({answer.match or "" for answer in item.answers} - {""}, key=lambda side: (side.casefold(), side))
        lone = [answer for answer in item.answers if answer.text.text and not answer.match]
        for answer in lone:
            self.report.refuse(self.file, answer.line, "a pair without a right side; write it behind the ->")
        if not pairs:
            self.report.refuse(self.file, item.line, "a matching question without a left side; write = left -> right")
        made = []
        for answer in pairs:
            left = markdown(answer.text)
            options = tuple(Option(side, side == answer.match, order) for order, side in enumerate(sides, 1))
            made.append(self._question(item, CHOICE, options, left))
        extra = len(item.answers) - len(pairs)
        more = f" and {extra} more option{'s' if extra > 1 else ''}" if extra else ""
        if len(pairs) > 1:
            self.note(Level.SPLIT, item.line, f"matching of {len(pairs)} pairs{more}: one single choice for each pair")
        elif pairs:
            self.note(Level.ADAPTED, item.line, f"matching of one pair{more}: a single choice")
        return made

    # --- blanks ---

    def _blank(self, item: Item, groups: list[tuple[Answer, ...]]) -> Question:
        options = []
        for blank, answers in enumerate(groups, 1):
            options += [Option(text, True, blank) for text in self._accepted(item, answers)]
        question = self._question(item, FILL_BLANK, tuple(options))
        return replace(question, title=with_markers(question, len(groups), self.left_out))

    def _accepted(self, item: Item, answers: tuple[Answer, ...]) -> list[str]:
        """The texts that count as right: those of full credit, or of the highest where none has it."""
        named = [answer for answer in answers if answer.text.text]
        for answer in answers:
            if not answer.text.text and not (answer.sign == "~" and answer.is_number):
                self.report.refuse(self.file, answer.line, "an answer without text; write one, or remove its sign")
        earning = [answer for answer in named if answer.credit > 0]
        right = _best(earning)
        if right and right[0].credit < 100:
            self.left_out.append(f"the {right[0].credit:g} % of the best answer, which counts as right")
        self._tell_part_credit([answer for answer in earning if answer not in right])
        worthless = [markdown(answer.text) for answer in named if answer.credit <= 0]
        if worthless:
            self.left_out.append(f"answers that earn nothing ({', '.join(worthless)}), wrong like every other")
        if not right:
            self.report.refuse(self.file, item.line, "no accepted answer; give one with = that earns something")
        return [text for answer in right if (text := self._stored(answer)) is not None]

    def _stored(self, answer: Answer) -> str | None:
        if answer.is_number:
            made = accepted.number(answer.text.text)
            if made is None:
                self.report.refuse(
                    self.file,
                    answer.line,
                    f"{answer.text.text!r} is no number; write 3, 3:0.5 (give or take) or 1..5, with a point for "
                    "decimals and the smaller one first",
                )
            return made
        if accepted.mixes_stars(answer):
            self.left_out.append("the difference between * and \\* in one answer: both stand for any text")
        return accepted.short(answer, markdown(answer.text))

    # --- all ---

    def _question(self, item: Item, kind: str, options: tuple[Option, ...], left: str = "") -> Question:
        title = markdown(stem(item))
        if left:
            title = f"{title}\n\n{left}" if title else left
        if not title and item.title:
            title = item.title
        if not title:
            self.report.refuse(self.file, item.line, "a question without text; write it before the braces")
        return Question(
            key=self._key(item, left), type=kind, title=title, options=options, file=self.file, line=item.line
        )

    def _key(self, item: Item, left: str) -> str:
        """What the question's id is made of besides its lesson: its `[id:…]`, title or text, and which one of that
        name it is. Brackets in a text are left out, since an accepted text may stand in them."""
        name = f"id:{item.id}" if item.id else item.title or SQUARE.sub("[]", item.stem.text)
        name = f"{name}\n{left}" if left else name
        self.names[name] += 1
        return f"{name}\n{self.names[name]}"


def _best(answers: list[Answer]) -> list[Answer]:
    """Those of the highest credit; all of 100 and more count alike."""
    most = min(100.0, max((answer.credit for answer in answers), default=0.0))
    return [answer for answer in answers if answer.credit >= most]
