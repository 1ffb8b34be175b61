"""The third carrier: tasks written as generators that *yield* what they are about to do.

For our own tests and for documentation: a program of a few lines whose every scheduling point is on
the page, driven by the same kernel, with the same decisions, timers and deadlocks::

    def writer(mutex):
        yield acquire(mutex)
        yield write("x")
        yield release(mutex)

    def program():
        mutex = new_mutex()
        task = yield spawn(writer(mutex))
        yield read("x")
        yield join(task)

    kernel, error = run_script(program(), strategy)

On the other carriers the kernel's operations return when the task has the turn again. A generator
cannot be suspended in the middle of a call, so each operation here is cut in two where the turn is
given away: what comes before announces it and has the strategy choose, what comes after commits it.
They are ``Kernel.point``, ``enter`` and ``rest`` spelt as generators, so that the kernel's own need
no further calls. Who decides, who is enabled and what time it is stay the kernel's, and the
conformance suite holds the traces of all carriers equal.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Any

from racewright import originals
from racewright.errors import InternalError, TaskAbandoned
from racewright.kernel.clock import Clock
from racewright.kernel.resources import Flag, Mutex
from racewright.kernel.scheduler import Kernel
from racewright.kernel.task import Task
from racewright.model.operation import Resource, Site, site_of
from racewright.strategies.base import Strategy

__all__ = [
    "Flag",
    "Operation",
    "Script",
    "ScriptCarrier",
    "acquire",
    "join",
    "new_mutex",
    "read",
    "release",
    "run_script",
    "set_flag",
    "sleep",
    "spawn",
    "wait",
    "write",
]

#: How an operation happens: it yields whom the turn goes to, and returns what the task is told.
Steps = Generator[Task, None, Any]
#: What a task does with the turn; the site is where its script stands.
Operation = Callable[[Kernel, Site], Steps]
#: A task's whole life.
Script = Generator[Operation, Any, object]

_CLOCK = Resource("clock")


def new_mutex() -> Mutex:
    """A mutex that nobody holds."""
    return Mutex("Lock")


# ---------------------------------------------------------------------- the halves of operations


def _announce(kernel: Kernel, kind: str, resource: Hashable, site: Site) -> Task:
    task = kernel.current
    task.ops += 1
    task.kind, task.resource, task.site = kind, resource, site
    if len(kernel.trace) > kernel.max_steps:
        message = f"still running after {len(kernel.trace)} events"
        kernel.halt("livelocked", "livelock", message, task)
    return task


def _may_go_on(kernel: Kernel, task: Task) -> Steps:
    """The task could go on: ask the strategy whether it does."""
    if len(kernel.enabled) > 1 or kernel.slack:
        chosen = kernel.decide(task, task)
        if chosen is not task:
            yield chosen


def _must_wait(kernel: Kernel, task: Task, deadline: int | None) -> Steps:
    """The task cannot go on before others, or the clock, let it."""
    kernel.disable(task)
    if deadline is not None:
        kernel.set_timer(task, deadline)
    chosen = kernel.pass_on(task)
    if chosen is not task:
        yield chosen
    task.timer = 0


def _point(kernel: Kernel, kind: str, resource: Hashable, site: Site) -> Steps:
    if kernel.alive == 1:
        return
    task = _announce(kernel, kind, resource, site)
    yield from _may_go_on(kernel, task)
    kernel.trace.append((task.index, kind, resource, site))


def _enter(
    kernel: Kernel, kind: str, resource: Resource, site: Site, timeout: float | None
) -> Steps:
    if kernel.alive == 1 and not resource.is_closed:
        return True
    task = _announce(kernel, kind, resource, site)
    task.deadline = None if timeout is None else kernel.clock.deadline(timeout)
    resource.waiters.append(task)
    try:
        if not resource.is_closed:
            yield from _may_go_on(kernel, task)
        else:
            if task.deadline is None and isinstance(resource, Mutex):
                kernel.look_for_cycle(task, resource)
            yield from _must_wait(kernel, task, task.deadline)
    finally:
        resource.waiters.remove(task)
    task.deadline = None
    timed_out, task.timed_out = task.timed_out, False
    kernel.trace.append((task.index, "time-out" if timed_out else kind, resource, site))
    return not timed_out


def _open(kernel: Kernel, resource: Resource, site: Site) -> Steps:
    """``resource`` was given back: others can go on, and may do so at once."""
    kernel.unlock(resource)
    if resource.waiters and len(kernel.enabled) > 1:
        yield from _continue(kernel, site)


def _continue(kernel: Kernel, site: Site) -> Steps:
    yield from _may_go_on(kernel, _announce(kernel, "continue", None, site))


# ---------------------------------------------------------------------- operations


def acquire(mutex: Mutex, timeout: float | None = None) -> Operation:
    """Take ``mutex``; whether it could be taken within ``timeout`` seconds."""

    def steps(kernel: Kernel, site: Site) -> Steps:
        if not (yield from _enter(kernel, "acquire", mutex, site, timeout)):
            return False
        mutex.owner, mutex.taken_at = kernel.current, site
        kernel.shut(mutex)
        return True

    return steps


def release(mutex: Mutex) -> Operation:
    """Give ``mutex`` back."""

    def steps(kernel: Kernel, site: Site) -> Steps:
        yield from _point(kernel, "release", mutex, site)
        if mutex.owner is None:
            raise RuntimeError("release unlocked lock")
        mutex.owner = None
        yield from _open(kernel, mutex, site)

    return steps


def read(name: str) -> Operation:
    """Read the location ``name``."""
    return lambda kernel, site: _point(kernel, "read", name, site)


def write(name: str) -> Operation:
    """Write the location ``name``."""
    return lambda kernel, site: _point(kernel, "write", name, site)


def sleep(seconds: float) -> Operation:
    """Do nothing until the clock has moved on by ``seconds``; for none, let the next task run."""

    def steps(kernel: Kernel, site: Site) -> Steps:
        task = _announce(kernel, "sleep" if seconds > 0 else "yield", _CLOCK, site)
        if seconds > 0:
            yield from _must_wait(kernel, task, kernel.clock.deadline(seconds))
            task.timed_out = False
        elif len(kernel.enabled) > 1:
            chosen = kernel.decide(task, kernel.after(task))
            if chosen is not task:
                yield chosen
        kernel.trace.append((task.index, task.kind, _CLOCK, site))

    return steps


def set_flag(flag: Flag) -> Operation:
    """Set ``flag``: whoever waits for it can go on."""

    def steps(kernel: Kernel, site: Site) -> Steps:
        yield from _point(kernel, "set", flag, site)
        flag.is_set = True
        yield from _open(kernel, flag, site)

    return steps


def wait(flag: Flag, timeout: float | None = None) -> Operation:
    """Wait until ``flag`` is set; whether it was within ``timeout`` seconds."""

    def steps(kernel: Kernel, site: Site) -> Steps:
        flag.is_closed = not flag.is_set
        return (yield from _enter(kernel, "wait", flag, site, timeout))

    return steps


def spawn(script: Script, name: str = "") -> Operation:
    """Start a task that does ``script``; the task."""

    def steps(kernel: Kernel, site: Site) -> Steps:
        task = kernel.spawn(_no_body, name or f"task-{len(kernel.tasks)}", site)
        task.ride = script
        yield from _continue(kernel, site)
        return task

    return steps


def _no_body() -> None:
    raise InternalError("the body of a scripted task was called")


def join(task: Task, timeout: float | None = None) -> Operation:
    """Wait until ``task`` is over; whether it was within ``timeout`` seconds."""
    return lambda kernel, site: _enter(kernel, "join", task.handle, site, timeout)


# ---------------------------------------------------------------------- the carrier


class ScriptCarrier:
    """Generators as tasks: one loop on the stack of main drives them all."""

    name = "script"

    def __init__(self, script: Script) -> None:
        self.script = script
        self.suspended: dict[int, Steps] = {}  #: by task, the operation in whose midst it stands

    def open(self, kernel: Kernel, main: Task) -> None:
        self.kernel = kernel
        main.ride = self.script

    def mount(self, task: Task) -> None:
        """The script comes with the operation that starts the task."""

    def switch(self, task: Task, to: Task) -> None:
        """Main, at its end, waits for the others (``Kernel.drain``), or unwinds them."""
        if self.kernel.is_over:
            self.unwind(to)
            return
        while self.kernel.current is not task:
            self.turn(self.kernel.current)

    def leave(self, task: Task, to: Task) -> None:
        task.ride = None

    def close(self) -> None:
        self.suspended.clear()

    def stack_of(self, task: Task) -> Any:
        return getattr(task.ride, "gi_frame", None)

    def run_main(self) -> BaseException | None:
        """Main's body: drive everybody until main's script is over; what it raised."""
        kernel = self.kernel
        main = kernel.current
        error: BaseException | None = None
        while main.ride is not None:
            try:
                self.turn(kernel.current)
            except TaskAbandoned:
                self.unwind_main(main)
                raise
            except Exception as raised:
                error, main.ride = raised, None
        return error

    def turn(self, task: Task) -> None:
        """Drive ``task`` until it gives the turn away or is over."""
        kernel = self.kernel
        if kernel.is_over:
            raise TaskAbandoned
        try:
            if not task.is_started:
                task.is_started = True
                task.os_ident = originals.get_ident()
                kernel.trace.append((task.index, "begin", task.handle, task.site))
            while not self.step(task):
                pass
        except StopIteration:
            self.finish(task)
        except TaskAbandoned:
            raise
        except Exception as error:
            if not task.index:
                raise
            kernel.failures.append((task, error))
            self.finish(task)

    def finish(self, task: Task) -> None:
        if task.index:
            self.kernel.end(task)
        else:
            task.ride = None

    def step(self, task: Task) -> bool:
        """One operation, or the rest of one; whether the turn was given away in its midst."""
        kernel = self.kernel
        script: Any = task.ride
        steps = self.suspended.pop(task.index, None)
        if steps is None:
            steps = self.next_operation(script, None)
        while True:
            try:
                chosen = next(steps)
            except StopIteration as done:
                steps = self.next_operation(script, done.value)
                continue
            except (RuntimeError, ValueError) as error:  # the program's own: let its script see it
                steps = self.raise_in(script, error)
                continue
            self.suspended[task.index] = steps
            kernel.switches += 1
            kernel.current = chosen
            kernel.path.append((chosen.index, len(kernel.trace)))
            return True

    def next_operation(self, script: Any, told: Any) -> Steps:
        return self.begin(script, script.send(told))

    def raise_in(self, script: Any, error: Exception) -> Steps:
        return self.begin(script, script.throw(error))

    def begin(self, script: Any, operation: Operation) -> Steps:
        frame = script.gi_frame
        return operation(self.kernel, site_of(frame.f_code, frame.f_lasti))

    def unwind(self, task: Task) -> None:
        """The run is over: ``finally`` blocks of a script run, what they yield is not done."""
        self.unwind_main(task)
        self.kernel.end(task)

    def unwind_main(self, task: Task) -> None:
        steps = self.suspended.pop(task.index, None)
        if steps is not None:
            steps.close()
        if task.ride is not None:
            task.ride.close()
            task.ride = None


def run_script(
    script: Script, strategy: Strategy, *, slack: float = 0.0, max_steps: int = 250_000
) -> tuple[Kernel, BaseException | None]:
    """Run ``script`` as the main task; the record of the run, and what the script raised."""
    carrier = ScriptCarrier(script)
    kernel = Kernel(strategy, carrier, Clock(), slack=slack, max_steps=max_steps, is_focused=False)
    strategy.begin()
    return kernel, kernel.run(carrier.run_main)
