"""Replay: follow recorded deviations; everywhere else, the default.

*Strict* replay stops at the first deviation that cannot be followed. *Lenient* replay, which the
minimiser uses on schedules that it has just shortened, ignores it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from racewright.model.schedule import Deviation
from racewright.strategies.base import Strategy, TaskView

__all__ = ["Replay"]


class Replay(Strategy):
    """Take ``deviations`` where their decision points come up."""

    name = "replay"

    def __init__(self, deviations: Iterable[Deviation] = (), *, is_strict: bool = False) -> None:
        super().__init__()
        self.by_point = {deviation.point: deviation for deviation in deviations}
        self.is_strict = is_strict
        self.taken = 0
        #: The first deviation that could not be followed, and who was enabled instead.
        self.refused: tuple[Deviation, tuple[int, ...]] | None = None

    def begin(self) -> None:
        super().begin()
        self.taken = 0
        self.refused = None

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
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
