"""Every order there is: at each decision, in turn, each of the tasks that could go on.

Depth first, as Godefroid's VeriSoft does it ("Model Checking for Programming Languages using
VeriSoft", POPL 1997), by running the program again from its beginning for each order; without
VeriSoft's reductions, which need to know everything that a step does. The number of orders grows
exponentially with the number of operations, so this is for programs of some dozen of them. What is
certain once all have been run is certain of the decisions that we offer: before operations and
accesses to memory that are ours to see, with time-outs only where nobody else can go on.

Of ``share`` equal parts, only the first does anything: the orders cannot be divided before they are
known.
"""

from __future__ import annotations

from collections.abc import Sequence

from racewright.strategies.base import Strategy, Summary, TaskView

__all__ = ["ALL_ORDERS", "Exhaustive"]

#: What is certain once every order has been run.
ALL_ORDERS = "any number of preemptions"


class Exhaustive(Strategy):
    """All choices at all decisions, the default one first."""

    name = "exhaustive"
    needs_every_decision = True
    learnt: tuple[str, ...] = ("path", "step", "is_complete")

    def __init__(self, seed: int = 0, *, part: int = 0, share: int = 1) -> None:
        super().__init__(seed)
        #: At each decision of the last execution: the tasks still to be chosen, the present first.
        self.path: list[list[int]] = []
        self.step = 0
        self.is_complete = True
        self.is_exhausted = part > 0

    def begin(self) -> None:
        super().begin()
        self.step = 0

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        step = self.step
        self.step += 1
        if step < len(self.path):
            wanted = self.path[step][0]
            for task in enabled:
                if task.index == wanted:
                    return task
            # The program did something else than the last time: not everything is ours to decide.
            self.is_complete = False
            return default
        others = [task.index for task in enabled if task is not default]
        self.path.append([default.index, *others])
        return default

    def starved(self, task: TaskView) -> None:
        self.is_complete = False  # the scheduler decided

    def end(self, summary: Summary) -> None:
        super().end(summary)
        path = self.path
        if self.step < len(path):
            self.is_complete = False
            del path[self.step :]
        while path and len(path[-1]) == 1:
            path.pop()
        if path:
            path[-1].pop(0)
        else:
            self.is_exhausted = True
            if self.is_complete:
                self.bound = ALL_ORDERS
