"""What a pool is given to do may fail, and nobody asks how it went.

What it finds
-------------
``submit(…)``, ``map(…)`` or ``apply_async(…)`` on a pool of threads or processes, where the future
is dropped: not kept at all, kept in a local name that nobody reads, or in a list that is at most
given to ``wait()``, which raises nothing. Only where the function that is to run is known, and can
raise outside of its own ``try``; not where a decorator may see to that, and not in files of tests.

Why it matters
--------------
A pool keeps the exception in the future. Nobody prints it, no thread dies of it: the work was not
done, and there is no trace.

Example
-------
::

    # file: service/mail.py
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor()

    def send(address, server):
        server.deliver(address)

    def send_all(addresses, server):
        for address in addresses:
            pool.submit(send, address, server)

Instead
-------
::

    # file: service/mail.py
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor()

    def send(address, server):
        server.deliver(address)

    def send_all(addresses, server):
        futures = [pool.submit(send, address, server) for address in addresses]
        for future in futures:
            future.result()

How it is proved
----------------
By reading: whether the function fails depends on what it is given, and not on a schedule.

References
----------
CWE-392, missing report of error condition. The documentation of ``concurrent.futures``:
``Future.exception`` and ``Future.result``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.raising import can_raise
from racewright.review.rule import Rule

__all__ = ["UnreadTaskResult"]

_POOLS: Final = (
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
    "multiprocessing.pool.ThreadPool",
    "multiprocessing.pool.Pool",
    "multiprocessing.Pool",
)
_GIVEN: Final = {
    f"{pool}.{word}" for pool in _POOLS for word in ("submit", "map", "apply_async", "map_async")
} - {"multiprocessing.pool.ThreadPool.map", "multiprocessing.pool.Pool.map"}
_WAITS: Final = ("concurrent.futures.wait", "concurrent.futures._base.wait")


class UnreadTaskResult(Rule):
    title = "A task of a pool can fail unseen"
    kind = "improvement"
    cwe = 392
    proof = "static"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        for call in module.calls():
            if not call.args or module.method(call) not in _GIVEN:
                continue
            how = _dropped(module, call)
            risk = _risk(module, call.args[0]) if how else None
            if risk is None:
                continue
            work = ast.unparse(call.args[0])
            yield self.finding(
                [module.place(call), module.place(risk)],
                title=f"{work} can fail unseen",
                defect=f"{work} runs in a pool, and {how}. What it raises is told to nobody.",
                facts=[
                    f"Line {getattr(risk, 'lineno', 0)} can raise, and {work} does not catch it."
                ],
                solution="Keep the future and ask for its result, or let the function log what it "
                "raises.",
            )


def _dropped(module: Module, call: ast.Call) -> str:
    """How the future is lost, in words; empty if it is not, or not for certain."""
    above = module.parent(call)
    if isinstance(above, ast.Expr):
        return "its future is not kept"
    function = module.function_of(call)
    if function is None:
        return ""
    if isinstance(above, ast.Assign) and len(above.targets) == 1:
        name = above.targets[0]
        is_read = isinstance(name, ast.Name) and list(_uses(module, function, name.id))
        if isinstance(name, ast.Name) and not is_read and _is_own(module, function, name):
            return f"nobody reads {name.id}"
        return ""
    kept = _list_of(module, call, above)
    if kept is None or not _is_own(module, function, kept):
        return ""
    uses = [each for each in _uses(module, function, kept.id) if not _is_fill(module, each)]
    if all(_is_plain_wait(module, each) for each in uses):
        return f"nobody asks the futures in {kept.id} for their results"
    return ""


def _list_of(module: Module, call: ast.Call, above: ast.AST | None) -> ast.Name | None:
    """The list that the future is put into."""
    if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute):
        is_append = above.func.attr in ("append", "add") and call in above.args
        kept = above.func.value
        return kept if is_append and isinstance(kept, ast.Name) else None
    if isinstance(above, (ast.ListComp, ast.SetComp)) and above.elt is call:
        assign = module.parent(above)
        if isinstance(assign, ast.Assign) and isinstance(assign.targets[0], ast.Name):
            return assign.targets[0]
    return None


def _is_own(module: Module, function: Function, name: ast.Name) -> bool:
    """Whether the name is one of the function's own."""
    found = module.tree.find(module.tree.scopes[function.node], name.id)
    return (
        found is not None
        and found[0].node is function.node
        and all(each.kind != "parameter" for each in found[1])
    )


def _uses(module: Module, function: Function, word: str) -> Iterator[ast.Name]:
    yield from module.once(_reads, function).get(word, ())


def _reads(_: Module, function: Function) -> dict[str, list[ast.Name]]:
    """By their names, where the function and those in it read names."""
    found: dict[str, list[ast.Name]] = {}
    for node in ast.walk(function.node):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, []).append(node)
    return found


def _is_fill(module: Module, node: ast.Name) -> bool:
    above = module.parent(node)
    return isinstance(above, ast.Attribute) and above.attr in ("append", "add")


def _is_plain_wait(module: Module, node: ast.Name) -> bool:
    """Whether it is ``wait(futures)``, whose result nobody looks at either."""
    call = module.parent(node)
    return (
        isinstance(call, ast.Call)
        and module.dotted(call.func) in _WAITS
        and isinstance(module.parent(call), ast.Expr)
    )


def _risk(module: Module, work: ast.expr) -> ast.AST | None:
    """What the function that is to run can raise by, outside of its own handlers."""
    ref = module.ref(work)
    name = str(ref[1]) if ref is not None and ref[0] == "name" else ""
    if ref is not None and ref[0] == "attr" and ref[1][0] == "self":
        name = f"{ref[1][1]}.{ref[2]}"
    function = module.once(_by_name).get(name)
    if function is None or function.decorators or isinstance(function.node, ast.Lambda):
        return None
    return _risk_in(module, function.body)


def _by_name(module: Module) -> dict[str, Function]:
    return {each.name: each for each in reversed(module.functions.values())}


def _risk_in(module: Module, body: list[ast.stmt]) -> ast.AST | None:
    for statement in body:
        blocks = _inner(statement)
        if isinstance(statement, ast.Try) and any(
            each.type is None
            or module.dotted(each.type) in ("builtins.Exception", "builtins.BaseException")
            for each in statement.handlers
        ):
            continue
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        found = None if blocks else can_raise(module, statement)
        for block in blocks:
            found = found or _risk_in(module, block)
        if found is not None:
            return found
    return None


def _inner(statement: ast.stmt) -> list[list[ast.stmt]]:
    blocks = [getattr(statement, word, None) for word in ("body", "orelse", "finalbody")]
    return [block for block in blocks if isinstance(block, list) and block]
