"""A loop over a container that another task changes meanwhile.

What it finds
-------------
A ``for`` loop, or a comprehension, over an attribute or a variable that holds a ``dict``, a
``set``, a ``deque`` or a ``list``, while another task can add to it or remove from it (from a list:
remove only), and no lock is held by both. The object may be a container itself: ``for key in self``
in a subclass of ``dict``. Tasks, objects and locks are followed as for
``unlocked-read-modify-write``. ``list(container)`` and its like copy in one step and are not found,
nor is a loop that is left after the first item, nor what is called to stop, close or clean up.

Why it matters
--------------
A loop over a ``dict``, ``set`` or ``deque`` raises ``RuntimeError: … changed size during
iteration``, now and then, in production. A loop over a list is silent: it skips the item behind one
that was removed.

Example
-------
::

    import threading

    class Registry:
        def __init__(self):
            self.clients = {}
            threading.Thread(target=self._watch, daemon=True).start()

        def add(self, name, client):
            self.clients[name] = client

        def _watch(self):
            while True:
                for client in self.clients.values():
                    client.ping()

Instead
-------
::

    import threading

    class Registry:
        def __init__(self):
            self.clients = {}
            threading.Thread(target=self._watch, daemon=True).start()

        def add(self, name, client):
            self.clients[name] = client

        def _watch(self):
            while True:
                for client in list(self.clients.values()):
                    client.ping()

How it is proved
----------------
By exploring: a schedule in which the container changes inside of the loop.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation. The
documentation of ``dict`` views: "iterating views while adding or deleting entries in the dictionary
may raise a RuntimeError or fail to iterate over all entries".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.concurrency import Concurrency, SharedAccess
from racewright.review.locations import ITSELF
from racewright.review.pairs import beginning_of, can_meet, is_near, place_of, story_of, task_of
from racewright.review.rule import Rule

__all__ = ["LoopOverSharedContainer"]

_ADDING: Final = frozenset(
    {"add", "append", "appendleft", "extend", "item", "setdefault", "update"}
)
_REMOVING: Final = frozenset(
    {"clear", "del", "discard", "insert", "pop", "popitem", "popleft", "remove"}
)
#: What a loop over each container must not meet.
_DISTURBING: Final[dict[str, frozenset[str]]] = {
    "builtins.dict": (_ADDING - {"add"}) | _REMOVING,
    "builtins.set": _ADDING | _REMOVING,
    "builtins.list": _REMOVING,
    "collections.OrderedDict": _ADDING | _REMOVING,
    "collections.defaultdict": _ADDING | _REMOVING,
    "collections.Counter": _ADDING | _REMOVING,
    "collections.deque": (_ADDING - {"item"}) | _REMOVING,
}
#: Words of functions that are called when the other tasks are over, or in a process without them.
_END = re.compile(
    r"fork|stop|close|shut_?down|disconnect|terminat|clean|finali[sz]|tear_?down|join|__del|exit"
)


class LoopOverSharedContainer(Rule):
    title = "A container can change while a loop goes over it"
    kind = "defect"
    cwe = 362
    proof = "explore"
    fix = "suggested"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        for _, accesses in sorted(concurrency.locations.items()):
            told = set()
            for loop in accesses:
                kind = _container(concurrency, loop)
                key = (loop.file, loop.access.line)
                if kind not in _DISTURBING or key in told or not _counts(concurrency, loop):
                    continue
                change = _change_during(concurrency, loop, accesses, _DISTURBING[kind])
                if change is not None:
                    told.add(key)
                    yield self._finding(loop, change, kind)

    def _finding(self, loop: SharedAccess, change: SharedAccess, kind: str) -> Finding:
        word = loop.access.word
        name = kind.rpartition(".")[2]
        who = task_of(change)
        what = (
            f"What is removed from the {name} meanwhile makes the loop skip the item behind it."
            if name == "list"
            else f"A {name} that changes its size meanwhile makes the loop raise RuntimeError."
        )
        facts = [f"{change.file}:{change.access.line} changes {word}, by {who}."]
        root = loop.side.root or change.side.root
        if root is not None:
            facts.append(beginning_of(root))
        facts.append(story_of("", loop, change)[-1])
        return self.finding(
            [place_of(loop), place_of(change)],
            title=f"{word} can change while a loop goes over it",
            defect=f"This goes over {word} item by item, while {who} can change it. {what}",
            facts=facts,
            solution=(
                "Go over a copy that is made in one step, or hold one lock around the loop and "
                "around each change."
            ),
            corrected=_corrected(loop, name),
        )


def _container(concurrency: Concurrency, loop: SharedAccess) -> str:
    """Which container a loop goes over; of an object that is one itself, by the class' bases."""
    kind = loop.access.detail.removeprefix("loop ")
    if kind in _DISTURBING or loop.access.word != ITSELF or loop.access.owner[0] != "self":
        return kind
    order = concurrency.project.order_of(kind)
    own = {f"{kind}.__iter__", *(f"{each}.__iter__" for each in order)}
    if own & concurrency.project.functions.keys():
        return kind  # it says itself what a loop goes over
    return next((each for each in order if each in _DISTURBING), kind)


def _change_during(
    concurrency: Concurrency,
    loop: SharedAccess,
    accesses: list[SharedAccess],
    disturbing: frozenset[str],
) -> SharedAccess | None:
    """A change that another task can make in the middle of ``loop``."""
    for other in accesses:
        access = other.access
        if access.kind != "write" or access.detail not in disturbing:
            continue
        if not _counts(concurrency, other) or _is_called_by_nobody(concurrency, other):
            continue
        if not loop.locks & other.locks and can_meet(loop, other):
            return other
    return None


def _counts(concurrency: Concurrency, shared: SharedAccess) -> bool:
    """Whether the access is near its task's root, in no event loop of the task, and not made at the
    end of all."""
    word = shared.function.name.rpartition(".")[2].lower()
    if not is_near(shared) or _END.search(word):
        return False
    functions = concurrency.project.functions
    way = shared.side.way_to(shared.function.name) if shared.side.root is not None else []
    return not any(functions[name].is_async for name in way if name in functions)


def _is_called_by_nobody(concurrency: Concurrency, shared: SharedAccess) -> bool:
    """Whether it is in a private function that this project does not call, and that stands in for
    none of a base class: from a table, or by a callback, in a task that is not known."""
    class_name, _, word = shared.function.name.rpartition(".")
    is_private = word.startswith("_") and not word.endswith("__")
    if not is_private or shared.side.root is not None:
        return False
    project = concurrency.project
    names = {f"{each}.{word}" for each in project.order_of(class_name)}
    return len(names & project.functions.keys()) < 2 and not names & shared.side.callers.keys()


def _corrected(loop: SharedAccess, name: str) -> str:
    is_itself = loop.access.word == ITSELF
    owner = "self." if loop.access.owner[0] == "self" and not is_itself else ""
    return f"for … in list({owner}{loop.access.word}{'.items()' if 'ict' in name else ''}):"
