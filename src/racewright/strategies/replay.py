"""Replay: follow recorded deviations; everywhere else, the default.

A deviation that cannot be followed is ignored and remembered: the minimiser wants just that of the
schedules it shortens, and a strict replay ends anyway at the first event that is not the recorded
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from racewright.model.schedule import Deviation
from racewright.strategies.base import Strategy, TaskView

__all__ = ["Replay"]


class Replay(Strategy):
    """Take ``deviations`` where their decision points come up."""

    name = "replay"
    needs_every_decision = True

    def __init__(self, deviations: Iterable[Deviation] = ()) -> None:
        super().__init__()
        self.by_point = {deviation.point: deviation for deviation in deviations}
        self.taken = 0
        #: The first deviation that could not be followed, and who was enabled instead.
        self.refused: tuple[Deviation, tuple[int, ...]] | None = None
        #: Every deviation that the execution offered: what the minimiser may try alone.
        self.offered: list[Deviation] | None = None

    def begin(self) -> None:
        super().begin()
        self.taken = 0
        self.refused = None

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        if self.offered is not None:
            self.offered.extend(
                Deviation(current.index, current.ops, task.index)
                for task in enabled
                if task is not default
            )
        deviation = self.by_point.get((current.index, current.ops))
        if deviation is None:
            return default
        for task in enabled:
            if task.index == deviation.chosen:
                self.taken += 1
                return task
        if self.refused is None:
            self.refused = (deviation, tuple(task.index for task in enabled))
        return default
