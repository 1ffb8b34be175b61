"""Synchronisation that synchronises nothing: what a mutant leaves of a lock, a wait, a join.

Only the exclusion is gone, or the waiting. Who has taken a lock how often is still counted, so that
nothing fails for the sole reason that a lock was neutralised: a release has always been preceded by
an acquisition, ``locked()`` is true in a critical section, an RLock is known to its owners. Each
operation remains a scheduling point, which a task may be switched out at as natively at any
instruction.

At most one mutant is at work in a process. It is put in place from :mod:`racewright.interpose`.
"""

from __future__ import annotations

import os
from collections.abc import Hashable

from racewright.errors import TaskAbandoned
from racewright.kernel.resources import Mutex
from racewright.kernel.scheduler import Kernel
from racewright.kernel.sites import caller_site
from racewright.model.operation import Site, display_path

__all__ = ["NEUTRAL", "Neutral", "Neutralised"]

#: Early returns from one wait by one task in a run. What waits in a loop, until something is so,
#: would otherwise look for ever, and that would be our failure and not the program's.
EARLY_RETURNS = 10


class Neutralised:
    """Which mutant is at work; ``kind`` is empty while there is none."""

    __slots__ = ("counts", "file", "kind", "line")

    def __init__(self) -> None:
        self.kind = ""
        self.file = ""
        self.line = 0
        #: In the present run: early returns, arrivals at barriers.
        self.counts: dict[Hashable, int] = {}

    def set(self, kind: str = "", file: str = "", line: int = 0) -> None:
        self.kind, self.file, self.line = kind, file, line
        self.counts.clear()

    def is_at(self, site: Site | None) -> bool:
        """Whether ``site`` is the line that is named, whatever of its path is given."""
        if site is None or site.line != self.line:
            return False
        file = self.file
        if site.file == file or display_path(site.file) == file:
            return True
        return not os.path.isabs(file) and site.file.endswith(os.sep + file)

    def count(self, kernel: Kernel, key: Hashable) -> int:
        """How often this was asked with ``key`` before, in the present run."""
        counts = self.counts
        if not counts:
            kernel.cleanups.append(counts.clear)
        number = counts.get(key, 0)
        counts[key] = number + 1
        return number

    def is_early(self, kernel: Kernel, kind: str, site: Site) -> bool:
        """Whether what the current task waits for at ``site`` is to be passed by."""
        if self.kind != kind or not self.is_at(site):
            return False
        return self.count(kernel, (kernel.current.index, site.line)) < EARLY_RETURNS


NEUTRAL = Neutralised()


class Neutral:
    """Who has taken a lock that excludes nobody, and how often, in the present run."""

    __slots__ = ("counts", "is_counting", "mutex")

    def __init__(self, mutex: Mutex) -> None:
        self.mutex = mutex
        self.counts: dict[int, int] = {}
        self.is_counting = False  #: in a run that will tell us when it is over

    def forget(self) -> None:
        self.counts.clear()
        self.is_counting = False

    def take(self, kernel: Kernel, *, is_reentrant: bool) -> bool:
        """Always true. Entering an RLock again is no operation, as ever."""
        counts = self.counts
        me = kernel.current.index
        if not (is_reentrant and counts.get(me)):
            kernel.point("acquire", self.mutex, caller_site())
        if not self.is_counting:
            self.is_counting = True
            kernel.cleanups.append(self.forget)
        counts[me] = counts.get(me, 0) + 1
        return True

    def give_back(self, kernel: Kernel, *, is_reentrant: bool) -> None:
        me = kernel.current.index
        if is_reentrant:
            if not self.counts.get(me):
                if kernel.is_over:
                    raise TaskAbandoned
                raise RuntimeError("cannot release un-acquired lock")
        elif self.counts and not self.counts.get(me):
            me = next(iter(self.counts))  # anybody may give back a Lock
        if not kernel.is_over and not (is_reentrant and self.counts[me] > 1):
            kernel.point("release", self.mutex, caller_site())
        self.put(me, self.counts.get(me, 0) - 1)

    def put(self, task: int, count: int) -> None:
        """``task`` holds it ``count`` times."""
        if count > 0:
            self.counts[task] = count
        else:
            self.counts.pop(task, None)

    def save(self, kernel: Kernel) -> int:
        """Part of a wait: given back at one go, without a scheduling point; how often it was held.

        What comes after the wait is :meth:`put`.
        """
        count = self.count_of(kernel)
        self.put(kernel.current.index, 0)
        return count

    def count_of(self, kernel: Kernel) -> int:
        """How often the current task holds it."""
        return self.counts.get(kernel.current.index, 0)

    @property
    def is_taken(self) -> bool:
        return bool(self.counts)
