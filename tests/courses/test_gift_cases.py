"""GIFT files that nobody of ours wrote: the figures of cases/README.md, and the trees of another parser."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lms_tui.courses import gift
from lms_tui.courses.gift_syntax import Answer, Item, Text, parse
from lms_tui.courses.model import CHOICE, Question, Report

pytestmark = pytest.mark.cases
Case = Callable[[str], Path]
PEG = [
    "TFTwoFeedback",
    "categorySpecialCharacter",
    "descriptionTitleEscapedColon",
    "escapeAll",
    "escapeEquals",
    "formatExamples",
    "markdown",
    "mc1",
    "mc4",
    "mcHTMLComment",
    "multipleAnswersFloat",
    "numerical1",
    "shortAnswer1",
    "shortAnswerNotMatching",
    "shortFirstEmbeddedUnderline",
    "symbolsAll",
    "tag_id_and_two_tags",
    "tf1",
    "tf1_markdown",
    "totara_moodle_backslash",
    "totara_moodle_match",
    "totara_moodle_multichoice_multi",
    "totara_moodle_pre_content",
    "totara_moodle_shortanswer_general_feedback",
    "totara_moodle_truefalse_true_answer1",
    "type_inferred_multiline_markdown",
]
KINDS = {
    "TF": "true-false",
    "MC": "choice",
    "Short": "short",
    "Essay": "essay",
    "Matching": "matching",
    "Numerical": "numerical",
    "Description": "description",
    "Category": "category",
}


def items(path: Path) -> list[Item]:
    report = Report()
    found = parse(path.read_text(), path.name, report)
    assert report.notes == []
    return found


def questions(path: Path) -> tuple[Question, ...]:
    report = Report()
    found = gift.read(path.read_text(), path.name, report)
    assert report.faults == ()
    return found.questions


def right(question: Question) -> list[str]:
    return [option.text for option in question.options if option.is_correct]


def test_moodle_examples(case: Case) -> None:
    path = case("gift/moodle_examples.txt")
    found = items(path)
    assert Counter(item.kind for item in found) == {
        "choice": 18,
        "true-false": 5,
        "short": 9,
        "numerical": 8,
        "matching": 3,
    }
    truths = {number: item.truth for number, item in enumerate(found, 1) if item.kind == "true-false"}
    assert truths == {3: False, 12: False, 13: True, 26: False, 36: False}
    assert [len(item.answers) for item in found if item.kind == "matching"] == [3, 4, 3]
    by_line = {question.line: question for question in questions(path)}
    several = [q for q in by_line.values() if q.type == CHOICE and len(right(q)) > 1]
    assert [q.title for q in several] == ["What two people are entombed in Grant's tomb?"] * 2
    assert [(option.text, option.is_correct) for option in by_line[found[31].line].options] == [
        ("= 2 + 2", False),
        ("= 2 + 3", True),
        ("= 2 + 4", False),
    ]
    assert right(by_line[found[32].line]) == ["\\"]
    assert right(by_line[found[17].line]) == ["#3.141..3.142"]
    assert [(a.text.text, a.credit) for a in found[42].answers] == [("1822:0", 100), ("1822:2", 50)]
    assert right(by_line[found[42].line]) == ["#1822:0"]


def test_questions(case: Case) -> None:
    path = case("gift/questions.gift.txt")
    found = items(path)
    assert [(item.kind, item.title) for item in found] == [
        ("essay", "Q8"),
        ("matching", "Moodle activities"),
        ("choice", "Q2"),
        ("choice", "colours"),
        ("numerical", "Q5"),
        ("short", "Shortanswer"),
        ("true-false", "Q1"),
        ("true-false", "2-08 TSL"),
        ("true-false", "2-08 TSL"),
    ]
    assert [answer.text.text == "" for answer in found[1].answers] == [False] * 4 + [True]
    assert [(a.text.text, a.credit) for a in found[3].answers] == [
        ("yellow", 50),
        ("red", -100),
        ("off-beige", 50),
        ("blue", -100),
    ]
    assert [(a.text.text, a.credit) for a in found[5].answers] == [("Frog", 100), ("Cat", 50), ("*", 0)]
    assert len(found[6].feedback) == 2
    assert found[6].general is not None
    made = questions(path)
    assert len(made) == 12, "four pairs of the matching question, the fifth a distractor"
    assert all("Chat" in [o.text for o in q.options] and "Chat" not in right(q) for q in made[1:5])
    assert [right(q) for q in made[5:]] == [
        ["yellow"],
        ["yellow", "off-beige"],
        ["#3:2"],
        ["Frog"],
        ["False"],
        ["True"],
        ["True"],
    ]
    assert len({question.key for question in made}) == 12, "two questions of one name keep apart"


def test_questions_in_category(case: Case) -> None:
    path = case("gift/questions_in_category.gift.txt")
    found = items(path)
    assert found[0].stem.text == "$course$/Default for New Features"
    assert [item.kind for item in found[1:]] == ["matching", "choice", "short", "true-false"]
    assert len(found[1].answers) == 5
    assert [right(q) for q in questions(path)[4:]] == [["French"], ["Moodler"], ["True"]]


def test_every_tree_is_compared(case: Case) -> None:
    names = sorted(path.stem for path in case("gift/peg").glob("*.gift"))
    assert names == sorted(PEG)


@pytest.mark.parametrize("name", PEG)
def test_agrees_with_the_other_parser(case: Case, name: str) -> None:
    path = case(f"gift/peg/{name}.gift")
    found = [_as_tree(item) for item in items(path)]
    expected = [_without_nothing(tree) for tree in json.loads(path.with_suffix(".json").read_text())]
    assert found == expected


def _blank(text: str) -> str:
    return re.sub(r"\s*_{3,}\s*", "___", text)


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"format": text.format, "text": _blank(text.text)}


def _number(text: str) -> list[float]:
    return [float(part) for part in re.split(r":|\.\.", text)]


def _answer(answer: Answer) -> dict[str, Any]:
    text: Any = _number(answer.text.text) if answer.is_number else _text(answer.text)
    return {
        "isCorrect": answer.sign != "~",
        "weight": answer.weight,
        "text": text,
        "feedback": _text(answer.feedback),
    }


def _as_tree(item: Item) -> dict[str, Any]:
    """Our item in the words of the other parser, as far as both say the same."""
    if item.kind == "category":
        return {"type": item.kind, "title": item.stem.text}
    tree: dict[str, Any] = {
        "type": item.kind,
        "id": item.id,
        "tags": list(item.tags) or None,
        "title": item.title,
        "stem": _text(item.whole if item.tail else item.stem),
        "globalFeedback": _text(item.general),
    }
    if item.kind == "true-false":
        tree["isTrue"] = item.truth
        tree["feedback"] = [_text(text) for text in (*item.feedback, None, None)[:2]]
    elif item.kind == "matching":
        tree["choices"] = [(_text(answer.text), answer.match) for answer in item.answers]
    elif item.kind in {"choice", "short", "numerical"}:
        tree["choices"] = [_answer(answer) for answer in item.answers]
    return tree


def _without_nothing(tree: dict[str, Any]) -> dict[str, Any]:
    """The other parser's tree in the same words."""
    kind = KINDS[tree["type"]]
    if kind == "category":
        return {"type": kind, "title": tree["title"]}
    stem = {**tree["stem"], "text": _blank(tree["stem"]["text"])}
    made: dict[str, Any] = {
        "type": kind,
        "id": tree["id"],
        "tags": tree["tags"],
        "title": tree["title"],
        "stem": stem,
        "globalFeedback": tree.get("globalFeedback"),
    }
    if kind == "true-false":
        made["isTrue"] = tree["isTrue"]
        made["feedback"] = [tree["trueFeedback"], tree["falseFeedback"]]
    elif kind == "matching":
        made["choices"] = [(pair["subquestion"], pair["subanswer"]) for pair in tree["matchPairs"]]
    elif kind == "numerical" and isinstance(tree["choices"], dict):
        numbers = tree["choices"]
        names = {"simple": ["number"], "range": ["number", "range"], "high-low": ["numberLow", "numberHigh"]}
        text = [float(numbers[part]) for part in names[numbers["type"]]]
        made["choices"] = [{"isCorrect": True, "weight": None, "text": text, "feedback": None}]
    elif kind == "numerical":
        made["choices"] = [
            {**choice, "text": [float(choice["text"]["number"]), float(choice["text"]["range"])]}
            for choice in tree["choices"]
        ]
    elif "choices" in tree:
        made["choices"] = tree["choices"]
    return made
