"""What one file reads and writes of what its tasks may share, whoever these are.

A spot is known by how the file writes it: an attribute of some object, a variable of some scope; an
item counts as its container.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final, TypeAlias

from racewright.review.module import Function, Module

__all__ = ["Spot", "block_of", "reads", "writes", "writes_until"]

_MUTATORS: Final = frozenset({"append", "appendleft", "add", "update", "extend", "put", "insert"})
#: A place that tasks share, as this file writes it.
Spot: TypeAlias = tuple[object, str]


def block_of(module: Module, statement: ast.stmt | None) -> list[ast.stmt]:
    """The statements among which ``statement`` stands."""
    above = module.parent(statement) if statement is not None else None
    for field in ("body", "orelse", "finalbody"):
        block = getattr(above, field, None)
        if isinstance(block, list) and statement in block:
            return block
    return []


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


def writes_until(
    module: Module, function: Function, until: ast.stmt
) -> Iterator[tuple[Spot, ast.stmt]]:
    """What the function writes in the lines up to the end of ``until``."""
    last = until.end_lineno or until.lineno
    for node in ast.walk(function.node):
        if isinstance(node, ast.stmt) and node.lineno <= last:
            yield from writes(module, node)


def reads(module: Module, node: ast.AST) -> Iterator[tuple[Spot, ast.expr]]:
    for part in ast.walk(node):
        if isinstance(part, (ast.Attribute, ast.Name)) and isinstance(part.ctx, ast.Load):
            place = spot_of(module, part)
            if place is not None:
                yield place, part
