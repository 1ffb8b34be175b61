"""A look at what several tasks share, and an act that relies on it still being so.

What it finds
-------------
``if key not in shared: shared[key] = …``, ``if key not in shared: shared.add(key); …``,
``if key in shared: del shared[key]``, ``if self.x is None: self.x = …``, and
``last = shared[key]``, where a test of ``last`` decides whether ``shared[key]`` is changed; where
two tasks can do so at the same time on one object, and no lock is held by both. Tasks, objects and
locks are followed as for ``unlocked-read-modify-write``. An ``if`` whose body first takes a lock is
not found: that is double-checked locking. Nor is it where callers that nobody here starts as tasks
make a value that is the same for all of them, such as a compiled pattern, or where a handler looks
for what only its own client has.

Why it matters
--------------
Between the look and the act another task can do the same. Then there are two of what should be one,
one of them lost with all that was put into it; or the second ``del`` raises ``KeyError``.

Example
-------
::

    import threading

    class Pool:
        def __init__(self):
            self.connections = {}

        def connect(self, host):
            if host not in self.connections:
                self.connections[host] = object()
            return self.connections[host]

        def warm_up(self, hosts):
            for host in hosts:
                threading.Thread(target=self.connect, args=(host,)).start()

Instead
-------
::

    import threading

    class Pool:
        def __init__(self):
            self.connections = {}
            self.lock = threading.Lock()

        def connect(self, host):
            with self.lock:
                if host not in self.connections:
                    self.connections[host] = object()
                return self.connections[host]

        def warm_up(self, hosts):
            for host in hosts:
                threading.Thread(target=self.connect, args=(host,)).start()

How it is proved
----------------
By exploring: a schedule that switches between the look and the act.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation. Lu et al.,
Learning from mistakes, 2008: most non-deadlock bugs violate an atomicity that was assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.concurrency import CALLERS, Concurrency, SharedAccess
from racewright.review.pairs import pairs_without_lock, place_of, story_of, task_of
from racewright.review.rule import Rule
from racewright.review.tasks import CONTAINERS

__all__ = ["CheckThenAct"]

_HARMS = {
    "compute": "Both see that it is not computed yet, and both compute it: cached_property has no "
    "lock since Python 3.12.",
    "decide": "Both decide on what they saw, and both act: for one of them it is so no longer.",
    "create plain": "Both see that it is missing, and both make one; what is put into one is lost.",
    "create": "Both see that it is missing, and both make one; one of the two is lost.",
    "insert": "Both see that the key is missing, and the second entry replaces the first.",
    "add": "Both see that it is missing, and what is to be done once is done twice.",
    "remove": "Both see that the key is there, and the second removal raises.",
}

#: Beginnings of the names of functions that give the same for the same, of which nobody cares
#: which of two it has.
_VALUES = (
    *(f"builtins.{word}" for word in ("bool", "bytes", "float", "frozenset", "hash", "id", "int")),
    *(f"builtins.{word}" for word in ("len", "max", "min", "repr", "str", "sum", "tuple")),
    *("inspect.", "locale.", "logging.", "math.", "operator.", "os.get", "os.path.", "platform."),
    *("re.", "string.", "sys.", "types.", "typing.", "_winapi."),
)


class CheckThenAct(Rule):
    title = "What was looked at can change before it is acted upon"
    kind = "defect"
    cwe = 362
    proof = "explore"
    fix = "suggested"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        for location, accesses in sorted(concurrency.locations.items()):
            for check, other in pairs_without_lock(concurrency, accesses, "check"):
                if other.access.kind != "check" or _is_of_one_task(check):
                    continue
                if _is_of_an_object(concurrency, check):
                    continue
                if not _is_harmless(check, accesses) and not _is_alike(concurrency, check):
                    yield self._finding(location, check, other)

    def _finding(self, location: str, check: SharedAccess, other: SharedAccess) -> Finding:
        word = check.access.word
        is_same = check.access == other.access
        places = [place_of(check)] if is_same else [place_of(check), place_of(other)]
        who = "Several tasks" if is_same else f"{task_of(check)} and {task_of(other)}"
        who = who[:1].upper() + who[1:]
        return self.finding(
            places,
            title=f"{word} can change between a look at it and the act",
            defect=f"{who} can be here at the same time. {_HARMS[check.access.detail]}",
            facts=story_of(location, check, other),
            solution="Hold one lock around the look and the act, or use an operation that is both.",
            corrected=_corrected(check),
        )


def _is_harmless(check: SharedAccess, accesses: list[SharedAccess]) -> bool:
    """Whether two that are made alike are as good as one: nobody puts anything into it later."""
    if check.access.detail != "create plain":
        return False
    lines = range(check.access.line, check.access.end_line + 1)
    return not any(
        each.access.kind in ("write", "update")
        and not (each.file == check.file and each.access.line in lines)
        and not each.function.name.endswith(".__init__")
        for each in accesses
    )


def _is_of_one_task(check: SharedAccess) -> bool:
    """Whether only one task at a time comes here with the key that it looks for."""
    root = check.side.root
    is_first = root is not None and root.function == check.function.name
    return root is not None and is_first and bool(root.own) and root.own == check.access.key


def _is_of_an_object(concurrency: Concurrency, check: SharedAccess) -> bool:
    """Whether what is looked into is an object of this project's own, and no container: whose
    items each caller finds there is that object's matter."""
    root, access = check.side.root, check.access
    if root is None or root.kind not in (CALLERS, "handler") or access.owner[0] != "scope":
        return False
    project = concurrency.project
    held = project.evaluate(("name", f"{access.owner[1]}.{access.word}"))
    if held is None or held.kind != "instance" or held.name not in project.classes:
        return False
    return access.detail in ("insert", "remove", "add", "decide") and not (
        CONTAINERS & {*project.order_of(held.name)}
    )


def _is_alike(concurrency: Concurrency, check: SharedAccess) -> bool:
    """Whether what a caller makes is as good as what another does: a value, and not an object.

    What a function of this project gives is taken for a value where it is not known; not so what
    the object was given to call.
    """
    root, made = check.side.root, check.access.made
    if root is None or root.kind != CALLERS or check.access.detail not in ("create", "insert"):
        return False
    while made is not None and made[0] == "local":
        made = made[3]
    if made is None or made[0] != "new":
        return False
    callee = concurrency.project.evaluate(made[1])
    value = concurrency.project.evaluate(made)
    if value is None:
        return callee is not None and callee.kind == "function"
    return value.kind == "instance" and value.name.startswith(_VALUES)


def _corrected(check: SharedAccess) -> str:
    word = check.access.word
    owner = "self." if check.access.owner[0] == "self" else ""
    if check.access.detail == "remove":
        return f"{owner}{word}.pop(key, None)"
    lock = f"{owner}_lock" if owner else f"{word}_lock"
    return f"with {lock}:\n    …  # the whole if statement"
