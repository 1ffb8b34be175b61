"""A task of a pool waits for another task of the same pool.

What it finds
-------------
A function that is given to a pool of threads, and that itself, or through functions of its file
that it calls, gives work to the same pool and waits for it without a limit:
``submit(…).result()``, ``result()`` of a future that it kept, ``wait`` or ``as_completed``, a loop
over ``map``. The same pool is one variable of a module or of a function, or one attribute of
``self``.

Why it matters
--------------
The task that waits keeps its thread. When as many such tasks run as the pool has threads, none is
left for what they wait for: all wait for ever. With a large pool it takes a busy day.

Example
-------
::

    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(max_workers=4)

    def size_of(folder):
        parts = [pool.submit(size_of, each) for each in folder.folders()]
        return folder.own_size() + sum(part.result() for part in parts)

    def total(root):
        return pool.submit(size_of, root).result()

Instead
-------
::

    from concurrent.futures import ThreadPoolExecutor

    def sizes_in(folder):
        return folder.own_size(), folder.folders()

    def total(root):
        size, waiting = 0, [root]
        with ThreadPoolExecutor(max_workers=4) as pool:
            while waiting:
                results = list(pool.map(sizes_in, waiting))
                size += sum(own for own, _ in results)
                waiting = [each for _, folders in results for each in folders]
        return size

How it is proved
----------------
By exploring, with a pool of few threads: every thread waits, and none is left.

References
----------
CWE-833, deadlock. The documentation of ``concurrent.futures``, "Deadlocks can occur when the
callable associated with a Future waits on the results of another Future".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final, NamedTuple

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.rule import Rule

__all__ = ["NestedSubmit"]

_POOLS: Final = frozenset(
    {
        "concurrent.futures.ThreadPoolExecutor",
        "concurrent.futures.thread.ThreadPoolExecutor",
        "multiprocessing.pool.ThreadPool",
    }
)
_GIVING: Final = ("submit", "map", "apply_async", "map_async", "apply", "imap", "imap_unordered")
#: What waits itself, without a future.
_AT_ONCE: Final = ("apply",)
_WAITS: Final = ("concurrent.futures.wait", "concurrent.futures.as_completed")
_DEEPEST = 5


class _Given(NamedTuple):
    """Work that is given to a pool."""

    call: ast.Call
    pool: Ref
    function: Function | None  #: by which function
    work: Function | None


class NestedSubmit(Rule):
    title = "A task of a pool waits for a task of the same pool"
    kind = "defect"
    cwe = 833
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        every = list(_given(module))
        if len(every) == 0:
            return
        calls = _calls_within(module)
        told: set[ast.AST] = set()
        for outer in every:
            if outer.work is None:
                continue
            way = _reached(calls, outer.work)
            for inner in every:
                if inner.function is None or inner.pool != outer.pool or inner.call in told:
                    continue
                wait = _wait_for(module, inner) if inner.function in way else None
                if wait is not None:
                    told.add(inner.call)
                    yield self._finding(module, outer, inner, wait)

    def _finding(self, module: Module, outer: _Given, inner: _Given, wait: ast.AST) -> Finding:
        func = inner.call.func
        assert isinstance(func, ast.Attribute)
        assert outer.work is not None
        assert inner.function is not None
        pool = ast.unparse(func.value)
        word = outer.work.short_name
        there = inner.function.short_name
        places = [module.place(wait), module.place(inner.call)]
        if outer.call is not inner.call:
            places.append(module.place(outer.call))
        return self.finding(
            places,
            title=f"{word} waits in {pool} for {pool}",
            defect=(
                f"{word} runs in a thread of {pool}, and waits here for work that it gives to "
                f"{pool}. When every thread waits so, none is left to do that work."
            ),
            facts=[
                f"Line {outer.call.lineno} gives {word} to {pool}.",
                f"Line {inner.call.lineno}, in {there}, gives it more, and line "
                f"{getattr(wait, 'lineno', 0)} waits for that.",
            ],
            solution=(
                "Do the inner work in the task itself, give it to another pool, or return and let "
                "the caller go on when it is done."
            ),
        )


def _given(module: Module) -> Iterator[_Given]:
    for call in module.calls():
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr not in _GIVING or not call.args:
            continue
        pool = module.ref(func.value)
        if pool is not None and module.type_of(func.value) in _POOLS and _is_one(pool):
            work = _function_of(module, call.args[0])
            yield _Given(call, pool, module.function_of(call), work)


def _is_one(pool: Ref) -> bool:
    """Whether the reference is always the same pool."""
    return pool[0] in ("name", "local") or (pool[0] == "attr" and pool[1][0] in ("self", "name"))


def _function_of(module: Module, work: ast.expr) -> Function | None:
    ref = module.ref(work)
    if ref is None:
        return None
    name = str(ref[1]) if ref[0] == "name" else ""
    if ref[0] == "attr" and ref[1][0] == "self":
        name = f"{ref[1][1]}.{ref[2]}"
    return next((each for each in module.functions.values() if each.name == name), None)


def _calls_within(module: Module) -> dict[Function, list[Function]]:
    """Which functions of the file each function calls, on the same object."""
    found: dict[Function, list[Function]] = {}
    for call in module.calls():
        caller = module.function_of(call)
        callee = _function_of(module, call.func) if caller is not None else None
        if caller is not None and callee is not None:
            found.setdefault(caller, []).append(callee)
    return found


def _reached(calls: dict[Function, list[Function]], start: Function) -> set[Function]:
    reached, edge = {start}, [start]
    for _ in range(_DEEPEST):
        edge = [
            each for function in edge for each in calls.get(function, ()) if each not in reached
        ]
        reached.update(edge)
    return reached


# --- Waiting ---


def _wait_for(module: Module, inner: _Given) -> ast.AST | None:
    """Where the function that gives the work waits for its end, or nothing."""
    call, function = inner.call, inner.function
    func, above = call.func, module.parent(call)
    assert isinstance(func, ast.Attribute)
    if func.attr in _AT_ONCE:
        return call
    if isinstance(above, ast.Attribute) and above.attr in ("result", "get", "exception", "wait"):
        wait = module.parent(above)
        is_bounded = isinstance(wait, ast.Call) and bool(wait.args or wait.keywords)
        return None if is_bounded else wait
    if func.attr in ("map", "imap", "imap_unordered"):
        is_map = func.attr == "map" and module.type_of(func.value).endswith("ThreadPool")
        is_read = not isinstance(above, (ast.Expr, ast.Assign, ast.Return))
        return call if is_map or is_read else None
    name = _name_of(module, call)
    if function is None or not name:
        return None
    names = {name}
    for node in ast.walk(function.node):
        if isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.target, ast.Name):
            over = {each.id for each in ast.walk(node.iter) if isinstance(each, ast.Name)}
            names |= {node.target.id} if over & names else set()
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call) and _waits_for(module, node, names):
            return node
    return None


def _name_of(module: Module, call: ast.Call) -> str:
    """The local name of the future, or of the list that it is in."""
    above = module.parent(call)
    while isinstance(above, (ast.ListComp, ast.List, ast.Tuple, ast.DictComp, ast.SetComp)):
        above = module.parent(above)
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        return above.targets[0].id
    if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute):
        is_append = above.func.attr in ("append", "add") and call in above.args
        kept = above.func.value
        return kept.id if is_append and isinstance(kept, ast.Name) else ""
    return ""


def _waits_for(module: Module, node: ast.Call, names: set[str]) -> bool:
    func = node.func
    if module.dotted(func) in _WAITS and node.args:
        given = node.args[0]
        is_bounded = len(node.args) > 1 or any(each.arg == "timeout" for each in node.keywords)
        return isinstance(given, ast.Name) and given.id in names and not is_bounded
    if isinstance(func, ast.Attribute) and func.attr in ("result", "get", "exception"):
        is_bounded = bool(node.args or node.keywords)
        return isinstance(func.value, ast.Name) and func.value.id in names and not is_bounded
    return False
