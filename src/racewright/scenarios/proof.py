"""Why nobody could go on: each task as it stood, what it waits for, and who holds that.

A mutex knows its owner and where it was taken. A condition, an event, a semaphore or a queue does
not; locks are built of them all the same (a fair lock, a readers-writer lock), so a task that is
held, and was at that very resource before, is *suspected* to hold what is built on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from racewright.analysis.labels import Labels
from racewright.kernel.resources import Mutex, Signal
from racewright.kernel.scheduler import Kernel
from racewright.kernel.sites import is_plumbing
from racewright.kernel.stacks import as_frames, stack_of
from racewright.kernel.task import Task, TaskHandle
from racewright.model.execution import Frame
from racewright.model.operation import KINDS, Site
from racewright.originals import getframe
from racewright.scenarios.gates import Gate, is_held_at
from racewright.scenarios.order import Hold, Order
from racewright.scenarios.points import Point
from racewright.scenarios.stuck import Stuck

__all__ = ["codes_of", "coroutine_stack", "frames_of", "prove", "shared_place"]


def prove(kernel: Kernel, order: Order) -> tuple[Stuck, ...]:
    """Every task that is not done, as it stands now, when nobody is enabled."""
    return tuple(_Proof(kernel, order).tasks())


class _Proof:
    def __init__(self, kernel: Kernel, order: Order) -> None:
        self.kernel = kernel
        self.order = order
        self.next = order.points[order.turn]
        self.due_codes = codes_of(self.next)
        self.labels = Labels()
        for _, _, resource, site in kernel.trace:
            self.labels.of(resource, site)
        self.living = [task for task in kernel.tasks if not task.is_done and task.is_started]
        self.frames = {task.index: self._frame_of(task) for task in self.living}

    def _frame_of(self, task: Task) -> FrameType | None:
        if task is self.kernel.current:
            return getframe(1)
        frame: FrameType | None = self.kernel.carrier.stack_of(task)
        return frame

    def tasks(self) -> Iterator[Stuck]:
        awaiting = [hold for hold in self.order.held if hold.coroutine is not None]
        for hold in awaiting:
            yield Stuck(
                name=hold.who.name,
                state="held",
                point=self.order.points[hold.index].label,
                stack=coroutine_stack(hold),
            )
        for task in self.living:
            yield self._stuck(task)

    def _stuck(self, task: Task) -> Stuck:
        frame = self.frames[task.index]
        resource: Any = task.resource
        subject = resource.subject if isinstance(resource, Signal) else resource
        name, stack = _name(task), stack_of(frame)
        if is_held_at(resource):
            return Stuck(name, "held", point=resource.kind, stack=stack)
        if isinstance(resource, Gate):
            return Stuck(name, "waits", doing=f"is at {resource.kind}", stack=stack)
        words = f"{KINDS.get(task.kind, task.kind)} {self.labels.in_full(subject, task.site)}"
        holder, taken_at = self._holder(task)
        return Stuck(
            name=name,
            state="sleeps" if task.timer else "waits",
            is_due=self._is_due(task),
            doing=words.strip(),
            holder=holder,
            taken_at=taken_at,
            suspects=() if holder or task.timer else tuple(self._suspects(task)),
            stack=stack,
        )

    def _is_due(self, task: Task) -> bool:
        """Whether it is inside what the next point stands at the end of, or is named there."""
        if any(frame.f_code in self.due_codes for frame in frames_of(self.frames[task.index])):
            return True
        names = (task.name, "main") if not task.index else (task.name,)
        return self.next.task is not None and self.next.is_for(names)

    def _holder(self, task: Task) -> tuple[str, str]:
        resource = task.resource
        if isinstance(resource, Mutex) and resource.owner is not None:
            site = resource.taken_at
            return _name(resource.owner), site.key if site is not None else ""
        if isinstance(resource, TaskHandle) and resource.index != task.index:
            return _name(self.kernel.tasks[resource.index]), ""
        return "", ""

    def _suspects(self, task: Task) -> Iterator[str]:
        resource: Any = task.resource
        places: list[Any] = [resource]
        if isinstance(resource, Signal):
            places = [place for place in (resource.subject, resource.then) if place is not None]
        others = [other for other in self.living if is_held_at(other.resource)]
        last: dict[int, Site | None] = {}
        for index, _, touched, site in self.kernel.trace:
            if any(touched is place for place in places):
                last[index] = site
        seen = [other for other in others if other.index in last]
        for other in seen:
            site = last[other.index]
            where = f" at {site.short}" if site is not None else ""
            yield f"{_name(other)}, which was at it last{where}, held{self._shared(task, other)}"
        if not seen:
            for other in others:
                shared = self._shared(task, other)
                if shared or self._is_due(task):
                    yield f"{_name(other)}, which is held{shared}"

    def _shared(self, task: Task, other: Task) -> str:
        place = shared_place(self.frames[task.index], self.frames[other.index])
        return f" inside {place}: both are in that" if place else ""


def shared_place(frame: FrameType | None, other: FrameType | None) -> str:
    """The innermost function that both stacks are in: what a lock's decorator put around them."""
    theirs: dict[CodeType, int] = {}
    for each in frames_of(other):
        theirs.setdefault(each.f_code, each.f_lineno)
    for each in frames_of(frame):
        code = each.f_code
        if code in theirs and not is_plumbing(code.co_filename):
            name = getattr(code, "co_qualname", code.co_name).rpartition("<locals>.")[2]
            file = code.co_filename.replace("\\", "/").rpartition("/")[2]
            return f"{name} ({file}:{theirs[code]})"
    return ""


def _name(task: Task) -> str:
    return "main" if not task.index else task.name


def frames_of(frame: FrameType | None) -> Iterator[FrameType]:
    """From the innermost out."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def codes_of(point: Point) -> set[CodeType]:
    """The code of what is still running while ``point`` has not been reached."""
    if point.kind != "after":
        return set()
    target = point.find().target
    function = getattr(target, "function", None)
    return {function.__code__} if function is not None else set()


def coroutine_frames(coroutine: Any) -> Iterator[FrameType]:
    """The frames of a suspended coroutine, from the outermost in."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is None:
            return
        yield frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)


def coroutine_stack(hold: Hold) -> tuple[Frame, ...]:
    """The stack of a task that awaits its turn."""
    return as_frames([(each.f_code, each.f_lineno) for each in coroutine_frames(hold.coroutine)])
