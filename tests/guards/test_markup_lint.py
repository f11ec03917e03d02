"""No text can reach a place of the UI that parses markup, unless the text is a constant of ours.

Textual parses each `str` given to a widget, `update`, `notify`, a title, the palette as markup, and markup can hold
an action. This walks every module of `tui` and refuses, with file and line, a `str` in such a place that is not a
plain constant; foreign text goes there as `Content` made in `tui/content.py`. What an expression is cannot always
be seen, so the rule is the other way round: only what is seen to be harmless passes.

Harmless are: a constant without `[`; a call of `plain`, `line` or `joined` of `tui.content`; a choice (`a if b
else c`) between harmless ones; a name that the same function, or the module, binds to harmless expressions only, or
a parameter whose annotation is `Content`.
"""

import ast
from pathlib import Path

import pytest

import lms_tui.tui

TUI = Path(lms_tui.tui.__file__).parent

# Calls by the last name of what is called: the positions of the arguments that are parsed, and their keywords.
PARSED: dict[str, tuple[tuple[int, ...], frozenset[str]]] = {
    **dict.fromkeys(
        (
            "Static",
            "Label",
            "Button",
            "Checkbox",
            "RadioButton",
            "Collapsible",
            "Tab",
            "TabPane",
            "Link",
            "Option",
            "Selection",
            "Digits",
            "Placeholder",
            "Toast",
        ),
        ((0,), frozenset({"content", "renderable", "label", "prompt", "title", "text"})),
    ),
    **dict.fromkeys(("update", "set_label", "append_text"), ((0,), frozenset({"content", "renderable", "label"}))),
    "notify": ((0,), frozenset({"message", "title"})),
    "replace_option_prompt": ((1,), frozenset({"prompt"})),
    "replace_option_prompt_at_index": ((1,), frozenset({"prompt"})),
    "add_option": ((0,), frozenset({"item"})),
    "add_column": ((0,), frozenset({"label"})),
    "with_tooltip": ((0,), frozenset({"tooltip"})),
    "Hit": ((1,), frozenset({"match_display"})),
    "DiscoveryHit": ((0,), frozenset({"display"})),
    "SystemCommand": ((0, 1), frozenset({"title", "help"})),
}
PARSED_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label", "prompt"}
NEVER = {"from_markup", "Markdown", "MarkdownViewer", "render_markup", "to_content"}
DOOR = {"plain", "line", "joined"}


def faults(source: str, name: str) -> list[str]:
    """Return "file:line: what" for each place of `source` where markup could be parsed out of foreign text."""
    tree = ast.parse(source)
    found: list[str] = []
    scopes: list[dict[str, list[ast.expr | None]]] = [_bound(tree)]

    def visit(node: ast.AST) -> None:
        inner = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if inner:
            scopes.append(_bound(node))
        found.extend(f"{name}:{place.lineno}: {what}" for place, what in _places(node, scopes))
        for child in ast.iter_child_nodes(node):
            visit(child)
        if inner:
            scopes.pop()

    visit(tree)
    return found


def _places(node: ast.AST, scopes: list[dict[str, list[ast.expr | None]]]) -> list[tuple[ast.expr, str]]:
    places: list[tuple[ast.expr, str]] = []
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in NEVER:
            places.append((node, f"{called} parses markup; use tui.content"))
        positions, keywords = PARSED.get(called, ((), frozenset()))
        if called == "update" and node.args and isinstance(node.args[0], ast.Dict):
            positions = ()
        given = [node.args[at] for at in positions if at < len(node.args)]
        given += [keyword.value for keyword in node.keywords if keyword.arg in keywords]
        places += [
            (value, f"{called} parses this; make it by tui.content") for value in given if not _safe(value, scopes)
        ]
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in PARSED_ATTRIBUTES and not _safe(node.value, scopes):
                places.append((node.value, f"{target.attr} is parsed; make it by tui.content"))
    return places


def _safe(value: ast.expr, scopes: list[dict[str, list[ast.expr | None]]]) -> bool:
    match value:
        case ast.Constant(value=str(text)):
            return "[" not in text
        case ast.Constant():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _safe(body, scopes) and _safe(orelse, scopes)
        case (
            ast.Call(func=ast.Name(id=called)) | ast.Call(func=ast.Attribute(value=ast.Name(id="content"), attr=called))
        ):
            return called in DOOR
        case ast.Name(id=name):
            bound = next((scope[name] for scope in reversed(scopes) if name in scope), [None])
            return all(
                one is not None and _safe(one, [{k: v for k, v in s.items() if k != name} for s in scopes])
                for one in bound
            )
        case _:
            return False


