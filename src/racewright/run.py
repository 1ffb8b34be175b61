"""One controlled run of a program: ``run_once(program, strategy, settings) -> Execution``.

Everything a run must own is taken here and given back here: the scheduler and its clock,
randomness, garbage collection, the counters from which threads get their names, the hooks for
unhandled exceptions, and the watchdog that notices when nothing moves.
"""

from __future__ import annotations

import concurrent.futures.thread
import gc
import hashlib
import itertools
import signal
import sys
import threading
import traceback
import unittest
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, Protocol

from racewright import originals
from racewright.analysis.labels import Labels
from racewright.analysis.traces import class_of, contended
from racewright.carriers.greenlets import GreenletCarrier
from racewright.carriers.os_threads import ThreadCarrier
from racewright.errors import InternalError, TaskAbandoned
from racewright.interpose import stdlib
from racewright.interpose.entropy import Entropy, kept_generator
from racewright.kernel.clock import NANOSECONDS, Clock
from racewright.kernel.resources import Mutex, Signal
from racewright.kernel.scheduler import STATE, Kernel, Stop, TraceItem
from racewright.kernel.sites import is_ours, is_plumbing
from racewright.kernel.task import Task, TaskHandle
from racewright.model.execution import (
    Event,
    Execution,
    Failure,
    Frame,
    HeldLock,
    Outcome,
    TaskState,
    fingerprint_of,
)
from racewright.model.operation import KINDS, Site, display_path
from racewright.model.schedule import Deviation, Schedule, Step
from racewright.settings import Settings
from racewright.strategies.base import Strategy

__all__ = ["Program", "RunResult", "many_runs", "run_once", "steps_of"]

#: Events of a recorded execution that are told in full: as many from its start as from its end.
MAX_EVENTS_TOLD = 20_000
#: Steps that a schedule keeps in full; the digest covers the others.
MAX_STEPS_KEPT = 5000
_CARRIERS: dict[str, Callable[[], Any]] = {
    "greenlets": GreenletCarrier,
    "threads": ThreadCarrier,
}


_SIGALRM = int(signal.SIGALRM)
_ITIMER_REAL = int(signal.ITIMER_REAL)


class Program(Protocol):
    """Something that can be run again and again, and raises when it fails."""

    name: str
    #: Whether a program that leaves blocked threads behind would hang at its end.
    must_finish: bool

    def run(self) -> None:
        """Run it once, from its beginning."""


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


# ---------------------------------------------------------------------- traces that do more


class VerifyingTrace(list[TraceItem]):
    """A trace that compares each event with the step recorded for it, and ends the run at a
    difference."""

    def __init__(self, steps: Sequence[Step]) -> None:
        super().__init__()
        self.steps = steps
        self.labels = Labels()
        self.kernel: Kernel | None = None
        self.difference: tuple[int, Step | None, Step | None] | None = None

    def append(self, item: TraceItem) -> None:
        number = len(self)
        super().append(item)
        if number >= len(self.steps) or self.difference is not None:
            return
        now = _step(item, self.labels)
        if now != self.steps[number]:
            self.difference = (number, self.steps[number], now)
            kernel = self.kernel
            assert kernel is not None
            kernel.halt("diverged", "divergence", f"step {number + 1}", kernel.current)


