"""What the source says about a line: the name that its value gets, the loop that it stands in."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache

__all__ = ["asks_again", "name_given"]


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
