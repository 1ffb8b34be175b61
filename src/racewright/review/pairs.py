"""Two accesses of two tasks to one location, with no lock held in both.

What a constructor does, what the starter did before it started the task, and what it does after it
has waited for it, is in order without a lock, and makes no pair.
"""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.finding import Place
from racewright.review.concurrency import Concurrency, SharedAccess, have_one_object

__all__ = [
    "can_meet",
    "is_near",
    "pairs_without_lock",
    "place_of",
    "story_of",
    "task_of",
    "updates_beside_a_task",
]

#: Calls between a task's root and an access, beyond which what the root is for has been left.
_LONGEST_WAY = 5


def pairs_without_lock(
    concurrency: Concurrency, accesses: list[SharedAccess], kind: str
) -> Iterator[tuple[SharedAccess, SharedAccess]]:
    """For each access of ``kind``, at most one other that it can meet, itself first."""
    told = set()
    for one in accesses:
        if one.access.kind != kind or one.side.root is None:
            continue
        if not is_near(one):
            continue
        key = (one.file, one.access.line)
        if key in told:
            continue
        others = sorted(accesses, key=lambda each: each.access != one.access)
        for other in others:
            if (
                other.access.kind != "read"
                and _can_meet(one, other)
                and not one.locks & other.locks
            ):
                told.add(key)
                told.add((other.file, other.access.line))
                yield one, other
                break


def updates_beside_a_task(
    accesses: list[SharedAccess],
) -> Iterator[tuple[SharedAccess, SharedAccess]]:
    """Updates that no task alone makes, each with a write that a task makes meanwhile."""
    told = set()
    for one in accesses:
        key = (one.file, one.access.line)
        if one.access.kind != "update" or one.side.root is not None or key in told:
            continue
        if one.access.detail == "take":
            continue  # often the end, when the task is known to be over
        for other in accesses:
            is_task = other.side.root is not None and other.access.kind != "read"
            if is_task and is_near(other) and _can_meet(other, one):
                if one.locks & other.locks:
                    continue
                told.add(key)
                yield one, other
                break


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
        return mine.is_many
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
    if other.function.name == root.starter:
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
    if root is None:
        return "whoever calls " + ".".join(shared.function.name.split(".")[-2:])
    return f"the {root.kind if root.kind != 'pool' else 'pool task'} that {root} starts"


def story_of(location: str, one: SharedAccess, other: SharedAccess) -> list[str]:
    """The evidence: who runs there, and which locks each holds."""
    del location
    sentences = []
    root = one.side.root
    if root is not None:
        many = ", several times at once" if root.is_many else ""
        name = ".".join(root.function.split(".")[-2:])
        sentences.append(f"{root} starts {name} as a {_KINDS.get(root.kind, root.kind)}{many}.")
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


_KINDS = {"pool": "task of a pool", "periodic": "periodic task"}
_ACTS = {"update": "read and write", "write": "write", "check": "look and act", "read": "read"}


def _locks(shared: SharedAccess) -> str:
    return ", ".join(sorted(each.rpartition(".")[2] for each in shared.locks)) or "none"