class RecordingTrace(list[TraceItem]):
    """A trace that keeps, for each event, the time and the value that was read or written."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel: Kernel | None = None
        self.clocks: list[int] = []
        self.values: dict[int, str] = {}
        self.owners: dict[int, str] = {}
        self._pending: tuple[int, Site, Any] | None = None
        self._numbers: dict[int, str] = {}
        self._counts: dict[str, int] = {}

    def append(self, item: TraceItem) -> None:
        self._settle()
        super().append(item)
        kernel = self.kernel
        self.clocks.append(kernel.clock.now if kernel is not None else 0)

    def note(self, site: Site, owner: object) -> None:
        """The event just appended is about ``owner``."""
        number = len(self) - 1
        self.owners[number] = self._name(owner, site)
        if site.kind == "read":
            self.values[number] = _value(site, owner)
        else:
            # It is about to be written. Nothing else can happen before our next event.
            self._pending = (number, site, owner)

    def _settle(self) -> None:
        if self._pending is not None:
            number, site, owner = self._pending
            self._pending = None
            self.values[number] = _value(site, owner)

    def _name(self, owner: object, site: Site) -> str:
        if not site.member:
            return ""
        name = self._numbers.get(id(owner))
        if name is None:
            kind = owner.__name__ if isinstance(owner, type) else type(owner).__name__
            count = self._counts[kind] = self._counts.get(kind, 0) + 1
            name = self._numbers[id(owner)] = kind if count == 1 else f"{kind}#{count}"
        return name


def _value(site: Site, owner: Any) -> str:
    """What is there now, as short text; nothing of the program's own code is called."""
    try:
        if site.member:
            fields = object.__getattribute__(owner, "__dict__")
            name = site.member[1:]
            if name not in fields:
                slot: Any = getattr(type(owner), name, None)
                if type(slot).__name__ != "member_descriptor":
                    return ""
                value = slot.__get__(owner)
            else:
                value = fields[name]
        elif type(owner).__name__ == "cell":
            value = owner.cell_contents
        else:
            value = owner
    except Exception:
        return ""
    return _short(value)


def _short(value: object, depth: int = 0) -> str:
    if value is None or (
        isinstance(value, (bool, int, float)) and type(value).__module__ == ("builtins")
    ):
        return repr(value)
    if type(value) in (str, bytes):
        text = repr(value)
        return text if len(text) <= 40 else text[:37] + "..."
    if type(value) in (list, tuple, set, frozenset, dict) and depth < 2:
        return _short_container(value, depth)
    return f"<{type(value).__name__}>"


def _short_container(value: Any, depth: int) -> str:
    shown = list(itertools.islice(iter(value), 6))
    if type(value) is dict:
        parts = [f"{_short(key, depth + 1)}: {_short(value[key], depth + 1)}" for key in shown]
    else:
        parts = [_short(item, depth + 1) for item in shown]
    if len(value) > len(shown):
        parts.append("...")
    inner = ", ".join(parts)
    if type(value) is list:
        return f"[{inner}]"
    if type(value) is tuple:
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return f"{{{inner}}}" if value or type(value) is dict else "set()"


