"""Who is inside which lines, and what is done there: seen from within one run.

Two things are put together. A trace function (``sys.settrace``) tells when a function of one of the
files comes to a line, so that a stay in the lines has a beginning and an end, and so that lines are
seen that do nothing others could see. The trace of the run tells of the operations; whose stack has
a frame inside the lines when an operation is appended does it there, in however deep a call.

Nothing of this is a scheduling point: a run that is watched takes the path of one that is not.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from racewright.kernel.ledger import TraceItem
from racewright.kernel.scheduler import STATE
from racewright.kernel.sites import is_ours
from racewright.settings import Settings
from racewright.strategies.aimed import Aim

__all__ = ["Seen", "Watch", "unhurried"]

#: How much slower a run may be that is watched.
_SLOWER = 4


def unhurried(settings: Settings) -> Settings:
    """The settings for a run that is watched: each call of a function is seen, and takes longer."""
    return settings.replace(stall=settings.stall * _SLOWER)


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of a run."""

    task: int
    ops: int  #: how many operations the task had begun
    kind: str
    resource: int  #: a number that stands for the resource in this run
    file: str
    line: int
    #: Which of the regions the task was inside of, and the number of that stay.
    inside: tuple[tuple[int, int], ...]

    def stay_in(self, region: int) -> int | None:
        return dict(self.inside).get(region)


class _Place:
    """Where a frame of one of the files is: the stays that it is in, by region."""

    __slots__ = ("stays",)

    def __init__(self) -> None:
        self.stays: dict[int, int] = {}


class Watch(list[TraceItem]):
    """The trace of a run in which the stays in ``regions`` are noted. Used with ``with``."""

    def __init__(self, regions: Sequence[Aim]) -> None:
        super().__init__()
        self.kernel: Any = None
        self.by_file: dict[str, list[tuple[int, int, int]]] = {}
        for number, region in enumerate(regions):
            for file in region.files:
                ranges = self.by_file.setdefault(file, [])
                ranges.append((region.first, region.last, number))
        self.places: dict[int, _Place] = {}  #: by the identity of the frame, while it is running
        self.stays = 0  #: so far
        self.tasks: list[set[int]] = [set() for _ in regions]  #: that came to each region
        self.seen: list[Seen] = []
        self.numbers: dict[Any, int] = {}
        self.kept: list[Any] = []  #: so that no other resource takes its address

    # ------------------------------------------------------------------ lines

    def __enter__(self) -> Watch:
        self.before = (sys.gettrace(), threading.gettrace())
        threading.settrace(self.begin)
        sys.settrace(self.begin)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        mine, theirs = self.before
        sys.settrace(mine)
        threading.settrace(theirs)
        self.places.clear()

    def begin(self, frame: FrameType, event: str, _: Any) -> Any:
        """The trace function of all frames: a function is called."""
        if event != "call" or frame.f_code.co_filename not in self.by_file:
            return None
        self.places[id(frame)] = _Place()
        return self.go_on

    def go_on(self, frame: FrameType, event: str, _: Any) -> Any:
        """The trace function of the frames that matter."""
        if event == "line":
            place = self.places.get(id(frame))
            if place is not None:
                self.arrive(place, frame.f_code.co_filename, frame.f_lineno)
        elif event == "return":
            self.places.pop(id(frame), None)
        return self.go_on

    def arrive(self, place: _Place, file: str, line: int) -> None:
        for first, last, region in self.by_file[file]:
            if not first <= line <= last:
                place.stays.pop(region, None)
            elif region not in place.stays:
                self.stays += 1
                place.stays[region] = self.stays
                kernel = STATE.kernel
                if kernel is not None:
                    self.tasks[region].add(kernel.current.index)

    # ------------------------------------------------------------------ operations

    def append(self, item: TraceItem) -> None:
        super().append(item)
        task, kind, resource, site = item
        inside: dict[int, int] = {}
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self.by_file:
                place = self.places.get(id(frame))
                if place is not None:
                    for region, stay in place.stays.items():
                        inside.setdefault(region, stay)  # the innermost stay counts
            frame = frame.f_back
        ops = self.kernel.tasks[task].ops if self.kernel is not None else 0
        file, line = (site.file, site.line) if site is not None else ("", 0)
        self.seen.append(
            Seen(task, ops, kind, self.number_of(resource), file, line, tuple(inside.items()))
        )

    def number_of(self, resource: Any) -> int:
        """Equal for equal resources: a location is a pair, anything else is itself."""
        key = resource if isinstance(resource, tuple) else id(resource)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.numbers)
            self.kept.append(resource)
        return number

    def sites(self, region: int) -> frozenset[tuple[str, int]]:
        """The sites at which something was done inside ``region``."""
        return frozenset(
            (each.file, each.line)
            for each in self.seen
            if each.file and not is_ours(each.file) and each.stay_in(region) is not None
        )
