"""A patch ends with its test: by a cleanup of the test case, by ``monkeypatch``, or by ``with``.

In a method of a test case the patch is kept and its ``stop`` registered. In a function that is a
test, or a fixture that yields, what follows is put into a ``with`` block.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import fresh_name, test_case_of
from racewright.model.finding import Finding
from racewright.review.module import Function, Module

__all__ = ["Scope"]

_MOCKS = ("unittest.mock", "mock")


class Scope(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for call in document.at(finding.place, ast.Call):
            func = call.func
            if isinstance(func, ast.Attribute) and func.attr == "start" and not call.args:
                return _started(document, call, func)
        for assign in document.at(finding.place, ast.Assign):
            return _assigned(document, assign)
        return None


def _started(document: Document, call: ast.Call, func: ast.Attribute) -> Edits | None:
    module = document.module
    patch, made = document.expression(func.value), module.statement_of(call)
    function = module.function_of(call)
    if patch is None or made is None or function is None:
        return None
    line = document.statement(made)
    target = _target_of(made, call)
    if line is None or target is None:
        return None
    edits = Edits(document)
    case = test_case_of(module, call)
    if case:
        name = fresh_name(function, "patcher")
        start = f"{target} = {name}.start()" if target else f"{name}.start()"
        edits.replace_by(line, *_with_cleanup(edits, name, patch, start, case))
        return edits
    return edits if _within(edits, function, made, line, patch, target) else None


def _target_of(made: ast.stmt, call: ast.Call) -> str | None:
    """The name that what ``start`` gives is given, or an empty string."""
    if isinstance(made, ast.Expr) and made.value is call:
        return ""
    if isinstance(made, ast.Assign) and made.value is call and len(made.targets) == 1:
        target = made.targets[0]
        if isinstance(target, (ast.Name, ast.Attribute)):
            return ast.unparse(target)
    return None


def _with_cleanup(
    edits: Edits, name: str, patch: cst.BaseExpression, start: str, case: str
) -> list[cst.BaseStatement]:
    return [
        edits.statement(f"{name} = PATCH", PATCH=patch),
        edits.statement(start),
        edits.statement(f"{case}.addCleanup({name}.stop)"),
    ]


def _within(
    edits: Edits,
    function: Function,
    made: ast.stmt,
    line: cst.BaseStatement,
    patch: cst.BaseExpression,
    target: str,
) -> bool:
    """Put what follows ``made`` into a block in which the patch is in force."""
    is_test = function.short_name.startswith("test")
    is_whole = made in function.body
    if not is_whole or not (is_test or _yields(function)) or "." in target:
        return False
    text = f"with PATCH as {target}:\n    pass" if target else "with PATCH:\n    pass"
    head = edits.statement(text, PATCH=patch)
    return isinstance(head, cst.With) and edits.rest_within(head, line, skipped=[line])


def _yields(function: Function) -> bool:
    words = [ast.unparse(each) for each in function.decorators]
    return any("fixture" in each for each in words) and any(
        isinstance(each, ast.Yield) for each in ast.walk(function.node)
    )


def _assigned(document: Document, assign: ast.Assign) -> Edits | None:
    """``service.clock = fake`` in a test."""
    module = document.module
    function, target = module.function_of(assign), assign.targets[0]
    line, value = document.statement(assign), document.expression(assign.value)
    if function is None or line is None or value is None or not isinstance(target, ast.Attribute):
        return None
    owner = document.expression(target.value)
    if owner is None:
        return None
    edits = Edits(document)
    parts = {"OWNER": owner, "VALUE": value}
    arguments = f'(OWNER, "{target.attr}", VALUE)'
    if "monkeypatch" in {each.arg for each in function.node.args.args}:
        edits.replace_by(line, edits.statement(f"monkeypatch.setattr{arguments}", **parts))
        return edits
    maker = _patch_object(module, edits)
    if not maker:
        return None
    patch = edits.expression(f"{maker}{arguments}", **parts)
    case = test_case_of(module, assign)
    if case:
        name = fresh_name(function, "patcher")
        edits.replace_by(line, *_with_cleanup(edits, name, patch, f"{name}.start()", case))
        return edits
    return edits if _within(edits, function, assign, line, patch, "") else None


def _patch_object(module: Module, edits: Edits) -> str:
    """How the file can say ``unittest.mock.patch.object``."""
    for word, bindings in module.tree.scopes[module.tree.root].bindings.items():
        dotted = {each.dotted for each in bindings if each.kind == "import"}
        if len(dotted) == 1 and len(bindings) == 1:
            (name,) = dotted
            if name in _MOCKS:
                return f"{word}.patch.object"
            if name in {f"{each}.patch" for each in _MOCKS}:
                return f"{word}.object"
    return "unittest.mock.patch.object" if edits.import_module("unittest.mock") else ""