# ---------------------------------------------------------------------- the watchdog


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
            if self.heartbeat is not None:
                self.heartbeat()
            return
        if now - self.since < self.seconds:
            return
        self.since = now
        self.bite(frame)

    def bite(self, frame: FrameType | None) -> None:
        kernel = self.kernel
        task = kernel.current
        self.raised += 1
        on_main = originals.get_ident() == task.os_ident
        if not on_main:
            frame = kernel.carrier.stack_of(task)
        if kernel.stop is None:
            stack = _stack_of(frame)
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
    last."""
    if _ALARM.is_kept:
        yield
        return
    _ALARM.is_kept = True
    try:
        with kept_generator():
            yield
    finally:
        _ALARM.is_kept = False
        _ALARM.end()


# ---------------------------------------------------------------------- what a run owns


class OwnedProcess:
    """Randomness, garbage collection, thread names and hooks, for the length of a run."""

    __slots__ = ("active", "collects", "counter", "entropy", "hook", "pool_counter")

    def __init__(self, seed: int) -> None:
        self.entropy = Entropy(seed)

    def __enter__(self) -> None:
        self.counter, self.pool_counter = _threads._counter, _pools._counter
        _threads._counter = itertools.count(1).__next__
        _pools._counter = itertools.count().__next__
        self.hook = threading.excepthook
        self.active = set(_threads._active)
        self.collects = gc.isenabled()
        gc.disable()
        self.entropy.__enter__()

    def __exit__(self, *_: object) -> None:
        self.entropy.__exit__()
        threading.excepthook = self.hook
        active = _threads._active
        if active.keys() != self.active:
            for ident in active.keys() - self.active:
                active.pop(ident, None)
        _threads._counter, _pools._counter = self.counter, self.pool_counter
        if self.collects:
            gc.enable()
        _collect()


_threads: Any = threading
_pools: Any = ThreadPoolExecutor


def _collect() -> None:
    """Collect between runs, and seldom: collection was off, and its finalisers belong to nobody."""
    young, middle, _ = gc.get_count()
    if young > 8000:
        gc.collect(1 if middle < 20 else 2)


# ---------------------------------------------------------------------- one run


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
) -> RunResult:
    """Run ``program`` once under ``strategy``, whose ``begin`` has been called.

    ``slack`` is in virtual seconds; ``epoch`` is the wall-clock time (seconds) at which the virtual
    clock starts. ``expected`` makes the run a strict replay: it ends at the first event that
    differs. ``is_recorded`` keeps every event with its values. ``heartbeat`` is called now and
    then while things move; ``on_stuck`` when an execution cannot be ended from within.
    ``deviations`` and ``path`` are lists of the caller's that the run fills as it goes. The schedule of a
    failure whose fingerprint is among ``known`` is not kept; that of a run that passes only if it
    ``is_kept``, recorded or verified. Control must be installed.
    """
    if not stdlib.is_installed():
        raise InternalError("a run was started before control was installed")
    trace: Any = None
    if expected is not None:
        trace = VerifyingTrace(expected)
    elif is_recorded:
        trace = RecordingTrace()
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
    if deviations is not None:
        kernel.deviations = deviations
    if path is not None:
        path.kernel = kernel
        kernel.path = path
    if trace is not None:
        trace.kernel = kernel
        kernel.records = is_recorded and expected is None
    halted: list[tuple[TaskState, ...]] = []
    at_end: list[tuple[TaskState, ...]] = []

    def on_halt() -> None:
        halted.append(task_states(kernel, sys._getframe()))

    def on_end() -> None:
        if program.must_finish and unending(t for t in kernel.tasks[1:] if not t.is_done):
            at_end.append(task_states(kernel, None))

    kernel.on_halt = on_halt
    kernel.on_end = on_end
    watchdog = Watchdog(kernel, settings.stall, heartbeat)
    if on_stuck is not None:

        def report() -> None:
            assert kernel.stop is not None
            on_stuck(stopped(kernel, kernel.stop, watchdog.states))

        watchdog.on_stuck = report
    with OwnedProcess(settings.seed), watchdog:
        error = kernel.run(program.run)
    states = (halted or at_end or [watchdog.states])[0]
    execution = describe(program, kernel, strategy, settings, error, states, known, is_kept=is_kept)
    if heartbeat is not None:
        heartbeat()
    difference = trace.difference if isinstance(trace, VerifyingTrace) else None
    if difference is None and expected is not None and len(kernel.trace) < len(expected):
        difference = (len(kernel.trace), expected[len(kernel.trace)], None)
    # Without these the kernel is part of no cycle, and goes now, not when garbage is collected.
    kernel.on_halt = kernel.on_end = None
    return RunResult(execution, error, kernel.newly_shared, difference)


def describe(
    program: Program,
    kernel: Kernel,
    strategy: Strategy,
    settings: Settings,
    error: BaseException | None,
    states: tuple[TaskState, ...],
    known: Container[str] = (),
    *,
    is_kept: bool = False,
) -> Execution:
    """The execution as a value."""
    outcome, failure = judge(program, kernel, error, states)
    trace = kernel.trace
    keeps = (
        is_kept or isinstance(trace, (RecordingTrace, VerifyingTrace))
        if failure is None
        else failure.fingerprint not in known
    )
    notes = kernel.notes
    if kernel.stop is None:
        left = [task.name for task in unending(kernel.left)]
        if left:
            notes.append(f"{len(left)} tasks were left behind: " + ", ".join(left[:5]))
    return Execution(
        outcome=outcome,
        schedule=(
            schedule_of(program, kernel, settings, outcome, failure)
            if keeps
            else _not_kept(program.name, outcome.value)
        ),
        failure=failure,
        tasks=len(kernel.tasks),
        operations=len(trace),
        decisions=kernel.decisions,
        overlapped=kernel.decisions > 0,
        trace_hash=class_of(trace),
        virtual_seconds=kernel.clock.seconds,
        slack_used=kernel.slack_used / NANOSECONDS,
        notes=tuple(notes),
        events=events_of(kernel, trace) if isinstance(trace, RecordingTrace) else (),
        strategy=strategy.name,
    )


def schedule_of(
    program: Program,
    kernel: Kernel,
    settings: Settings,
    outcome: Outcome,
    failure: Failure | None,
) -> Schedule:
    """The schedule of a run that is over, for whoever wants to follow it again."""
    trace = kernel.trace
    labels = Labels()
    return Schedule(
        target=program.name,
        steps=steps_of(trace, labels),
        deviations=deviations_of(kernel, labels),
        tasks=tuple(task.name for task in kernel.tasks),
        switches=kernel.switches,
        length=len(trace),
        trace_digest=digest_of(trace),
        outcome=outcome.value,
        message=failure.message if failure else "",
        fingerprint=failure.fingerprint if failure else "",
        timeout_dependent=kernel.slack_used / NANOSECONDS if kernel.slack_used else None,
        seed=settings.seed,
        slack=kernel.slack / NANOSECONDS,
        clock=settings.clock,
        carrier=settings.carrier,
        max_steps=settings.max_steps,
        instrument=settings.instrument,
    )


@lru_cache(64)
def _not_kept(target: str, outcome: str) -> Schedule:
    """What stands for the schedule of an execution that nobody will want to follow again."""
    return Schedule(target=target, outcome=outcome)


def judge(
    program: Program, kernel: Kernel, error: BaseException | None, states: tuple[TaskState, ...]
) -> tuple[Outcome, Failure | None]:
    """How the run ended, and what went wrong."""
    stop = kernel.stop
    if stop is not None:
        outcome = Outcome(stop.outcome)
        if outcome is Outcome.DIVERGED:
            return outcome, None
        return outcome, stopped(kernel, stop, states)
    if isinstance(error, (unittest.SkipTest,)) or type(error).__name__ == "Skipped":
        return Outcome.SKIPPED, None
    if isinstance(error, SystemExit) and error.code in (None, 0):
        error = None
    if error is not None:
        kind = "assertion" if isinstance(error, AssertionError) else "exception"
        return Outcome.FAILED, raised(kind, error, "main")
    if kernel.failures:
        task, unhandled = kernel.failures[0]
        return Outcome.FAILED, raised("unhandled-exception", unhandled, task.name)
    blocked = unending(kernel.left)
    if blocked and program.must_finish:
        stop = Stop("deadlocked", "deadlock", "the program would never end", blocked[0])
        return Outcome.DEADLOCKED, stopped(kernel, stop, states)
    return Outcome.PASSED, None


def unending(tasks: Iterable[Task]) -> list[Task]:
    """Those that would keep an interpreter from ending: neither daemons, nor woken at its exit."""
    woken = {thread.ident for thread in vars(concurrent.futures.thread)["_threads_queues"]}
    return [task for task in tasks if not task.daemon and task.ident not in woken]


def raised(kind: str, error: BaseException, task: str) -> Failure:
    """A failure that is an exception."""
    places = []
    tb = error.__traceback__
    while tb is not None:
        places.append((tb.tb_frame.f_code, tb.tb_lineno))
        tb = tb.tb_next
    # While a search goes on, the same exception comes again and again.
    key = (kind, task, type(error), str(error), *((id(code), line) for code, line in places))
    entry = _raised.get(key)
    if entry is None:
        if len(_raised) >= 100:
            _raised.clear()
        failure = _raised_first(kind, error, task, _as_frames(places))
        entry = _raised[key] = (failure, [code for code, _ in places])
    return entry[0]


#: Failures by kind, task, exception and traceback; with the code whose identity stands for it.
_raised: dict[tuple[Hashable, ...], tuple[Failure, list[CodeType]]] = {}


def _raised_first(kind: str, error: BaseException, task: str, stack: tuple[Frame, ...]) -> Failure:
    site = stack[-1].key if stack else ""
    text = str(error).strip()
    first = text.splitlines()[0] if text else ""
    name = type(error).__name__
    message = f"{name}: {first}" if first else name
    return Failure(
        kind=kind,
        message=message[:400],
        fingerprint=fingerprint_of(kind, name, site),
        site=site,
        task=task,
        traceback=_format(error, stack),
    )


def stopped(kernel: Kernel, stop: Stop, states: tuple[TaskState, ...]) -> Failure:
    """A failure that is a state of all tasks together."""
    mine = next((state for state in states if state.index == stop.task.index), None)
    site = mine.stack[-1].key if mine and mine.stack else ""
    if stop.kind == "crash":
        places = [stop.message, site.partition(":")[0]]
    elif stop.kind == "deadlock":
        places = sorted(
            f"{state.doing.split(' ')[0]} {state.stack[-1].key if state.stack else ''}"
            for state in states
            if state.state == "blocked"
        )
    else:
        places = sorted({item[3].key for item in kernel.trace[-200:] if item[3] is not None})[:3]
        if stop.kind == "stall":
            places = [stop.message.rpartition(" at ")[2].partition(":")[0]]
    cycle: tuple[str, ...] = ()
    if stop.kind == "livelock":
        labels = Labels()
        recent = [
            f"{kernel.tasks[item[0]].name} {KINDS.get(item[1], item[1])} "
            f"{labels.of(item[2], item[3])} at {item[3].short if item[3] else '?'}"
            for item in kernel.trace[-60:]
        ]
        cycle = _cycle_in(recent)
    return Failure(
        kind=stop.kind,
        message=stop.message,
        fingerprint=fingerprint_of(stop.kind, *places),
        site=site,
        task=stop.task.name,
        tasks=states,
        cycle=cycle,
    )


def _cycle_in(lines: list[str]) -> tuple[str, ...]:
    """The shortest run of lines that the end repeats; the last few where there is none."""
    for size in range(1, len(lines) // 2 + 1):
        if lines[-size:] == lines[-2 * size : -size]:
            return tuple(lines[-size:])
    return tuple(lines[-8:])


def task_states(kernel: Kernel, current: FrameType | None) -> tuple[TaskState, ...]:
    """Every task that is not done, as it stands now. ``current`` is the running task's stack."""
    labels = Labels()
    held: dict[int, list[HeldLock]] = {}
    seen: set[int] = set()
    for _, _, resource, site in kernel.trace:
        labels.of(resource, site)
        if isinstance(resource, Mutex) and id(resource) not in seen:
            seen.add(id(resource))
            if resource.owner is not None:
                taken = resource.taken_at.key if resource.taken_at is not None else ""
                lock = HeldLock(labels.in_full(resource), taken)
                held.setdefault(resource.owner.index, []).append(lock)
    states = []
    for task in kernel.tasks:
        if task.is_done:
            continue
        frame = current if task is kernel.current else kernel.carrier.stack_of(task)
        resource = task.resource
        if isinstance(resource, Signal):
            resource = resource.subject
        waits_for = None
        if isinstance(resource, Mutex) and resource.owner is not None:
            waits_for = resource.owner.index
        elif isinstance(resource, TaskHandle):
            waits_for = resource.index if resource.index != task.index else None
        is_waiting = not task.is_enabled
        states.append(
            TaskState(
                index=task.index,
                name=task.name,
                state="blocked" if is_waiting else "runnable",
                daemon=task.daemon,
                doing=f"{KINDS.get(task.kind, task.kind)} "
                f"{labels.in_full(resource, task.site)}".strip(),
                waits_for=waits_for if is_waiting else None,
                holds=tuple(held.get(task.index, ())),
                stack=_stack_of(frame) if task.is_started else (),
                operations=task.ops,
            )
        )
    return tuple(states)


