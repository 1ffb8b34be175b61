"""Virtual time: it stands still while anybody can run, and jumps to the next deadline when nobody
can.

Times are whole nanoseconds since the start of the run, so that no sum of floats decides which of
two timers is the earlier; deadlines are rounded to microseconds for the same reason. A program
that only reads the clock, over and over, moves it: natively those readings would take time too.

Deviation from a strictly standing clock (Go's ``synctest``): each reading costs :data:`TICK`, and a
long run of readings without a jump costs more each, or ``while time.monotonic() < end: pass`` would
never end.
"""

from __future__ import annotations

import math

from racewright import originals

__all__ = ["NANOSECONDS", "Clock"]

NANOSECONDS = 1_000_000_000
#: What a reading costs, in nanoseconds.
TICK = 100
#: Readings without a jump after which each costs as much again as all before it, up to MAX_TICK.
PATIENCE = 500
MAX_TICK = 50_000_000


class Clock:
    """The clock of one run. ``now`` is in nanoseconds since its start."""

    __slots__ = ("epoch_ns", "is_virtual", "monotonic_ns", "now", "readings", "tick")

    #: Where the monotonic clocks start: just above the real ones when control was installed, so
    #: that a time taken before a run is earlier than any taken in it, and whole, so that adding to
    #: it rounds alike in every process.
    base_ns = math.ceil(originals.monotonic()) * NANOSECONDS

    def __init__(self, epoch: float = 0.0, *, is_virtual: bool = True) -> None:
        self.is_virtual = is_virtual
        self.now = 0
        self.tick = TICK
        self.readings = 0
        self.epoch_ns = int(epoch * NANOSECONDS)
        self.monotonic_ns = self.base_ns

    def read(self) -> int:
        """Nanoseconds since the start, with the reading itself accounted for."""
        self.now += self.tick
        self.readings += 1
        if self.readings > PATIENCE:
            self.readings = 0
            self.tick = min(self.tick * 10, MAX_TICK)
        return self.now

    def deadline(self, timeout: float) -> int:
        """The moment (nanoseconds) that lies ``timeout`` seconds ahead."""
        return self.now + max(0, round(timeout * 1_000_000)) * 1000

    def jump(self, moment: int) -> None:
        """Move to ``moment`` if it lies ahead."""
        if moment > self.now:
            self.now = moment
        self.tick = TICK
        self.readings = 0

    @property
    def seconds(self) -> float:
        return self.now / NANOSECONDS
