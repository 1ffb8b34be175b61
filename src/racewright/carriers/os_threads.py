"""The second carrier: every task is a thread of the operating system, and they pass one turn
around.

Slower than greenlets, by how much depends on how often the turn changes, and the same in everything
else. It is for code that keeps state by OS thread in C, or whose C extensions do not bear being
switched on one stack. A call that blocks in C blocks the turn here too.
"""

from __future__ import annotations

import sys
from typing import Any

from racewright import originals
from racewright.kernel.scheduler import Kernel
from racewright.kernel.task import Task

__all__ = ["ThreadCarrier"]


class ThreadCarrier:
    """OS threads as tasks; each waits at its own gate."""

    name = "threads"

    def open(self, kernel: Kernel, main: Task) -> None:
        main.ride = _new_gate()
        self.running = 0
        self.all_left = originals.allocate_lock()

    def mount(self, task: Task) -> None:
        gate = task.ride = _new_gate()
        body = task.body
        assert body is not None

        def ride() -> None:
            gate.acquire()
            try:
                body()
            finally:
                self.running -= 1
                leaving = self.leaving
                leaving.release()

        self.running += 1
        originals.start_new_thread(ride, ())

    def switch(self, task: Task, to: Task) -> None:
        to.ride.release()
        task.ride.acquire()

    def leave(self, task: Task, to: Task) -> None:
        # The turn is given last of all, by `ride`: nothing of this task may run beside its
        # successor.
        self.leaving = to.ride

    def close(self) -> None:
        pass

    def stack_of(self, task: Task) -> Any:
        return sys._current_frames().get(task.os_ident)


def _new_gate() -> Any:
    gate = originals.allocate_lock()
    gate.acquire()
    return gate
