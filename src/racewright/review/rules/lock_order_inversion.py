"""Two locks that one path takes in one order, and another path in the other.

What it finds
-------------
A circle in the order of locks: a lock is taken while another is held, here and in the other order
there, in one function or through calls, across files. Counted are locks whose maker is known. What
only non-blocking attempts take is left out, and so is a pair that a third lock, held on both paths,
keeps apart.

Why it matters
--------------
Each of two tasks holds what the other waits for. Neither goes on, and nothing is logged.

Example
-------
::

    import threading

    accounts = threading.Lock()
    journal = threading.Lock()

    def transfer():
        with accounts:
            with journal:
                pass

    def audit():
        with journal:
            with accounts:
                pass

Instead
-------
::

    import threading

    accounts = threading.Lock()
    journal = threading.Lock()

    def transfer():
        with accounts:
            with journal:
                pass

    def audit():
        with accounts:
            with journal:
                pass

How it is proved
----------------
By exploring: a schedule in which both tasks have their first lock, and a deadlock.

References
----------
CWE-833, deadlock. Havelund, Using runtime analysis to guide model checking of Java programs, 2000,
whose gate locks are the third ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import Concurrency
from racewright.review.facts import FunctionFacts
from racewright.review.project import Project
from racewright.review.refs import Ref
from racewright.review.rule import Rule
from racewright.review.tasks import LOCKS

__all__ = ["LockOrderInversion"]

#: By functions, the locks that a call of one takes, with the way there.
_Within: TypeAlias = dict[str, dict[str, tuple[str, ...]]]
_DEEPEST = 5


class _Edge(NamedTuple):
    """While ``outer`` is held, ``inner`` is taken."""

    outer: str
    inner: str
    file: str
    line: int
    way: tuple[str, ...]
    gates: frozenset[str]


class LockOrderInversion(Rule):
    title = "Two locks are taken in both orders"
    kind = "defect"
    cwe = 833
    proof = "explore"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        edges: dict[tuple[str, str], list[_Edge]] = {}
        project = concurrency.project
        within: _Within = {}
        for function in project.functions.values():
            for edge in _edges(concurrency, function, within):
                if edge.outer != edge.inner:
                    edges.setdefault((edge.outer, edge.inner), []).append(edge)
        for (outer, inner), there in sorted(edges.items()):
            if outer < inner:
                pairs = ((one, two) for one in there for two in edges.get((inner, outer), ()))
                pair = next((each for each in pairs if not each[0].gates & each[1].gates), None)
                if pair is not None:
                    yield self._finding(*pair)

    def _finding(self, one: _Edge, two: _Edge) -> Finding:
        first, second = _short(one.outer), _short(one.inner)
        return self.finding(
            [Place(one.file, one.line), Place(two.file, two.line)],
            title=f"{first} and {second} are taken in both orders",
            defect=(
                f"One path takes {first} and then {second}, another {second} and then {first}. Two "
                "tasks that are each in one of them wait for one another for ever."
            ),
            facts=[_told(one), _told(two)],
            solution="Choose one order and keep to it on every path, or take both at one place.",
        )


def _edges(concurrency: Concurrency, function: FunctionFacts, within: _Within) -> Iterator[_Edge]:
    project = concurrency.project
    file = project.file_of[function.name].file
    for taken in function.acquires:
        held = _known(project, (*function.on_entry, *taken.held))
        for inner in _known(project, (taken.lock,)):
            for outer in held:
                yield _Edge(outer, inner, file, taken.line, (), frozenset(held) - {outer, inner})
    for callee, place in concurrency.calls[function.name]:
        call = function.calls[place]
        held = _known(project, call.held)
        if not held or not _is_own(call.callee):
            continue
        if callee not in within:
            within[callee] = _taken_in(concurrency, callee)
        for inner, way in within[callee].items():
            for outer in held:
                gates = frozenset(held) - {outer, inner}
                yield _Edge(outer, inner, file, call.line, way, gates)


def _is_own(callee: Ref) -> bool:
    """Whether the called object is the caller's own, or a module's: not just one of its class."""
    owner = callee[1]
    while isinstance(owner, tuple) and owner[0] == "attr":
        owner = owner[1]
    return not isinstance(owner, tuple) or owner[0] in ("self", "super", "name")


def _taken_in(concurrency: Concurrency, name: str) -> dict[str, tuple[str, ...]]:
    """The locks that a call of the function takes, each with the shortest way there."""
    found: dict[str, tuple[str, ...]] = {}
    ways: dict[str, tuple[str, ...]] = {name: (name,)}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        function, way = concurrency.project.functions[here], ways[here]
        for taken in function.acquires:
            for lock in _known(concurrency.project, (taken.lock,)):
                found.setdefault(lock, way)
        for callee, place in concurrency.calls[here] if len(way) <= _DEEPEST else ():
            if callee not in ways and _is_own(function.calls[place].callee):
                ways[callee] = (*way, callee)
                waiting.append(callee)
    return found


def _known(project: Project, held: tuple[Ref, ...]) -> list[str]:
    """The names of those that are known to be locks, and one lock by each name."""
    found = []
    for ref in held:
        form = ref[0]
        is_fixed = form in ("name", "label") or (form == "attr" and ref[1][0] in ("self", "name"))
        if is_fixed and (form == "label" or project.lock_maker(ref) in LOCKS):
            found.append(project.lock_name(ref))
    return found


def _told(edge: _Edge) -> str:
    way = " → ".join(each.rpartition(".")[2] for each in edge.way)
    through = f", through {way}" if way else ""
    return (
        f"{edge.file}:{edge.line} takes {_short(edge.inner)} while {_short(edge.outer)} is held"
        f"{through}."
    )


def _short(lock: str) -> str:
    return ".".join(lock.split(".")[-2:])
