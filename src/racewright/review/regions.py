"""What a test decides: which statements run only if it was true, or only if it was false."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.review.module import Module

__all__ = ["Region", "regions_of", "walk_here"]

_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_APART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

#: Whether the expression was true, and what runs then, in the order of the source.
Region = tuple[bool, list[ast.AST]]


def regions_of(module: Module, part: ast.expr) -> Iterator[Region]:
    """Where it is known what ``part``, an expression in a test, was: true or false."""
    if_true: bool | None = True
    if_false: bool | None = False
    node: ast.AST = part
    above = module.parent(node)
    while isinstance(above, (ast.UnaryOp, ast.BoolOp)):
        if isinstance(above, ast.UnaryOp):
            if not isinstance(above.op, ast.Not):
                return
            if_true, if_false = if_false, if_true
        else:
            is_and = isinstance(above.op, ast.And)
            known = if_true if is_and else if_false
            if known is not None:
                place = above.values.index(node)  # type: ignore[arg-type]
                yield known, list(above.values[place + 1 :])
            if is_and:
                if_false = None
            else:
                if_true = None
        node, above = above, module.parent(above)
    if isinstance(above, (ast.If, ast.While)) and node is above.test:
        yield from _after(module, above, if_true, if_false)
    elif isinstance(above, ast.IfExp) and node is above.test:
        if if_true is not None:
            yield if_true, [above.body]
        if if_false is not None:
            yield if_false, [above.orelse]


def _after(
    module: Module, node: ast.If | ast.While, if_true: bool | None, if_false: bool | None
) -> Iterator[Region]:
    if if_true is not None:
        yield if_true, list(node.body)
    if isinstance(node, ast.While):
        return
    if if_false is not None and node.orelse:
        yield if_false, list(node.orelse)
    if if_false is not None and not node.orelse and isinstance(node.body[-1], _JUMPS):
        yield if_false, _following(module, node)
    if if_true is not None and node.orelse and isinstance(node.orelse[-1], _JUMPS):
        yield if_true, _following(module, node)


def _following(module: Module, node: ast.stmt) -> list[ast.AST]:
    """The statements behind ``node`` in its block."""
    above = module.parent(node)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(above, name, None)
        if isinstance(block, list) and node in block:
            return list(block[block.index(node) + 1 :])
    return []


def walk_here(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """The nodes below, in the order of the source, without what nested functions hold."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _APART):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
