"""A generator that changes the state of an object for as long as it runs, and waits in between.

What it finds
-------------
A public generator that changes an object, yields, and changes it back: ``self.scopes.append(…)``
and ``self.scopes.pop()``, ``push_scope`` and ``pop_scope``, ``old = self.x``, ``self.x = new`` and
``self.x = old``, or a ``with`` whose context manager, a method of the class, does so. The object is
``self``, something that it keeps, a class, or a variable of the module. Context managers, fixtures
and other generators that a decorator runs are not found, nor is what is thread-local.

Why it matters
--------------
Between two items the generator is not running, but the change is in force for everybody who has the
object. A second iteration, of another task or of the same one, works under the first one's scope,
and what it takes off the stack is not what it has put there::

    task 1   pushes a, yields
    task 2                      pushes b, yields
    task 1                                        pops b, though it means a
    task 2                                                looks up under a: wrong

If the first is not gone over to its end, the change stays until it is collected.

Example
-------
::

    # file: validator.py
    class Validator:
        def __init__(self, base):
            self.scopes = [base]

        def errors(self, schema):
            self.scopes.append(schema.base)
            try:
                for part in schema.parts:
                    if not part.holds(self.scopes[-1]):
                        yield part
            finally:
                self.scopes.pop()

Instead
-------
::

    # file: validator.py
    class Validator:
        def __init__(self, base):
            self.base = base

        def errors(self, schema):
            inside = Validator(schema.base)
            for part in schema.parts:
                if not part.holds(inside.base):
                    yield part

How it is proved
----------------
By exploring: a schedule in which another task begins an iteration while one waits at its ``yield``,
and a test in which two tasks go over one object.

References
----------
CWE-567, unsynchronised access to shared data in a multithreaded context. PEP 568, on values that
are set in a generator and leak out of it. jsonschema kept the scopes of a validation so until 4.18:
two threads with one validator looked references up in each other's schema.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.own import methods_by_class, own_word
from racewright.review.rule import Rule
from racewright.review.spots import block_of
from racewright.review.walking import own_nodes

__all__ = ["ScopeAcrossYield"]

_PUSH = re.compile(r"^(?:append|push)$|(?<![a-z])push(?![a-z])")
#: Of what may undo one change, how many are looked at.
_MOST = 50


class ScopeAcrossYield(Rule):
    title = "A generator changes a shared object while it waits"
    kind = "defect"
    cwe = 567
    confidence = "medium"
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test or "yield" not in module.source.text:
            return
        waits: dict[ast.AST, list[ast.expr]] = {}
        for kind in (ast.Yield, ast.YieldFrom):
            for node in module.nodes(kind):
                function = module.function_of(node)
                if function is not None:
                    waits.setdefault(function.node, []).append(node)
        for where, yields in waits.items():
            function = module.functions[where]
            if not function.decorators and _is_public(function):
                told = next(_scopes(module, function, yields), None)
                if told is not None:
                    yield self._finding(module, *told)

    def _finding(self, module: Module, change: ast.stmt, wait: ast.expr, back: ast.stmt) -> Finding:
        return self.finding(
            [module.place(change), module.place(wait), module.place(back)],
            title=f"{_subject(change)} is changed while the generator waits",
            defect=f"Line {change.lineno} changes what others have, too, until line {back.lineno} "
            f"changes it back; in between, line {wait.lineno} gives the turn away. A second "
            "iteration works under the first one's state, and takes away what is not its own.",
            facts=[
                f"Line {back.lineno} undoes it: {ast.unparse(back)[:80]}.",
                "Nothing in these lines keeps a second iteration out.",
            ],
            solution="Hand the state on as an argument, or give each iteration an object of its "
            "own.",
        )


def _subject(change: ast.stmt) -> str:
    """What is changed, as source."""
    value = change.value if isinstance(change, (ast.Assign, ast.Expr)) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value
    return ast.unparse(value) if value is not None else "What others have"


def _is_public(function: Function) -> bool:
    """Whether others may go over it; who calls what is private may know that it is the only one."""
    word = function.short_name
    return not word.startswith("_") or word.endswith("__")


@dataclass(slots=True)
class _Ends:
    """What may undo a change, by what it would be: the call, or what is set, and to which name."""

    undoing: dict[tuple[str, str], list[ast.stmt]]
    lines: dict[str, list[int]]  #: in which something is set


def _scopes(
    module: Module, function: Function, yields: Sequence[ast.expr]
) -> Iterator[tuple[ast.stmt, ast.expr, ast.stmt]]:
    """A change, a wait and the change back, in that order, whichever way the function goes."""
    statements = [each for each in own_nodes(function) if isinstance(each, ast.stmt)]
    ends: _Ends | None = None
    for change in statements:
        if isinstance(change, ast.With):
            yield from _by_manager(module, function, change, yields)
        undo = _undo_of(module, change)
        if not undo[0] or held_in(module, function).around(change):
            continue
        ends = _ends_in(statements) if ends is None else ends
        for back in ends.undoing.get(undo, ())[:_MOST]:
            is_set = not undo[1] or any(
                change.lineno <= line < back.lineno for line in ends.lines.get(undo[0], ())
            )
            if back.lineno > change.lineno and is_set:
                for wait in yields:
                    if change.lineno < wait.lineno < back.lineno and _is_around(
                        module, change, wait, back
                    ):
                        yield change, wait, back
                        break


def _by_manager(
    module: Module, function: Function, node: ast.With, yields: Sequence[ast.expr]
) -> Iterator[tuple[ast.stmt, ast.expr, ast.stmt]]:
    """The same, where the class's own context manager makes both changes around a wait."""
    inside = next((each for each in yields if _is_in(node.body, each)), None)
    for item in node.items if inside is not None else ():
        call = item.context_expr
        word = own_word(module, call.func) if isinstance(call, ast.Call) else ""
        manager = methods_by_class(module).get(function.class_name, {}).get(word)
        pair = module.once(_changes_of, manager) if manager is not None else None
        if pair is not None and inside is not None:
            yield pair[0], inside, pair[1]


