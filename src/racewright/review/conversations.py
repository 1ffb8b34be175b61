"""What is taken from a pool for a conversation, and given back whatever became of it.

Whether a cancelled conversation is ended where it is held (a ``send`` that closes the connection
when it is cancelled) is often seen in another file than where the connection is given back. So both
are facts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.review.module import Function, Module
from racewright.review.walking import own_nodes

__all__ = ["conversations_in", "is_ended_when_cancelled"]

_GIVES = frozenset({"release", "put", "put_nowait", "append", "release_connection"})
_TAKES = ("get", "take", "acquire", "checkout", "pop", "borrow")
#: The halves of a conversation, and its whole.
_HALVES = frozenset(
    {"send", "send_command", "send_packed_command", "sendall", "write"}
    | {"read", "receive", "recv", "read_response"}
)
_TALKS = _HALVES | {"execute", "request", "call", "query", "call_with_retry"}
_CANCELLED = ("CancelledError", "BaseException", "Cancelled", "get_cancelled_exc_class")
_ENDS = ("close", "reset", "disconnect", "discard", "abort", "terminate", "invalidate")
_LOOKS_AFTER = (*_ENDS, "should_", "dirty", "usable")


def conversations_in(module: Module, function: Function) -> Iterator[tuple[str, int, int, int]]:
    """The name of each, and the lines of the ``try``, of the conversation, and of its end."""
    if not function.is_async or module.is_test:
        return
    nodes = list(own_nodes(function))
    for attempt in nodes:
        if not isinstance(attempt, ast.Try) or not attempt.finalbody:
            continue
        if any(_catches(each) for each in attempt.handlers):
            continue
        for give, name in _given_back(attempt):
            talk = _talk(attempt, name)
            is_ours = talk is not None and _is_taken(nodes, name, attempt)
            if talk is not None and is_ours and not _is_looked_after(module, attempt, give):
                yield name, attempt.lineno, talk.lineno, give.lineno
                break


def is_ended_when_cancelled(module: Module, function: Function) -> bool:
    """Whether it is half of a conversation, and ends the connection when it is cancelled."""
    if not function.is_async or function.short_name not in _HALVES:
        return False
    return any(
        isinstance(node, ast.ExceptHandler)
        and _catches(node)
        and any(word in ast.unparse(node) for word in _ENDS)
        for node in own_nodes(function)
    )


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(word in ast.unparse(handler.type) for word in _CANCELLED)


def _given_back(attempt: ast.Try) -> Iterator[tuple[ast.Call, str]]:
    for statement in attempt.finalbody:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                given = node.args[0] if len(node.args) == 1 else None
                if node.func.attr in _GIVES and isinstance(given, ast.Name):
                    yield node, given.id


def _is_taken(nodes: list[ast.AST], name: str, attempt: ast.Try) -> bool:
    """Whether the name was taken from a pool, before the ``try``."""
    for node in nodes:
        if not isinstance(node, ast.Assign) or node.lineno >= attempt.lineno:
            continue
        if not any(isinstance(each, ast.Name) and each.id == name for each in node.targets):
            continue
        for each in ast.walk(node.value):
            call = each.value if isinstance(each, ast.Await) else None
            word = getattr(getattr(call, "func", None), "attr", "")
            if word.startswith(_TAKES):
                return True
    return False


def _talk(attempt: ast.Try, name: str) -> ast.Await | None:
    """Where the ``try`` waits for a conversation with what was taken."""
    for statement in attempt.body:
        for node in ast.walk(statement):
            call = node.value if isinstance(node, ast.Await) else None
            if not isinstance(node, ast.Await) or not isinstance(call, ast.Call):
                continue
            func = call.func
            if isinstance(func, ast.Attribute) and func.attr in _TALKS:
                root: ast.expr = func.value
                while isinstance(root, ast.Attribute):
                    root = root.value
                if isinstance(root, ast.Name) and root.id == name:
                    return node
    return None


def _is_looked_after(module: Module, attempt: ast.Try, give: ast.Call) -> bool:
    """Whether giving back, or the ``finally`` before it, asks about the state."""
    above = [each for each in attempt.finalbody if give not in ast.walk(each)]
    text = " ".join(ast.unparse(each) for each in above)
    word = getattr(give.func, "attr", "")
    for function in module.functions.values():
        if function.short_name == word and function.class_name:
            text += " " + ast.unparse(function.node)
    return any(each in text for each in _LOOKS_AFTER)
