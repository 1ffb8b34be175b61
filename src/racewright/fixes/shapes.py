"""Questions that several fixes ask about the code around a place."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from racewright.review.module import Function, Module

__all__ = [
    "call_of",
    "fresh_name",
    "is_method_of_test_case",
    "statements_after",
    "test_case_of",
    "with_comma",
]

#: Bases whose tests have ``addCleanup`` and ``assertTrue``.
_TEST_CASES = frozenset(
    {
        "testtools.TestCase",
        "unittest.IsolatedAsyncioTestCase",
        "unittest.TestCase",
        "unittest.case.TestCase",
    }
)


def test_case_of(module: Module, node: ast.AST) -> str:
    """The name by which the method around ``node`` knows its test case, or an empty string.

    Of a method that is known to be one: a base, or a base's base in this file, is a test case, or
    another method of the class is called as only a test case's is.
    """
    function = module.function_of(node)
    while function is not None and not function.class_name and function.outer:
        outer = function.outer
        function = next((each for each in module.functions.values() if each.name == outer), None)
    if function is None or not function.class_name or function.is_static:
        return ""
    node = function.node
    arguments = node.args
    first = [*arguments.posonlyargs, *arguments.args][:1]
    if not first or not _is_test_case(module, function.class_name, 0):
        return ""
    is_class = any(getattr(each, "id", "") == "classmethod" for each in function.decorators)
    return "" if is_class else first[0].arg


def is_method_of_test_case(module: Module, node: ast.AST) -> bool:
    """Whether ``self.assertTrue`` can be said at ``node``."""
    return test_case_of(module, node) == "self"


def _is_test_case(module: Module, name: str, depth: int) -> bool:
    for scope_node, scope in module.tree.scopes.items():
        if not isinstance(scope_node, ast.ClassDef) or scope.name != name or depth > 8:
            continue
        for base in scope_node.bases:
            dotted = module.dotted(base)
            if dotted in _TEST_CASES or _is_test_case(module, dotted, depth + 1):
                return True
        # A base of another file is one if the class uses it as one.
        return bool(scope_node.bases) and any(
            isinstance(each, ast.Attribute)
            and isinstance(each.value, ast.Name)
            and each.value.id == "self"
            and each.attr in ("addCleanup", "assertEqual", "assertRaises", "assertTrue")
            for each in ast.walk(scope_node)
        )
    return False


def call_of(statement: ast.stmt, word: str) -> ast.Call | None:
    """``something.word(…)``, where that is all of the statement."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        return call if call.func.attr == word else None
    return None


def fresh_name(function: Function, word: str) -> str:
    """``word``, or with a number, so that the function has no such name yet."""
    taken = {each.id for each in ast.walk(function.node) if isinstance(each, ast.Name)}
    taken |= {each.arg for each in ast.walk(function.node) if isinstance(each, ast.arg)}
    name, number = word, 1
    while name in taken:
        number += 1
        name = f"{word}_{number}"
    return name


def statements_after(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that follow ``statement`` in its own block."""
    above = module.parent(statement)
    for field in ("body", "orelse", "finalbody"):
        block = getattr(above, field, None)
        if isinstance(block, list) and statement in block:
            return list(block[block.index(statement) + 1 :])
    return []


def with_comma(arguments: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Arguments that another one may follow."""
    found = list(arguments)
    if found and not isinstance(found[-1].comma, cst.Comma):
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        found[-1] = found[-1].with_changes(comma=comma)
    return found
