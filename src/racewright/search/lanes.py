"""The search in forked workers, each of which runs many executions of its part of the search.

A worker that dies of its program is sent again, watched, to learn of which schedule it died, and is
then replaced by one that searches elsewhere; one that has grown too large hands over to another.
"""

from __future__ import annotations

import gc
import os
import select
import sys
from collections.abc import Callable
from typing import Any

from racewright import originals
from racewright.model.execution import Failure
from racewright.run import many_runs
from racewright.search.budget import Budget
from racewright.search.deaths import (
    GRACE,
    DeviationLog,
    crash_failure,
    mmap_of,
    stuck_failure,
    turns,
)
from racewright.search.executions import Executions
from racewright.search.finds import Finds
from racewright.search.tally import Tally
from racewright.search.workers import Child
from racewright.strategies.portfolio import Portfolio

__all__ = ["Lane", "Lanes"]

#: Workers of one lane that may die of their program before the rest of its budget is given up.
MAX_DEATHS = 50
#: Growth of a child's memory, in bytes, after which a fresh one goes on in its place.
MAX_GROWTH = 400 << 20


class Lane:
    """One worker's part of the search, which survives the worker."""

    def __init__(self, part: int, share: int, source: Portfolio, quota: int) -> None:
        self.part = part
        self.share = share
        self.source = source
        self.quota = quota
        self.counted = 0  #: executions of this quota that have been counted
        self.deaths = 0
        self.child: Child | None = None
        self.goes_on = False  #: whether another child is to do what is left of the quota
        self.log: Any = None


class Lanes:
    """All the workers of one search. ``exhausted`` once there is no schedule left to try."""

    def __init__(
        self, executions: Executions, finds: Finds, budget: Budget, tell: Callable[[], None]
    ) -> None:
        self.executions = executions
        self.settings = executions.settings
        self.finds = finds
        self.budget = budget
        self.tally = budget.tally
        self.tell = tell
        self.exhausted: Portfolio | None = None
        self.parts_exhausted: set[int] = set()

    def search(self) -> bool:
        """Until a failure or the budget's end; ``False``: workers are no longer isolation
        enough."""
        left = self.budget.executions_left()
        share = min(self.settings.worker_count, max(1, left // 8))
        quota = -(-left // share)
        gc.collect()
        gc.freeze()
        lanes = [
            Lane(part, share, self.executions.portfolio(part, share), quota)
            for part in range(share)
        ]
        try:
            return self.watch(lanes)
        finally:
            for lane in lanes:
                if lane.child is not None:
                    lane.child.kill()
            gc.unfreeze()

    def watch(self, lanes: list[Lane]) -> bool:
        for lane in lanes:
            self.start(lane)
        while any(lane.child is not None for lane in lanes):
            open_ = [lane.child.reading for lane in lanes if lane.child is not None]
            select.select(open_, [], [], 0.1)
            for lane in lanes:
                if lane.child is not None and self.listen(lane):
                    return True
            self.tell()
            if self.budget.is_out_of_time():
                return True
            if self.executions.isolation != "worker":
                return False
        return True

    def start(self, lane: Lane) -> None:
        def work(child: Child) -> None:
            with many_runs():
                self.work(child, lane)

        lane.child = Child(work)

    # ------------------------------------------------------------------ in the child

    def work(self, child: Child, lane: Lane) -> None:
        """Executions until the quota is spent or a failure is found."""
        tally = Tally()
        source = lane.source
        known = self.finds.known
        log = DeviationLog(lane.log) if lane.log is not None else None
        until = self.budget.time
        size = _memory()
        flushed = originals.monotonic()
        left = lane.quota

        def stuck(failure: Failure) -> None:
            child.send("tally", tally)
            child.send("failure", self.executions.lost(failure, log))
            originals.exit_now(0)

        while left > 0 and not source.is_exhausted:
            left -= 1
            if log is not None:
                log.clear()
            path = turns(child) if log is not None else None
            execution = self.executions.one(
                source, tally, child, known=known, on_stuck=stuck, deviations=log, path=path
            )
            child.beat()
            now = originals.monotonic()
            if lane.quota - left <= lane.counted:  # by our predecessor, before it died
                tally = tally.successor()
            if execution.failure is not None and not (
                self.settings.keep_going and execution.failure.fingerprint in known
            ):
                known.add(execution.failure.fingerprint)
                child.send("tally", tally)
                tally = tally.successor()
                child.send("failure", execution)
                if not self.settings.keep_going:
                    # If the parent finds that it does not count.
                    child.send("go on", (source, left))
                    return
            elif now - flushed > 0.2:
                flushed = now
                child.send("tally", tally)
                tally = tally.successor()
                if until is not None and now - self.budget.began > until:
                    return
                if _memory() - size > MAX_GROWTH:
                    child.send("go on", (source, left))
                    return
        child.send("tally", tally)
        if source.is_exhausted:
            child.send("exhausted", source)

    # ------------------------------------------------------------------ in the parent

    def listen(self, lane: Lane) -> bool:
        """Take what a worker has sent; whether the search is over."""
        child = lane.child
        assert child is not None
        for kind, value in child.receive():
            if kind == "tally":
                self.tally.merge(value)
                lane.counted += value.executions
            elif kind == "failure":
                if self.finds.ends_search(value):
                    return True
            elif kind == "go on":
                # Its end may be seen only the next time.
                lane.source, lane.quota = value
                lane.counted = 0
                lane.goes_on = True
            elif kind == "exhausted":
                self.parts_exhausted.add(lane.part)
                if len(self.parts_exhausted) == lane.share:
                    self.exhausted = value
        if child.is_open:
            if child.silence() <= self.settings.stall + GRACE:
                return False
            stacks = child.ask_for_stacks()
            child.kill()
            failure = stuck_failure(stacks, self.settings)
        elif not child.death():
            lane.child = None
            if lane.goes_on:
                lane.goes_on = False
                self.start(lane)
            return False
        else:
            failure = crash_failure(child.death(), child.last_words, self.settings)
        lane.child = None
        return self.mourn(lane, failure)

    def mourn(self, lane: Lane, failure: Failure) -> bool:
        """A worker died of its program: send it again, or take its death as found; whether the
        search is over."""
        if lane.log is None:
            # Deterministic as it is, the worker will come to the same end, and this time we watch.
            lane.log = mmap_of(DeviationLog.SIZE)
            self.start(lane)
            return False
        log = DeviationLog(lane.log)
        unsent = log.executions - lane.counted
        self.tally.executions += unsent
        lane.counted += unsent
        is_over = self.finds.ends_search(self.executions.lost(failure, log))
        if not is_over:
            self.replace(lane)
        return is_over

    def replace(self, lane: Lane) -> None:
        """A worker died of its program, as it will whenever it comes there again: send another."""
        lane.deaths += 1
        lane.quota -= lane.counted
        if lane.quota <= 0 or lane.deaths > MAX_DEATHS:
            return
        lane.counted = 0
        lane.log = None
        lane.source = self.executions.portfolio(lane.part, lane.share, lane.deaths)
        self.start(lane)


def _memory() -> int:
    """Resident size of this process, in bytes."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
            1 if sys.platform == "darwin" else 1024
        )
