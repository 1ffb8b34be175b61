"""Delay bounding: systematically, all schedules with no delay, then with one, then with two.

Emmi, Qadeer, Rakamaric: "Delay-Bounded Scheduling", POPL 2011. A deterministic scheduler runs; a
*delay* skips the task that would go on, and the next one in the order of creation runs instead.
With c delays among k decisions there are O(k**c) schedules, whatever the number of tasks, and most
known bugs need one or two delays.

The order within a bound is breadth first: each execution with delays at some decisions has as
children the same delays and one more behind the last. Decisions at which the skipped task is about
to touch what another enabled task is about to touch come first, for what a delay can break is a
conflict.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from racewright.model.operation import conflicts
from racewright.strategies.base import Strategy, Summary, TaskView

__all__ = ["DelayBound"]

#: Executions that wait to be run at the most; beyond, the search says that it is no longer
#: complete.
MAX_PENDING = 200_000


class DelayBound(Strategy):
    """All schedules of up to ``max_delays`` delays; of ``share`` equal parts, the one at
    ``part``."""

    name = "delay"
    learnt: tuple[str, ...] = ("step", "promising", "next_delay")

    def __init__(
        self, seed: int = 0, *, max_delays: int = 3, part: int = 0, share: int = 1
    ) -> None:
        super().__init__(seed)
        self.max_delays = max_delays
        self.part = part
        self.share = share
        #: Delay sets to run: promising ones (a conflict was pending) and others, by size.
        self.pending: list[tuple[deque[tuple[int, ...]], deque[tuple[int, ...]]]] = [
            (deque(), deque()) for _ in range(max_delays + 1)
        ]
        self.pending[0][0].append(())
        self.count = 0
        self.waiting = 1
        self.is_complete = True
        self.delays: tuple[int, ...] = ()
        self.step = 0
        self.promising: list[int] = []
        self.next_delay = 0

    def begin(self) -> None:
        super().begin()
        self.step = 0
        self.promising = []
        self.next_delay = 0
        self.delays = ()
        for level in self.pending:
            for lane in level:
                if lane:
                    self.delays = lane.popleft()
                    self.waiting -= 1
                    return

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        step = self.step
        self.step += 1
        if self.next_delay < len(self.delays):
            if self.delays[self.next_delay] == step:
                self.next_delay += 1
                return next_after(enabled, default)
        elif is_contended(enabled, default):
            self.promising.append(step)
        return default

    def end(self, summary: Summary) -> None:
        super().end(summary)
        done = self.delays
        size = len(done)
        if size < self.max_delays and self.next_delay == size:
            first = done[-1] + 1 if done else 0
            promising = set(self.promising)
            for step in range(first, self.step):
                if size == 0:
                    self.count += 1
                    if self.count % self.share != self.part:
                        continue
                if self.waiting >= MAX_PENDING:
                    self.is_complete = False
                    break
                lane = self.pending[size + 1][0 if step in promising else 1]
                lane.append((*done, step))
                self.waiting += 1
        if not self.waiting:
            self.is_exhausted = True
            if self.is_complete:
                self.bound = f"up to {self.max_delays} delays"


def next_after(enabled: Sequence[TaskView], task: TaskView) -> TaskView:
    """The enabled task that comes next in the order of creation."""
    for other in enabled:
        if other.index > task.index:
            return other
    return enabled[0]


def is_contended(enabled: Sequence[TaskView], task: TaskView) -> bool:
    """Whether another enabled task is about to do what conflicts with what ``task`` is about to
    do."""
    return any(
        other is not task and conflicts(task.kind, task.resource, other.kind, other.resource)
        for other in enabled
    )