def _changes_of(module: Module, manager: Function) -> tuple[ast.stmt, ast.stmt] | None:
    """What a context manager changes before it yields, and back behind it."""
    nodes = list(own_nodes(manager))
    if any(isinstance(each, ast.With) for each in nodes):
        return None  # it may take a lock
    waits = [each for each in nodes if isinstance(each, ast.Yield)]
    found = next(_scopes(module, manager, waits), None)
    return (found[0], found[2]) if found is not None else None


def _undo_of(module: Module, node: ast.stmt) -> tuple[str, str]:
    """What would undo the statement: a call without arguments, or an assignment; as source."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        if isinstance(func, ast.Attribute) and _PUSH.search(func.attr) and node.value.args:
            word = "pop" if func.attr == "append" else func.attr.replace("push", "pop")
            if _is_shared(module, func.value):
                return f"{ast.unparse(func.value)}.{word}", ""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        kept, value = node.targets[0], node.value
        is_kept = isinstance(kept, ast.Name) and isinstance(value, ast.Attribute)
        if is_kept and isinstance(kept, ast.Name) and _is_shared(module, value):
            return ast.unparse(value), kept.id
    return "", ""


def _ends_in(statements: list[ast.stmt]) -> _Ends:
    ends = _Ends({}, {})
    for node in statements:
        value = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
        func = value.func if isinstance(value, ast.Call) and not value.args else None
        if isinstance(func, ast.Attribute) and "pop" in func.attr:
            ends.undoing.setdefault((ast.unparse(func), ""), []).append(node)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                text = ast.unparse(target) if isinstance(target, ast.Attribute) else ""
                ends.lines.setdefault(text, []).append(node.lineno)
                if isinstance(value, ast.Name):
                    ends.undoing.setdefault((text, value.id), []).append(node)
    return ends


def _is_around(module: Module, change: ast.stmt, wait: ast.expr, back: ast.stmt) -> bool:
    """Whether the change back belongs to the change: behind it in its block, or at its end."""
    for above in module.ancestors(back):
        if isinstance(above, ast.Try) and _is_in(above.finalbody, back):
            is_begun = change.lineno < above.lineno or _is_in(above.body, change)
            return is_begun and _is_in(above.body, wait)
    return block_of(module, change) is block_of(module, back)


def _is_in(body: list[ast.stmt], node: ast.stmt | ast.expr) -> bool:
    """Whether ``node``, of the same function, stands in these lines."""
    return bool(body) and body[0].lineno <= node.lineno <= (body[-1].end_lineno or 0)


def _is_shared(module: Module, node: ast.expr) -> bool:
    """Whether others may have the object: it is of ``self``, of a class or of the module."""
    path = node
    while isinstance(path, ast.Attribute):
        if module.type_of(path) == "threading.local":
            return False
        path = path.value
    if not isinstance(path, ast.Name) or module.type_of(path) == "threading.local":
        return False
    if path is not node:
        ref = module.ref(path)
        return ref is not None and (ref[0] == "self" or _is_of_module(module, path))
    return _is_of_module(module, path)


def _is_of_module(module: Module, node: ast.Name) -> bool:
    found = module.tree.find(module.tree.scope_of(node), node.id)
    if found is None or found[0].is_function:
        return False
    return any(each.kind in ("assign", "class") for each in found[1])
