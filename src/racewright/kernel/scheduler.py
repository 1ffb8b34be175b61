"""The scheduler: one loop, no locks, because exactly one task runs between two decisions.

Every operation that others could see is announced *before* it happens (:meth:`Kernel.point`,
:meth:`Kernel.enter`). Where two or more tasks could go on from there, the strategy decides. The
default, from which a schedule counts its deviations, is non-preemptive: the current task goes on if
it can, else the next enabled one in the order of creation. Two rules keep it fair, and are part of
the default, so that no schedule needs to record them: a task that yields lets the next one run, and
a task that has had the turn for a whole :data:`QUANTUM` gives it away.

Time stands still while anybody is enabled (:mod:`racewright.kernel.clock`), except where *slack*, a
budget of virtual seconds, lets the earliest timer fire although somebody could run, and where the
only task that can run does nothing but look (a spin).

A deadlock is a state in which nobody is enabled and no deadline lies ahead, or a cycle of tasks
each of which waits without a deadline for what the next one holds.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import sys
from bisect import insort
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Protocol

from racewright import hot, originals
from racewright.errors import InternalError, TaskAbandoned
from racewright.kernel.clock import NANOSECONDS, Clock
from racewright.kernel.resources import Mutex, Signal
from racewright.kernel.task import Carrier, Task
from racewright.model.operation import READS, Resource, Site

if TYPE_CHECKING:
    from racewright.strategies.base import Strategy

__all__ = ["STATE", "Kernel", "Poller", "Stop", "TraceItem", "here"]

#: Events after which a task that others wait for gives the turn away, whatever the strategy says.
QUANTUM = 1000
#: How many times as many operations as ``max_steps`` one task may do while it is alone.
ALONE_FACTOR = 20
#: Events for which a cycle of waiting tasks with a Lock in it must stand to be a deadlock.
CYCLE_PATIENCE = 20 * QUANTUM
#: Real seconds that a virtual timer waits for the world outside, where there is one.
PATIENCE_SECONDS = 0.05
#: Sites among which a quantum of nothing but reads counts as a spin.
SPIN_SITES = 12
#: How far (virtual seconds) the clock may run after the main task has ended, for the tasks it left.
DRAIN_SECONDS = 10

_CYCLE = "each waits for what the next one holds"

#: One event: task index, kind, resource, site.
TraceItem = tuple[int, str, Hashable, "Site | None"]

_get_ident = originals.get_ident
_gettrace = sys.gettrace
_getprofile = sys.getprofile


class Poller(Protocol):
    """Somebody outside may make a closed resource open: a socket, an uncontrolled thread."""

    @property
    def is_external(self) -> bool:
        """Whether anything but our own tasks could do it, so that real time is worth waiting."""

    def poll(self, seconds: float) -> bool:
        """Wait up to ``seconds`` of real time; whether anything changed."""


class Stop:
    """Why a run was ended before its program was: an outcome, a kind of failure, and words."""

    __slots__ = ("kind", "message", "outcome", "task")

    def __init__(self, outcome: str, kind: str, message: str, task: Task) -> None:
        self.outcome = outcome
        self.kind = kind
        self.message = message
        self.task = task


class State:
    """Which run is under way in this process: the one fact that every primitive asks for."""

    __slots__ = ("kernel",)

    def __init__(self) -> None:
        self.kernel: Kernel | None = None


STATE = State()


def here() -> Kernel | None:
    """The kernel, if the caller is the task that has the turn; else ``None``: behave natively."""
    kernel = STATE.kernel
    if kernel is None or _get_ident() != kernel.current.os_ident:
        return None
    return kernel


def _by_index(task: Task) -> int:
    return task.index


def _needs_mutex(task: Task) -> bool:
    """Whether a waiter in a condition could not go on even if its time were up."""
    signal = task.resource
    return type(signal) is Signal and signal.then is not None and signal.then.is_closed


def _end_process(raised: BaseException | None) -> None:
    """In a child that the program forked, what forked it has come to its end.

    Natively a process ends with its only thread. What follows here is not the program's.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    code = raised.code if isinstance(raised, SystemExit) else raised and 1
    originals.exit_now(code if isinstance(code, int) else bool(code))


