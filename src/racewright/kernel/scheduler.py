"""The scheduler: one loop, no locks, because exactly one task runs between two decisions.

Every operation that others could see is announced *before* it happens (:meth:`Kernel.point`,
:meth:`Kernel.enter`). Where two or more tasks could go on from there, the strategy decides. The
default, from which a schedule counts its deviations, is non-preemptive: the current task goes on if
it can, else the next enabled one in the order of creation. Two rules keep it fair, and are part of
the default, so that no schedule needs to record them: a task that yields lets the next one run, and
a task that has had the turn for a whole quantum (:data:`racewright.kernel.ledger.QUANTUM`) gives it
away.

Time stands still while anybody is enabled (:mod:`racewright.kernel.timers`), except where *slack*
lets the earliest timer fire although somebody could run, and where the only task that can run does
nothing but look (a spin).

Here is the life of a run and of its tasks; the layers below it are listed in
:mod:`racewright.kernel.ledger`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from functools import partial

from racewright import hot, originals
from racewright.errors import InternalError, TaskAbandoned
from racewright.kernel.clock import NANOSECONDS
from racewright.kernel.operations import Operations
from racewright.kernel.resources import Mutex
from racewright.kernel.task import Task
from racewright.model.operation import Resource, Site

__all__ = ["STATE", "Kernel", "here"]

#: How far (virtual seconds) the clock may run after the main task has ended, for the tasks it left.
DRAIN_SECONDS = 10

_get_ident = originals.get_ident
_gettrace = sys.gettrace
_getprofile = sys.getprofile


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


def _end_process(raised: BaseException | None) -> None:
    """In a child that the program forked, what forked it has come to its end.

    Natively a process ends with its only thread. What follows here is not the program's.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    code = raised.code if isinstance(raised, SystemExit) else raised and 1
    originals.exit_now(code if isinstance(code, int) else bool(code))


class Kernel(Operations):
    """One run. Its public fields are its record; ``run`` may be called once."""

    __slots__ = ()

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
        task.body = partial(self.live, task, body)
        self.carrier.mount(task)
        self.tasks.append(task)
        self.alive += 1
        self.enable(task)
        self.trace.append((parent.index, "spawn", task.handle, site))
        return task

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
            self.drop_locals(task)
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
        chosen = self.successor(task)
        self.switches += 1
        self.current = chosen
        self.path.append((chosen.index, len(self.trace)))
        self.carrier.leave(task, chosen)

    def successor(self, task: Task) -> Task:
        """Who has the turn after ``task``, which is done."""
        if self.is_draining and not any(
            not other.is_done and not other.daemon for other in self.tasks[1:]
        ):
            return self.tasks[0]
        try:
            return self.pass_on(task)
        except TaskAbandoned:  # the run was stopped: main says so
            return self.tasks[0]

    @staticmethod
    def drop_locals(task: Task) -> None:
        """Before it is done: finalisers of what is there may wait, and use locals, as natively."""
        for namespace in list(task.locals.values()):
            namespace.clear()  # a `local` may still have the last one in its place
        task.locals.clear()


if hot.module is not None:
    hot.module.bind_kernel(Kernel, Task, Resource, Mutex, Site, STATE, TaskAbandoned)
    hot.module.bind_lives(_end_process)
    here = hot.module.here
