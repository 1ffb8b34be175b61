"""Two accesses of two tasks to one location, with no lock held in both.

What a constructor does, what the starter did before it started the task, and what it does after it
has waited for it, is in order without a lock, and makes no pair.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeAlias

from racewright.model.finding import Place
from racewright.review.concurrency import (
    CALLERS,
    Concurrency,
    Root,
    SharedAccess,
    have_one_object,
)
from racewright.review.facts import Access
from racewright.review.guards import lines_beside

__all__ = [
    "beginning_of",
    "can_meet",
    "is_near",
    "pairs_without_lock",
    "place_of",
    "story_of",
    "task_of",
    "updates_beside_a_task",
]

#: An access, and its place in their order.
_Numbered: TypeAlias = tuple[int, SharedAccess]
#: Calls between a task's root and an access, beyond which what the root is for has been left.
_LONGEST_WAY = 5


def pairs_without_lock(
    concurrency: Concurrency, accesses: list[SharedAccess], kind: str
) -> Iterator[tuple[SharedAccess, SharedAccess]]:
    """For each access of ``kind``, at most one other that it can meet, itself first."""
    told = set()
    writes = [each for each in accesses if each.access.kind != "read"]
    others = _Others(writes)
    equal: dict[Access, list[SharedAccess]] = defaultdict(list)
    for each in writes:
        equal[each.access].append(each)
    same = {access: _Others(every) for access, every in equal.items()}
    for one in accesses:
        if one.access.kind != kind or one.side.root is None:
            continue
        key = (one.file, one.access.line)
        if key in told or not is_near(one):
            continue
        if one.side.root.kind == CALLERS and key in concurrency.once(lines_beside):
            continue  # it is told of with the lock that it lacks
        for other in itertools.chain(same[one.access].of(one), others.of(one)):
            if _can_meet(one, other) and not one.locks & other.locks:
                told.add(key)
                told.add((other.file, other.access.line))
                yield one, other
                break


def updates_beside_a_task(
    accesses: list[SharedAccess],
) -> Iterator[tuple[SharedAccess, SharedAccess]]:
    """Updates that no task alone makes, each with a write that a task makes meanwhile."""
    told = set()
    writes = [
        each for each in accesses if each.side.root is not None and each.access.kind != "read"
    ]
    others = [each for each in _one_of_each_kind(writes) if is_near(each)]
    for one in accesses:
        key = (one.file, one.access.line)
        if one.access.kind != "update" or one.side.root is not None or key in told:
            continue
        if one.access.detail == "take":
            continue  # often the end, when the task is known to be over
        for other in others:
            if _can_meet(other, one) and not one.locks & other.locks:
                told.add(key)
                yield one, other
                break


def _one_of_each_kind(accesses: list[SharedAccess]) -> list[SharedAccess]:
    """Of those that one side makes in one function in the same circumstances, the first: whom the
    others can meet, it can. In a function that starts tasks, the line matters as well."""
    starters = {each.side.root.starter for each in accesses if each.side.root is not None}
    found: dict[Hashable, SharedAccess] = {}
    for each in accesses:
        name = each.function.name
        line = each.access.line if name in starters else 0
        found.setdefault((id(each.side), name, each.locks, each.objects, each.kin, line), each)
    return list(found.values())


class _Others:
    """Those of ``accesses`` that another access may meet."""

    def __init__(self, accesses: list[SharedAccess]) -> None:
        self._own: dict[Root | None, list[_Numbered]] = defaultdict(list)
        self._started: list[_Numbered] = []
        self._functions: set[str] = set()  #: that these tasks run
        self._of_start: dict[tuple[str, str], list[_Numbered]] = defaultdict(list)
        for number, each in enumerate(_one_of_each_kind(accesses)):
            root = each.side.root
            self._own[root].append((number, each))
            if root is not None and root.starter:
                self._started.append((number, each))
                self._functions.add(root.function)
                self._of_start[root.function, root.starter].append((number, each))

    def of(self, one: SharedAccess) -> Iterator[SharedAccess]:
        """In their order. Of a task whose starter is not known only its own are there, and those of
        whoever is no task: it is not said to be alive while another is. Two that run one function,
        and that different functions start, do not meet either."""
        root = one.side.root
        lists: list[Iterable[_Numbered]] = [self._own.get(root, []), self._own.get(None, [])]
        if root is not None and root.starter:
            lists.append(self._of_start.get((root.function, root.starter), []))
            if self._functions != {root.function}:
                lists.append(self._started)
        return (each for _, each in heapq.merge(*lists, key=lambda each: each[0]))


def is_near(shared: SharedAccess) -> bool:
    """Whether the access is still what its task is for."""
    return len(shared.side.way_to(shared.function.name)) <= _LONGEST_WAY


def can_meet(one: SharedAccess, other: SharedAccess) -> bool:
    """Whether two tasks can be in the two accesses at the same time, whichever comes first."""
    return _can_meet(one, other) or _can_meet(other, one)


def _can_meet(one: SharedAccess, other: SharedAccess) -> bool:
    """Whether two tasks can be in the two accesses at the same time."""
    mine, theirs = one.side.root, other.side.root
    if mine is None or not have_one_object(one, other):
        return False
    if theirs is not None and mine == theirs:
        # A change without the lock beside one that holds it is told of with the lock.
        is_of_guards = mine.guarded is not None and one.access.kind != "read"
        if is_of_guards and (one.locks or other.locks):
            return False
        # Of two locks of one object, one may stand for the other.
        return mine.is_many and not (mine.kind == CALLERS and one.locks and other.locks)
    if mine.kind == CALLERS or (theirs is not None and theirs.kind == CALLERS):
        return False  # on one object, of which nothing else is known
    if theirs is None:
        return _is_concurrent_outside(one, other)
    if mine.function == theirs.function and mine.starter != theirs.starter:
        return False  # two programs, or two tests, that start the same function
    return _are_both_alive(one, other)


def _is_concurrent_outside(one: SharedAccess, other: SharedAccess) -> bool:
    """Whether what nobody starts as a task can run while the task of ``one`` does."""
    root = one.side.root
    if root is None or other.function.name in one.side.locks:
        return False  # it is the task's own function, called by somebody else as well
    if other.function.is_test or "<module>" in other.function.name:
        return False
    if other.function.name == root.starter and root.kind != "finalizer":
        is_after = other.access.line > root.line
        return is_after and (not root.joined_at or other.access.line < root.joined_at)
    # A method that starts the task is a beginning: what it calls may come before or after.
    word = other.function.name.rpartition(".")[2]
    return not word.lower().strip("_").startswith(("start", "setup", "set_up", "init", "reset"))


def _are_both_alive(one: SharedAccess, other: SharedAccess) -> bool:
    """Whether one task is started before the other has been waited for, by one starter."""
    mine, theirs = one.side.root, other.side.root
    if mine is None or theirs is None:
        return False
    if not mine.starter or not theirs.starter or mine.starter != theirs.starter:
        # Threads of one object that different methods start: both can be alive.
        one_class = mine.starter.rpartition(".")[0]
        return (
            bool(one_class)
            and one_class == theirs.starter.rpartition(".")[0]
            and (mine.is_bound and theirs.is_bound and not mine.joined_at and not theirs.joined_at)
        )
    first, second = sorted((mine, theirs), key=lambda root: root.line)
    return not first.joined_at or first.joined_at > second.line


def place_of(shared: SharedAccess) -> Place:
    """The lines of an access; their text is filled in from the file."""
    function = shared.function.name
    module = shared.file.removesuffix(".py").replace("/", ".").rpartition(".")[2]
    words = function.partition(f"{module}.")[2] or function
    return Place(shared.file, shared.access.line, shared.access.end_line, 1, words)


def task_of(shared: SharedAccess) -> str:
    """Who makes the access, in words."""
    root = shared.side.root
    if root is None or root.kind == CALLERS:
        return "whoever calls " + ".".join(shared.function.name.split(".")[-2:])
    if root.kind in ("handler", "finalizer"):
        return f"the {root.kind} of {root}"
    return f"the {root.kind if root.kind != 'pool' else 'pool task'} that {root} starts"


def story_of(location: str, one: SharedAccess, other: SharedAccess) -> list[str]:
    """The evidence: who runs there, and which locks each holds."""
    del location
    root = one.side.root
    sentences = [beginning_of(root)] if root is not None else []
    place = dict(root.guarded or ()).get(one.access.word) if root is not None else None
    if place:
        sentences.append(f"{place} uses {one.access.word} with a lock held.")
    if root is not None:
        way = one.side.way_to(one.function.name)
        if len(way) > 1:
            steps = " → ".join(each.rpartition(".")[2] for each in way)
            sentences.append(f"It comes to line {one.access.line} by {steps}.")
    if other.access != one.access:
        sentences.append(
            f"{other.file}:{other.access.line} is a {_ACTS[other.access.kind]} by {task_of(other)}."
        )
    sentences.append(
        f"Locks held: {_locks(one)}"
        + ("." if other.access == one.access else f" here, {_locks(other)} there.")
    )
    return sentences


def beginning_of(root: Root) -> str:
    """Who makes the tasks of a root, and when, as a sentence."""
    if root.why:
        return root.why
    name = ".".join(root.function.split(".")[-2:]).removeprefix("<locals>.")
    if root.kind == "handler":
        return f"{root} gives {name} to what calls it for each request, in a thread of its own."
    if root.kind == "finalizer":
        return f"{root} has {name} called when an object is gone, in whichever thread that is."
    many = ", several times at once" if root.is_many else ""
    return f"{root} starts {name} as a {_KINDS.get(root.kind, root.kind)}{many}."


_KINDS = {"pool": "task of a pool", "periodic": "periodic task"}
_ACTS = {"update": "read and write", "write": "write", "check": "look and act", "read": "read"}


def _locks(shared: SharedAccess) -> str:
    return ", ".join(sorted(each.rpartition(".")[2] for each in shared.locks)) or "none"
