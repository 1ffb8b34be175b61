"""Walking through a function without going into those that stand in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.review.module import Function

__all__ = ["own_nodes"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of ``function`` in the order of the source, without those of functions in it."""
    if function.nodes is None:
        function.nodes = tuple(_walked(function))
    return iter(function.nodes)


def _walked(function: Function) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
