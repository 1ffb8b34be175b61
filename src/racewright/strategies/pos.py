"""Partial order sampling: a random priority for every pending operation, redrawn on a conflict.

Yuan, Yang, Gu: "Partial Order Aware Concurrency Sampling", CAV 2018. Every partial order (class of
traces equal up to independent operations) has a probability that is not negligible, exponentially
above the random walk's on independent operations.

The operation of highest priority is executed; its own priority is dropped, and so are those of the
pending operations that conflict with it. Conflicts are judged on *pending* operations, so no clocks
are needed. Deviation (as in Fray): only enabled operations have a priority.
"""

from __future__ import annotations

from collections.abc import Sequence

from racewright.model.operation import READS
from racewright.strategies.base import Strategy, TaskView

__all__ = ["Pos"]


class Pos(Strategy):
    """Partial order sampling."""

    name = "pos"

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        #: task index -> (the number of the operation, its priority)
        self.priorities: dict[int, tuple[int, float]] = {}

    def begin(self) -> None:
        super().begin()
        self.priorities = {}

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        priorities = self.priorities
        draw = self.random.random
        best = enabled[0]
        highest = -1.0
        for task in enabled:
            entry = priorities.get(task.index)
            if entry is None or entry[0] != task.ops:
                entry = priorities[task.index] = (task.ops, draw())
            if entry[1] > highest:
                highest = entry[1]
                best = task
        resource = best.resource
        best_reads = best.kind in READS
        for task in enabled:
            if (
                task is not best
                and task.resource == resource
                and not (best_reads and task.kind in READS)
            ):
                priorities.pop(task.index, None)
        if best.kind in ("yield", "sleep"):
            priorities.pop(best.index, None)
        return best

    def starved(self, task: TaskView) -> None:
        self.priorities[task.index] = (task.ops, 0.0)
