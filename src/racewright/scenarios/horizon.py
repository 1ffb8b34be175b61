"""How far time goes on before an order counts as impossible.

A service has timers that go off for ever. So where nothing but timers lies ahead, time goes on
until, for ``within`` virtual seconds, no task has come to a point, none has passed one, and none
has come to rest where none had rested before; and until each task with a deadline has met it and
has come back to where it waits, for a time-out is an event that may let a task go on. For those
with long deadlines time goes on up to :data:`PATIENCE` times as long, and no longer.

All of it is counted in virtual time: it costs none, and comes out alike in every replay.
"""

from __future__ import annotations

import os
from typing import Final

from racewright.kernel.clock import NANOSECONDS
from racewright.kernel.scheduler import Kernel
from racewright.model.operation import Site
from racewright.scenarios.order import Order

__all__ = ["PATIENCE", "Horizon"]

PATIENCE: Final = 10

#: What a task is about to do, and where: by line, for a loop's condition has two sites.
_Place = tuple[str, str, int]


def _place_of(kind: str, site: Site | None) -> _Place:
    return (kind, "", 0) if site is None else (kind, site.file, site.line)


class Horizon:
    """What has been seen of the tasks at rest since the order last came on."""

    def __init__(self, kernel: Kernel, within: float) -> None:
        self.kernel = kernel
        self.within = within
        self.limit = int(within * NANOSECONDS)
        self.version = -1
        self.since = 0
        self.places: set[_Place] = set()
        #: By task and place: the number of the timer it was seen with, and how many there were.
        self.timers: dict[tuple[int, _Place], tuple[int, int]] = {}

    def is_passed(self, order: Order, moment: int) -> bool:
        """Whether it is behind us at ``moment``, to which the clock is about to jump."""
        if order.version != self.version:
            self.version = order.version
            self.since = self.kernel.clock.now
            self.places.clear()
            self.timers.clear()
        all_back = True
        for task in self.kernel.tasks:
            if task.is_done or not task.is_started:
                continue
            place = _place_of(task.kind, task.site)
            if place not in self.places:
                self.places.add(place)
                self.since = self.kernel.clock.now
            if task.timer:
                number, count = self.timers.get((task.index, place), (0, 0))
                if number != task.timer:
                    count += 1
                    self.timers[(task.index, place)] = (task.timer, count)
                all_back = all_back and count > 1
        passed = moment - self.since
        return passed > self.limit * (1 if all_back else PATIENCE)

    def words(self) -> str:
        """What the proof is limited by, in words."""
        fired = [
            f"{self.kernel.tasks[index].name} at {os.path.basename(file)}:{line}"
            + (f" ({count - 1} times)" if count > 1 else "")
            for (index, (_, file, line)), (_, count) in sorted(
                self.timers.items(), key=lambda item: (-item[1][1], item[0][0])
            )
        ]
        more = f", and {len(fired) - 5} more" if len(fired) > 5 else ""
        return f"within {self.within:g} virtual seconds, in which only timers went off: " + (
            ", ".join(fired[:5]) + more
        )
