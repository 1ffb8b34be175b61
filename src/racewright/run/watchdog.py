"""Noticing, from outside the controlled world, that nothing moves in it."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from racewright import originals
from racewright.errors import TaskAbandoned
from racewright.interpose.entropy import kept_generator
from racewright.kernel.ledger import Stop
from racewright.kernel.scheduler import STATE, Kernel
from racewright.kernel.stacks import stack_of
from racewright.model.execution import (
    TaskState,
)
from racewright.run.judgement import task_states

__all__ = ["Alarm", "Watchdog", "many_runs"]

#: How many times as long as another a starved process may go without a scheduling point.
MOST_PATIENCE = 10

_SIGALRM = int(signal.SIGALRM)
_ITIMER_REAL = int(signal.ITIMER_REAL)


class Watchdog:
    """Notices from outside the controlled world that nothing moves, and names what does not.

    A timer of the operating system interrupts the process now and then. Where a task has made no
    scheduling point for ``seconds``, its stack is kept and the run is ended by an exception raised
    where it stands, which also breaks blocking calls that Python restarts after signals. A call
    that not even that can break is left to whoever watches this process (``search.workers``), or
    to ``on_stuck``.
    """

    def __init__(
        self, kernel: Kernel, seconds: float, heartbeat: Callable[[], None] | None
    ) -> None:
        self.kernel = kernel
        self.seconds = seconds
        self.heartbeat = heartbeat  #: called while things move
        self.on_stuck: Callable[[], None] | None = None  #: called when nothing here can help
        self.seen: tuple[int, ...] = ()
        self.since = originals.monotonic()
        self.spent = 0.0  #: processor time at the last look but those at which nothing had moved
        self.raised = 0
        self.states: tuple[TaskState, ...] = ()

    def __enter__(self) -> None:
        if self.seconds > 0:
            _ALARM.begin(self)

    def __exit__(self, *_: object) -> None:
        _ALARM.end()

    def look(self, frame: FrameType | None) -> None:
        kernel = self.kernel
        if STATE.kernel is not kernel:
            return
        now = originals.monotonic()
        seen = (
            len(kernel.trace),
            kernel.switches,
            kernel.clock.now,
            kernel.current.ops,
            kernel.passed_alone,
        )
        if seen != self.seen or kernel.is_waiting:
            self.seen = seen
            self.since = now
            self.spent = originals.process_time()
        elif now - self.since < self.seconds:
            return
        elif not self.is_starved(now - self.since, originals.process_time() - self.spent):
            self.since = now
            self.bite(frame)
        if self.heartbeat is not None:
            self.heartbeat()

    def is_starved(self, real: float, spent: float) -> bool:
        """Whether in ``real`` seconds the process did work, but had no processor for most of it.

        On a busy machine a computation that takes long otherwise counts as a stall. What blocks
        spends nothing.
        """
        return real / 50 < spent < self.seconds / 2 and real < MOST_PATIENCE * self.seconds

    def bite(self, frame: FrameType | None) -> NoReturn:
        kernel = self.kernel
        task = kernel.current
        self.raised += 1
        on_main = originals.get_ident() == task.os_ident
        if not on_main:
            frame = kernel.carrier.stack_of(task)
        if kernel.stop is None:
            stack = stack_of(frame)
            where = f" at {stack[-1].key}" if stack else ""
            kernel.stop = Stop(
                "stalled",
                "stall",
                f"{task.name} made no scheduling point for {self.seconds:g} s{where}: "
                "it computes, or it blocks outside our control",
                task,
            )
            self.states = task_states(kernel, frame)
        kernel.is_over = True
        kernel.fuse = -1
        if (self.raised > 3 or not on_main) and self.on_stuck is not None:
            self.on_stuck()
        raise TaskAbandoned


class Alarm:
    """The timer of the operating system, armed for one run or, where :func:`many_runs` follow one
    another, for all of them: a call of the system takes longer than a tenth of a small run."""

    INTERVAL = 0.25

    def __init__(self) -> None:
        self.watchdog: Watchdog | None = None
        self.is_kept = False
        self.is_armed = False
        self.rang = 0.0
        self.before: Any = None
        self.handler = self.ring  # one object, to be recognised by

    def begin(self, watchdog: Watchdog) -> None:
        self.watchdog = watchdog
        if not self.is_armed:
            if originals.get_ident() == originals.main_thread().ident:
                self.before = originals.set_handler(_SIGALRM, self.handler)
                self.arm()
                self.is_armed = True
        elif (
            # The program had uses of its own for the signal, or for the timer.
            originals.get_handler(_SIGALRM) is not self.handler
            or originals.monotonic() - self.rang > 4 * self.INTERVAL
        ):
            originals.set_handler(_SIGALRM, self.handler)
            self.arm()

    def arm(self) -> None:
        self.rang = originals.monotonic()
        originals.set_timer(_ITIMER_REAL, self.INTERVAL, self.INTERVAL)

    def end(self) -> None:
        self.watchdog = None
        if not self.is_kept and self.is_armed:
            originals.set_timer(_ITIMER_REAL, 0)
            originals.set_handler(_SIGALRM, self.before)
            self.is_armed = False

    def ring(self, _signal: int, frame: FrameType | None) -> None:
        self.rang = originals.monotonic()
        if self.watchdog is not None:
            self.watchdog.look(frame)


_ALARM = Alarm()


@contextmanager
def many_runs() -> Iterator[None]:
    """Around many runs: what each would take and give back is taken once, and given back after the
    last.

    Collection stays off between them, too. A run makes more objects than collection lets pass, so
    it would come after each; run_once() collects now and then.
    """
    if _ALARM.is_kept:
        yield
        return
    _ALARM.is_kept = True
    collects = gc.isenabled()
    gc.disable()
    try:
        with kept_generator():
            yield
    finally:
        if collects:
            gc.enable()
        _ALARM.is_kept = False
        _ALARM.end()
