"""A section: the calls of a function, or some lines, and who is inside.

A stay in a function ends with its return. A stay in lines ends when another line of the function
begins; or with the function's return, which no line tells of: whether a task has gone is then seen
from its stack, the next time that anybody enters.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import FrameType, FunctionType
from typing import Any

from racewright import originals
from racewright.errors import UsageError
from racewright.interpose.advice import Advice, Arrival, Call
from racewright.interpose.targets import as_loaded, find_target
from racewright.interpose.wrapping import wrap, wrap_line
from racewright.kernel.scheduler import here
from racewright.kernel.sites import caller_site
from racewright.model.operation import Resource
from racewright.model.vacuity import Interval
from racewright.scenarios.places import find_lines

__all__ = ["Record", "overlaps_of", "watched"]

_RANGE = re.compile(r"(.+\.py):(\d+)(?:-(\d+))?")


@dataclass
class Stay:
    """A task in a section, while it lasts."""

    section: str
    ident: int
    task: str
    entered: float
    first: int
    frame: FrameType | None = None  #: of lines: whose
    depth: int = 1
    left: float | None = None
    last: int = 0


@dataclass
class Record:
    """Who entered and left what, in one run."""

    began: float = 0.0
    stays: list[Stay] = field(default_factory=list)
    count: int = 0
    #: The resource that stands for each section: to enter is a look at it, where others may come.
    doors: dict[str, Resource] = field(default_factory=dict)

    def moment(self) -> float:
        kernel = here()
        return kernel.clock.seconds if kernel is not None else originals.monotonic() - self.began

    def enter(self, section: str, frame: FrameType | None = None) -> None:
        ident, task = _who()
        mine = self.stay_of(section, ident)
        if mine is not None and frame is not None and self.is_gone(mine):
            self.close(mine)
            mine = None
        if mine is not None:
            if frame is None:
                mine.depth += 1
            return
        for stay in self.stays:
            if stay.last == 0 and self.is_gone(stay):
                self.close(stay)
        self.count += 1
        self.stays.append(Stay(section, ident, task, self.moment(), self.count, frame))
        kernel = here()
        if kernel is not None and not kernel.is_over:
            door = self.doors.setdefault(section, Resource("section"))
            kernel.point("peek", door, caller_site())

    def leave(self, section: str, frame: FrameType | None = None) -> None:
        stay = self.stay_of(section, _who()[0])
        if stay is None or (frame is not None and stay.frame is not frame):
            return
        stay.depth -= 1
        if stay.depth == 0:
            self.close(stay)

    def stay_of(self, section: str, ident: int) -> Stay | None:
        for stay in reversed(self.stays):
            if stay.last == 0 and (stay.section, stay.ident) == (section, ident):
                return stay
        return None

    def close(self, stay: Stay) -> None:
        self.count += 1
        stay.left, stay.last = self.moment(), self.count
        stay.frame = None

    def is_gone(self, stay: Stay) -> bool:
        """Whether the function in whose lines the task was has returned since."""
        if stay.frame is None:
            return False
        frame = _stack_of(stay.ident)
        while frame is not None:
            if frame is stay.frame:
                return False
            frame = frame.f_back
        return True

    def returned(self, section: str) -> None:
        """A function has returned, in whose lines the task may have been."""
        stay = self.stay_of(section, _who()[0])
        if stay is not None and self.is_gone(stay):
            self.close(stay)

    def intervals(self, seconds: float) -> tuple[Interval, ...]:
        """What was seen in a run that took so long, and is over, as values."""
        for stay in self.stays:
            if stay.last == 0 and self.is_gone(stay):
                self.close(stay)
                stay.left = seconds
        return tuple(
            Interval(stay.section, stay.task, stay.entered, stay.left, stay.first, stay.last)
            for stay in self.stays
        )


def _who() -> tuple[int, str]:
    """The task that runs: its number and its name, an asyncio task's own where there is one."""
    kernel = here()
    ident = threading.get_ident()
    name = kernel.current.name if kernel is not None else threading.current_thread().name
    asyncio: Any = sys.modules.get("asyncio")
    if asyncio is not None:
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no event loop runs in this thread
            task = None
        if task is not None:
            return id(task), f"{name}/{task.get_name()}"
    return ident, name


