"""A place for one waiter, in which a second coroutine puts another.

What it finds
-------------
An ``async def`` that stores a new future in an attribute and awaits it, with no lock held, where
nothing is done about a waiter that is there already: it is not asked for at all, or only by an
``assert``. A function that by its name begins or ends a life, of which there is one, is not found.

Why it matters
--------------
The attribute holds one future. If two tasks call the coroutine, the second replaces the first one's
future, which then nobody sets, and the first task waits for ever; or the assertion fails in a
program that did nothing forbidden.

Example
-------
::

    # file: writer.py
    import asyncio

    class Writer:
        def __init__(self):
            self.waiter = None

        async def drain(self):
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter

        def resume(self):
            if self.waiter is not None:
                self.waiter.set_result(None)
                self.waiter = None

Instead
-------
::

    # file: writer.py
    import asyncio

    class Writer:
        def __init__(self):
            self.waiters = []

        async def drain(self):
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            await waiter

        def resume(self):
            for waiter in self.waiters:
                if not waiter.done():
                    waiter.set_result(None)
            self.waiters = []

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can start two tasks that drain, and see
that one never ends.

References
----------
CWE-833, deadlock. CPython issue 74116, in which two tasks could not drain one stream.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.callers import is_under_callers_lock
from racewright.review.extract import held_in
from racewright.review.module import Module
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["SingleWaiterSlot"]


#: How functions are called that begin or end a life, of which there is one.
_ONCE = re.compile(r"_*(?:start|run|main|stop|shut_?down|a?close|connect|open|aenter|aexit)")


class SingleWaiterSlot(Rule):
    title = "A second task takes the place of the one that waits"
    kind = "defect"
    cwe = 833
    confidence = "medium"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        for function in module.functions.values():
            if not function.is_async or not function.class_name or module.is_test:
                continue
            if _ONCE.match(function.short_name):
                continue
            nodes = list(own_nodes(function))
            for store in nodes:
                slot = _slot(module, store)
                if slot is None:
                    continue
                wait = _wait(module, nodes, store, slot)
                if wait is None or held_in(module, function).around(store):
                    continue
                if _is_asked(nodes, slot, wait) or is_under_callers_lock(module, function):
                    continue
                asserted = [
                    each.lineno
                    for each in nodes
                    if isinstance(each, ast.Assert) and each.lineno <= wait.lineno
                ]
                yield self._finding(module, store, wait, slot, (asserted or [0])[-1])

    def _finding(
        self,
        module: Module,
        store: ast.AST,
        wait: ast.Await,
        slot: ast.Attribute,
        asserted: int,
    ) -> Finding:
        word = ast.unparse(slot)
        line = getattr(store, "lineno", wait.lineno)
        if asserted:
            defect = (
                f"While a task waits in line {wait.lineno}, a second one fails at the assertion of "
                f"line {asserted}, or, where assertions are off, takes the first one's place."
            )
        else:
            defect = (
                f"Line {line} puts a new future into {word}, whoever waits there already. That "
                "task is never woken, as nobody has its future any more."
            )
        return self.finding(
            [module.place(store), module.place(wait)],
            title=f"A second task takes the place of the one that waits in {word}",
            defect=defect,
            facts=[f"Line {wait.lineno} awaits it, and no lock keeps a second task out."],
            solution="Keep the waiters in a collection, or refuse the second one with an error.",
            corrected=f"if {word} is not None:\n    raise RuntimeError('already waiting')",
        )


def _slot(module: Module, node: ast.AST) -> ast.Attribute | None:
    """The attribute of ``self`` that ``node`` stores a new future in."""
    if not isinstance(node, ast.Assign):
        return None
    value: ast.expr | None = node.value
    if isinstance(value, ast.Name):
        found = module.tree.find(module.tree.scope_of(value), value.id)
        values = [each.value for each in found[1] if each.value is not None] if found else []
        made = [each for each in values if isinstance(each, ast.Call) and _makes_future(each)]
        value = made[0] if made else None
    if not isinstance(value, ast.Call) or not _makes_future(value):
        return None
    for target in node.targets:
        if isinstance(target, ast.Attribute):
            owner = module.ref(target.value)
            if owner is not None and owner[0] == "self":
                return target
    return None


def _makes_future(call: ast.Call) -> bool:
    return getattr(call.func, "attr", "") == "create_future"


def _wait(
    module: Module, nodes: list[ast.AST], store: ast.AST, slot: ast.Attribute
) -> ast.Await | None:
    """Where the future is awaited, by the attribute or by the name it was stored from."""
    assert isinstance(store, ast.Assign)
    names = {ast.unparse(slot), *(ast.unparse(each) for each in store.targets)}
    if isinstance(store.value, ast.Name):
        names.add(store.value.id)
    for node in nodes:
        if not isinstance(node, ast.Await) or node.lineno < store.lineno:
            continue
        if ast.unparse(node.value) in names:
            return node
    return None


def _is_asked(nodes: list[ast.AST], slot: ast.Attribute, wait: ast.Await) -> bool:
    """Whether something other than an assertion asks about the attribute before the wait."""
    names = {ast.unparse(slot)}
    for node in nodes:
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in names:
            names |= {ast.unparse(target) for target in node.targets}
    return any(
        isinstance(node, (ast.If, ast.While, ast.IfExp))
        and node.lineno <= wait.lineno
        and any(ast.unparse(part) in names for part in ast.walk(node.test) if _is_named(part))
        for node in nodes
    )


def _is_named(node: ast.AST) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute))
