"""Which statements of a function run under a lock, by what is written in the function itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.code import Code
from racewright.audit.uses import last_name

__all__ = ["is_all_locked", "locked_nodes", "touches_locks"]

_LOCK_NAME = re.compile(r"(?:lock|mutex|cond|condition|cv|semaphore|sem)\d*$", re.IGNORECASE)
_LOCK_TYPE = re.compile(r"(?:^|\.)(?:R?Lock|Condition|(?:Bounded)?Semaphore|Mutex)$")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _is_lock(node: ast.expr, code: Code) -> bool:
    if isinstance(node, ast.Call):
        return False
    name = last_name(node)
    return bool(_LOCK_NAME.search(name)) or bool(_LOCK_TYPE.search(code.module.type_of(node)))


def _call_of(statement: ast.stmt, word: str, code: Code) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == word
        and _is_lock(call.func.value, code)
    )


def locked_nodes(function: ast.AST, code: Code) -> set[int]:
    """The ids of the nodes that a lock of the function's own is held at."""
    found: set[int] = set()
    for statement in _blocks(function, code):
        for node in ast.walk(statement):
            found.add(id(node))
    return found


def _blocks(function: ast.AST, code: Code) -> Iterator[ast.stmt]:
    for node in ast.walk(function):
        if isinstance(node, (ast.With, ast.AsyncWith)) and any(
            _is_lock(item.context_expr, code) for item in node.items
        ):
            yield from node.body
        for body in _bodies(node):
            is_held = False
            for statement in body:
                if _call_of(statement, "acquire", code):
                    is_held = True
                elif _call_of(statement, "release", code):
                    is_held = False
                elif is_held and isinstance(statement, ast.Try) and _releases(statement, code):
                    yield from statement.body
                    is_held = False
                elif is_held:
                    yield statement


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body


def _releases(statement: ast.Try, code: Code) -> bool:
    return any(_call_of(each, "release", code) for each in statement.finalbody)


def is_all_locked(function: _Function, code: Code) -> bool:
    """Whether each statement that reads or calls anything of an object runs under the lock."""
    held = locked_nodes(function, code)
    if not held:
        return False
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and id(node) not in held and not _is_lock(node, code):
            above = code.module.parent(node)
            is_lock_call = isinstance(above, ast.Call) and node.attr in ("acquire", "release")
            if not is_lock_call:
                return False
    return True


def touches_locks(function: ast.AST, code: Code) -> bool:
    """Whether a lock is named in it at all."""
    return any(
        isinstance(node, (ast.Name, ast.Attribute)) and _is_lock(node, code)
        for node in ast.walk(function)
    )
