"""A lock that is not reentrant is taken by a task that holds it.

What it finds
-------------
While a ``threading.Lock`` (or one of ``_thread``, ``multiprocessing`` or ``asyncio``, or a
condition over such a lock) is held, it is taken again: in the same function, or in one that this
calls on the same object, across files and base classes. What only tries, or takes the lock only if
some question is answered so, is left out; so is what is called on another object, whose lock is
another.

Why it matters
--------------
The task waits for itself, for ever, and everybody else for the lock. It needs no second task and no
bad luck, only the first call on that path; that is often one for errors, which no test takes.

Example
-------
::

    import threading

    class Registry:
        def __init__(self):
            self._lock = threading.Lock()
            self._entries = {}

        def get(self, name):
            with self._lock:
                return self._entries.get(name)

        def replace(self, name, entry):
            with self._lock:
                old = self.get(name)
                self._entries[name] = entry
                return old

Instead
-------
::

    import threading

    class Registry:
        def __init__(self):
            self._lock = threading.Lock()
            self._entries = {}

        def get(self, name):
            with self._lock:
                return self._entries.get(name)

        def replace(self, name, entry):
            with self._lock:
                old = self._entries.get(name)
                self._entries[name] = entry
                return old

How it is proved
----------------
By running: every schedule of a test that calls the function deadlocks.

References
----------
CWE-764, multiple locks of a critical resource.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import Concurrency
from racewright.review.facts import Acquire, Call, FunctionFacts
from racewright.review.module import Module
from racewright.review.project import Project
from racewright.review.refs import Ref
from racewright.review.rule import Rule
from racewright.review.tasks import CONDITIONS

__all__ = ["SelfDeadlock"]

_DEEPEST = 5
_NOT_REENTRANT: Final = frozenset(
    {"threading.Lock", "_thread.allocate_lock", "multiprocessing.Lock", "asyncio.Lock"}
)


class SelfDeadlock(Rule):
    title = "A task waits for a lock that it holds"
    kind = "defect"
    cwe = 764
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With)]
        blocks += module.nodes(ast.AsyncWith)
        for inner in blocks:
            for item in inner.items:
                outer = _outer(module, inner, item.context_expr)
                if outer is not None:
                    yield self._nested(module, outer, item.context_expr)

    def _nested(self, module: Module, outer: ast.expr, inner: ast.expr) -> Finding:
        word = ast.unparse(inner)
        return self._finding(
            word,
            [module.place(inner), module.place(outer)],
            [f"{word} is made by {module.type_of(inner)}, which no task can take twice."],
        )

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        project = concurrency.project
        for function in project.functions.values():
            told = set()
            for callee, place in concurrency.calls[function.name]:
                call = function.calls[place]
                for lock in dict.fromkeys((*function.on_entry, *call.held)):
                    if not _kind(project, lock) or (call.line, lock) in told:
                        continue
                    way = _way_to(concurrency, call.callee, callee, lock, function)
                    if way is not None and _runs(project, function, place, callee):
                        told.add((call.line, lock))
                        taken, steps = way
                        yield self._through_calls(project, function, call, lock, taken, steps)

    def _through_calls(
        self,
        project: Project,
        function: FunctionFacts,
        call: Call,
        lock: Ref,
        taken: Acquire,
        steps: tuple[str, ...],
    ) -> Finding:
        file, inner = (project.file_of[each].file for each in (function.name, steps[-1]))
        word = ".".join(project.lock_name(lock).split(".")[-2:])
        way = " → ".join(each.rpartition(".")[2] for each in steps)
        return self._finding(
            word,
            [Place(file, call.line), Place(inner, taken.line)],
            [
                f"{word} is made by {_kind(project, lock)}, which no task can take twice.",
                f"{inner}:{taken.line} takes it again, through {way}.",
            ],
        )

    def _finding(self, word: str, places: list[Place], facts: list[str]) -> Finding:
        return self.finding(
            places,
            title=f"{word} is taken by the task that holds it",
            defect=f"{word} is held here, and taken again. The task waits for itself, for ever.",
            facts=facts,
            solution=(
                "Keep what needs the lock in a function that expects it to be held, and call that "
                "from both; or let the lock be an RLock."
            ),
        )


def _kind(project: Project, lock: Ref) -> str:
    """What makes the lock, if one task cannot take it twice; else nothing."""
    if lock[0] not in ("attr", "name", "local"):
        return ""
    if lock[0] == "attr" and lock[1][0] != "self":
        return ""
    maker = project.lock_maker(lock)
    below = project.made_over(lock)
    for _ in range(_DEEPEST):
        if below is None:
            break
        maker = project.lock_maker(below)
        below = project.made_over(below)
    return maker if maker in _NOT_REENTRANT and maker not in CONDITIONS else ""


def _outer(module: Module, inner: ast.AST, lock: ast.expr) -> ast.expr | None:
    """What takes ``lock`` in a ``with`` around ``inner`` already, if it must not be taken twice."""
    if module.type_of(lock) not in _NOT_REENTRANT:
        return None
    text = ast.unparse(lock)
    above = module.within(inner, ast.With, ast.AsyncWith)
    while isinstance(above, (ast.With, ast.AsyncWith)):
        for item in above.items:
            if ast.unparse(item.context_expr) == text and not _is_made_anew(module, lock, above):
                return item.context_expr
        above = module.within(above, ast.With, ast.AsyncWith)
    return None


def _is_made_anew(module: Module, lock: ast.expr, outer: ast.AST) -> bool:
    """Whether the name may mean another lock by then, or the first has been released."""
    text = ast.unparse(lock)
    head = text.partition(".")[0]
    for part in ast.walk(outer):
        if isinstance(part, ast.Attribute) and part.attr == "release":
            if ast.unparse(part.value) == text:
                return True
            continue
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id == head:
            return True
    return False


def _runs(project: Project, caller: FunctionFacts, place: int, callee: str) -> bool:
    """Whether the call runs the function: that of a coroutine does so only if it is awaited."""
    return caller.calls[place].is_awaited or not project.functions[callee].is_async


def _way_to(
    concurrency: Concurrency, ref: Ref, name: str, lock: Ref, caller: FunctionFacts
) -> tuple[Acquire, tuple[str, ...]] | None:
    """Where a call of the function takes ``lock`` for certain, and through which functions."""
    if not _goes_to_same(ref, lock, caller, name):
        return None
    project = concurrency.project
    wanted = project.lock_name(lock)
    ways: dict[str, tuple[str, ...]] = {name: (name,)}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        function, way = project.functions[here], ways[here]
        for taken in function.acquires:
            is_ours = project.lock_name(taken.lock) == wanted
            if taken.is_certain and is_ours and _kind(project, taken.lock):
                return taken, way
        for callee, place in concurrency.calls[here] if len(way) < _DEEPEST else ():
            call = function.calls[place]
            is_run = call.is_certain and _runs(project, function, place, callee)
            is_new = callee not in ways and _goes_to_same(call.callee, lock, function, callee)
            if is_run and is_new:
                ways[callee] = (*way, callee)
                waiting.append(callee)
    return None


def _goes_to_same(ref: Ref, lock: Ref, caller: FunctionFacts, callee: str) -> bool:
    """Whether the call ``ref`` comes to the object whose lock it is, or the lock is nobody's."""
    if lock[0] == "name":
        return True
    if lock[0] == "local":
        return callee.startswith(f"{lock[1]}.<locals>.")
    return ref[0] == "attr" and ref[1][0] in ("self", "super") and bool(caller.class_name)
