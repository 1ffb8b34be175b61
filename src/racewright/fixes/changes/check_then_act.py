"""The look and the act become one: an operation of the container that is both, or a lock around.

``d.pop(key, None)`` and ``s.discard(key)`` remove what may be gone already. ``d.setdefault(key,
value)`` makes the value whether or not it is needed, so it is used only where that costs nothing
and does nothing.
"""

from __future__ import annotations

import ast

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.locking import lock_around, shared_of
from racewright.model.finding import Finding
from racewright.review.module import Module

__all__ = ["OneStep"]

_CHEAP = frozenset({"builtins.dict", "builtins.list", "builtins.set", "builtins.object"})


class OneStep(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        if {place.file for place in finding.places} != {finding.place.file}:
            return None
        module = document.module
        lines = [place.line for place in finding.places]
        tests = [each for each in module.nodes(ast.If) if each.lineno in lines]
        if len(tests) != len(lines) or any(each.orelse for each in tests):
            return None
        edits = Edits(document)
        if all(_at_once(document, edits, each) for each in tests):
            return edits
        edits = Edits(document)
        subjects = [_subject(each.test) for each in tests]
        shared = [shared_of(module, each) if each is not None else None for each in subjects]
        first = shared[0]
        if first is None or any(each != first for each in shared):
            return None
        return edits if lock_around(document, edits, first, tests) else None


def _subject(test: ast.expr) -> ast.expr | None:
    """What is looked at."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand if not isinstance(test.operand, ast.Compare) else _subject(test.operand)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        is_about_key = isinstance(test.ops[0], (ast.In, ast.NotIn))
        return test.comparators[0] if is_about_key else test.left
    return None


def _at_once(document: Document, edits: Edits, test: ast.If) -> bool:
    """Replace the whole statement by one operation of a dict or a set, if there is one."""
    look, line = test.test, document.statement(test)
    if not isinstance(look, ast.Compare) or len(look.ops) != 1 or len(test.body) != 1:
        return False
    key, container = document.expression(look.left), document.expression(look.comparators[0])
    if key is None or container is None or line is None or _is_commented(document, test):
        return False
    parts = {"CONTAINER": container, "KEY": key}
    kind = document.module.type_of(look.comparators[0])
    act = test.body[0]
    if isinstance(look.ops[0], ast.In) and _removes(look, act):
        text = {
            "builtins.dict": "CONTAINER.pop(KEY, None)",
            "builtins.set": "CONTAINER.discard(KEY)",
        }.get(kind)
        if text is None:
            return False
        edits.replace_by(line, edits.statement(text, **parts))
        return True
    if isinstance(look.ops[0], ast.NotIn) and isinstance(act, ast.Assign):
        value = document.expression(act.value)
        if kind == "builtins.dict" and value is not None and _inserts(document.module, look, act):
            text = "CONTAINER.setdefault(KEY, VALUE)"
            edits.replace_by(line, edits.statement(text, **parts, VALUE=value))
            return True
    return False


def _is_commented(document: Document, test: ast.If) -> bool:
    """Whether a comment within the statement would be lost."""
    lines = document.source.lines[test.lineno - 1 : test.end_lineno]
    return any("#" in each for each in lines)


def _removes(look: ast.Compare, act: ast.stmt) -> bool:
    """``del d[key]``, ``d.pop(key)`` or ``s.remove(key)``, of what was looked at."""
    key, container = ast.dump(look.left), ast.dump(look.comparators[0])
    if isinstance(act, ast.Delete) and len(act.targets) == 1:
        target = act.targets[0]
        return (
            isinstance(target, ast.Subscript)
            and ast.dump(target.value) == container
            and ast.dump(target.slice) == key
        )
    if not isinstance(act, ast.Expr) or not isinstance(act.value, ast.Call):
        return False
    call = act.value
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in ("pop", "remove")
        and ast.dump(call.func.value) == container
        and [ast.dump(each) for each in call.args] == [key]
        and not call.keywords
    )


def _inserts(module: Module, look: ast.Compare, act: ast.Assign) -> bool:
    """``d[key] = value``, of what was looked at, where the value costs nothing."""
    target = act.targets[0]
    return (
        len(act.targets) == 1
        and isinstance(target, ast.Subscript)
        and ast.dump(target.value) == ast.dump(look.comparators[0])
        and ast.dump(target.slice) == ast.dump(look.left)
        and _is_cheap(module, act.value)
    )


def _is_cheap(module: Module, value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return True
    if isinstance(value, (ast.List, ast.Set, ast.Tuple)):
        return all(isinstance(each, ast.Constant) for each in value.elts)
    if isinstance(value, ast.Dict):
        return not value.keys
    return (
        isinstance(value, ast.Call)
        and module.dotted(value.func) in _CHEAP
        and not (value.args or value.keywords)
    )
