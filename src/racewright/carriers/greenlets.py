"""The default carrier: every task is a greenlet, and all of them ride on one OS thread.

A hand-over is a stack switch within the interpreter, hundreds of nanoseconds instead of the tens of
microseconds that two OS threads need, and the operating system has no say in it. What a task does
that blocks in C blocks them all: such code wants :mod:`racewright.carriers.os_threads`.

A greenlet that starts asks the system for the memory of its stack, which takes longer than most
small programs, so those whose task is done are kept, and carry tasks of later runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from greenlet import getcurrent, greenlet

from racewright import hot
from racewright.kernel.scheduler import Kernel
from racewright.kernel.task import Task

__all__ = ["GreenletCarrier"]

#: Greenlets that are kept at most.
MAX_IDLE = 32


class Ride(greenlet):  # type: ignore[misc]
    """A greenlet that carries one task after another."""

    __slots__ = ("body", "idle", "to")

    def __init__(self, root: greenlet, idle: list[Ride]) -> None:
        super().__init__(parent=root)
        self.idle = idle
        self.body: Callable[[], None] | None = None
        self.to: greenlet | None = None  #: who has the turn when the task is done

    def run(self, mounting: greenlet) -> None:
        mounting.switch()
        idle = self.idle
        while True:
            body = self.body
            assert body is not None
            body()
            body = self.body = None
            to = self.to
            assert to is not None
            self.to = None
            if len(idle) >= MAX_IDLE:
                # A greenlet that ends gives the turn to its parent.
                self.parent = to  # type: ignore[misc]  # greenlet's own
                return
            idle.append(self)
            to.switch()


def _start_rides(root: greenlet) -> None:
    """The life of the starter: of each greenlet it is handed, it is the one that starts it.

    A greenlet counts its recursion from the depth of whoever switches to it first. Tasks that start
    tasks would so run into the limit together, were they not all started from one shallow place.
    """
    ride, mounting = root.switch()
    while True:
        ride, mounting = ride.switch(mounting)


class GreenletCarrier:
    """Greenlets as tasks."""

    name = "greenlets"
    #: Those that are kept, and whose children they are: all runs of a process have one root, but
    #: for a program that uses greenlets or threads itself to start some.
    _idle: list[Ride] = []
    _idle_root: Any = None
    _starter: Any = None

    def open(self, kernel: Kernel, main: Task) -> None:
        self.root = main.ride = getcurrent()
        if GreenletCarrier._idle_root is not self.root:
            GreenletCarrier._idle_root = self.root
            GreenletCarrier._idle = []
            GreenletCarrier._starter = greenlet(_start_rides, self.root)
            GreenletCarrier._starter.switch(self.root)
        self.idle = GreenletCarrier._idle

    def mount(self, task: Task) -> None:
        if self.idle:
            ride = self.idle.pop()
        else:
            ride = Ride(self.root, self.idle)
            self._starter.switch((ride, getcurrent()))
        ride.gr_context = None  # a new thread's context is empty
        ride.body = task.body
        task.ride = ride

    def switch(self, task: Task, to: Task) -> None:
        to.ride.switch()

    def leave(self, task: Task, to: Task) -> None:
        # The turn is given by the ride itself, when nothing of the task is left on its stack.
        task.ride.to = to.ride
        task.ride = None

    def close(self) -> None:
        del self.root

    def stack_of(self, task: Task) -> Any:
        return getattr(task.ride, "gr_frame", None)


if hot.module is not None:
    hot.module.bind_greenlets(GreenletCarrier, Ride)
