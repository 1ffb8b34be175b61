"""The default carrier: every task is a greenlet, and all of them ride on one OS thread.

A hand-over is a stack switch within the interpreter, hundreds of nanoseconds instead of the tens of
microseconds that two OS threads need, and the operating system has no say in it. What a task does
that blocks in C blocks them all: such code wants :mod:`racewright.carriers.os_threads`.
"""

from __future__ import annotations

from typing import Any

from greenlet import getcurrent, greenlet

from racewright.kernel.scheduler import Kernel
from racewright.kernel.task import Task

__all__ = ["GreenletCarrier"]


class GreenletCarrier:
    """Greenlets as tasks."""

    name = "greenlets"

    def open(self, kernel: Kernel, main: Task) -> None:
        self.root = main.ride = getcurrent()

    def mount(self, task: Task) -> None:
        body = task.body
        assert body is not None

        def ride(*_: object) -> None:  # who starts us may be a parent's end, which hands a value
            body()

        task.ride = greenlet(ride, self.root)

    def switch(self, task: Task, to: Task) -> None:
        to.ride.switch()

    def leave(self, task: Task, to: Task) -> None:
        # A greenlet that ends gives the turn to its parent.
        if to.ride is not self.root:
            task.ride.parent = to.ride
        task.ride = None

    def close(self) -> None:
        del self.root

    def stack_of(self, task: Task) -> Any:
        return getattr(task.ride, "gr_frame", None)