def _bound(scope: ast.AST) -> dict[str, list[ast.expr | None]]:
    """Return what each name of a scope is bound to; None for what cannot be seen."""
    bound: dict[str, list[ast.expr | None]] = {}
    arguments = getattr(scope, "args", None)
    if isinstance(arguments, ast.arguments):
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            content = isinstance(argument.annotation, ast.Name) and argument.annotation.id == "Content"
            bound[argument.arg] = [ast.Constant(value=None) if content else None]
    pending = list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop()
        for name, value in _bindings(node):
            bound.setdefault(name, []).append(value)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending += ast.iter_child_nodes(node)
    return bound


def _bindings(node: ast.AST) -> list[tuple[str, ast.expr | None]]:
    """Return the names that one statement or expression binds, each with its value when it is that alone."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [(target.id, node.value) for target in targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.Tuple | ast.List | ast.Starred) and isinstance(node.ctx, ast.Store):
        return [(name.id, None) for name in ast.walk(node) if isinstance(name, ast.Name)]
    if isinstance(node, ast.For | ast.AsyncFor | ast.AugAssign | ast.NamedExpr | ast.comprehension):
        return [(node.target.id, None)] if isinstance(node.target, ast.Name) else []
    if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
        return [(node.optional_vars.id, None)]
    return []


def test_no_foreign_text_where_markup_is_parsed() -> None:
    modules = sorted(TUI.rglob("*.py"))
    assert len(modules) > 10, "the walk found hardly any module: is the folder right?"
    found = [fault for path in modules for fault in faults(path.read_text("utf-8"), str(path.relative_to(TUI.parent)))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        'Static("Hello " + name)',
        'Static(f"Hello {name}")',
        'Static("Hello %s" % name)',
        'Static("Hello {}".format(name))',
        "Static(name)",
        "Static(course.title)",
        "Label(renderable=course.title)",
        'self.notify(f"{name} saved")',
        'self.notify("saved", title=name)',
        'self.query_one("#a", Static).update(course.title)',
        "self.border_title = course.title",
        "self.border_subtitle += name",
        "self.tooltip: str = name",
        'Option(name, id="x")',
        "Button(str(name))",
        'Button(name if name else "Go")',
        'Static("[b]ours, but markup all the same[/b]")',
        "Content.from_markup(name)",
        "Text.from_markup(name)",
        "Markdown(name)",
        'Static(Content(name).join(["a"]))',
        "def show(title):\n    text = line(title)\n    text = title\n    Static(text)",
        "def show(title):\n    for text in title:\n        Static(text)",
        "def show(text: str):\n    Static(text)",
        "def show(t):\n    text, other = line(t), t\n    Static(other)",
        "def show(t):\n    with t as text:\n        Static(text)",
        "def show(t):\n    if (text := t):\n        Static(text)",
        "def show(t):\n    return [Static(text) for text in t]",
        "Hit(1, name, run)",
        "other.plain(name)\nStatic(other.plain(name))",
    ],
)
def test_each_planted_fault_is_found_with_file_and_line(planted: str) -> None:
    found = faults("\n\n" + planted, "planted.py")
    assert len(found) == 1
    assert found[0].startswith("planted.py:")
    assert int(found[0].split(":")[1]) >= 3


@pytest.mark.parametrize(
    "harmless",
    [
        'Static("Nothing found")',
        "Static(line(course.title))",
        "Static(content.plain(course.title))",
        'Static(joined("by ", author), id="who")',
        'Button("Yes" if sure else "No")',
        "def show(title):\n    text = line(title)\n    Static(text)",
        "def show(title: Content):\n    Static(title)",
        'EMPTY = "Nothing yet"\ndef show():\n    Static(EMPTY)',
        "self.border_title = line(course.title)",
        'settings.update({"a": name})',
        "Static()",
    ],
)
def test_harmless_ways_pass(harmless: str) -> None:
    assert faults(harmless, "harmless.py") == []
