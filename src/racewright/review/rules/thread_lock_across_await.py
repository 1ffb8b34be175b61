"""A lock of threads that a coroutine holds while it waits.

What it finds
-------------
In an ``async def``, an ``await``, ``async for``, ``async with``, or a ``yield`` of an asynchronous
generator, where a lock, condition or semaphore of ``threading`` or ``multiprocessing`` is held,
taken by ``with`` or by ``acquire()``. What the lock is must be seen in the file.

Why it matters
--------------
While the coroutine waits, the event loop runs other tasks in the same thread. The next that wants
the lock stops that thread, and with it the loop that would have to wake the holder::

    task 1   takes the lock, awaits
    task 2                            waits for the lock, and stops the event loop: a deadlock

With an ``RLock`` there is no deadlock and no exclusion either: it is the same thread, so the second
task goes in beside the first.

Example
-------
::

    import threading

    class Ledger:
        def __init__(self, database):
            self.database = database
            self.lock = threading.Lock()

        async def book(self, entry):
            with self.lock:
                await self.database.insert(entry)

Instead
-------
::

    import asyncio

    class Ledger:
        def __init__(self, database):
            self.database = database
            self.lock = asyncio.Lock()

        async def book(self, entry):
            async with self.lock:
                await self.database.insert(entry)

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. Two tasks that book at the same time stop the
loop for ever.

References
----------
CWE-833, deadlock. Python's manual, *Developing with asyncio*: blocking calls stop all tasks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review import refs
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.spans import awaits_in
from racewright.review.tasks import LOCKS
from racewright.review.walking import own_nodes

__all__ = ["ThreadLockAcrossAwait"]

_OF_THREADS = frozenset(
    each for each in LOCKS if each.startswith(("threading.", "_thread.", "multiprocessing."))
)
_REENTRANT = ("threading.RLock", "_thread.RLock", "threading.Condition", "multiprocessing.RLock")


class ThreadLockAcrossAwait(Rule):
    title = "A coroutine waits while it holds a lock of threads"
    kind = "defect"
    cwe = 833
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        for function in module.functions.values():
            if function.is_async:
                yield from self._in_function(module, function)

    def _in_function(self, module: Module, function: Function) -> Iterator[Finding]:
        held = held_in(module, function)
        if not held.acquisitions:
            return
        told = set()
        waits = awaits_in(module, function)
        waits += [each for each in own_nodes(function) if isinstance(each, ast.Yield)]
        for node in sorted(waits, key=_line):
            for lock in held.around(node):
                maker = module.maker(lock)
                taken = [each for each in held.acquisitions if each.lock == lock]
                if maker not in _OF_THREADS or lock in told or not taken:
                    continue
                told.add(lock)
                before = [each.node for each in taken if _line(each.node) <= _line(node)]
                yield self._finding(module, (before or [taken[0].node])[-1], node, lock, maker)

    def _finding(
        self, module: Module, taken: ast.AST, wait: ast.AST, lock: refs.Ref, maker: str
    ) -> Finding:
        name = refs.last_word(lock)
        if maker in _REENTRANT:
            harm = (
                "Other tasks of the loop run in the same thread, so that this lock lets them in: "
                "it excludes nobody."
            )
        else:
            harm = "The next task that wants it stops the thread of the event loop, for ever."
        return self.finding(
            [module.place(taken), module.place(_anchor(wait))],
            title=f"A coroutine waits while it holds {name}, a lock of threads",
            defect=f"{name} is held from line {_line(taken)} on, and line {_line(wait)} gives the "
            f"event loop to other tasks. {harm}",
            facts=[f"{name} is made by {maker}."],
            solution="Use asyncio.Lock between tasks; if threads need the lock too, take what is "
            "needed under it, release it, and only then await.",
            corrected=f"async with {name}:  # an asyncio.Lock\n    …",
        )


def _anchor(node: ast.AST) -> ast.AST:
    return node.target if isinstance(node, ast.comprehension) else node


def _line(node: ast.AST) -> int:
    return int(getattr(_anchor(node), "lineno", 0))
