"""docs/rules.md names a function, a test and a screen for each rule: all of them are there."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.screen import Screen

import lms_tui.tui.screens
from lms_tui.cli.main import COMMANDS

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "rules.md"
COLUMNS = ["rule", "function", "test", "screen"]


class Rule(NamedTuple):
    """A row of the table."""

    section: str
    says: str
    functions: list[str]
    tests: list[str]
    screens: list[str]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def rules() -> Iterator[Rule]:
    """Yield each row of each table under a heading."""
    section, columns = "", False
    for line in TABLE.read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        if not line.startswith("|"):
            columns = False
        elif not columns:
            assert cells(line) == COLUMNS, f"the table of {section} begins with the columns {COLUMNS}"
            columns = True
        elif not line.startswith("|---"):
            says, *named = cells(line)
            assert len(named) == 3, f"not four columns: {line}"
            yield Rule(section, says, *(re.findall("`([^`]+)`", cell) for cell in named))


RULES = list(rules())
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.section}: {rule.says}"[:60])


def found(name: str) -> Any:
    """What `name`, below lms_tui, stands for: a function, or a property of a class."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            value: Any = importlib.import_module(".".join(["lms_tui", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            value = inspect.getattr_static(value, part)
        return value
    raise AssertionError(f"there is no lms_tui.{name}")


def screens() -> set[str]:
    names = set()
    for module in pkgutil.iter_modules(lms_tui.tui.screens.__path__):
        loaded = importlib.import_module(f"{lms_tui.tui.screens.__name__}.{module.name}")
        names |= {name for name, one in inspect.getmembers(loaded, inspect.isclass) if issubclass(one, Screen)}
    return names


@each_rule
def test_its_functions_are_there_and_say_what_they_do(rule: Rule) -> None:
    assert rule.functions, "no function is named"
    for name in rule.functions:
        assert inspect.getdoc(found(name)), f"{name} has no docstring"


@each_rule
def test_its_tests_are_there(rule: Rule) -> None:
    assert rule.tests, "no test is named"
    for name in rule.tests:
        file, _, test = name.partition("::")
        assert re.search(rf"^(async )?def {re.escape(test)}\(", (TESTS / file).read_text(), re.MULTILINE), name


@each_rule
def test_its_screens_are_there(rule: Rule) -> None:
    assert rule.screens, "no screen is named"
    assert set(rule.screens) <= screens() | {f"lms-tui {command}" for command in COMMANDS}


def test_there_are_rules() -> None:
    assert {rule.section for rule in RULES} >= {"Quizzes"}
