"""Textual calls a message's handler of every class that has one: who calls their base's too has it done twice."""

import ast
from pathlib import Path

import lms_tui.tui

TUI = Path(lms_tui.tui.__file__).parent


def called_twice(source: str) -> list[int]:
    """Return the lines on which a handler calls that of its base."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and (node.attr.startswith("on_") or node.attr.startswith("_on_"))
        and node.attr != "on_event"  # which is no handler: it hands messages to the handlers
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
    ]


def test_no_handler_calls_that_of_its_base() -> None:
    found = [f"{path.relative_to(TUI)}:{line}" for path in TUI.rglob("*.py") for line in called_twice(path.read_text())]
    assert not found, "Textual calls these by itself: take the call away"


def test_such_a_call_is_seen() -> None:
    assert called_twice("class A(B):\n    def on_mount(self):\n        super().on_mount()\n") == [3]