# ---------------------------------------------------------------------- stacks


def _is_users(file: str) -> bool:
    return not (
        is_plumbing(file)
        or "/_pytest/" in file
        or "/pluggy/" in file
        or file.startswith("<frozen")
        or file.endswith(("/unittest/case.py", "/unittest/suite.py", "/runpy.py"))
    )


def _stack_of(frame: FrameType | None) -> tuple[Frame, ...]:
    """The user's frames, outermost first; all of them where none is the user's."""
    frames = []
    while frame is not None:
        frames.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return _as_frames(list(reversed(frames)))


def _as_frames(frames: list[tuple[Any, int]]) -> tuple[Frame, ...]:
    users = [pair for pair in frames if _is_users(pair[0].co_filename)]
    if not users:  # a method of the standard library is what the thread was made of
        users = [pair for pair in frames if not is_ours(pair[0].co_filename)][-3:] or frames[-3:]
    if len(users) > 60:
        users = users[:20] + users[-40:]
    result = []
    for code, line in users:
        site = Site(code.co_filename, line, getattr(code, "co_qualname", code.co_name))
        result.append(Frame(display_path(site.file), line, site.function, site.text))
    return tuple(result)


def _format(error: BaseException, stack: tuple[Frame, ...]) -> str:
    lines = ["Traceback (most recent call last):"]
    for frame in stack:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
        if frame.text:
            lines.append(f"    {frame.text}")
    lines.extend(line.rstrip("\n") for line in traceback.format_exception_only(type(error), error))
    return "\n".join(lines)[:8000]


