"""A lock that stays taken when what comes after ``acquire()`` raises or returns.

What it finds
-------------
``lock.acquire()`` and ``lock.release()`` in one function, where something between them can raise,
or returns, and no ``finally`` releases. What can raise is a call, but for methods such as
``append`` or ``notify`` that raise only on objects they are not meant for; ``raise``, ``assert``
and ``yield``; and ``del`` of an item. Left out are files of tests, attempts that do not wait, and
functions that leave the release to others, or release a lock that somebody else took.

Why it matters
--------------
The exception is told to somebody far away, the lock is told nobody. Whoever next wants it waits for
ever, and that looks like a deadlock of two locks.

Example
-------
::

    # file: journal.py
    import threading

    class Journal:
        def __init__(self, file):
            self.file = file
            self.lock = threading.Lock()

        def append(self, line):
            self.lock.acquire()
            self.file.write(line)
            self.lock.release()

Instead
-------
::

    # file: journal.py
    import threading

    class Journal:
        def __init__(self, file):
            self.file = file
            self.lock = threading.Lock()

        def append(self, line):
            with self.lock:
                self.file.write(line)

How it is proved
----------------
By exploring a test in which the code between raises: then another task waits for the lock for ever.

References
----------
CWE-667, improper locking. The documentation of ``threading``, "Using locks, conditions, and
semaphores in the with statement".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.lock_paths import HELD, Exit, LockPaths
from racewright.review.locks import handed_over_in, locks_by_function
from racewright.review.module import Module
from racewright.review.rule import Rule

__all__ = ["AcquireWithoutFinally"]


class AcquireWithoutFinally(Rule):
    title = "A lock stays taken when something goes wrong"
    kind = "defect"
    cwe = 667
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return  # a failure is the end of a test, and the lock matters no more
        for function, text in locks_by_function(module):
            if function.short_name.startswith("test"):
                continue
            if handed_over_in(module, function):
                continue
            paths = LockPaths(module, function, text)
            released = {
                state.node for each in paths.releases for state in each.states if state.word == HELD
            }
            told: set[ast.AST] = set()
            for way in _ways_out(paths):
                taken = way.state.node
                if taken is None or taken in told or taken not in released:
                    continue
                if not isinstance(module.parent(taken), ast.withitem):
                    told.add(taken)
                    yield self._finding(module, text, taken, way, paths)

    def _finding(
        self, module: Module, text: str, taken: ast.AST, way: Exit, paths: LockPaths
    ) -> Finding:
        is_raised = way in paths.raised
        line = getattr(way.node, "lineno", 0)
        what = "raises" if is_raised else "returns"
        then = "can raise" if is_raised else "returns"
        releases = sorted({getattr(each.node, "lineno", 0) for each in paths.releases})
        word = "line" if len(releases) == 1 else "lines"
        return self.finding(
            [module.place(taken), module.place(way.node)],
            title=f"{text} stays taken when line {line} {what}",
            defect=(
                f"Between {text}.acquire() and its release, line {line} {then}. Then the lock is "
                "never released, and whoever wants it next waits for ever."
            ),
            facts=[
                f"{text}.release() is called in {word} {', '.join(map(str, releases))}, which "
                "that way does not reach."
            ],
            solution="Hold the lock in a with statement, or release it in a finally.",
            corrected=f"with {text}:\n    …",
        )


def _ways_out(paths: LockPaths) -> list[Exit]:
    """The ways out with the lock that are not meant. Who comes back with it otherwise, and says so
    by what is returned, leaves it to the caller, whatever else happens."""
    held = [way for way in paths.returned if way.state.word == HELD]
    if any(not _says_no(way.node) for way in held) or any(s.word == HELD for s in paths.at_end):
        return []
    return [way for way in (*paths.raised, *held) if way.state.word == HELD and way.is_certain]


def _says_no(node: ast.AST) -> bool:
    """Whether it returns nothing, or what says that there was nothing to do."""
    value = node.value if isinstance(node, ast.Return) else None
    return value is None or (isinstance(value, ast.Constant) and not value.value)
