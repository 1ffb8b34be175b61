"""Before the search: the default schedule, twice.

What fails without any race is told from what an order makes fail, and what is not deterministic is
known, before anything is searched.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable

from racewright import store
from racewright.model.execution import Execution, Outcome
from racewright.search.deaths import crash_failure, turns
from racewright.search.executions import Executions
from racewright.search.finds import Finds
from racewright.search.tally import Tally
from racewright.search.workers import Child
from racewright.strategies.base import Strategy
from racewright.strategies.random_walk import RandomWalk
from racewright.strategies.started_first import StartedFirst

__all__ = ["Baseline"]

#: The part of the search whose first schedule is the one to be recorded: no worker has it.
RECORDING = 63


class Baseline:
    """How the program behaves where nobody looks for trouble; what it tells goes to the lists."""

    def __init__(
        self,
        executions: Executions,
        finds: Finds,
        tally: Tally,
        *,
        notes: list[str],
        uncontrolled: list[str],
        tell: Callable[[], None],
    ) -> None:
        self.executions = executions
        self.settings = executions.settings
        self.finds = finds
        self.tally = tally
        self.notes = notes
        self.uncontrolled = uncontrolled
        self.tell = tell

    def run(self) -> tuple[str, str] | None:
        """The default schedule, twice; an outcome and its reason if that is the end of it."""
        executions, crash = self.executions.in_child(self.twice)
        if crash is not None:
            failure = crash_failure(crash[0], crash[1], self.settings)
            execution = self.executions.numbered(self.executions.lost(failure), "default")
            self.tally.add(execution)
            self.finds.take_first(execution)
            return ("fails-without-race", "")
        first, second = executions
        self.uncontrolled.extend(first.uncontrolled)
        if sys.flags.hash_randomization and not os.environ.get("PYTHONHASHSEED", "").isdigit():
            self.uncontrolled.append(
                "the hashing of strings, hence the order of sets (PYTHONHASHSEED=0 fixes it)"
            )
        for execution in executions:
            self.tally.add(self.executions.numbered(execution, "default"))
        self.tell()
        if first.failure is not None:
            return self.look_at_failure(first)
        if first.outcome is Outcome.SKIPPED:
            return ("inconclusive", "the test skipped itself")
        if second.failure is not None or not _is_same(first, second):
            self.look_at_difference(first, second)
        if first.tasks == 1:
            return (
                "inconclusive",
                "no concurrency was seen: the target started no thread that we control",
            )
        return None

    def twice(self, child: Child | None) -> list[Execution]:
        result = []
        for _ in range(2):
            strategy = Strategy()
            strategy.begin()
            run = self.executions.execute(strategy, child, is_kept=True, path=turns(child))
            result.append(run.execution)
        return result

    def look_at_failure(self, first: Execution) -> tuple[str, str] | None:
        """The default schedule fails: is it the order, or would any do?"""
        if self.ever_passes(first):
            # It is the order after all, and the default one happens to be the wrong one.
            self.finds.take(dataclasses.replace(first, strategy="default"))
            return ("failed", "") if self.finds.is_enough else None
        recorded, crash = self.executions.in_child(
            lambda child: self.executions.record(first, child)
        )
        if crash is None and recorded.failure is not None:
            first = self.executions.numbered(recorded, "default")
        self.finds.take_first(first)
        return ("fails-without-race", "")

    def ever_passes(self, failed: Execution) -> bool:
        """Whether another order lets pass what failed under the default schedule."""
        if failed.outcome is Outcome.STALLED or not failed.decisions:
            return False
        seed = self.settings.seed
        for strategy in (StartedFirst(), *(RandomWalk(seed + each) for each in range(3))):

            def once(child: Child | None, strategy: Strategy = strategy) -> Execution:
                strategy.begin()
                return self.executions.execute(strategy, child).execution

            execution, crash = self.executions.in_child(once)
            if crash is not None:
                return False
            self.tally.add(execution)
            if execution.failure is None:
                return True
        return False

    def keep_passing(self) -> None:
        """One execution more, whose schedule is saved if it passes."""
        executions = self.executions

        def once(child: Child | None) -> Execution:
            strategy, is_focused = executions.portfolio(RECORDING, RECORDING + 1).take()
            strategy.begin()
            run = executions.execute(strategy, child, is_focused=is_focused, is_kept=True)
            return run.execution

        execution, crash = executions.in_child(once)
        if crash is not None:
            self.notes.append(f"nothing was recorded: {crash[0]}")
            return
        self.tally.add(execution)
        if execution.failure is not None:
            self.finds.take(execution)
        elif execution.outcome is Outcome.PASSED:
            store.write_to(self.settings.record, executions.numbered(execution).schedule)

    def look_at_difference(self, first: Execution, second: Execution) -> None:
        """Two runs of one schedule differ: leaked state, or nondeterminism that we do not
        govern?"""

        def once(child: Child | None) -> Execution:
            strategy = Strategy()
            strategy.begin()
            return self.executions.execute(strategy, child, is_kept=True).execution

        again, crash = self.executions.in_child(once)
        if crash is None and _is_same(first, again):
            self.executions.separate(self.notes)
            return
        steps = again.schedule.steps if crash is None else second.schedule.steps
        for number, (one, other) in enumerate(zip(first.schedule.steps, steps, strict=False), 1):
            if one != other:
                where = f"step {number}: {one} / {other}"
                break
        else:
            last = min(len(first.schedule.steps), len(steps))
            where = f"after step {last}, the last that was kept"
        self.uncontrolled.append(f"the same schedule gave different traces ({where})")


def _is_same(first: Execution, second: Execution) -> bool:
    """Whether two traces are equal to their last event."""
    one, other = first.schedule, second.schedule
    return one.length == other.length and one.trace_digest == other.trace_digest