# ---------------------------------------------------------------------- traces as values


def _step(item: TraceItem, labels: Labels) -> Step:
    task, kind, resource, site = item
    return Step(task, kind, labels.of(resource, site), labels.place(site))


def steps_of(trace: Sequence[TraceItem], labels: Labels | None = None) -> tuple[Step, ...]:
    """The first events of a trace, as a schedule file keeps them."""
    labels = labels or Labels()
    return tuple(_step(item, labels) for item in trace[:MAX_STEPS_KEPT])


def digest_of(trace: Sequence[TraceItem]) -> str:
    """A digest of every event of a trace, the same in every process."""
    labels = Labels()
    digest = hashlib.sha256()
    for item in trace:
        digest.update(str(_step(item, labels)).encode("utf-8", "replace"))
        digest.update(b"\n")
    return digest.hexdigest()[:16]


def deviations_of(kernel: Kernel, labels: Labels) -> tuple[Deviation, ...]:
    result = []
    for task, operation, chosen, preempts, waited, kind, resource, site in kernel.deviations:
        words = f"{kind} {labels.of(resource, site)}".strip()
        place = f"{words} at {site.key}" if site is not None else words
        result.append(Deviation(task, operation, chosen, preempts, waited / NANOSECONDS, place))
    return tuple(result)


