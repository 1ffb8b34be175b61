"""Something that is handed to a waiting task, and lost if that task is cancelled in the same turn.

What it finds
-------------
A coroutine that puts a future of its own into a collection of waiters, awaits it, and takes it out
again whatever happened, where another function of the file hands something to *one* of the waiters:
it takes a future out, or stops after some, and sets its result; also with an event, and a list into
which the other puts an item. Not found is what handles the cancellation, to wake the next or to
give the item back, and what wakes all waiters alike.

Why it matters
--------------
Setting the result of a future only plans that the waiting task goes on. If it is cancelled before
it does, ``await`` raises ``CancelledError``, and what was handed over is nobody's::

    producer   takes the waiter out, sets its result
    somebody   cancels the waiting task
    waiter     raises CancelledError: the item, or the wake-up, is lost; the next one waits for ever

Example
-------
::

    import asyncio

    class Turnstile:
        def __init__(self):
            self.waiters = []

        async def wait(self):
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            try:
                await waiter
            finally:
                if waiter in self.waiters:
                    self.waiters.remove(waiter)

        def let_one_in(self):
            if self.waiters:
                self.waiters.pop(0).set_result(None)

Instead
-------
::

    import asyncio

    class Turnstile:
        def __init__(self):
            self.waiters = []

        async def wait(self):
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    self.let_one_in()
                raise
            finally:
                if waiter in self.waiters:
                    self.waiters.remove(waiter)

        def let_one_in(self):
            if self.waiters:
                self.waiters.pop(0).set_result(None)

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can set the result and cancel the task
in one turn of the loop, and see whether the next waiter wakes.

References
----------
CWE-772, missing release of resource after effective lifetime. CPython issue 112202, where
``asyncio.Condition`` lost a notification so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.locations import location_of
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["HandoverToCancelledWaiter"]

_MAKERS = frozenset({"create_future", "Future", "Event"})
_PUTS = frozenset({"append", "appendleft", "add"})
_REMOVES = frozenset({"remove", "discard", "pop"})
_TAKES = frozenset({"pop", "popleft", "popitem"})
_WAKES = frozenset({"set_result", "set"})
_CANCELLED = ("CancelledError", "BaseException", "Cancelled", "get_cancelled_exc_class")


class HandoverToCancelledWaiter(Rule):
    title = "What is handed to a waiter that is cancelled is lost"
    kind = "defect"
    cwe = 772
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        for function in module.functions.values():
            if not function.is_async:
                continue
            for node in own_nodes(function):
                if isinstance(node, ast.Await):
                    finding = self._of_wait(module, function, node)
                    if finding is not None:
                        yield finding

    def _of_wait(self, module: Module, function: Function, wait: ast.Await) -> Finding | None:
        name = _waiter(wait)
        if not name or not _is_made_here(module, function, name):
            return None
        shelf = _shelf(module, function, name)
        if shelf is None or not _is_only_removed(module, function, wait, name):
            return None
        giver = _giver(module, function, shelf)
        if giver is None:
            return None
        holder = ast.unparse(shelf)
        return self.finding(
            [module.place(wait), module.place(giver)],
            title=f"What is handed to a waiter of {holder} is lost if it is cancelled",
            defect=f"Line {giver.lineno} hands something to one waiter of {holder}. If that task "
            f"is cancelled before it goes on, line {wait.lineno} raises, and nobody hands it on.",
            facts=[
                f"{name} is put into {holder}, and taken out again whatever line {wait.lineno} "
                "does.",
                "Nothing around the await handles a cancellation.",
            ],
            solution="Catch the cancellation; if the waiter had been chosen, wake the next one or "
            "give the item back, and raise again.",
            corrected=f"except asyncio.CancelledError:\n    if {name}.done() and not "
            f"{name}.cancelled():\n        …  # wake the next\n    raise",
        )


def _waiter(wait: ast.Await) -> str:
    """The local that is waited for: ``await waiter``, ``await event.wait()``."""
    value = wait.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value if value.func.attr == "wait" else value
    return value.id if isinstance(value, ast.Name) else ""


def _is_made_here(module: Module, function: Function, name: str) -> bool:
    scope = module.tree.scopes[function.node]
    bindings = scope.bindings.get(name, [])
    value = bindings[0].value if len(bindings) == 1 else None
    if not isinstance(value, ast.Call):
        return False
    return getattr(value.func, "attr", getattr(value.func, "id", "")) in _MAKERS


def _shelf(module: Module, function: Function, name: str) -> ast.expr | None:
    """The shared collection that the waiter is put into."""
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [each.id for each in node.args if isinstance(each, ast.Name)]
            is_put = node.func.attr in _PUTS and given == [name]
            if is_put and location_of(module, node.func.value) is not None:
                return node.func.value
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            holder, key = node.targets[0].value, node.targets[0].slice
            is_put = isinstance(key, ast.Name) and key.id == name and _is_empty(module, node.value)
            if is_put and location_of(module, holder) is not None:
                return holder
    return None


def _is_empty(module: Module, value: ast.expr) -> bool:
    """Whether it is a list that somebody else is to put something into."""
    if isinstance(value, ast.Name):
        scope = module.tree.scope_of(value)
        values = [each.value for each in scope.bindings.get(value.id, [])]
        return len(values) == 1 and values[0] is not None and _is_empty(module, values[0])
    return isinstance(value, (ast.List, ast.Dict)) and not list(ast.iter_child_nodes(value))[1:]


def _is_only_removed(module: Module, function: Function, wait: ast.Await, name: str) -> bool:
    """Whether each ``try`` around the wait only takes the waiter out again."""
    is_removed = False
    child: ast.AST = wait
    for above in module.ancestors(wait):
        if above is function.node:
            break
        if isinstance(above, ast.Try) and child in above.body:
            if any(_catches(each) for each in above.handlers):
                return False
            is_removed = is_removed or any(
                _removes(node, name) for each in above.finalbody for node in ast.walk(each)
            )
        child = above
    return is_removed


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(word in ast.unparse(handler.type) for word in _CANCELLED)


def _removes(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    given = node.args[0] if node.args else None
    return node.func.attr in _REMOVES and isinstance(given, ast.Name) and given.id == name


def _giver(module: Module, function: Function, shelf: ast.expr) -> ast.expr | None:
    """Where another function takes one waiter, or some, out of the collection, and wakes it."""
    word = getattr(shelf, "attr", getattr(shelf, "id", ""))
    owner = module.ref(shelf.value) if isinstance(shelf, ast.Attribute) else None
    is_own = owner is not None and owner[0] == "self"
    for other in module.functions.values():
        if other is function or not isinstance(other.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if is_own and other.class_name != function.class_name:
            continue  # another class' collection of the same name
        nodes = list(own_nodes(other))
        wakes = [
            each
            for each in nodes
            if isinstance(each, ast.Call) and getattr(each.func, "attr", "") in _WAKES
        ]
        if not wakes:
            continue
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                is_take = node.func.attr in _TAKES and _is_called(node.func.value, word)
                if is_take and module.within(node, ast.While) is None:
                    return node
            if isinstance(node, ast.For) and _is_called(node.iter, word) and _stops(node):
                return node.iter
    return None


def _is_called(node: ast.expr, word: str) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) == word


def _stops(loop: ast.For) -> bool:
    """Whether the loop wakes some and leaves the others waiting."""
    has_wake = any(
        isinstance(each, ast.Call) and getattr(each.func, "attr", "") in _WAKES
        for each in ast.walk(loop)
    )
    return has_wake and any(isinstance(each, (ast.Break, ast.Return)) for each in ast.walk(loop))
