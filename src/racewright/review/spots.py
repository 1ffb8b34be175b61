"""What one file reads and writes of what its tasks may share, whoever these are.

A spot is known by how the file writes it: an attribute of some object, a variable of some scope; an
item counts as its container.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final, TypeAlias

from racewright.review.module import Function, Module

__all__ = ["Spot", "block_of", "first_writes", "index_of", "last_writes", "reads"]

_MUTATORS: Final = frozenset({"append", "appendleft", "add", "update", "extend", "put", "insert"})
#: A place that tasks share, as this file writes it.
Spot: TypeAlias = tuple[object, str]


def block_of(module: Module, statement: ast.stmt | None) -> list[ast.stmt]:
    """The statements among which ``statement`` stands."""
    return _place_of(module, statement)[0]


def index_of(module: Module, statement: ast.stmt) -> int:
    """Which of the statements of its block it is."""
    return _place_of(module, statement)[1]


def _place_of(module: Module, statement: ast.stmt | None) -> tuple[list[ast.stmt], int]:
    above = module.parent(statement) if statement is not None else None
    if statement is None or above is None:
        return [], 0
    return module.once(_places_in, above).get(statement, ([], 0))


def _places_in(_: Module, above: ast.AST) -> dict[ast.stmt, tuple[list[ast.stmt], int]]:
    found: dict[ast.stmt, tuple[list[ast.stmt], int]] = {}
    for field in ("body", "orelse", "finalbody"):
        block = getattr(above, field, None)
        if isinstance(block, list):
            found |= {each: (block, place) for place, each in enumerate(block)}
    return found


def spot_of(module: Module, node: ast.AST) -> Spot | None:
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        owner = module.ref(node.value)
        return (owner, node.attr) if owner is not None else None
    if isinstance(node, ast.Name):
        found = module.tree.find(module.tree.scope_of(node), node.id)
        is_own = found is not None and any(each.kind in ("assign", "augment") for each in found[1])
        return (found[0].name, node.id) if found is not None and is_own else None
    return None


def writes(module: Module, statement: ast.stmt) -> Iterator[tuple[Spot, ast.stmt]]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AugAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        if isinstance(func, ast.Attribute) and func.attr in _MUTATORS:
            targets = [func.value]
    for target in targets:
        place = spot_of(module, target)
        is_private = isinstance(target, ast.Name) and not _is_elsewhere(module, target)
        if place is not None and not is_private:
            yield place, statement


def _is_elsewhere(module: Module, name: ast.Name) -> bool:
    """Whether the name that is stored is one of another scope."""
    if isinstance(name.ctx, ast.Load):
        return True
    return name.id in module.tree.scope_of(name).elsewhere


def last_writes(module: Module, statement: ast.stmt) -> dict[Spot, tuple[int, ast.stmt]]:
    """Of each place that its block writes, the last statement that does, and which it is."""
    first = next(iter(block_of(module, statement)), None)
    return module.once(_last_writes, first) if first is not None else {}


def _last_writes(module: Module, first: ast.stmt) -> dict[Spot, tuple[int, ast.stmt]]:
    return {
        spot: (place, write)
        for place, statement in enumerate(block_of(module, first))
        for spot, write in writes(module, statement)
    }


def first_writes(module: Module, function: Function) -> dict[Spot, int]:
    """The line in which the function first writes each place."""
    found: dict[Spot, int] = {}
    for node in ast.walk(function.node):
        if isinstance(node, ast.stmt):
            for spot, _ in writes(module, node):
                found[spot] = min(node.lineno, found.get(spot, node.lineno))
    return found


def reads(module: Module, node: ast.AST) -> Iterator[tuple[Spot, ast.expr]]:
    for part in ast.walk(node):
        if isinstance(part, (ast.Attribute, ast.Name)) and isinstance(part.ctx, ast.Load):
            place = spot_of(module, part)
            if place is not None:
                yield place, part