def _stack_of(ident: int) -> FrameType | None:
    """The innermost frame of a task that is known by its number."""
    if ident == threading.get_ident():
        return sys._getframe(1)
    kernel = here()
    if kernel is None:
        return sys._current_frames().get(ident)
    for task in kernel.tasks:
        if task.ident == ident and not task.is_done:
            frame: FrameType | None = kernel.carrier.stack_of(task)
            return frame
    return None


class _Calls(Advice):
    """Around the calls of a function."""

    def __init__(self, record: Record, section: str, is_meant: Callable[[Any], bool]) -> None:
        self.record = record
        self.section = section
        self.is_meant = is_meant

    def before(self, call: Call) -> None:
        if self.is_meant(call.args):
            self.record.enter(self.section)

    def after(self, call: Call, error: BaseException | None) -> None:
        if self.is_meant(call.args):
            self.record.leave(self.section)


class _Lines(Advice):
    """Before each line of a function: those that are the section, and the others."""

    def __init__(self, record: Record, section: str, *, is_inside: bool) -> None:
        self.record = record
        self.section = section
        self.is_inside = is_inside

    def before(self, call: Call) -> None:
        assert isinstance(call, Arrival)
        if self.is_inside:
            self.record.enter(self.section, call.frame)
        else:
            self.record.leave(self.section, call.frame)


class _Returns(Advice):
    """After a function some of whose lines are the section."""

    def __init__(self, record: Record, section: str) -> None:
        self.record = record
        self.section = section

    def after(self, call: Call, error: BaseException | None) -> None:
        self.record.returned(self.section)


def watched(record: Record, names: tuple[str, str]) -> ExitStack:
    """Note in ``record`` who enters and leaves the named sections, until the result is closed.

    They are called "A" and "B", or both "A" where the names are equal. Raises ``UsageError`` for
    what is neither a function nor lines.
    """
    stack = ExitStack()
    try:
        for section, name in zip("AB", dict.fromkeys(names), strict=False):
            _watch(stack, record, section, name)
    except BaseException:
        stack.close()
        raise
    return stack


def _watch(stack: ExitStack, record: Record, section: str, name: str) -> None:
    match = _RANGE.fullmatch(name)
    if match is None:
        if ":" not in name:
            raise UsageError(
                f"{name!r} names no section\n"
                'Say "package.module:Class.method", or lines: "file.py:10-20".'
            )
        target = find_target(as_loaded(name))
        stack.callback(target.wrap(_Calls(record, section, target.is_meant)).undo)
        return
    first = int(match[2])
    last = int(match[3] or first)
    if not 0 < first <= last:
        raise UsageError(f"{name!r}: lines count from 1, the first of them first")
    returning: dict[int, FunctionType] = {}
    for place in find_lines(match[1], first, last):
        advice = _Lines(record, section, is_inside=first <= place.number <= last)
        stack.callback(wrap_line(place.functions, place.line, advice).undo)
        returning.update({id(function): function for function in place.functions})
    for function in returning.values():
        returns = _Returns(record, section)
        stack.callback(wrap(function, function.__qualname__, returns).undo)


def overlaps_of(
    intervals: tuple[Interval, ...], *, is_one: bool
) -> tuple[tuple[Interval, Interval], ...]:
    """The pairs of stays, of two tasks, that were at one time: in A and in B, or both in the one
    section that there is."""
    found = []
    for place, one in enumerate(intervals):
        for other in intervals[place + 1 :]:
            if one.task == other.task or (one.section == other.section and not is_one):
                continue
            # They are in the order of their entries: the later one came before the first left.
            if one.last == 0 or other.first < one.last:
                found.append((one, other) if one.section == "A" else (other, one))
    return tuple(found)
