"""An attribute is changed under a lock in most places, and without it in another.

What it finds
-------------
A class, or a module, takes a lock around a change in several steps of an attribute (it reads it and
writes it, or looks and acts), and changes it under that lock in most places. In another place that
can be called from outside it changes it with no lock, or with another one. Held counts what the
callers of a private method hold. Left out are constructors, what is called to start, reset or
close, methods whose name says that the caller holds the lock, flags to which ``True``, ``False`` or
``None`` is assigned, and files of tests. Tasks need not be known: the lock says that there are
some.

Why it matters
--------------
The lock keeps those who take it apart from one another, and from nobody else. The change without it
falls between two steps of those who trust the lock, and is lost, or makes them wrong.

Example
-------
::

    # file: service/buffer.py
    import threading

    class Buffer:
        def __init__(self):
            self._lock = threading.Lock()
            self._lines = []

        def add(self, line):
            self._lines.append(line)

        def add_all(self, lines):
            with self._lock:
                self._lines.extend(lines)

        def take(self):
            with self._lock:
                lines = self._lines
                self._lines = []
            return lines

Instead
-------
::

    import threading

    class Buffer:
        def __init__(self):
            self._lock = threading.Lock()
            self._lines = []

        def add(self, line):
            with self._lock:
                self._lines.append(line)

        def add_all(self, lines):
            with self._lock:
                self._lines.extend(lines)

        def take(self):
            with self._lock:
                lines = self._lines
                self._lines = []
            return lines

How it is proved
----------------
By exploring: a schedule in which the change without the lock comes between two steps of the other.

References
----------
CWE-821, incorrect synchronization. Blackshear et al., RacerD: compositional static race detection,
2018, which takes a lock in a class as a sign that it is used by several threads.
"""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import CALLERS, Concurrency
from racewright.review.facts import FunctionFacts
from racewright.review.guards import Use, changes_beside
from racewright.review.pairs import pairs_without_lock
from racewright.review.rule import Rule

__all__ = ["InconsistentLock"]


class InconsistentLock(Rule):
    title = "A change is made without the lock that guards the others"
    kind = "defect"
    cwe = 821
    proof = "explore"
    fix = "suggested"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        known = {*_told_by_others(concurrency)}
        told = set()
        for location, lock, use, whole in concurrency.once(changes_beside):
            name = use.function.name
            file = concurrency.project.file_of[name].file
            if (location, name) in told or (file, use.access.line) in known:
                continue
            told.add((location, name))
            yield self._finding(concurrency, location, lock, use, whole)

    def _finding(
        self, concurrency: Concurrency, location: str, lock: str, beside: Use, whole: Use
    ) -> Finding:
        word = location.rpartition(".")[2].rpartition(":")[2]
        name = ".".join(lock.split(".")[-2:])
        files = concurrency.project.file_of
        places = [
            Place(files[each.function.name].file, each.access.line, each.access.end_line)
            for each in (beside, whole)
        ]
        others = ", ".join(sorted(each.rpartition(".")[2] for each in beside.locks)) or "no lock"
        return self.finding(
            places,
            title=f"{word} is changed without {name}",
            defect=(
                f"{word} is changed here with {others} held. {_short(whole.function)} reads and "
                f"writes it in several steps under {name}, which does not keep this out: what is "
                "changed between these steps is lost, or makes them wrong."
            ),
            facts=[
                f"{places[1].file}:{places[1].line} changes {word} with {name} held.",
                f"{_short(beside.function)} can be called without it.",
            ],
            solution=f"Hold {name} wherever {word} is changed.",
            corrected=f"with {'self.' if beside.access.owner[0] == 'self' else ''}"
            f"{name.rpartition('.')[2]}:\n    …  # the change of {word}",
        )


def _short(function: FunctionFacts) -> str:
    return ".".join(function.name.split(".")[-2:])


def _told_by_others(concurrency: Concurrency) -> Iterator[tuple[str, int]]:
    """The lines that are a lost update or a check-then-act already."""
    for accesses in concurrency.locations.values():
        for kind in ("update", "check"):
            for pair in pairs_without_lock(concurrency, accesses, kind):
                for each in pair:
                    if each.side.root is None or each.side.root.kind != CALLERS:
                        yield each.file, each.access.line
