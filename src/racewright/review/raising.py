"""Which expressions a reader must expect to raise.

Nearly everything can raise in Python; named here is what raises only on objects that it is not
meant for, or when memory is short.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.review.module import Module

__all__ = ["can_raise"]

#: Methods that raise only on objects that they are not meant for.
_QUIET_METHODS = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "capitalize",
        "clear",
        "copy",
        "count",
        "critical",
        "debug",
        "difference",
        "discard",
        "endswith",
        "error",
        "exception",
        "extend",
        "find",
        "format",
        "get",
        "info",
        "is_alive",
        "is_set",
        "items",
        "keys",
        "locked",
        "log",
        "lower",
        "lstrip",
        "monotonic",
        "notify",
        "notifyAll",
        "notify_all",
        "partition",
        "rpartition",
        "rstrip",
        "set",
        "setdefault",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "time",
        "title",
        "union",
        "update",
        "upper",
        "values",
        "wait",
        "warning",
    }
)
_QUIET = frozenset(
    {
        "_thread.allocate_lock",
        "_thread.get_ident",
        "builtins.bool",
        "builtins.callable",
        "builtins.dict",
        "builtins.enumerate",
        "builtins.frozenset",
        "builtins.hasattr",
        "builtins.id",
        "builtins.isinstance",
        "builtins.issubclass",
        "builtins.iter",
        "builtins.len",
        "builtins.list",
        "builtins.object",
        "builtins.print",
        "builtins.range",
        "builtins.repr",
        "builtins.reversed",
        "builtins.set",
        "builtins.str",
        "builtins.super",
        "builtins.tuple",
        "builtins.type",
        "builtins.zip",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
        "os.getpid",
        "sys.exc_info",
        "threading.Condition",
        "threading.Event",
        "threading.Lock",
        "threading.RLock",
        "threading.current_thread",
        "threading.get_ident",
        "time.monotonic",
        "time.perf_counter",
        "time.sleep",
        "time.time",
        "weakref.ref",
    }
)


def can_raise(module: Module, node: ast.AST) -> ast.AST | None:
    """The first part of ``node`` that a reader must expect to raise, or nothing."""
    for part in _evaluated(node):
        if isinstance(part, (ast.Assert, ast.Yield, ast.YieldFrom, ast.Raise)):
            return part
        if isinstance(part, ast.Call) and not _is_quiet(module, part):
            return part
        if isinstance(part, ast.Delete) and any(
            isinstance(target, ast.Subscript) for target in part.targets
        ):
            return part
    return None


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """``node`` and what is evaluated with it: not the bodies of functions."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, ast.Lambda):
            waiting.extend(reversed(list(ast.iter_child_nodes(part))))


def _is_quiet(module: Module, call: ast.Call) -> bool:
    func = call.func
    if module.dotted(func) in _QUIET:
        return True
    if not isinstance(func, ast.Attribute):
        return False
    is_given = bool(call.args)
    if func.attr in ("pop", "popleft", "popitem"):
        return func.attr == "pop" and len(call.args) == 2
    if func.attr in ("acquire", "release", "join"):
        return func.attr != "join" or is_given
    return func.attr in _QUIET_METHODS
