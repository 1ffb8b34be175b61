"""A value that several tasks read, change and write back, with no lock that they share.

What it finds
-------------
``self.total += amount`` and its like, where two tasks can be in it at the same time, or one in it
and another in a write of the same attribute or variable, and no lock is held by both. Which tasks
there are, and on which object they work, is followed from where they are started (a thread, a
timer, a pool, a handler that a server calls for each request, a callback of a weak reference)
through the calls and across files; locks are followed likewise. Where nobody here starts the tasks,
they are the callers of an object that is known to be shared: it stands behind a module's functions
or in the place of a function, it is a descriptor, it keeps a lock that guards the attribute
elsewhere, or its docstring says so. The evidence names which. Where the object is not known to be
the same one, nothing is found; nor is a write by a method that ends the object's use, such as
``close``.

Why it matters
--------------
Reading and writing are two steps. Between them another task can do both, and what it wrote is
lost::

    task 1   reads 5
    task 2             reads 5, writes 6
    task 1   writes 6                       one update is lost

Example
-------
::

    import threading

    class Counter:
        def __init__(self):
            self.value = 0

        def work(self):
            for _ in range(1000):
                self.value += 1

        def run(self):
            threads = [threading.Thread(target=self.work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return self.value

Instead
-------
::

    import threading

    class Counter:
        def __init__(self):
            self.value = 0
            self.lock = threading.Lock()

        def work(self):
            for _ in range(1000):
                with self.lock:
                    self.value += 1

        def run(self):
            threads = [threading.Thread(target=self.work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return self.value

How it is proved
----------------
By exploring: a schedule that switches between the read and the write, and a test that notices.

References
----------
CWE-366, race condition within a thread. Savage et al., Eraser: a dynamic data race detector for
multithreaded programs, 1997, whose locksets these are.
"""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.concurrency import Concurrency, SharedAccess
from racewright.review.pairs import (
    pairs_without_lock,
    place_of,
    story_of,
    task_of,
    updates_beside_a_task,
)
from racewright.review.rule import Rule

__all__ = ["UnlockedReadModifyWrite"]


#: Beginnings of the names of methods after which an object is not used.
_ENDS = ("close", "del", "disconnect", "exit", "shutdown", "stop", "teardown", "tear_down")


class UnlockedReadModifyWrite(Rule):
    title = "An update can be lost"
    kind = "defect"
    cwe = 366
    proof = "explore"
    fix = "suggested"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        for location, accesses in sorted(concurrency.locations.items()):
            writes = [each for each in accesses if _is_write(each)]
            told = set()
            for update, other in pairs_without_lock(concurrency, writes, "update"):
                told |= {(each.file, each.access.line) for each in (update, other)}
                yield self._finding(location, update, other)
            for update, other in updates_beside_a_task(writes):
                if (update.file, update.access.line) not in told:
                    yield self._finding(location, update, other)

    def _finding(self, location: str, update: SharedAccess, other: SharedAccess) -> Finding:
        word = update.access.word
        is_same = update.access == other.access
        places = [place_of(update)] if is_same else [place_of(update), place_of(other)]
        who = "several tasks" if is_same else f"{task_of(update)} and {task_of(other)}"
        if update.access.detail == "take":
            return self.finding(
                places,
                title=f"What is in {word} can be taken twice",
                defect=(
                    f"{word} is read and then cleared, by {who}, without a lock that they share. "
                    "Both can read it before either clears it, and have the same."
                ),
                facts=story_of(location, update, other),
                solution="Hold one lock around the reading and the clearing.",
                corrected=f"with {_lock_word(update)}:\n    …  # both statements",
            )
        return self.finding(
            places,
            title=f"An update of {word} can be lost",
            defect=(
                f"{word} is read and written in two steps, by {who}, without a lock that they "
                "share. What one writes between the two steps of the other is lost."
            ),
            facts=story_of(location, update, other),
            solution="Hold one lock around the whole update, in every task that writes it.",
            corrected=f"with {_lock_word(update)}:\n    …  # the update of {word}",
        )


def _is_write(shared: SharedAccess) -> bool:
    """Whether it updates, or writes; what an end resets is of no use to anybody any more."""
    word = shared.function.name.rpartition(".")[2].strip("_")
    is_end = shared.side.root is None and word.startswith(_ENDS)
    return shared.access.kind == "update" or (shared.access.kind == "write" and not is_end)


def _lock_word(update: SharedAccess) -> str:
    return "self._lock" if update.access.owner[0] == "self" else f"{update.access.word}_lock"
