"""docs/security.md answers each requirement of ASVS once, and the tests that it names are there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
REQUIREMENT = re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{1,2}\b")
LEVELS_1_AND_2 = 253
"""How many requirements ASVS 5.0.0 has at levels 1 and 2."""
LEFT_OUT = re.compile(r"^Left out\b")


def rows() -> Iterator[tuple[str, str, list[str]]]:
    """Yield numbers, answer and tests of each row of the tables of requirements."""
    for line in PAGE.read_text().splitlines():
        if re.match(r"\| \d", line):
            numbers, answer, tests = (cell.strip() for cell in line.strip("|").split(" | ", 2))
            yield numbers, answer, re.findall("`([^`]+)`", tests)


def test_each_requirement_has_one_answer() -> None:
    text = re.sub("`[^`]*`", "", PAGE.read_text()).replace("ASVS 5.0.0", "")
    named = Counter(REQUIREMENT.findall(text))
    assert {number: times for number, times in named.items() if times > 1} == {}
    assert len(named) == LEVELS_1_AND_2


def test_each_answer_names_a_test_or_says_that_it_is_left_out() -> None:
    assert [numbers for numbers, answer, tests in rows() if not tests and not LEFT_OUT.match(answer)] == []


def test_the_tests_that_it_names_are_there() -> None:
    named = [name for *_, tests in rows() for name in tests]
    assert len(named) > 100
    for name in named:
        file, _, test = name.partition("::")
        assert re.search(rf"^(async )?def {re.escape(test)}\(", (TESTS / file).read_text(), re.MULTILINE), name
