"""What a file or a class keeps, by what prose calls it: methods, test classes, private helpers."""

from __future__ import annotations

import ast

from racewright.audit.code import Code

__all__ = ["kept"]

_KEEPS = {
    "class": "class",
    "classes": "class",
    "functions": "function",
    "function": "function",
    "methods": "method",
    "method": "method",
    "test functions": "test",
    "test function": "test",
    "tests": "test",
    "test methods": "test",
    "test cases": "test",
    "imports": "import",
    "import statements": "import",
    "top-level functions": "top",
    "key functions": "top",
    "module-level functions": "top",
    "fields": "field",
    "attributes": "field",
    "nested functions": "nested",
    "inner functions": "nested",
    "test classes": "testclass",
    "test class": "testclass",
    "private helpers": "private",
    "private helper": "private",
    "private methods": "private",
    "private method": "private",
    "private helper methods": "private",
    "helper methods": "helper",
    "helper method": "helper",
    "helpers": "helper",
    "test method": "test",
    "test": "test",
    "test case": "test",
    "assertions": "assert",
    "loops": "loop",
}


def kept(what: str, where: ast.AST, code: Code) -> list[ast.AST] | None:
    """What is called so below ``where``; nothing, if nobody knows what that is."""
    kind = _KEEPS.get(what) or _KEEPS.get(what + "s")
    functions = [f for f in code.functions if code.is_in(f, where) and f is not where]
    if kind == "class":
        return [c for c in code.classes if code.is_in(c, where) and c is not where]
    if kind == "test":
        return [f for f in functions if f.name.startswith("test")]
    if kind == "testclass":
        return [c for c in code.classes if _is_test_class(c) and code.is_in(c, where)]
    if kind == "private":
        return [f for f in functions if f.name.startswith("_") and not f.name.endswith("__")]
    if kind == "helper":
        return [f for f in functions if _is_helper(f, code)]
    if kind == "function":
        top = [f for f in functions if not isinstance(code.container(f), ast.ClassDef)]
        return list(top)
    if kind == "top":
        return [f for f in functions if code.container(f) is None]
    if kind == "method":
        return [f for f in functions if isinstance(code.container(f), ast.ClassDef)]
    if kind == "nested":
        return [
            f
            for f in functions
            if isinstance(code.container(f), (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
    if kind == "field" and isinstance(where, ast.ClassDef):
        return [n for n in where.body if isinstance(n, ast.AnnAssign)]
    if kind == "assert":
        return [n for n in ast.walk(where) if isinstance(n, ast.Assert)]
    if kind == "loop":
        return [n for n in ast.walk(where) if isinstance(n, (ast.For, ast.While, ast.AsyncFor))]
    if kind == "import":
        return [n for n in ast.walk(where) if isinstance(n, (ast.Import, ast.ImportFrom))]
    return None


def _is_test_class(node: ast.ClassDef) -> bool:
    return any(
        isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name.startswith("test")
        for each in node.body
    )


def _is_helper(function: ast.FunctionDef | ast.AsyncFunctionDef, code: Code) -> bool:
    """A method or function beside the tests, which no test runner looks for."""
    is_hook = function.name.lower() in ("setup", "teardown", "setupclass", "teardownclass")
    is_inner = isinstance(code.container(function), (ast.FunctionDef, ast.AsyncFunctionDef))
    is_special = function.name.startswith("__") and function.name.endswith("__")
    return not (function.name.startswith("test") or is_hook or is_inner or is_special)
