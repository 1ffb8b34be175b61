"""One controlled run, and what it owns while it lasts."""

from __future__ import annotations

import gc
import itertools
import sys
import threading
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from racewright.carriers.greenlets import GreenletCarrier
from racewright.carriers.os_threads import ThreadCarrier
from racewright.errors import InternalError, TaskAbandoned
from racewright.interpose import stdlib
from racewright.interpose.entropy import ENTROPY
from racewright.kernel.clock import Clock
from racewright.kernel.scheduler import Kernel
from racewright.model.execution import (
    Execution,
    Failure,
    TaskState,
)
from racewright.model.operation import Site
from racewright.model.schedule import Step
from racewright.run.judgement import Program, describe, stopped, task_states, unending
from racewright.run.traces import RecordingTrace, VerifyingTrace
from racewright.run.watchdog import Watchdog
from racewright.settings import Settings
from racewright.strategies.base import Strategy

__all__ = ["OwnedProcess", "RunResult", "run_once"]

_CARRIERS: dict[str, Callable[[], Any]] = {
    "greenlets": GreenletCarrier,
    "threads": ThreadCarrier,
}


class RunResult:
    """An execution, and what only this process needs of it."""

    __slots__ = ("difference", "error", "execution", "newly_shared")

    def __init__(
        self,
        execution: Execution,
        error: BaseException | None,
        newly_shared: set[Site],
        difference: tuple[int, Step | None, Step | None] | None,
    ) -> None:
        self.execution = execution
        self.error = error
        self.newly_shared = newly_shared  #: sites that two tasks were first seen to contend for
        self.difference = difference  #: of a strict replay: step number, recorded, now


class OwnedProcess:
    """Randomness, garbage collection, thread names and hooks, for the length of a run."""

    __slots__ = ("active", "collects", "counter", "hook", "pool_counter", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __enter__(self) -> None:
        self.counter, self.pool_counter = _threads._counter, _pools._counter
        _threads._counter = itertools.count(1).__next__
        _pools._counter = itertools.count().__next__
        self.hook = threading.excepthook
        self.active = set(_threads._active)
        self.collects = gc.isenabled()
        gc.disable()
        ENTROPY.begin(self.seed)

    def __exit__(self, *_: object) -> None:
        ENTROPY.end()
        threading.excepthook = self.hook
        active = _threads._active
        if active.keys() != self.active:
            for ident in active.keys() - self.active:
                active.pop(ident, None)
        _threads._counter, _pools._counter = self.counter, self.pool_counter
        if self.collects:
            gc.enable()
        else:
            gc.disable()
        _collect()


_threads: Any = threading
_pools: Any = ThreadPoolExecutor


def _collect() -> None:
    """Collect between runs, and seldom: collection was off, and its finalisers belong to nobody."""
    young, _, old = gc.get_count()
    if young > 8000:
        gc.collect(1 if old < 20 else 2)


def _kernel(
    strategy: Strategy,
    settings: Settings,
    slack: float,
    epoch: float,
    *,
    is_focused: bool,
    trace: Any,
) -> Kernel:
    kernel = Kernel(
        strategy,
        _CARRIERS[settings.carrier](),
        Clock(epoch, is_virtual=settings.clock == "virtual"),
        max_steps=settings.max_steps,
        slack=slack,
        stall_seconds=settings.stall,
        trace=trace,
        # What was learnt must not decide which recorded decisions are met again.
        is_focused=is_focused and not strategy.needs_every_decision,
    )
    if trace is not None:
        trace.kernel = kernel
    return kernel


def _watchdog(
    kernel: Kernel,
    settings: Settings,
    heartbeat: Callable[[], None] | None,
    on_stuck: Callable[[Failure], None] | None,
) -> Watchdog:
    watchdog = Watchdog(kernel, settings.stall, heartbeat)
    if on_stuck is not None:

        def report() -> None:
            assert kernel.stop is not None
            on_stuck(stopped(kernel, kernel.stop, watchdog.states))

        watchdog.on_stuck = report
    return watchdog


def run_once(
    program: Program,
    strategy: Strategy,
    settings: Settings,
    *,
    slack: float = 0.0,
    epoch: float = 0.0,
    is_recorded: bool = False,
    is_kept: bool = False,
    is_focused: bool = True,
    expected: Sequence[Step] | None = None,
    heartbeat: Callable[[], None] | None = None,
    on_stuck: Callable[[Failure], None] | None = None,
    deviations: list[Any] | None = None,
    known: Container[str] = (),
    path: Any = None,
    trace: Any = None,
) -> RunResult:
    """Run ``program`` once under ``strategy``, whose ``begin`` has been called.

    ``slack`` is in virtual seconds; ``epoch`` is the wall-clock time (seconds) at which the virtual
    clock starts. ``expected`` makes the run a strict replay: it ends at the first event that
    differs. ``is_recorded`` keeps every event with its values. ``heartbeat`` is called now and
    then while things move; ``on_stuck`` when an execution cannot be ended from within.
    ``deviations``, ``path`` and ``trace`` are lists of the caller's that the run fills as it goes.
    The schedule of a failure whose fingerprint is among ``known`` is not kept; that of a run that
    passes only if it ``is_kept``, recorded or verified. Control must be installed.
    """
    if not stdlib.is_installed():
        raise InternalError("a run was started before control was installed")
    if expected is not None:
        trace = VerifyingTrace(expected)
    elif is_recorded:
        trace = RecordingTrace()
    kernel = _kernel(strategy, settings, slack, epoch, is_focused=is_focused, trace=trace)
    kernel.records = is_recorded and expected is None
    if deviations is not None:
        kernel.deviations = deviations
    if path is not None:
        path.kernel = kernel
        kernel.path = path
    halted: list[tuple[TaskState, ...]] = []
    at_end: list[tuple[TaskState, ...]] = []

    def on_halt() -> None:
        halted.append(task_states(kernel, sys._getframe(1)))

    def on_end() -> None:
        if program.must_finish and unending(t for t in kernel.tasks[1:] if not t.is_done):
            at_end.append(task_states(kernel, None))

    # Where the kernel is compiled, an exception that passes through it costs more than a small run.
    def body() -> BaseException | None:
        try:
            program.run()
        except TaskAbandoned:
            raise
        except BaseException as error:
            return error
        return None

    kernel.on_halt = on_halt
    kernel.on_end = on_end
    watchdog = _watchdog(kernel, settings, heartbeat, on_stuck)
    with OwnedProcess(settings.seed), watchdog:
        error = kernel.run(body)
    states = (halted or at_end or [watchdog.states])[0]
    execution = describe(program, kernel, strategy, settings, error, states, known, is_kept=is_kept)
    if heartbeat is not None:
        heartbeat()
    difference = trace.difference if isinstance(trace, VerifyingTrace) else None
    if difference is None and expected is not None and len(kernel.trace) < len(expected):
        difference = (len(kernel.trace), expected[len(kernel.trace)], None)
    # Without these the kernel is part of no cycle, and goes now, not when garbage is collected.
    kernel.on_halt = kernel.on_end = None
    try:
        return RunResult(execution, error, kernel.newly_shared, difference)
    finally:
        del error  # its traceback leads to this frame
