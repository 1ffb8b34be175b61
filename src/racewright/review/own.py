"""What belongs to the object that a method is called on: its attributes, and the other methods."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from racewright.review.module import Function, Module
from racewright.review.walking import own_nodes

__all__ = ["Use", "is_self", "kinds_of", "methods_by_class", "own_word", "uses_in"]


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a method uses an attribute of its object."""

    node: ast.Attribute
    is_stored: bool
    attribute: str  #: what is taken of it: ``set`` for ``self.flag.set()``; or empty


def is_self(module: Module, node: ast.expr) -> bool:
    """Whether ``node`` stands for the object that the method around it is called on."""
    ref = module.ref(node)
    return ref is not None and ref[0] == "self"


def own_word(module: Module, node: ast.AST) -> str:
    """The word of an attribute of ``self``: ``lock`` for ``self.lock``; else an empty string."""
    is_own = isinstance(node, ast.Attribute) and is_self(module, node.value)
    return node.attr if is_own and isinstance(node, ast.Attribute) else ""


def uses_in(module: Module, function: Function) -> dict[str, list[Use]]:
    """By its word, where the function uses each attribute of its object, in order."""
    return module.once(_uses_in, function)


def _uses_in(module: Module, function: Function) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.Attribute) and (word := own_word(module, node)):
            above = module.parent(node)
            taken = above.attr if isinstance(above, ast.Attribute) else ""
            use = Use(node, not isinstance(node.ctx, ast.Load), taken)
            found.setdefault(word, []).append(use)
    return found


def methods_by_class(module: Module) -> dict[str, dict[str, Function]]:
    """The methods that each class of the file defines itself, by the dotted name of the class."""
    return module.once(_methods_by_class)


def _methods_by_class(module: Module) -> dict[str, dict[str, Function]]:
    found: dict[str, dict[str, Function]] = {}
    for function in module.functions.values():
        if function.class_name and not isinstance(function.node, ast.Lambda):
            found.setdefault(function.class_name, {})[function.short_name] = function
    return found


def kinds_of(module: Module, owner: str, word: str) -> set[str]:
    """What an attribute of the class ``owner`` is, by what made it, and as it is annotated."""
    made = module.maker(("attr", ("self", owner), word))
    return ({made} | module.once(_annotations).get((owner, word), set())) - {""}


def _annotations(module: Module) -> dict[tuple[str, str], set[str]]:
    """By class and attribute: what it is annotated as, whatever that holds."""
    found: dict[tuple[str, str], set[str]] = {}
    for node in module.nodes(ast.AnnAssign):
        target, kind = node.target, node.annotation
        while isinstance(kind, ast.Subscript):
            kind = kind.value
        if isinstance(target, ast.Name):
            found.setdefault((module.tree.scope_of(node).name, target.id), set()).add(
                module.dotted(kind)
            )
        elif isinstance(target, ast.Attribute):
            owner = module.ref(target.value)
            if owner is not None and owner[0] == "self":
                found.setdefault((str(owner[1]), target.attr), set()).add(module.dotted(kind))
    return found
