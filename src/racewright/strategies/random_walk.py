"""Random walk: at every decision each enabled task is as likely as any other.

The baseline of every comparison, and hard to beat on bugs that many orders trigger. Its guarantee
is only that every schedule has a chance; one that needs k particular choices among n tasks gets
n**-k.
"""

from __future__ import annotations

from collections.abc import Sequence

from racewright import hot
from racewright.strategies.base import Strategy, TaskView

__all__ = ["RandomWalk"]


class RandomWalk(Strategy):
    """Choose uniformly among the enabled."""

    name = "random"

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        return enabled[int(self.random.random() * len(enabled))]


if hot.module is not None:
    hot.module.bind_random_walk(RandomWalk)
