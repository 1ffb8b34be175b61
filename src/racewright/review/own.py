"""What belongs to the object that a method is called on: its attributes, and the other methods."""

from __future__ import annotations

import ast

from racewright.review.module import Function, Module

__all__ = ["is_self", "kinds_of", "methods_by_class", "own_word"]


def is_self(module: Module, node: ast.expr) -> bool:
    """Whether ``node`` stands for the object that the method around it is called on."""
    ref = module.ref(node)
    return ref is not None and ref[0] == "self"


def own_word(module: Module, node: ast.AST) -> str:
    """The word of an attribute of ``self``: ``lock`` for ``self.lock``; else an empty string."""
    is_own = isinstance(node, ast.Attribute) and is_self(module, node.value)
    return node.attr if is_own and isinstance(node, ast.Attribute) else ""


def methods_by_class(module: Module) -> dict[str, dict[str, Function]]:
    """The methods that each class of the file defines itself, by the dotted name of the class."""
    found: dict[str, dict[str, Function]] = {}
    for function in module.functions.values():
        if function.class_name and not isinstance(function.node, ast.Lambda):
            found.setdefault(function.class_name, {})[function.short_name] = function
    return found


def kinds_of(module: Module, owner: str, word: str) -> set[str]:
    """What an attribute of the class ``owner`` is, by what made it, and as it is annotated."""
    found = {module.maker(("attr", ("self", owner), word))}
    for node in module.nodes(ast.AnnAssign):
        target = node.target
        if isinstance(target, ast.Attribute):
            is_it = target.attr == word and module.ref(target.value) == ("self", owner)
        else:
            is_it = isinstance(target, ast.Name) and target.id == word
            is_it = is_it and module.tree.scope_of(node).name == owner
        if is_it:
            kind = node.annotation
            while isinstance(kind, ast.Subscript):
                kind = kind.value
            found.add(module.dotted(kind))
    return found - {""}
