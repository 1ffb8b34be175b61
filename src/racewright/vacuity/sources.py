"""What the source says about a line: the name that its value gets, the loop that it stands in."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache

__all__ = ["asks_again", "is_at_the_end", "name_given"]


@lru_cache(64)
def _parsed(file: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None


def name_given(file: str, line: int) -> str:
    """``self.lock`` where the line is part of ``self.lock = …``; empty where it gives no name."""
    best: ast.stmt | None = None
    for node in ast.walk(_parsed(file) or ast.Module([], [])):
        is_there = isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
        if is_there and (best is None or node.lineno >= best.lineno):  # type: ignore[attr-defined]
            best = node  # type: ignore[assignment]
    if isinstance(best, ast.Assign):
        return ", ".join(ast.unparse(target) for target in best.targets)
    if isinstance(best, ast.AnnAssign):
        return ast.unparse(best.target)
    return ""


def is_at_the_end(file: str, line: int) -> bool:
    """Whether nothing stands in its function, or in its module, after the statement at this line.

    In a loop that means that there is nothing else in the loop either.
    """
    tree = _parsed(file)
    if tree is None:
        return False
    functions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _holds(node, line)
    ]
    innermost = max(functions, key=lambda node: node.lineno, default=None)
    body = tree.body if innermost is None else innermost.body
    while True:
        last = body[-1]
        if not _holds(last, line):
            return False
        if isinstance(last, (ast.For, ast.While, ast.AsyncFor)):
            if len(last.body) > 1 or last.orelse:
                return False
            body = last.body
        elif isinstance(last, (ast.With, ast.AsyncWith)) and line >= last.body[0].lineno:
            body = last.body
        else:
            return isinstance(last, (ast.Expr, ast.With, ast.AsyncWith))


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or 0)


def asks_again(file: str, line: int) -> bool:
    """Whether the wait at this line stands in a loop that asks for what is waited for.

    Then a return too early changes nothing: whoever waits on a condition must reckon with it.
    """
    for node in ast.walk(_parsed(file) or ast.Module([], [])):
        if isinstance(node, ast.While) and not isinstance(node.test, ast.Constant):
            inside = [part for part in node.body if part.lineno <= line <= (part.end_lineno or 0)]
            if any(isinstance(part, ast.Expr) for part in inside):
                return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_there = node.lineno <= line <= (node.end_lineno or 0)
            if is_there and node.func.attr == "wait_for":
                return True
    return False
