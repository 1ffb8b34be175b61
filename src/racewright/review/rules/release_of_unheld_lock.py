"""A lock is released where this function does not hold it any more, or never got it.

What it finds
-------------
Three ways in which one function releases what it does not hold. It releases twice on one way, for
instance in an ``except`` block and again in the ``finally``. It releases inside of ``with lock:``
and does not take the lock again before the end of the block. Or it waits for the lock with a limit,
or does not wait at all, does not look at the result, and releases all the same. Semaphores are left
out, which anybody may release; and so is a release of what another function took.

Why it matters
--------------
Where nobody holds the lock, the release raises ``RuntimeError``. Where another task has taken it
meanwhile, nothing is raised: its lock is opened under its hands, and a third one comes in.

Example
-------
::

    import threading

    class Account:
        def __init__(self):
            self.lock = threading.Lock()
            self.balance = 0

        def add(self, amount):
            self.lock.acquire(timeout=5)
            try:
                self.balance += amount
            finally:
                self.lock.release()

Instead
-------
::

    import threading

    class Account:
        def __init__(self):
            self.lock = threading.Lock()
            self.balance = 0

        def add(self, amount):
            if not self.lock.acquire(timeout=5):
                raise TimeoutError("the account is busy")
            try:
                self.balance += amount
            finally:
                self.lock.release()

How it is proved
----------------
By exploring: a schedule in which another task holds the lock when it is released.

References
----------
CWE-832, unlock of a resource that is not locked; CWE-765, multiple unlocks of a critical resource.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.lock_paths import LEFT, TRIED, LockPaths, Release, State
from racewright.review.locks import MUTEXES, locks_by_function
from racewright.review.module import Module
from racewright.review.rule import Rule

__all__ = ["ReleaseOfUnheldLock"]


class ReleaseOfUnheldLock(Rule):
    title = "A lock is released that is not held"
    kind = "defect"
    cwe = 832
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        for function, text in locks_by_function(module, MUTEXES):
            paths = LockPaths(module, function, text)
            if _is_counted(text) or paths.taken_again:
                continue
            told: set[ast.AST] = set()
            for release in paths.releases:
                state = _certain(module, release)
                if state is None or state.node is None or release.node in told:
                    continue
                told.add(release.node)
                yield self._finding(module, text, release.node, state)

    def _finding(self, module: Module, text: str, node: ast.AST, state: State) -> Finding:
        before = state.node or node
        line = getattr(before, "lineno", 0)
        if state.word == TRIED:
            fact = f"Line {line} may come back without {text}, and its result is not looked at."
            solution = "Look at what acquire() returned, and release only what was taken."
        elif isinstance(module.parent(node), ast.withitem):
            fact = f"Line {line} releases {text} inside of the with block that holds it."
            solution = "Leave the release to the with block, or take the lock again before its end."
        else:
            fact = f"Line {line} has released {text} already on this way."
            solution = "Release the lock in one place, in a finally or by a with statement."
        places = [node, before]
        if isinstance(module.parent(node), ast.withitem):
            places.reverse()
        return self.finding(
            [module.place(each) for each in places],
            title=f"{text} is released where it is not held",
            defect=(
                f"{text} is released where this function does not hold it. Where nobody does, that "
                "raises RuntimeError; where another task does, its lock is opened."
            ),
            facts=[fact],
            solution=solution,
        )


def _is_counted(text: str) -> bool:
    """Whether its name, like its type, says that it may be released by anybody."""
    return "sem" in text.rpartition(".")[2].lower()


def _certain(module: Module, release: Release) -> State | None:
    """The state that a release must not find, if it finds nothing else."""
    words = {state.word for state in release.states}
    if words == {TRIED}:
        return next(iter(release.states))
    if words != {LEFT} or len(release.states) != 1:
        return None
    (state,) = release.states
    if state.node is None or state.node is release.node:
        return None  # a loop that comes round: what happens between is not known
    # A question on the way may well be whether the lock is still held.
    asked = _questions(module, release.node)
    return state if asked <= _questions(module, state.node) else None


def _questions(module: Module, node: ast.AST) -> set[ast.AST]:
    kinds = (ast.If, ast.IfExp, ast.BoolOp, ast.While, ast.Match)
    return {above for above in module.ancestors(node) if isinstance(above, kinds)}
