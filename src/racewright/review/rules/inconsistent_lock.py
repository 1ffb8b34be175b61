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

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import Concurrency
from racewright.review.facts import Access, FunctionFacts
from racewright.review.pairs import pairs_without_lock
from racewright.review.rule import Rule
from racewright.review.tasks import LOCKS

__all__ = ["InconsistentLock"]

#: Locks that keep threads apart, and may be taken for that.
_EXCLUDING = frozenset(
    each for each in LOCKS if each.startswith(("threading.", "_thread.")) and "Sem" not in each
)
_CONSTRUCTORS = re.compile(r"__(init|new|post_init|init_subclass|setstate|del|exit|enter|copy)__$")
_ALONE = re.compile(
    r"^_*(start|open|init|set_?up|reset|close|stop|shut_?down|terminate|tear_?down|clear_all|dispose"
    r"|join|configure)|fork|locked|holding|unsafe|unlocked|no_?lock|without_?lock"
)
_WRITES = ("write", "update", "check")


class _Use(NamedTuple):
    function: FunctionFacts
    access: Access
    locks: frozenset[str]

    @property
    def is_write(self) -> bool:
        return self.access.kind in _WRITES


class InconsistentLock(Rule):
    title = "A change is made without the lock that guards the others"
    kind = "defect"
    cwe = 821
    proof = "explore"
    fix = "suggested"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        known = {*_told_by_others(concurrency)}
        for location, uses in sorted(_uses(concurrency).items()):
            lock = _guard(concurrency, uses)
            if not lock:
                continue
            under = [each for each in uses if lock in each.locks]
            beside = [each for each in uses if each.is_write and lock not in each.locks]
            writers = {each.function.name for each in under if each.is_write}
            if len({each.function.name for each in beside}) >= len(writers):
                continue
            told = set()
            for each in beside:
                whole = _disturbed(under, each)
                file = concurrency.project.file_of[each.function.name].file
                if whole is None or each.function.name in told or (file, each.access.line) in known:
                    continue
                told.add(each.function.name)
                yield self._finding(concurrency, location, lock, each, whole)

    def _finding(
        self, concurrency: Concurrency, location: str, lock: str, beside: _Use, whole: _Use
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
                    yield each.file, each.access.line


def _uses(concurrency: Concurrency) -> dict[str, list[_Use]]:
    """What each location's accesses hold; of attributes of ``self`` and variables of modules."""
    project = concurrency.project
    entry = _held_on_entry(concurrency)
    found: dict[str, list[_Use]] = defaultdict(list)
    for function in project.functions.values():
        word = function.name.rpartition(".")[2]
        if project.file_of[function.name].is_test:
            continue
        if function.outer or _CONSTRUCTORS.search(word) or _ALONE.search(word):
            continue
        held = entry.get(function.name)
        if held is None:
            continue
        for access in function.accesses:
            owner = access.owner
            if owner[0] == "self" and owner[1] == function.class_name:
                place = f"{project.owner_of(str(owner[1]), access.word)}.{access.word}"
            elif owner[0] == "scope" and owner[1] in project.modules:
                place = f"{owner[1]}:{access.word}"
            else:
                continue
            locks = held | project.locks((*function.on_entry, *access.held))
            found[place].append(_Use(function, access, locks))
    return found


def _held_on_entry(concurrency: Concurrency) -> dict[str, frozenset[str]]:
    """What every caller of a private function holds; nothing of a public one. A function that
    nobody here calls, or only constructors, is missing."""
    project = concurrency.project
    callers: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for name, calls in concurrency.calls.items():
        function = project.functions[name]
        for callee, place in calls:
            held = project.locks((*function.on_entry, *function.calls[place].held))
            callers[callee].append((name, held))
    entry: dict[str, frozenset[str]] = {}
    private = []
    for name in project.functions:
        word = name.rpartition(".")[2]
        if word.startswith("_") and not word.endswith("__"):
            private.append(name)
        else:
            entry[name] = frozenset()
    for _ in range(5):
        for name in private:
            ways = [
                entry[caller] | held
                for caller, held in callers[name]
                if caller in entry and not _CONSTRUCTORS.search(caller.rpartition(".")[2])
            ]
            if ways:
                entry[name] = frozenset.intersection(*ways)
    return entry


def _guard(concurrency: Concurrency, uses: list[_Use]) -> str:
    """The lock that is held at most writes, if it is known to be one, and of the same owner."""
    counts: dict[str, int] = defaultdict(int)
    for each in uses:
        if each.is_write:
            for lock in each.locks:
                counts[lock] += 1
    best = max(sorted(counts), key=counts.__getitem__, default="")
    if not best:
        return ""
    held = {
        ref
        for each in uses
        for ref in (*each.access.held, *each.function.on_entry)
        if concurrency.project.lock_name(ref) == best
    }
    makers = {concurrency.project.lock_maker(ref) for ref in held}
    return best if makers and makers <= _EXCLUDING else ""


def _disturbed(under: list[_Use], beside: _Use) -> _Use | None:
    """A change in several steps that ``beside`` can fall into the middle of, and harm."""
    if beside.access.detail == "flag":
        return None
    for each in under:
        access = each.access
        if access.kind == "check" or (access.kind == "update" and access.detail != "item"):
            return each
        # A change of one item harms nobody who changes another.
        if access.kind != "write" or access.detail not in ("", "clear"):
            continue
        for other in under:
            is_read = other.access.kind == "read" and other.function is each.function
            if is_read and other.access.line < access.line and other.access.held == access.held:
                return each
    return None