def events_of(kernel: Kernel, trace: RecordingTrace) -> tuple[Event, ...]:
    """Every event in full."""
    labels = Labels()
    pending = [
        (task.index, task.kind, task.resource, task.site)
        for task in (kernel.tasks[0], *kernel.left)
        if kernel.stop is not None
    ]
    matter = contended([*trace, *pending])
    mentioned: set[Hashable] = set()
    places: dict[Site | None, tuple[str, int, str, str]] = {None: ("", 0, "", "")}
    events = []
    last: int | None = None
    half = MAX_EVENTS_TOLD // 2
    for number, (task, kind, resource, site) in enumerate(trace):
        if half <= number < len(trace) - half:
            labels.of(resource, site)  # so that the numbers of the later ones are as in the steps
            last = task
            continue
        is_first = resource not in mentioned
        mentioned.add(resource)
        label = labels.in_full(resource, site) if is_first else labels.of(resource, site)
        owner = trace.owners.get(number, "")
        switched = last is not None and last != task
        if site is not None and site not in places:
            places[site] = (display_path(site.file), site.line, site.function, site.text)
        file, line, function, text = places[site]
        events.append(
            Event(
                step=number + 1,
                task=task,
                kind=kind,
                resource=f"{owner}{label}" if owner else label,
                file=file,
                line=line,
                function=function,
                text=text,
                value=trace.values.get(number, ""),
                clock=trace.clocks[number] / NANOSECONDS,
                is_switch=switched,
                is_preemption=switched and number in kernel.preempted_at,
                matters=resource in matter,
            )
        )
        last = task
    return tuple(events)
