"""Which lock guards an attribute, told from where it is changed, and who changes it without.

A class, or a module, that changes something under a lock in most places means it to be changed by
several tasks. Of these no one needs to be known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from racewright.review.concurrency import Concurrency
from racewright.review.facts import Access, FunctionFacts
from racewright.review.tasks import EXCLUDING

__all__ = ["Beside", "Use", "changes_beside", "lines_beside"]

_CONSTRUCTORS = re.compile(r"__(init|new|post_init|init_subclass|setstate|del|exit|enter|copy)__$")
_ALONE = re.compile(
    r"^_*(start|open|init|set_?up|reset|close|stop|shut_?down|terminate|tear_?down|clear_all|dispose"
    r"|join|configure)|fork|locked|holding|unsafe|unlocked|no_?lock|without_?lock"
)
_WRITES = ("write", "update", "check")


class Use(NamedTuple):
    function: FunctionFacts
    access: Access
    locks: frozenset[str]

    @property
    def is_write(self) -> bool:
        return self.access.kind in _WRITES


class Beside(NamedTuple):
    """A change without the lock that guards the others."""

    location: str
    lock: str
    use: Use
    whole: Use  #: a change in several steps, with the lock, that ``use`` can fall into


def changes_beside(concurrency: Concurrency) -> tuple[Beside, ...]:
    """All of them, location by location."""
    return tuple(_changes(concurrency))


def _changes(concurrency: Concurrency) -> Iterator[Beside]:
    for location, uses in sorted(_uses(concurrency).items()):
        lock = _guard(concurrency, uses)
        if not lock:
            continue
        under = [each for each in uses if lock in each.locks]
        beside = [each for each in uses if each.is_write and lock not in each.locks]
        writers = {each.function.name for each in under if each.is_write}
        if len({each.function.name for each in beside}) >= len(writers):
            continue
        for each in beside:
            whole = _disturbed(under, each)
            if whole is not None:
                yield Beside(location, lock, each, whole)


def lines_beside(concurrency: Concurrency) -> frozenset[tuple[str, int]]:
    """Their files and lines."""
    files = concurrency.project.file_of
    return frozenset(
        (files[each.use.function.name].file, each.use.access.line)
        for each in concurrency.once(changes_beside)
    )


def _uses(concurrency: Concurrency) -> dict[str, list[Use]]:
    """What each location's accesses hold; of attributes of ``self`` and variables of modules."""
    project = concurrency.project
    entry = _held_on_entry(concurrency)
    found: dict[str, list[Use]] = defaultdict(list)
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
            found[place].append(Use(function, access, locks))
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


def _guard(concurrency: Concurrency, uses: list[Use]) -> str:
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
    return best if makers and makers <= EXCLUDING else ""


def _disturbed(under: list[Use], beside: Use) -> Use | None:
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
