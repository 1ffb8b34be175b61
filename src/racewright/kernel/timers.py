"""The time of one run: whose deadline comes next, and what happens when nobody is enabled.

Time stands still while anybody is enabled (:mod:`racewright.kernel.clock`), except where *slack*, a
budget of virtual seconds, lets the earliest timer fire although somebody could run.
"""

from __future__ import annotations

import heapq

from racewright import originals
from racewright.errors import TaskAbandoned
from racewright.kernel.clock import NANOSECONDS
from racewright.kernel.ledger import Ledger
from racewright.kernel.resources import Signal
from racewright.kernel.task import Task

__all__ = ["Timers"]

#: Real seconds that a virtual timer waits for the world outside, where there is one.
PATIENCE_SECONDS = 0.05


class Timers(Ledger):
    """A heap of deadlines, whose entries die with the wait that they belong to."""

    __slots__ = ()

    def set_timer(self, task: Task, deadline: int) -> None:
        self.timer_count += 1
        task.timer = self.timer_count
        heapq.heappush(self.timers, (deadline, self.timer_count, task))

    def next_timers(self) -> list[Task]:
        """The tasks whose deadline comes first; dead entries are dropped on the way."""
        timers = self.timers
        while timers and timers[0][2].timer != timers[0][1]:
            heapq.heappop(timers)
        if not timers:
            return []
        moment = timers[0][0]
        due = {task.index: task for at, n, task in timers if at == moment and task.timer == n}
        return [due[index] for index in sorted(due)]

    def expire(self, task: Task) -> None:
        """The time of ``task`` is up."""
        task.timer = 0
        if type(task.resource) is Signal and task.kind == "wait":
            self.deliver(task.resource)
            return
        task.timed_out = True
        self.enable(task)

    def deliver(self, signal: Signal) -> None:
        signal.is_closed = False
        then = signal.then
        for waiter in signal.waiters:
            waiter.timer = 0
            waiter.deadline = None
            if then is not None:
                then.waiters.append(waiter)
                waiter.kind, waiter.resource = "acquire", then
                if then.is_closed:
                    continue
            self.enable(waiter)
        if then is not None:
            signal.waiters.clear()

    def may_fire(self) -> list[Task]:
        """Sleepers that the slack left lets wake although somebody could still run."""
        due = self.next_timers()
        if not due or self.timers[0][0] - self.clock.now > self.slack - self.slack_used:
            return []
        return [sleeper for sleeper in due if not _needs_mutex(sleeper)]

    def fire_early(self, task: Task) -> int:
        """Let the timer of ``task`` fire now; the nanoseconds that others were kept waiting."""
        moment = self.timers[0][0]
        waited = max(0, moment - self.clock.now)
        self.slack_used += waited
        self.clock.jump(moment)
        self.expire(task)
        return max(1, waited)

    def idle(self, task: Task) -> bool:
        """Nobody is enabled: make somebody so. ``False`` when only main's drain is left to end."""
        if self.is_over:
            raise TaskAbandoned
        for poller in self.pollers:
            poller.poll(0)
        if self.enabled:
            return True
        due = self.next_timers()
        for ask in list(self.at_rest):
            if ask(task, self.timers[0][0] if due else None):
                return True
        if due:
            moment = self.timers[0][0]
            if self.is_draining and moment > self.drain_until:
                return False
            if not self.clock.is_virtual or self.is_exposed():
                self.wait_for_real((moment - self.clock.now) / NANOSECONDS)
                if self.enabled:
                    return True
            self.clock.jump(moment)
            for sleeper in due:
                self.expire(sleeper)
            return True
        if self.is_draining:
            return False
        if self.is_exposed():
            if self.wait_for_real(self.stall_seconds):
                return True
            self.halt("stalled", "stall", "waits for something outside our control", task)
        self.halt("deadlocked", "deadlock", "nobody can go on", task)
        return False

    def is_exposed(self) -> bool:
        """Whether somebody outside our control may still make a task enabled."""
        return any(poller.is_external for poller in self.pollers)

    def wait_for_real(self, seconds: float) -> bool:
        """Wait for the world outside, which a virtual clock cannot hurry; whether it did
        anything."""
        if not self.pollers:
            originals.sleep(max(0.0, seconds))
            return False
        if self.clock.is_virtual and self.next_timers():
            seconds = min(seconds, PATIENCE_SECONDS)
        self.is_waiting = True
        try:
            until = originals.monotonic() + seconds
            while True:
                left = until - originals.monotonic()
                for poller in list(self.pollers):
                    if poller.poll(max(0.0, min(left, PATIENCE_SECONDS) / len(self.pollers))):
                        return True
                if left <= 0:
                    return False
        finally:
            self.is_waiting = False


def _needs_mutex(task: Task) -> bool:
    """Whether a waiter in a condition could not go on even if its time were up."""
    signal = task.resource
    return type(signal) is Signal and signal.then is not None and signal.then.is_closed
