"""An object that is gone over, and keeps on itself how far that has come.

What it finds
-------------
A class whose ``__aiter__`` begins anew, by setting an attribute, and returns ``self``, and whose
``__anext__`` reads that attribute. So it can be gone over again and again, but by one task at a
time. An object that is made to be gone over once, whose ``__aiter__`` only returns it, is not
found; nor is one that refuses a second task.

Why it matters
--------------
Two tasks that go over one object share the state, and the second sets it back in the middle of the
first one's work: items are skipped or come twice, and each may end the other's loop.

Example
-------
::

    # file: retrying.py
    class Retrying:
        def __aiter__(self):
            self.attempt = 0
            return self

        async def __anext__(self):
            self.attempt += 1
            if self.attempt > 3:
                raise StopAsyncIteration
            return self.attempt

Instead
-------
::

    # file: retrying.py
    class Retrying:
        async def __aiter__(self):
            for attempt in range(1, 4):
                yield attempt

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can let two tasks go over one object.

References
----------
CWE-567, unsynchronised access to shared data in a multithreaded context. Python's manual, *Iterator
types*: a container's ``__iter__`` gives a new iterator each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.own import is_self
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["IterationStateOnIterable"]


class IterationStateOnIterable(Rule):
    title = "An iterable keeps the state of an iteration on itself"
    kind = "defect"
    cwe = 567
    confidence = "medium"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        methods: dict[tuple[str, str], Function] = {
            (function.class_name, function.short_name): function
            for function in module.functions.values()
            if function.class_name
        }
        for (owner, word), begin in methods.items():
            step = methods.get((owner, "__anext__"))
            if word != "__aiter__" or step is None or not _returns_self(module, begin):
                continue
            nodes = list(own_nodes(begin))
            if any(isinstance(each, (ast.If, ast.Raise, ast.Yield)) for each in nodes):
                continue
            read = {
                each.attr
                for each in own_nodes(step)
                if isinstance(each, ast.Attribute) and is_self(module, each.value)
            }
            for store in nodes:
                if isinstance(store, ast.Assign):
                    kept = [
                        each
                        for each in store.targets
                        if isinstance(each, ast.Attribute)
                        and is_self(module, each.value)
                        and each.attr in read
                    ]
                    if kept:
                        yield self._finding(module, store, step, kept[0])
                        break

    def _finding(
        self, module: Module, store: ast.Assign, step: Function, kept: ast.Attribute
    ) -> Finding:
        word = ast.unparse(kept)
        first = step.body[0] if step.body else step.node
        return self.finding(
            [module.place(store), module.place(first, first)],
            title=f"Two tasks that go over one object share {word}",
            defect=f"Each iteration begins by setting {word} on the object itself. A second task "
            "that goes over it sets back what the first is working with.",
            facts=[f"__aiter__ returns self, and __anext__ reads {word}."],
            solution="Return a new iterator from __aiter__, or write it as a generator.",
        )


def _returns_self(module: Module, function: Function) -> bool:
    returns = [each for each in own_nodes(function) if isinstance(each, ast.Return)]
    return bool(returns) and all(
        each.value is not None and is_self(module, each.value) for each in returns
    )
