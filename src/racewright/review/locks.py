"""Where the locks of a file are taken and left by hand: ``acquire()`` and ``release()``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.review.held import looks_like_lock
from racewright.review.module import Function, Module
from racewright.review.tasks import LOCKS

__all__ = ["MUTEXES", "handed_over_in", "locks_by_function"]

#: Locks that have one holder, who is the one to release them.
MUTEXES = frozenset(each for each in LOCKS if not each.endswith("Semaphore"))


def locks_by_function(
    module: Module, makers: frozenset[str] = LOCKS
) -> Iterator[tuple[Function, str]]:
    """Each function that releases a lock, with how it writes the lock, once; in order.

    Counted is what is known to be a lock, and what is called one and not known to be another thing.
    A lock that a function inside of it uses as well is left out: its ways are not one function's.
    """
    found: dict[tuple[ast.AST, str], Function] = {}
    strewn: set[tuple[ast.AST, str]] = set()
    for call in module.calls():
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr not in ("acquire", "release"):
            continue
        function = module.function_of(call)
        if function is None or not _is_lock(module, func.value, makers):
            continue
        text = ast.unparse(func.value)
        if func.attr == "release":
            found.setdefault((function.node, text), function)
        strewn.update((above, text) for above in module.ancestors(function.node))
    for (node, text), function in found.items():
        if (node, text) not in strewn:
            yield function, text


def handed_over_in(module: Module, function: Function) -> bool:
    """Whether ``function`` releases a lock that it does not take: then tasks pass locks on to one
    another, as in a barrier, and a lock that is left taken may be meant to be."""
    done: dict[str, set[str]] = {"acquire": set(), "release": set()}
    for call in module.calls():
        func = call.func
        if not (isinstance(func, ast.Attribute) and func.attr in done):
            continue
        if module.function_of(call) is function:
            done[func.attr].add(ast.unparse(func.value))
    return bool(done["release"] - done["acquire"])


def _is_lock(module: Module, node: ast.expr, makers: frozenset[str]) -> bool:
    made = module.type_of(node)
    if made:
        return made in makers
    ref = module.ref(node)
    return ref is not None and looks_like_lock(ref)