class Kernel:
    """One run. Its public fields are its record; ``run`` may be called once."""

    __slots__ = (
        "alive",
        "at_rest",
        "carrier",
        "cleanups",
        "clock",
        "current",
        "cycles",
        "decisions",
        "deviations",
        "drain_until",
        "enabled",
        "failed_before_end",
        "failures",
        "fuse",
        "is_draining",
        "is_focused",
        "is_over",
        "is_waiting",
        "left",
        "max_steps",
        "newly_shared",
        "notes",
        "numbers",
        "on_end",
        "on_halt",
        "passed_alone",
        "path",
        "pollers",
        "preempted_at",
        "quanta",
        "records",
        "sees_accesses",
        "slack",
        "slack_used",
        "stall_seconds",
        "stop",
        "strategy",
        "switches",
        "tasks",
        "threads_outside",
        "timer_count",
        "timers",
        "touched",
        "trace",
        "turn_checked",
        "uncontrolled",
    )

    def __init__(
        self,
        strategy: Strategy,
        carrier: Carrier,
        clock: Clock,
        *,
        max_steps: int = 250_000,
        slack: float = 0.0,
        stall_seconds: float = 5.0,
        trace: list[TraceItem] | None = None,
        is_focused: bool = True,
    ) -> None:
        self.strategy = strategy
        self.carrier = carrier
        self.clock = clock
        self.max_steps = max_steps
        self.slack = int(slack * NANOSECONDS)
        self.stall_seconds = stall_seconds
        #: Whether accesses at sites that were never seen to be shared are passed over by decisions.
        self.is_focused = is_focused
        self.sees_accesses = strategy.sees_accesses

        main = Task(0, "main")
        main.is_started = main.is_enabled = True
        main.ident = main.os_ident = _get_ident()
        self.tasks = [main]
        self.enabled = [main]  #: in the order of creation
        self.current = main
        self.alive = 1
        self.threads_outside: int = originals.count()
        # Not `list[TraceItem]`, whose `append` a compiled kernel would take for the built-in one.
        self.trace: Any = [] if trace is None else trace
        #: Called when main is done and the tasks that it left have come to rest, if any are left.
        self.on_end: Callable[[], None] | None = None
        #: Called once, before anything is unwound, while every stack still stands.
        self.on_halt: Callable[[], None] | None = None
        self.quanta = 0
        self.passed_alone = 0  #: operations while there was but one task
        self.fuse = QUANTUM  #: events until the next check-up
        self.turn_checked: Task | None = None  #: who had the turn at the last check-up
        self.switches = 0
        self.preempted_at: set[int] = set()  #: the numbers of the events that began so
        self.decisions = 0
        self.slack_used = 0
        #: (task, operation, chosen, is_preemption, waited ns, kind, resource, site)
        self.deviations: list[tuple[int, int, int, bool, int, str, Hashable, Site | None]] = []
        self.path: list[tuple[int, int]] = []  #: who took the turn, after how many events
        self.timers: list[tuple[int, int, Task]] = []
        self.timer_count = 0
        self.cycles: list[tuple[int, Task, Mutex]] = []  #: since when, and who waits for what
        self.pollers: list[Poller] = []
        self.stop: Stop | None = None
        self.is_over = False
        self.is_draining = False
        self.is_waiting = False  #: for the world outside, in real time
        self.records = False  #: whether the trace takes note of values
        self.drain_until = 0
        self.newly_shared: set[Site] = set()
        self.touched: dict[Hashable, list[object]] = {}
        self.failures: list[tuple[Task, BaseException]] = []  #: unhandled exceptions in tasks
        self.failed_before_end = 0  #: how many of them came before main's own end
        self.left: list[Task] = []  #: the tasks that were not done when the run ended
        self.notes: list[str] = []
        self.uncontrolled: list[str] = []  #: what the program left to somebody else
        self.cleanups: list[Callable[[], None]] = []
        #: Asked in turn when nobody is enabled, before time jumps or a deadlock is declared: given
        #: the task that cannot go on and the moment (ns) of the next timer, if there is one. True:
        #: somebody was made enabled.
        self.at_rest: list[Callable[[Task, int | None], bool]] = []
        self.numbers = itertools.count(1)  #: for what must be numbered alike in every execution

    # ------------------------------------------------------------------ one run, from end to end

    def run(self, body: Callable[[], BaseException | None]) -> BaseException | None:
        """Run ``body`` as the main task; return what it returns: the exception that ended it.

        It may raise ``TaskAbandoned``: :attr:`stop` then says why the run was ended.
        """
        if STATE.kernel is not None:
            raise InternalError("a controlled run was started within another one")
        main = self.current
        self.carrier.open(self, main)
        raised: BaseException | None = None
        STATE.kernel = self
        try:
            try:
                raised = body()
            except TaskAbandoned:
                pass
            self.failed_before_end = len(self.failures)
            if STATE.kernel is not self:
                _end_process(raised)
            if self.stop is None and self.alive > 1:
                self.drain()
                if self.on_end is not None:
                    self.on_end()
        except TaskAbandoned:
            pass
        finally:
            try:
                self.abandon()
            except TaskAbandoned:  # the watchdog found that a task does not let itself be ended
                pass
            finally:
                self.current = main
                try:
                    self.clean()
                finally:
                    STATE.kernel = None
                    self.carrier.close()
        try:
            return raised
        finally:
            del raised  # its traceback leads to this frame: a cycle, for every run that fails

    def drain(self) -> None:
        """Let the tasks that main left behind go on, as they would natively, until they are
        idle."""
        main = self.current
        if not any(not task.is_done and not task.daemon for task in self.tasks[1:]):
            return
        main.ops += 1
        main.kind, main.resource, main.site = "join", None, None
        self.is_draining = True
        self.drain_until = self.clock.now + DRAIN_SECONDS * NANOSECONDS
        self.block(main, None)

    def abandon(self) -> None:
        """End every task that is not done, so that its ``finally`` blocks run and its stack
        goes."""
        self.is_over = True
        self.fuse = -1
        main = self.tasks[0]
        if self.alive > 1:
            self.left = [task for task in self.tasks[1:] if not task.is_done]
            for task in self.tasks[1:]:
                if task.is_started and not task.is_done:
                    self.current = task
                    self.carrier.switch(main, task)
        self.current = main

    def clean(self) -> None:
        for cleanup in reversed(self.cleanups):
            cleanup()

    # ------------------------------------------------------------------ operations

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

    def offer(self, task: Task, default: Task) -> None:
        """Let the strategy take the turn from the current task, if anybody else could have it."""
        if len(self.enabled) > 1:
            chosen = self.decide(task, default)
            if chosen is not task:
                self.transfer(task, chosen)

    def hand_over(self, resource: Resource, site: Site | None) -> None:
        """A chance to switch just after ``resource`` was given back, where somebody waits for
        it."""
        if resource.waiters and len(self.enabled) > 1:
            task = self.current
            task.ops += 1
            task.kind, task.resource, task.site = "continue", None, site
            self.offer(task, task)

    # ------------------------------------------------------------------ tasks

    def spawn(
        self, body: Callable[[], None], name: str, site: Site | None, *, daemon: bool = False
    ) -> Task:
        """Make a task that will call ``body``; it is enabled from now on."""
        parent = self.current
        if self.is_over:
            raise TaskAbandoned
        parent.ops += 1
        task = Task(len(self.tasks), name, daemon=daemon)
        task.os_ident = parent.os_ident
        task.resource = task.handle
        task.site = site
        task.handle.made_at = site
        task.ident = self.tasks[0].ident + 4096 * task.index
        task.body = lambda: self.live(task, body)
        self.carrier.mount(task)
        self.tasks.append(task)
        self.alive += 1
        self.enable(task)
        self.trace.append((parent.index, "spawn", task.handle, site))
        return task

    def after_spawn(self, site: Site | None) -> None:
        """A chance to switch just after a task was started, before its parent goes on."""
        task = self.current
        task.ops += 1
        task.kind, task.resource, task.site = "continue", None, site
        self.offer(task, task)

    def live(self, task: Task, body: Callable[[], None]) -> None:
        """The life of a task, on its own ride, from its first turn to its last."""
        task.os_ident = _get_ident()
        if _gettrace() is not None:
            sys.settrace(None)
        if _getprofile() is not None:
            sys.setprofile(None)
        task.is_started = True
        try:
            if not self.is_over:
                self.trace.append((task.index, "begin", task.handle, task.site))
                body()
        except TaskAbandoned:
            pass
        except BaseException as error:
            self.failures.append((task, error))
        if STATE.kernel is not self:
            _end_process(None)
        self.end(task)

    def end(self, task: Task) -> None:
        if task.locals:
            # Before it is done: finalisers of what is there may wait, and use locals, as natively.
            for namespace in list(task.locals.values()):
                namespace.clear()  # a `local` may still have the last one in its place
            task.locals.clear()
        task.is_done = True
        task.body = None
        self.alive -= 1
        if self.is_over:
            self.current = main = self.tasks[0]
            self.carrier.leave(task, main)
            return
        task.ops += 1
        task.kind, task.resource, task.site = "end", task.handle, None
        self.trace.append((task.index, "end", task.handle, None))
        self.disable(task)
        self.unlock(task.handle)
        if self.is_draining and not any(
            not other.is_done and not other.daemon for other in self.tasks[1:]
        ):
            chosen = self.tasks[0]
        else:
            try:
                chosen = self.pass_on(task)
            except TaskAbandoned:  # the run was stopped: main says so
                chosen = self.tasks[0]
        self.switches += 1
        self.current = chosen
        self.path.append((chosen.index, len(self.trace)))
        self.carrier.leave(task, chosen)

    # ------------------------------------------------------------------ decisions

    def decide(self, task: Task, default: Task) -> Task:
        """Ask the strategy who goes on, and note where it departs from the default."""
        enabled = self.enabled
        waited = 0
        if self.slack:
            sleepers = self.may_fire()
            if sleepers:
                enabled = sorted(enabled + sleepers, key=_by_index)
            if len(enabled) == 1:
                return enabled[0]
        self.decisions += 1
        chosen: Task = self.strategy.choose(enabled, task, default)  # type: ignore[assignment]
        if not chosen.is_enabled:
            waited = self.fire_early(chosen)
        if chosen is not default or waited:
            preempts = task.is_enabled and default is task
            if preempts:
                self.preempted_at.add(len(self.trace))
            self.deviations.append(
                (
                    task.index,
                    task.ops,
                    chosen.index,
                    preempts,
                    waited,
                    task.kind,
                    task.resource,
                    task.site,
                )
            )
        return chosen

    def after(self, task: Task) -> Task:
        """The default when ``task`` does not go on: the next enabled one in the order of
        creation."""
        index = task.index
        for other in self.enabled:
            if other.index > index:
                return other
        return self.enabled[0]

    def pass_on(self, task: Task) -> Task:
        """Who goes on now that ``task`` cannot."""
        enabled = self.enabled
        while not enabled:
            if not self.idle(task):
                main = self.tasks[0]
                self.is_draining = False
                return main
        if len(enabled) == 1 and not self.slack:
            return enabled[0]
        return self.decide(task, self.after(task))

    def block(self, task: Task, deadline: int | None) -> None:
        """Suspend the current task until it is enabled again and chosen."""
        if self.is_over:
            raise TaskAbandoned
        self.disable(task)
        if deadline is not None:
            self.set_timer(task, deadline)
        chosen = self.pass_on(task)
        if chosen is not task:
            self.transfer(task, chosen)
        elif self.is_over:
            raise TaskAbandoned
        task.timer = 0

    def transfer(self, task: Task, chosen: Task) -> None:
        """Give the turn away; back when ``task`` is chosen again."""
        self.switches += 1
        self.current = chosen
        self.path.append((chosen.index, len(self.trace)))
        tracer, profiler = _gettrace(), _getprofile()
        self.carrier.switch(task, chosen)
        if _gettrace() is not tracer:
            sys.settrace(tracer)
        if _getprofile() is not profiler:
            sys.setprofile(profiler)
        if self.is_over:
            raise TaskAbandoned

    def enable(self, task: Task) -> None:
        if not task.is_enabled and not task.is_done:
            task.is_enabled = True
            task.timer = 0  # `shut` sets it anew if the task has to go on waiting
            enabled = self.enabled
            if not enabled or enabled[-1].index < task.index:
                enabled.append(task)
            else:
                insort(enabled, task, key=_by_index)

    def disable(self, task: Task) -> None:
        if task.is_enabled:
            task.is_enabled = False
            self.enabled.remove(task)

    # ------------------------------------------------------------------ time

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

    # ------------------------------------------------------------------ what must not go on

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

    def halt(self, outcome: str, kind: str, message: str, task: Task) -> None:
        """End the run: every task, main included, is unwound from where it stands."""
        if self.stop is None:
            self.stop = Stop(outcome, kind, message, task)
            if self.on_halt is not None:
                self.on_halt()
        self.is_over = True
        self.fuse = -1
        raise TaskAbandoned


if hot.module is not None:
    hot.module.bind_kernel(Kernel, Task, Resource, Mutex, Site, STATE, TaskAbandoned)
    here = hot.module.here
