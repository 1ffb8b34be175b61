"""Looks and acts that are several statements, none of which is an ``if`` around the other.

A value is *taken*: read, and cleared in the next statement. It is *looked up*: ``v = d.get(k)``,
``if v is None``, ``d[k] = v``. It is *decided* upon: ``last = d[k]``, and where a test of ``last``
says so, ``d[k] = …``. It is *computed once* by ``functools.cached_property``, which looks
and acts with no lock since Python 3.12.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from racewright.review.locations import Location, container_of, location_of
from racewright.review.module import Module
from racewright.review.spots import block_of, index_of

__all__ = ["Found", "is_plain", "sequences_in"]

#: From which node, to what, of which kind, up to which node, and how: as for a single access.
Found: TypeAlias = tuple[ast.AST, Location, str, ast.AST, str]

#: Methods that take an item away.
_TAKING = frozenset({"pop", "popleft", "remove"})


def sequences_in(module: Module) -> Iterator[Found]:
    """The accesses of a file that are several statements."""
    for assign in module.nodes(ast.Assign):
        yield from _take(module, assign)
        yield from _look_up(module, assign)
        yield from _decide(module, assign)
    for function in module.functions.values():
        words = [module.dotted(each) for each in function.decorators]
        if function.class_name and "functools.cached_property" in words:
            place: Location = (("self", function.class_name), function.short_name)
            first = function.body[0] if function.body else function.node
            yield first, place, "check", first, "compute"


def _behind(module: Module, statement: ast.stmt, count: int) -> list[ast.stmt]:
    """The ``count`` statements that stand behind ``statement`` in its block."""
    first = index_of(module, statement) + 1
    return block_of(module, statement)[first : first + count]


def _text(node: ast.AST) -> str:
    return ast.dump(node).replace("Store()", "Load()").replace("Del()", "Load()")


def _take(module: Module, read: ast.Assign) -> Iterator[Found]:
    """``spare = self.spare`` and, next, ``self.spare = None``: what is there is for one."""
    if not isinstance(read.value, ast.Attribute) or len(read.targets) != 1:
        return
    if not isinstance(read.targets[0], ast.Name):
        return
    text = _text(read.value)
    for statement in _behind(module, read, 1):
        if not isinstance(statement, ast.Assign) or not _is_empty(statement.value):
            continue
        if any(_text(target) == text for target in statement.targets):
            place = location_of(module, read.value)
            if place is not None:
                yield read, place, "update", statement, "take"


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is None
    if isinstance(value, (ast.List, ast.Set)):
        return not value.elts
    return isinstance(value, ast.Dict) and not value.keys


def _look_up(module: Module, read: ast.Assign) -> Iterator[Found]:
    """``v = d.get(k)``, then ``if v is None: … d[k] = …``, with the same ``d`` and ``k``."""
    call = read.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr != "get" or not call.args or not isinstance(read.targets[0], ast.Name):
        return
    place = container_of(module, call.func.value)
    if place is None:
        return
    holder, key = _text(call.func.value), _text(call.args[0])
    default = _text(call.args[1]) if len(call.args) > 1 else _text(ast.Constant(None))
    for statement in _behind(module, read, 2):
        if not isinstance(statement, ast.If):
            continue
        if not _asks(statement.test, read.targets[0].id, default):
            continue
        for each in statement.body:
            if isinstance(each, (ast.With, ast.AsyncWith)):
                return  # it may look again under a lock
            for act in ast.walk(each):
                if isinstance(act, ast.Assign) and any(
                    isinstance(target, ast.Subscript)
                    and _text(target.value) == holder
                    and _text(target.slice) == key
                    for target in act.targets
                ):
                    yield read, place, "check", act, "insert"
                    return


def _decide(module: Module, read: ast.Assign) -> Iterator[Found]:
    """``last = d[k]``, then ``if last …:``, and in one of its branches a change of ``d[k]``."""
    item, target = read.value, read.targets[0]
    if not isinstance(item, ast.Subscript) or not isinstance(target, ast.Name):
        return
    place = container_of(module, item)
    if place is None:
        return
    texts = {_text(item), _text(item.value)}
    first: ast.stmt = read
    outer = module.parent(read)
    if isinstance(outer, ast.Try) and block_of(module, read) is outer.body:
        first = outer
    for statement in _behind(module, first, 2):
        if not isinstance(statement, ast.If):
            continue
        if not any(getattr(each, "id", "") == target.id for each in ast.walk(statement.test)):
            continue
        act = next(_changes([*statement.body, *statement.orelse], texts), None)
        if act is not None:
            yield read, place, "check", act, "decide"
        return


def _changes(block: list[ast.stmt], texts: set[str]) -> Iterator[ast.stmt]:
    """The statements that change an item of one of ``texts``, up to one that may look again."""
    for statement in block:
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            return
        targets: list[ast.expr] = []
        if isinstance(statement, (ast.Assign, ast.Delete)):
            targets = statement.targets
        elif isinstance(statement, ast.AugAssign):
            targets = [statement.target]
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            func = statement.value.func
            if isinstance(func, ast.Attribute) and func.attr in _TAKING:
                targets = [ast.Subscript(func.value, ast.Constant(0), ast.Load())]
        for each in targets:
            if isinstance(each, ast.Subscript) and {_text(each), _text(each.value)} & texts:
                yield statement


def _asks(test: ast.expr, word: str, default: str) -> bool:
    """Whether ``test`` asks whether the value of ``word`` is missing."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Name) and test.operand.id == word
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is):
        left = test.left
        is_same = isinstance(left, ast.Name) and left.id == word
        return is_same and _text(test.comparators[0]) == default
    return False


def is_plain(module: Module, statement: ast.stmt) -> bool:
    """Whether what is assigned is a literal, or a local that was made as one."""
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Name):
        found = module.tree.find(module.tree.scope_of(value), value.id)
        if found is None or found[0] is not module.tree.scope_of(value):
            return False
        values = [each.value for each in found[1] if each.kind == "assign"]
        return len(values) == len(found[1]) and all(_is_literal(each) for each in values)
    return _is_literal(value)


def _is_literal(value: ast.expr | None) -> bool:
    kinds = (ast.Constant, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.ListComp, ast.DictComp)
    return isinstance(value, kinds)
