"""What must not go on: a cycle of waiting tasks, a run without an end, a turn that lasts too long.

A deadlock is a state in which nobody is enabled and no deadline lies ahead (:meth:`Timers.idle
<racewright.kernel.timers.Timers.idle>`), or a cycle of tasks each of which waits without a deadline
for what the next one holds.
"""

from __future__ import annotations

from racewright.errors import TaskAbandoned
from racewright.kernel.ledger import QUANTUM
from racewright.kernel.resources import Mutex
from racewright.kernel.task import Task
from racewright.kernel.turns import Turns
from racewright.model.operation import READS

__all__ = ["Limits"]

#: How many times as many operations as ``max_steps`` one task may do while it is alone.
ALONE_FACTOR = 20
#: Events for which a cycle of waiting tasks with a Lock in it must stand to be a deadlock.
CYCLE_PATIENCE = 20 * QUANTUM
#: Sites among which a quantum of nothing but reads counts as a spin.
SPIN_SITES = 12

_CYCLE = "each waits for what the next one holds"


class Limits(Turns):
    """The watch over a run: at every wait for a mutex, and once a quantum."""

    __slots__ = ()

    def look_for_cycle(self, task: Task, mutex: Mutex) -> None:
        """``task`` is about to wait for ``mutex``: stop the run if that closes a cycle for good.

        An RLock is given back by its holder and nobody else, so a cycle of RLocks is final. A Lock
        anybody may give back, and as a signal it is taken again by the very task that took it last.
        A cycle with a Lock in it therefore counts when it has stood for long (:meth:`check_up`),
        and a task that waits for itself only when nobody else can go on either.
        """
        cycle = self.cycle_from(task, mutex)
        if cycle and all(each.kind == "RLock" for each in cycle):
            self.disable(task)
            self.halt("deadlocked", "deadlock", _CYCLE, task)
        elif len(cycle) > 1:
            self.cycles.append((len(self.trace), task, mutex))

    def cycle_from(self, task: Task, mutex: Mutex) -> list[Mutex]:
        """The mutexes of the cycle that waiting for ``mutex`` closes: from it, back to ``task``."""
        cycle = [mutex]
        owner = mutex.owner
        while owner is not None and owner is not task and len(cycle) <= len(self.tasks):
            wanted = owner.resource
            if owner.is_enabled or owner.is_done or owner.timer or owner.deadline is not None:
                return []
            if type(wanted) is not Mutex or owner not in wanted.waiters:
                return []
            cycle.append(wanted)
            owner = wanted.owner
        return cycle if owner is task else []

    def check_cycles(self) -> None:
        """Stop the run if a cycle of waiting tasks has stood for long."""
        for since, task, mutex in self.cycles:
            if len(self.trace) - since < CYCLE_PATIENCE:
                return
            if task in mutex.waiters and not task.is_enabled and self.cycle_from(task, mutex):
                self.halt("deadlocked", "deadlock", _CYCLE, task)

    def check_up(self, task: Task) -> None:
        """Once a quantum: the step limit, the turn that lasts too long, the spin that never
        ends."""
        if self.is_over:
            raise TaskAbandoned
        self.fuse = QUANTUM
        self.quanta += 1
        for poller in self.pollers:
            poller.poll(0)
        if self.quanta * QUANTUM > self.max_steps:
            message = f"still running after {self.quanta * QUANTUM} events"
            self.halt("livelocked", "livelock", message, task)
        self.check_cycles()
        if self.turn_checked is not task or (
            len(self.path) and self.path[-1][1] > (len(self.trace) - QUANTUM)
        ):
            self.turn_checked = task
            return
        if len(self.enabled) > 1:
            self.strategy.starved(task)
            self.transfer(task, self.after(task))
        elif self.is_spinning(task):
            due = self.next_timers()
            if due:
                self.clock.jump(self.timers[0][0])
                for sleeper in due:
                    self.expire(sleeper)

    def pass_alone(self, task: Task) -> None:
        """Nothing that the only task does can be interleaved: no event, and none of its operations.

        What it does alone often differs between the first execution in a process, which imports
        things and fills caches, and the later ones; so it must not count, or a schedule made in one
        could not be followed in the other.
        """
        self.passed_alone += 1
        if self.fuse < 0:
            self.check_up(task)
        elif self.passed_alone > self.max_steps * ALONE_FACTOR:
            message = f"still running after {self.passed_alone} operations of one task alone"
            self.halt("livelocked", "livelock", message, task)

    def is_spinning(self, task: Task) -> bool:
        """Whether the last quantum was nothing but looks at a few places."""
        recent = self.trace[-QUANTUM:]
        return (
            all(
                (item[0] == task.index and item[1] in READS) or item[1] == "yield"
                for item in recent
            )
            and len({item[3] for item in recent}) <= SPIN_SITES
        )
