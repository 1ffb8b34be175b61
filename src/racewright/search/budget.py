"""What an exploration may spend, and what it has spent: executions and seconds."""

from __future__ import annotations

from racewright import originals
from racewright.search.tally import Tally
from racewright.settings import Settings

__all__ = ["Budget"]


class Budget:
    """It begins when it is made. ``is_cut`` once time, not executions, has ended the search."""

    def __init__(self, settings: Settings, tally: Tally) -> None:
        self.schedules = settings.schedules
        self.time = settings.time
        self.tally = tally
        self.began = originals.monotonic()
        self.is_cut = False

    def seconds(self) -> float:
        """Spent so far."""
        return originals.monotonic() - self.began

    def executions_left(self) -> int:
        return self.schedules - self.tally.executions

    def is_out_of_time(self) -> bool:
        if self.time is not None and self.seconds() > self.time:
            self.is_cut = True
        return self.is_cut
