"""Which expressions name a place in memory that other tasks could reach."""

from __future__ import annotations

import ast
from typing import TypeAlias

from racewright.review.module import Module
from racewright.review.refs import Ref

__all__ = ["ITSELF", "Location", "container_of", "holder_of", "location_of"]

#: Whose it is, and what it is called.
Location: TypeAlias = tuple[Ref, str]

#: What an object that is a container itself is called, of whose items there is talk.
ITSELF = "self"


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


def holder_of(module: Module, node: ast.expr) -> Location | None:
    """The same of a container, which may be the object itself: ``self[key]``, ``super().pop()``."""
    return location_of(module, node) or _itself(module, node)


def container_of(module: Module, node: ast.expr) -> Location | None:
    """The same; of an item (``self.rooms[name]``), the container's place, and of a local that
    stands for an attribute (``rooms = self.rooms``) the attribute's."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return holder_of(module, node) or _alias(module, node)


def _itself(module: Module, node: ast.expr) -> Location | None:
    """``self`` in a class with bases, one of which may be a container."""
    is_super = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"
    if not is_super and not isinstance(node, ast.Name):
        return None
    ref = module.ref(node)
    if ref is None or ref[0] not in ("self", "super"):
        return None
    return (("self", ref[1]), ITSELF) if ref[1] in module.once(_with_bases) else None


def _with_bases(module: Module) -> set[str]:
    every = module.nodes(ast.ClassDef)
    return {module.tree.scopes[node].name for node in every if node.bases}


def _alias(module: Module, node: ast.expr) -> Location | None:
    """The attribute that a local stands for, unless the function also stores another there."""
    if not isinstance(node, ast.Name):
        return None
    ref = module.ref(node)
    if ref is None or ref[0] != "attr" or ref[1][0] not in ("self", "param", "local"):
        return None
    function = module.function_of(node)
    return None if (function, ref[2]) in module.once(_stored) else (ref[1], str(ref[2]))


def _stored(module: Module) -> set[tuple[object, str]]:
    """The functions, and the words of the attributes that each stores."""
    return {
        (module.function_of(node), node.attr)
        for node in module.nodes(ast.Attribute)
        if isinstance(node.ctx, ast.Store)
    }
