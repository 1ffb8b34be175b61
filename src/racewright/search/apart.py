"""Every execution in a fresh child; the strategy lives in the parent and learns from reports."""

from __future__ import annotations

import gc
import select
from collections.abc import Callable
from typing import Any

from racewright import originals
from racewright.model.execution import Execution, Failure
from racewright.model.operation import access_key
from racewright.search.budget import Budget
from racewright.search.deaths import (
    GRACE,
    DeviationLog,
    crash_failure,
    mmap_of,
    stuck_failure,
)
from racewright.search.executions import Executions, mark_shared
from racewright.search.finds import Finds
from racewright.search.tally import Tally
from racewright.search.workers import Child
from racewright.strategies.base import Strategy, Summary
from racewright.strategies.portfolio import Portfolio

__all__ = ["Apart", "search_apart"]


class Apart:
    """One execution in a child of its own."""

    def __init__(self, child: Child, strategy: Strategy, log: Any) -> None:
        self.child = child
        self.strategy = strategy
        self.log = log
        self.execution: Execution | None = None


def search_apart(
    executions: Executions,
    source: Portfolio,
    finds: Finds,
    budget: Budget,
    tell: Callable[[], None],
) -> bool:
    """Run what ``source`` chooses until the budget's end or a failure; whether it was a failure."""
    width = executions.settings.worker_count
    running: list[Apart] = []
    gc.collect()
    gc.freeze()
    try:
        while True:
            while (
                len(running) < width
                and budget.executions_left() - len(running) > 0
                and not source.is_exhausted
                and not budget.is_out_of_time()
            ):
                running.append(launch(executions, source, running))
            if not running:
                return False
            select.select([apart.child.reading for apart in running], [], [], 0.1)
            for apart in list(running):
                execution = collect(executions, apart, budget.tally)
                if apart.child.is_open:
                    continue
                running.remove(apart)
                if (
                    execution is not None
                    and execution.failure is not None
                    and finds.ends_search(execution)
                ):
                    return True
            tell()
    finally:
        for apart in running:
            apart.child.kill()
        gc.unfreeze()


def launch(executions: Executions, source: Portfolio, running: list[Apart]) -> Apart:
    busy = {id(apart.strategy) for apart in running if apart.strategy.learnt}
    for _ in range(len(source.round) + 1):
        strategy, is_focused = source.take()
        if id(strategy) not in busy:
            break
    strategy.begin()
    log = mmap_of(DeviationLog.SIZE)

    def work(child: Child) -> None:
        deviations = DeviationLog(log)

        def stuck(failure: Failure) -> None:
            child.send("ran", (executions.lost(failure, deviations), {}, []))
            originals.exit_now(0)

        run = executions.execute(
            strategy, child, is_focused=is_focused, on_stuck=stuck, deviations=deviations
        )
        learnt = {name: getattr(strategy, name) for name in strategy.learnt}
        child.send("ran", (run.execution, learnt, [access_key(s) for s in run.newly_shared]))

    return Apart(Child(work), strategy, log)


def collect(executions: Executions, apart: Apart, tally: Tally) -> Execution | None:
    """What has become of ``apart``, counted; ``None`` while it still runs."""
    settings = executions.settings
    for _, (execution, learnt, shared) in apart.child.receive():
        for name, value in learnt.items():
            setattr(apart.strategy, name, value)
        mark_shared(shared)
        apart.execution = execution
    if apart.child.is_open:
        if apart.child.silence() <= settings.stall + GRACE:
            return None
        stacks = apart.child.ask_for_stacks()
        apart.child.kill()
        failure = stuck_failure(stacks, settings)
        apart.execution = executions.lost(failure, DeviationLog(apart.log))
    elif apart.execution is None:
        failure = crash_failure(apart.child.death(), apart.child.last_words, settings)
        apart.execution = executions.lost(failure, DeviationLog(apart.log))
    execution = apart.execution
    is_new = tally.add(execution)
    apart.strategy.end(
        Summary(execution.decisions, execution.tasks, execution.outcome.is_failure, is_new)
    )
    return execution
