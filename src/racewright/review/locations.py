"""Which expressions name a place in memory that other tasks could reach."""

from __future__ import annotations

import ast
from typing import TypeAlias

from racewright.review.module import Module
from racewright.review.refs import Ref

__all__ = ["Location", "container_of", "location_of"]

#: Whose it is, and what it is called.
Location: TypeAlias = tuple[Ref, str]


def location_of(module: Module, node: ast.AST) -> Location | None:
    """The shared place that ``node`` names, if it is one that other tasks could reach."""
    if isinstance(node, ast.Attribute):
        owner = module.ref(node.value)
        if owner is not None and owner[0] in ("self", "local", "param", "attr", "name", "var"):
            return owner, node.attr
        return None
    if isinstance(node, ast.Name):
        found = module.tree.find(module.tree.scope_of(node), node.id)
        if found is None:
            return None
        scope, bindings = found
        here = module.tree.scope_of(node)
        is_outer = scope is not here or here.elsewhere.get(node.id) is not None
        is_variable = any(each.kind in ("assign", "augment") for each in bindings)
        if is_outer and is_variable and not scope.is_class:
            return ("scope", scope.name), node.id
    return None


def container_of(module: Module, node: ast.expr) -> Location | None:
    """The same; of an item of a container (``self.rooms[name]``), the container's place."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return location_of(module, node)
