"""The order that sleeps stand for, by name.

Two functions that patches put in the place of others, which sleep for different times and then do
what the others did, let the one with the shorter sleep come first: that is a scenario of two
points. A sleep between the start of threads and what looks at their work, where the test joins them
later anyway and does nothing in between that they could be waiting for, stands for the join.

What any other sleep stands for is not in the source.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import call_of, is_method_of_test_case, statements_after
from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.patches import Patch, patches_in
from racewright.review.rule import constant
from racewright.review.rules.sleep_as_synchronisation import point_of
from racewright.review.tasks import SLEEPS

__all__ = ["Order"]

#: What a test does between a sleep and a join that does not let anybody go on.
_HARMLESS = (ast.Assert, ast.Pass)


class Order(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for sleep in document.at(finding.place, ast.Call):
            function, statement = module.function_of(sleep), module.statement_of(sleep)
            if function is None or not isinstance(statement, ast.Expr):
                continue
            if statement.value is not sleep:
                continue
            if function.short_name.startswith("test"):
                return _joined(document, function, statement)
            return _scenario(document, function)
        return None


# --- A sleep before a join ---


def _joined(document: Document, function: Function, sleep: ast.Expr) -> Edits | None:
    module = document.module
    line = document.statement(sleep)
    if line is None or sleep not in function.body:
        return None
    started = _started_before(module, function, sleep)
    joined = _joined_after(module, sleep)
    names = [name for name in started if name in joined]
    if not names or names != started:
        return None
    has_self = is_method_of_test_case(module, sleep)
    edits = Edits(document)
    made = []
    for name in names:
        ended = f"{name}.is_alive()"
        made.append(edits.statement(f"{name}.join(timeout=10)"))
        made.append(
            edits.statement(f"self.assertFalse({ended})" if has_self else f"assert not {ended}")
        )
    edits.replace_by(line, *made)
    edits.drop_imports_of(sleep)
    return edits


def _started_before(module: Module, function: Function, sleep: ast.Expr) -> list[str]:
    """The local names of the threads that the function has started."""
    found = []
    for statement in function.body[: function.body.index(sleep)]:
        call = _method_call(statement, "start")
        if call is not None and module.method(call) == "threading.Thread.start":
            found.append(ast.unparse(call.func.value))  # type: ignore[attr-defined]
    return found


def _joined_after(module: Module, sleep: ast.Expr) -> set[str]:
    """The names of what is joined below, before anything happens but assertions."""
    found = set()
    for statement in statements_after(module, sleep):
        call = _method_call(statement, "join")
        if call is not None:
            found.add(ast.unparse(call.func.value))  # type: ignore[attr-defined]
        elif not isinstance(statement, _HARMLESS) and not _is_assertion(statement):
            break
    return found


def _is_assertion(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr.startswith("assert")


def _method_call(statement: ast.stmt, word: str) -> ast.Call | None:
    """``name.word(…)`` as a statement."""
    call = call_of(statement, word)
    is_plain = call is not None and isinstance(getattr(call.func, "value", None), ast.Name)
    return call if is_plain else None


# --- Two patches that sleep ---


@dataclass(frozen=True, slots=True)
class _Slow:
    """A function that sleeps and then does what it stands for, and the patch that puts it there."""

    seconds: float
    point: str
    function: Function
    patch: ast.Expr


def _scenario(document: Document, function: Function) -> Edits | None:
    module = document.module
    outer = next((each for each in module.functions.values() if each.name == function.outer), None)
    if outer is None:
        return None
    slow = [each for patch in patches_in(module) if (each := _slow(module, outer, patch))]
    if len(slow) != 2 or slow[0].seconds == slow[1].seconds:
        return None
    first, second = sorted(slow, key=lambda each: each.seconds)
    gone: list[ast.stmt] = []
    for each in slow:
        gone += [each.patch, each.function.node]  # type: ignore[list-item]
    gone += _originals(outer, gone)
    if any(each not in outer.body for each in gone):
        return None
    forms = [document.statement(each) for each in outer.body if each in gone]
    edits = Edits(document)
    points = (f'after("{first.point}")', f'before("{second.point}")')
    head = edits.statement("with scenario(\n    {},\n    {},\n):\n    pass".format(*points))
    if None in forms or not isinstance(head, cst.With) or forms[0] is None:
        return None
    if not edits.import_from("racewright", "after", "before", "scenario"):
        return None
    if not edits.rest_within(head, forms[0], skipped=[each for each in forms if each is not None]):
        return None
    edits.drop_imports_of(*gone)
    return edits


def _slow(module: Module, outer: Function, patch: Patch) -> _Slow | None:
    function = patch.function(module)
    if function is None or function.outer != outer.name or len(function.body) != 2:
        return None
    sleep, rest = function.body
    call = sleep.value if isinstance(sleep, ast.Expr) else None
    if not isinstance(call, ast.Call) or module.dotted(call.func) not in SLEEPS:
        return None
    seconds = constant(call.args[0]) if len(call.args) == 1 else None
    is_original = isinstance(rest, (ast.Expr, ast.Return)) and isinstance(rest.value, ast.Call)
    applied = module.statement_of(patch.call)
    if not isinstance(seconds, (int, float)) or not is_original or ":" in patch.target:
        return None
    if not isinstance(applied, ast.Expr) or "." not in patch.target:
        return None
    return _Slow(float(seconds), point_of(patch.target), function, applied)


def _originals(outer: Function, gone: list[ast.stmt]) -> list[ast.stmt]:
    """The lines that keep what is patched, for those that are gone alone."""
    inside = {id(each) for node in gone for each in ast.walk(node)}
    loads = [
        each
        for each in ast.walk(outer.node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    ]
    found: list[ast.stmt] = []
    for statement in outer.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Name) and isinstance(statement.value, (ast.Attribute, ast.Name)):
            uses = [each for each in loads if each.id == target.id]
            if uses and all(id(each) in inside for each in uses):
                found.append(statement)
    return found
