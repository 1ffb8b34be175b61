"""What a task does that others could see, each announced before it happens.

Where two or more tasks could go on from there, the strategy decides. Every method here is the
current task's: it comes back when that task has the turn again, and may go on.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from racewright.kernel.limits import Limits
from racewright.kernel.resources import Mutex, Signal
from racewright.kernel.task import Task
from racewright.model.operation import Resource, Site

__all__ = ["Operations"]


class Operations(Limits):
    """The face of the kernel to the primitives."""

    __slots__ = ()

    def point(self, kind: str, resource: Hashable, site: Site | None) -> None:
        """The current task is about to do ``kind`` on ``resource``, and could do it at once."""
        task = self.current
        if self.alive == 1:
            self.pass_alone(task)
            return
        task.ops += 1
        self.fuse -= 1
        if self.fuse < 0:
            self.check_up(task)
        task.kind = kind
        task.resource = resource
        task.site = site
        if len(self.enabled) > 1 or self.slack:
            chosen = self.decide(task, task)
            if chosen is not task:
                self.transfer(task, chosen)
        self.trace.append((task.index, kind, resource, site))

    def access(self, site: Site, location: Hashable) -> None:
        """The current task is about to read or write memory.

        At a site where no conflict was ever seen the strategy is not asked (unless the run is
        unfocused), but the event counts and is recorded all the same: what has been learnt must not
        change what a schedule means.
        """
        task = self.current
        task.ops += 1
        self.fuse -= 1
        if self.fuse < 0:
            self.check_up(task)
        kind = site.kind
        if self.sees_accesses and (site.is_shared or not self.is_focused):
            task.kind = kind
            task.resource = location
            task.site = site
            if len(self.enabled) > 1 or self.slack:
                chosen = self.decide(task, task)
                if chosen is not task:
                    self.transfer(task, chosen)
        if not site.is_shared:
            self.learn(task, site, location)
        self.trace.append((task.index, kind, location, site))

    def learn(self, task: Task, site: Site, location: Hashable) -> None:
        """Mark the sites of a location that two tasks touch, at least one of them writing."""
        entry = self.touched.get(location)
        if entry is None:
            # [first task, or -1 when there are several; whether anybody wrote; the sites]
            self.touched[location] = [task.index, site.kind != "read", {site}]
            return
        sites: set[Site] = entry[2]  # type: ignore[assignment]
        sites.add(site)
        if entry[0] != task.index:
            entry[0] = -1
        if site.kind != "read":
            entry[1] = True
        if entry[0] == -1 and entry[1]:
            for each in sites:
                each.is_shared = True
            self.newly_shared.update(sites)
            sites.clear()

    def enter(
        self,
        kind: str,
        resource: Resource,
        site: Site | None,
        timeout: float | None = None,
    ) -> bool:
        """The current task is about to do what needs ``resource`` open; wait until it can.

        Returns ``False`` if ``timeout`` (seconds; ``None`` for ever) was over first.
        """
        if timeout is not None and timeout <= 0:
            return self.glance(kind, resource, site)
        task = self.current
        if self.alive == 1 and not resource.is_closed:
            self.pass_alone(task)
            return True
        task.ops += 1
        task.kind = kind
        task.resource = resource
        task.site = site
        self.fuse -= 1
        if self.fuse < 0:
            self.check_up(task)
        if resource.is_closed:
            task.deadline = None if timeout is None else self.clock.deadline(timeout)
            resource.waiters.append(task)
            try:
                if task.deadline is None and type(resource) is Mutex:
                    self.look_for_cycle(task, resource)
                self.block(task, task.deadline)
            finally:
                resource.waiters.remove(task)
        elif len(self.enabled) > 1 or self.slack:
            chosen = self.decide(task, task)
            if chosen is not task:
                task.deadline = None if timeout is None else self.clock.deadline(timeout)
                resource.waiters.append(task)
                try:
                    self.transfer(task, chosen)
                finally:
                    resource.waiters.remove(task)
        task.deadline = None
        if task.timed_out:
            task.timed_out = False
            self.trace.append((task.index, "time-out", resource, site))
            return False
        self.trace.append((task.index, kind, resource, site))
        return True

    def glance(self, kind: str, resource: Resource, site: Site | None) -> bool:
        """:meth:`enter` with no time to wait, which never lets others run first; whether it can."""
        self.point(kind, resource, site)
        if not resource.is_closed:
            return True
        if self.alive > 1:
            self.trace.append((self.current.index, "time-out", resource, site))
        return False

    def await_signal(self, signal: Signal, site: Site | None, timeout: float | None) -> bool:
        """Wait for ``signal``, then for the mutex ``signal.then``; whether the signal came in time.

        The mutex, if there is one, is open when this returns, and the caller takes it.
        """
        task = self.current
        task.ops += 1
        task.kind, task.resource, task.site = "wait", signal, site
        self.fuse -= 1
        if self.fuse < 0:
            self.check_up(task)
        self.trace.append((task.index, "wait", signal.subject, site))
        if signal.is_closed:
            signal.waiters.append(task)
            try:
                if timeout is not None and timeout <= 0:
                    self.deliver(signal)
                    self.offer(task, task)
                else:
                    self.block(task, None if timeout is None else self.clock.deadline(timeout))
            finally:
                for place in (signal, signal.then):
                    if place is not None and task in place.waiters:
                        place.waiters.remove(task)
        task.timed_out = False
        self.trace.append((task.index, "wake" if signal.came else "time-out", signal.subject, site))
        return signal.came

    def rest(self, seconds: float, resource: Resource, site: Site | None) -> None:
        """Sleep: enabled again when the clock reaches the deadline."""
        task = self.current
        task.ops += 1
        self.fuse -= 1
        if self.fuse < 0:
            self.check_up(task)
        task.kind, task.resource, task.site = "sleep", resource, site
        if seconds <= 0:
            task.kind = "yield"
            self.offer(task, self.after(task))
        else:
            self.block(task, self.clock.deadline(seconds))
            task.timed_out = False
        self.trace.append((task.index, task.kind, resource, site))

    def take(self, mutex: Mutex, real: Any, site: Site | None) -> bool:
        """Take ``mutex``, behind which is a real lock, when it is open; ``False``: see who has it.

        One call for what most acquisitions are. Where it fails, somebody outside holds ``real``.
        """
        if not mutex.is_closed and real.locked():
            return False
        self.enter("acquire", mutex, site)
        if not real.acquire(False):
            return False
        mutex.owner = self.current
        mutex.taken_at = site
        self.shut(mutex)
        return True

    def give_back(self, mutex: Mutex, real: Any, site: Site | None) -> None:
        """The other end of :meth:`take`."""
        self.point("release", mutex, site)
        real.release()  # raises RuntimeError where it was not held
        mutex.owner = None
        self.unlock(mutex)
        if mutex.waiters:
            self.hand_over(mutex, site)

    def after_spawn(self, site: Site | None) -> None:
        """A chance to switch just after a task was started, before its parent goes on."""
        task = self.current
        task.ops += 1
        task.kind, task.resource, task.site = "continue", None, site
        self.offer(task, task)

    # ------------------------------------------------------------------ what opens and closes

    def shut(self, resource: Resource) -> None:
        """``resource`` was just taken: whoever needs it open must wait."""
        resource.is_closed = True
        for waiter in resource.waiters:
            if not waiter.timed_out:
                self.disable(waiter)
                if waiter.deadline is not None and not waiter.timer:
                    self.set_timer(waiter, waiter.deadline)

    def unlock(self, resource: Resource) -> None:
        """``resource`` was just given back: whoever needs it open can go on."""
        resource.is_closed = False
        for waiter in resource.waiters:
            self.enable(waiter)

    def send(self, signal: Signal) -> None:
        """``signal`` comes: its waiter goes on to the mutex it must hold again."""
        if signal.is_closed:
            signal.came = True
            self.deliver(signal)
