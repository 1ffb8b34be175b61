"""Calls that are written as something else, and the objects that several tasks have by a closure.

``store[key] = value`` calls ``__setitem__``, and ``service.connection`` a property. Whose class is
known is told from what the file says, as for a plain call. An object is *one* for all that a
function starts if the function makes it once, outside of loops, and what is started in it reads the
name from there.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from racewright.review.module import Function, Module
from racewright.review.refs import Ref

__all__ = ["implicit_calls", "is_property", "object_of"]

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)
_ITEM: dict[type[ast.expr_context], str] = {
    ast.Load: "__getitem__",
    ast.Store: "__setitem__",
    ast.Del: "__delitem__",
}


def implicit_calls(module: Module) -> dict[str, list[tuple[ast.expr, Ref]]]:
    """By function: the expressions that call something, and what they call."""
    found: dict[str, list[tuple[ast.expr, Ref]]] = defaultdict(list)
    for node, callee in (*_items(module), *_properties(module)):
        function = module.function_of(node)
        if function is not None:
            found[function.name].append((node, callee))
    return found


def _items(module: Module) -> Iterator[tuple[ast.expr, Ref]]:
    for node in module.nodes(ast.Subscript):
        if not isinstance(node.value, ast.Name):
            continue
        owner = module.ref(node.value)
        if owner is not None and _may_be_ours(owner):
            yield node, ("attr", owner, _ITEM[type(node.ctx)])
            if isinstance(node.ctx, ast.Load):
                yield node, ("attr", owner, "__missing__")  # of a subclass of dict


def _properties(module: Module) -> Iterator[tuple[ast.expr, Ref]]:
    words = {
        function.short_name
        for function in module.functions.values()
        if function.class_name and is_property(function)
    }
    for node in module.nodes(ast.Attribute) if words else ():
        if node.attr in words and isinstance(node.ctx, ast.Load):
            owner = module.ref(node.value)
            if owner is not None and _may_be_ours(owner):
                yield node, ("attr", owner, node.attr)


def _may_be_ours(owner: Ref) -> bool:
    """Whether it is ``self``, or a local that something other than the language has made."""
    if owner[0] == "self":
        return True
    made = owner[3] if owner[0] == "local" else None
    if made is None or made[0] != "new" or made[1][0] != "name":
        return False
    return not str(made[1][1]).startswith("builtins.")


def is_property(function: Function) -> bool:
    words = {getattr(each, "id", getattr(each, "attr", "")) for each in function.decorators}
    return bool(words & {"property", "cached_property"})


def object_of(module: Module, node: ast.expr) -> str:
    """One name for the object of ``node``, if an outer function has made it, once."""
    if not isinstance(node, ast.Name):
        return ""
    here = module.tree.scope_of(node)
    found = module.tree.find(here, node.id)
    if found is None or found[0] is here or not found[0].is_function:
        return ""
    scope, bindings = found
    if len(bindings) != 1 or bindings[0].kind not in ("assign", "with"):
        return ""
    for above in module.ancestors(bindings[0].node):
        if isinstance(above, _LOOPS):
            return ""
        if isinstance(above, _FUNCTIONS):
            break
    return f"{scope.name}.{node.id}"
