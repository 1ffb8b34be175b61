"""Probabilistic concurrency testing: random priorities, and d-1 points at which they change.

Burckhardt, Kothari, Musuvathi, Nagarakatte: "A Randomized Scheduler with Probabilistic Guarantees
of Finding Bugs", ASPLOS 2010. With n tasks and k decisions, a bug of depth d is hit with a
probability of at least 1/(n k**(d-1)) in each execution.

As in the paper, and unlike several tools, change point i gives the *fixed* low priority i while the
points lie in no particular order, so that any relative order of the demoted tasks can come about,
and the demotion comes before the choice, not after it.

Deviations: k is the largest number of decisions seen so far, so the first execution estimates it;
only decisions with two or more candidates count; a task that yields or polls (sleeps, waits with a
time-out) is moved to the bottom, since a polling loop of high priority would starve everyone for
ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from racewright.strategies.base import Strategy, Summary, TaskView

__all__ = ["Pct"]

#: Decisions assumed before any execution has been seen.
FIRST_GUESS = 30


class Pct(Strategy):
    """``depth`` is the paper's d: the number of ordering constraints that a bug may need."""

    def __init__(self, seed: int = 0, *, depth: int = 3) -> None:
        super().__init__(seed)
        self.name = f"pct{depth}"
        self.depth = depth
        self.length = FIRST_GUESS
        self.priorities: dict[int, float] = {}
        self.changes: dict[int, list[int]] = {}
        self.step = 0
        self.bottom = 0.0

    def begin(self) -> None:
        super().begin()
        self.priorities = {}
        self.step = 0
        self.bottom = 0.0
        self.changes = {}
        for priority in range(1, self.depth):
            point = 1 + int(self.random.random() * self.length)
            self.changes.setdefault(point, []).append(priority)

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        self.step += 1
        priorities = self.priorities
        for task in enabled:
            if task.index not in priorities:
                # A random rank in the initial band, which lies above every change point's priority.
                priorities[task.index] = self.depth + self.random.random()
        if default is not current and current.kind in ("yield", "sleep"):
            self.starved(current)
        best = max(enabled, key=self.priority_of)
        for priority in self.changes.get(self.step, ()):
            priorities[best.index] = priority
            best = max(enabled, key=self.priority_of)
        return best

    def priority_of(self, task: TaskView) -> float:
        return self.priorities[task.index]

    def starved(self, task: TaskView) -> None:
        self.bottom -= 1.0
        self.priorities[task.index] = self.bottom

    def end(self, summary: Summary) -> None:
        super().end(summary)
        self.length = max(self.length if self.length != FIRST_GUESS else 1, summary.decisions, 1)
